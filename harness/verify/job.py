"""What a run is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.claimfile.claims import ClaimFile
    from harness.court.sandbox import Enclosure
    from harness.records.lock import Lock
    from harness.records.ruling import Artifact, MeasurementRow, Verdict
    from harness.records.scope import Scope
    from harness.store import Store

CacheMode = Literal["always", "never", "only-missing", "only-cache"]


class Desk(Protocol):
    """Where tables are filed and earlier verdicts stand; the reports folder, seen from here."""

    def file_measurements(self, claim: str, scope: str, rows: Sequence[MeasurementRow]) -> Artifact:
        """Write the means behind a verdict and return what to cite them by."""
        ...

    def table(self, claim: str, scope: str) -> bytes:
        """Return the file that was written last."""
        ...

    def file_table(self, claim: str, scope: str, data: bytes) -> None:
        """Write that file as it was."""
        ...

    def standing(self, claim: str, scope: str) -> Verdict | None:
        """Return the verdict that stands from an earlier run, if one does."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """What to verify and with what. `tell` gets progress, a sentence at a time."""

    files: Sequence[ClaimFile]
    scope: Scope
    lock: Lock | None
    store: Store
    desk: Desk
    workers: int
    cache: CacheMode
    enclosure: Enclosure
    tell: Callable[[str], None]
