"""How much of one collection's wording stands in another, before anything is trained or scored.

Texts are normalised: compatibility forms are one, case and everything but letters, marks and digits
are dropped. A text of which at least LEAST of all runs of GRAM characters occur among the tested
texts of its language leaks; so does one that equals a tested text, however short.

Limits: a tested text that is told in other words, or only in another language, is not found; runs
may come from several tested texts, which errs towards finding. Runs are compared by a hash of 64
bits. Cost: O(characters log characters) in numpy, per language.
Source: overlap of 8- to 13-grams as in Brown et al. 2020 (arXiv 2005.14165, appendix C); characters
stand for words because Thai and Chinese write none apart.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

GRAM = 12
"""Characters: two to three words."""

LEAST = 0.5
KEPT = ("L", "M", "N")
"""General categories of characters that are compared: letters, marks, numbers."""

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)


class _Compared(dict[int, int | None]):
    """What `str.translate` makes of a character: itself where it is compared, nothing where not."""

    def __missing__(self, point: int) -> int | None:
        self[point] = point if unicodedata.category(chr(point))[0] in KEPT else None
        return self[point]


COMPARED = _Compared()


def normalised(text: str) -> str:
    """Return what of a text is compared."""
    return unicodedata.normalize("NFKC", text).casefold().translate(COMPARED)


def shares(texts: Sequence[str], tested: Collection[str]) -> NDArray[np.float64]:
    """Return (N,) of each text the share of its runs that occur in the tested ones, 1 for one that equals one."""
    known = {normalised(text) for text in tested}
    own = [normalised(text) for text in texts]
    runs, owners = _runs(own)
    held = np.isin(runs, np.unique(_runs(sorted(known))[0]))
    overall = np.bincount(owners, minlength=len(own))
    inside = np.bincount(owners, weights=held, minlength=len(own))
    found: NDArray[np.float64] = inside / np.maximum(overall, 1)
    found[[text in known for text in own]] = 1.0
    return found


def leaking(texts: Sequence[str], tested: Collection[str]) -> NDArray[np.bool_]:
    """Return (N,) which texts leak."""
    found: NDArray[np.bool_] = shares(texts, tested) >= LEAST
    return found


def _runs(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return a hash of every run of GRAM characters within a text, and which text it is of."""
    # JSON may carry half a surrogate pair; it is a character like any other here
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    if len(points) < GRAM:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    hashed = np.zeros(len(points) - GRAM + 1, dtype=np.uint64)
    for at in range(GRAM):
        hashed = (hashed + points[at : at + len(hashed)] + np.uint64(1)) * MULTIPLIER
        hashed ^= hashed >> SHIFT
    within = owner[: len(hashed)] == owner[GRAM - 1 :]
    return hashed[within], owner[: len(hashed)][within]
