from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.claimfile.claims import ClaimFile, read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.errors import FileFaults, LockRefused
from harness.lockfile import entries, lock_bytes, read_lock, relock, violations
from harness.records.lock import Lock

if TYPE_CHECKING:
    from pathlib import Path

    from harness.records.claim import Claim
    from harness.records.scope import Scope

OLD, NEW = "2025-01-01", "2025-02-02"
A, B = "a" * 64, "b" * 64


def lock(claims: dict[str, str], scopes: dict[str, str] | None = None) -> Lock:
    return relock(None, (claims, scopes or {}), [], today=OLD, reason=None)


@pytest.fixture
def claim(root: Path) -> Claim:
    found = read_folder(root / "claims")[0]
    assert isinstance(found, ClaimFile)
    return found.claim


@pytest.fixture
def scope() -> Scope:
    return read_scope(find_scope("atlas"))


def test_itself_a_lock_is_read_as_it_was_written(tmp_path: Path, claim: Claim, scope: Scope) -> None:
    assert read_lock(tmp_path) is None
    made = relock(None, entries([claim], [scope]), [], today=OLD, reason=None)
    (tmp_path / "lock.json").write_bytes(lock_bytes(made))
    assert read_lock(tmp_path) == made
    assert lock_bytes(made).endswith(b"}\n")


def test_exact_what_decides_is_locked_and_what_only_tells_is_not(claim: Claim, scope: Scope) -> None:
    made = relock(None, entries([claim], [scope]), [], today=OLD, reason=None)
    assert violations(made, claim, scope) == []
    tells: list[dict[str, object]] = [{"title": "x"}, {"statement": "x"}, {"unknowns": ()}, {"accepted": {}}]
    for told in tells:
        assert violations(made, claim.model_copy(update=told), scope) == []
    other_checks = (claim.checks[0].model_copy(update={"relation": "below"}), *claim.checks[1:])
    for decides in (
        {"checks": other_checks},
        {"checks": claim.checks[:1]},
        {"bases": claim.bases[:1]},
        {"datasets": claim.datasets[:1]},
        {"cells": claim.cells[:1]},
        {"waived": {"xlm-r/xquad-r/multilingual": "why"}},
        {"evidence": ("released-encoder",)},
    ):
        changed = claim.model_copy(update=decides)
        assert violations(made, changed, scope) == [f"claim {claim.id} is not the one locked on {OLD}"]
    changes: list[dict[str, object]] = [{"seeds_otherwise": 99}, {"bases": {}}, {"seeds": {"c01": 9}}]
    for change in changes:
        found = violations(made, claim, scope.model_copy(update=change))
        assert found == [f"scope {scope.name} is not the one locked on {OLD}"]


def test_exact_what_is_not_in_the_lock_is_named(claim: Claim, scope: Scope) -> None:
    assert violations(None, claim, scope) == ["no lock.json beside the claims; write it with: harness lock"]
    assert violations(lock({}), claim, scope) == [
        f"claim {claim.id} is not in lock.json",
        f"scope {scope.name} is not in lock.json",
    ]


def test_exact_entries_that_did_not_change_keep_their_day() -> None:
    first = lock({"c01": A, "c02": A}, {"atlas": A})
    second = relock(first, ({"c01": A, "c02": B, "c03": B}, {"atlas": A}), [], today=NEW, reason=None)
    assert {name: entry.date for name, entry in second.claims.items()} == {"c01": OLD, "c02": NEW, "c03": NEW}
    assert second.scopes["atlas"].date == OLD
    assert second.breaks == ()


@pytest.mark.parametrize(
    ("held", "new", "named"),
    [
        (({"c01": A}, {"atlas": A}), ({"c01": B}, {"atlas": A}), "c01"),
        (({"c01": A}, {"atlas": A}), ({"c01": A}, {"atlas": B}), "atlas"),
        (({"c01": A}, {"atlas": A}), ({}, {"atlas": A}), "c01"),
        (({"c01": A}, {"atlas": A}), ({"c01": B}, {"atlas": B}), "c01, atlas"),
        (({}, {"atlas": A}), ({"c01": A}, {"atlas": A}), "c01"),
        (None, ({"c01": A}, {"atlas": A}), "c01, atlas"),
    ],
    ids=["claim changed", "scope changed", "claim gone", "both changed", "entry deleted", "lock deleted"],
)
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_exact_nothing_with_evidence_changes_without_a_reason(
    held: tuple[dict[str, str], dict[str, str]] | None,
    new: tuple[dict[str, str], dict[str, str]],
    named: str,
    reason: str | None,
) -> None:
    old = lock(*held) if held else None
    evidence = [("c01", "atlas")]
    with pytest.raises(
        LockRefused, match=rf"found changes or new entries in {named}; restore it, or say why: harness lock --break"
    ):
        relock(old, new, evidence, today=NEW, reason=reason)
    broken = relock(old, new, evidence, today=NEW, reason=" a typo ")
    assert [(one.date, one.reason, ", ".join(one.changed)) for one in broken.breaks] == [(NEW, "a typo", named)]
    again = relock(broken, new, [], today=NEW, reason=None)
    assert again.breaks == broken.breaks, "a break stays in the lock"


def test_exact_a_reason_without_a_break_is_none() -> None:
    same = relock(lock({"c01": A}), ({"c01": A}, {}), [("c01", "atlas")], today=NEW, reason="just so")
    assert same == lock({"c01": A})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "a lock"),
        (b"\xff", "a lock"),
        (b"[]", "a lock"),
        (b'{"schema": "urn:harness:lock:2", "claims": {}, "scopes": {}}', "a lock at schema"),
        (b'{"claims": {"c01": {"digest": "x", "date": 5}}, "scopes": {}}', "a lock at claims.c01.digest"),
        (b'{"claims": {}, "scopes": {}, "more": 1}', "a lock at more"),
    ],
    ids=range(6),
)
def test_exact_what_is_no_lock_is_told(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "lock.json").write_bytes(data)
    with pytest.raises(FileFaults, match=f"lock.json: expected {said}.*restore it from version control"):
        read_lock(tmp_path)


def test_exact_all_faults_of_a_lock_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "lock.json").write_bytes(b'{"claims": {"c01": {"digest": "x", "date": 5}}, "scopes": 1}')
    with pytest.raises(FileFaults) as refused:
        read_lock(tmp_path)
    assert len(refused.value.faults) == 3
    (tmp_path / "lock.json").unlink()
    (tmp_path / "lock.json").mkdir()
    with pytest.raises(FileFaults, match="a readable file"):
        read_lock(tmp_path)


def test_exact_the_lock_of_this_repository_holds_every_claim_and_scope(root: Path) -> None:
    held = read_lock(root / "claims")
    assert held is not None
    files = [file for file in read_folder(root / "claims") if isinstance(file, ClaimFile)]
    assert {file.claim.id for file in files} == set(held.claims)
    assert set(held.scopes) >= {"atlas"}
