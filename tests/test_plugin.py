"""The plugin in a real pytest, over real tiny trainings."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Runs = Callable[..., pytest.RunResult]

SCOPE = "fixtures/scopes/tiny.yaml"
HYBRID_ALONE = """
def reproduce(bench):
    encoder = bench.train("xlm-r", sampling="hybrid", seed=0)
    bench.retrieve(bench.encode(encoder, "xquad-r"), setting="monolingual")
"""
NEW_KEY = "surprise: 1\n"
HEARS_CTRL_C = (
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
)
"""Starts a command that Ctrl-C ends, even where this suite runs in a shell's background, which ignores it."""


@pytest.fixture
def folder(pytester: pytest.Pytester, root: Path) -> Path:
    """A folder with the tiny claim in it and files of other people beside it."""
    shutil.copytree(root / "fixtures/claims/tiny", pytester.path / "claims")
    (pytester.path / "claims/docker-compose.yaml").write_text("services: {a: &x {image: b}, c: *x}\n")
    (pytester.path / "claims/c01-deploy.yaml").write_text("kind: Deployment\n")
    return pytester.path / "claims"


@pytest.fixture
def run(pytester: pytest.Pytester, root: Path, tiny_store: Path) -> Runs:
    shutil.copy(root / SCOPE, pytester.path)
    pytester.makeini("[pytest]")

    def runs(*arguments: str) -> pytest.RunResult:
        # tiny cells take less time than a second lab process takes to start
        options = ("--scope", "tiny.yaml", "--store", str(tiny_store), "--workers", "1", "-p", "no:cacheprovider")
        return pytester.runpytest_subprocess("claims", *options, *arguments)

    return runs


def verdict(pytester: pytest.Pytester) -> dict[str, Any]:
    return dict(json.loads((pytester.path / "reports/verdicts/c71.tiny.json").read_text()))


