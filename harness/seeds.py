"""Child seeds by name, so that every random draw can be told apart and repeated.

A seed is bits 2 to 64 of the sha256 of its names, as a JSON list. Two different
lists of names never share a stream by accident, and adding a draw never shifts another one, as
it would if streams were split in order.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np

SEED_HEX_DIGITS = 16
SEED_MASK = (1 << 63) - 1


def _name(names: tuple[str | int, ...]) -> bytes:
    """Return bytes that differ where names do: a JSON list, so `("ab",)` is not `("a", "b")`."""
    return json.dumps(names, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def child_seed(*names: str | int) -> int:
    """Return a seed in [0, 2**63) that depends on every name and on their order."""
    return int(hashlib.sha256(_name(names)).hexdigest()[:SEED_HEX_DIGITS], 16) & SEED_MASK


def generator(*names: str | int) -> np.random.Generator:
    """Return numpy's default generator, seeded by name."""
    return np.random.default_rng(child_seed(*names))
