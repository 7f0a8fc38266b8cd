"""What a run is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from harness.claimfile.claims import ClaimFile
    from harness.court.sandbox import Enclosure
    from harness.records.lock import Lock
    from harness.records.measurement import MeasurementRow
    from harness.records.scope import Scope
    from harness.records.tuning import Tuning
    from harness.records.verdict import Artifact, Verdict
    from harness.store import Store

CacheMode = Literal["always", "never", "only-missing", "only-cache"]


class Desk(Protocol):
    """Where tables are filed and earlier verdicts stand; the reports folder, seen from here."""

    def bytes_of(self, rows: Sequence[MeasurementRow]) -> bytes:
        """Return the file that holds these means."""
        ...

    def table(self, claim: str, scope: str) -> bytes:
        """Return the file that was written last."""
        ...

    def file_table(self, claim: str, scope: str, data: bytes) -> Artifact:
        """Write such a file as the means behind a verdict and return what to cite it by."""
        ...

    def standing(self, claim: str, scope: str) -> Verdict | None:
        """Return the verdict that stands from an earlier run, if one does."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """What to verify and with what. `tell` gets progress, a sentence at a time.

    `tuned` are the results that chose the scope's settings, where a grid did. `locks` are those of
    single folders, where claims come from several, and `desks` those of single claim files, where ids
    repeat; `lock` and `desk` are for all others.
    """

    files: Sequence[ClaimFile]
    scope: Scope
    lock: Lock | None
    store: Store
    desk: Desk
    workers: int
    cache: CacheMode
    enclosure: Enclosure
    tell: Callable[[str], None]
    tuned: Tuning | None = None
    locks: Mapping[Path, Lock | None] = field(default_factory=dict)
    desks: Mapping[Path, Desk] = field(default_factory=dict)

    def lock_of(self, file: ClaimFile) -> Lock | None:
        """Return the lock that a claim's analysis is held against."""
        return self.locks.get(file.path.parent, self.lock)

    def desk_of(self, file: ClaimFile) -> Desk:
        """Return where a claim's tables are filed."""
        return self.desks.get(file.path, self.desk)
