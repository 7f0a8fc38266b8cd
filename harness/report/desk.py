"""What a run hands to the reports folder, and what of it the conductor may ask back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.codec import sha256
from harness.errors import UsageError
from harness.records.verdict import Artifact, Summary, SummaryLine
from harness.report.line import terminal_line
from harness.report.measured import to_parquet
from harness.report.page import write_page
from harness.store.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from harness.records.measurement import MeasurementRow
    from harness.records.verdict import Verdict
    from harness.report.folder import ReportsFolder


class Desk:
    """Files tables as they come, and a run's verdicts together with gate, summary and page."""

    def __init__(self, folder: ReportsFolder) -> None:
        """Work on one reports folder."""
        self.folder = folder

    def bytes_of(self, rows: Sequence[MeasurementRow]) -> bytes:
        """Return the file that holds these means.

        Raises:
            UsageError: a mean that is not finite, or two rows for one mean.
        """
        return to_parquet(rows)

    def table(self, claim: str, scope: str) -> bytes:
        """Return the bytes of the means behind a verdict."""
        return self.folder.measurements_path(claim, scope).read_bytes()

    def file_table(self, claim: str, scope: str, data: bytes) -> Artifact:
        """Write the file of the means behind a verdict and return what to cite it by."""
        path = replace_file(self.folder.measurements_path(claim, scope), data)
        return Artifact(path=path.relative_to(self.folder.root).as_posix(), sha256=sha256(data))

    def standing(self, claim: str, scope: str) -> Verdict | None:
        """Return the verdict that stands from an earlier run; one that is refused does not stand."""
        verdicts, _ = self.folder.read_verdicts()
        return next((one for one in verdicts if (one.claim, one.scope) == (claim, scope)), None)

    def file_verdict(self, verdict: Verdict) -> None:
        """Write one verdict and its gate document.

        Raises:
            UsageError: a verdict that no reader would accept.
            OSError: no room for it.
        """
        self.folder.write_verdict(verdict)

    def publish(
        self,
        scope: str,
        verdicts: Sequence[Verdict],
        accepted: Mapping[str, bool | None],
        broken: Sequence[str],
        lost: Collection[str],
    ) -> Path:
        """Write gate record, summary and page after a run; return the page's path.

        Gate record and page speak of every verdict that stands in the folder, those of claims
        that this run did not select included; the summary speaks of this run. `lost` names the
        claims that this run selected and gave no verdict: an older one does not count for them.
        """
        standing, _ = self.folder.read_verdicts()
        counted = [one for one in standing if one.scope == scope and one.claim not in lost]
        self.folder.write_record_gate(counted, scope)
        lines = tuple(
            SummaryLine(
                claim=verdict.claim,
                status=verdict.status,
                outcome=verdict.outcome,
                verification=verdict.verification,
                cause=verdict.cause,
                accepted=accepted.get(verdict.claim),
                line=terminal_line(verdict),
            )
            for verdict in verdicts
        )
        counts = dict(Counter(verdict.status for verdict in verdicts))
        self.folder.write_summary(Summary(scope=scope, claims=lines, counts=counts, broken=tuple(broken)))
        return write_page(self.folder)


def twins(claims: Mapping[str, tuple[str, Path]]) -> dict[str, UsageError]:
    """Refuse claims of different folders that would write one verdict: which of them would it speak of?

    `claims` maps any key to a claim's id and file; the errors come by the same keys.
    """
    homes: dict[str, list[str]] = {}
    for claim, path in claims.values():
        homes.setdefault(claim, []).append(str(path))
    return {
        key: UsageError(
            f"{path}: expected one claim {claim} in a run, found {', '.join(homes[claim])}; "
            "run the folders one by one, each with its own --reports"
        )
        for key, (claim, path) in claims.items()
        if len(homes[claim]) > 1
    }
