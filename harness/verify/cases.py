"""Cases: verifications whose worth is known beforehand, attacked to see whether the red team knows it too.

A case is a folder with a claim and its script and, where somebody said what it is, a `case.json`
({"label": "worthless" or "honest", "family", "why"}). It may bring a `lock.json`, a `scope.yaml` that
it is measured in, a `store/` whose cells it wants believed, and a `verdict.json` that it claims to
have got. A path is a claim file, a folder of claims, or a folder of such folders.

Cases of one scope are measured together, each with a desk of its own, for ids repeat. A brought store
is copied, its cells are believed as far as any other's, and what is lacking is made there. Nothing is
written but into the store; verdicts and tables go into a folder that is then removed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from harness.attack import DEFEATING
from harness.claimfile.claims import BrokenClaim, ClaimFile, is_claim, read_or_broken
from harness.claimfile.scopes import read_scope, tuning_of
from harness.errors import Fault, FileFaults, HarnessError, UsageError
from harness.lockfile import read_lock
from harness.records.attack import AttackAnswer, AttackedCase, KillMatrix, SameArm
from harness.records.record import Record
from harness.store import Store
from harness.verify.conductor import verify
from harness.verify.differing import differences, read_verdict
from harness.verify.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from harness.court.sandbox import Enclosure
    from harness.records.attack import RedTeam
    from harness.records.verdict import Verdict
    from harness.verify.job import Desk

CASE, SCOPE, STORE, VERDICT = "case.json", "scope.yaml", "store", "verdict.json"
STATED = "stated-verdict"
"""The name of the comparison with a brought verdict, beside the probes."""


class CaseLabel(Record):
    """What a case is said to be."""

    label: Literal["worthless", "honest"]
    family: str
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it lies there: its claim, what it is said to be, the scope file it is measured in."""

    folder: Path
    read: ClaimFile | BrokenClaim
    label: CaseLabel | None
    scope: Path

    @property
    def id(self) -> str:
        """Return the claim's id, as far as the file's name tells it."""
        return self.read.path.name.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Court:
    """What cases are attacked with; `desk` makes a desk in a folder."""

    store: Path
    desk: Callable[[Path], Desk]
    workers: int
    enclosure: Enclosure
    tell: Callable[[str], None]


def find_cases(path: Path, scope: Path) -> list[Case]:
    """Return the cases at a path, in the order of their names; `scope` is for those that bring none.

    Raises:
        UsageError: there is none.
        FileFaults: a case.json that is none.
    """
    files = [path] if path.is_file() else sorted(path.glob("c[0-9]*-*.yaml")) + sorted(path.glob("*/c[0-9]*-*.yaml"))
    found = [_case(file, scope) for file in files if is_claim(file)]
    if not found:
        raise UsageError(f"{path}: expected claims (cNN-slug.yaml beside cNN_slug.py), or folders of them, found none")
    return found


def _case(file: Path, scope: Path) -> Case:
    folder, own = file.parent, file.parent / SCOPE
    bound = own if own.is_file() else scope
    try:
        read = read_or_broken(file, read_scope(bound))
    except HarnessError as error:
        read = BrokenClaim(file, error)
    return Case(folder, read, _label(folder / CASE), bound)


def _label(path: Path) -> CaseLabel | None:
    if not path.is_file():
        return None
    try:
        return CaseLabel.model_validate_json(path.read_bytes())
    except ValidationError as error:
        expected = '{"label": "worthless" or "honest", "family", "why"}'
        faults = [Fault(str(path), 0, expected, f"{one['loc']}: {one['msg']}") for one in error.errors()]
        raise FileFaults(faults) from error


def attack_cases(cases: Sequence[Case], court: Court) -> AttackAnswer:
    """Measure and attack every case; those that cannot be read are refused, and no other for their sake."""
    rows: dict[int, AttackedCase] = {}
    for at, case in enumerate(cases):
        if isinstance(case.read, BrokenClaim):
            rows[at] = _row(case, None, str(case.read.error))
    for batch in _batches([(at, case) for at, case in enumerate(cases) if at not in rows]):
        for (at, case), verdict in zip(batch, _verdicts([case for _, case in batch], court), strict=True):
            rows[at] = _row(case, verdict, "")
            court.tell(f"{len(rows)}/{len(cases)} cases, last {case.folder.name}: {rows[at].verification}")
    ordered = [rows[at] for at in range(len(cases))]
    return AttackAnswer(cases=tuple(ordered), matrix=matrix(ordered), same_arm=_same_arm(ordered))


