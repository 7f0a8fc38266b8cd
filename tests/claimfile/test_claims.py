# ruff: noqa: E501 - the tables of faults read best with one case per line
from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from claim_folder import ATLAS, COUNTED, GOOD, changed, faults, lay, read
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.claimfile.claims import BrokenClaim, ClaimFile, is_claim, read_claim, read_folder
from harness.codec import sha256
from harness.errors import FileFaults
from harness.records.scope import BeirBinding, LareqaBinding

if TYPE_CHECKING:
    from pathlib import Path

ACCEPTED = (
    "{status: UNVERIFIED, outcome: supported, verification: incomplete, cause: unsealed, date: 2025-11-22, reason: r}"
)
REQUIRED = "required: true\n    measure"


def test_exact_good_claims_are_read(tmp_path: Path) -> None:
    path = lay(tmp_path)
    found = read(path)
    assert found.claim.id == "c01"
    assert [check.id for check in found.claim.checks] == ["lower", "near", "size", "odd", "third", "ranked"]
    assert found.claim.checks[3].weights == {"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0}
    assert found.script_sha256 == sha256((tmp_path / "c01_good.py").read_bytes())
    assert found.paper is not None
    assert found.paper.cells["T1:XLM-R/X-X:mono"] == ".79"
    assert read(lay(tmp_path, COUNTED)).claim.kind == "counted"
    assert read(lay(tmp_path, changed(GOOD, "accepted: {}", f"accepted: {{atlas: {ACCEPTED}}}"))).claim.accepted


def test_exact_withheld_pairs_are_read(tmp_path: Path) -> None:
    text = changed(GOOD, "setting: crosslingual,", "setting: crosslingual, pairs: withheld,")
    assert read(lay(tmp_path, text)).claim.checks[1].pairs == "withheld"


def test_exact_the_claims_of_this_repository_are_read(root: Path) -> None:
    found = read_folder(root / "claims", ATLAS)
    assert len(found) == 14
    assert [one for one in found if isinstance(one, BrokenClaim)] == []


# Each case: what is replaced in the good claim, by what, on which line the fault must stand, what it must say.
BAD: dict[str, tuple[str, str, int, str]] = {
    "unknown key": ("title: A title", "titel: A title", 3, "found 'titel'; did you mean title?"),
    "unknown key of a check": ("    measure: rank-distance\n", "    mesure: rank-distance\n", 14, "did you mean measure?"),
    "unknown key of a citation": ("{cell: S1, v", "{cel: S1, v", 25, "found 'cel'; did you mean cell?"),
    "python's name of a key": ("schema: urn", "schema_: urn", 1, "did you mean schema?"),
    "missing key": ("title: A title\n", "", 1, "the key title, found none; add it"),
    "missing key of a check": ("    relation: below\n", "", 12, "the key checks[0].relation"),
    "duplicate key": ("title: A title", "title: A title\ntitle: B", 4, "stands on line 3"),
    "another type": ("bases: [xlm-r]", "bases: xlm-r", 8, "bases: a list"),
    "a number for a text": ("title: A title", "title: 5", 3, 'write "5"'),
    "a word for a text": ("title: A title", "title: true", 3, "title: a text in quotes, found true without"),
    "nothing": ("title: A title", "title:", 3, "title: a text, found nothing"),
    "an empty text": ("title: A title", 'title: ""', 3, "a text that is not empty"),
    "an unquoted claimed value": ('value: "30.1"', "value: 30.10", 25, 'write "30.10"'),
    "an unquoted margin": ('margin: "0"', "margin: 0", 19, 'write "0"'),
    "a margin in words": ('margin: "0.01"', "margin: 1%", 23, 'digits, as in "0.01"'),
    "a weight that is none": ("hybrid: 2,", "hybrid: 1e999,", 27, "a number that a double can hold, found 1e999"),
    "no language": ("languages: [de, en]", "languages: [de, no]", 23, "a language of xquad-r (ar, de, el"),
    "a name for a language": ("languages: [de, en]", "languages: [German]", 23, "the code of a language"),
    "a language twice": ("languages: [de, en]", "languages: [de, de]", 23, "each language once, found de again"),
    "no languages at all": ("languages: [de, en]", "languages: []", 23, "at least one language"),
    "unknown arm": ("left: hybrid\n    relation: below", "left: hybird\n    relation: below", 16, "found 'hybird'"),
    "alpha beyond 1": ("    right: x-x-mono\n", "    right: hybrid@1.5\n", 18, "hybrid@<alpha in 0..1"),
    "alpha in words": ("    right: x-x-mono\n", "    right: hybrid@half\n", 18, "hybrid@<alpha in 0..1"),
    "unknown arm in weights": ("x-y: -1", "y-x: -1", 27, "found 'y-x'"),
    "unknown dataset": ("datasets: [xquad-r]", "datasets: [squad]", 9, "one of miracl, mlqa-r, xquad-r, found squad"),
    "unknown base": ("bases: [xlm-r]", "bases: [xlm-r, bert]", 8, "one of labse, xlm-r, found bert"),
    "a dataset twice": ("datasets: [xquad-r]", "datasets: [xquad-r, xquad-r]", 9, "each once, found xquad-r again"),
    "unknown measure": ("measure: rank-distance\n", "measure: map\n", 14, "MAP, MRR, R@<k>, nDCG@<k>, rank-distance"),
    "recall at nothing": ("measure: rank-distance\n", "measure: R@0\n", 14, "R@<k>"),
    "unknown setting": ("    setting: multilingual\n", "    setting: all\n", 15, "crosslingual, multilingual or balanced"),
    "unknown relation": ("relation: never-third", "relation: better", 28, "never-third or contrast"),
    "unknown cell": ('T1:XLM-R/X-X:mono", S1', 'T1:XLMR/X-X:mono", S1', 10, "did you mean T1:XLM-R/X-X:mono?"),
    "unknown cited cell": ('right: "T1:XLM-R/X-Y:mono"', 'right: "T1:XLM-R/X-Y:cross"', 21, "a cell of the paper's tables"),
    "another number than the cell's": ('value: "30.1"', 'value: "30.2"', 25, 'what S1 says (30.1), found "30.2"'),
    "a cell without a number": ("{cell: S1, v", "{cell: S3, v", 25, "S3, which says 'much'"),
    "required: maybe": (REQUIRED, "required: maybe\n    measure", 13, "true, false or full"),
    "no reason": ("    reason: any reduction\n", "", 12, "a reason for a required check"),
    "no check is required": ("required: true", "required: full", 11, "at least one check with required: true"),
    "a margin where none is": ('margin: "0"\n', 'margin: "0.1"\n', 19, 'margin "0" for below'),
    "a margin of more than all": ('margin: "0.01"', 'margin: "1.0"', 23, "a margin in [0, 1)"),
    "rank distance in one language": ("    setting: multilingual\n", "    setting: monolingual\n", 15, "multilingual for rank"),
    "the same arm twice": ("    right: x-x-mono\n", "    right: hybrid@0.50\n", 16, "none: both sides are the same"),
    "the same training twice": (
        "left: hybrid\n    relation: below", "left: hybrid@1\n    relation: below", 16, "none: both sides are the same"
    ),
    "two factors": (
        "left: hybrid\n    relation: below\n    right: x-x-mono",
        "left: {sampling: hybrid, base: xlm-r}\n    relation: below\n    right: x-x-mono",
        16, "sampling and base; hold one of them fixed",
    ),
    "a base on one side": (
        "left: hybrid\n    relation: below", "left: {sampling: x-x-mono, base: xlm-r}\n    relation: below", 16, "on both"
    ),
    "a foreign base on a side": (
        "left: hybrid\n    relation: below", "left: {sampling: hybrid, base: labse}\n    relation: below", 16, "(xlm-r)"
    ),
    "one side only": ("    left: hybrid\n", "", 12, "a left side, found none"),
    "no setting": ("    setting: multilingual\n", "", 12, "a setting, found none; add setting"),
    "a key that decides nothing": ("relation: never-third", "relation: never-third, left: hybrid", 28, "decides nothing"),
    "a setting of all three": ("MAP, relation: never-third", "MAP, setting: balanced, relation: never-third", 28, "(id, margin, measure, reason, relation, required), found setting; remove it"),
    "never third by rank distance": ("MAP, relation: never-third", "rank-distance, relation: never-third", 28, "a measure of all three settings"),
    "never third in one language": ("MAP, relation: never-third", "MAP, languages: [de], relation: never-third", 28, "found languages; remove it"),
    "rank distance balanced": ("    setting: multilingual\n", "    setting: balanced\n", 15, "multilingual for rank"),
    "an order of sides": ("relation: order", "relation: order, left: hybrid", 29, "(arms, id, languages, margin, measure, pairs, reason, relation, required, setting), found left"),
    "an order of nothing": (", arms: [hybrid, x-y, x-x-mono]", "", 29, "three different arms, best first, found none"),
    "an order of two": ("[hybrid, x-y, x-x-mono]", "[hybrid, x-y]", 29, "three different arms, best first, found hybrid, x-y"),
    "an order of four": ("[hybrid, x-y, x-x-mono]", "[hybrid, x-y, x-x-mono, hybrid@0.1]", 29, "three different arms"),
    "an order with one arm twice": ("[hybrid, x-y, x-x-mono]", "[hybrid, x-y, hybrid@0]", 29, "three different arms"),
    "an order of unknown arms": ("[hybrid, x-y, x-x-mono]", "[hybrid, y-x, x-x-mono]", 29, "found 'y-x'"),
    "an order with a margin": ("relation: order", 'relation: order, margin: "0.01"', 29, 'margin "0" for order'),
    "an order in no setting": ("setting: balanced, ", "", 29, "a setting, found none; add setting"),
    "arms beside sides": ("    reason: any reduction", "    arms: [hybrid, x-y, x-x-mono]\n    reason: any reduction", 20, "found arms; remove it"),
    "pairs in one pool": ("    reason: any reduction", "    pairs: withheld\n    reason: any reduction", 15, "crosslingual for withheld pairs, found multilingual; pairs are of two languages"),
    "pairs of another kind": ("setting: crosslingual,", "setting: crosslingual, pairs: all,", 22, 'checks[1].pairs: withheld, found "all"'),
    "weights of a level": ("hybrid: 2,", "hybrid: 3,", 27, "weights that sum to 0, found a sum of 1"),
    "weights of nothing": ("{hybrid: 2, x-y: -1, x-x-mono: -1}", "{hybrid: 0, x-y: 0}", 27, "found 0 of hybrid, x-y"),
    "one weight": ("{hybrid: 2, x-y: -1, x-x-mono: -1}", "{hybrid: 0}", 27, "at least two different arms, found hybrid"),
    "an arm under two names": ("{hybrid: 2, x-y: -1, x-x-mono: -1}", "{hybrid: 1, hybrid@0.5: -1}", 27, "two different arms"),
    "claimed of a foreign base": ("{xlm-r: {cell: S1", "{labse: {cell: S1", 25, "one of xlm-r, found labse"),
    "claimed of a base that the sides leave out": (
        "bases: [xlm-r]\n", "bases: [xlm-r, labse]\n", 25, "by how many percent, for each base, found nothing on labse"
    ),
    "no size for reduced-by": (', claimed: {xlm-r: {cell: S1, value: "30.1"}}', "", 24, "by how many percent"),
    "a size from two cells": ('{cell: S1, value: "30.1"}', "{left: S1, right: S2}", 25, "two cells"),
    "a check id twice": ("id: third", "id: lower", 28, "each check id once"),
    "a check id in capitals": ("id: third", "id: Third", 28, "small letters"),
    "the id of another file": ("id: c01", "id: c02", 2, "the id that the file is named by (c01), found c02"),
    "evidence of another kind": ("[trained-encoder]", "[counted-data]", 7, "released-encoder or trained-encoder"),
    "no bases": ("bases: [xlm-r]", "bases: []", 8, "bases for a claim on effectiveness"),
    "a waiver of nothing": ("xlm-r/xquad-r/monolingual", "xlm-r/xquad-r/mono", 31, "such as xlm-r/xquad-r/monolingual"),
    "a waiver of what is checked": ("xlm-r/xquad-r/monolingual", "xlm-r/xquad-r/crosslingual", 31, "where no required check"),
    "an impossible acceptance": (
        "accepted: {}", f"accepted: {{atlas: {ACCEPTED.replace('UNVERIFIED', 'VERIFIED')}}}", 32, "what a verdict can say"
    ),
    "an acceptance without a cause": (
        "accepted: {}", f"accepted: {{atlas: {ACCEPTED.replace('unsealed', 'null')}}}", 32, "let harness accept write it"
    ),
    "an acceptance on no day": (
        "accepted: {}", f"accepted: {{atlas: {ACCEPTED.replace('2025-11-22', '2025-11-31')}}}", 32, "a day such as"
    ),
    "an alias": ("title: A title", "title: &a A title", 3, "a value without an anchor"),
    "a tag": ("title: A title", "title: !!python/name:os.system A title", 3, "a value without a tag"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_exact_one_fault_is_told_on_its_line(tmp_path: Path, name: str) -> None:
    old, new, line, said = BAD[name]
    text = GOOD.replace(old, new) if old == "required: true" else changed(GOOD, old, new)
    path = lay(tmp_path, text)
    told = [str(fault) for fault in faults(path)]
    assert any(one.startswith(f"{path}:{line}: expected ") and said in one for one in told), told


COUNTED_BAD: dict[str, tuple[str, str, str]] = {
    "a name without dataset": ("xquad-r/languages", "languages", "<dataset>/<count>"),
    "a foreign dataset": ("xquad-r/languages", "mlqa-r/languages", "a dataset of this claim (xquad-r)"),
    "another number": ('"11"', '"12"', "what S2 says (11)"),
    "a broken number": ('{cell: S2, value: "11"}', '{cell: S1, value: "30.1"}', "a whole number for a count"),
    "no counts": ('{xquad-r/languages: {cell: S2, value: "11"}}', "{}", "counts to compare"),
    "bases": ("kind: counted", "kind: counted\nbases: [xlm-r]", "no bases for a claim that counts"),
    "trained evidence": ("[counted-data]", "[trained-encoder]", "counted-data for a claim that counts"),
    "a measured check": ("relation: equals", "relation: above, measure: MAP", "equals for a claim of kind counted"),
    "a measure": ("relation: equals", "relation: equals, measure: MAP", "it decides nothing"),
}


@pytest.mark.parametrize("name", COUNTED_BAD)
def test_exact_what_is_wrong_with_counts_is_told(tmp_path: Path, name: str) -> None:
    old, new, said = COUNTED_BAD[name]
    told = "\n".join(map(str, faults(lay(tmp_path, changed(COUNTED, old, new)))))
    assert said in told


def test_exact_all_faults_of_a_stage_come_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    types = GOOD.replace("title: A title", "titel: 1").replace('margin: "0"\n', "margin: 0\n").replace("S1, v", "S1, w")
    found = faults(lay(tmp_path, types))
    assert [fault.line for fault in found] == [1, 3, 19, 25, 25]
    meanings = GOOD.replace("id: c01", "id: c02").replace("[xquad-r]", "[squad]").replace("left: hybrid\n", "left: x\n")
    assert {fault.line for fault in faults(lay(tmp_path, meanings))} >= {2, 9, 16}


def test_exact_a_list_of_broken_items_is_not_called_empty(tmp_path: Path) -> None:
    told = faults(lay(tmp_path, changed(COUNTED, "relation: equals", "relation: equal")))
    assert [fault.line for fault in told] == [10]
    assert "at least 1" not in str(told[0])


def test_exact_a_broken_paper_is_told_with_the_claims_own_faults(tmp_path: Path) -> None:
    path = lay(tmp_path, changed(GOOD, "id: c01", "id: c02"))
    (tmp_path / "paper" / "statements.csv").write_bytes(b"\xff")
    told = [str(fault) for fault in faults(path)]
    assert any("statements.csv:1: expected UTF-8" in fault for fault in told)
    assert any("found c02" in fault for fault in told)
    assert not any("a cell of the paper" in fault for fault in told)


def test_exact_a_claim_without_a_paper_cites_none(tmp_path: Path) -> None:
    path = lay(tmp_path)
    for file in sorted((tmp_path / "paper").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (tmp_path / "paper").rmdir()
    assert any("a folder paper/ with the cited tables" in str(fault) for fault in faults(path))


def test_exact_scripts_are_paired_by_id(tmp_path: Path) -> None:
    path = lay(tmp_path)
    (tmp_path / "c01_other.py").write_text("")
    assert "found c01_good.py, c01_other.py; keep one" in str(faults(path)[0])
    for script in list(tmp_path.glob("*.py")):
        script.unlink()
    assert "write def reproduce(bench) in c01_good.py" in str(faults(path)[0])
    (tmp_path / "c01_good.py").mkdir()
    assert "expected a file" in str(faults(path)[0])


def test_exact_two_claims_with_one_id_are_both_told(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "c01-twin.yaml").write_text(GOOD)
    found = read_folder(tmp_path, ATLAS)
    assert all(isinstance(one, BrokenClaim) for one in found)
    assert ["also c01-twin.yaml" in str(one.error) for one in found if isinstance(one, BrokenClaim)] == [True, False]
    assert ["also c01-good.yaml" in str(one.error) for one in found if isinstance(one, BrokenClaim)] == [False, True]


def test_exact_a_broken_claim_leaves_the_others_alone(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "c02-bad.yaml").write_bytes(b"\xff")
    (tmp_path / "c02_bad.py").write_text("")
    good, bad = read_folder(tmp_path, ATLAS)
    assert isinstance(good, ClaimFile)
    assert isinstance(bad, BrokenClaim)
    assert str(bad.error) == f"{tmp_path}/c02-bad.yaml:1: expected UTF-8, found byte 0xff; save it as UTF-8"


def test_exact_only_what_is_meant_as_a_claim_is_one(tmp_path: Path) -> None:
    assert read_folder(tmp_path) == []
    for name in ("docker-compose.yaml", "c1-short.yaml", "c03-lonely.yaml", "xc04-a.yaml", "c05-a.yml", "c05_a.py"):
        (tmp_path / name).write_text("services: {}\n")
    (tmp_path / "c06-folder.yaml").mkdir()
    (tmp_path / "c06_folder.py").write_text("")
    (tmp_path / "c07-link.yaml").symlink_to("nowhere")
    os.mkfifo(tmp_path / "c08-pipe.yaml")
    assert read_folder(tmp_path) == []
    (tmp_path / "c03-lonely.yaml").write_text("schema: urn:harness:claim:1\n")
    assert [path.name for path in sorted(tmp_path.iterdir()) if is_claim(path)] == ["c03-lonely.yaml"]
    (tmp_path / "c07_link.py").write_text("")
    (tmp_path / "c08_pipe.py").write_text("")
    broken = [one for one in read_folder(tmp_path) if isinstance(one, BrokenClaim)]
    assert ["nothing there" in str(broken[1].error), "no file" in str(broken[2].error)] == [True, True]


def test_exact_sides_with_their_own_base_claim_of_that_base_alone(tmp_path: Path) -> None:
    text = GOOD.replace("bases: [xlm-r]", "bases: [xlm-r, labse]").replace(
        'value: "30.1"}}', 'value: "30.1"}, labse: {cell: S1, value: "30.1"}}'
    )
    assert read(lay(tmp_path, text))
    for side in ("left: hybrid\n    relation: below", "right: x-x-mono\n    margin"):
        key, arm = side.partition("\n")[0].split(": ")
        text = changed(text, side, side.replace(f"{key}: {arm}", f"{key}: {{sampling: {arm}, base: labse}}"))
    told = [str(fault) for fault in faults(lay(tmp_path, text))]
    assert len(told) == 1
    assert "c01-good.yaml:21: expected one of labse, found xlm-r" in told[0]


def test_exact_without_a_scope_only_the_papers_terms_are_known(tmp_path: Path) -> None:
    path = lay(tmp_path, changed(GOOD, "languages: [de, en]", "languages: [de, no]"))
    assert read_claim(path).claim.checks[1].languages == ("de", "no"), "Norwegian, not False"
    assert any("xquad-r, found squad" in str(f) for f in faults(lay(tmp_path, changed(GOOD, "[xquad-r]", "[squad]"))))


EDITS = st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 4), st.binary(max_size=6)), min_size=1, max_size=4)
TOKENS = st.sampled_from(
    [b"- ", b": ", b"{", b"}", b"[", b"]", b"\n", b"  ", b"'", b'"', b"&a ", b"*a", b"!", b"|", b"? ", b"# "]
)


@given(edits=EDITS | st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 4), TOKENS), min_size=1, max_size=4))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_theory_any_change_of_bytes_is_a_claim_or_told(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, bytes]]
) -> None:
    data = GOOD.encode()
    for at, cut, new in edits:
        data = data[:at] + new + data[at + cut :]
    folder = tmp_path_factory.getbasetemp() / "mutated"
    folder.mkdir(exist_ok=True)
    path = lay(folder, data)
    try:
        assert isinstance(read(path), ClaimFile)
    except FileFaults as refused:
        told = refused.faults
    else:
        return
    assert all(fault.line <= data.count(b"\n") + 1 and fault.expected for fault in told)


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "left", "cell", "x"]), inner),
    max_leaves=6,
)
LINES = {line.partition(":")[0]: line for line in GOOD.splitlines() if line[0].isalpha()}


