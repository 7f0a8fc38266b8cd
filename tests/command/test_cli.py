"""The command line: what it prints, and that it never exits 0 on failure."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import webbrowser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from harness.command import cli
from harness.errors import FileFaults, LockRefused, UsageError

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = "fixtures/scopes/tiny.yaml"
REFUSED = 2


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


def printed(*arguments: str | Path) -> Any:
    result = run(*arguments)
    assert result.exit_code == 0
    return json.loads(result.stdout)


@pytest.fixture
def claims(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "fixtures/claims/tiny", tmp_path / "claims")
    return tmp_path / "claims"


def test_plan_counts_cells_once_and_trains_nothing(root: Path, claims: Path, tmp_path: Path) -> None:
    told = printed("plan", claims, "--scope", root / SCOPE, "--store", tmp_path / "store", "--json")
    # 5 seeds: one base each, two arms each, one encoding of each arm
    assert (told["cells"], told["lacking"]) == (5 + 10 + 10, 25)
    (claim,) = told["claims"]
    assert (claim["claim"], claim["cells"], claim["lacking"], claim["problem"]) == ("c71", 25, 25, "")
    assert {one["name"]: one["cells"] for one in told["operations"]} == {"pretrain": 5, "train": 10, "encode": 10}
    assert told["minutes"] is None


def test_plan_says_why_a_claim_cannot_be_measured_and_exits_0(root: Path, claims: Path, tmp_path: Path) -> None:
    (claims / "c71_tiny.py").write_text("def reproduce(bench):\n    pass\n")
    result = run("plan", claims, "--scope", root / SCOPE, "--store", tmp_path / "store")
    assert result.exit_code == 0
    assert "asked for nothing" in result.stdout


CLAUSE = "hybrid has a mean monolingual MAP of at least 99% of that of x-x-mono"


def test_plan_says_where_words_are_free_or_asked_by_no_check_and_what_may_be_said(
    root: Path, claims: Path, tmp_path: Path
) -> None:
    asked = ("plan", claims, "--scope", root / SCOPE, "--store", tmp_path / "store")
    told = printed(*asked, "--json")
    assert (told["unread"], told["unasked"]) == ({"c71": []}, {"c71": []})
    assert "unless" not in run(*asked).stdout
    path = claims / "c71-tiny.yaml"
    text = path.read_text()
    path.write_text(text.replace("title: Hybrid", "title: Miraculous hybrid"))
    (told_of_title,) = printed(*asked, "--json")["unread"]["c71"]
    assert "no required check is about arms 'miraculous hybrid'" in told_of_title
    assert printed(*asked, "--json")["sayable"] == {"c71": [CLAUSE]}
    assert f"c71: incomplete unless it is put otherwise: {told_of_title}" in run(*asked).stdout
    path.write_text(text.replace("at least 99%", "at least 99.5%"))
    assert "c71: defeated unless a required check asks for it: the statement says 'hybrid has" in run(*asked).stdout
    assert f"c71: may say: {CLAUSE}\n" in run(*asked).stdout


def test_plan_says_what_defeats_a_verification_whatever_is_measured(root: Path, claims: Path, tmp_path: Path) -> None:
    asked = ("plan", claims, "--scope", root / SCOPE, "--store", tmp_path / "store")
    assert printed(*asked, "--json")["foreseen"] == {"c71": []}
    assert "defeated" not in run(*asked).stdout
    path = claims / "c71-tiny.yaml"
    text = path.read_text().replace("99%", "40%").replace('margin: "0.01"', 'margin: "0.6"')
    assert text != path.read_text()
    path.write_text(text)
    (probe,) = printed(*asked, "--json")["foreseen"]["c71"]
    assert probe["probe"] == "margins"
    assert f"c71: defeated whatever is measured, by margins: {probe['detail']}\n" in run(*asked).stdout


def test_plan_names_all_faults_of_broken_claims(root: Path, claims: Path, tmp_path: Path) -> None:
    for name in ("c71-tiny.yaml", "c72-other.yaml"):
        text = (claims / "c71-tiny.yaml").read_text().replace("origin: record", "origin: hearsay")
        (claims / name).write_text(text.replace("id: c71", f"id: {name[:3]}"))
    shutil.copy(claims / "c71_tiny.py", claims / "c72_other.py")
    with pytest.raises(FileFaults) as caught:
        run("plan", claims, "--scope", root / SCOPE, "--store", tmp_path / "store")
    assert [fault.path.rpartition("/")[2] for fault in caught.value.faults] == ["c71-tiny.yaml", "c72-other.yaml"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected claims"):
        run("plan", tmp_path, "--store", tmp_path / "store")


def test_doctor_says_what_seals_and_how_to_mend_missing_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARNESS_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    told = printed("doctor", "--json")
    assert (told["seal"]["tier"], told["seal"]["status"]) in {("T1", "SEALED"), ("T2", "SEALED"), ("T2", "PARTIAL")}
    assert told["datasets"]["xquad-r"]["status"] == "missing"
    assert "HARNESS_DATA" in told["datasets"]["mlqa-r"]["mend"]
    assert set(told["versions"]) >= {"harness", "torch", "sentence-transformers", "python"}
    assert run("doctor").stdout.startswith(f"seal: {told['seal']['tier']} ({told['seal']['status']}); ")


def vectors(folder: Path) -> list[str | Path]:
    rng = np.random.default_rng(3)
    passages = rng.standard_normal((6, 4))
    np.save(folder / "passages.npy", passages)
    np.save(folder / "queries.npy", passages[:3])
    (folder / "judgements.tsv").write_text("0\t0\t1\n1\t1\t1\n2\t2\t1\n")
    return ["--queries", folder / "queries.npy", "--passages", folder / "passages.npy"]


def test_measure_gives_1_to_vectors_that_know_the_answers(tmp_path: Path) -> None:
    told = printed("measure", *vectors(tmp_path), "--judgements", tmp_path / "judgements.tsv")
    assert (told["queries"], told["passages"]) == (3, 6)
    assert told["measures"] == {
        "MAP": 1.0,
        "MRR": 1.0,
        "R@1": 1.0,
        "R@10": 1.0,
        "nDCG@10": 1.0,
        "rank-distance": None,
    }
    assert set(told["per_query"]) == {"0", "1", "2"}


def test_measure_takes_passages_in_several_files(tmp_path: Path) -> None:
    whole, judged = vectors(tmp_path), ["--judgements", tmp_path / "judgements.tsv"]
    parts: list[str | Path] = whole[:2]
    for name, rows in zip("ab", np.split(np.load(tmp_path / "passages.npy"), [2]), strict=True):
        np.save(tmp_path / f"{name}.npy", rows)
        (tmp_path / name).write_text("".join(f"{row}\n" for row in ((0, 1) if name == "a" else (2, 3, 4, 5))))
        parts += ["--passages", tmp_path / f"{name}.npy"]
    told = printed("measure", *whole, *judged, "--write-run", tmp_path / "whole")
    ids = ["--passage-ids", tmp_path / "a", "--passage-ids", tmp_path / "b"]
    assert printed("measure", *parts, *ids, *judged, "--write-run", tmp_path / "parts") == told
    assert (tmp_path / "parts").read_text() == (tmp_path / "whole").read_text()
    with pytest.raises(UsageError, match="expected every id once, found '0'"):
        run("measure", *parts, *ids[:2], *ids[:2], *judged)


def test_measure_reads_a_run(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("q1 Q0 a 1 0.9 x\nq1 Q0 b 2 0.8 x\n")
    (tmp_path / "qrels").write_text("q1\tb\t1\n")
    told = printed("measure", "--run", tmp_path / "run", "--judgements", tmp_path / "qrels")
    assert told["measures"]["MRR"] == 0.5


def test_measure_writes_the_run_that_it_would_measure_alike(tmp_path: Path) -> None:
    judged = ["--judgements", tmp_path / "judgements.tsv"]
    told = printed("measure", *vectors(tmp_path), *judged, "--write-run", tmp_path / "out/run")
    assert len((tmp_path / "out/run").read_text().splitlines()) == 3 * 6
    assert printed("measure", "--run", tmp_path / "out/run", *judged) == told
    printed("measure", *vectors(tmp_path), *judged, "--write-run", tmp_path / "short", "--depth", "2")
    assert [line.split()[3] for line in (tmp_path / "short").read_text().splitlines()] == ["1", "2"] * 3
    with pytest.raises(UsageError, match="or --run alone"):
        run("measure", "--run", tmp_path / "short", *judged, "--write-run", tmp_path / "again")
    with pytest.raises(UsageError, match="expected a place to write to"):
        run("measure", *vectors(tmp_path), *judged, "--write-run", tmp_path / "short/run")


def test_measure_wants_vectors_or_a_run(tmp_path: Path) -> None:
    vectors(tmp_path)
    with pytest.raises(UsageError, match="--queries and --passages, or --run alone"):
        run("measure", "--judgements", tmp_path / "judgements.tsv")


def test_lock_is_refused_over_evidence_unless_a_reason_is_given(claims: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    assert run("lock", claims, "--reports", reports).exit_code == 0
    before = (claims / "lock.json").read_bytes()
    measure = [sys.executable, "-m", "pytest", "claims", "--cache", "only-cache", "--store", "store"]
    subprocess.run([*measure, "--rootdir", "."], cwd=tmp_path, check=True, capture_output=True)
    claim = claims / "c71-tiny.yaml"
    claim.write_text(claim.read_text().replace('margin: "0.01"', 'margin: "0.50"'))
    with pytest.raises(LockRefused, match="new entries in c71"):
        run("lock", claims, "--reports", reports)
    assert (claims / "lock.json").read_bytes() == before
    run("lock", claims, "--reports", reports, "--break", "a slip of the pen")
    breaks = json.loads((claims / "lock.json").read_text())["breaks"]
    assert [(one["reason"], one["changed"]) for one in breaks] == [("a slip of the pen", ["c71"])]


def test_report_wants_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a reports folder"):
        run("report", "--reports", tmp_path / "none")


def test_report_writes_a_page_from_what_stands(tmp_path: Path) -> None:
    result = run("report", "--reports", tmp_path)
    assert result.stdout.strip() == str(tmp_path / "index.html")
    assert "<html" in (tmp_path / "index.html").read_text()


def test_report_prints_the_same_verdicts_as_markdown_and_json(tmp_path: Path) -> None:
    (tmp_path / "verdicts").mkdir()
    (tmp_path / "verdicts" / "c01.atlas.json").write_text("{}")
    told = json.loads(run("report", "--reports", tmp_path, "--format", "json").stdout)
    assert told["schema"] == "urn:harness:report:1"
    assert [file["path"] for file in told["refused"]] == ["verdicts/c01.atlas.json"]
    printed = run("report", "--reports", tmp_path, "--format", "markdown").stdout
    assert "There is no verdict in this folder." in printed
    assert "- verdicts/c01.atlas.json: expected schema" in printed
    assert not (tmp_path / "index.html").exists()


def test_report_opens_the_page_in_the_browser_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setattr(webbrowser, "_tryorder", None)  # asked anew, as in a process of its own
    run("report", "--reports", tmp_path, "--open")
    assert (tmp_path / "opened").read_text().strip() == (tmp_path / "index.html").as_uri()
    with pytest.raises(UsageError, match="expected --open with the page alone"):
        run("report", "--reports", tmp_path, "--open", "--format", "json")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan", "nowhere"], "expected claims"),
        (["plan", "--scope", "nowhere"], "expected one of atlas, atlas-second, lareqa or a file"),
        (["measure", "--judgements", "nowhere"], "--queries"),
        (["nonsense"], "No such command"),
    ],
)
def test_refusals_exit_2_with_words_and_no_traceback(root: Path, arguments: list[str], words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == REFUSED
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_whoever_measures_before_the_lock_has_to_say_why(claims: Path, tmp_path: Path) -> None:
    measure = [sys.executable, "-m", "pytest", "claims", "--cache", "only-cache", "--store", "store"]
    subprocess.run([*measure, "--rootdir", "."], cwd=tmp_path, check=True, capture_output=True)
    with pytest.raises(LockRefused, match="new entries in c71"):
        run("lock", claims, "--reports", tmp_path / "reports")
    verdict = next((tmp_path / "reports/verdicts").iterdir())
    verdict.write_text(verdict.read_text().replace("c71", "c17"))  # refused as a verdict, still evidence
    with pytest.raises(LockRefused, match="new entries in c71"):
        run("lock", claims, "--reports", tmp_path / "reports")


def test_lock_holds_a_scope_given_by_path_and_is_for_folders(root: Path, claims: Path, tmp_path: Path) -> None:
    run("lock", claims, "--scope", root / SCOPE, "--reports", tmp_path / "none")
    run("lock", claims, "--reports", tmp_path / "none")
    assert set(json.loads((claims / "lock.json").read_text())["scopes"]) == {"atlas", "atlas-second", "lareqa", "tiny"}
    with pytest.raises(UsageError, match="expected a folder of claims"):
        run("lock", claims / "c71-tiny.yaml", "--reports", tmp_path / "none")
