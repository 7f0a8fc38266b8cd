"""Controls: what must hold in every run, whatever its claims say (design: Controls).

On each dataset, from its judgements alone:

    oracle          one vector per set of passages that answer the same queries, each query beside
                    those that answer it: MAP 1 in every row, rank distance r - 1
    random          one random vector per text: MAP and rank distance of a random order, within
                    TOLERANCE standard errors over clusters of questions
    planted-effect  made-up scores on the dataset's questions, with noise of seeds, clusters and
                    queries: an effect of PLANTED standard errors is supported in each of EFFECTS
                    draws and contradicted with its sides exchanged; none is supported in at most
                    MOST_FALSE of NO_EFFECTS draws, where 2.5% are expected. Draws that the judge
                    refuses (few clusters) are no failure; it refuses the claim's checks alike

On the validation split, for each base and arm:

    trained-beats-untrained   its mean balanced score over the control seeds is above its base's

No control is a contrast that a claim states. Expected of a random order of n passages with r
relevant, H the harmonic number: AP = (H + (r - 1)(n - H)/(n - 1)) / n. All draws have named
seeds, so a control gives the same answer every time. Cost: 3 s for 4,400 questions, then kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.court.admit import admit_arrays
from harness.court.case import Case
from harness.court.infer import LEAST_SEEDS
from harness.court.judge import rule
from harness.court.measure import PARALLEL, Rows, chance_rank_distance, measure
from harness.court.rank import rank_judged
from harness.court.relevant import judged_pairs, relevant_rows
from harness.court.remembered import remembered
from harness.records.claim import SETTINGS, Check, Claim
from harness.records.verdict import Control
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from harness.court.rank import Ranks
    from harness.court.relevant import JudgedPairs
    from harness.court.scores import Place
    from harness.court.validation import Validation
    from harness.records.claim import Side
    from harness.records.judgements import Judgements
    from harness.records.ruling import Ruling
    from harness.store import Store

    Vectors = tuple[NDArray[np.float64], NDArray[np.float64]]

ORACLE_DIMENSIONS, RANDOM_DIMENSIONS = 256, 64
TOLERANCE = 5.0
PLANTED = 8.0
EFFECTS, NO_EFFECTS, MOST_FALSE = 3, 20, 4
SEED_NOISE, CLUSTER_NOISE, QUERY_NOISE = 0.01, 0.03, 0.2
LEVEL = 0.6
LEFT, RIGHT = "hybrid", "x-x-mono"
BASE = "planted"
REFUSED = "refused"


def dataset_controls(store: Store, dataset: str, judgements: Judgements, under: str) -> tuple[Control, ...]:
    """Return the controls on one dataset, from the store or made now.

    `under` is the digest of what they depend on: the judgements and the court's source.
    """
    inputs = {"operation": "controls", "dataset": dataset, "under": under, "numpy": np.__version__}
    return remembered(
        store,
        inputs,
        lambda: tuple(control(dataset, judgements) for control in (oracle, random, planted_effect)),
        lambda made: [control.plain() for control in made],
        lambda plain: tuple(Control.model_validate(one) for one in plain),
    )


def oracle(dataset: str, judgements: Judgements, vectors: Vectors | None = None) -> Control:
    """Return whether vectors that know the judgements reach the best score of every row; others are for tests."""
    pairs, ranks = judged_pairs(judgements), _ranked(judgements, vectors or oracle_vectors(judgements))
    short = []
    for setting in SETTINGS:
        relevant = relevant_rows(pairs, ranks, setting)
        values = measure(relevant, "MAP").values
        short += [f"{setting} MAP {value:.4f}" for value in values[values != 1.0][:1].tolist()]
    relevant = relevant_rows(pairs, ranks, "multilingual")
    counts = relevant.counts[relevant.counts >= PARALLEL]
    if not np.array_equal(measure(relevant, "rank-distance").values, counts - 1.0):
        short.append("a rank distance above the least")
    detail = f"expected the best score of every query, found {', '.join(short)}" if short else "1.0 in every row"
    return Control(name="oracle", on=dataset, passed=not short, detail=detail)


def oracle_vectors(judgements: Judgements) -> Vectors:
    """Return vectors (Q, D) and (P, D) that know the answers: random ones shared by what answers alike."""
    answers: dict[int, list[int]] = {row: [] for row in range(len(judgements.passage_ids))}
    for query, passage in zip(judgements.query_rows, judgements.passage_rows, strict=True):
        answers[passage].append(query)
    number: dict[tuple[int, ...], int] = {}
    kinds = [number.setdefault(tuple(queries), len(number)) for queries in answers.values()]
    own = generator("control", "oracle").choice([-1.0, 1.0], (len(number), ORACLE_DIMENSIONS))
    queries = np.zeros((len(judgements.query_ids), ORACLE_DIMENSIONS))
    for answered, kind in number.items():
        queries[list(answered)] += own[kind]
    return queries, own[kinds]


def random(dataset: str, judgements: Judgements, vectors: Vectors | None = None) -> Control:
    """Return whether vectors that know nothing score as a random order does; others are for tests."""
    pairs, ranks = judged_pairs(judgements), _ranked(judgements, vectors or random_vectors(dataset, judgements))
    told, passed = [], True
    for name, found, chance in _beside_chance(pairs, ranks):
        mean, error = _clustered(found.values - chance, np.array(judgements.clusters)[found.query_rows])
        passed = passed and abs(mean) <= TOLERANCE * error
        told.append(f"{name} {found.values.mean():.4g}, chance {chance.mean():.4g} +- {TOLERANCE * error:.2g}")
    return Control(name="random", on=dataset, passed=passed, detail="; ".join(told))


def random_vectors(dataset: str, judgements: Judgements) -> Vectors:
    """Return vectors (Q, D) and (P, D) that know nothing, one per text."""
    rng = generator("control", "random", dataset)
    queries = rng.standard_normal((len(judgements.query_ids), RANDOM_DIMENSIONS))
    return queries, rng.standard_normal((len(judgements.passage_ids), RANDOM_DIMENSIONS))


def _beside_chance(pairs: JudgedPairs, ranks: Ranks) -> Iterator[tuple[str, Rows, NDArray[np.float64]]]:
    """Yield each measure's rows and what a random order is expected to reach in them."""
    for setting in SETTINGS:
        relevant = relevant_rows(pairs, ranks, setting)
        if len(relevant.starts):
            chance = chance_precision(relevant.counts, relevant.pool_sizes)
            yield f"{setting} MAP", measure(relevant, "MAP"), chance
    relevant = relevant_rows(pairs, ranks, "multilingual")
    rows = measure(relevant, "rank-distance")
    if len(rows.values):
        yield "rank distance", rows, chance_rank_distance(relevant).values