@given(key=st.sampled_from(sorted(LINES)), value=JSONISH)
@settings(derandomize=True, deadline=None, max_examples=150)
def test_theory_any_value_of_any_key_is_a_claim_or_told(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    shown = str(value) if not isinstance(value, str) else repr(value)
    folder = tmp_path_factory.getbasetemp() / "valued"
    folder.mkdir(exist_ok=True)
    data = GOOD.replace(LINES[key], f"{key}: {shown}").encode("utf-8", "surrogatepass")
    try:
        assert isinstance(read(lay(folder, data)), ClaimFile)
    except FileFaults as refused:
        told = refused.faults
    else:
        return
    assert told


def test_exact_languages_that_only_a_folder_can_tell_are_not_refused_before_it_is_read(tmp_path: Path) -> None:
    path = lay(tmp_path, changed(GOOD, "languages: [de, en]", "languages: [de, no]"))
    folder = BeirBinding(source="beir", folder="sets/mine")
    assert read_claim(path, ATLAS.model_copy(update={"datasets": {"xquad-r": folder}})).claim.checks[1].languages
    real = LareqaBinding(source="lareqa", part="xquad-r", languages=("de", "en"))
    with pytest.raises(FileFaults, match=r"a language of xquad-r \(de, en\), found no"):
        read_claim(path, ATLAS.model_copy(update={"datasets": {"xquad-r": real}}))


def test_exact_a_claim_on_effectiveness_may_compare_numbers_so_that_it_can_be_attacked(tmp_path: Path) -> None:
    text = COUNTED.replace("kind: counted", "kind: effectiveness\nbases: [xlm-r]")
    text = text.replace("[counted-data]", "[trained-encoder]").replace(
        '{cell: S2, value: "11"}', '{cell: S1, value: "30.1"}'
    )
    assert read(lay(tmp_path, text)).claim.checks[0].counts["xquad-r/languages"].value == "30.1"
