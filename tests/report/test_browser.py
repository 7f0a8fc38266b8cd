"""The page in a browser: headless Chromium, driven by Playwright; skipped, and said so, where there is none.

One browser and one page of every kind of verdict serve all tests. Any error on the console and any
request but the one for the page itself fails the test that met it. The page follows a link when the
browser tells it of the new address, which is after the click: such ends are waited for.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_builders import attacked, measured
from verdict_builders import every_kind, untested, verdict

from harness.report.folder import ReportsFolder
from harness.report.page import write_page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the page was not tried in a browser")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = ReportsFolder(tmp_path_factory.mktemp("browser"))
    given = [
        *every_kind(),
        attacked(),
        measured(folder),
        verdict(claim="c08", scope="lareqa"),
        untested(scope="lareqa"),
    ]
    for one in given:
        folder.write_verdict(one)
    write_page(folder)
    return folder.root


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver, warnings.catch_warnings():
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


class Watch:
    """What the page complained of, and what it asked for."""

    def __init__(self, tab: playwright.Page) -> None:
        self.troubles: list[str] = []
        self.asked: list[str] = []
        tab.on("console", lambda message: self.troubles.append(message.text))
        tab.on("pageerror", lambda error: self.troubles.append(str(error)))
        tab.on("dialog", lambda dialog: self.troubles.append(dialog.message))
        tab.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture(scope="module")
def watched(browser: playwright.Browser) -> tuple[playwright.Page, Watch]:
    tab = browser.new_context(permissions=["clipboard-read"]).new_page()
    return tab, Watch(tab)


@pytest.fixture
def tab(watched: tuple[playwright.Page, Watch], root: Path) -> Iterator[playwright.Page]:
    opened, watch = watched
    address = (root / "index.html").as_uri()
    opened.set_viewport_size({"width": 1280, "height": 900})
    opened.goto("about:blank")
    opened.goto(address)
    yield opened
    assert watch.troubles == []
    assert {url.partition("#")[0] for url in watch.asked} <= {address, "about:blank"}


def shown(tab: playwright.Page) -> list[str]:
    rows = tab.locator(".matrix tbody tr:visible")
    return [text.split()[0] for text in rows.locator("th").all_text_contents()]


def test_filter_by_words_outcome_status_and_scope(tab: playwright.Page) -> None:
    every = shown(tab)
    tab.fill("#f-q", "specialises")
    assert shown(tab) == ["c01"]
    assert tab.locator("details.claim:visible").evaluate_all("found => found.map(one => one.id)") == ["c01.atlas"]
    tab.fill("#f-q", "")
    tab.select_option("#f-outcome", "contradicted")
    assert shown(tab) == ["c07", "c14"]
    tab.select_option("#f-outcome", "")
    tab.select_option("#f-scope", "lareqa")
    assert shown(tab) == ["c08", "c13"]
    assert not tab.locator("[id='c08.atlas']").is_visible()
    tab.select_option("#f-status", "VERIFIED")
    assert shown(tab) == []
    assert tab.locator("#f-shown").text_content() == f"0 of {len(every)} claims"
    tab.click("#tools button")
    tab.locator(f"#f-shown:has-text('{len(every)} of {len(every)}')").wait_for()
    assert shown(tab) == every


def test_sort_by_outcome_puts_contradictions_first_and_by_claim_goes_back(tab: playwright.Page) -> None:
    every = shown(tab)
    tab.select_option("#f-sort", "outcome")
    assert shown(tab)[:2] == ["c07", "c14"]
    tab.select_option("#f-sort", "effect")
    assert shown(tab)[0] == "c07"  # +12.5%
    tab.select_option("#f-sort", "")
    assert shown(tab) == every


def test_an_address_remembers_filters_and_leads_back_to_them(tab: playwright.Page, root: Path) -> None:
    tab.select_option("#f-outcome", "inconclusive")
    tab.fill("#f-q", "c1")
    address, found = tab.evaluate("location.href"), shown(tab)
    assert address.endswith("#q=c1&outcome=inconclusive")
    tab.goto("about:blank")
    tab.goto(address)
    assert shown(tab) == found
    tab.goto((root / "index.html").as_uri() + "#%F0%9F")  # no address of ours
    assert tab.title()


def test_a_link_opens_its_claim_and_the_check_that_decided(tab: playwright.Page) -> None:
    claim = tab.locator("[id='c06.atlas']")
    assert not claim.locator("h4").first.is_visible()
    tab.click(".matrix a:has-text('c06')")
    playwright.expect(claim).to_have_attribute("open", "")
    assert claim.locator("text=What was judged here").is_visible()
    assert claim.locator("details.check[open]").count() == 1
    assert tab.evaluate("document.activeElement.parentElement.id") == "c06.atlas"


def test_a_deep_link_opens_measurements_and_any_claim(tab: playwright.Page, root: Path) -> None:
    tab.goto("about:blank")
    tab.goto((root / "index.html").as_uri() + "#c21.atlas")
    link = tab.locator("[id='c21.atlas'] a[href^='#measured']").first
    link.click()
    plate = tab.locator(f"[id='{link.get_attribute('href')[1:]}']")
    playwright.expect(plate.locator("svg.forest").first).to_be_visible()


def test_keyboard_alone_reaches_the_filter_and_opens_a_claim(tab: playwright.Page) -> None:
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("/")
    tab.keyboard.type("bias")
    assert "c06" in shown(tab)
    tab.locator("[id='c06.atlas'] > summary").focus()
    tab.keyboard.press("Enter")
    playwright.expect(tab.locator("[id='c06.atlas']")).to_have_attribute("open", "")


def test_copy_puts_the_command_on_the_clipboard(tab: playwright.Page) -> None:
    tab.click(".matrix a:has-text('c06')")
    button = tab.locator("[id='c06.atlas'] .copy")
    button.click()
    tab.locator("[id='c06.atlas'] .copy:has-text('Copied')").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == "pytest claims/ -k c06 --scope atlas"


def test_pointing_at_a_number_names_its_place_in_the_record(tab: playwright.Page) -> None:
    tab.hover("[id='claims'] tr:has-text('c06') td[data-scope] .effect [data-i]")
    told = tab.get_attribute("[id='claims'] tr:has-text('c06') td[data-scope] .effect [data-i]", "title")
    assert told == "c06.atlas checks[0].effect"


def test_nothing_is_cut_off_at_any_width(tab: playwright.Page) -> None:
    tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    for width in (360, 800, 1600):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate(CUT_OFF) == []
        tab.wait_for_function(REACHED)


REACHED = """() => [...document.querySelectorAll(".wide")]
  .every((box) => (box.scrollWidth > box.clientWidth) === (box.getAttribute("tabindex") === "0"))"""

CUT_OFF = """() => [...document.querySelectorAll("main *")]
  .filter((one) => !one.closest(".wide, svg, .hidden, thead")
    && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => one.tagName + " " + one.className + " " + one.textContent.slice(0, 40))"""


def test_dark_and_light_keep_text_readable(tab: playwright.Page) -> None:
    """Contrast of text with what is behind it, by the WCAG's formula, at least 4.5."""
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        assert tab.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const light = (color) => {
    const part = color.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)
      .map((one) => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const behind = (one) => {
    for (let here = one; here; here = here.parentElement) {
      const color = getComputedStyle(here).backgroundColor;
      if (!/, 0\\)$/.test(color) && color.startsWith("rgb(")) return color;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("p, li, td, th, a, b, summary, .sub, .badge, .out, .none, button, label")]
    .filter((one) => one.textContent.trim() && one.offsetParent)
    .filter((one) => {
      const [above, below] = [light(getComputedStyle(one).color), light(behind(one))].sort((a, b) => b - a);
      return (above + 0.05) / (below + 0.05) < 4.5;
    }).map((one) => one.tagName + "." + one.className + " " + getComputedStyle(one).color).slice(0, 5);
}"""


def test_print_opens_everything_and_hides_the_tools(tab: playwright.Page) -> None:
    before = tab.locator("details[open]").count()
    tab.emulate_media(media="print", color_scheme="light")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("details:not([open])").count() == 0
    assert not tab.locator("#tools").is_visible()
    assert len(tab.pdf()) > 20_000
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("details[open]").count() == before
    tab.emulate_media(media="screen")


def test_hostile_words_run_nothing(tab: playwright.Page) -> None:
    """Among the verdicts on the page is one whose every word is hostile; a dialog fails the test."""
    tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert tab.locator("[id='c66.atlas']").count() == 1
    assert tab.locator("script").count() == 1
    assert tab.locator("[onload], [onmouseover]").count() == 0
    tab.hover("[id='c66.atlas'] h4 >> nth=0")


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("sort", "const box = document.getElementById('f-sort'); box.value = 'outcome'; box.dispatchEvent(told)"),
        ("filter", "const box = document.getElementById('f-q'); box.value = 'bias'; box.dispatchEvent(told)"),
        ("open", "document.querySelector('.claim').open = true"),
    ],
    ids=("sort", "filter", "open"),
)
def test_what_an_interaction_takes_is_reported(
    tab: playwright.Page, request: pytest.FixtureRequest, name: str, script: str
) -> None:
    """By the page's own clock, up to the end of its layout; `make bench` holds it against 100 ms."""
    took = tab.evaluate(
        "() => { const told = new Event('input', { bubbles: true }); const start = performance.now(); "
        f"{script}; document.body.getBoundingClientRect(); return performance.now() - start; }}"
    )
    request.node.user_properties.append((f"{name}_ms", took))
    assert took > 0
