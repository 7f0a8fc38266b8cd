"""The page: seconds and bytes for 14 claims in 3 scopes, and what an interaction takes in a browser.

Work: the accepted verdicts, with the measurements that lie in `reports/`, written under three scopes,
read back and drawn, the median of runs in one process, against 3 s and 1.5 MB. Then sorting, filtering
and opening a claim in headless Chromium, by the page's own clock up to the end of its layout, the
slowest of all, against 100 ms; no row where there is no Chromium or no Playwright.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.row import Row
from harness.codec import file_sha256
from harness.records.verdict import Artifact, Verdict
from harness.report.folder import ReportsFolder
from harness.report.page import write_page

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORTS = Path("reports")
SCOPES = ("atlas", "lareqa", "paper")
RUNS = 3
LIMIT_S, LIMIT_BYTES, LIMIT_MS = 3.0, 1_500_000, 100.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
INTERACTIONS = {
    "sorting": "const box = document.getElementById('f-sort'); box.value = 'effect'; "
    "box.dispatchEvent(new Event('input', { bubbles: true }))",
    "filtering": "const box = document.getElementById('f-q'); box.value = 'bias'; "
    "box.dispatchEvent(new Event('input', { bubbles: true }))",
    "opening a claim": "document.querySelector('.claim').open = true",
}
TIMED = (
    "() => {{ const start = performance.now(); {}; document.body.getBoundingClientRect(); "
    "return performance.now() - start; }}"
)


def rows() -> Iterator[Row]:
    """Yield what the page costs."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = ReportsFolder(Path(scratch) / "reports")
        _fill(folder)
        taken = statistics.median(_seconds(folder) for _ in range(RUNS))
        yield Row("page of 14 claims x 3 scopes, seconds", "3 s", taken / LIMIT_S, 1.0)
        size = folder.page_path.stat().st_size
        yield Row("page of 14 claims x 3 scopes, bytes", "1.5 MB", size / LIMIT_BYTES, 1.0)
        browser = next(filter(None, map(shutil.which, BROWSERS)), None)
        if browser is not None and find_spec("playwright") is not None:
            slowest = max(_interactions(folder.page_path, browser).values())
            yield Row("slowest interaction with that page", "100 ms", slowest / LIMIT_MS, 1.0)


def _fill(folder: ReportsFolder) -> None:
    for path in sorted((REPORTS / "accepted").glob("*.json")):
        verdict = Verdict.model_validate_json(path.read_bytes())
        for scope in SCOPES:
            measured = REPORTS / "measurements" / f"{verdict.claim}.{verdict.scope}.parquet"
            artifacts: tuple[Artifact, ...] = ()
            if measured.is_file():
                copy = folder.measurements_path(verdict.claim, scope)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(measured, copy)
                artifacts = (Artifact(path=f"measurements/{copy.name}", sha256=file_sha256(copy)),)
            folder.write_verdict(verdict.model_copy(update={"scope": scope, "artifacts": artifacts}))


def _seconds(folder: ReportsFolder) -> float:
    started = time.perf_counter()
    write_page(folder)
    return time.perf_counter() - started


def _interactions(page: Path, browser: str) -> dict[str, float]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  not needed where there is no browser

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = opened.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(page.as_uri())
        return {name: float(tab.evaluate(TIMED.format(script))) for name, script in INTERACTIONS.items()}
