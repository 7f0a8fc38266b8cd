"""REPLICATION_ATTACKER: does the same come out again, and would something else have been let in?

    same-seed        a cell of the lab made again, from its base on, gives the same vectors
    order            its texts handed out under other ids in another order give the same vectors
    tuned-again      points of the grid that chose the arms' settings, trained anew, score what is written
    fresh-seeds      seeds that the plan does not have lie inside the interval for a new run
    other-ids        ids renamed, rows handed in in another order, other sizes of blocks: the same ranks
    second-measures  measures written a second time give the same values
    foreign-vectors  vectors of another seed or with foreign ids are refused at the door
    counted-again    counts follow a change of the files they are counted in
    nothing          nothing was made that could be made again: a constant replicates perfectly

Trained seeds: theta of a seed lies in mean +- t sd sqrt(1 + 1/S), and the mean of n of them in mean +-
t sd sqrt(1/n + 1/S), t at FALSE_ALARM over all rulings of the folder (Bonferroni): with few seeds only
a gross choice of seeds is found out. Vectors are the same up to the rounding of float32 sums (SAME).
Source: design, Attacking.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from harness.attack import again
from harness.attack.probe import Attempt, Probe
from harness.attack.subject import AS_THEY_ARE
from harness.court.admit import admit, refuse_twins
from harness.court.case import ALL_DATASETS
from harness.court.contrast import Inquiry, contrasts, on_base, sides
from harness.court.judge import datasets_of
from harness.court.memory import once
from harness.court.rank import count_ranks
from harness.court.scores import Place, label
from harness.errors import AdmissionRefused, HarnessError
from harness.records.folds import held_out
from harness.records.vectors import LabVectors
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from harness.attack.subject import Again, Subject, Trained
    from harness.court.case import Case
    from harness.court.contrast import Scores
    from harness.court.scores import Measured
    from harness.records.claim import Check, Claim, Setting
    from harness.records.judgements import Judgements
    from harness.records.vectors import AdmittedVectors

SEED, SECOND, FOREIGN, COUNTED, NOTHING = 8.0, 9.0, 9.0, 9.0, 2.5
SAME = 1e-5
"""The greatest difference of an entry of two unit vectors that float32 sums in another order explain."""

FALSE_ALARM = 0.01
"""How often a run without fault may have any fresh seed outside its interval."""

BLOCKS = (61, 509)
LEAST_SEEDS = 3


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield the replicator's probes: of counts, of vectors, or that there is nothing to repeat."""
    if subject.claim.kind == "counted":
        for dataset in sorted(subject.recounted):
            yield Probe(f"counted-again:{dataset}", COUNTED, _counter(subject, dataset))
        if not subject.recounted:
            yield Probe("nothing", NOTHING, _nothing)
        return
    evidence, measured = subject.evidence, subject.measured
    if evidence is None or measured is None or subject.case is None or not subject.case.seeds:
        yield Probe("nothing", NOTHING, _nothing)
        return
    case, made = subject.case, evidence.again
    yield Probe("same-seed", SEED, lambda: _again(made, lambda one: one.same_seed))
    yield Probe("order", SEED, lambda: _again(made, lambda one: one.reordered))
    yield Probe("other-ids", SECOND, lambda: _other_ids(subject, measured, evidence.vectors))
    yield Probe("foreign-vectors", FOREIGN, lambda: _foreign(subject, measured, evidence.vectors))
    yield Probe("second-measures", SECOND, lambda: _second(subject, measured, evidence.vectors))
    if subject.retuned is not None:
        yield Probe("tuned-again", SEED, partial(_retuned, subject.retuned))
    for check in _measured_checks(subject):
        yield Probe(
            f"fresh-seeds:{check.id}",
            SEED,
            partial(fresh_seeds, check, subject.claim, case, evidence.fresh, subject.comparisons),
        )


def _nothing() -> Attempt:
    return Attempt(succeeded=True, detail="a constant replicates perfectly: nothing was trained or counted")


