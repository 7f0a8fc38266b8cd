"""Whether a stand-in is in the regime of the paper's base (design: Regime).

Judged on the validation split from x-x-mono alone, never from hybrid, over the control seeds:

    ratio      mean Cr MAP / mean Mo MAP, wanted in the base's [low, high]
    distance   mean rank distance / that of a random order, wanted below the base's `most`

Where the scope names no regime for a base, nothing is wanted of it and nothing is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.scores import Place
from harness.records.verdict import RegimeReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.court.validation import Validation
    from harness.records.scope import Regime

READ_FROM = "x-x-mono"


def read_regimes(
    validation: Validation, dataset: str, regimes: Mapping[str, Regime], seeds: Mapping[str, Sequence[int]]
) -> dict[str, RegimeReading]:
    """Return a reading for each base in `seeds` of which a regime is wanted.

    `dataset` names the validation split in places; `seeds` maps a base to its control seeds.

    Raises:
        KeyError: a base or seed of which there are no ranks.
    """
    return {
        base: _reading(validation, [Place(base, READ_FROM, seed, dataset) for seed in seeds[base]], regimes[base])
        for base in sorted(seeds)
        if base in regimes and seeds[base]
    }


def _reading(validation: Validation, places: Sequence[Place], wanted: Regime) -> RegimeReading:
    across = sum(validation.score(place, "crosslingual") for place in places)
    alone = sum(validation.score(place, "monolingual") for place in places)
    ratio = across / alone
    distance = sum(validation.distance(place) for place in places) / len(places)
    return RegimeReading(
        ratio=ratio,
        low=wanted.low,
        high=wanted.high,
        paper=wanted.paper,
        distance=distance,
        most=wanted.most,
        inside=wanted.low <= ratio <= wanted.high and distance < wanted.most,
    )


def outside(base: str, reading: RegimeReading | None) -> str:
    """Say how near a base came to the regime wanted of it, or nothing where it is inside."""
    if reading is None:
        return f"the regime of {base} was not read"
    if reading.inside:
        return ""
    return (
        f"{base} is outside the paper's regime: Cr/Mo MAP of {READ_FROM} {reading.ratio:.3f}, wanted "
        f"[{reading.low:g}, {reading.high:g}]; rank distance {reading.distance:.1%} of chance, "
        f"wanted below {reading.most:.0%}"
    )
