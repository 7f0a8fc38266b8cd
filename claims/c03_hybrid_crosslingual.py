from harness.script import run


def reproduce(bench):
    arms = ("x-x-mono", "x-y", "hybrid")
    for base, seed, arm, dataset in bench.each(bench.bases, bench.seeds, arms, bench.datasets):
        encoder = bench.train(base, sampling=arm, seed=seed)
        bench.retrieve(bench.encode(encoder, dataset), setting="crosslingual")


if __name__ == "__main__":
    run(__file__)
