"""The command `harness judge`: what it prints, and that it never exits 0 on failure."""

from __future__ import annotations

import csv
import io
import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from harness.command import cli
from harness.errors import FileFaults, UsageError
from harness.records.ruling import Ruling
from harness.seeds import generator
from harness.verify import judge_scores

CLUSTERS = 12


def judge(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["judge", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def c02(root: Path) -> Path:
    return next((root / "claims").glob("c02-*.yaml"))


@pytest.fixture
def scores(c02: Path, tmp_path: Path) -> Path:
    """A template filled in for two languages, with hybrid well above the others."""
    rows = []
    for row in csv.DictReader(io.StringIO(judge(c02, "--template").stdout)):
        for seed in range(5):
            for language in ("de", "en"):
                for number in range(CLUSTERS):
                    query = f"{language}-{number}"
                    noise = generator(row["side"], row["check"].partition("/")[2], seed, query).normal(0, 0.02)
                    value = {"hybrid": 0.7}.get(row["side"], 0.6) + generator(query).normal(0, 0.05) + noise
                    filled = {"seed": seed, "query": query, "value": value, "cluster": number, "language": language}
                    rows.append(row | filled)
    pd.DataFrame(rows).to_csv(tmp_path / "scores.csv", index=False)
    return tmp_path / "scores.csv"


def test_exact_the_template_is_a_header_and_empty_rows(c02: Path) -> None:
    result = judge(c02, "--template")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "check,side,seed,query,value,cluster,language",
        "over-x-y/xquad-r/xlm-r,hybrid,,,,,",
        "over-x-y/xquad-r/xlm-r,x-y,,,,,",
    ]


def test_itself_json_is_what_the_python_call_returns(c02: Path, scores: Path) -> None:
    result = judge(c02, "--scores", scores, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert told == judge_scores(c02, scores).answer.plain()
    assert set(told["checks"][0]) == set(Ruling.model_fields) - {"cited"}  # left out where it is empty


def test_itself_parquet_is_judged_as_the_same_file_in_csv_is(c02: Path, scores: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(scores)
    frame.sample(frac=1, random_state=1).to_parquet(tmp_path / "scores.parquet", index=False)
    told = [judge(c02, "--scores", file, "--json").stdout for file in (scores, tmp_path / "scores.parquet")]
    assert told[0] == told[1]


def test_exact_the_table_shows_the_interval_that_decides_each_check(c02: Path, scores: Path) -> None:
    lines = judge(c02, "--scores", scores).stdout.splitlines()
    answer = judge_scores(c02, scores).answer
    assert lines[0].startswith(f"c02 {answer.outcome} (statistics only; scope atlas, scale reduced): ")
    assert len(lines) == 1 + len(answer.checks) + 1
    first = answer.checks[0]
    assert lines[1].startswith(f"over-x-y on xquad-r: {first.outcome}; hybrid above x-y: 0.")
    assert f"] MAP, wanted above 0; 5 seeds, {CLUSTERS} clusters, {2 * CLUSTERS} queries" in lines[1]
    low, high = (float(bound) for bound in lines[1].partition("[")[2].partition("]")[0].split(", "))
    assert (low, high) == pytest.approx((first.low, first.high), rel=6e-3)
    assert "; hybrid comparable-or-above x-x-mono by 0.01: " in lines[3]
    assert ", not required: " in lines[5]
    assert lines[-1] == "not applied: floor, regime, controls, neighbours, lock, seal, attack"


def test_exact_the_lock_is_told_beside_the_answer_and_never_within_json(
    c02: Path, scores: Path, tmp_path: Path
) -> None:
    other = tmp_path / "claims"
    other.mkdir()
    for name in (c02.name, "c02_hybrid_monolingual.py"):
        (other / name).write_bytes((c02.parent / name).read_bytes())
    (other / "paper").symlink_to(c02.parent / "paper")
    plain, told = (judge(other / c02.name, "--scores", scores, *more) for more in ((), ("--json",)))
    assert plain.stdout.splitlines()[-1].startswith("lock: no lock.json lies beside the claim")
    assert json.loads(told.stdout)["claim"] == "c02"
    assert told.stderr.startswith("lock: no lock.json")


@pytest.mark.parametrize("options", [[], ["--scores", "s.csv", "--template"], ["--template", "--json"]])
def test_exact_options_that_ask_for_nothing_or_for_two_things_are_refused(c02: Path, options: list[str]) -> None:
    with pytest.raises(UsageError, match=r"expected --scores FILE .* or --template alone"):
        judge(c02, *options)


def test_exact_faults_come_with_path_and_line(c02: Path, scores: Path) -> None:
    scores.write_text(scores.read_text().replace("hybrid", "bm25", 1))
    with pytest.raises(FileFaults, match=r"scores\.csv:2: expected one of the sides hybrid, x-y of over-x-y/xquad-r"):
        judge(c02, "--scores", scores)


def test_other_process_exits_0_where_judged_and_2_where_refused(c02: Path, scores: Path) -> None:
    command = [sys.executable, "-m", "harness", "judge", str(c02), "--scores"]
    done = subprocess.run([*command, str(scores)], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    scores.write_text(scores.read_text().replace("0.", "nan0.", 1))
    refused = subprocess.run([*command, str(scores)], capture_output=True, text=True, check=False, timeout=60)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(
        f"harness: {scores}:2: expected a finite number with a decimal point, found 'nan0."
    )
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "level", "line", "wanted"),
    [
        ("c06", 0.6, "hybrid below x-x-mono: 0.", "below"),
        ("c08", 0.6, "hybrid comparable-or-below x-y by 0.05: 0.07", "below"),
        ("c12", 0.4, "hybrid@0.4 equivalent hybrid by 0.01: 0.09", "below"),  # too high, so the upper half is shown
        ("c12", 0.6, "hybrid@0.4 equivalent hybrid by 0.01: -0.09", "above"),
        ("c10", 0.6, "order: ", "above"),
    ],
)
def test_exact_the_table_says_on_which_side_of_0_support_lies(
    root: Path, tmp_path: Path, name: str, level: float, line: str, wanted: str
) -> None:
    path = next((root / "claims").glob(f"{name}-*.yaml"))
    rows = []
    for row in csv.DictReader(io.StringIO(judge(path, "--template").stdout)):
        for seed, at in itertools.product(range(5), range(CLUSTERS)):
            noise = generator(row["side"], row["check"].partition("/")[2], row.get("setting", ""), seed, at)
            value = (level if row["side"] == "hybrid" else 0.5) + noise.normal(0, 1e-4)
            language = "de>en" if row.get("setting") == "crosslingual" else "de"
            rows.append(row | {"seed": seed, "query": f"q{at}", "value": value, "cluster": at, "language": language})
    pd.DataFrame(rows).to_csv(tmp_path / "scores.csv", index=False)
    told = judge(path, "--scores", tmp_path / "scores.csv").stdout.splitlines()
    (shown,) = {one.partition("wanted ")[2].partition(" 0")[0] for one in told if f"; {line}" in one}
    assert shown == wanted


def test_other_process_the_commands_work_as_they_are_typed(root: Path, tmp_path: Path) -> None:
    """As somebody types them: the template first, then what it became."""
    claim = "claims/c06-bias-below-monolingual-xquad.yaml"
    shutil.copytree(root / "claims", tmp_path / "claims", ignore=shutil.ignore_patterns("__pycache__"))

    def typed(*options: str) -> str:
        command = [sys.executable, "-m", "harness", "judge", claim, *options]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    rows = [
        row
        | {"seed": seed, "query": f"q{at}", "cluster": at, "language": "en"}
        | {"value": generator(row["side"], row["check"].rpartition("/")[2], seed, at).random()}
        for row in csv.DictReader(io.StringIO(typed("--template")))
        for seed, at in itertools.product(range(5), range(CLUSTERS))
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "scores.csv", index=False)
    assert typed("--scores", "scores.csv").startswith("c06 ")
