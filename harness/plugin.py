"""pytest: claims as items.

A file `cNN-slug.yaml` paired with a script `cNN_*.py` becomes one item per scope. All selected
claims are measured together, in this process's children, before the first item runs; an item
then only reads its verdict. One that cannot be read becomes an item that fails with every fault found in it.

    accepted.<scope> in the claim    passes when status, outcome, verification and cause equal it
    no such entry                    passes when a valid verdict was written; counted as not accepted
    script_error, timeout, infrastructure, and no such entry     fails
    resource_missing                 skipped, with the command that mends it

While cells are made, a terminal shows one line that is rewritten, other output a line every ten
seconds. After Ctrl-C the last line says what is kept.

Loaded through the entry point `pytest11` alone. Whatever is heavy is imported inside hooks.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.claimfile.claims import BrokenClaim, ClaimFile
    from harness.court.sandbox import Enclosure
    from harness.records.scope import Scope
    from harness.records.verdict import Verdict
    from harness.report.desk import Desk

CLAIM_NAME = re.compile(r"^c[0-9][0-9]+-.*\.yaml$")
CACHE_MODES = ("always", "never", "only-missing", "only-cache")
DEFAULT_SCOPE = "atlas"
UNSEALABLE = 2
"""The exit status where the lab cannot be sealed and must be."""

FAILING = frozenset({"script_error", "timeout", "infrastructure"})


@dataclass
class Session:
    """What one pytest session knows about claims: the end of each by node id, the pages written, how it was cut off."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    errors: dict[str, HarnessError] = field(default_factory=dict)
    accepted: dict[str, bool | None] = field(default_factory=dict)
    pages: dict[Path, None] = field(default_factory=dict)
    interrupted: str = ""


SESSION = pytest.StashKey[Session]()
SCOPES = pytest.StashKey[list["Scope"]]()
SCOPE_FILES = pytest.StashKey[dict[str, Path]]()


class ClaimFailed(HarnessError):
    """A verdict that is not the accepted one, or that came of a failure."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `pytest claims/`."""
    group = parser.getgroup("harness", "claims of retrieval research")
    group.addoption("--scope", default=DEFAULT_SCOPE, metavar="NAME|PATH", help="what the paper's terms are bound to")
    group.addoption("--scopes", default=None, metavar="all|NAME,...", help="several scopes, or all that are packaged")
    group.addoption("--workers", type=int, default=None, metavar="N", help="lab processes (default: one per core)")
    group.addoption(
        "--cache",
        choices=CACHE_MODES,
        default="always",
        help="always: reuse what is kept, make the rest; never: make everything anew; only-missing: also let "
        "verdicts stand whose inputs are unchanged; only-cache: make nothing",
    )
    group.addoption(
        "--allow-unsealed",
        action="store_true",
        help="where no way to seal the lab is found, run without; nothing is then VERIFIED or FALSIFIED",
    )
    group.addoption("--store", default=None, metavar="DIR", help="finished work (default: $HARNESS_STORE)")
    group.addoption("--reports", default=None, metavar="DIR", help="where reports go (default: reports/)")


