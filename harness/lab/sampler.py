"""Hybrid batch sampling (arXiv 2408.10536, section 3.1; the two baselines: Roy et al. 2020).

Each batch is monolingual with probability alpha, else cross-lingual:

- monolingual: one language, drawn uniformly over the languages that can still fill a batch, and
  rows whose query and passage are both in it;
- cross-lingual: rows whose query and passage are in different languages, mixed within the batch.

alpha = 1 is x-x-mono, alpha = 0 is x-y. In every epoch a row is used at most once, and no two
rows of a batch share a fact, since each would answer the other's query. An epoch has the same
number of batches whatever alpha is, so arms differ in nothing but how their batches are filled.

Rule for cross-lingual batches: every fact's rows are shuffled; round k takes each fact's k-th
row; a round is shuffled and cut into batches. Facts are distinct within a round by construction.

Cost: O(R log R) numpy work per epoch for R rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sentence_transformers.base.sampler import DefaultBatchSampler

from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from harness.lab.pairs import PairRows

Batches = list["NDArray[np.int64]"]


class HybridBatchSampler(DefaultBatchSampler):  # type: ignore[misc]
    """Yields lists of row numbers; pass it to the trainer through `sampler_for`."""

    def __init__(self, rows: PairRows, *, alpha: float, batch_size: int, seed: int) -> None:
        """Sample from `rows` with a generator derived from `seed` and the epoch.

        Raises:
            ValueError: `alpha` outside [0, 1], or rows that cannot fill a batch of either kind.
        """
        if not 0 <= alpha <= 1:
            msg = f"expected alpha in [0, 1], found {alpha}"
            raise ValueError(msg)
        super().__init__(range(len(rows)), batch_size=batch_size, drop_last=True, seed=seed)
        self.rows = rows
        self.alpha = alpha
        capacity = [
            len(part)
            for part in (self._monolingual(generator("capacity")), self._crosslingual(generator("capacity")))
            if part
        ]
        if (alpha > 0 and not self._monolingual(generator("capacity"))) or not capacity:
            msg = f"expected enough distinct facts in one language to fill a batch of {batch_size}"
            raise ValueError(msg)
        if alpha < 1 and not self._crosslingual(generator("capacity")):
            msg = f"expected enough distinct cross-lingual facts to fill a batch of {batch_size}"
            raise ValueError(msg)
        self.batches = min(capacity)

    def __len__(self) -> int:
        """Return the number of batches in an epoch: what the scarcer kind of batch can fill."""
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        """Yield one epoch's batches."""
        # The three streams are apart, so the same seed draws the same monolingual batches in every arm.
        monolingual = iter(self._monolingual(generator("monolingual", self.seed, self.epoch)))
        crosslingual = iter(self._crosslingual(generator("cross-lingual", self.seed, self.epoch)))
        coins = generator("kind of batch", self.seed, self.epoch).random(self.batches)
        for coin in coins:
            yield next(monolingual if coin < self.alpha else crosslingual).tolist()

    def _monolingual(self, rng: np.random.Generator) -> Batches:
        left = {language: self._cut(rng.permutation(rows)) for language, rows in self.rows.monolingual.items()}
        left = {language: batches for language, batches in left.items() if batches}
        drawn = []
        while left:
            language = list(left)[int(rng.integers(len(left)))]
            drawn.append(left[language].pop())
            if not left[language]:
                del left[language]
        return drawn

    def _crosslingual(self, rng: np.random.Generator) -> Batches:
        rows = rng.permutation(self.rows.crosslingual)
        facts = self.rows.facts[rows]
        order = np.argsort(facts, kind="stable")  # rows of one fact together, shuffled among themselves
        starts = np.flatnonzero(np.diff(facts[order], prepend=-1))
        rounds = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
        drawn: Batches = []
        for number in range(int(rounds.max(initial=-1)) + 1):
            drawn.extend(self._cut(rng.permutation(rows[order[rounds == number]])))
        return drawn

    def _cut(self, rows: NDArray[np.int64]) -> Batches:
        whole = len(rows) // self.batch_size
        return list(rows[: whole * self.batch_size].reshape(whole, self.batch_size))


def sampler_for(rows: PairRows, alpha: float, seed: int) -> Any:
    """Return a factory the trainer's `batch_sampler` accepts; languages come in by closure.

    The trained dataset has the columns `query` and `passage` only: a third column would be
    trained on as text.
    """

    def build(_dataset: object, batch_size: int, **_: Any) -> HybridBatchSampler:
        return HybridBatchSampler(rows, alpha=alpha, batch_size=batch_size, seed=seed)

    return build
