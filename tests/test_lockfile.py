from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from harness.claimfile.claims import ClaimFile, read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.codec import canonical, digest
from harness.errors import FileFaults, LockRefused
from harness.lockfile import entries, lapses, lock_bytes, read_lock, read_lock_file, relock, standing, violations
from harness.records.claim import CitedValue
from harness.records.lock import Break, Lock, LockEntry

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


def test_exact_what_was_measured_of_other_claims_breaks_no_new_folder_of_claims() -> None:
    made = relock(None, ({"c15": A}, {"atlas": A}), [("c01", "atlas"), ("c02", "atlas")], today=NEW, reason=None)
    assert made == relock(None, ({"c15": A}, {"atlas": A}), [], today=NEW, reason=None)
    with pytest.raises(LockRefused, match="found changes or new entries in atlas"):
        relock(made, ({"c15": A}, {"atlas": B}), [("c01", "atlas"), ("c15", "atlas")], today=NEW, reason=None)


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


CHECK_CHANGES: dict[str, Any] = {
    "id": "other",
    "required": "full",
    "measure": "MRR",
    "setting": "balanced",
    "pairs": "withheld",
    "arms": ("hybrid", "x-y"),
    "left": "hybrid@0.4",
    "relation": "contrast",
    "right": "hybrid@0.6",
    "margin": "0.011",
    "weights": {"hybrid": 1.0, "x-y": -1.0},
    "languages": ("el",),
    "claimed": {"xlm-r": CitedValue(cell="S14", value="30.2")},
    "counts": {"languages": CitedValue(cell="S04", value="12")},
    "unit": "percent",
    "reason": "why this margin: a margin without its reason is another analysis",
}
"""A change of every key of a check; the test fails when a key is added and not named here."""

CLAIM_CHANGES: dict[str, Any] = {
    "id": "c98",
    "kind": "counted",
    "evidence": ("released-encoder",),
    "bases": ("labse", "xlm-r"),
    "datasets": ("mlqa-r",),
    "cells": ("S14",),
    "waived": {"xlm-r/xquad-r/multilingual": "why"},
}
TOLD: dict[str, Any] = {
    "title": "x",
    "statement": "x",
    "origin": "record",
    "unknowns": ("x",),
    "accepted": {},
    "schema_": "urn:harness:claim:1",
}
SCOPE_CHANGES: dict[str, Any] = {
    "name": "other",
    "scale": "full",
    "sentence": "x",
    "counted": {},
    "chosen_by": "x",
    "pilot": (),
    "tuning": "other",
    "folds": 4,
    "seeds": {"c12": 9},
    "seeds_otherwise": 13,
    "control_seeds": 6,
    "script_seconds": 61,
    "cell_seconds": 601,
    "validation": None,
    "grid": None,
    "datasets": {},
    "regimes": {},
    "chosen": {},
    "bases": {},
}


def digest_of(claim: Claim) -> str:
    return entries([claim], [])[0][claim.id]


@pytest.mark.parametrize("key", sorted(CHECK_CHANGES))
def test_exact_every_key_of_a_check_is_locked(claim: Claim, key: str) -> None:
    assert set(CHECK_CHANGES) == set(type(claim.checks[0]).model_fields)
    for at, check in enumerate(claim.checks):
        assert getattr(check, key) != CHECK_CHANGES[key]
        changed = list(claim.checks)
        changed[at] = check.model_copy(update={key: CHECK_CHANGES[key]})
        assert digest_of(claim.model_copy(update={"checks": tuple(changed)})) != digest_of(claim)


def test_exact_the_order_and_the_number_of_checks_are_locked(claim: Claim) -> None:
    for checks in (claim.checks[::-1], claim.checks[:-1], claim.checks + claim.checks[:1]):
        assert digest_of(claim.model_copy(update={"checks": checks})) != digest_of(claim)


def test_exact_every_key_of_a_claim_is_locked_or_only_tells(claim: Claim) -> None:
    assert set(CLAIM_CHANGES) | set(TOLD) | {"checks"} == set(type(claim).model_fields)
    for key, value in CLAIM_CHANGES.items():
        changed = claim.model_copy(update={key: value})
        assert entries([changed], [])[0][changed.id] != digest_of(claim), key
    for key, value in TOLD.items():
        assert digest_of(claim.model_copy(update={key: value})) == digest_of(claim), key