def chance_precision(relevant: NDArray[np.int64], passages: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the average precision expected of a random order, by numbers of relevant and of all passages."""
    harmonic = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, int(passages.max()) + 1))])[passages]
    others = np.maximum(passages - 1, 1)
    expected: NDArray[np.float64] = (harmonic + (relevant - 1) * (passages - harmonic) / others) / passages
    return expected


def _clustered(values: NDArray[np.float64], clusters: NDArray[np.str_]) -> tuple[float, float]:
    """Return the mean and its standard error over clusters, or no tolerance at all from a single one."""
    names, code = np.unique(clusters, return_inverse=True)
    mean = float(values.mean())
    if len(names) == 1:
        return mean, 0.0
    sums = np.bincount(code, weights=values - mean)
    return mean, float(np.sqrt(len(names) / (len(names) - 1) * np.square(sums).sum()) / len(values))


def _ranked(judgements: Judgements, vectors: Vectors) -> Ranks:
    return rank_judged(admit_arrays(*vectors), judgements)


@dataclass(slots=True, eq=False)
class Planted:
    """Made-up scores: one row per query, `effect` more for the left arm than for the right."""

    of: Judgements
    effect: float
    draw: int
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def judgements(self, dataset: str) -> Judgements:
        """Return the dataset's judgements, whatever it is called."""
        del dataset
        return self.of

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per query: level, effect, noise of seed, cluster and query."""
        del check, dataset
        names = self.of.query_ids
        cluster = np.unique(np.array(self.of.clusters), return_inverse=True)[1]
        arm = ("control", "planted", self.draw, side.sampling)
        level = LEVEL + (self.effect if side.sampling == LEFT else 0.0)
        level += SEED_NOISE * generator(*arm, "seed", seed).standard_normal()
        values = level + CLUSTER_NOISE * generator(*arm, "cluster").standard_normal(int(cluster.max()) + 1)[cluster]
        values += QUERY_NOISE * generator(*arm, "query", seed).standard_normal(len(names))
        return Rows(np.arange(len(names)), ("*",) * len(names), values)


def planted_effect(dataset: str, judgements: Judgements, judge: Callable[..., Ruling] = rule) -> Control:
    """Return whether the judge finds an effect that is there and none that is not; `judge` is for tests."""
    queries, clusters = len(judgements.query_ids), len(set(judgements.clusters))
    noise = SEED_NOISE**2 / LEAST_SEEDS + CLUSTER_NOISE**2 / clusters + QUERY_NOISE**2 / (LEAST_SEEDS * queries)
    effect = PLANTED * float(np.sqrt(2 * noise))

    def outcomes(size: float, draws: int, left: str, right: str) -> Counter[str]:
        case = [
            Case(_claim(dataset, left, right), range(LEAST_SEEDS), Planted(judgements, size, at), {})
            for at in range(draws)
        ]
        told = [judge(one, one.claim.checks[0], dataset) for one in case]
        return Counter(REFUSED if one.outcome == "inconclusive" and one.note else one.outcome for one in told)

    there, exchanged = outcomes(effect, EFFECTS, LEFT, RIGHT), outcomes(effect, EFFECTS, RIGHT, LEFT)
    found, turned = there["supported"], exchanged["contradicted"]
    false = outcomes(0.0, NO_EFFECTS, LEFT, RIGHT)["supported"]
    detail = (
        f"an effect of {effect:.3g}: supported {found} of {EFFECTS} times, exchanged contradicted {turned} of "
        f"{EFFECTS}; no effect: supported {false} of {NO_EFFECTS}, at most {MOST_FALSE} allowed"
    )
    refused = there[REFUSED] + exchanged[REFUSED]
    if refused:
        detail += f"; {refused} times the judge refused to say"
    missed = 2 * EFFECTS - found - turned - refused
    # where the judge refuses everything, it refuses the claim's checks too, and says why
    passed = not missed and false <= MOST_FALSE and (bool(found and turned) or refused == 2 * EFFECTS)
    return Control(name="planted-effect", on=dataset, passed=passed, detail=detail)


def _claim(dataset: str, left: str, right: str) -> Claim:
    check = Check(id="planted", measure="MAP", setting="multilingual", left=left, relation="above", right=right)
    return Claim(
        schema_="urn:harness:claim:1",
        id="c00",
        title="A planted effect",
        statement="left is above right",
        origin="record",
        kind="effectiveness",
        evidence=("trained-encoder",),
        bases=(BASE,),
        datasets=(dataset,),
        checks=(check,),
    )


def trained_beats_untrained(validation: Validation, on: str, pairs: Sequence[tuple[Place, Place]]) -> Control:
    """Return whether an arm is better than its base on the mean; `pairs` are (trained, untrained) per seed.

    Raises:
        KeyError: a place without ranks.
    """
    trained, untrained = (sum(validation.balanced(pair[side]) for pair in pairs) / len(pairs) for side in (0, 1))
    return Control(
        name="trained-beats-untrained",
        on=on,
        passed=trained > untrained,
        detail=f"mean balanced validation score {trained:.4f}, before contrastive training {untrained:.4f}",
    )
