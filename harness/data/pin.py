"""Prints the Atlas's pins as they would be now: `python -m harness.data.pin > FILE`.

FILE is `harness/atlas/digests.json`. Nothing is compared here, so this also runs when Babel or a
wording has changed. Limits: about five seconds. Source: `harness.data.pins` says what is pinned.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from harness.codec import pretty
from harness.data import atlas, cldr
from harness.data.facts import fingerprints
from harness.data.parallel import parallel
from harness.data.pins import PINNED_LANGUAGES, Pins
from harness.data.relations import DRAWS

if TYPE_CHECKING:
    from harness.data.relations import Draw
    from harness.records.record import Record


def fresh() -> Pins:
    """Return the pins of this machine's Atlas."""
    return Pins(
        data=cldr.version(),
        facts={relation: dict(prints) for draw in DRAWS for relation, prints in fingerprints(draw).items()},
        parts={draw: {part: made.fingerprint() for part, made in parts(draw).items()} for draw in DRAWS},
    )


def parts(draw: Draw) -> dict[str, Record]:
    """Return the pinned parts of a draw."""
    whole = PINNED_LANGUAGES
    return {
        "pairs": atlas.pairs(draw, whole["pairs"], None),
        "parallel": parallel(draw, whole["parallel"], None),
        "validation": atlas.evaluation(draw, "validation", whole["validation"], None),
        "xquad-r": atlas.evaluation(draw, "xquad-r", whole["xquad-r"], None),
        "mlqa-r": atlas.evaluation(draw, "mlqa-r", whole["mlqa-r"], None),
        "miracl": atlas.evaluation(draw, "miracl", whole["miracl"], None),
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(pretty(fresh().plain()))
