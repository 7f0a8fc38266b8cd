"""A replay's oracle is the run that made the verdict; then one thing is changed, and it must be named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import MadeUp

from harness.codec import file_sha256, pretty
from harness.court.sandbox import Enclosure
from harness.errors import UsageError
from harness.records.lock import Lock
from harness.records.replay import Difference, Replay
from harness.records.verdict import Verdict
from harness.store import Store, check
from harness.store.entry import manifest_bytes
from harness.verify import verify
from harness.verify.differing import _leaves, differences, filed, read_verdict
from harness.verify.replaying import Replayed, Stated, replay


@pytest.fixture(scope="module")
def whole(root: Path, sealed: Enclosure, tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    made = MadeUp(root, tmp_path_factory.mktemp("replayed") / "whole", sealed)
    made.verdict()
    return made


@pytest.fixture
def made(whole: MadeUp, tmp_path: Path) -> MadeUp:
    return whole.copied(tmp_path / "copy")


def stated(made: MadeUp) -> Verdict:
    return read_verdict(made.reports / "verdicts/c71.tiny.json")


def replayed(made: MadeUp, **also: Any) -> Replayed:
    return replay(stated(made), made.replaying(), made.reports, **also)


def steps(found: Replay) -> list[str]:
    assert found.same == (not found.differences)
    return list(dict.fromkeys(one.step for one in found.differences))


def vectors(made: MadeUp, label: str) -> Path:
    """Return the entry of one encoding by its label."""
    for path in (made.folder / "store/entries").glob("*/*/manifest.json"):
        if json.loads(path.read_bytes())["about"].get("cell") == label:
            return path.parent
    raise LookupError(label)


def rewritten(folder: Path) -> None:
    """Make a forged entry's manifest agree with its files."""
    told = json.loads((folder / "manifest.json").read_bytes())
    files = {name: file_sha256(folder / name) for name in told["files"]}
    (folder / "manifest.json").write_bytes(manifest_bytes(told["key"], files, told["about"]))


def swapped(folder: Path) -> None:
    """Replace a cell's query vectors by others of the same shape."""
    array = np.load(folder / "queries.npy")
    np.save(folder / "queries.npy", np.roll(array, 1, axis=0))


HYBRID = "xlm-r hybrid seed 0 on xquad-r"


def test_itself_a_verdict_replays_the_same_without_what_the_store_remembers(made: MadeUp) -> None:
    verdict = stated(made)
    found = replayed(made)
    assert (found.replay.same, found.replay.differences, found.replay.notes) == (True, (), ())
    for path in (made.folder / "store/entries").glob("*/*/manifest.json"):
        if json.loads(path.read_bytes())["about"]["operation"] not in {"encode", "train", "pretrain"}:
            shutil.rmtree(path.parent)
    again = replayed(made)
    assert again.replay.same
    assert again == found
    assert set(found.ranks) == set(verdict.provenance.cells)
    assert set(found.ranks) <= set(found.cells)


def test_exact_a_forged_verdict_is_named_by_check_and_value(made: MadeUp) -> None:
    plain = stated(made).plain()
    ruling, outcome = plain["checks"][0], plain["outcome"]
    before = {key: json.dumps(ruling[key]).strip('"') for key in ("estimate", "outcome")}
    ruling["estimate"], ruling["outcome"], plain["outcome"] = 0.25, "contradicted", "contradicted"
    (made.reports / "verdicts/c71.tiny.json").write_bytes(pretty(plain))
    found = replayed(made).replay
    told = {one.what: (one.stated, one.found) for one in found.differences}
    assert told == {
        "comparable on xquad-r: estimate": ("0.25", before["estimate"]),
        "comparable on xquad-r: outcome": ("contradicted", before["outcome"]),
        "outcome": ("contradicted", outcome),
    }
    assert steps(found) == ["check", "verdict"]


def test_exact_remembered_ranks_and_verdicts_are_not_believed(made: MadeUp) -> None:
    """A forged memory whose manifest agrees with it: the vectors say otherwise, and it is named."""
    forged = 0
    for path in (made.folder / "store/entries").glob("*/*/within.npy"):
        ranks = np.load(path)
        np.save(path, np.ones_like(ranks))
        rewritten(path.parent)
        forged += 1
    assert forged
    found = replayed(made).replay
    assert steps(found) == ["ranks"]
    assert HYBRID in " ".join(one.what for one in found.differences)
    assert "as the store remembers them" in found.differences[0].what


def test_exact_other_vectors_under_a_whole_manifest_are_found_by_what_follows_from_them(made: MadeUp) -> None:
    folder = vectors(made, HYBRID)
    swapped(folder)
    rewritten(folder)
    found = replayed(made).replay
    assert {"ranks", "measurements"} <= set(steps(found))
    assert [one.what for one in found.differences if one.step == "ranks"] == [
        f"{HYBRID} ({folder.name[:12]}), as the store remembers them"
    ]