def test_exact_every_key_of_a_scope_is_locked(scope: Scope) -> None:
    nested = {"settings", "training", "pretraining", "schema_"}
    assert set(SCOPE_CHANGES) | nested == set(type(scope).model_fields)
    for key, value in SCOPE_CHANGES.items():
        assert getattr(scope, key) != value, key
        assert scope.model_copy(update={key: value}).fingerprint() != scope.fingerprint(), key


def test_exact_a_scope_is_locked_with_every_number_and_word_in_it(scope: Scope) -> None:
    plain = scope.plain()
    assert scope.fingerprint() == digest(plain)
    assert type(scope).model_validate_json(canonical(plain)) == scope, "the locked form loses nothing"
    assert plain["grid"]
    assert plain["regimes"]
    assert plain["chosen"]
    assert plain["pilot"]


def made(
    claims: dict[str, tuple[str, str]] | None = None, breaks: tuple[Break, ...] = (), **scopes: tuple[str, str]
) -> Lock:
    """A lock of digests (one letter) and days."""
    given = {"c01": ("a", OLD), "c02": ("a", OLD)} if claims is None else claims
    held = {name: LockEntry(digest=letter * 64, date=day) for name, (letter, day) in given.items()}
    bound = {name: LockEntry(digest=letter * 64, date=day) for name, (letter, day) in scopes.items()}
    return Lock(claims=held, scopes=bound, breaks=breaks)


def broken(*names: str, day: str = NEW, reason: str = "a typo") -> Break:
    return Break(date=day, reason=reason, changed=names)


BASE = made(atlas=("a", OLD))
KEPT = {"c01": ("a", OLD), "c02": ("a", OLD)}


@pytest.mark.parametrize(
    "now",
    [
        BASE,
        made({**KEPT, "c03": ("b", NEW)}, atlas=("a", OLD), other=("b", "2024-01-01")),
        made({**KEPT, "c01": ("b", NEW)}, (broken("c01"),), atlas=("a", OLD)),
        made({"c01": ("a", OLD)}, (broken("c02"),), atlas=("a", OLD)),
        made(KEPT, (broken("atlas"),), atlas=("b", NEW)),
        made({**KEPT, "c01": ("a", NEW)}, (broken("c01", day="2025-01-05"), broken("c01")), atlas=("a", OLD)),
        made({**KEPT, "c01": ("b", OLD)}, (broken("c01", day=OLD),), atlas=("a", OLD)),
    ],
    ids=["same", "new entries", "changed", "removed", "scope changed", "changed and back", "on the same day"],
)
def test_exact_what_a_break_names_may_change(now: Lock) -> None:
    assert lapses(BASE, now) == []


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (None, ["lock.json is gone"]),
        (made({**KEPT, "c01": ("b", NEW)}, atlas=("a", OLD)), ["claim c01 was changed and no new break names it"]),
        (made({"c01": ("a", OLD)}, atlas=("a", OLD)), ["claim c02 was removed and no new break names it"]),
        (made(KEPT), ["scope atlas was removed and no new break"]),
        (made(KEPT, atlas=("b", NEW)), ["scope atlas was changed and no new break"]),
        (made({}, ()), ["claim c01 was removed", "claim c02 was removed", "scope atlas was removed"]),
        (made({**KEPT, "c01": ("b", NEW)}, (broken("c02"),), atlas=("a", OLD)), ["claim c01 was changed and no new"]),
        (made({**KEPT, "c01": ("a", NEW)}, atlas=("a", OLD)), ["claim c01 was redated and no new break"]),
        (made({**KEPT, "c01": ("a", "2024-12-31")}, atlas=("a", OLD)), ["claim c01 was redated and no new break"]),
        (
            made({**KEPT, "c01": ("b", "2024-12-31")}, (broken("c01", day="2024-12-31"),), atlas=("a", OLD)),
            ["claim c01 was locked on 2025-01-01, and its change is dated before that"],
        ),
        (
            made({"c02": ("a", OLD)}, (broken("c01", day="2024-12-31"),), atlas=("a", OLD)),
            ["claim c01 was locked on 2025-01-01, and its change is dated before that"],
        ),
        (
            made({**KEPT, "c01": ("b", "2025-03-03")}, (broken("c01"),), atlas=("a", OLD)),
            ["claim c01 was locked anew on 2025-03-03, and the last break that names it is of 2025-02-02"],
        ),
        (
            made({**KEPT, "c01": ("b", NEW)}, (broken("c01", reason="  "),), atlas=("a", OLD)),
            ["the break of 2025-02-02 gives no reason"],
        ),
    ],
    ids=range(13),
)
def test_exact_every_other_change_is_told(now: Lock | None, words: list[str]) -> None:
    found = lapses(BASE, now)
    assert len(found) == len(words), found
    for one, said in zip(found, words, strict=True):
        assert one.startswith(said)


