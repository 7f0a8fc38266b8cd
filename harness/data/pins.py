"""What the Atlas is known to be: `harness/atlas/digests.json`, checked before anything is read.

    {"data": "Babel ..., CLDR ...",
     "facts": {relation: {entity: first digits of the sha256 of the fact and its names}},
     "parts": {part in all its languages: sha256}}

Facts are compared first, because they come from Babel and can change behind our back; then the
part that was asked for, if it was asked for whole, because wordings and draws can change too.

Limits: a part in fewer languages or with fewer facts has no pin of its own; its facts are
checked all the same. Made anew by `python -m harness.data.pin`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import ValidationError

from harness.data import cldr
from harness.data.facts import RELATIONS, fingerprints
from harness.errors import DigestMismatch, Fault, FileFaults
from harness.records.record import Record, Sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "harness/atlas/digests.json"
MEND = "install the Babel that the constraints pin, or review the change and run python -m harness.data.pin"
SHOWN = 5

Prints = dict[str, dict[str, str]]


class Pins(Record):
    """The Atlas as it was when it was pinned; `facts` is relation -> entity -> digits."""

    data: str
    facts: Prints
    parts: dict[str, Sha256]


@cache
def pins() -> Pins:
    """Return the package's pins.

    Raises:
        FileFaults: the package data is damaged.
    """
    return parse(files("harness").joinpath("atlas/digests.json").read_bytes())


def parse(data: bytes, path: str = PATH) -> Pins:
    """Return the pins in `data`.

    Raises:
        FileFaults: not JSON, or of another shape.
    """
    try:
        return Pins.model_validate_json(data)
    except ValidationError as error:
        faults = [
            Fault(path, 0, f"{'.'.join(map(str, item['loc'])) or 'JSON'}: {item['msg']}", item["type"], MEND)
            for item in error.errors()
        ]
        raise FileFaults(faults) from error


@cache
def check_facts() -> None:
    """Compare this machine's facts with the pinned ones.

    Raises:
        FileFaults: one fault per relation that differs, naming facts.
    """
    compare_facts(pins(), fingerprints())


def compare_facts(pinned: Pins, found: Mapping[str, Mapping[str, str]]) -> None:
    """Compare facts with pinned ones, relation by relation.

    Raises:
        FileFaults: one fault per relation that differs, naming facts.
    """
    faults = []
    for relation in RELATIONS:
        before, now = pinned.facts.get(relation, {}), found.get(relation, {})
        differ = sorted(entity for entity in before.keys() | now.keys() if before.get(entity) != now.get(entity))
        if differ:
            told = ", ".join(differ[:SHOWN]) + (", ..." if len(differ) > SHOWN else "")
            says = f"{len(differ)} of them otherwise from {cldr.version()}: {told}"
            faults.append(Fault(PATH, 0, f"the {len(before)} {relation} facts of {pinned.data}", says, MEND))
    if faults:
        raise FileFaults(faults)


def check_part(pinned: Pins, part: str, found: str) -> None:
    """Compare a whole part's digest with the pinned one.

    Raises:
        DigestMismatch: they differ, so wordings or draws have changed (the facts are checked before).
    """
    expected = pinned.parts.get(part, "none")
    if found != expected:
        raise DigestMismatch(f"{PATH}: {part}", expected, found, MEND)
