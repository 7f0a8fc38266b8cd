from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from page_builders import QUANTILES, attacked, measured
from page_reader import Element, Page, look_up
from verdict_builders import (
    HOSTILE,
    counts,
    every_kind,
    hostile,
    inconclusive,
    not_by_sinking,
    two_datasets,
    untested,
    verdict,
)

from harness.records.verdict import Occasion, Summary, Verdict
from harness.report.folder import ReportsFolder
from harness.report.page import write_page

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e-?\d+)?")
OCCASION_SPAN = re.compile(r"<(\w+) data-s=[^>]*occasion\.[^>]*>[^<]*</\1>")
NUMBERS_OF_THE_TEMPLATE = (
    "Its script printed a constant, 11, which is how many languages one dataset has",
    "measured, with its 95% interval",
    "Detects 9 times in 10",
    "words or c06",
    " of 10",
)
OWN = re.compile(r"\d+ (?:of \d+ counts equal|were run|failed|probes ran|seeds|more|cells|findings)|, \d+ of them told")
"""Counts of what the page itself shows or leaves out."""


def page_of(root: Path, verdicts: list[Verdict]) -> str:
    folder = ReportsFolder(root)
    for given in verdicts:
        folder.write_verdict(given)
    return write_page(folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reports")
    others = [
        untested(claim="c06", scope="lareqa@2+x"),
        verdict(claim="c16", checks=(not_by_sinking(),)),
        attacked(claim="c20"),
        measured(ReportsFolder(root), claim="c21"),
    ]
    page_of(root, [*every_kind(), *others])
    (root / "verdicts" / "c98.atlas.json").write_text('{"schema": "urn:harness:verdict:1", "status": "VERI')
    write_page(ReportsFolder(root))
    return root


@pytest.fixture(scope="module")
def page(full: Path) -> Page:
    return Page((full / "index.html").read_text(encoding="utf-8"))


def tally(verdicts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "verdicts": len(verdicts),
        "status": Counter(given["status"] for given in verdicts),
        "outcome": Counter(given["outcome"] for given in verdicts),
    }


def documents(root: Path) -> dict[str, Any]:
    """The verdict files as JSON, read without the code under test, and what is to be counted and averaged."""
    shown = sorted(path for path in (root / "verdicts").glob("*.json") if path.name != "c98.atlas.json")
    verdicts = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in shown}
    every = list(verdicts.values())
    scopes = {given["scope"] for given in every}
    encoders = [given for given in every if {check["relation"] for check in given["checks"]} != {"equals"}]
    lacks = {
        "verification": sum(given["verification"] == "incomplete" for given in every),
        "seal": sum(given["seal"]["status"] != "SEALED" for given in every),
        "red_team": sum(given["red_team"]["average"] is None for given in every),
        "controls": sum(given["controls"] == [] for given in encoders),
        "regime": sum(given["regime"] is None for given in encoders),
    }
    by_scope = {scope: tally([given for given in every if given["scope"] == scope]) for scope in scopes}
    counted = {"all": tally(every), "scopes": by_scope, "lacks": lacks}
    return {**verdicts, "count": counted, **averages(root / "measurements" / "c21.atlas.parquet")}


