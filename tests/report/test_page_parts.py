"""What says whether the encoders were fit, and what composite checks are made of, stands on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_reader import Element, Page
from verdict_builders import (
    FAILED,
    below_the_floor,
    composite,
    contradicted,
    counts,
    every_kind,
    fitted,
    never_third,
    order,
    ruling,
    turned,
    verdict,
)

from harness.records.verdict import Seal, Verdict
from harness.report.folder import ReportsFolder
from harness.report.page import write_page


def page_of(root: Path, *verdicts: Verdict) -> Page:
    folder = ReportsFolder(root)
    for given in verdicts:
        folder.write_verdict(given)
    return Page(write_page(folder).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return page_of(tmp_path_factory.mktemp("every"), *every_kind())


@pytest.fixture(scope="module")
def fit(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return page_of(tmp_path_factory.mktemp("fit"), fitted())


def rows_of(page: Page) -> list[str]:
    return [" ".join(cell.words() for cell in row.children) for row in page.tagged("tr")]


def shown(page: Page) -> set[str]:
    return {f"{record} {path}" for element in page.elements for record, path in element.sources()}


def test_exact_every_number_of_regime_exposure_and_company_is_there(page: Page) -> None:
    seen, found = shown(page), 0
    for given in every_kind():
        name = f"{given.claim}.{given.scope}"
        wanted = [f"regime.{base}.{key}" for base in given.regime or {} for key in ("ratio", "paper", "distance")]
        wanted += [f"exposure[{at}].updates" for at in range(len(given.exposure))]
        wanted += [f"company[{at}].check" for at in range(len(given.company))]
        for path in wanted:
            if "onmouseover" not in path:
                assert f"{name} {path}" in seen
                found += 1
    assert found > 10


def test_exact_controls_that_failed_are_told_and_the_others_counted(fit: Page) -> None:
    assert "Controls: 2 were run, 1 failed, so what rests on it counts for nothing:" in fit.root.words()
    named = [
        item.words() for item in fit.tagged("li") if " on " in item.words() and item.words().endswith(FAILED.detail)
    ]
    assert named == [f"{FAILED.name} on {FAILED.on}: {FAILED.detail}"]


def test_exact_regime_stands_beside_the_papers(fit: Page) -> None:
    words = fit.root.words()
    assert "labse 0.432 (the paper's 0.93, wanted 0.90 to 0.97) and 31.2% (below 25%): outside" in words
    assert "xlm-r 0.850 (the paper's 0.85, wanted 0.80 to 0.90) and 10.0% (below 25%): inside" in words


def test_exact_floors_say_which_arm_missed_them(fit: Page) -> None:
    assert "hybrid in multilingual xquad-r 0.344 (lexical 0.512) not reached" in fit.root.words()


def test_exact_languages_that_training_never_showed_are_named_without_unfolding(fit: Page) -> None:
    words = next(element.words() for element in fit.tagged("p") if "Not in contrastive" in element.whole_text())
    assert (
        "where so many of their letters' n-grams were trained all the same: el 3.1% and the shared layer; vi 0.0%."
        in words
    )
    assert "de (" not in words


def details(page: Page) -> dict[str, Element]:
    found = [element for element in page.tagged("details") if element.attributes.get("class") == "check"]
    return {element.children[0].children[0].words(): element for element in found}


def test_exact_an_untested_check_says_what_made_it_so(fit: Page) -> None:
    words = details(fit)["not-by-sinking on xquad-r"].words()
    assert "Untested, below_floor: a compared arm retrieves worse than the lexical baseline allows." in words
    assert below_the_floor().note in words


def test_theory_the_main_check_is_open_and_the_others_are_folded(tmp_path: Path) -> None:
    folded = details(page_of(tmp_path, verdict(checks=(ruling(), ruling(id="beside", required=False)))))
    assert "open" in folded["lower on xquad-r"].attributes
    assert "open" not in folded["beside on xquad-r, not required"].attributes


def test_theory_the_check_that_decided_is_open_and_named_in_the_table(tmp_path: Path) -> None:
    weaker = ruling(id="weaker", outcome="contradicted", p_against=0.02, effect=None)
    surest = ruling(id="surest", outcome="contradicted", p_against=0.001, effect=None)
    page = page_of(tmp_path, verdict(outcome="contradicted", checks=(ruling(), weaker, surest)))
    assert "open" in details(page)["surest on xquad-r"].attributes
    assert "open" not in details(page)["weaker on xquad-r"].attributes
    assert "decided by surest on xquad-r, contradicted" in page.root.words()


def measured(page: Page) -> str:
    return next(one.words() for one in page.tagged("td") if one.attributes.get("data-label") == "atlas")


def test_exact_composite_checks_say_their_parts_or_their_share_in_the_table(tmp_path: Path) -> None:
    words = measured(page_of(tmp_path / "o", composite(order(), "c10")))
    assert words.endswith("x-x-mono above hybrid supported, hybrid above x-y inconclusive")
    assert "2 of 54 cells third" in measured(page_of(tmp_path / "n", composite(never_third(), "c11")))


def test_theory_an_untested_claim_shows_no_effect_of_another_check(tmp_path: Path) -> None:
    assert measured(page_of(tmp_path, fitted())).endswith("nothing that counts")


def test_exact_neighbours_that_turned_are_marked(tmp_path: Path) -> None:
    rows = rows_of(page_of(tmp_path, turned()))
    assert "temperature one step down lower on xquad-r \u22122.2500 no, the sign turned" in rows
    assert "learning rate one step up lower on xquad-r +3.5000 yes" in rows
    assert "steps lower on xquad-r, not below none yes" in rows


def test_degenerate_without_conditions_the_page_says_so_and_counts_ask_for_none(tmp_path: Path) -> None:
    words = page_of(tmp_path / "a", contradicted()).root.words()
    assert "Regime: not checked" in words
    assert "Controls: none were run" in words
    assert "Were the encoders fit" not in page_of(tmp_path / "b", counts()).root.words()


def test_exact_the_very_script_that_was_run_is_linked_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "c06_bias.py").write_bytes(b"script")
    page = page_of(tmp_path / "reports", verdict(), verdict(claim="c07"))
    links = [one.attributes["href"] for one in page.with_attribute("href")]
    assert [href for href in links if href.endswith(".py")] == ["../claims/c06_bias.py"]
    (tmp_path / "claims" / "c06_bias.py").write_bytes(b"another")
    page = page_of(tmp_path / "reports", verdict())
    assert not [one for one in page.with_attribute("href") if one.attributes["href"].endswith(".py")]


def test_exact_the_seal_stands_with_what_it_is_made_of_and_what_it_leaves_out(tmp_path: Path) -> None:
    seal = Seal(
        tier="T1",
        status="SEALED",
        self_test={"loopback": "blocked: Operation not permitted"},
        mechanisms=("bubblewrap 0.8.0", "seccomp"),
        not_covered=("number of processes",),
    )
    words = page_of(tmp_path, verdict(seal=seal)).root.words()
    told = "SEALED, tier T1 (bubblewrap 0.8.0, seccomp); loopback: blocked: Operation not permitted"
    assert f"{told}; not covered: number of processes" in words


def test_exact_how_likely_one_run_per_arm_shows_the_papers_order_is_said_where_it_is_known(tmp_path: Path) -> None:
    page = page_of(tmp_path, verdict(checks=(ruling(single_run=0.8125),)))
    cells = [one.words() for one in page.tagged("td") if one.column() == "single_run"]
    assert cells == ["0.81"]
    without = page_of(tmp_path / "none", verdict(checks=(ruling(),)))
    assert [one.words() for one in without.tagged("td") if one.column() == "single_run"] == [""]
