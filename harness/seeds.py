"""Child seeds by name, so that every random draw can be told apart and repeated.

A seed is the first 63 bits of the sha256 of the canonical bytes of its names. Two different
lists of names never share a stream by accident, and adding a draw never shifts another one, as
it would if streams were split in order.
"""

from __future__ import annotations

import numpy as np

from harness.codec import digest

SEED_HEX_DIGITS = 16
SEED_MASK = (1 << 63) - 1


def child_seed(*names: str | int) -> int:
    """Return a seed in [0, 2**63) that depends on every name and on their order."""
    return int(digest(list(names))[:SEED_HEX_DIGITS], 16) & SEED_MASK


def generator(*names: str | int) -> np.random.Generator:
    """Return numpy's default generator, seeded by name."""
    return np.random.default_rng(child_seed(*names))