def _batches(cases: Iterable[tuple[int, Case]]) -> Iterator[list[tuple[int, Case]]]:
    """Yield cases that can be measured together: those of one scope that bring no store."""
    rounds: dict[Path, list[tuple[int, Case]]] = defaultdict(list)
    for at, case in cases:
        if (case.folder / STORE).is_dir():
            yield [(at, case)]
        else:
            rounds[case.scope].append((at, case))
    yield from rounds.values()


def _verdicts(cases: Sequence[Case], court: Court) -> list[Verdict]:
    path = cases[0].scope
    scope, brought = read_scope(path), cases[0].folder / STORE
    with tempfile.TemporaryDirectory(prefix="harness-attack-") as folder:
        store = court.store
        if brought.is_dir():
            store = Path(folder) / STORE
            shutil.copytree(brought, store)
        job = Job(
            files=[case.read for case in cases if isinstance(case.read, ClaimFile)],
            scope=scope,
            lock=None,
            store=Store(store),
            desk=court.desk(Path(folder) / "reports"),
            desks={case.read.path: court.desk(Path(folder) / "reports" / str(at)) for at, case in enumerate(cases)},
            workers=court.workers,
            cache="always",
            enclosure=court.enclosure,
            tell=court.tell,
            tuned=tuning_of(path, scope),
            locks={case.folder: read_lock(case.folder) for case in cases},
        )
        return verify(job)


def _row(case: Case, verdict: Verdict | None, refused: str) -> AttackedCase:
    label = None if case.label is None else case.label.label
    stated = "" if verdict is None else _stated(case, verdict)
    killed = () if verdict is None else tuple(_killers(verdict.red_team))
    verification = "incomplete" if verdict is None else verdict.verification
    if stated:
        killed, verification = (*killed, STATED), "defeated"
    return AttackedCase(
        case=case.folder.name,
        claim=case.id,
        label=label,
        family=None if case.label is None else case.label.family,
        status="UNVERIFIED" if verdict is None or stated else verdict.status,
        verification=verification,
        cause=None if verdict is None else verdict.cause,
        red_team=None if verdict is None else verdict.red_team,
        killed=killed,
        refused=refused or stated,
        met=verification != ("sound" if label == "worthless" else "defeated"),
    )


def _killers(team: RedTeam) -> Iterator[str]:
    """Yield the names of probes that defeat a verification, without what they were run on."""
    won = [probe for one in team.attackers for probe in one.probes if probe.succeeded and probe.severity >= DEFEATING]
    yield from dict.fromkeys(probe.name.partition(":")[0] for probe in won)


def _stated(case: Case, verdict: Verdict) -> str:
    """Say how a brought verdict differs from what comes out, or nothing."""
    path = case.folder / VERDICT
    if not path.is_file():
        return ""
    try:
        found = differences(read_verdict(path), verdict)
    except UsageError as error:
        return str(error)
    return f"{path}: stated {found[0].stated}, found {found[0].found} ({found[0].what})" if found else ""


def matrix(cases: Sequence[AttackedCase]) -> KillMatrix:
    """Return which probe defeats which case."""
    probes = tuple(sorted({name for case in cases for name in case.killed}))
    killed = tuple(tuple(name in case.killed for name in probes) for case in cases)
    return KillMatrix(probes=probes, cases=tuple(case.case for case in cases), killed=killed)


def _same_arm(cases: Sequence[AttackedCase]) -> SameArm | None:
    found = [case.red_team.same_arm for case in cases if case.red_team is not None and case.red_team.same_arm]
    if not found:
        return None
    return SameArm(splits=sum(one.splits for one in found), supported=sum(one.supported for one in found))
