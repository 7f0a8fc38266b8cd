from harness.script import run


def reproduce(bench):
    for base, seed in bench.each(bench.bases, bench.seeds):
        # without cross-lingual batches there is nothing to withhold: one encoder serves every fold
        monolingual = bench.encode(bench.train(base, sampling="x-x-mono", seed=seed), "xquad-r")
        for fold in bench.folds:
            pairs = bench.withheld_pairs(fold)
            bench.retrieve(monolingual, setting="crosslingual", pairs=pairs)
            for arm in ("x-y", "hybrid"):
                encoder = bench.train(base, sampling=arm, seed=seed, held_out_pairs=pairs)
                bench.retrieve(bench.encode(encoder, "xquad-r"), setting="crosslingual", pairs=pairs)


if __name__ == "__main__":
    run(__file__)
