from harness.script import run


def reproduce(bench):
    for base, seed, arm in bench.each(bench.bases, bench.seeds, ("x-x-mono", "hybrid")):
        encoder = bench.train(base, sampling=arm, seed=seed)
        bench.retrieve(bench.encode(encoder, "mlqa-r"), setting="multilingual")


if __name__ == "__main__":
    run(__file__)
