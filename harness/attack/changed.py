"""Ranks of worlds that are not: each a pure change of what was admitted or judged (design: Attacking).

    random     vectors that know nothing, one set per number
    sunk       the same order of the judged passages, all of them moved to the end of their pool
    permuted   the judgements speak of other passages: passage p is judged where p' was, by a
               permutation within languages (ranks within a language) or over the pool (ranks overall)

Under `permuted` every rank of a judged passage is as likely as any other, whatever the encoder, so
no two encoders differ in truth. A permutation over the pool takes no account of languages: within
them, an encoder that puts its own language first would still differ from one that does not.

Places stand for worlds: `Changed` makes the ranks of a place when somebody asks for them, and the
court's own `Measured` reads them as it reads any others. Permuted ranks cost one product and one
sort per encoder, so they are taken over a part of the questions, whole clusters at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from harness.court.rank import Ranks
from harness.court.scores import UNTRAINED, Measured, Place
from harness.records.judgements import Judgements
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.records.vectors import AdmittedVectors

RANDOM = "random"
"""Stands for the base of vectors that know nothing; their number stands in the place of a seed."""

SEPARATOR = "+"
"""Between a base and the draw of a permutation."""

Drawn = tuple["NDArray[np.int32]", "NDArray[np.int32]"]
"""Ranks within and overall, (draws, J) each, in half the bytes: there are many."""

QUESTIONS = 400
CLUSTERS = 60


class Changed(Mapping[Place, Ranks]):
    """Ranks by place, each made when it is first asked for and kept."""

    def __init__(self, make: Callable[[Place], Ranks], known: Callable[[Place], bool], *, keep: bool = True) -> None:
        """Make nothing yet; `known` tells of which places there are ranks, `keep` whether to keep them here."""
        self._make, self._known, self._keep = make, known, keep
        self._kept: dict[Place, Ranks] = {}

    def __getitem__(self, place: Place) -> Ranks:
        """Return the ranks of one place.

        Raises:
            KeyError: there are none.
        """
        if place not in self._kept:
            if not self._known(place):
                raise KeyError(place)
            made = self._make(place)
            if not self._keep:
                return made
            self._kept[place] = made
        return self._kept[place]

    def __contains__(self, place: object) -> bool:
        """Tell whether there are ranks, making none."""
        return isinstance(place, Place) and self._known(place)

    def __iter__(self) -> Iterator[Place]:
        """Yield the places that were asked for."""
        return iter(self._kept)

    def __len__(self) -> int:
        """Return how many places were asked for."""
        return len(self._kept)


def random_scores(measured: Measured, ranks: Callable[[str, int], Ranks]) -> Measured:
    """Return scores of vectors that know nothing, at the places of base RANDOM."""
    return Measured(
        measured.of_dataset,
        Changed(lambda place: ranks(place.dataset, place.seed), lambda place: place.base == RANDOM),
        measured.withheld,
    )


def random_side() -> tuple[str, str]:
    """Return the arm and the base by which scores know random vectors."""
    return UNTRAINED, RANDOM


def sunk_scores(measured: Measured) -> Measured:
    """Return the scores of every arm, had its judged passages been moved to the end of their pools."""

    def make(place: Place) -> Ranks:
        return sunk(measured.ranks[place], measured.judgements(place.dataset))

    return Measured(measured.of_dataset, Changed(make, lambda place: place in measured.ranks), measured.withheld)


def sunk(ranks: Ranks, judgements: Judgements) -> Ranks:
    """Return the ranks of the same passages in the same order at the end of their pools."""
    queries = np.array(judgements.query_rows, dtype=np.int64)
    languages = np.array(judgements.passage_languages, dtype=np.str_)
    names, code = np.unique(languages, return_inverse=True)
    answered = code[np.array(judgements.passage_rows, dtype=np.int64)]
    sizes = np.bincount(code)
    return Ranks(
        within=_at_the_end(ranks.within, queries * len(names) + answered, sizes[answered]),
        overall=_at_the_end(ranks.overall, queries, np.full(len(queries), len(languages))),
    )


def _at_the_end(ranks: NDArray[np.int64], groups: NDArray[np.int64], pools: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ranks in the order they had within their group, the last of each at the end of the pool."""
    order = np.lexsort((-ranks, groups))
    starts = np.flatnonzero(np.r_[True, groups[order][1:] != groups[order][:-1]])
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    moved = np.empty_like(ranks)
    moved[order] = pools[order] - place
    return moved


