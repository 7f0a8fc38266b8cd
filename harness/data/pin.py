"""Prints the Atlas's pins as they would be now: `python -m harness.data.pin > FILE`.

FILE is `harness/atlas/digests.json`. Nothing is compared here, so this also runs when Babel or a
wording has changed. Limits: about two seconds. Source: `harness.data.pins` says what is pinned.
"""

from __future__ import annotations

import sys

from harness.codec import pretty
from harness.data import atlas, cldr
from harness.data.facts import fingerprints
from harness.data.parallel import parallel
from harness.data.pins import Pins


def fresh() -> Pins:
    """Return the pins of this machine's Atlas."""
    every = atlas.FULL_LANGUAGES
    parts = {
        "pairs": atlas.pairs(every["pairs"], None),
        "parallel": parallel(every["parallel"], None),
        "validation": atlas.evaluation("validation", every["validation"], None),
        "xquad-r": atlas.evaluation("xquad-r", every["xquad-r"], None),
        "mlqa-r": atlas.evaluation("mlqa-r", every["mlqa-r"], None),
    }
    return Pins(
        data=cldr.version(),
        facts={relation: dict(prints) for relation, prints in fingerprints().items()},
        parts={part: made.fingerprint() for part, made in parts.items()},
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(pretty(fresh().plain()))
