# ruff: noqa: E501 - the table of faults reads best with one case per line
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from claim_folder import changed
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.claimfile.scopes import find_scope, packaged_scopes, read_scope
from harness.errors import FileFaults, UsageError
from harness.records.scope import Scope

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """schema: urn:harness:scope:1
name: small
scale: reduced
sentence: On little
bases:
  xlm-r: {buckets: 512, width: 16, dimensions: 16, shortest: 2, longest: 3, dose: 4, batch: 8, learning_rate: 0.01, temperature: 0.05}
datasets:
  xquad-r: {source: atlas, part: xquad-r, languages: [de, en, es], facts: 12}
  mlqa-r: {source: atlas, part: mlqa-r, languages: [de, vi]}
counted:
  xquad-r: {source: lareqa, part: xquad-r}
training: {source: atlas, part: pairs, languages: [de, en]}
pretraining: {source: atlas, part: parallel, languages: [de, en, es]}
settings: {steps: 3, batch: 8, learning_rate: 0.01, weight_decay: 0.01, temperature: 0.05, chosen_by: tests}
seeds: {c01: 7}
seeds_otherwise: 5
"""
BAD: dict[str, tuple[str, str, int, str]] = {
    "unknown key": ("scale: reduced", "scal: reduced", 3, "did you mean scale?"),
    "unknown key of a base": ("dose: 4", "doze: 4", 6, "did you mean dose?"),
    "unknown key of a dataset": ("facts: 12", "fact: 12", 8, "did you mean facts?"),
    "missing key": ("seeds_otherwise: 5\n", "", 1, "the key seeds_otherwise"),
    "duplicate key": ("name: small", "name: small\nname: b", 3, "stands on line 2"),
    "a quoted number": ("dose: 4", 'dose: "4"', 6, 'bases.xlm-r.dose: a whole number, found "4"'),
    "half a step": ("steps: 3", "steps: 3.5", 14, "a whole number, found 3.5"),
    "no steps": ("steps: 3", "steps: 0", 14, "a number of at least 1, found 0"),
    "one row": ("settings: {steps: 3, batch: 8", "settings: {steps: 3, batch: 1", 14, "at least 2, found 1"),
    "a rate of 1": ("batch: 8, learning_rate: 0.01, temperature", "batch: 8, learning_rate: 1, temperature", 6, "below 1"),
    "no rate": ("batch: 8, learning_rate: 0.01, temperature", "batch: 8, learning_rate: 0, temperature", 6, "above 0"),
    "no language": ("languages: [de, en, es], facts", "languages: [de, no], facts", 8, "(ar, de, el, en, es, hi, ru, th, tr, vi, zh), found no"),
    "a language that the part lacks": ("languages: [de, vi]", "languages: [de, ru]", 9, "a language of atlas mlqa-r (ar, de, en, es, hi, vi, zh), found ru"),
    "a language twice": ("languages: [de, vi]", "languages: [de, de]", 9, "each language once, found de again"),
    "no languages": ("languages: [de, vi]", "languages: []", 9, "a list of at least 1"),
    "another part": ("part: mlqa-r", "part: pairs", 9, "part xquad-r or mlqa-r, found pairs"),
    "pairs of another part": ("part: pairs", "part: parallel", 12, "part pairs, found parallel"),
    "sentences of another part": ("part: parallel", "part: pairs", 13, "part parallel, found pairs"),
    "another source": ("source: atlas, part: mlqa-r", "source: web, part: mlqa-r", 9, 'datasets.mlqa-r.source: atlas, found "web"'),
    "training beyond pretraining": ("languages: [de, en]}", "languages: [de, hi]}", 12, "a language that pretraining covers, found hi"),
    "unknown files": ("source: lareqa, part: xquad-r", "source: lareqa, part: squad", 11, "mlqa-r, xquad-r, found squad"),
    "no base": ("bases:\n  xlm-r: {buckets: 512, width: 16, dimensions: 16, shortest: 2, longest: 3, dose: 4, batch: 8, learning_rate: 0.01, temperature: 0.05}", "bases: {}", 5, "at least one base"),
    "short beyond long": ("shortest: 2", "shortest: 4", 6, "at most longest (3), found 4"),
    "more dimensions than width": ("dimensions: 16", "dimensions: 17", 6, "at most width (16), found 17"),
    "a claim's odd id": ("c01: 7", "claim1: 7", 15, "an id such as c01"),
    "a name for a path": ("name: small", "name: ../small", 2, "a name of letters, digits"),
}  # fmt: skip


def lay(folder: Path, text: str | bytes) -> Path:
    path = folder / "small.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_exact_a_good_scope_is_read(tmp_path: Path) -> None:
    scope = read_scope(lay(tmp_path, GOOD))
    assert (scope.seeds_of("c01"), scope.seeds_of("c02")) == (7, 5)
    assert scope.datasets["mlqa-r"].languages == ("de", "vi")


@pytest.mark.parametrize("name", BAD)
def test_exact_one_fault_is_told_on_its_line(tmp_path: Path, name: str) -> None:
    old, new, line, said = BAD[name]
    path = lay(tmp_path, changed(GOOD, old, new))
    with pytest.raises(FileFaults) as refused:
        read_scope(path)
    told = [str(fault) for fault in refused.value.faults]
    assert any(one.startswith(f"{path}:{line}: expected ") and said in one for one in told), told


def test_exact_all_faults_of_a_stage_come_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("[de, vi]", "[de, no]").replace("shortest: 2", "shortest: 9").replace("part: pairs", "part: x")
    with pytest.raises(FileFaults) as refused:
        read_scope(lay(tmp_path, text))
    assert [fault.line for fault in refused.value.faults] == [6, 9, 12]


def test_exact_scopes_come_by_name_or_by_path(tmp_path: Path) -> None:
    assert "atlas" in packaged_scopes()
    for name in packaged_scopes():
        assert read_scope(find_scope(name)).name == name
    path = lay(tmp_path, GOOD)
    assert find_scope(str(path)) == path
    for named in ("nowhere", str(tmp_path), ""):
        with pytest.raises(UsageError, match=r"--scope: expected one of .*atlas.* or a file"):
            find_scope(named)


def test_exact_faults_name_the_file_as_it_was_given(tmp_path: Path) -> None:
    folder = tmp_path / "scopes"
    folder.mkdir()
    with pytest.raises(FileFaults, match=str(folder / "small.yaml")):
        read_scope(lay(folder, b"\xff"))


@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 5), st.binary(max_size=5)), min_size=1, max_size=3
    )
)
@settings(derandomize=True, deadline=None, max_examples=120)
def test_theory_any_change_of_bytes_is_a_scope_or_told(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, bytes]]
) -> None:
    data = GOOD.encode()
    for at, cut, new in edits:
        data = data[:at] + new + data[at + cut :]
    folder = tmp_path_factory.getbasetemp() / "scopes"
    folder.mkdir(exist_ok=True)
    try:
        assert isinstance(read_scope(lay(folder, data)), Scope)
    except FileFaults as refused:
        faults = refused.faults
    else:
        return
    assert all(fault.expected for fault in faults)
