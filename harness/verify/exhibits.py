"""What a run has in evidence once its cells are made; all claims share it.

    (1) admit each cell's vectors and count their ranks
    (2) rank each dataset by the lexical baseline
    (3) run the controls that need no encoder, on each dataset
    (4) count how much of each dataset's language contrastive training has seen

Whatever cannot be had is an error in its place and ends nothing: it becomes the problem of the
claims that rest on it. Everything is kept in the store, so a second run reads it back.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from harness.court.admit import refuse_twins
from harness.court.controls import dataset_controls
from harness.court.hearing import Heard, hear, hear_lexical, law
from harness.court.mechanism import Trained, lengths, touched
from harness.court.scores import LEXICAL, RELEASED, Measured, Place, place_of
from harness.court.validation import Validation
from harness.data import catalogue
from harness.errors import HarnessError, ResourceMissing
from harness.planner import PAIRS, RANK_SOURCE, source_digest
from harness.records.folds import withheld_pairs
from harness.records.scope import VALIDATION, TaughtBinding
from harness.verify.leaks import no_leak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeVar

    from harness.court.mechanism import Counts
    from harness.court.rank import Ranks
    from harness.planner import Plan
    from harness.records.asked import EncodeRequest
    from harness.records.cells import Cell
    from harness.records.scope import Scope
    from harness.records.verdict import Control, ReleasedVectors
    from harness.verify.job import Job
    from harness.verify.texts import Texts

    Key = TypeVar("Key")
    Value = TypeVar("Value")

LEXICAL_SOURCE = (*RANK_SOURCE, "court/lexical.py")
CONTROL_SOURCE = ("court", "records", "codec.py", "seeds.py")
REACH_SOURCE = ("court/lexical.py", "court/mechanism.py")
MEND_CACHE = "pytest claims/ --cache always"
NOTHING_RELEASED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of one dataset without any encoder."""

    lexical: Ranks
    controls: tuple[Control, ...]
    touched: Counts


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Ranks by the key of an encoding, findings by dataset, or why there are none; and what is read from them.

    `validation` holds the splits by name. `changed` remembers, by the key of a trained encoder, whether
    its training changed the shared layer.
    """

    heard: Mapping[str, Heard | HarnessError]
    findings: Mapping[str, Findings | HarnessError]
    scores: Measured
    validation: Mapping[str, Validation]
    changed: dict[str, bool] = field(default_factory=dict)

    def finding(self, dataset: str) -> Findings:
        """Return what is known of a dataset.

        Raises:
            HarnessError: what stood in the way.
        """
        found = self.findings[dataset]
        if isinstance(found, HarnessError):
            raise found
        return found


def gather(
    job: Job, plan: Plan, texts: Texts, failed: Mapping[str, HarnessError], released: Mapping[str, str]
) -> Exhibits:
    """Return everything that claims are judged by.

    `failed` are vectors that could not be made, by key; `released` the datasets of vectors by released encoders.
    """
    wanted = {**plan.vectors(), **released}
    heard = hear_all(job, wanted, texts, failed)
    findings = _all(job.workers, dict.fromkeys(wanted.values()), lambda name: findings_on(job, texts, name))
    return exhibits(job.scope, plan, texts, heard, findings, released)


def exhibits(  # noqa: PLR0913, PLR0917 - each is another kind of evidence
    scope: Scope,
    plan: Plan,
    texts: Texts,
    heard: Mapping[str, Heard | HarnessError],
    findings: Mapping[str, Findings | HarnessError],
    released: Mapping[str, str] = NOTHING_RELEASED,
) -> Exhibits:
    """Return what was heard and found as something to judge by."""
    # those that are asked about and no others: a set is made when it is looked at, which takes a second
    names = dict.fromkeys([*plan.vectors().values(), *released.values()])
    judgements = {name: texts.datasets[name].judgements for name in names}
    withheld = [withheld_pairs(scope.training.languages, scope.folds, fold) for fold in range(scope.folds)]
    ranks: dict[Place, Ranks] = {
        Place(LEXICAL, LEXICAL, 0, name): one.lexical for name, one in findings.items() if isinstance(one, Findings)
    }
    for request, cell in plan.encodings.items():
        one = heard.get(cell.key)
        if isinstance(one, Heard):
            ranks[place_of(request)] = one.ranks
    for key, dataset in released.items():
        one = heard.get(key)
        if isinstance(one, Heard):
            ranks[Place(key, RELEASED, 0, dataset)] = one.ranks
    splits = {side.text(VALIDATION) for side in scope.sides()} & judgements.keys()
    return Exhibits(
        heard=heard,
        findings=findings,
        scores=Measured(judgements, ranks, withheld),
        validation={name: Validation(judgements[name], ranks) for name in sorted(splits)},
    )


def hear_all(
    job: Job, wanted: Mapping[str, str], texts: Texts, failed: Mapping[str, HarnessError]
) -> dict[str, Heard | HarnessError]:
    """Return ranks, or why there are none, by the key of each encoding; `wanted` are their datasets by key."""
    source = source_digest(RANK_SOURCE)
    laws = {name: law(texts.datasets[name].judgements, source) for name in dict.fromkeys(wanted.values())}

    def one(key: str) -> Heard:
        if key in failed:
            raise failed[key]
        if not job.store.has(key):
            raise ResourceMissing(f"cell {key[:12]} is not in the store", MEND_CACHE)
        return hear(job.store, key, texts.datasets[wanted[key]].judgements, laws[wanted[key]])

    return _all(job.workers, wanted, one)


def findings_on(job: Job, texts: Texts, name: str) -> Findings:
    """Return what is known of one dataset, from the store or made now.

    Raises:
        HarnessError: there are no texts to train on.
    """
    dataset, sha256 = texts.datasets[name], texts.digests[name]
    side = job.scope.side(name)
    pairs = texts.trained(side)
    if pairs is None:
        raise HarnessError(f"{name}: expected texts to train on, found none")
    trained = Trained(pairs, texts.digests[side.text(PAIRS)], *lengths(list(job.scope.bases.values())))
    ruled = {kind: law(dataset.judgements, source_digest(kind)) for kind in (LEXICAL_SOURCE, CONTROL_SOURCE)}
    controls = dataset_controls(job.store, name, dataset.judgements, ruled[CONTROL_SOURCE])
    if isinstance(side.training, TaughtBinding) and name in job.scope.datasets:
        learnt = catalogue.learnt(side.training)
        controls = (*controls, no_leak(job.store, (name, dataset.texts), pairs, learnt))
    return Findings(
        lexical=hear_lexical(job.store, sha256, dataset, ruled[LEXICAL_SOURCE]),
        controls=controls,
        touched=touched(job.store, dataset.texts, sha256, trained, source_digest(REACH_SOURCE)),
    )


def refuse_unheard(
    cells: Mapping[EncodeRequest, Cell],
    heard: Mapping[str, Heard | HarnessError],
    released: Iterable[ReleasedVectors] = (),
) -> None:
    """Refuse a claim of which some vectors are no evidence, and seeds that are copies of each other.

    Raises:
        HarnessError: what stood in the way of the first such vectors.
        AdmissionRefused: two seeds of one arm with the same vectors.
    """
    twins: dict[tuple[str, str, str, int | None], dict[int, str]] = {}
    for request, cell in cells.items():
        one = heard[cell.key]
        if isinstance(one, HarnessError):
            raise one
        place = place_of(request)
        arm = (place.base, place.sampling, place.dataset, place.held_out)
        twins.setdefault(arm, {})[place.seed] = one.vectors
    for (base, sampling, dataset, _), digests in twins.items():
        refuse_twins(digests, f"{sampling} on {base}, {dataset}")
    for named in released:
        one = heard[named.vectors]
        if isinstance(one, HarnessError):
            raise one


def _all(workers: int, keys: Iterable[Key], make: Callable[[Key], Value]) -> dict[Key, Value | HarnessError]:
    """Return what `make` makes of each key, or the error that it ended in."""

    def one(key: Key) -> Value | HarnessError:
        try:
            return make(key)
        except HarnessError as error:
            return error
        except Exception as error:  # noqa: BLE001 - one set of vectors, or one dataset, must not end the run
            return HarnessError(f"{key}: {type(error).__name__}: {error}")

    each = list(keys)
    with ThreadPoolExecutor(workers) as pool:
        return dict(zip(each, pool.map(one, each), strict=True))
