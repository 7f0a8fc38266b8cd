"""Writing `accepted.<scope>` into a claim file: the one key that a command writes and nobody types.

The file's other lines stay as they are, comments and all. The block `accepted:` is the lines from
that key to the next key of the file, or to its end; it is written anew, and appended where there is
none. What was written is read back, and must be the same claim with this one entry more: else the
file is left as it was.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from harness.claimfile.claims import read_claim
from harness.errors import UsageError
from harness.store.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.claimfile.claims import ClaimFile
    from harness.records.claim import Acceptance
    from harness.records.scope import Scope

KEY = re.compile(r"^accepted:.*\n?(?:(?:[ \t]+.*|[ \t]*)(?:\n|\Z))*", re.MULTILINE)


def accept(file: ClaimFile, scope: Scope, entry: Acceptance) -> None:
    """Write what was accepted of a claim in one scope into its file.

    Raises:
        UsageError: the file is laid out so that the entry cannot be put into it.
        OSError: it cannot be written.
    """
    before = file.path.read_bytes()
    accepted = {**file.claim.accepted, scope.name: entry}
    replace_file(file.path, with_accepted(before.decode("utf-8"), accepted).encode("utf-8"))
    try:
        written = read_claim(file.path, scope).claim
        same = written == file.claim.model_copy(update={"accepted": accepted})
    except Exception:
        replace_file(file.path, before)
        raise
    if not same:
        replace_file(file.path, before)
        raise UsageError(
            f"{file.path}: expected a key `accepted:` at the start of a line, or none, found it laid out otherwise; "
            "put it on a line of its own as `accepted: {}`"
        )


def with_accepted(text: str, accepted: Mapping[str, Acceptance]) -> str:
    """Return a claim file's text with this block of what was accepted."""
    block = "".join(["accepted:\n", *(_entry(scope, accepted[scope]) for scope in sorted(accepted))])
    found = KEY.search(text)
    if found is None:
        return f"{text.rstrip()}\n{block}"
    return f"{text[: found.start()]}{block}{text[found.end() :]}"


def _entry(scope: str, entry: Acceptance) -> str:
    lines = [f"    {key}: {_quoted(value)}" for key, value in entry.plain().items()]
    return "\n".join([f"  {scope}:", *lines, ""])


def _quoted(value: str | None) -> str:
    """Return a value as JSON, which YAML reads as such: a date stays a string; what cannot be printed is escaped."""
    plain = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in plain)
