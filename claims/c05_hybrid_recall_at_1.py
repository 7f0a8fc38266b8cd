from harness.script import run


def reproduce(bench):
    arms = ("x-x-mono", "x-y", "hybrid")
    for base, seed, arm, dataset in bench.each(bench.bases, bench.seeds, arms, bench.datasets):
        vectors = bench.encode(bench.train(base, sampling=arm, seed=seed), dataset)
        bench.retrieve(vectors, setting="monolingual")
        bench.retrieve(vectors, setting="crosslingual")


if __name__ == "__main__":
    run(__file__)
