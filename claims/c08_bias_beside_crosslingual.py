from harness.script import run


def reproduce(bench):
    for base, seed, arm, dataset in bench.each(bench.bases, bench.seeds, ("x-y", "hybrid"), bench.datasets):
        encoder = bench.train(base, sampling=arm, seed=seed)
        bench.retrieve(bench.encode(encoder, dataset), setting="multilingual")


if __name__ == "__main__":
    run(__file__)
