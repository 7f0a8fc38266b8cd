# ruff: noqa: E501 - the table of faults reads best with one case per line
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from claim_folder import changed
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.claimfile.scopes import find_scope, packaged_scopes, read_scope
from harness.errors import FileFaults, UsageError
from harness.records.scope import BeirBinding, LareqaBinding, Scope, TaughtBinding, taught_languages

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
settings: {steps: 3, batch: 8, learning_rate: 0.01, weight_decay: 0.01, temperature: 0.05}
chosen_by: tests
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
    "another part": ("part: mlqa-r", "part: pairs", 9, "part xquad-r or mlqa-r or miracl, found pairs"),
    "a dataset of another draw": ("source: atlas, part: mlqa-r", "source: atlas-second, part: mlqa-r", 9, "the source of training, found atlas-second"),
    "sentences of another draw": ("source: atlas, part: parallel", "source: atlas-second, part: parallel", 13, "the source of training, found atlas-second"),
    "a name that means something else": ("  mlqa-r: {", "  validation: {", 9, "another name than pairs, parallel, validation"),
    "pairs of another part": ("part: pairs", "part: parallel", 12, "part pairs, found parallel"),
    "sentences of another part": ("part: parallel", "part: pairs", 13, "part parallel, found pairs"),
    "no source": ("{source: atlas, part: mlqa-r", "{part: mlqa-r", 9, "the key datasets.mlqa-r.source, found none; add it"),
    "a key of another source": ("part: mlqa-r, languages: [de, vi]", "part: mlqa-r, languages: [de, vi], folder: x", 9, "a known key (facts, languages, part, source), found 'folder'"),
    "a real part that is none": ("{source: atlas, part: mlqa-r, languages: [de, vi]}", "{source: lareqa, part: miracl, languages: [de]}", 9, 'datasets.mlqa-r.part: xquad-r or mlqa-r, found "miracl"'),
    "a language that the real files lack": ("{source: atlas, part: mlqa-r, languages: [de, vi]}", "{source: lareqa, part: mlqa-r, languages: [de, el]}", 9, "a language of lareqa mlqa-r (ar, de, en, es, hi, vi, zh), found el"),
    "a real language twice": ("{source: atlas, part: mlqa-r, languages: [de, vi]}", "{source: lareqa, part: mlqa-r, languages: [de, de]}", 9, "each language once, found de again"),
    "facts of real files": ("{source: atlas, part: mlqa-r, languages: [de, vi]}", "{source: lareqa, part: mlqa-r, languages: [de], facts: 3}", 9, "a known key (languages, part, source), found 'facts'"),
    "no folder": ("{source: atlas, part: mlqa-r, languages: [de, vi]}", "{source: beir, split: dev}", 9, "the key datasets.mlqa-r.folder, found none"),
    "a split for a path": ("{source: atlas, part: mlqa-r, languages: [de, vi]}", "{source: beir, folder: a, split: ../b}", 9, "datasets.mlqa-r.split: a name of letters, digits"),
    "an odd language of a folder": ("{source: atlas, part: mlqa-r, languages: [de, vi]}", "{source: beir, folder: a, language: German}", 9, "datasets.mlqa-r.language: the code of a language"),
    "training on real files": ("training: {source: atlas, part: pairs", "training: {source: lareqa, part: pairs", 12, 'training.part: other, found "pairs"'),
    "training on real files for others": ("training: {source: atlas, part: pairs", "training: {source: lareqa, part: other", 8, "lareqa, which the other set trains for, found atlas"),
    "pre-training on others": ("training: {source: atlas, part: pairs", "training: {source: lareqa, part: other", 13, "lareqa, the source of training, found atlas"),
    "another source": ("source: atlas, part: mlqa-r", "source: web, part: mlqa-r", 9, 'datasets.mlqa-r.source: one of atlas, atlas-second, lareqa, beir, found "web"'),
    "training beyond pretraining": ("languages: [de, en]}", "languages: [de, hi]}", 12, "a language that pretraining covers, found hi"),
    "unknown files": ("source: lareqa, part: xquad-r", "source: lareqa, part: squad", 11, "mlqa-r, xquad-r, found squad"),
    "no base": ("bases:\n  xlm-r: {buckets: 512, width: 16, dimensions: 16, shortest: 2, longest: 3, dose: 4, batch: 8, learning_rate: 0.01, temperature: 0.05}", "bases: {}", 5, "at least one base"),
    "short beyond long": ("shortest: 2", "shortest: 4", 6, "at most longest (3), found 4"),
    "more dimensions than width": ("dimensions: 16", "dimensions: 17", 6, "at most width (16), found 17"),
    "a claim's odd id": ("c01: 7", "claim1: 7", 16, "an id such as c01"),
    "a name for a path": ("name: small", "name: ../small", 2, "a name of letters, digits"),
}  # fmt: skip

