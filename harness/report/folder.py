"""The reports folder: the only door through which verdicts leave and come back.

    verdicts/<id>.<scope>.json          measurements/<id>.<scope>.parquet
    gate/<id>.<scope>.json              gate/record.<scope>.json
    gate/corrections.<scope>.json       gate/levels.<scope>.json        made of the ledger
    summary.<scope>.json                index.html
    accepted/<id>.<scope>.json          what a person accepted: a verdict, without the host it was made on
    ledger.jsonl                        when, and why (`harness.ledger`)

Rule: every file is replaced whole (`harness.store.atomic`), validated before it is written and
again when it is read. A verdict is read only if its bytes are the pretty canonical form of a
verdict of this schema, its name is its own, its gate document was made from
exactly these numbers and its artifacts in this folder have the digests it states. Anything else
is refused by name and reason. Limit: whoever edits verdict, gate document and artifacts alike is
not found out here; that takes the store and the seal.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from harness.codec import file_sha256, pretty
from harness.errors import HarnessError, UsageError
from harness.recordfile import read_record, record_bytes
from harness.records.claim import ClaimId
from harness.records.measurement import MeasurementRow
from harness.records.record import Name
from harness.records.verdict import Summary, Verdict
from harness.report.contract import GateDocument, gate_document, record_document
from harness.report.measured import from_parquet, table_of, to_parquet
from harness.store.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

CLAIM: TypeAdapter[str] = TypeAdapter(ClaimId)
SCOPE: TypeAdapter[str] = TypeAdapter(Name)
STORE = "store:"
Value = TypeVar("Value")


class Refused(NamedTuple):
    """A file that is not shown: its path relative to the reports folder, and why."""

    path: str
    reason: str


class ReportsFolder:
    """Reads and writes one reports folder; `root` need not exist before the first write."""

    def __init__(self, root: Path) -> None:
        """Remember `root`; nothing is touched."""
        self.root = root

    def verdict_path(self, claim: str, scope: str) -> Path:
        """Return where a verdict lies."""
        return self.root / "verdicts" / f"{_stem(claim, scope)}.json"

    def measurements_path(self, claim: str, scope: str) -> Path:
        """Return where the means behind a verdict lie."""
        return self.root / "measurements" / f"{_stem(claim, scope)}.parquet"

    def gate_path(self, claim: str, scope: str) -> Path:
        """Return where a claim's gate document lies."""
        return self.root / "gate" / f"{_stem(claim, scope)}.json"

    def record_gate_path(self, scope: str) -> Path:
        """Return where the gate document of a scope's whole record lies."""
        return self.root / "gate" / f"record.{_checked(SCOPE, scope)}.json"

    def summary_path(self, scope: str) -> Path:
        """Return where the summary of a scope's last run lies."""
        return self.root / f"summary.{_checked(SCOPE, scope)}.json"

    @property
    def page_path(self) -> Path:
        """Return where the page lies."""
        return self.root / "index.html"

    def write_verdict(self, verdict: Verdict) -> Path:
        """Write a verdict and, before it, its gate document; return the verdict's path.

        Raises:
            UsageError: a value that no reader would accept.
        """
        data = record_bytes(verdict, Verdict)
        self.write_gate(verdict)
        return replace_file(self.verdict_path(verdict.claim, verdict.scope), data)

    def write_accepted(self, verdict: Verdict) -> Path:
        """Write a verdict as accepted; return its path. It is published, so it does not name the machine."""
        path = self.root / "accepted" / f"{_stem(verdict.claim, verdict.scope)}.json"
        return replace_file(path, record_bytes(verdict.published(), Verdict))

    def write_gate(self, verdict: Verdict) -> Path:
        """Write the gate document of one verdict; return its path."""
        return replace_file(self.gate_path(verdict.claim, verdict.scope), pretty(gate_document(verdict)))

    def write_record_gate(self, verdicts: Sequence[Verdict], scope: str) -> Path:
        """Write the gate document of one scope's whole record; return its path."""
        return replace_file(self.record_gate_path(scope), pretty(record_document(verdicts, scope)))

    def write_public(self, name: str, scope: str, document: Mapping[str, Any]) -> Path:
        """Write a document of the public contract on one scope's whole record, as `name`; return its path."""
        return replace_file(self.root / "gate" / f"{name}.{_checked(SCOPE, scope)}.json", pretty(document))

    def write_measurements(self, claim: str, scope: str, rows: Sequence[MeasurementRow]) -> Path:
        """Write the means behind a verdict; return their path, whose sha256 the verdict states.

        Raises:
            UsageError: a mean that is not finite, or two rows for one mean.
        """
        return replace_file(self.measurements_path(claim, scope), to_parquet(rows))

    def write_summary(self, summary: Summary) -> Path:
        """Write the summary of one run; return its path."""
        return replace_file(self.summary_path(summary.scope), record_bytes(summary, Summary))

    def write_index(self, page: str) -> Path:
        """Write the page; return its path."""
        return replace_file(self.page_path, page.encode("utf-8"))

    def read_measurements(self, claim: str, scope: str) -> tuple[MeasurementRow, ...]:
        """Return the means behind a verdict, in the order of the file.

        Raises:
            UsageError: no such file, or not a table of measurements.
        """
        return self._measured(claim, scope, from_parquet)

    def measurement_table(self, verdict: Verdict) -> pa.Table | None:
        """Return the means that a verdict cites as columns, or None where it cites none.

        Raises:
            UsageError: as `read_measurements`.
        """
        path = self.measurements_path(verdict.claim, verdict.scope)
        if path.relative_to(self.root).as_posix() not in {artifact.path for artifact in verdict.artifacts}:
            return None
        return self._measured(verdict.claim, verdict.scope, table_of)

    def _measured(self, claim: str, scope: str, reader: Callable[[bytes], Value]) -> Value:
        path = self.measurements_path(claim, scope)
        try:
            return reader(path.read_bytes())
        except OSError as error:
            raise UsageError(f"{path}: expected measurements, found {error.strerror}; measure the claim") from error
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error

    def script_of(self, verdict: Verdict) -> str | None:
        """Return where the very script that a verdict was made with lies, relative to the reports folder."""
        found = sorted((self.root.parent / "claims").glob(f"{_checked(CLAIM, verdict.claim)}_*.py"))
        same = (path for path in found if file_sha256(path) == verdict.provenance.script)
        return next((f"../claims/{path.name}" for path in same), None)

    def read_verdicts(self) -> tuple[list[Verdict], list[Refused]]:
        """Return the verdicts that stand, by scope and claim, and the files that do not."""
        verdicts, refused = self._read("verdicts/*.json", self._verdict)
        return sorted(verdicts, key=lambda verdict: (verdict.scope, int(verdict.claim[1:]))), refused

    def measured(self) -> list[tuple[str, str]]:
        """Return (claim, scope) of every verdict file, those that are refused included.

        A verdict that was edited no longer stands, and still shows that somebody has measured.
        """
        names = sorted(path.name.removesuffix(".json") for path in self.root.glob("verdicts/c*.json"))
        split = [name.partition(".") for name in names]
        return [(claim, scope) for claim, _, scope in split]

    def read_summaries(self) -> tuple[list[Summary], list[Refused]]:
        """Return the summaries that stand, by scope, and the files that do not."""
        return self._read("summary.*.json", self._summary)

    def _read(self, pattern: str, reader: Any) -> tuple[list[Any], list[Refused]]:
        values, refused = [], []
        for path in sorted(self.root.glob(pattern)):
            if path.name.startswith("."):
                continue
            try:
                values.append(reader(path))
            except HarnessError as error:
                refused.append(Refused(path.relative_to(self.root).as_posix(), str(error)))
        return values, refused

    def _summary(self, path: Path) -> Summary:
        summary = read_record(path, Summary)
        _expect_name(path, f"summary.{_checked(SCOPE, summary.scope)}.json")
        return summary

    def _verdict(self, path: Path) -> Verdict:
        verdict = read_record(path, Verdict)
        _expect_name(path, f"{_stem(verdict.claim, verdict.scope)}.json")
        self._expect_same_gate(verdict)
        for artifact in verdict.artifacts:
            self._expect_artifact(artifact.path, artifact.sha256)
        return verdict

    def _expect_same_gate(self, verdict: Verdict) -> None:
        path = self.gate_path(verdict.claim, verdict.scope)
        expected = gate_document(verdict)
        name = path.relative_to(self.root).as_posix()
        if not path.is_file():
            raise UsageError(f"expected {name} beside it, found none; measure the claim again")
        if read_record(path, GateDocument).plain() != expected:
            raise UsageError(f"expected the verdict that {name} was made from, found another; measure the claim again")

    def _expect_artifact(self, name: str, sha256: str) -> None:
        if name.startswith(STORE):
            return
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or "\\" in name:
            raise UsageError(f"expected an artifact inside the reports folder, found {name!r}")
        path = self.root / relative
        if not path.is_file():
            raise UsageError(f"expected the artifact {name}, found none; measure the claim again")
        found = file_sha256(path)
        if found != sha256:
            raise UsageError(f"expected {name} with sha256 {sha256}, found {found}; measure the claim again")


def _checked(pattern: TypeAdapter[str], word: str) -> str:
    try:
        return pattern.validate_python(word)
    except ValidationError as error:
        raise UsageError(f"expected a claim id (c01) and a scope name fit for a file, found {word!r}") from error


def _stem(claim: str, scope: str) -> str:
    return f"{_checked(CLAIM, claim)}.{_checked(SCOPE, scope)}"


def _expect_name(path: Path, expected: str) -> None:
    if path.name != expected:
        raise UsageError(f"expected the name {expected} for what it holds, found {path.name}")