def averages(path: Path) -> dict[str, Any]:
    """Means and heat maps once more, by pandas."""
    table = pd.read_parquet(path)
    table["arm"] = table["sampling"].where(table["alpha"].isin([0.5]) | table["alpha"].isna(), "hybrid@0.25")
    means: dict[str, Any] = {}
    for (dataset, setting, measure, base, arm), own in table.groupby(
        ["dataset", "setting", "measure", "base", "arm"], sort=True
    ):
        seeds = own.groupby("seed")["value"].mean().tolist()
        found = {"value": own["value"].mean(), "seeds": seeds}
        found["by_language"] = own.groupby("query_language")["value"].mean().to_dict()
        found["quantiles"] = {
            f"p{percent}": table[
                (table["measure"] == f"{measure}-p{percent}") & (table["base"] == base) & (table["arm"] == arm)
            ]["value"].mean()
            for percent in QUANTILES
        }
        means.setdefault(dataset, {}).setdefault(setting, {}).setdefault(measure, {}).setdefault(base, {})[arm] = found
    maps = table[(table["measure"] == "MAP") & table["setting"].isin(["crosslingual", "monolingual"])]
    maps = maps[~maps["arm"].isin(["untrained", "released", "lexical", "hybrid@0.25"])]
    grids: dict[str, Any] = {}
    for (dataset, arm, query, passage), own in maps.groupby(["dataset", "arm", "query_language", "passage_language"]):
        grids.setdefault(dataset, {}).setdefault(arm, {}).setdefault(query, {})[passage] = own["value"].mean()
    for panels in grids.values():
        for arm in [one for one in panels if one != "hybrid"]:
            panels[f"hybrid less {arm}"] = {
                query: {passage: value - panels[arm][query][passage] for passage, value in row.items()}
                for query, row in panels["hybrid"].items()
            }
    return {"means:atlas": means, "grids:atlas": grids}


def test_exact_a_released_encoder_stands_in_the_tables_under_its_own_name(page: Page) -> None:
    assert "sentence-transformers/LaBSE, released" in page.root.words()


def shown_numbers(element: Element) -> list[str]:
    text = element.whole_text() if element.attributes.keys() & {"data-ss", "data-i"} else own_text(element)
    return NUMBER.findall(text.replace("\u2212", "-"))


def own_text(element: Element) -> str:
    return "".join(part for part in element.content if isinstance(part, str))


def attribute_around(element: Element, name: str) -> str | None:
    return next((one.attributes[name] for one in element.around if name in one.attributes), None)


def quoted_numbers(page: Page, known: dict[str, Any]) -> list[tuple[Element, str, Any]]:
    """Each printed number with what stands at its source; words have none."""
    found = []
    for element in page.elements:
        values = [look_up(known[record], path) for record, path in element.sources() if record in known]
        if values and all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in values):
            numbers = shown_numbers(element)
            assert len(numbers) == len(values), (element.whole_text(), element.sources())
            found += [(element, number, value) for number, value in zip(numbers, values, strict=True)]
        elif values and element.attributes.get("data-s", "").endswith("margin"):
            found += [(element, number, float(values[0])) for number in shown_numbers(element)]
    return found


def test_exact_every_number_is_the_one_at_its_source_rounded(full: Path, page: Page) -> None:
    seen = Counter[str]()
    for element, number, value in quoted_numbers(page, documents(full)):
        shown = value * float(attribute_around(element, "data-scale") or 1)
        shown = -abs(shown) if element.attributes.get("data-sign") == "reduction" else shown
        if element.whole_text().startswith("<"):
            assert 0 <= shown < float(number)
        else:
            slack = 0.5000001 * 10.0 ** -len(number.partition(".")[2])
            assert float(number) == pytest.approx(shown, abs=slack), (element.sources(), element.whole_text())
        seen[element.sources()[0][0].partition(":")[0].partition(".")[0]] += 1
    assert sum(seen.values()) > 600
    assert {"count", "means", "grids", "c06", "c20"} <= set(seen)


def test_exact_every_source_is_a_place_in_its_record(full: Path, page: Page) -> None:
    known = documents(full)
    for element in page.elements:
        for record, path in element.sources():
            if not record.startswith(("refused", "summary")):
                look_up(known[record], path)


def test_exact_no_number_of_a_record_stands_without_its_source(page: Page) -> None:
    bare = [
        text
        for element, text in page.texts
        if re.search(r"\d", text)
        and not any(one.sources() for one in element.around)
        and not any(one.tag in {"svg", "summary", "h3", "h4", "caption", "a", "option"} for one in element.around)
        and not (element.tag == "th" or "sub" in element.attributes.get("class", ""))
    ]
    strangers = [text for text in bare if not any(known in text for known in NUMBERS_OF_THE_TEMPLATE)]
    left = [text for text in strangers if not OWN.search(text)]
    assert left == [], left