@pytest.mark.parametrize("how", ["missing", "damaged", "refused"])
def test_exact_vectors_that_are_no_evidence_are_named_and_nothing_is_judged(made: MadeUp, how: str) -> None:
    folder = vectors(made, HYBRID)
    if how == "missing":
        shutil.rmtree(folder)
    elif how == "damaged":
        swapped(folder)
    else:
        array = np.load(folder / "queries.npy")
        array[0] = np.nan
        np.save(folder / "queries.npy", array)
        rewritten(folder)
    (one,) = replayed(made).replay.differences
    assert (one.step, one.what) == ("vectors", f"{HYBRID} ({folder.name[:12]})")
    words = {"missing": "nothing", "damaged": "queries.npy: expected sha256", "refused": "NaN or infinity"}
    assert words[how] in one.found
    assert folder.exists() == (how != "missing"), "a replay moves nothing"


def test_exact_weights_that_the_court_reads_are_named_too(made: MadeUp) -> None:
    folder = vectors(made, f"parent of {HYBRID}")
    (folder / "model.safetensors").write_bytes(b"")
    (one,) = replayed(made).replay.differences
    assert (one.step, one.stated) == ("vectors", "whole weights")
    assert one.what.startswith("weights, ")


def appended(name: str, words: str) -> Callable[[MadeUp], None]:
    def change(made: MadeUp) -> None:
        with next(made.folder.glob(name)).open("a") as stream:
            stream.write(words)

    return change


def margin(made: MadeUp) -> None:
    path = made.folder / "claims/c71-tiny.yaml"
    path.write_text(path.read_text().replace('margin: "0.01"', 'margin: "0.02"'))