def _counter(subject: Subject, dataset: str) -> Callable[[], Attempt]:
    def run() -> Attempt:
        known, anew = subject.counted[dataset], subject.recounted[dataset][AS_THEY_ARE]
        wrong = [name for name, value in known.items() if anew.get(name) != value]
        if wrong:
            return Attempt(succeeded=True, detail=f"{wrong[0]}: {known[wrong[0]]} counted, {anew.get(wrong[0])} anew")
        return Attempt(succeeded=False, detail=f"{len(known)} counts are the same when counted a second way")

    return run


def _again(made: Sequence[Again] | None, distance: Callable[[Again], float]) -> Attempt:
    """Return whether some cell came out otherwise.

    Raises:
        HarnessError: no cell could be made again, or one of them failed.
    """
    failed = [one for one in made or () if one.problem]
    if not made or failed:
        raise HarnessError(f"{failed[0].label}: {failed[0].problem}" if failed else "no cell was made again")
    worst = max(made, key=distance)
    if distance(worst) > SAME:
        return Attempt(
            succeeded=True, detail=f"{worst.label} gives other vectors (entries differ by {distance(worst):.2g})"
        )
    labels = ", ".join(one.label for one in made)
    return Attempt(succeeded=False, detail=f"the same vectors, up to {distance(worst):.1g}: {labels}")


def _retuned(train: Callable[[], Sequence[str]]) -> Attempt:
    found = list(train())
    if found:
        return Attempt(succeeded=True, detail=f"the results of tuning are not what training gives: {found[0]}")
    return Attempt(succeeded=False, detail="the points that tuning chose score what is written when trained anew")


def _place(subject: Subject, check: Check) -> Place:
    """Return where the first seed of a check's first arm lies, on the first base and dataset."""
    side = on_base(sides(check)[0], subject.claim.bases[0])
    fold = None if check.pairs is None else held_out(label(side.sampling), 0)
    return Place(str(side.base), label(side.sampling), 0, subject.claim.datasets[0], fold)


def _measured_checks(subject: Subject) -> list[Check]:
    return [check for check in subject.required() if sides(check) and check.settings]


def _other_ids(subject: Subject, measured: Measured, vectors: Callable[[Place], AdmittedVectors]) -> Attempt | None:
    """Rank one place again under other ids, in another order of rows, in blocks of other sizes."""
    checks = _measured_checks(subject)
    if not checks:
        return None
    place = _place(subject, checks[0])
    return once(measured.memory, ("other-ids", place), lambda: _ranked_again(place, measured, vectors))


def _ranked_again(place: Place, measured: Measured, vectors: Callable[[Place], AdmittedVectors]) -> Attempt:
    judgements, admitted = measured.judgements(place.dataset), vectors(place)
    other = _renamed(judgements)
    anew = admit(_shuffled(admitted, other), other)
    ranks = count_ranks(
        anew.queries,
        anew.passages,
        other.query_rows,
        other.passage_rows,
        other.passage_languages,
        queries_at_once=BLOCKS[0],
        passages_at_once=BLOCKS[1],
    )
    known = measured.ranks[place]
    same = np.array_equal(ranks.within, known.within) and np.array_equal(ranks.overall, known.overall)
    words = f"{len(other.query_rows)} ranks of {place.sampling} on {place.base}"
    if same:
        return Attempt(succeeded=False, detail=f"{words} are the same under other ids, order and sizes of blocks")
    return Attempt(succeeded=True, detail=f"{words} depend on ids, order or sizes of blocks")


def _renamed(judgements: Judgements) -> Judgements:
    renamed = {
        name: tuple(f"{name[0]}-{number}" for number in generator("attack", name).permutation(len(ids)).tolist())
        for name in ("query_ids", "passage_ids")
        if (ids := getattr(judgements, name))
    }
    return judgements.model_copy(update=renamed)


def _shuffled(admitted: AdmittedVectors, judgements: Judgements) -> LabVectors:
    """Return vectors as the lab might have handed them in: rows in another order, their ids beside them."""
    columns = []
    for array, ids in ((admitted.queries, judgements.query_ids), (admitted.passages, judgements.passage_ids)):
        order = generator("attack", "rows", len(ids)).permutation(len(ids)).tolist()
        columns += [tuple(ids[at] for at in order), array[order]]
    return LabVectors(columns[0], columns[1], columns[2], columns[3])


