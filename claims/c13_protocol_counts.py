from harness.script import run


def reproduce(bench):
    wanted = ("languages", "queries", "candidates", "monolingual-settings", "crosslingual-settings")
    for dataset, what in bench.each(bench.datasets, wanted):
        bench.count(dataset, what)


if __name__ == "__main__":
    run(__file__)
