"""`harness store`, `replay` and `bundle` as they are called: what they print and how they exit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from harness.codec import digest, pretty
from harness.command import cli
from harness.court.sandbox import Enclosure
from harness.errors import UsageError
from harness.records.replay import Replay
from harness.store import Store

sys.path.append(str(Path(__file__).resolve().parent.parent / "verify"))
from made_up import MadeUp


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def made(root: Path, sealed: Enclosure, tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    made = MadeUp(root, tmp_path_factory.mktemp("kept") / "made", sealed)
    made.verdict()
    return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(tmp_path / "store")
    for name, operation in (("one", "train"), ("two", "encode")):
        folder = opened.underway()
        (folder / "data.bin").write_bytes(b"x" * 5000)
        opened.put(digest(name), folder, {"operation": operation, "seal": "SEALED"})
    return opened


def given(made: MadeUp, *also: str | Path) -> list[str | Path]:
    return [
        *(made.reports / "verdicts/c71.tiny.json", *also, "--claims", made.folder / "claims"),
        *("--scope", made.scope_file, "--store", made.folder / "store"),
    ]


def test_a_store_is_listed_in_words_and_in_json(store: Store) -> None:
    told = call("store", "list", "--store", store.root)
    assert told.exit_code == 0
    assert told.stdout.splitlines()[1].split()[:3] == ["encode", "SEALED", "1"]
    assert "2 entries" in told.stdout
    plain = json.loads(call("store", "list", "--store", store.root, "--json").stdout)
    assert plain["schema"] == "urn:harness:store:1"
    assert [(one["operation"], one["count"]) for one in plain["operations"]] == [("encode", 1), ("train", 1)]


def test_check_exits_1_where_something_is_damaged_and_0_otherwise(store: Store) -> None:
    told = call("store", "check", "--store", store.root)
    assert (told.exit_code, told.stdout) == (0, f"{store.root}: 2 entries, all whole\n")
    damaged = store.place(digest("one")) / "data.bin"
    damaged.write_bytes(b"y")
    told = call("store", "check", "--store", store.root)
    assert told.exit_code == 1
    assert f"{damaged}: expected sha256 " in told.stdout
    assert "2 entries, 1 damaged" in told.stdout


def test_gc_says_what_would_go_and_what_went(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    root = store.root
    with pytest.raises(UsageError, match="in use"):
        call("store", "gc", "--store", root, "--max-gib", "0")
    told = call("store", "gc", "--store", root, "--max-gib", "0", "--dry-run")
    assert "would remove 1 encode, 1 train" in told.stdout
    command = [sys.executable, "-m", "harness", "store", "gc", "--max-gib", "0.000006", "--json"]
    monkeypatch.setenv("HARNESS_STORE", str(root))
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, "in use" in ran.stderr) == (2, True)
    copy = shutil.copytree(root, root.parent / "copy")
    monkeypatch.setenv("HARNESS_STORE", str(copy))
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    plain = json.loads(ran.stdout)
    assert (ran.returncode, plain["removed"], plain["left"], plain["operations"]) == (0, 1, 1, {"train": 1})
    with pytest.raises(UsageError, match="expected --keep-days"):
        call("store", "gc", "--store", copy)


@pytest.mark.parametrize("command", ["list", "check", "gc"])
def test_looking_at_a_store_that_is_not_there_makes_none(tmp_path: Path, command: str) -> None:
    with pytest.raises(UsageError, match="expected a store"):
        call("store", command, "--store", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_verdict_replays_with_exit_0_and_a_forged_one_with_1(made: MadeUp, tmp_path: Path) -> None:
    told = call("replay", *given(made), "--json")
    assert told.exit_code == 0
    plain = json.loads(told.stdout)
    assert plain == {
        "schema": "urn:harness:replay:1",
        "claim": "c71",
        "scope": "tiny",
        "same": True,
        "differences": [],
        "notes": [],
    }
    Draft202012Validator(Replay.model_json_schema(by_alias=True, mode="serialization")).validate(plain)
    other = made.copied(tmp_path / "other")
    path = other.reports / "verdicts/c71.tiny.json"
    path.write_bytes(pretty({**json.loads(path.read_bytes()), "outcome": "contradicted"}))
    told = call("replay", *given(other))
    assert told.exit_code == 1
    assert "verdict: outcome: stated contradicted, found " in told.stdout
    assert told.stdout.splitlines()[-1] == "c71 in tiny: differs in verdict"


def test_a_bundle_replays_elsewhere_and_a_tampered_one_is_refused(
    made: MadeUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "elsewhere/out.zip"
    out.parent.mkdir()
    told = call("bundle", *given(made, out))
    assert told.exit_code == 0
    assert "c71 in tiny, 13 cells" in told.stdout
    monkeypatch.chdir(out.parent)
    told = call("replay", out)
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "c71 in tiny: the same")
    with pytest.raises(UsageError, match="a bundle alone"):
        call("replay", out, "--store", made.folder / "store")
    with pytest.raises(UsageError, match="found a bundle"):
        call("bundle", out, tmp_path / "again.zip")
    data = bytearray(out.read_bytes())
    data[data.index(b"def reproduce")] ^= 1
    out.write_bytes(data)
    with pytest.raises(UsageError, match=r"'claims/c71_tiny\.py'"):
        call("replay", out)


def test_what_differs_is_not_bundled(made: MadeUp, tmp_path: Path) -> None:
    other = made.copied(tmp_path / "other")
    (other.folder / "claims/c71_tiny.py").write_text("def reproduce(bench):\n    pass\n")
    told = call("bundle", *given(other, tmp_path / "out.zip"))
    assert told.exit_code == 1
    assert "script: c71_tiny.py: stated " in told.stdout
    assert not (tmp_path / "out.zip").exists()


def test_what_cannot_be_read_is_refused_in_words(made: MadeUp, tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    for arguments, words in (
        ([tmp_path / "none.json"], "expected a verdict"),
        ([made.scope_file], "expected a verdict"),
        ([*given(made)[:3]], "expected --scope FILE for tiny"),
        ([*given(made), "--claims", tmp_path / "claims"], "expected one c71-<slug>.yaml, found none"),
        ([*given(made), "--store", tmp_path / "none"], "expected a store"),
    ):
        with pytest.raises(UsageError, match=words):
            call("replay", *arguments)
    ran = subprocess.run(
        [sys.executable, "-m", "harness", "replay", str(tmp_path / "none.json")], capture_output=True, check=False
    )
    assert ran.returncode == 2