def _foreign(subject: Subject, measured: Measured, vectors: Callable[[Place], AdmittedVectors]) -> Attempt | None:
    """Hand in one seed's vectors for another's, and vectors with an id that nobody gave out."""
    checks = _measured_checks(subject)
    if not checks:
        return None
    place = _place(subject, checks[0])
    return once(measured.memory, ("foreign", place), lambda: _at_the_door(place, measured, vectors))


def _at_the_door(place: Place, measured: Measured, vectors: Callable[[Place], AdmittedVectors]) -> Attempt:
    judgements, admitted = measured.judgements(place.dataset), vectors(place)
    let_in = []
    try:
        refuse_twins({0: admitted.digest, 1: admitted.digest}, place.sampling)
        let_in.append("one seed's vectors under another's name")
    except AdmissionRefused:
        pass
    handed = _shuffled(admitted, judgements)
    strangers = ("foreign", *handed.query_ids[1:])
    try:
        admit(LabVectors(strangers, handed.queries, handed.passage_ids, handed.passages), judgements)
        let_in.append("vectors of another data set")
    except AdmissionRefused:
        pass
    told = f"the door let in {' and '.join(let_in)}" if let_in else "copies of a seed and foreign ids are refused"
    return Attempt(bool(let_in), told)


def _second(subject: Subject, measured: Measured, vectors: Callable[[Place], AdmittedVectors]) -> Attempt | None:
    """Compare the measures of a few questions with a second implementation of them."""
    looked = 0
    asked = {(check.measure, setting): check for check in _measured_checks(subject) for setting in check.settings}
    for (measure, setting), check in asked.items():
        if measure is None:
            continue
        place = _place(subject, check)
        for words in once(
            measured.memory,
            ("second-measures", place, measure, setting),
            partial(_differing, place, measure, setting, measured, vectors),
        ):
            return Attempt(succeeded=True, detail=words)
        looked += 1
    if not looked:
        return None
    return Attempt(succeeded=False, detail=f"{looked} measures come out the same from a second implementation")


def _differing(
    place: Place, measure: str, setting: Setting, measured: Measured, vectors: Callable[[Place], AdmittedVectors]
) -> list[str]:
    rows = measured.measured(place, setting, measure)
    return list(again.differences(vectors(place), measured.judgements(place.dataset), measure, setting, rows))


def fresh_seeds(check: Check, claim: Claim, case: Case, fresh: Trained | None, comparisons: int) -> Attempt | None:
    """Hold fresh seeds against the interval for one new run, on every dataset; one of so many `comparisons`.

    Raises:
        HarnessError: no fresh seeds could be trained.
    """
    if fresh is None:
        raise HarnessError("no fresh seeds were trained")
    told = []
    for dataset in datasets_of(check, claim):
        names = claim.datasets if dataset == ALL_DATASETS else (dataset,)
        for at, contrast in enumerate(contrasts(check)):
            weights = np.array(contrast.weights)
            theta, new = (
                np.mean([weights @ _theta(scores, seeds, check, name, case) for name in names], axis=0)
                for scores, seeds in ((case.scores, case.seeds), (fresh.scores, fresh.seeds))
            )
            if len(theta) < LEAST_SEEDS:
                return None
            sd = float(theta.std(ddof=1))
            if sd == 0:
                return None
            rate = FALSE_ALARM / (4 * max(1, comparisons) * len(new) * len(contrasts(check)))
            t = float(stdtrit(len(theta) - 1, 1 - rate))
            half = t * sd * (1 + 1 / len(theta)) ** 0.5
            far = np.abs(new - theta.mean())
            mean_far, mean_half = abs(new.mean() - theta.mean()), t * sd * (1 / len(new) + 1 / len(theta)) ** 0.5
            words = f"{new[far.argmax()]:.4g} in {theta.mean():.4g} +- {half:.2g}"
            if far.max() > half or mean_far > mean_half:
                return Attempt(succeeded=True, detail=f"{check.id} on {dataset}: fresh seeds are not there: {words}")
            told.append(words if not at else "")
    return Attempt(succeeded=False, detail=f"fresh seeds lie where a new run may: {', '.join(filter(None, told))}")


def _theta(scores: Scores, seeds: Sequence[int], check: Check, dataset: str, case: Case) -> NDArray[np.float64]:
    return Inquiry(scores, seeds, check, dataset).sample(case.claim.bases).theta
