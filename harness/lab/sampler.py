"""Hybrid batch sampling (arXiv 2408.10536, section 3.1; the two baselines: Roy et al. 2020).

Each batch is monolingual with probability alpha, else cross-lingual:

- monolingual: one language, drawn uniformly, and rows whose query and passage are both in it;
- cross-lingual: rows whose query and passage are in different languages, mixed within the batch.

alpha = 1 is x-x-mono, alpha = 0 is x-y. In every epoch a row is used at most once, and no two
rows of a batch share a fact, since each would answer the other's query. An epoch has the same
number of batches whatever alpha is, so arms differ in nothing but how their batches are filled.

Rule for distinct facts: every fact's rows are shuffled; round k takes each fact's k-th row; a
round is shuffled and cut into batches. Facts are distinct within a round by construction.
Rule for uniform languages: each has the same quota of batches per epoch, what the smallest can
fill; the next batch's language is drawn uniformly from those with quota left. A larger language
shows other rows in other epochs, never more of them.

Cost: O(R log R) numpy work per epoch for R rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sentence_transformers.base.sampler import DefaultBatchSampler

from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from harness.lab.pairs import PairRows

COLUMNS = ["query", "passage"]
"""What the trained dataset holds, in this order: the trainer would train on any further column as text."""


class HybridBatchSampler(DefaultBatchSampler):
    """Yields lists of row numbers; pass it to the trainer through `sampler_for`."""

    def __init__(self, rows: PairRows, *, alpha: float, batch_size: int, seed: int) -> None:
        """Sample from `rows` with generators derived from `seed` and the epoch.

        Raises:
            ValueError: `alpha` outside [0, 1], or rows that cannot fill a batch of a kind that is asked for.
        """
        super().__init__(range(len(rows)), batch_size=batch_size, drop_last=True, seed=seed)
        if not 0 <= alpha <= 1:
            msg = f"expected alpha in [0, 1], found {alpha}"
            raise ValueError(msg)
        self.rows = rows
        self.alpha = alpha
        self.quota = min((self._whole(own) for own in rows.monolingual.values()), default=0)
        if alpha > 0 and not self.quota:
            raise ValueError(self._short_of_monolingual())
        crosslingual = self._whole(rows.crosslingual)
        if alpha < 1 and not crosslingual:
            facts = len(np.unique(rows.facts[rows.crosslingual]))
            msg = f"expected {batch_size} facts in two languages to fill a cross-lingual batch, found {facts}"
            raise ValueError(msg)
        # A kind that no arm could ask for does not shorten the epochs of the other.
        self.batches = min(count for count in (self.quota * len(rows.monolingual), crosslingual) if count)

    def __len__(self) -> int:
        """Return the number of batches in an epoch: what the scarcer kind of batch can fill."""
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        """Yield one epoch's batches."""
        # The three streams are apart, so the same seed draws the same monolingual batches in every arm.
        monolingual = self._monolingual(generator("monolingual", self.seed, self.epoch))
        crosslingual = self._cut(self.rows.crosslingual, generator("cross-lingual", self.seed, self.epoch))
        coins = generator("kind of batch", self.seed, self.epoch).random(self.batches)
        for coin in coins:
            yield next(monolingual if coin < self.alpha else crosslingual).tolist()

    def _monolingual(self, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
        cut = {language: self._cut(own, rng) for language, own in self.rows.monolingual.items()}
        left = dict.fromkeys(cut, self.quota)
        while left:
            language = list(left)[int(rng.integers(len(left)))]
            yield next(cut[language])
            left[language] -= 1
            if not left[language]:
                del left[language]

    def _cut(self, own: NDArray[np.int64], rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
        """Return `own` rows (n,) shuffled and cut into batches of distinct facts."""
        rows = rng.permutation(own)
        rounds = _rounds(self.rows.facts[rows])
        cut: list[NDArray[np.int64]] = []
        for number in range(int(rounds.max(initial=-1)) + 1):
            chosen = rng.permutation(rows[rounds == number])
            whole = len(chosen) // self.batch_size
            cut.extend(chosen[: whole * self.batch_size].reshape(whole, self.batch_size))
        return iter(cut)

    def _whole(self, own: NDArray[np.int64]) -> int:
        """Return how many batches `_cut` makes of `own`; counts decide it, not the draw."""
        in_round = np.bincount(_rounds(self.rows.facts[own]))
        return int((in_round // self.batch_size).sum())

    def _short_of_monolingual(self) -> str:
        found = {language: len(np.unique(self.rows.facts[own])) for language, own in self.rows.monolingual.items()}
        short = [f"{count} in {language}" for language, count in found.items() if count < self.batch_size]
        words = ", ".join(short) or "no language with a pair of its own"
        return f"expected {self.batch_size} facts in each language to fill a monolingual batch, found {words}"


def _rounds(facts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each place how often its fact stood before it: facts (n,) to rounds (n,)."""
    order = np.argsort(facts, kind="stable")  # places of one fact together, in their order
    starts = np.flatnonzero(np.diff(facts[order], prepend=facts.min(initial=0) - 1))
    rounds = np.empty(len(facts), dtype=np.int64)
    rounds[order] = np.arange(len(facts)) - np.repeat(starts, np.diff(starts, append=len(facts)))
    return rounds


def sampler_for(rows: PairRows, alpha: float, seed: int) -> Callable[..., HybridBatchSampler]:
    """Return a factory that the trainer's `batch_sampler` accepts; languages come in by closure.

    The factory raises a ValueError for a dataset that is not `rows` as columns `query`, `passage`.
    """

    def build(dataset: Any, batch_size: int, **_: Any) -> HybridBatchSampler:
        if dataset.column_names != COLUMNS or len(dataset) != len(rows):
            found = f"{len(dataset)} of {', '.join(dataset.column_names)}"
            msg = f"expected a dataset of {len(rows)} rows of {', '.join(COLUMNS)}, found {found}"
            raise ValueError(msg)
        return HybridBatchSampler(rows, alpha=alpha, batch_size=batch_size, seed=seed)

    return build
