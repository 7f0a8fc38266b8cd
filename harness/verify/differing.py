"""Where a verdict and what it was made of differ from what is found now, each in its own words."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pydantic_core
from pydantic import ValidationError

from harness.codec import canonical, digest, file_sha256, pretty
from harness.errors import UsageError
from harness.records.replay import Difference
from harness.records.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.records.replay import Step
    from harness.verify.job import Job

LARGEST = 1 << 26
LONGEST = 200
STORE = "store:"
NOTHING = "nothing"
INPUTS = ("claim", "analysis", "script", "scope", "paper", "lock")


def read_verdict(path: Path) -> Verdict:
    """Return the verdict in a file.

    Raises:
        UsageError: unreadable, of another schema, or not as this version writes it.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST)
        plain = pydantic_core.from_json(data, allow_inf_nan=False)
        expected = Verdict.model_fields["schema_"].default
        if not isinstance(plain, dict) or plain.get("schema") != expected:
            found = plain.get("schema") if isinstance(plain, dict) else type(plain).__name__
            raise UsageError(f"{path}: expected a verdict (schema {expected}), found {found!r}")
        verdict = Verdict.model_validate_json(data)
    except OSError as error:
        raise UsageError(f"{path}: expected a verdict, found {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        found = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise UsageError(f"{path}: expected a verdict as this version writes it, found {found}") from error
    except ValueError as error:
        raise UsageError(f"{path}: expected a verdict, found {error}") from error
    if pretty(verdict.plain()) != data:
        raise UsageError(f"{path}: expected the form in which a verdict is written, found it edited; measure again")
    return verdict


def inputs(verdict: Verdict, job: Job) -> Iterator[Difference]:
    """Yield what of claim, script, scope, paper and lock is not what the verdict was made of."""
    file, stated = job.files[0], verdict.provenance
    lock = job.lock_of(file)
    found: dict[Step, tuple[str | None, str | None, str]] = {
        "claim": (stated.claim, file.digest, file.path.name),
        "analysis": (stated.analysis, digest(file.claim.analysis()), "its checks, margins, coverage and waivers"),
        "script": (stated.script, file.script_sha256, file.script.name),
        "scope": (stated.scope, job.scope.fingerprint(), job.scope.name),
        "paper": (stated.paper, file.paper.digest if file.paper else None, "tables and statements"),
        "lock": (stated.lock, lock.fingerprint() if lock else None, "the lock beside the claim"),
    }
    for step, (expected, actual, what) in found.items():
        if expected != actual:
            yield Difference(step=step, what=what, stated=expected or "none", found=actual or "none")


def filed(verdict: Verdict, reports: Path) -> Iterator[Difference]:
    """Yield the artifacts in the reports folder that are not those that the verdict cites."""
    for artifact in verdict.artifacts:
        if artifact.path.startswith(STORE):
            continue
        name, found = PurePosixPath(artifact.path), NOTHING
        inside = not name.is_absolute() and ".." not in name.parts and "\\" not in artifact.path
        if inside and (reports / name).is_file():
            found = file_sha256(reports / name)
        if found != artifact.sha256:
            yield Difference(step="measurements", what=short(artifact.path), stated=artifact.sha256, found=found)


def differences(stated: Verdict, found: Verdict) -> list[Difference]:
    """Return where two verdicts differ, but for their occasions and what `inputs` compares."""
    before, after = stated.plain(), found.plain()
    told = [*_between_checks(before.pop("checks"), after.pop("checks"))]
    artifacts = before.pop("artifacts"), after.pop("artifacts")
    if artifacts[0] != artifacts[1]:
        told.append(_difference("measurements", "made anew", *artifacts))
    for one in (before, after):
        one["provenance"] = {name: value for name, value in one["provenance"].items() if name not in INPUTS}
        del one["occasion"]
    return told + [_difference("verdict", what, *pair) for what, *pair in _leaves("", before, after)]


def _between_checks(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Difference]:
    names = [[f"{one['id']} on {one['dataset']}" for one in checks] for checks in (before, after)]
    stated, found = (dict(zip(*pair, strict=True)) for pair in zip(names, (before, after), strict=True))
    for name in dict.fromkeys([*stated, *found]):
        for what, *pair in _leaves("", stated.get(name), found.get(name)):
            yield _difference("check", f"{name}: {what}" if what else name, *pair)
    if names[0] != names[1]:
        yield _difference("check", "order", *names)


def _leaves(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield (path, before, after) wherever two JSON values differ, as deep as they have the same shape."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield from _leaves(f"{path}.{name}".lstrip("."), before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from _leaves(f"{path}[{number}]", *pair)
    elif canonical(before) != canonical(after):
        yield path, before, after


def _difference(step: Step, what: str, before: Any, after: Any) -> Difference:
    return Difference(step=step, what=what, stated=_shown(before), found=_shown(after))


def _shown(value: Any) -> str:
    return short(value if isinstance(value, str) else canonical(value).decode())


def short(words: str) -> str:
    """Return words, cut where they are too long for a line."""
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
