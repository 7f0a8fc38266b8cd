"""Replay: a verdict judged again from its vectors, and every step at which it comes out otherwise.

    (1) hold claim, script, scope, paper and lock against the digests that the verdict states
    (2) ask the script, make the texts, plan the cells: they must be those that the verdict names
    (3) verify the vectors, admit them, count their ranks
    (4) judge, seek company
    (5) attack again, but for what takes training: there the verdict's own answers stand
    (6) decide; compare all but the occasion with the verdict

This is the conductor's own run with a store that knows finished cells and nothing else: ranks,
controls, baselines and earlier verdicts that were kept are not looked at but to be compared. Nothing
is trained: where vectors came from rests on the store. What the lab was (its source, the versions
it computed with, its seal) is taken from the verdict, for cells are named by it. Counts are counted again.

Cost: one ranking per cell and the controls, for a claim of Atlas one to three minutes.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from harness.codec import canonical, digest, sha256
from harness.court.hearing import Heard, hear, law
from harness.errors import EntryDamaged, HarnessError, ResourceMissing, UsageError
from harness.planner import RANK_SOURCE, source_digest
from harness.records.replay import Difference, Replay
from harness.store import Store
from harness.verify.conductor import Run
from harness.verify.differing import NOTHING, differences, filed, inputs, short
from harness.verify.exhibits import gather, hear_all
from harness.verify.loading import wanted
from harness.verify.standing import COURT_LIBRARIES, FAILED
from harness.verify.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from harness.planner import Plan
    from harness.records.cells import Cell
    from harness.records.verdict import Verdict
    from harness.verify.job import Job


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay with what it rested on: keys of cells, ranks by cell, judgements by dataset, as digests."""

    replay: Replay
    cells: tuple[str, ...] = ()
    ranks: Mapping[str, str] = field(default_factory=dict)
    judgements: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stated:
    """What is said of a verdict beside itself; in a bundle, digests of ranks and judgements, and libraries."""

    ranks: Mapping[str, str] = field(default_factory=dict)
    judgements: Mapping[str, str] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)


def libraries() -> dict[str, str]:
    """Return the versions of what the court computes with."""
    return {name: metadata.version(name) for name in COURT_LIBRARIES}


def replay(verdict: Verdict, job: Job, reports: Path, stated: Stated | None = None) -> Replayed:
    """Judge a verdict anew; `job` holds its claim alone, and a desk whose tables may be overwritten.

    `reports` is the folder that the verdict's artifacts are relative to.

    Raises:
        UsageError: a verdict that came of a failure, of which there is nothing to judge; or the
            real data that it counts are not here.
    """
    failed = sorted(FAILED & set(verdict.causes))
    if failed:
        causes = ", ".join(failed)
        raise UsageError(f"{verdict.claim}: expected a judged verdict, found one that came of {causes}; measure again")
    found = [*inputs(verdict, job), *filed(verdict, reports)]
    if any(one.step in {"analysis", "script", "scope"} for one in found):
        return Replayed(_answer(verdict, found, ()))
    with tempfile.TemporaryDirectory(prefix="harness-replay-") as folder:
        return _Replaying(verdict, job, stated or Stated(), Path(folder) / "store").judged_again(found)


class _Evidence(Store):
    """A fresh store that knows finished cells of another and nothing else of it, and moves none of them."""

    def __init__(self, root: Path, source: Store) -> None:
        super().__init__(root)
        self.source = source
        self.cells: set[str] = set()

    def has(self, key: str) -> bool:
        return self.source.has(key) if key in self.cells else super().has(key)

    def find(self, key: str, *, using: bool = True) -> Path | None:
        if key in self.cells:
            return self.source.find(key, using=using)
        return super().find(key, using=using)