def pytest_configure(config: pytest.Config) -> None:
    """Make room for this session's verdicts; refuse a scope that was named and is none.

    Raises:
        UsageError: of pytest, before anything is collected.
    """
    config.stash[SESSION] = Session()
    workers = config.getoption("--workers")
    if workers is not None and workers < 1:
        raise pytest.UsageError(f"--workers: expected at least 1, found {workers}")
    if config.getoption("--scopes") or config.getoption("--scope") != DEFAULT_SCOPE:
        try:
            _scopes(config)
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from error


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a file that is meant to be a claim; leave every other one alone."""
    if not CLAIM_NAME.match(file_path.name):
        return None
    from harness.claimfile.claims import is_claim  # noqa: PLC0415 - other people's runs must not pay for it

    return ClaimNode.from_parent(parent, path=file_path) if is_claim(file_path) else None


def _scopes(config: pytest.Config) -> list[Scope]:
    """Read the scopes once per session.

    Raises:
        HarnessError: an unknown or broken scope.
    """
    from harness.claimfile.scopes import find_scope, packaged_scopes, read_scope  # noqa: PLC0415

    if SCOPES not in config.stash:
        several = config.getoption("--scopes")
        names = packaged_scopes() if several == "all" else (several or config.getoption("--scope")).split(",")
        paths = [find_scope(name) for name in names]
        scopes = [read_scope(path) for path in paths]
        if len({scope.name for scope in scopes}) < len(scopes):
            told = ", ".join(scope.name for scope in scopes)
            raise UsageError(f"--scopes: expected scopes of different names, found {told}")
        config.stash[SCOPES] = scopes
        config.stash[SCOPE_FILES] = {scope.name: path for scope, path in zip(scopes, paths, strict=True)}
    return config.stash[SCOPES]


class ClaimNode(pytest.File):
    """A claim file; one item per scope."""

    def collect(self) -> Iterable[ClaimItem]:
        """Read the claim; what is wrong becomes an item that fails, because a raise would stop the others."""
        from harness.claimfile.claims import BrokenClaim, read_or_broken  # noqa: PLC0415

        for scope in _scopes(self.config):
            read = read_or_broken(self.path, scope)
            stem = self.path.name.partition("-")[0]
            name = stem if isinstance(read, BrokenClaim) else read.claim.id
            yield ClaimItem.from_parent(self, name=f"{name}[{scope.name}]", read=read, scope=scope)


class ClaimItem(pytest.Item):
    """One claim in one scope."""

    def __init__(self, *, read: ClaimFile | BrokenClaim, scope: Scope, **kwargs: Any) -> None:
        """Remember what was read."""
        super().__init__(**kwargs)
        self.read = read
        self.scope = scope

    def runtest(self) -> None:
        """Compare the verdict with what is accepted.

        Raises:
            HarnessError: a broken claim, or a run that failed as a whole.
            ClaimFailed: the verdict is not the accepted one, or came of a failure.
        """
        from harness.claimfile.claims import BrokenClaim  # noqa: PLC0415
        from harness.report.acceptance import drift, is_accepted  # noqa: PLC0415

        session = self.config.stash[SESSION]
        if isinstance(self.read, BrokenClaim):
            raise self.read.error
        if self.nodeid in session.errors:
            raise session.errors[self.nodeid]
        verdict = session.verdicts[self.nodeid]
        if verdict.cause == "resource_missing":
            pytest.skip(verdict.reason)
        accepted = is_accepted(self.read.claim, verdict)
        if accepted is False:
            raise ClaimFailed(drift(self.read.path, self.read.claim, verdict))
        if verdict.cause in FAILING and accepted is None:
            raise ClaimFailed(f"{verdict.claim}: {verdict.cause}: {verdict.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show our own errors as their words alone."""
        if isinstance(excinfo.value, HarnessError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the claim's file."""
        return self.path, None, self.name


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Measure all selected claims before the first item runs; `--collect-only` runs nothing."""
    items = [item for item in session.items if isinstance(item, ClaimItem)]
    if not items or session.config.option.collectonly:
        return
    from harness.court.sandbox import enclosure  # noqa: PLC0415

    with ExitStack() as stack:
        try:
            walls = stack.enter_context(enclosure(allow_unsealed=session.config.getoption("--allow-unsealed")))
        except UsageError as error:
            pytest.exit(str(error), returncode=UNSEALABLE)
        for scope in _scopes(session.config):
            _measure(session.config, scope, [item for item in items if item.scope.name == scope.name], walls)


def _measure(config: pytest.Config, scope: Scope, items: list[ClaimItem], walls: Enclosure) -> None:
    """Verify one scope's claims, folder by folder, and publish what was found."""
    from harness.claimfile.claims import BrokenClaim  # noqa: PLC0415
    from harness.report.acceptance import is_accepted  # noqa: PLC0415
    from harness.report.desk import Desk, twins  # noqa: PLC0415
    from harness.report.folder import ReportsFolder  # noqa: PLC0415

    known = config.stash[SESSION]
    desk = Desk(ReportsFolder(Path(config.getoption("--reports") or config.rootpath / "reports")))
    read = {item.nodeid: (item.path.parent, item.read) for item in items if not isinstance(item.read, BrokenClaim)}
    known.errors.update(twins({name: (file.claim.id, file.path) for name, (_, file) in read.items()}))
    sound = {name: there for name, there in read.items() if name not in known.errors}
    for folder in dict.fromkeys(home for home, _ in sound.values()):
        here = {name: file for name, (home, file) in sound.items() if home == folder}
        try:
            verdicts = _verdicts(config, scope, folder, list(here.values()), desk, walls)
        except HarnessError as error:
            known.errors.update(dict.fromkeys(here, error))
            continue
        for name, verdict in zip(here, verdicts, strict=True):
            try:
                desk.file_verdict(verdict)
                known.verdicts[name] = verdict
            except (HarnessError, OSError) as error:
                known.errors[name] = UsageError(f"{here[name].path}: its verdict could not be written: {error}")
    told = {name: file for name, (_, file) in sound.items() if name in known.verdicts}
    known.accepted.update({name: is_accepted(file.claim, known.verdicts[name]) for name, file in told.items()})
    lost = [item for item in items if item.nodeid not in told]
    page = desk.publish(
        scope.name,
        [known.verdicts[name] for name in told],
        {file.claim.id: known.accepted[name] for name, file in told.items()},
        [str(item.path) for item in lost],
        {item.path.name.partition("-")[0] for item in lost},
    )
    known.pages[page] = None


def _verdicts(  # noqa: PLR0913, PLR0917 - what a job is made of
    config: pytest.Config, scope: Scope, folder: Path, files: list[ClaimFile], desk: Desk, walls: Enclosure
) -> list[Verdict]:
    from harness.claimfile.scopes import tuning_of  # noqa: PLC0415
    from harness.lockfile import read_lock  # noqa: PLC0415
    from harness.report.kept import RememberingStore, interrupted  # noqa: PLC0415
    from harness.report.progress import teller_on  # noqa: PLC0415
    from harness.store import default_root  # noqa: PLC0415
    from harness.verify import Job, verify  # noqa: PLC0415

    named = config.getoption("--store")
    store = RememberingStore(Path(named) if named else default_root())
    teller = teller_on(config.pluginmanager.get_plugin("terminalreporter"))
    job = Job(
        files=files,
        scope=scope,
        lock=read_lock(folder),
        store=store,
        desk=desk,
        workers=config.getoption("--workers") or os.cpu_count() or 1,
        cache=config.getoption("--cache"),
        enclosure=walls,
        tell=teller,
        tuned=tuning_of(config.stash[SCOPE_FILES][scope.name], scope),
    )
    try:
        return verify(job)
    except KeyboardInterrupt:
        config.stash[SESSION].interrupted = interrupted(job.cache, len(store.made))
        raise
    finally:
        teller.close()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print one line per claim; the last line counts what is not accepted and names the page."""
    session = config.stash[SESSION]
    if not session.pages:
        return
    from harness.report.line import terminal_line  # noqa: PLC0415

    terminalreporter.section("claims")
    for verdict in session.verdicts.values():
        terminalreporter.write_line(terminal_line(verdict))
    missing = sum(verdict.cause == "resource_missing" for verdict in session.verdicts.values())
    without = sum(accepted is None for accepted in session.accepted.values())
    pages = ", ".join(_shown(page) for page in session.pages)
    terminalreporter.write_line(f"{without} not accepted, {missing} resource missing; report: {pages}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """After Ctrl-C, let the very last line say what is kept and that the same command goes on."""
    session, terminal = config.stash.get(SESSION, None), config.pluginmanager.get_plugin("terminalreporter")
    if session is not None and session.interrupted and terminal is not None:
        terminal.write_line(session.interrupted)


def _shown(path: Path) -> str:
    """Return a path as short as it can be typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