def test_exact_every_estimate_of_every_check_is_on_the_page(full: Path, page: Page) -> None:
    sources = {f"{record} {path}" for element in page.elements for record, path in element.sources()}
    for name, document in documents(full).items():
        for index, check in enumerate(document.get("checks", ())):
            if check["estimate"] is not None and check["relation"] != "equals" and check["required"] is True:
                assert f"{name} checks[{index}].low" in sources
                assert all(
                    f"{name} checks[{index}].bases[{number}].low" in sources for number, _ in enumerate(check["bases"])
                )
            if check["effect"] is not None:
                assert f"{name} checks[{index}].effect.low" in sources


def test_exact_probes_that_did_harm_and_findings_are_on_the_page(full: Path, page: Page) -> None:
    words = page.root.words()
    sources = {f"{record} {path}" for element in page.elements for record, path in element.sources()}
    probes = findings = 0
    for name, document in documents(full).items():
        for index, attacker in enumerate(document.get("red_team", {}).get("attackers", ())):
            for number, probe in enumerate(attacker["probes"]):
                if probe["succeeded"] is not False:
                    probes += 1
                    assert f"{name} red_team.attackers[{index}].probes[{number}].name" in sources
        for finding in document.get("findings", ()):
            findings += 1
            assert finding["grave"] in words
    assert probes > 0
    assert findings > 0


def test_theory_marks_stand_on_one_line_with_their_values(full: Path, page: Page) -> None:
    """Within one drawing, place is an affine function of value, so zero, the paper and false worlds lie true."""
    known, looked = documents(full), 0
    for drawing in [one for one in page.tagged("svg") if one.attributes.get("role") == "img"]:
        table = next((one for one in drawing.around if one.tag == "table"), None)
        if table is None or "chart" not in table.attributes.get("class", ""):
            continue
        rows = {round((at + 0.5) * 24): row for at, row in enumerate(inner(table, "tr"))}
        for path in drawing.children:
            kind = path.attributes["class"]
            for x, y in re.findall(r"M(\d+) (\d+)h0", path.attributes["d"]):
                if kind in {"measured-point", "world-point", "middle"}:
                    cells = inner(rows[int(y)] if kind != "middle" else shifted(rows, int(y)), "td")
                    cell = next(one for one in cells if "data-i" in one.attributes or one.column() == "p50")
                    record, place = cell.sources()[0]
                    value = look_up(known[record], place)
                    zero = next((one for one in drawing.children if one.attributes["class"] == "zero"), None)
                    if zero is not None:
                        left = int(re.findall(r"M(\d+)", zero.attributes["d"])[0])
                        assert (int(x) > left) == (value > 0) or abs(int(x) - left) <= 1
                        looked += 1
    assert looked > 30


def shifted(rows: dict[int, Element], y: int) -> Element:
    """The row of a drawing in a table that has a head."""
    return rows[y + 24]


def inner(element: Element, tag: str) -> list[Element]:
    own = [element] if element.tag == tag else []
    return own + [one for child in element.children for one in inner(child, tag)]


def test_degenerate_hostile_words_stay_words(tmp_path: Path) -> None:
    text = page_of(tmp_path, [hostile()])
    page = Page(text)
    assert len(page.tagged("script")) == 1
    names = {name for element in page.elements for name in element.attributes}
    assert not [name for name in names if name.startswith("on")]
    assert not [element for element in page.with_attribute("href") if "javascript" in element.attributes["href"]]
    words = page.root.words()
    assert HOSTILE[0] in words
    assert HOSTILE[1] in words
    assert HOSTILE[2] in words
    assert "red here gnirts {{ 7 * 7 }} &amp;" in words
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)


def test_itself_equal_verdicts_give_equal_bytes(tmp_path: Path) -> None:
    first = page_of(tmp_path / "a", every_kind())
    second = page_of(tmp_path / "b", list(reversed(every_kind())))
    assert first == second