FIRST, SECOND = broken("c01", day=OLD, reason="one"), broken("c02", day=NEW, reason="two")


@pytest.mark.parametrize(
    ("breaks", "lost"),
    [
        ((FIRST, SECOND), 0),
        ((FIRST, SECOND, broken("c01", reason="three")), 0),
        ((), 2),
        ((FIRST,), 1),
        ((SECOND,), 2),
        ((SECOND, FIRST), 2),
        ((FIRST, SECOND.model_copy(update={"reason": "better"})), 1),
        ((FIRST, SECOND.model_copy(update={"changed": ("c01", "c02")})), 1),
        ((FIRST.model_copy(update={"date": "2024-01-01"}), SECOND), 1),
        ((broken("c03"), FIRST, SECOND), 2),
    ],
    ids=range(10),
)
def test_exact_breaks_are_only_added_and_at_the_end(breaks: tuple[Break, ...], lost: int) -> None:
    found = lapses(made(breaks=(FIRST, SECOND)), made(breaks=breaks))
    assert len(found) == lost
    assert all("was removed or rewritten" in one for one in found)


def test_exact_an_old_break_excuses_no_new_change() -> None:
    before = made(breaks=(FIRST,))
    now = made({**KEPT, "c01": ("b", NEW)}, (FIRST,))
    assert [one.split(";")[0] for one in lapses(before, now)] == ["claim c01 was changed and no new break names it"]


def test_exact_what_relock_breaks_is_lawful_with_or_without_evidence_at_hand() -> None:
    changed: tuple[dict[str, str], dict[str, str]] = ({"c01": B, "c02": A, "c03": B}, {})
    for evidence in ([], [("c01", "atlas")]):
        now = relock(BASE, changed, evidence, today=NEW, reason="a typo")
        assert lapses(BASE, now) == []
        assert [set(one.changed) for one in now.breaks] == [{"c01", "atlas"}]
    silent = relock(BASE, changed, [], today=NEW, reason=None)
    assert [one.split(" and ")[0] for one in lapses(BASE, silent)] == [
        "claim c01 was changed",
        "scope atlas was removed",
    ]


def test_exact_a_folder_is_held_against_its_lock(claim: Claim, scope: Scope) -> None:
    held = relock(None, entries([claim], [scope]), [], today=OLD, reason=None)
    assert standing(held, [claim], [scope]) == []
    assert standing(None, [claim], [scope]) == []
    assert standing(held, [claim.model_copy(update={"bases": ()})], [scope]) == [
        f"claim {claim.id} is not the one locked on {OLD}"
    ]
    assert standing(held, [], [scope]) == [f"claim {claim.id} is in lock.json and nowhere else; restore it"]


@pytest.mark.parametrize(
    "day", ["", "yesterday", "2025-1-1", "2025-13-01", "2025-01-32", "2025-01-01T00:00", "02025-01-01"]
)
def test_exact_a_day_is_a_day(day: str) -> None:
    with pytest.raises(ValidationError):
        LockEntry(digest=A, date=day)
    with pytest.raises(ValidationError):
        Break(date=day, reason="why", changed=())


def test_exact_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    entry = f'{{"digest": "{A}", "date": "{OLD}"}}'
    data = f'{{"schema": "urn:harness:lock:1", "claims": {{"c01": {entry}, "c01": {entry}}}, "scopes": {{}}}}'
    (tmp_path / "any.json").write_text(data)
    with pytest.raises(FileFaults, match=r"any.json: expected a lock that names each thing once, found c01 twice"):
        read_lock_file(tmp_path / "any.json")
    with pytest.raises(FileFaults, match="a readable file"):
        read_lock_file(tmp_path / "none.json")