class _Replaying:
    """One replay, in a fresh store."""

    def __init__(self, verdict: Verdict, job: Job, stated: Stated, fresh: Path) -> None:
        self.verdict, self.stated, self.source = verdict, stated, job.store
        self.evidence = _Evidence(fresh, job.store)
        walls = replace(job.enclosure, seal=verdict.seal)
        self.job = replace(job, store=self.evidence, enclosure=walls, cache="only-cache")
        self.run = Run(self.job)
        made = verdict.provenance
        self.court = self.run.around.court
        released = replace(self.run.around.released, job=self.job, stated=made.released)
        self.run.around = replace(
            self.run.around, lab=made.lab, court=made.court, versions=made.versions, released=released
        )
        self.released = {one.vectors: one.dataset for one in made.released}
        self.ranks: dict[str, str] = {}

    def judged_again(self, found: list[Difference]) -> Replayed:
        """Return the replay; `found` are differences known already."""
        plan = self.run.planning.plan()  # (2)
        trial = Trial(self.job, plan, plan.claims[0], self.run.around)
        planned = [*self.planned(trial)]
        if planned:
            return self.told([*found, *planned])
        found += [*self.heard(plan), *self.heard_released()]  # (3)
        if any(one.step == "vectors" for one in found):
            return self.told(found)
        exhibits = gather(self.job, plan, self.run.texts, {}, self.released)
        judged = trial.judged(exhibits)  # (4)
        if "resource_missing" in judged.faults:
            raise UsageError(judged.faults["resource_missing"])
        measured = {one.at for one in self.verdict.company if one.estimate is not None}
        for at, neighbour in self.run.sought(trial, judged).plans:
            found += self.heard(neighbour) if at in measured else []
        if any(one.step == "vectors" for one in found):
            return self.told(found)
        (company,) = self.run.company([trial], [judged], exhibits)
        (attacked,) = self.run.attacked([trial], [judged], exhibits, self.verdict.red_team)  # (5)
        found += differences(self.verdict, trial.verdict(judged, company, attacked))
        return self.told(found)

    def planned(self, trial: Trial) -> Iterator[Difference]:
        """Yield what stands in the way of the verdict's own cells."""
        problem, verdict = trial.planned.problem, self.verdict
        if problem is not None and verdict.provenance.cells:
            yield Difference(step="script", what="asked again", stated="cells to judge", found=short(str(problem)))
            return
        texts = self.run.texts.digests
        for name, expected in verdict.provenance.texts.items():
            actual = texts.get(name, NOTHING)
            if actual != expected:
                yield Difference(step="texts", what=name, stated=expected, found=actual)
        judged = {name: one.judgements.fingerprint() for name, one in self.run.texts.datasets.items()}
        for name, expected in self.stated.judgements.items():
            if judged.get(name) != expected:
                found = judged.get(name, NOTHING)
                yield Difference(step="texts", what=f"judgements of {name}", stated=expected, found=found)
        asked = {f"{one.encoder.model} on {one.dataset}" for one in wanted(trial.planned)}
        told = {f"{one.model} on {one.dataset}" for one in verdict.provenance.released}
        if asked != told:
            both = [short(", ".join(sorted(one)) or "none") for one in (told, asked)]
            yield Difference(step="plan", what="released encoders", stated=both[0], found=both[1])
        keys = {cell.key for cell in trial.encodings().values()}
        stated = set(verdict.provenance.cells)
        if keys != stated:
            more, less = len(keys - stated), len(stated - keys)
            words = f"{len(keys)} cells, {more} that it does not name, and {less} of its own not among them"
            yield Difference(step="plan", what="cells", stated=f"{len(stated)} cells", found=words)

    def heard(self, plan: Plan) -> list[Difference]:
        """Count the ranks of a plan's vectors anew; return what is missing, damaged, or other than was stated."""
        cells = {cell.key: (request, cell) for request, cell in plan.encodings.items()}
        weights = {one.key: one for cell in cells.values() for one in _line(cell[1])}
        self.evidence.cells |= cells.keys() | plan.weights()
        heard = hear_all(self.job, plan.vectors(), self.run.texts, {})
        found = [one for key, (_, cell) in cells.items() if (one := unheard(_named(cell), heard[key]))]
        found += [one for key in sorted(plan.weights()) if (one := self.lost(weights[key]))]
        kept = source_digest(RANK_SOURCE)
        for key, (request, cell) in cells.items():
            ranked = heard[key]
            if isinstance(ranked, Heard):
                self.ranks[key] = ranks_digest(ranked)
                found += self.reranked(_named(cell), key, request.dataset, kept)
        return found

    def heard_released(self) -> list[Difference]:
        """Count the ranks of the released encoders' vectors anew; return what is missing, damaged, or other."""
        self.evidence.cells |= self.released.keys()
        heard = hear_all(self.job, self.released, self.run.texts, {})
        found: list[Difference] = []
        for one in self.verdict.provenance.released:
            what, ranked = f"{one.model} on {one.dataset} ({one.vectors[:12]})", heard[one.vectors]
            if isinstance(ranked, Heard):
                self.ranks[one.vectors] = ranks_digest(ranked)
                found += self.reranked(what, one.vectors, one.dataset, source_digest(RANK_SOURCE))
            elif (lacking := unheard(what, ranked)) is not None:
                found.append(lacking)
        return found

    def lost(self, cell: Cell) -> Difference | None:
        """Return a difference where weights that the court reads are missing or damaged."""
        try:
            found = NOTHING if self.evidence.find(cell.key) is None else ""
        except EntryDamaged as error:
            found = short(str(error))
        what = f"weights, {_named(cell)}"
        return Difference(step="vectors", what=what, stated="whole weights", found=found) if found else None

    def reranked(self, what: str, key: str, dataset: str, source: str) -> Iterator[Difference]:
        """Compare new ranks with those of a bundle, and with those that the store remembers of the same vectors."""
        now = self.ranks[key]
        if self.stated.ranks and self.stated.ranks.get(key) != now:
            yield Difference(step="ranks", what=what, stated=self.stated.ranks.get(key, NOTHING), found=now)
        judgements = self.run.texts.datasets[dataset].judgements
        under = law(judgements, source)
        try:
            if not self.source.has(digest({"operation": "rank", "cell": key, "under": under})):
                return
            kept = ranks_digest(hear(self.source, key, judgements, under))
        except HarnessError:
            return  # what is kept of ranks is no evidence
        if kept != now:
            yield Difference(step="ranks", what=f"{what}, as the store remembers them", stated=kept, found=now)

    def told(self, found: Iterable[Difference]) -> Replayed:
        made, notes = self.verdict.provenance, []
        if made.court != self.court:
            notes.append(f"judged by another version of the court than the verdict ({self.court[:12]})")
        for name, version in libraries().items():
            stated = self.stated.libraries.get(name, version)
            if stated != version:
                notes.append(f"judged with {name} {version}, the bundle with {stated}")
        return Replayed(
            _answer(self.verdict, list(found), notes),
            tuple(sorted(self.evidence.cells)),
            self.ranks,
            {name: one.judgements.fingerprint() for name, one in self.run.texts.datasets.items()},
        )


def unheard(what: str, heard: Heard | HarnessError) -> Difference | None:
    """Return a difference where vectors are missing, damaged, or no evidence."""
    if isinstance(heard, Heard):
        return None
    words = NOTHING if isinstance(heard, ResourceMissing) else short(str(heard))
    return Difference(step="vectors", what=what, stated="whole vectors", found=words)


def _named(cell: Cell) -> str:
    return f"{cell.label} ({cell.key[:12]})"


def ranks_digest(heard: Heard) -> str:
    """Return the digest of admitted vectors and their ranks."""
    columns = (heard.ranks.within, heard.ranks.overall)
    return sha256(canonical(heard.vectors) + b"".join(column.astype("<i8").tobytes() for column in columns))


def _line(cell: Cell | None) -> Iterator[Cell]:
    """Yield a cell and all that it starts from."""
    while cell is not None:
        yield cell
        cell = cell.parent


def _answer(verdict: Verdict, found: Collection[Difference], notes: Iterable[str]) -> Replay:
    return Replay(
        claim=verdict.claim, scope=verdict.scope, same=not found, differences=tuple(found), notes=tuple(notes)
    )
