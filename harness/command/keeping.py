"""What is kept, whether it is whole, and what follows from it again."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.claimfile.claims import is_claim, read_claim
from harness.claimfile.scopes import find_scope, packaged_scopes, read_scope, tuning_of
from harness.command.options import json_option, reports_option, store_option
from harness.command.paths import CLAIMS, REPORTS
from harness.court.sandbox import enclosure
from harness.errors import UsageError
from harness.lockfile import read_lock
from harness.report.desk import Desk
from harness.report.folder import ReportsFolder
from harness.report.words import plain_text
from harness.store import Kept, Store, check, collect, default_root, listing
from harness.verify.bundling import is_bundle, members, unpack, write_bundle
from harness.verify.differing import read_verdict
from harness.verify.job import Job
from harness.verify.replaying import Replayed, Stated, replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.claimfile.claims import ClaimFile
    from harness.records.scope import Scope
    from harness.records.verdict import Verdict

GIB = float(1 << 30)
MIB = float(1 << 20)
MOST_WORKERS = 8


@click.group(name="store")
def keep() -> None:
    """Finished work: what there is, whether it is whole, and making room."""


@keep.command(name="list")
@store_option
@json_option
def list_store(store: Path | None, *, as_json: bool) -> None:
    """Print what lies in the store, by operation and seal; ages in days."""
    root = _opened(store).root
    listed = listing(root, time.time())
    if as_json:
        told = {"schema": "urn:harness:store:1", "store": str(root), "operations": [one.plain() for one in listed]}
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"{'operation':<20} {'seal':<9} {'entries':>7} {'MiB':>9}  oldest, last used (days ago)")
    for one in listed:
        ages = f"{one.oldest_made:.1f}, {one.latest_used:.1f}"
        operation = plain_text(one.operation)
        click.echo(f"{operation:<20} {plain_text(one.seal):<9} {one.count:>7} {one.bytes / MIB:>9.1f}  {ages}")
    click.echo(f"{root}: {sum(one.count for one in listed)} entries, {sum(one.bytes for one in listed) / GIB:.2f} GiB")


@keep.command(name="check")
@store_option
def check_store(store: Path | None) -> None:
    """Compare every byte in the store with what was kept; name what is damaged, exit 1 if anything is."""
    opened = _opened(store)
    count, faults = check(opened, os.cpu_count() or 1, _shown if sys.stderr.isatty() else _quiet)
    for words in faults:
        click.echo(plain_text(words))
    told = f"{len(faults)} damaged; the next run that wants them makes them again" if faults else "all whole"
    click.echo(f"{opened.root}: {count} entries, {told}")
    raise click.exceptions.Exit(bool(faults))


def _shown(done: int, count: int) -> None:
    end = "\n" if done == count else ""
    click.echo(f"\r{done}/{count} entries{end}", nl=False, err=True)


def _quiet(_done: int, _count: int) -> None:
    return


@keep.command(name="gc")
@store_option
@click.option("--keep-days", type=float, default=None, help="Remove what was not used for so many days.")
@click.option("--max-gib", type=float, default=None, help="Remove what was unused for longest, until so much is left.")
@click.option("--dry-run", is_flag=True, help="Remove nothing; say what would go.")
@json_option
def gc(store: Path | None, keep_days: float | None, max_gib: float | None, *, dry_run: bool, as_json: bool) -> None:
    """Make room, the oldest day of last use first, weights before vectors; refused while a run uses the store."""
    opened = _opened(store)
    limits = Kept(days=keep_days, bytes=None if max_gib is None else max_gib * GIB)
    found = collect(opened, limits, time.time(), dry_run=dry_run)
    if as_json:
        click.echo(json.dumps({"schema": "urn:harness:store-gc:1", "dry_run": dry_run, **found.plain()}, indent=1))
        return
    each = ", ".join(f"{count} {plain_text(operation)}" for operation, count in found.operations.items()) or "nothing"
    verb = "would remove" if dry_run else "removed"
    click.echo(f"{opened.root}: {verb} {each} ({found.removed_bytes / GIB:.2f} GiB)")
    click.echo(f"{found.left} entries ({found.left_bytes / GIB:.2f} GiB) {'would stay' if dry_run else 'stay'}")


def _opened(named: Path | None) -> Store:
    """Open a store that is there; looking at one makes none."""
    root = named or default_root()
    if not (root / "entries").is_dir():
        raise UsageError(f"{root}: expected a store (a folder with entries/), found none; name it with --store")
    return Store(root)


claims_option = click.option("--claims", type=click.Path(path_type=Path), default=CLAIMS, help="The claims' folder.")
bound_option = click.option("--scope", default=None, help="The verdict's scope file, where it is not a packaged one.")
workers_option = click.option("--workers", type=click.IntRange(min=1), default=None, help="Threads that rank.")
unsealed_option = click.option("--allow-unsealed", is_flag=True, help="Where the lab cannot be sealed, ask anyway.")


@click.command(name="replay")
@click.argument("path", metavar="VERDICT.json|BUNDLE.zip", type=click.Path(path_type=Path))
@claims_option
@bound_option
@store_option
@reports_option
@workers_option
@unsealed_option
@json_option
def replay_verdict(  # noqa: PLR0913, PLR0917 - each is an option of the command
    path: Path,
    claims: Path,
    scope: str | None,
    store: Path | None,
    reports: Path | None,
    workers: int | None,
    *,
    allow_unsealed: bool,
    as_json: bool,
) -> None:
    """Judge a verdict again from its vectors; train nothing. A bundle brings all of its own.

    Exit 0: the same. 1: it differs, and where. 2: it cannot be read or judged.
    """
    with _brought(path, claims, scope, store, reports) as brought:
        found = brought.replayed(workers, allow_unsealed=allow_unsealed)
    if as_json:
        click.echo(json.dumps(found.replay.plain(), indent=1))
    else:
        _tell(found)
    raise click.exceptions.Exit(not found.replay.same)


@click.command(name="bundle")
@click.argument("path", metavar="VERDICT.json", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT.zip", type=click.Path(path_type=Path))
@claims_option
@bound_option
@store_option
@reports_option
@workers_option
@unsealed_option
def bundle_verdict(  # noqa: PLR0913, PLR0917 - each is an option of the command
    path: Path,
    out: Path,
    claims: Path,
    scope: str | None,
    store: Path | None,
    reports: Path | None,
    workers: int | None,
    *,
    allow_unsealed: bool,
) -> None:
    """Put a verdict and all that it was judged from into one file, which `harness replay` judges elsewhere.

    It is replayed first; exit 1, and no file, where it does not come out the same.
    """
    if is_bundle(path):
        raise UsageError(f"{path}: expected a verdict to bundle, found a bundle")
    with _brought(path, claims, scope, store, reports) as brought:
        found = brought.replayed(workers, allow_unsealed=allow_unsealed)
        if not found.replay.same:
            _tell(found)
            raise click.exceptions.Exit(1)
        files = members(brought.verdict, brought.file, brought.scope, brought.reports)
        size = write_bundle(out, brought.verdict, files, brought.store, found)
    told = f"{brought.verdict.claim} in {brought.verdict.scope}, {len(found.cells)} cells"
    click.echo(f"{out}: {told}, {size / MIB:.1f} MiB")


def _tell(found: Replayed) -> None:
    told = found.replay
    for one in told.differences:
        click.echo(plain_text(f"{one.step}: {one.what}: stated {one.stated}, found {one.found}"))
    for note in told.notes:
        click.echo(plain_text(f"note: {note}"))
    said = "the same" if told.same else f"differs in {', '.join(dict.fromkeys(one.step for one in told.differences))}"
    click.echo(plain_text(f"{told.claim} in {told.scope}: {said}"))


class _Brought:
    """A verdict, and where everything that it was made of lies."""

    def __init__(self, verdict: Verdict, claims: Path, scope: Path, store: Path, reports: Path) -> None:
        self.verdict, self.reports = verdict, reports
        self.scope = read_scope(scope), scope
        self.file = _claim(claims, verdict.claim, self.scope[0])
        self.store = _opened(store)
        self.stated = Stated()

    def replayed(self, workers: int | None, *, allow_unsealed: bool) -> Replayed:
        """Judge it again; tables go into a folder that is then removed."""
        with (
            tempfile.TemporaryDirectory(prefix="harness-replay-") as folder,
            enclosure(allow_unsealed=allow_unsealed) as walls,
        ):
            job = Job(
                files=[self.file],
                scope=self.scope[0],
                lock=read_lock(self.file.path.parent),
                store=self.store,
                desk=Desk(ReportsFolder(Path(folder))),
                workers=workers or min(os.cpu_count() or 1, MOST_WORKERS),
                cache="only-cache",
                enclosure=walls,
                tell=lambda words: click.echo(plain_text(words), err=True),
                tuned=tuning_of(self.scope[1], self.scope[0]),
            )
            return replay(self.verdict, job, self.reports, self.stated)


@contextmanager
def _brought(
    path: Path, claims: Path, scope: str | None, store: Path | None, reports: Path | None
) -> Iterator[_Brought]:
    """Yield what a verdict file, or a bundle, brings; a bundle is unpacked for as long."""
    if not is_bundle(path):
        verdict = read_verdict(path)
        beside = path.absolute().parent
        filed = beside.parent if beside.name == "verdicts" else REPORTS
        yield _Brought(verdict, claims, _scope(scope, verdict), store or default_root(), reports or filed)
        return
    if scope is not None or store is not None or reports is not None or claims != CLAIMS:
        raise UsageError(f"{path}: expected a bundle alone, which has claims, scope, store and reports; leave them out")
    with tempfile.TemporaryDirectory(prefix="harness-bundle-") as folder:
        home = Path(folder)
        contents = unpack(path, home)
        (home / "store" / "entries").mkdir(parents=True, exist_ok=True)
        verdict = read_verdict(home / "verdict.json")
        own = home / "scope" / f"{verdict.scope}.yaml"
        if not own.is_file():
            raise UsageError(f"{path}: expected scope/{verdict.scope}.yaml in it, found none")
        brought = _Brought(verdict, home / "claims", own, home / "store", home / "reports")
        brought.stated = Stated(contents.ranks, contents.judgements, contents.libraries)
        yield brought


def _scope(named: str | None, verdict: Verdict) -> Path:
    if named is None and verdict.scope not in packaged_scopes():
        raise UsageError(f"expected --scope FILE for {verdict.scope}, which is none of {', '.join(packaged_scopes())}")
    return find_scope(named or verdict.scope)


def _claim(folder: Path, claim: str, scope: Scope) -> ClaimFile:
    found = [path for path in sorted(folder.glob(f"{claim}-*.yaml")) if is_claim(path)]
    if len(found) != 1:
        told = ", ".join(map(str, found)) or "none"
        raise UsageError(f"{folder}: expected one {claim}-<slug>.yaml, found {told}; name the folder with --claims")
    return read_claim(found[0], scope)


COMMANDS = (keep, replay_verdict, bundle_verdict)