def test_itself_another_occasion_changes_nothing_else(tmp_path: Path) -> None:
    later = Occasion(evaluated_at="2027-01-01T00:00:00.000000+00:00", seconds=3.5, host="elsewhere")
    first = page_of(tmp_path / "a", every_kind())
    second = page_of(tmp_path / "b", [given.model_copy(update={"occasion": later}) for given in every_kind()])
    assert first != second
    assert OCCASION_SPAN.sub("", first) == OCCASION_SPAN.sub("", second)


def test_exact_links_lead_to_files_and_anchors(full: Path, page: Page) -> None:
    ids = [element.attributes["id"] for element in page.with_attribute("id")]
    assert len(ids) == len(set(ids))
    hrefs = [element.attributes["href"] for element in page.with_attribute("href")]
    assert "measurements/c21.atlas.parquet" in hrefs
    for href in hrefs:
        there = unquote(href[1:]) in ids if href.startswith("#") else (full / unquote(href)).is_file()
        assert there, href


def test_theory_the_page_asks_for_nothing(page: Page) -> None:
    for name in ("src", "srcset", "action", "style"):
        assert not page.with_attribute(name)
    style, script = (page.tagged(tag)[0].whole_text() for tag in ("style", "script"))
    assert "url(" not in style
    assert "@import" not in style
    assert not re.search(r"fetch\(|XMLHttp|import\(|WebSocket|sendBeacon|innerHTML|eval\(", script)


