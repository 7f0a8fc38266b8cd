from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from page_reader import Element, Page, look_up
from verdict_builders import (
    HOSTILE,
    counts,
    every_kind,
    hostile,
    inconclusive,
    not_by_sinking,
    rows,
    stamp,
    two_datasets,
    untested,
    verdict,
)

from harness.records.ruling import Occasion, Summary, Verdict
from harness.report.folder import ReportsFolder
from harness.report.page import write_page

OCCASION_SPAN = re.compile(r'<span[^>]* data-source="[^"]* occasion\.[^"]*"[^>]*>[^<]*</span>')
NUMBERS_OF_THE_TEMPLATE = (
    "Its script printed a constant, 11, which is how many languages one dataset has",
    "measured, with its 95% interval",
    "Estimate [95%]",
    "Detectable with 90% power",
)


def page_of(root: Path, verdicts: list[Verdict]) -> str:
    folder = ReportsFolder(root)
    folder.write_measurements("c06", "atlas", rows())
    for given in verdicts:
        folder.write_verdict(given)
    return write_page(folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reports")
    other_scope = untested(claim="c06", scope="lareqa@2+x")
    within_margin = verdict(claim="c16", checks=(not_by_sinking(),))
    page_of(root, [*every_kind(), other_scope, within_margin])
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
    """The verdict files as JSON, read without the code under test, and what is to be counted."""
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
    return {**verdicts, "count": {"all": tally(every), "scopes": by_scope, "lacks": lacks}}


def shown_number(element: Element) -> tuple[float, float]:
    """The number in the text and how far rounding may have moved it."""
    text = element.whole_text().strip().replace("\u2212", "-").rstrip("%")
    decimals = len(text.partition(".")[2])
    return float(text.removeprefix("<")), 0.5000001 * 10.0**-decimals


def test_exact_every_number_is_the_one_at_its_source(full: Path, page: Page) -> None:
    known, seen = documents(full), 0
    for element in page.with_attribute("data-value"):
        name, _, path = element.attributes["data-source"].partition(" ")
        value = look_up(known[name], path)
        if element.tag == "code":
            assert element.attributes["data-value"] == value
            continue
        assert json.loads(element.attributes["data-value"]) == value
        seen += 1
    assert seen > 350


def test_exact_every_printed_number_is_its_value_rounded(page: Page) -> None:
    for element in page.with_attribute("data-value"):
        if element.attributes.get("class") != "n":
            continue
        value = float(json.loads(element.attributes["data-value"]))
        value *= float(element.attributes.get("data-scale", "1"))
        value = -abs(value) if element.attributes.get("data-sign") == "reduction" else value
        number, slack = shown_number(element)
        if element.whole_text().startswith("<"):
            assert 0 <= value < number
        else:
            assert number == pytest.approx(value, abs=slack)


def test_exact_no_number_of_a_record_stands_without_its_source(page: Page) -> None:
    bare = [
        text
        for element, text in page.texts
        if re.search(r"\d", text) and not element.within("data-source", "data-axis")
    ]
    strangers = [text for text in bare if not any(known in text for known in NUMBERS_OF_THE_TEMPLATE)]
    assert strangers == []


def test_exact_every_estimate_of_every_check_is_on_the_page(full: Path, page: Page) -> None:
    sources = {element.attributes["data-source"] for element in page.with_attribute("data-value")}
    for name, document in documents(full).items():
        for index, check in enumerate(document.get("checks", ())):
            if check["estimate"] is not None:
                assert f"{name} checks[{index}].estimate" in sources
            for number, _ in enumerate(check["bases"]):
                assert f"{name} checks[{index}].bases[{number}].low" in sources


def test_exact_every_probe_and_every_finding_is_on_the_page(full: Path, page: Page) -> None:
    sources = {element.attributes["data-source"] for element in page.with_attribute("data-source")}
    probes = findings = 0
    for name, document in documents(full).items():
        for index, attacker in enumerate(document.get("red_team", {}).get("attackers", ())):
            for number, _ in enumerate(attacker["probes"]):
                probes += 1
                assert f"{name} red_team.attackers[{index}].probes[{number}].detail" in sources
        for index, _ in enumerate(document.get("findings", ())):
            findings += 1
            assert f"{name} findings[{index}].follows" in sources
    assert probes > 0
    assert findings > 0


def test_theory_marks_stand_on_one_line_with_their_values(page: Page) -> None:
    """Within one drawing, abscissa is an affine function of value, so zero and the paper lie true."""
    drawings = [element for element in page.tagged("svg") if element.attributes.get("role") == "img"]
    assert len(drawings) > 20
    for drawing in drawings:
        zero = next(line for line in drawing.children if line.attributes.get("class") == "zero")
        points = [(0.0, float(zero.attributes["x1"].rstrip("%")))]
        for mark in drawing.children:
            if "data-value" not in mark.attributes:
                continue
            left = next(mark.attributes[name] for name in ("x1", "cx", "x") if name in mark.attributes)
            value = float(json.loads(mark.attributes["data-value"])) * float(mark.attributes.get("data-scale", "1"))
            value = -abs(value) if mark.attributes.get("data-sign") == "reduction" else value
            points.append((value, float(left.rstrip("%"))))
        assert all(0 <= place <= 100 for _, place in points)
        (value, place), (origin, start) = max(points), min(points)
        slope = (place - start) / (value - origin)
        assert slope > 0
        for other, stood in points:
            assert stood == pytest.approx(start + slope * (other - origin), abs=0.01)


def test_degenerate_hostile_words_stay_words(tmp_path: Path) -> None:
    text = page_of(tmp_path, [hostile()])
    page = Page(text)
    assert not page.tagged("script")
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
    assert "measurements/c06.atlas.parquet" in hrefs
    for href in hrefs:
        there = unquote(href[1:]) in ids if href.startswith("#") else (full / unquote(href)).is_file()
        assert there, href


def test_theory_the_page_asks_for_nothing(page: Page) -> None:
    for name in ("src", "srcset", "action", "style"):
        assert not page.with_attribute(name)
    style = page.tagged("style")[0].whole_text()
    assert "url(" not in style
    assert "@import" not in style


def test_theory_structure_serves_a_screen_reader(page: Page) -> None:
    ids = {element.attributes["id"] for element in page.with_attribute("id")}
    levels = [int(element.tag[1]) for element in page.elements if re.fullmatch("h[1-6]", element.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(element.attributes.get("scope") in {"col", "row"} for element in page.tagged("th"))
    for element in page.with_attribute("aria-labelledby"):
        assert set(element.attributes["aria-labelledby"].split()) <= ids
    for drawing in page.tagged("svg"):
        known = {drawing.attributes.get("role"), drawing.attributes.get("aria-hidden")}
        assert known & {"img", "true"} or drawing.parent is not None
        assert known & {"img", "true"} or (drawing.parent is not None and drawing.parent.tag == "svg")


def test_exact_refused_files_are_named_and_not_counted(full: Path, page: Page) -> None:
    words = page.root.words()
    assert "verdicts/c98.atlas.json expected whole JSON" in words
    assert "c98.atlas" not in {element.attributes["id"] for element in page.with_attribute("id")}
    shown = len(list((full / "verdicts").glob("*.json"))) - 1
    total = [
        element
        for element in page.with_attribute("data-value")
        if element.attributes["data-source"].endswith(" all.verdicts")
    ]
    assert {element.whole_text() for element in total} == {str(shown)}


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


def test_exact_a_verdict_without_its_gate_document_is_refused_by_name(tmp_path: Path) -> None:
    folder = ReportsFolder(tmp_path)
    folder.write_verdict(verdict())
    folder.gate_path("c06", "atlas").unlink()
    words = write_page(folder).read_text(encoding="utf-8")
    assert "expected gate/c06.atlas.json beside it, found none" in words
    assert folder.read_verdicts()[0] == []


def test_exact_seeds_needed_null_means_more_clusters(tmp_path: Path) -> None:
    assert "more clusters, not seeds" in page_of(tmp_path / "a", [inconclusive(seeds_needed=None)])
    assert "more clusters, not seeds" not in page_of(tmp_path / "b", [inconclusive(seeds_needed=23)])


def test_exact_digests_are_whole_in_the_attribute(page: Page) -> None:
    digests = {
        element.attributes["data-value"] for element in page.tagged("code") if "data-value" in element.attributes
    }
    assert {stamp("claim"), stamp("lab"), stamp("cell 2"), stamp("xquad-r texts")} <= digests


FIELDS = {
    "Counts that differ": "estimate",
    "Counts compared": "queries",
    "Effect": "effect.percent",
    "Effect / paper's effect": "effect_ratio",
    "One-sided p": "p",
    "Degrees of freedom": "df",
    "Seeds": "seeds",
    "Clusters": "clusters",
    "Queries": "queries",
    "Detectable with 90% power": "detectable",
    "Seeds that would settle it": "seeds_needed",
    "Estimate": "estimate",
    "Left mean": "left_mean",
    "Right mean": "right_mean",
    "Average of the attackers": "average",
    "Seconds": "seconds",
}


def sources_within(element: Element) -> list[str]:
    own = [element.attributes["data-source"]] if "data-value" in element.attributes else []
    return own + [source for child in element.children for source in sources_within(child)]


def test_exact_every_label_stands_beside_its_own_field(page: Page) -> None:
    """A number may be true to its source and still stand under another one's name."""
    seen = Counter[str]()
    for cell in page.with_attribute("data-label"):
        label, sources = cell.attributes["data-label"], sources_within(cell)
        if label in FIELDS:
            assert sources[0].endswith(f".{FIELDS[label]}")
        elif sources and sources[0].startswith("count "):
            assert sources[0].lower().endswith(f".{label.lower()}")
        seen[label] += 1
    for row in page.tagged("div"):
        parts = {child.tag: child for child in row.children}
        if parts.keys() == {"dt", "dd"} and parts["dt"].words() in FIELDS:
            sources = sources_within(parts["dd"])
            assert all(source.endswith(f".{FIELDS[parts['dt'].words()]}") for source in sources)
            seen[parts["dt"].words()] += 1
    assert set(FIELDS) <= set(seen)
    assert seen["Supported"] == 2
    assert [element for element in page.with_attribute("data-scale") if element.tag == "line"]