TUNED = """schema: urn:harness:scope:1
name: small
scale: reduced
sentence: On little
bases:
  xlm-r: {buckets: 512, width: 16, dimensions: 16, shortest: 2, longest: 3, dose: 4, batch: 8, learning_rate: 0.01, temperature: 0.05}
datasets:
  miracl: {source: atlas, part: miracl, languages: [bn, zh]}
training: {source: atlas, part: pairs, languages: [ar, zh, en, de, hi, ru, es, th, tr]}
pretraining: {source: atlas, part: parallel, languages: [ar, zh, en, de, hi, ru, es, th, tr, bn]}
validation: {source: atlas, part: validation, languages: [de, en, es]}
settings: {steps: 3, batch: 8, learning_rate: 0.01, weight_decay: 0.01, temperature: 0.05}
chosen_by: tests
regimes:
  xlm-r: {low: 0.8, high: 0.9, paper: 0.85}
grid:
  learning_rates: [0.003, 0.01, 0.03]
  temperatures: [0.03, 0.05]
  doses: {xlm-r: [100, 200]}
  seeds: [900, 901]
  pilot_seeds: [950, 951, 952]
folds: 3
seeds: {c14: 12}
seeds_otherwise: 5
control_seeds: 3
"""
TUNED_BAD: dict[str, tuple[str, str, int, str]] = {
    "a language that the sets lack": ("[bn, zh]", "[bn, de]", 8, "a language of atlas miracl (ar, "),
    "validation of another part": ("part: validation", "part: xquad-r", 11, "part validation, found xquad-r"),
    "validation of another draw": ("source: atlas, part: validation", "source: atlas-second, part: validation", 11, "the source of training, found atlas-second"),
    "validation of unknown languages": ("[de, en, es]", "[de, sw]", 11, "a language of atlas validation ("),
    "nothing to judge a regime on": ("validation: {source: atlas, part: validation, languages: [de, en, es]}\n", "", 13, "a binding of validation for regimes, found none; add validation"),
    "nothing to judge a grid on": ("validation: {source: atlas, part: validation, languages: [de, en, es]}\n", "", 15, "a binding of validation for grid"),
    "a regime of an unknown base": ("  xlm-r: {low", "  labse: {low", 15, "a base of this scope (xlm-r), found labse"),
    "an empty regime": ("low: 0.8", "low: 0.95", 15, "at most high (0.9), found 0.95"),
    "a grid without values": ("[0.003, 0.01, 0.03]", "[]", 17, "a list of at least 1"),
    "a grid without temperatures": ("  temperatures: [0.03, 0.05]\n", "", 16, "the key grid.temperatures, found none"),
    "a grid in disorder": ("[0.003, 0.01, 0.03]", "[0.01, 0.003, 0.03]", 17, "values from least to greatest, each once, found 0.01, 0.003, 0.03"),
    "a value twice": ("[0.03, 0.05]", "[0.05, 0.05]", 18, "each once, found 0.05, 0.05"),
    "a middle that is none": ("[0.003, 0.01, 0.03]", "[0.01, 0.02, 0.03]", 12, "the middle of the grid (0.01, 0.02, 0.03), found 0.01"),
    "another middle that is none": ("[0.03, 0.05]", "[0.02, 0.03]", 12, "the middle of the grid (0.02, 0.03), found 0.05"),
    "a base without doses": ("{xlm-r: [100, 200]}", "{}", 19, "doses to try for xlm-r, each once, found none"),
    "no dose": ("[100, 200]", "[]", 19, "doses to try for xlm-r, each once, found none"),
    "a dose twice": ("[100, 200]", "[100, 100]", 19, "found 100, 100"),
    "doses of an unknown base": ("{xlm-r: [100, 200]}", "{xlm-r: [100], labse: [5]}", 19, "a base of this scope (xlm-r), found labse"),
    "a seed of a claim": ("[900, 901]", "[900, 11]", 20, "a seed that no claim is measured with (12 or more), found 11"),
    "a pilot on the seed of a claim": ("[950, 951, 952]", "[950, 0]", 21, "a seed that no claim is measured with (12 or more), found 0"),
    "a seed twice": ("[900, 901]", "[900, 900]", 20, "each seed of tuning and pilot once, found 900 again"),
    "a seed for both": ("[950, 951, 952]", "[950, 901]", 21, "each seed of tuning and pilot once, found 901 again"),
    "a pilot without spread": ("[950, 951, 952]", "[950]", 21, "a list of at least 2"),
    "folds that leave no partners": ("folds: 3", "folds: 1", 22, "every language to keep at least 4 partners, found 0 for ar in fold 0 of 1 over 9 languages; train on more"),
    "too few languages for folds": ("[ar, zh, en, de, hi, ru, es, th, tr]", "[ar, zh, en, de]", 22, "for ar in fold 0 of 3 over 4 languages"),
    "half a fold": ("folds: 3", "folds: 1.5", 22, "folds: a whole number"),
    "no control": ("control_seeds: 3", "control_seeds: 0", 25, "at least 1, found 0"),
    "a choice by hand": ("folds: 3", "chosen: {xlm-r: {dose: 5, arms: {}}}\nfolds: 3", 22, "nothing chosen by hand where there is a grid"),
    "a choice for an unknown base": ("folds: 3", "chosen: {labse: {dose: 5, arms: {}}}\nfolds: 3", 22, "a base of this scope (xlm-r), found labse"),
    "a choice for an unknown arm": ("folds: 3", "chosen: {xlm-r: {dose: 5, arms: {hybrid@0.4: [0.01, 0.05]}}}\nfolds: 3", 22, "one of x-x-mono, x-y, hybrid, found hybrid@0.4"),
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


@pytest.mark.parametrize("name", TUNED_BAD)
def test_exact_one_fault_of_tuning_or_folds_is_told_on_its_line(tmp_path: Path, name: str) -> None:
    old, new, line, said = TUNED_BAD[name]
    path = lay(tmp_path, changed(TUNED, old, new))
    with pytest.raises(FileFaults) as refused:
        read_scope(path)
    told = [str(fault) for fault in refused.value.faults]
    assert any(one.startswith(f"{path}:{line}: expected ") and said in one for one in told), told


def test_exact_a_scope_with_a_grid_folds_and_regimes_is_read(tmp_path: Path) -> None:
    scope = read_scope(lay(tmp_path, TUNED))
    assert scope.grid is not None
    assert (scope.folds, scope.control_seeds, scope.grid.pilot_seeds) == (3, 3, (950, 951, 952))
    assert scope.recipe_of("xlm-r").dose == 4
    grid = TUNED.index("grid:")
    fixed = TUNED[:grid] + "chosen: {xlm-r: {dose: 9, arms: {x-y: [0.02, 0.1]}}}\n" + TUNED[TUNED.index("folds:") :]
    scope = read_scope(lay(tmp_path, fixed))
    assert scope.recipe_of("xlm-r").dose == 9
    assert scope.settings_of("xlm-r", "x-y").temperature == 0.1
    assert scope.settings_of("xlm-r", "hybrid") == scope.settings


def test_exact_real_files_and_folders_stand_beside_the_atlas(tmp_path: Path) -> None:
    """A folder is named from the scope file, and where that lies is no part of what is locked."""
    more = "  real: {source: lareqa, part: mlqa-r, languages: [vi, de]}\n  mine: {source: beir, folder: sets/mine}\n"
    scopes = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        scopes.append(read_scope(lay(tmp_path / name, changed(GOOD, "counted:\n", f"{more}counted:\n"))))
    assert scopes[0].fingerprint() == scopes[1].fingerprint()
    assert Scope.model_validate(scopes[0].plain(), strict=False).fingerprint() == scopes[0].fingerprint()
    real, mine = scopes[0].datasets["real"], scopes[0].datasets["mine"]
    assert real == LareqaBinding(source="lareqa", part="mlqa-r", languages=("vi", "de"))
    assert isinstance(mine, BeirBinding)
    assert (mine.split, mine.language, mine.place) == ("test", None, tmp_path / "one/sets/mine")


def test_exact_what_was_locked_of_the_atlas_has_the_form_it_had(tmp_path: Path) -> None:
    plain = read_scope(lay(tmp_path, GOOD)).plain()["datasets"]
    assert plain == {
        "xquad-r": {"source": "atlas", "part": "xquad-r", "languages": ["de", "en", "es"], "facts": 12},
        "mlqa-r": {"source": "atlas", "part": "mlqa-r", "languages": ["de", "vi"], "facts": None},
    }


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
    data = (GOOD if len(edits) > 1 else TUNED).encode()
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


def test_exact_each_real_set_has_the_other_side(root: Path) -> None:
    scope = read_scope(root / "fixtures/scopes/lareqa-tiny.yaml")
    assert [side.name for side in scope.sides()] == ["xquad-r", "mlqa-r"]
    side = scope.side("validation-xquad-r")
    assert side == scope.side("xquad-r")
    assert (side.text("pairs"), side.text("validation")) == ("pairs-xquad-r", "validation-xquad-r")
    assert isinstance(side.training, TaughtBinding)
    assert (side.training.part, side.training.tested, side.training.facts) == ("mlqa-r", "xquad-r", 60)
    assert taught_languages(side.pretraining) == ("de", "es", "zh")
    with pytest.raises(ValueError, match="that is tested"):
        scope.side("miracl")


def test_exact_all_of_an_atlas_share_one_side() -> None:
    scope = read_scope(find_scope("atlas"))
    assert [side.name for side in scope.sides()] == [""]
    assert scope.side("xquad-r") == scope.side("validation") == scope.sides()[0]
    assert scope.side("miracl").text("pairs") == "pairs"