CHANGES: dict[str, tuple[Callable[[MadeUp], None], list[str]]] = {
    "a comment in the claim": (appended("claims/c71-tiny.yaml", "# more\n"), []),
    "another unknown in the claim": (appended("claims/c71-tiny.yaml", "unknowns: [more]\n"), ["claim", "verdict"]),
    "another margin": (margin, ["claim", "analysis"]),
    "another script": (appended("claims/c71_tiny.py", "# more\n"), ["script"]),
    "another scope": (
        lambda made: made.scope_file.write_text(made.scope_file.read_text().replace("steps: 3", "steps: 4")),
        ["scope"],
    ),
    "no table": (lambda made: (made.reports / "measurements/c71.tiny.parquet").unlink(), ["measurements"]),
    "another table": (appended("reports/measurements/c71.tiny.parquet", " "), ["measurements"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_exact_what_a_verdict_was_made_of_is_named_when_it_is_changed(made: MadeUp, name: str) -> None:
    change, expected = CHANGES[name]
    change(made)
    assert steps(replayed(made).replay) == expected


def test_exact_a_lock_and_a_paper_that_the_verdict_does_not_know_are_named(made: MadeUp) -> None:
    lock = Lock(claims={}, scopes={}, breaks=())
    job = replace(made.replaying(), lock=lock)
    found = replay(stated(made), job, made.reports).replay
    assert steps(found)[0] == "lock"
    assert found.differences[0].found == lock.fingerprint()
    (made.folder / "claims/paper").mkdir()
    (made.folder / "claims/paper/statements.csv").write_text("id,section,kind,left,relation,right,claimed,unit\n")
    assert "paper" in steps(replayed(made).replay)


def test_exact_another_court_is_a_note_and_another_lab_another_plan(made: MadeUp) -> None:
    verdict = stated(made)
    other = verdict.provenance.model_copy(update={"court": "1" * 64})
    found = replay(verdict.model_copy(update={"provenance": other}), made.replaying(), made.reports).replay
    assert found.same
    assert "another version of the court" in found.notes[0]
    for changed in ({"lab": "1" * 64}, {"versions": {"torch": "0"}}, {"cells": verdict.provenance.cells[1:]}):
        other = verdict.provenance.model_copy(update=changed)
        found = replay(verdict.model_copy(update={"provenance": other}), made.replaying(), made.reports).replay
        assert steps(found) == ["plan"]


def test_exact_other_texts_judgements_ranks_and_libraries_than_stated(made: MadeUp) -> None:
    verdict = stated(made)
    other = verdict.provenance.model_copy(update={"texts": {**verdict.provenance.texts, "pairs": "1" * 64}})
    found = replay(verdict.model_copy(update={"provenance": other}), made.replaying(), made.reports).replay
    assert (steps(found), found.differences[0].what) == (["texts"], "pairs")
    found = replayed(made, stated=Stated(judgements={"xquad-r": "1" * 64})).replay
    assert (steps(found), found.differences[0].what) == (["texts"], "judgements of xquad-r")
    told = replayed(made, stated=Stated(ranks={verdict.provenance.cells[0]: "1" * 64}, libraries={"numpy": "0"})).replay
    assert steps(told) == ["ranks"]
    assert len(told.differences) == len(verdict.provenance.cells), "a cell without stated ranks differs too"
    assert told.notes[0].endswith("the bundle with 0")


def test_exact_what_came_of_a_failure_and_what_is_no_verdict_are_refused(made: MadeUp, tmp_path: Path) -> None:
    failed = stated(made).model_copy(update={"causes": ("timeout",)})
    with pytest.raises(UsageError, match="one that came of timeout"):
        replay(failed, made.replaying(), made.reports)
    path = tmp_path / "verdict.json"
    good = pretty(stated(made).plain())
    for data, words in (
        (b"", "expected a verdict"),
        (b"[1]", "expected a verdict .schema"),
        (b'{"schema": "urn:harness:verdict:9"}', "found 'urn:harness:verdict:9'"),
        (good.replace(b'"claim"', b'"klaim"', 1), "as this version writes it"),
        (good.replace(b"\n", b"\n ", 1), "found it edited"),
        (good[:-20], "expected a verdict"),
    ):
        path.write_bytes(data)
        with pytest.raises(UsageError, match=words):
            read_verdict(path)
    with pytest.raises(UsageError, match="expected a verdict, found"):
        read_verdict(tmp_path)


@pytest.mark.parametrize("path", ["../x", "/etc/hostname", "a\\..\\b"])
def test_exact_an_artifact_that_leads_out_of_the_reports_folder_is_not_read(made: MadeUp, path: str) -> None:
    verdict = stated(made)
    odd = verdict.artifacts[0].model_copy(update={"path": path})
    (one,) = filed(verdict.model_copy(update={"artifacts": (odd,)}), made.reports)
    assert (one.step, one.found) == ("measurements", "nothing")


def test_theory_a_contradiction_replays_with_its_company_and_names_a_neighbour_that_is_gone(
    root: Path, sealed: Enclosure, tmp_path: Path
) -> None:
    made = MadeUp(root, tmp_path / "made", sealed, "fit", hybrid=1.9, x_x_mono=1.5)
    verdict = made.verdict()
    assert verdict.outcome == "contradicted"
    assert all(one.estimate is not None for one in verdict.company)
    assert verdict.company
    job = made.replaying()
    found = replay(verdict, job, made.reports)
    assert found.replay.same
    gone = next(key for key in found.ranks if key not in verdict.provenance.cells)
    job.store.set_aside(gone)
    assert steps(replay(verdict, job, made.reports).replay) == ["vectors"]


@given(
    st.recursive(st.none() | st.integers(0, 3) | st.text("ab", max_size=2), lambda inner: st.lists(inner, max_size=2))
)
@settings(derandomize=True, deadline=None, max_examples=30)
def test_theory_two_verdicts_differ_exactly_where_they_are_not_the_same(value: Any) -> None:
    assert list(_leaves("", {"a": value}, {"a": value})) == []
    other = [value, value]
    assert bool(list(_leaves("", {"a": value}, {"a": other}))) == (value != other)


def test_exact_no_difference_but_the_occasion_is_overlooked(made: MadeUp) -> None:
    verdict = stated(made)
    later = verdict.occasion.model_copy(update={"seconds": 9.0})
    assert differences(verdict, verdict.model_copy(update={"occasion": later})) == []
    more = verdict.model_copy(update={"checks": (*verdict.checks, verdict.checks[0])})
    assert differences(more, verdict) == [
        Difference(step="check", what="order", stated=told(2), found=told(1)),
    ]
    less = verdict.model_copy(update={"artifacts": ()})
    assert [one.step for one in differences(verdict, less)] == ["measurements"]


def told(times: int) -> str:
    names = ",".join(['"comparable on xquad-r"'] * times)
    return f"[{names}]"


def test_exact_a_replay_never_loads_torch() -> None:
    code = "import sys, harness.verify.replaying, harness.verify.bundling; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def flips(store: Path) -> list[Path]:
    """Return one file of each kind that a store holds, of each operation each name, relative to it."""
    kinds: dict[tuple[str, str], Path] = {}
    for path in sorted((store / "entries").glob("*/*/manifest.json")):
        operation = json.loads(path.read_bytes())["about"]["operation"]
        for file in sorted(path.parent.iterdir()):
            kinds.setdefault((operation, file.name), file.relative_to(store))
    return list(kinds.values())


def test_theory_a_flipped_byte_is_named_and_never_makes_a_wrong_verdict(made: MadeUp, tmp_path: Path) -> None:
    """Whatever is damaged, a run says what it said before, or that it lacks what it needs to say anything."""
    before = {key: value for key, value in stated(made).plain().items() if key != "occasion"}
    rng = np.random.default_rng(1)
    files = flips(made.folder / "store")
    assert len(files) > 15
    for number, name in enumerate(files):
        other = made.copied(tmp_path / f"flip-{number}")
        path = other.folder / "store" / name
        changed = bytearray(path.read_bytes())
        changed[int(rng.integers(len(changed)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(changed)
        _, faults = check(Store(other.folder / "store"), 2, lambda _done, _count: None)
        assert len(faults) == 1
        assert path.parent.name in faults[0]
        if number % 2:  # else the verdict itself is remembered
            for kept in (other.folder / "store").glob("entries/*/*/verdict.json"):
                shutil.rmtree(kept.parent)
        (verdict,) = verify(other.replaying())
        after = {key: value for key, value in verdict.plain().items() if key != "occasion"}
        assert after == before or (verdict.outcome == "untested" and verdict.status == "UNVERIFIED"), name
