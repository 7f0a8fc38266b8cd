from harness.script import run


def reproduce(bench):
    for base, seed in bench.each(bench.bases, bench.seeds):
        # the two ends of the scale, alpha 0 and 1, are the baselines themselves
        encoders = [bench.train(base, sampling=arm, seed=seed) for arm in ("x-y", "x-x-mono")]
        shares = (0.25, 0.4, 0.5, 0.6, 0.75)
        encoders += [bench.train(base, sampling="hybrid", alpha=alpha, seed=seed) for alpha in shares]
        for encoder in encoders:
            vectors = bench.encode(encoder, "xquad-r")
            for setting in ("monolingual", "crosslingual", "multilingual"):
                bench.retrieve(vectors, setting=setting)


if __name__ == "__main__":
    run(__file__)