def some_questions(judgements: Judgements) -> Judgements:
    """Return the judgements of a part of the questions: every so many clusters, whole ones."""
    names = sorted(set(judgements.clusters))
    share = max(1, min(len(judgements.query_ids) // QUESTIONS, len(names) // CLUSTERS))
    kept_clusters = set(names[::share])
    kept = [row for row, cluster in enumerate(judgements.clusters) if cluster in kept_clusters]
    number = {row: at for at, row in enumerate(kept)}
    pairs = [
        (number[query], passage, grade)
        for query, passage, grade in zip(judgements.query_rows, judgements.passage_rows, judgements.grades, strict=True)
        if query in number
    ]
    queries, passages, grades = zip(*pairs, strict=True)
    columns = ("query_ids", "query_languages", "clusters", "relations", "entities_seen")
    return judgements.model_copy(
        update={
            **{name: tuple(getattr(judgements, name)[row] for row in kept) for name in columns},
            "query_rows": queries,
            "passage_rows": passages,
            "grades": grades,
        }
    )


def permuted_scores(measured: Measured, ranks: Callable[[Place, Judgements], Drawn]) -> Measured:
    """Return scores under judgements of other passages, at places whose base ends in `+<draw>`.

    `ranks` returns what `permuted` does of the vectors at a place, for a part of the questions.
    """
    parts: dict[str, Judgements] = {}
    made: dict[Place, Drawn] = {}

    def part(dataset: str) -> Judgements:
        if dataset not in parts:
            parts[dataset] = some_questions(measured.judgements(dataset))
        return parts[dataset]

    def make(place: Place) -> Ranks:
        true, draw = _true(place)
        if true not in made:
            made[true] = ranks(true, part(place.dataset))
        within, overall = made[true]
        return Ranks(within=within[draw].astype(np.int64), overall=overall[draw].astype(np.int64))

    def known(place: Place) -> bool:
        return SEPARATOR in place.base and _true(place)[0] in measured.ranks

    return Measured(_Parts(measured, part), Changed(make, known, keep=False), measured.withheld)


def _true(place: Place) -> tuple[Place, int]:
    """Return the place whose judgements are permuted, and by which draw."""
    base, _, draw = place.base.rpartition(SEPARATOR)
    return Place(base, place.sampling, place.seed, place.dataset, place.held_out), int(draw)


class _Parts(Mapping[str, Judgements]):
    """A part of the questions of each dataset."""

    def __init__(self, measured: Measured, part: Callable[[str], Judgements]) -> None:
        self._of, self._part = measured.of_dataset, part

    def __getitem__(self, dataset: str) -> Judgements:
        return self._part(dataset)

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)


def permuted(vectors: AdmittedVectors, whole: Judgements, part: Judgements, dataset: str, draws: int) -> Drawn:
    """Return the ranks of the judged pairs of `part` (J) under permuted judgements, a row per draw.

    Draws depend on the dataset alone, so that all encoders are judged by the same permutations.
    """
    row = {name: at for at, name in enumerate(whole.query_ids)}
    rows = np.array([row[name] for name in part.query_ids], dtype=np.int64)
    judged, passages = np.array(part.query_rows), np.array(part.passage_rows)
    scores = vectors.queries[rows] @ vectors.passages.T
    languages = np.array(whole.passage_languages, dtype=np.str_)
    pools = [np.flatnonzero(languages == name) for name in np.unique(languages)]
    anywhere, inside = permutations(pools, dataset, draws)
    overall = _ranks(scores, judged, anywhere[:, passages])
    within = np.empty_like(overall)
    column = np.empty(len(languages), dtype=np.int64)
    pool_of = np.empty(len(languages), dtype=np.int64)
    for at, pool in enumerate(pools):
        column[pool], pool_of[pool] = np.arange(len(pool)), at
    for at, pool in enumerate(pools):
        here = np.flatnonzero(pool_of[passages] == at)
        within[:, here] = _ranks(scores[:, pool], judged[here], column[inside[:, passages[here]]])
    return within, overall


def permutations(
    pools: Sequence[NDArray[np.int64]], dataset: str, draws: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return permutations of all passages, and of passages within their pools, each (draws, P)."""
    size = sum(map(len, pools))
    anywhere = np.empty((draws, size), dtype=np.int64)
    inside = np.empty((draws, size), dtype=np.int64)
    for draw in range(draws):
        rng = generator("attack", "permuted", dataset, draw)
        anywhere[draw] = rng.permutation(size)
        for pool in pools:
            inside[draw, pool] = rng.permutation(pool)
    return anywhere, inside


def _ranks(scores: NDArray[np.float64], judged: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the ranks (draws, J) of `columns` (draws, J) in the rows `judged` (J,) of `scores` (Q, P).

    Equal scores share a rank: chance and no order decides here. Rows of `judged` are sorted.
    """
    ordered = np.sort(scores, axis=1)
    found = np.empty(columns.shape, dtype=np.int32)
    ends = np.searchsorted(judged, np.arange(len(scores) + 1)).tolist()
    for row in range(len(scores)):
        own = slice(ends[row], ends[row + 1])
        values = scores[row, columns[:, own]]
        found[:, own] = scores.shape[1] - np.searchsorted(ordered[row], values, side="right") + 1
    return found
