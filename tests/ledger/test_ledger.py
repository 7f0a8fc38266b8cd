from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from accepted_set import C02, C06, C13, ROOT
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harness.codec import canonical
from harness.errors import FileFaults, UsageError
from harness.ledger import NAME, Ledger, departures, entered, read_ledger, rewritten, write_ledger
from harness.recordfile import read_record
from harness.records.gate import Why
from harness.records.verdict import Verdict
from harness.report.corrections import correction_record, correction_type
from harness.report.levels import levels_record

AT = "2026-02-03T04:05:06.000007+00:00"
LATER = "2026-02-03T04:05:07.000000+00:00"


def enter(ledger: Ledger, verdict: Verdict, before: Verdict | None = None, **others: Any) -> Ledger:
    told = {"why": [], "reason": "measured", "at": AT} | others
    return entered(ledger, verdict, before=before, **told)


def three() -> Ledger:
    """Two acceptances, and a correction of the first."""
    ledger = enter(enter(Ledger(), C06), C13)
    return enter(ledger, C06.model_copy(update={"level": "L2"}), C06, why=["code"], reason="corrected", at=LATER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_ledger(tmp_path / NAME, three())


def faults(path: Path, lines: list[bytes]) -> list[int]:
    path.write_bytes(b"".join(lines))
    with pytest.raises(FileFaults) as caught:
        read_ledger(path)
    return [fault.line for fault in caught.value.faults]


def test_exact_a_ledger_is_read_as_it_was_written(path: Path) -> None:
    assert read_ledger(path) == three()
    assert [(one.number, one.corrects, one.changed, one.why) for one in three().entries] == [
        (1, None, (), ()),
        (2, None, (), ()),
        (3, 1, ("level",), ("code",)),
    ]


def test_degenerate_no_file_is_an_empty_ledger(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / NAME) == Ledger()


def test_exact_a_correction_of_what_can_no_longer_be_read_is_told_from_its_entry() -> None:
    (*_, entry) = enter(three(), C06.model_copy(update={"outcome": "untested"}), at=LATER).entries
    assert (entry.corrects, entry.changed, entry.why) == (3, ("schema", "outcome", "level"), ("code",))


def test_exact_the_same_acceptance_twice_is_one_line() -> None:
    assert enter(three(), three_last := C06.model_copy(update={"level": "L2"}), reason="corrected") == three()
    assert len(enter(three(), three_last, reason="another", at=LATER).entries) == 4


@given(st.integers(0, 2), st.sampled_from(["edit", "drop", "swap", "double", "space", "cut", "no JSON"]))
def test_property_every_change_of_a_line_breaks_the_chain(
    tmp_path_factory: pytest.TempPathFactory, at: int, how: str
) -> None:
    path = write_ledger(tmp_path_factory.mktemp("ledger") / NAME, three())
    lines = path.read_bytes().splitlines(keepends=True)
    told = json.loads(lines[at])
    changed = {
        "edit": [canonical(told | {"reason": "another"}) + b"\n"],
        "drop": [],
        "swap": [lines[(at + 1) % 3]],
        "double": [lines[at], lines[at]],
        "space": [lines[at].replace(b",", b", ", 1)],
        "cut": [lines[at][:-5]],
        "no JSON": [b"{\n"],
    }[how]
    last = at == 2 and how in {"edit", "drop"}
    if last:  # nothing stands behind the last line; git history and the accepted verdict do
        path.write_bytes(b"".join(lines[:at] + changed))
        assert read_ledger(path) != three()
    else:
        assert faults(path, lines[:at] + changed + lines[at + 1 :])


def test_degenerate_time_does_not_go_back_and_has_a_zone(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    for at in ("2020-01-01T00:00:00+00:00", "2026-02-03", "soon"):
        assert faults(path, [*lines[:2], canonical(json.loads(lines[2]) | {"at": at}) + b"\n"]) == [3]


def test_exact_what_was_not_entered_is_told() -> None:
    ledger = three()
    last = C06.model_copy(update={"level": "L2"})
    keys = {("c06", "atlas"): last, ("c13", "atlas"): C13}
    said = {one.claim: {"atlas": four(one)} for one in (C06, C13)}
    assert list(departures(ledger, keys, said)) == []
    assert "entry 3" in one_of(departures(ledger, keys | {("c06", "atlas"): C06}, said))
    assert "expected an entry" in one_of(departures(ledger, keys | {("c02", "atlas"): C02}, said))
    assert "expected the verdict of entry 2" in one_of(departures(ledger, {("c06", "atlas"): last}, said))
    assert "found none" in one_of(departures(ledger, keys, said | {"c13": {}}))
    assert "FALSIFIED" in one_of(departures(ledger, keys, said | {"c13": {"atlas": {"status": "FALSIFIED"}}}))
    assert "no entry" in one_of(departures(ledger, keys, said | {"c02": {"atlas": four(C02)}}))


def test_exact_a_claim_that_is_gone_leaves_its_entries_and_nothing_else() -> None:
    assert list(departures(enter(Ledger(), C13), {}, {})) == []


def four(verdict: Verdict) -> dict[str, Any]:
    return {name: getattr(verdict, name) for name in ("status", "outcome", "verification", "cause")}


def one_of(told: Any) -> str:
    (words,) = told
    return str(words)


class Repository:
    """A git repository with a ledger in it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "reports" / NAME
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> None:
        who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(self.folder), *who, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def commit(self, ledger: Ledger) -> None:
        write_ledger(self.path, ledger)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a state of the ledger")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_real_part_lines_that_are_added_are_no_rewriting(repository: Repository) -> None:
    assert "nothing is committed" in rewritten(repository.path).looked
    repository.commit(enter(Ledger(), C06))
    repository.commit(three())
    assert rewritten(repository.path) == ((), "2 committed versions were looked at")


def test_real_part_a_chain_that_was_made_anew_is_found_in_history(repository: Repository) -> None:
    repository.commit(three())
    write_ledger(repository.path, enter(enter(Ledger(), C06), C13, reason="as if it had always been so"))
    (fault,) = rewritten(repository.path).faults
    assert f"{repository.path}:2: expected the line as it was committed" in fault
    repository.commit(enter(Ledger(), C13))
    assert len(rewritten(repository.path).faults) == 1
    repository.path.unlink()
    assert len(rewritten(repository.path).faults) == 2
    repository.commit(three())
    assert len(rewritten(repository.path).faults) == 1


def test_real_part_lines_of_another_branch_may_be_entered_anew_where_it_is_merged(repository: Repository) -> None:
    base = enter(Ledger(), C06)
    repository.commit(base)
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit(enter(base, C13))
    repository.git("checkout", "--quiet", "main")
    repository.commit(enter(base, C02))
    repository.git("merge", "--quiet", "--strategy=ours", "side")
    repository.commit(enter(enter(base, C02), C13))
    assert rewritten(repository.path).faults == ()


def test_degenerate_a_history_that_git_does_not_show_is_refused(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(three())
    monkeypatch.setenv("PATH", str(repository.folder))
    with pytest.raises(UsageError, match="found no git"):
        rewritten(repository.path)
    monkeypatch.undo()
    (repository.folder / ".git/HEAD").write_text("nonsense")
    with pytest.raises(UsageError, match="expected git to show"):
        rewritten(repository.path)


def test_exact_a_clock_that_went_back_breaks_no_chain(tmp_path: Path) -> None:
    ledger = enter(three(), C02, at="2020-01-01T00:00:00+00:00")
    assert ledger.entries[-1].at == LATER
    assert read_ledger(write_ledger(tmp_path / NAME, ledger)) == ledger


def test_degenerate_without_git_the_chain_alone_is_looked_at(path: Path) -> None:
    assert "no git history" in rewritten(path).looked


@pytest.mark.parametrize(
    ("name", "document"), [("correction-record-v1", correction_record), ("verification-levels-v1", levels_record)]
)
def test_contract_what_is_derived_passes_the_public_schema(name: str, document: Any) -> None:
    schema = json.loads((ROOT / f"fixtures/contract/{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for ledger in (Ledger(), enter(Ledger(), C06), three()):
        validator.validate(document(ledger.of("atlas"), "atlas", ledger.tip))
    told = document(three().entries, "atlas", three().tip)
    assert not validator.is_valid({key: value for key, value in told.items() if key != "limitations"})


def test_exact_a_correction_is_an_event_and_takes_nothing_back() -> None:
    told = correction_record(three().entries, "atlas", three().tip)
    assert (told["correction_state"], told["correction_count"], told["last_corrected_at"]) == ("CORRECTED", 1, LATER)
    (event,) = told["correction_events"]
    assert event == {
        "event_id": "c06.atlas.3",
        "corrected_at": LATER,
        "correction_type": "PROVENANCE",
        "public_note": "corrected",
        "affected_fields": ["c06.atlas: level"],
    }
    assert correction_record((), "atlas", "")["correction_state"] == "CURRENT"


@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ([], "METADATA"),
        (["red team"], "QUALITY_ASSESSMENT"),
        (["red team", "code"], "PROVENANCE"),
        (["data", "code"], "BENCHMARK"),
        (["seed or noise"], "ARTIFACT"),
        (["analysis", "data"], "CLAIM"),
    ],
)
def test_exact_the_gravest_why_names_the_correction(why: list[Why], kind: str) -> None:
    assert correction_type(why) == kind


def test_exact_the_record_has_the_least_level_of_its_claims() -> None:
    told = levels_record(three().entries, "atlas", three().tip)
    assert (told["paper_level"], told["paper_level_key"]) == (2, "source_grounded")
    summary = told["claim_summary"]
    assert (summary["source_grounded_claims"], summary["sandbox_executed_claims"]) == (2, 1)
    assert [one["level"] for one in told["unsupported_upper_levels"]] == [6, 7]
    assert levels_record((), "atlas", "")["paper_level"] == 0


def test_real_part_the_ledger_of_this_repository_holds() -> None:
    ledger = read_ledger(ROOT / "reports" / NAME)
    found = {key: read_record(ROOT / f"reports/accepted/{'.'.join(key)}.json", Verdict) for key in ledger.last()}
    assert list(departures(ledger, found, {})) == []
    assert rewritten(ROOT / "reports" / NAME).faults == ()
