from harness.script import run


def reproduce(bench):
    for base, seed, arm in bench.each(bench.bases, bench.seeds, ("x-x-mono", "hybrid", "x-y")):
        encoder = bench.train(base, sampling=arm, seed=seed)
        bench.retrieve(bench.encode(encoder, "miracl"), setting="monolingual")


if __name__ == "__main__":
    run(__file__)
