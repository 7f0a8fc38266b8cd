"""Writing what was accepted into a claim file: oracles are the claim read back, and the other lines as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from claim_folder import ATLAS, GOOD, changed, lay, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.claimfile import accepting
from harness.claimfile.accepting import accept, with_accepted
from harness.errors import FileFaults, UsageError
from harness.records.claim import Acceptance

ENTRY = Acceptance(
    status="VERIFIED", outcome="supported", verification="sound", cause=None, date="2026-11-25", reason="as measured"
)
OTHER = ENTRY.model_copy(update={"status": "UNVERIFIED", "outcome": "inconclusive", "cause": "inconclusive"})
LAYOUTS = {
    "an empty mapping": GOOD,
    "no key": changed(GOOD, "accepted: {}\n", ""),
    "no end of line": GOOD.rstrip("\n"),
    "before other keys": changed(changed(GOOD, "accepted: {}\n", ""), "unknowns:", "accepted: {}\nunknowns:"),
    "with comments": changed(GOOD, "unknowns:", "# kept\nunknowns:").replace("accepted: {}", "accepted: {}  # gone"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_itself_what_is_written_is_read_back_and_the_rest_is_as_it_was(tmp_path: Path, name: str) -> None:
    path = lay(tmp_path, LAYOUTS[name])
    before = read(path)
    accept(before, ATLAS, ENTRY)
    after = read(path)
    assert after.claim == before.claim.model_copy(update={"accepted": {"small": ENTRY}})
    assert after.digest == before.digest
    kept = [line for line in LAYOUTS[name].splitlines() if "accepted" not in line]
    assert [line for line in path.read_text().splitlines() if line in kept] == kept


def test_exact_a_second_scope_stands_beside_and_a_second_time_replaces(tmp_path: Path) -> None:
    path = lay(tmp_path)
    accept(read(path), ATLAS, ENTRY)
    accept(read(path), ATLAS.model_copy(update={"name": "other"}), OTHER)
    assert read(path).claim.accepted == {"small": ENTRY, "other": OTHER}
    accept(read(path), ATLAS, OTHER)
    assert read(path).claim.accepted == {"small": OTHER, "other": OTHER}
    assert path.read_text().count("accepted:") == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(reason=st.text(st.characters(codec="utf-8"), min_size=1, max_size=80).filter(str.strip))
def test_itself_any_reason_is_read_back(tmp_path: Path, reason: str) -> None:
    path = lay(tmp_path)
    entry = ENTRY.model_copy(update={"reason": reason})
    accept(read(path), ATLAS, entry)
    assert read(path).claim.accepted["small"].reason == reason


def test_degenerate_a_file_laid_out_otherwise_is_left_as_it_was(tmp_path: Path) -> None:
    text = changed(GOOD, "accepted: {}\n", '"accepted": {}\n')
    path = lay(tmp_path, text)
    before = read(path)
    with pytest.raises((UsageError, FileFaults)):
        accept(before, ATLAS, ENTRY)
    assert path.read_text() == text


def test_degenerate_a_claim_that_would_change_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lay(tmp_path)
    before = read(path)
    monkeypatch.setattr(accepting, "with_accepted", lambda text, _: changed(text, "title: A title", "title: Another"))
    with pytest.raises(UsageError, match="accepted"):
        accept(before, ATLAS, ENTRY)
    assert path.read_text() == GOOD


def test_exact_the_block_as_a_person_reads_it() -> None:
    assert with_accepted("id: c01\naccepted: {}\n", {"atlas": ENTRY}) == (
        "id: c01\naccepted:\n  atlas:\n"
        '    status: "VERIFIED"\n    outcome: "supported"\n    verification: "sound"\n    cause: null\n'
        '    date: "2026-11-25"\n    reason: "as measured"\n'
    )