def test_theory_structure_serves_a_screen_reader(page: Page) -> None:
    ids = {element.attributes["id"] for element in page.with_attribute("id")}
    levels = [int(element.tag[1]) for element in page.elements if re.fullmatch("h[1-6]", element.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    strange = [one.words() for one in page.tagged("th") if one.attributes.get("scope") not in {"col", "row"}]
    assert strange == []
    for element in page.with_attribute("aria-labelledby"):
        assert set(element.attributes["aria-labelledby"].split()) <= ids
    for drawing in page.tagged("svg"):
        told = drawing.attributes.get("role") == "img" and drawing.attributes.get("aria-label")
        assert told or drawing.attributes.get("aria-hidden") == "true"


def test_exact_refused_files_are_named_and_not_counted(full: Path, page: Page) -> None:
    words = page.root.words()
    assert "verdicts/c98.atlas.json" in words
    assert "expected whole JSON" in words
    assert "c98.atlas" not in {element.attributes["id"] for element in page.with_attribute("id")}
    shown = len(list((full / "verdicts").glob("*.json"))) - 1
    total = [one for one in page.elements if ("count", "all.verdicts") in one.sources()]
    assert {element.whole_text() for element in total} == {str(shown)}


def test_exact_verdicts_that_cannot_be_trusted_are_named_with_the_reason(tmp_path: Path) -> None:
    folder = ReportsFolder(tmp_path)
    for claim in ("c01", "c02", "c03", "c04", "c05"):
        folder.write_verdict(verdict(claim=claim))
    at = {claim: folder.verdict_path(claim, "atlas") for claim in ("c01", "c02", "c03", "c04", "c05")}
    older = at["c01"].read_text().replace("verdict:1", "verdict:0")
    at["c01"].write_text(older)
    at["c02"].write_text(at["c02"].read_text()[:900])
    at["c03"].write_text(at["c03"].read_text().replace('"estimate": -36.125', '"estimate": -99.5'))
    (tmp_path / "verdicts" / "c07.atlas.json").write_bytes(at["c05"].read_bytes())
    folder.gate_path("c04", "atlas").unlink()
    (tmp_path / "verdicts" / "c09.atlas.json").write_text(
        '{"schema": "https://example.org/other", "status": "VERIFIED"}'
    )
    page = Page(write_page(folder).read_text(encoding="utf-8"))
    named = [one.words() for one in page.tagged("dt") if one.words().startswith("verdicts/")]
    assert named == [f"verdicts/{claim}.atlas.json" for claim in ("c01", "c02", "c03", "c04", "c07", "c09")]
    anchors = {element.attributes["id"] for element in page.with_attribute("id")}
    assert {"c05.atlas"} == {name for name in anchors if re.fullmatch(r"c\d\d\.atlas", name)}
    assert "99.5" not in page.root.whole_text()


def test_exact_broken_claim_files_are_named(tmp_path: Path) -> None:
    zeros = {"VERIFIED": 0, "FALSIFIED": 0, "UNVERIFIED": 0}
    broken = Summary.model_validate(
        {"scope": "atlas", "claims": (), "counts": zeros, "broken": ("claims/c03-<b>.yaml",)}
    )
    ReportsFolder(tmp_path).write_summary(broken)
    words = Page(page_of(tmp_path, [verdict()])).root.whole_text()
    assert "Broken claim files" in words
    assert "claims/c03-<b>.yaml" in words


def sentence(root: Path, *verdicts: Verdict) -> str:
    page = Page(page_of(root, list(verdicts)))
    return next(element for element in page.tagged("p") if element.attributes.get("class") == "lead").words()


def test_exact_the_sentence_for_everyone(tmp_path: Path) -> None:
    waits = "A result is called verified only once the same pipeline has been seen to say no where the claim is false;"
    assert sentence(tmp_path / "3", two_datasets(), verdict(), untested()) == (
        "None of the 3 verdicts here counts as verified. When measured, 2 came out as claimed and 1 could not be "
        f"tested. {waits} that has not been tried yet."
    )
    assert sentence(tmp_path / "1", counts()) == (
        f"The one verdict here does not count as verified. When measured, 1 came out as claimed. {waits} "
        "that has not been tried yet."
    )
    sound: dict[str, Any] = {"status": "VERIFIED", "verification": "sound", "cause": None, "causes": ()}
    assert sentence(tmp_path / "s", verdict(**sound)) == (
        "The one verdict here counts as verified. When measured, 1 came out as claimed."
    )
    assert sentence(tmp_path / "m", verdict(**sound), inconclusive(seeds_needed=9), counts(differ=1)) == (
        "1 of the 3 verdicts here counts as verified. When measured, 1 came out as claimed, 1 came out against the "
        f"claim and 1 could not be settled. {waits} for 2 of them that has not been tried yet."
    )


def test_degenerate_an_empty_folder_says_so(tmp_path: Path) -> None:
    words = Page(write_page(ReportsFolder(tmp_path)).read_text(encoding="utf-8")).root.whole_text()
    assert "There is no verdict in this folder, so nothing is verified." in words


def test_exact_what_is_missing_is_said_from_the_verdicts(tmp_path: Path) -> None:
    words = Page(page_of(tmp_path, [verdict()])).root.words()
    for said in ("Verification incomplete", "No whole seal", "No red team", "No controls", "Regime not checked"):
        assert f"{said} 1 of 1." in words
    assert "none were run" in words
    assert "not checked" in words


def test_exact_what_would_settle_a_verdict_is_said(tmp_path: Path) -> None:
    assert "more clusters of questions, not seeds" in page_of(tmp_path / "a", [inconclusive(seeds_needed=None)])
    words = Page(page_of(tmp_path / "b", [inconclusive(seeds_needed=23)])).root.words()
    assert "would take 23 seeds" in words
    assert "more clusters of questions, not seeds" not in words


def test_exact_false_worlds_stand_under_the_contrast_they_would_have_been(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, [attacked()]))
    rows = [row.words() for row in page.tagged("tr") if "data-from" in row.attributes]
    assert rows == [
        "if no effect+0.20 [\u22121.50, 2.00]",
        "if left random+3749.0 [3740.0, 3758.0]let it pass",
    ]
    drawing = next(
        one for one in page.tagged("svg") if any(path.attributes.get("class") == "beyond" for path in one.children)
    )
    kinds = [path.attributes["class"] for path in drawing.children]
    assert {"measured-bar", "world-bar", "beyond"} <= set(kinds)
