"""Ranks under permuted judgements, kept in the store: each set of vectors costs a product and two sorts of its scores.

The key covers the vectors as they were admitted, the judgements, the draws and the source that
permutes and counts, so that a red team that changes elsewhere finds them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.attack.changed import permuted
from harness.attack.world import DRAWS
from harness.codec import digest
from harness.court.hearing import UNREADABLE, law, read_array
from harness.errors import EntryDamaged
from harness.planner import RANK_SOURCE, source_digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.attack.changed import Drawn
    from harness.court.scores import Place
    from harness.records.judgements import Judgements
    from harness.records.vectors import AdmittedVectors
    from harness.store import Store
    from harness.verify.texts import Texts

OPERATION = "permuted"
SOURCE = (*RANK_SOURCE, "attack/changed.py", "seeds.py")
WITHIN, OVERALL = "within.npy", "overall.npy"


class Permuting:
    """Ranks at places of one run; `vectors` returns what was admitted at a place, `admitted` the digest of that."""

    def __init__(
        self,
        store: Store,
        texts: Texts,
        vectors: Callable[[Place], AdmittedVectors],
        admitted: Callable[[Place], str],
    ) -> None:
        """Rank nothing yet."""
        self.store, self.texts, self.vectors, self.admitted = store, texts, vectors, admitted
        self.laws: dict[str, str] = {}

    def ranks(self, place: Place, part: Judgements) -> Drawn:
        """Return the ranks of the judged pairs of `part` of the dataset's questions, (DRAWS, J) within and overall."""
        whole = self.texts.datasets[place.dataset].judgements
        if place.dataset not in self.laws:
            self.laws[place.dataset] = law(whole, source_digest(SOURCE))
        key = digest(
            {
                "operation": OPERATION,
                "vectors": self.admitted(place),
                "dataset": place.dataset,
                "draws": DRAWS,
                "under": self.laws[place.dataset],
            }
        )
        kept = self._kept(key, len(part.query_rows))
        if kept is not None:
            return kept
        made = permuted(self.vectors(place), whole, part, place.dataset, DRAWS)
        fresh = self.store.underway()
        for name, ranks in zip((WITHIN, OVERALL), made, strict=True):
            np.save(fresh / name, ranks, allow_pickle=False)
        self.store.put(key, fresh, {"operation": OPERATION})
        return made

    def _kept(self, key: str, pairs: int) -> Drawn | None:
        """Return what is kept under `key`; what cannot be such ranks is set aside and made again."""
        try:
            folder = self.store.find(key)
            return None if folder is None else _read(folder, pairs)
        except (EntryDamaged, *UNREADABLE):
            self.store.set_aside(key)
            return None


def _read(folder: Path, pairs: int) -> Drawn:
    """Return kept ranks.

    Raises:
        ValueError: not one rank of at least 1 for each draw and judged pair.
    """
    within, overall = read_array(folder / WITHIN), read_array(folder / OVERALL)
    for ranks in (within, overall):
        if ranks.shape != (DRAWS, pairs) or ranks.dtype != np.int32 or (ranks < 1).any():
            msg = f"{folder}: expected ranks of {pairs} pairs in {DRAWS} draws"
            raise ValueError(msg)
    return within, overall
