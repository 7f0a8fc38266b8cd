"""Real differences of average precision, from a finished store into `fixtures/calibration`.

    python -m benchmarks.calibration.atlas [--store DIR]

reads the vectors of every arm on every dataset that scope Atlas has ranks of, makes each contrast
of two arms in each setting (MAP, pooled over both bases as the claims are; z of seeds x clusters,
`harness.court.sample`), and keeps the one whose clusters are most skewed: the hardest of the real
ones. It trains nothing. Arms that the store lacks on a dataset are left out, and named.
"""

from __future__ import annotations

import sys
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from benchmarks.calibration.fixture import FILE, write
from benchmarks.calibration.shapes import population
from benchmarks.calibration.worlds import check
from harness.claimfile.scopes import find_scope, read_scope
from harness.court.contrast import Inquiry
from harness.court.hearing import hear, law
from harness.court.scores import Measured, place_of
from harness.errors import AdmissionRefused
from harness.planner import LAB_SOURCE, RANK_SOURCE, Planner, source_digest, versions
from harness.records.asked import EncodeRequest, TrainRequest
from harness.records.claim import Setting
from harness.records.record import SealStatus
from harness.records.training import arm
from harness.store import Store, default_root
from harness.verify.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

BASES = ("xlm-r", "labse")
ARMS = ("hybrid", "x-x-mono", "x-y")
SEALS: tuple[SealStatus, ...] = get_args(SealStatus)
SETTINGS: tuple[Setting, ...] = get_args(Setting)


def real_contrasts(store: Store) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield each real contrast by name, with its z (S, K)."""
    scope = read_scope(find_scope("atlas"))
    texts = Texts(store)
    texts.make(scope, scope.datasets)
    for dataset, error in texts.failed.items():
        click.echo(f"{dataset}: {error}", err=True)
    planned = (scope, texts.digests, source_digest(LAB_SOURCE), versions())
    seeds = range(scope.seeds_otherwise)
    for dataset, known in texts.datasets.items():
        requests = [
            EncodeRequest(encoder=TrainRequest(base=base, arm=arm(name), seed=seed), dataset=dataset)
            for base, name, seed in product(BASES, ARMS, seeds)
        ]
        plans = [Planner(*planned, seal).plan([], requests).encodings for seal in SEALS]
        cells = next((plan for plan in plans if all(store.has(cell.key) for cell in plan.values())), None)
        if cells is None:
            click.echo(f"{dataset}: not all of {len(requests)} cells are in the store; left out", err=True)
            continue
        under = law(known.judgements, source_digest(RANK_SOURCE))
        ranks = {
            place_of(request): hear(store, cell.key, known.judgements, under).ranks for request, cell in cells.items()
        }
        yield from _contrasts(Measured({dataset: known.judgements}, ranks), seeds, dataset)


def _contrasts(scores: Measured, seeds: range, dataset: str) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the contrasts of two arms, in each setting that the dataset has rows in."""
    for setting in SETTINGS:
        for left, right in combinations(ARMS, 2):
            asked = check("above").model_copy(update={"setting": setting, "left": left, "right": right})
            try:
                sample = Inquiry(scores, seeds, asked, dataset).sample(BASES)
            except AdmissionRefused as error:  # such as nothing to find across languages
                click.echo(f"{setting}: {error}", err=True)
                continue
            yield f"{dataset} {setting} MAP, {left} - {right}", sample.z((1.0, -1.0))


def skewness(z: NDArray[np.float64]) -> float:
    """Return the skewness of a table's clusters."""
    return float((population(z).values ** 3).mean())


@click.command()
@click.option("--store", type=click.Path(path_type=Path, file_okay=False), default=None)
def main(store: Path | None) -> None:
    """Keep the most skewed of all real contrasts."""
    found = dict(real_contrasts(Store(store or default_root())))
    for name, z in found.items():
        click.echo(f"{name}: {z.shape[1]} clusters, skewness {skewness(z):+.2f}")
    if not found:
        click.echo("found no contrast whose cells are all in the store; run pytest claims/ first", err=True)
        sys.exit(2)
    name = max(found, key=lambda one: abs(skewness(found[one])))
    write(name, found[name])
    click.echo(f"kept {name} in {FILE.name}")


if __name__ == "__main__":
    main()
