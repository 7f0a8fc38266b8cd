"""Oracle: each file of fixtures/hostile says what must become of it behind a seal, and where it succeeds.

An attempt that fails everywhere shows nothing, so each is made without walls too. Where it cannot
succeed even there, its docstring says why.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hostile_host import Became, Hostile, planted, read_hostile

from harness.court.sandbox import Enclosure

FOLDER = Path(__file__).resolve().parents[2] / "fixtures/hostile"
HOSTILE = {path.stem: read_hostile(path) for path in sorted(FOLDER.glob("*.py"))}
PROMISES = {"harmless", "script_error", "timeout"}
CONTRADICTED = """accepted:
  tiny:
    status: FALSIFIED
    outcome: contradicted
    verification: sound
    cause: null
    date: "2026-01-01"
    reason: as measured
"""
LEAVES_SOMETHING = ("daemon", "write_temporary", "call_by_32_bits")
"""What shows only when it runs alone."""

REFUSED = [one for name, one in HOSTILE.items() if one.open_to and name not in LEAVES_SOMETHING]


def become(folder: Path, hostile: Hostile, enclosure: Enclosure) -> Became:
    with planted(folder) as host:
        return host.run(hostile, enclosure)


@pytest.mark.parametrize("name", HOSTILE)
def test_exact_a_hostile_script_gets_what_its_promise_says_and_no_more(
    tmp_path: Path, name: str, sealed: Enclosure
) -> None:
    hostile = HOSTILE[name]
    became = become(tmp_path, hostile, sealed)
    assert sealed.seal.tier == "T1"
    assert hostile.promise in PROMISES
    assert (hostile.promise, became.words) == (became.how, became.words)
    assert re.search(hostile.words, became.words), became.words


@pytest.mark.parametrize("where", ["T2", "bare"])
def test_exact_attempts_are_real_ones(tmp_path: Path, where: str, landlocked: Enclosure, bare: Enclosure) -> None:
    enclosure = {"T2": landlocked, "bare": bare}[where]
    with planted(tmp_path) as host:
        succeeded = host.run_together(REFUSED, enclosure)
    assert succeeded == {hostile.path.stem for hostile in REFUSED if hostile.succeeds_in(where)}


@pytest.mark.parametrize("where", ["T2", "bare"])
@pytest.mark.parametrize("name", LEAVES_SOMETHING)
def test_exact_attempts_that_leave_something_are_real_ones(
    tmp_path: Path, name: str, where: str, landlocked: Enclosure, bare: Enclosure
) -> None:
    hostile = HOSTILE[name]
    became = become(tmp_path, hostile, {"T2": landlocked, "bare": bare}[where])
    assert became.how == ("reached" if hostile.succeeds_in(where) else hostile.promise), became.words


@pytest.mark.parametrize("accepted", ["", CONTRADICTED])
def test_exact_a_timeout_hides_no_contradiction(pytester: pytest.Pytester, root: Path, accepted: str) -> None:
    """A script that never answers is drift, and its verdict says that it was one: the claim's test fails."""
    folder = pytester.path / "claims"
    shutil.copytree(root / "fixtures/claims/tiny", folder)
    text = (folder / "c71-tiny.yaml").read_text(encoding="utf-8")
    (folder / "c71-tiny.yaml").write_text(text + accepted, encoding="utf-8")
    shutil.copy(FOLDER / "hang.py", folder / "c71_tiny.py")
    scope = (root / "fixtures/scopes/tiny.yaml").read_text(encoding="utf-8")
    (pytester.path / "hasty.yaml").write_text(scope.replace("script_seconds: 20", "script_seconds: 1"), "utf-8")
    pytester.makeini("[pytest]")
    result = pytester.runpytest_subprocess(
        *("claims", "--scope", "hasty.yaml", "--store", "store", "-p", "no:cacheprovider")
    )
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    told = json.loads((pytester.path / "reports/verdicts/c71.tiny.json").read_text(encoding="utf-8"))
    assert (told["status"], told["cause"], told["outcome"]) == ("UNVERIFIED", "timeout", "untested")
    result.stdout.fnmatch_lines(
        ["*accepted.tiny expected FALSIFIED, contradicted*timeout*" if accepted else "*timeout*"]
    )


def test_exact_there_are_attempts_of_every_kind() -> None:
    for kind in ("socket", "read", "import", "write", "take", "forge", "call"):
        assert len([name for name in HOSTILE if name.startswith(kind)]) >= 3
