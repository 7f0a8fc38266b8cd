"""What the red team needs beside a run's own evidence, made once for all claims of the run.

    fresh seeds   each required check's arms under FRESH_SEEDS, which no plan has, are trained and encoded
    shuffled      arms of which a reduction is claimed are trained on passages that answer other questions
    repeats       for each arm of a claim one cell of its plan, from its base on, in an empty store; its
                  texts are then handed out once more in another order under other ids
    random        vectors that know nothing, ranked once per dataset and number, kept in the store
    permuted      ranks under judgements of other passages, kept in the store
    leaks         judged pairs that stand in training word for word
    findings      the audit of the paper beside the claims
    recounts      counts of changed copies of the real files

Which cell is made again follows from the claim alone, so a claim's verdict does not depend on which
others were run with it; claims with the same bases and datasets share them. What came of it is kept
under the cell's key and the digest of its vectors. Cost: 2 trainings per arm and base, 1 per arm.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from harness import audit as auditor
from harness.attack import Attacked, Evidence, Subject, attack
from harness.attack.changed import permuted_scores, random_scores, sunk_scores
from harness.audit.citing import cited_by
from harness.claimfile.paper import STATEMENTS, paper_folder
from harness.court.admit import admit, admit_arrays
from harness.court.contrast import sides
from harness.court.hearing import hear_made, law, read_vectors
from harness.court.rank import rank_judged
from harness.court.scores import place_of
from harness.data.recount import recounts
from harness.errors import HarnessError, ResourceMissing
from harness.lockfile import violations
from harness.planner import RANK_SOURCE, source_digest
from harness.records.scope import Chosen
from harness.seeds import generator
from harness.verify.beside import FRESH_SEEDS, SHUFFLED_SEEDS, Beside, fresh_requests, shuffled_requests
from harness.verify.exhibits import MEND_CACHE
from harness.verify.permuting import Permuting
from harness.verify.repeats import Repeats, chosen
from harness.verify.tuning import recheck, rerun

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.claimfile.claims import ClaimFile
    from harness.court.rank import Ranks
    from harness.court.scores import Place
    from harness.records.attack import RedTeam
    from harness.records.audit import Finding
    from harness.records.vectors import AdmittedVectors
    from harness.verify.exhibits import Exhibits
    from harness.verify.repeats import Runner
    from harness.verify.trial import Judged, Trial

DIMENSIONS = 64
NONE = Chosen(dose=0, arms={})
KEPT = 8
"""Sets of vectors that are held at once."""


class Room:
    """One run's red team at work."""

    def __init__(self, trials: Sequence[Trial], found: Exhibits, run: Runner) -> None:
        """Train what attacking these claims takes, for all of them at once."""
        self.found, self.run, self.job, self.texts = found, run, run.job, run.texts
        ready = [trial for trial in trials if trial.encodings() and trial.planned.problem is None]
        self.cells = {place_of(one): cell for trial in ready for one, cell in trial.encodings().items()}
        fresh = dict.fromkeys(one for trial in ready for one in fresh_requests(trial))
        self.fresh = Beside(run, run.planner(), list(fresh))
        self.shuffled = self._shuffled(ready)
        self.repeats = Repeats(run, found.heard, {one: cell for trial in ready for one, cell in chosen(trial).items()})
        self.laws: dict[str, str] = {}
        self.rerun: dict[tuple[tuple[str, str], ...], list[str]] = {}
        self.papers: dict[Path, tuple[Finding, ...] | HarnessError] = {}
        self.vectors = lru_cache(KEPT)(self._vectors)
        self.random = random_scores(found.scores, self._random)
        permuting = Permuting(self.job.store, self.texts, self.vectors, self._admitted)
        self.permuted = permuted_scores(found.scores, permuting.ranks)
        self.sunk = sunk_scores(found.scores)

    def attacked(self, trial: Trial, judged: Judged, stated: RedTeam | None = None) -> Attacked:
        """Attack one claim; of one that failed before it was judged only what it says can be attacked."""
        try:
            return attack(self._subject(trial, judged), stated)
        finally:
            self.permuted.memory.clear()  # sums of DRAWS worlds for every arm and base: a gigabyte for a few claims

    def _subject(self, trial: Trial, judged: Judged) -> Subject:
        job, file = self.job, trial.planned.file
        lock = job.lock_of(file)
        findings, unaudited = self._findings(file)
        subject = Subject(
            file=file,
            scope=job.scope,
            asked=trial.planned.asked,
            rulings=judged.rulings,
            lapses=violations(lock, file.claim, job.scope),
            locked=lock is not None,
            findings=findings,
            unaudited=unaudited,
            counted=judged.counted,
            recounted=self._recounted(judged),
            ill_chosen=ill_chosen(trial),
            retuned=self._retuned(trial),
            comparisons=len(judged.rulings) * (len(lock.claims) if lock else 1),
        )
        if judged.conditions is None or not trial.encodings():
            return subject
        evidence = Evidence(
            vectors=self.vectors,
            random=self.random,
            permuted=self.permuted,
            sunk=self.sunk,
            leaks=self._leaks,
            texts=lambda name: self.texts.datasets[name].texts,
            again=self.repeats.of(trial),
            fresh=self.fresh.trained(fresh_requests(trial), FRESH_SEEDS),
            shuffled=self.shuffled.trained(shuffled_requests(trial), SHUFFLED_SEEDS),
        )
        case = trial.case(self.found.scores, range(job.scope.seeds_of(file.claim.id)))
        return replace(subject, case=case, measured=self.found.scores, evidence=evidence)

    def _shuffled(self, trials: Sequence[Trial]) -> Beside:
        """Train the arms of claimed reductions on passages that answer other questions, from the bases as they are."""
        wanted = list(dict.fromkeys(one for trial in trials for one in shuffled_requests(trial)))
        planner = self.run.planner()
        pairs = self.texts.shuffle() if wanted else {}
        shuffling = replace(planner, texts={**planner.texts, **pairs}, told=", pairs shuffled")
        return Beside(self.run, shuffling, wanted if pairs else [])

    def _retuned(self, trial: Trial) -> Callable[[], list[str]] | None:
        """Return what trains the points anew that tuning chose for a claim's arms; None where no grid chose any."""
        scope, tuned, job = trial.job.scope, trial.job.tuned, self.job
        if scope.grid is None or tuned is None or not scope.chosen:
            return None
        arms = {side.sampling.partition("@")[0] for check in trial.claim.checks for side in sides(check)}
        wanted = tuple(
            (base, arm)
            for base in trial.claim.bases
            for arm in sorted(arms)
            if arm in scope.chosen.get(base, NONE).arms
        )

        def train() -> list[str]:
            if job.cache == "only-cache":
                raise ResourceMissing("the points of tuning are not trained where the cache alone is used", MEND_CACHE)
            if wanted not in self.rerun:  # most claims of a run have the same arms and bases
                self.rerun[wanted] = rerun(scope, tuned, job.store, self.run.crew, lambda _: None, wanted)
            return self.rerun[wanted]

        return train if wanted else None

    def _vectors(self, place: Place) -> AdmittedVectors:
        """Return the vectors that were admitted at a place.

        Raises:
            ResourceMissing: they are not in the store.
        """
        cell = self.cells[place]
        folder = self.job.store.find(cell.key)
        if folder is None:
            raise ResourceMissing(f"the vectors of {cell.label} are not in the store", MEND_CACHE)
        return admit(read_vectors(folder), self.texts.datasets[place.dataset].judgements)

    def _admitted(self, place: Place) -> str:
        """Return the digest of the vectors that were admitted at a place."""
        heard = self.found.heard[self.cells[place].key]
        if isinstance(heard, HarnessError):
            raise heard
        return heard.vectors

    def _random(self, dataset: str, number: int) -> Ranks:
        """Return the ranks of vectors that know nothing, from the store or made now."""
        judgements = self.texts.datasets[dataset].judgements
        if dataset not in self.laws:
            self.laws[dataset] = law(judgements, source_digest(RANK_SOURCE))
        rng = generator("attack", "random", dataset, number)
        inputs = {"operation": "random", "dataset": dataset, "number": number, "under": self.laws[dataset]}

        def make() -> Ranks:
            queries = rng.standard_normal((len(judgements.query_ids), DIMENSIONS))
            passages = rng.standard_normal((len(judgements.passage_ids), DIMENSIONS))
            return rank_judged(admit_arrays(queries, passages), judgements)

        return hear_made(self.job.store, inputs, judgements, make)

    def _leaks(self, dataset: str) -> tuple[int, int]:
        """Return how many judged pairs stand in training, and how many there are."""
        trained, tested = self.texts.trained(self.job.scope.side(dataset)), self.texts.datasets[dataset]
        held = set() if trained is None else set(zip(trained.queries, trained.passages, strict=True))
        asked = dict(zip(tested.texts.queries.ids, tested.texts.queries.texts, strict=True))
        answers = dict(zip(tested.texts.passages.ids, tested.texts.passages.texts, strict=True))
        judged = tested.judgements
        pairs = [
            (asked[judged.query_ids[query]], answers[judged.passage_ids[passage]])
            for query, passage in zip(judged.query_rows, judged.passage_rows, strict=True)
        ]
        return sum(pair in held for pair in pairs), len(pairs)

    def _findings(self, file: ClaimFile) -> tuple[tuple[Finding, ...], str]:
        """Return what the audit finds in what a claim cites, or why its paper could not be audited."""
        home = None if file.paper is None else paper_folder(file.path.parent)
        if home is None:
            return (), ""
        if home not in self.papers:
            self.papers[home] = audited(home)
        found = self.papers[home]
        if isinstance(found, HarnessError):
            return (), str(found)
        cited = set(cited_by(file.claim))
        touching = (one for one in found if cited & set(one.where))
        return tuple(one.model_copy(update={"claims": (file.claim.id,)}) for one in touching), ""

    def _recounted(self, judged: Judged) -> dict[str, dict[str, dict[str, int]]]:
        """Return the counts that a claim asks for, of the files and of changed copies."""
        bound = self.job.scope.counted
        return {
            dataset: {
                change: {name: found[name] for name in counted if name in found}
                for change, found in recounts(bound[dataset].part).items()
            }
            for dataset, counted in judged.counted.items()
        }


def audited(home: Path) -> tuple[Finding, ...] | HarnessError:
    """Return the findings of the audit of a paper's folder, or why it cannot be audited."""
    statements = home / STATEMENTS
    try:
        paper = auditor.read(home / "tables", statements if statements.exists() else None)
        return auditor.audit(paper, {}, {}).findings
    except HarnessError as error:
        return error


def ill_chosen(trial: Trial) -> list[str]:
    """Return in words where compared arms have settings that no grid chose for them all alike."""
    scope, tuned = trial.job.scope, trial.job.tuned
    if scope.grid is not None:
        if not scope.chosen:
            return []
        return ["the results of tuning were not brought"] if tuned is None else recheck(scope, tuned)
    found = []
    for base in (base for base in trial.claim.bases if base in scope.chosen):
        arms = {side.sampling.partition("@")[0] for check in trial.claim.checks for side in sides(check)}
        if len({scope.settings_of(base, one).fingerprint() for one in arms}) > 1:
            found.append(f"{', '.join(sorted(arms))} on {base} have settings chosen by hand, each its own")
    return found