def children(process: int) -> list[str]:
    """Return the command lines of a process's children."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == process:
                found.append(path.with_name("cmdline").read_text())
        except (OSError, ValueError):
            continue
    return found


def claim_of(folder: Path) -> Path:
    return folder / "c71-tiny.yaml"


def broken_beside(folder: Path) -> None:
    text = claim_of(folder).read_text().replace("id: c71", "id: c72")
    (folder / "c72-broken.yaml").write_text(text + NEW_KEY)
    shutil.copy(folder / "c71_tiny.py", folder / "c72_broken.py")


def script(folder: Path, body: str) -> None:
    (folder / "c71_tiny.py").write_text(body)


def test_a_broken_claim_fails_with_its_line_and_the_good_one_still_runs(
    pytester: pytest.Pytester, folder: Path, run: Runs
) -> None:
    broken_beside(folder)
    result = run()
    result.assert_outcomes(passed=1, failed=1)
    line = len((folder / "c72-broken.yaml").read_text().splitlines())
    result.stdout.fnmatch_lines([f"*c72-broken.yaml:{line}: expected a known key*found 'surprise'*"])
    result.stdout.fnmatch_lines(["c71 *UNVERIFIED*", "1 not accepted, 0 resource missing; report: *index.html"])
    assert (pytester.path / "reports/index.html").exists()
    assert [
        Path(name).name for name in json.loads((pytester.path / "reports/summary.tiny.json").read_text())["broken"]
    ] == ["c72-broken.yaml"]


@pytest.mark.usefixtures("folder")
def test_verdicts_say_what_this_version_lacks(pytester: pytest.Pytester, run: Runs) -> None:
    run()
    told = verdict(pytester)
    assert (told["status"], told["verification"]) == ("UNVERIFIED", "incomplete")
    assert {"analysis_changed", "not_attacked"} <= set(told["causes"])
    assert told["seal"]["status"] in {"SEALED", "PARTIAL"}
    assert all(words.startswith("blocked") for words in told["seal"]["self_test"].values())
    assert {one["name"] for one in told["controls"]} == {"oracle", "random", "planted-effect"}
    assert told["regime"] is None
    assert told["paper_cause"] == "reduced_scale"


UNSEALABLE = """
import os
from harness.confine import landlock
os.environ["PATH"] = ""
landlock.version = lambda: 0
"""


@pytest.mark.usefixtures("folder")
def test_where_nothing_can_be_sealed_nothing_is_trained_unless_that_is_allowed(
    pytester: pytest.Pytester, run: Runs
) -> None:
    pytester.makeconftest(UNSEALABLE)
    result = run("--store", "empty")
    assert result.ret == 2
    told = str(result.stdout) + str(result.stderr)
    assert "T1: bwrap is not installed; T2: this kernel has no Landlock" in told
    assert "apt-get install bubblewrap" in told
    assert not (pytester.path / "empty").exists()
    assert not (pytester.path / "reports").exists()
    run("--allow-unsealed").assert_outcomes(passed=1)
    told_of_it = verdict(pytester)
    assert (told_of_it["seal"]["tier"], told_of_it["seal"]["status"]) == ("T5", "UNSEALED")
    assert (told_of_it["status"], "unsealed" in told_of_it["causes"]) == ("UNVERIFIED", True)


@pytest.mark.usefixtures("folder")
def test_two_runs_give_the_same_verdict_but_for_its_occasion(pytester: pytest.Pytester, run: Runs) -> None:
    told = []
    for workers in ("1", "2"):
        run("--workers", workers)
        told.append({key: value for key, value in verdict(pytester).items() if key != "occasion"})
    assert told[0] == told[1]


def test_two_folders_with_one_id_are_refused_and_no_verdict_is_written(
    pytester: pytest.Pytester, folder: Path, run: Runs
) -> None:
    shutil.copytree(folder, folder / "copy")
    result = run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*expected one claim c71 in a run, found *c71-tiny.yaml, *c71-tiny.yaml; run the*"])
    assert not (pytester.path / "reports/verdicts").exists()


def test_ctrl_c_while_scripts_are_asked_ends_them(pytester: pytest.Pytester, folder: Path) -> None:
    script(folder, "import time\ntime.sleep(60)\n")
    pytester.makeini("[pytest]")
    command = [*HEARS_CTRL_C, sys.executable, "-m", "pytest", "claims", "--store", "store"]
    running = subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.DEVNULL)
    while not any("harness.lab.ask" in words for words in children(running.pid)):
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == pytest.ExitCode.INTERRUPTED  # half of what the script would have slept


def test_ctrl_c_while_cells_are_made_says_last_what_is_kept(
    pytester: pytest.Pytester, folder: Path, root: Path
) -> None:
    assert folder.is_dir()
    scope = (root / SCOPE).read_text().replace("steps: 3", "steps: 3000")
    (pytester.path / "slow.yaml").write_text(scope)
    pytester.makeini("[pytest]")
    command = [*HEARS_CTRL_C, sys.executable, "-m", "pytest", "claims", "--store", "store", "--scope", "slow.yaml"]
    running = subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    while " cells, " not in running.stdout.readline():
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    told, _ = running.communicate(timeout=60)
    assert running.returncode == pytest.ExitCode.INTERRUPTED
    kept = cells_in(pytester.path / "store")
    cells = "1 cell made by this run is" if kept == 1 else f"{kept} cells made by this run are"
    last = f"interrupted; {cells} kept, and the same command goes on from there"
    assert told.splitlines()[-1] == last


def cells_in(store: Path) -> int:
    """Count finished cells by what their manifests say."""
    about = [json.loads(path.read_bytes())["about"] for path in store.glob("entries/*/*/manifest.json")]
    return sum(one.get("operation") in {"pretrain", "train", "encode"} for one in about)


@pytest.mark.usefixtures("folder")
def test_collect_only_runs_nothing(pytester: pytest.Pytester, run: Runs) -> None:
    result = run("--collect-only", "-q")
    result.stdout.fnmatch_lines(["claims/c71-tiny.yaml::c71?tiny?"])
    assert not (pytester.path / "reports").exists()


def test_k_selects_by_id_and_an_empty_selection_fails(folder: Path, run: Runs) -> None:
    broken_beside(folder)
    run("-k", "c71").assert_outcomes(passed=1, deselected=1)
    assert run("-k", "c99").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_an_accepted_verdict_passes_and_another_one_fails(pytester: pytest.Pytester, folder: Path, run: Runs) -> None:
    run()
    told = verdict(pytester)
    entry = {key: told[key] for key in ("status", "outcome", "verification", "cause")}
    accepted = json.dumps({"tiny": {**entry, "date": "2026-01-01", "reason": "as measured"}})
    text = claim_of(folder).read_text()
    claim_of(folder).write_text(f"{text}accepted: {accepted}\n")
    result = run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["0 not accepted*"])
    claim_of(folder).write_text(f"{text}accepted: {accepted.replace(told['outcome'], 'supported')}\n")
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*accepted.tiny expected UNVERIFIED, supported*found UNVERIFIED, {told['outcome']}*"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("def reproduce(bench):\n    raise OSError('no luck')\n", "*c71_tiny.py:2: OSError: no luck*"),
        ("def reproduce(bench):\n    pass\n", "*asked for nothing*"),
        ("x = 1\n", "*expected a function reproduce(bench), found none*"),
        (
            HYBRID_ALONE,
            "*check comparable needs*the script does not ask for it*",
        ),
        ("import time\n\n\ndef reproduce(bench):\n    while True:\n        time.sleep(9)\n", "*timeout*within 1 s*"),
    ],
)
def test_a_script_that_fails_is_a_failing_item_with_a_verdict(
    pytester: pytest.Pytester, folder: Path, run: Runs, root: Path, body: str, words: str
) -> None:
    script(folder, body)
    scope = (root / SCOPE).read_text().replace("script_seconds: 20", "script_seconds: 1")
    (pytester.path / "hasty.yaml").write_text(scope)
    result = run("--scope", "hasty.yaml") if "sleep" in body else run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([words])
    assert verdict(pytester)["outcome"] == "untested"


@pytest.mark.usefixtures("pytester", "folder")
def test_only_cache_makes_nothing_and_says_how_to_mend_it(run: Runs, tmp_path: Path) -> None:
    result = run("--store", str(tmp_path / "empty"), "--cache", "only-cache", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*is not in the store; to mend it: pytest claims/ --cache always*"])
    result.stdout.fnmatch_lines(["1 not accepted, 1 resource missing*"])


def test_only_missing_lets_a_verdict_stand_whose_inputs_are_unchanged(
    pytester: pytest.Pytester, folder: Path, run: Runs
) -> None:
    run()
    first = verdict(pytester)["occasion"]
    run("--cache", "only-missing")
    assert verdict(pytester)["occasion"] == first
    with (folder / "c71_tiny.py").open("a") as stream:
        stream.write("# changed\n")
    run("--cache", "only-missing")
    assert verdict(pytester)["occasion"] != first


def test_an_unbound_dataset_is_untested_and_no_fault_of_the_file(
    pytester: pytest.Pytester, folder: Path, run: Runs
) -> None:
    text = claim_of(folder).read_text().replace("datasets: [xquad-r]", "datasets: [miracl]")
    claim_of(folder).write_text(text)
    run().assert_outcomes(passed=1)
    assert verdict(pytester)["cause"] == "untested"
    assert "does not bind miracl" in verdict(pytester)["reason"]


def test_missing_real_data_is_a_skip_with_the_command_that_mends_it(
    pytester: pytest.Pytester, root: Path, run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HARNESS_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytester.path / "cache"))
    (pytester.path / "claims").mkdir()
    for path in (root / "claims").glob("c13*"):
        text = path.read_text().replace("mlqa-r", "xquad-r") if path.suffix == ".py" else path.read_text()
        (pytester.path / "claims" / path.name).write_text(text)
    shutil.copytree(root / "claims/paper", pytester.path / "claims/paper")
    scope = (root / SCOPE).read_text()
    bound = "counted:\n  mlqa-r: {source: lareqa, part: mlqa-r}\n"
    (pytester.path / "both.yaml").write_text(scope.replace("counted:\n", bound))
    result = run("--scope", "both.yaml", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*HARNESS_DATA*"])
    path = pytester.path / "reports/verdicts/c13.tiny.json"
    first = json.loads(path.read_text())["occasion"]
    run("--scope", "both.yaml", "--cache", "only-missing")  # the data may be here by now, so it is looked for again
    assert json.loads(path.read_text())["occasion"] != first


@pytest.mark.usefixtures("folder")
def test_an_unknown_scope_is_a_usage_error_before_any_training(run: Runs) -> None:
    result = run("--scope", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*expected one of atlas*or a file, found 'nowhere'*"])


def test_a_damaged_cell_is_named_set_aside_and_made_again(
    pytester: pytest.Pytester, folder: Path, run: Runs, tmp_path: Path, tiny_store: Path
) -> None:
    assert folder.is_dir()
    run()
    shutil.copytree(tiny_store, tmp_path / "own")
    own = ("--store", str(tmp_path / "own"))
    before = {key: value for key, value in verdict(pytester).items() if key != "occasion"}
    cells = verdict(pytester)["provenance"]["cells"]
    vectors = min(path for path in (tmp_path / "own/entries").glob("*/*/queries.npy") if path.parent.name in cells)
    data = bytearray(vectors.read_bytes())
    data[-1] ^= 1
    vectors.write_bytes(data)
    result = run(*own)
    result.stdout.fnmatch_lines([f"*{vectors.parent.name}/queries.npy: expected sha256*to be made again*"])
    result.stdout.fnmatch_lines(["[[]####################] 100% 1/1 cells, *"])
    assert {key: value for key, value in verdict(pytester).items() if key != "occasion"} == before
    assert len(list((tmp_path / "own/damaged").iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--workers", "0"), "*--workers: expected at least 1, found 0*"),
        (("--scopes", "tiny.yaml,tiny.yaml"), "*expected scopes of different names, found tiny, tiny*"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_options_that_make_no_sense_are_usage_errors(run: Runs, arguments: tuple[str, str], words: str) -> None:
    result = run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([words])


def test_a_claim_without_verdict_is_named_as_broken_and_its_older_verdict_no_longer_counts(
    pytester: pytest.Pytester, folder: Path, run: Runs
) -> None:
    run()
    record = pytester.path / "reports/gate/record.tiny.json"
    assert json.loads(record.read_text())["x-harness"]["claims"] == {"c71": "UNVERIFIED"}
    claim_of(folder).write_text(claim_of(folder).read_text() + NEW_KEY)
    run().assert_outcomes(failed=1)
    assert json.loads(record.read_text())["x-harness"]["claims"] == {}
    assert len(json.loads((pytester.path / "reports/summary.tiny.json").read_text())["broken"]) == 1
