"""What the Atlas is known to be: `harness/atlas/digests.json`, checked before anything is read.

    {"data": "Babel ..., CLDR ...",
     "facts": {relation: {entity: first digits of the sha256 of the fact and its names}},
     "parts": {draw: {part in PINNED_LANGUAGES: sha256}}}

Facts are compared first, because they come from Babel and can change behind our back; then the
part that was asked for, if it was asked for whole, because wordings and draws can change too.

Limits: a part in other languages or with fewer facts has no pin of its own; its facts are
checked all the same. Made anew by `python -m harness.data.pin`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import ValidationError

from harness.data import cldr
from harness.data.atlas import FULL_LANGUAGES
from harness.data.facts import fingerprints
from harness.data.relations import DRAWS
from harness.errors import DigestMismatch, Fault, FileFaults
from harness.records.record import Record, Sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.data.relations import Draw

PATH = "harness/atlas/digests.json"
MEND = "install the Babel that the constraints pin, or review the change and run python -m harness.data.pin"
SHOWN = 5
PINNED_LANGUAGES = {**FULL_LANGUAGES, "pairs": ("ar", "de", "en", "es", "hi", "ru", "th", "tr", "zh")}
"""Part -> the languages it is pinned in: all, but for pairs those the paper trains on (section 4)."""

Prints = dict[str, dict[str, str]]


class Pins(Record):
    """The Atlas as it was when it was pinned; `facts` is relation -> entity -> digits."""

    data: str
    facts: Prints
    parts: dict[str, dict[str, Sha256]]


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
def check_facts(draw: Draw) -> None:
    """Compare this machine's facts of a draw with the pinned ones.

    Raises:
        FileFaults: one fault per relation that differs, naming facts.
    """
    compare_facts(pins(), fingerprints(draw), draw)


def compare_facts(pinned: Pins, found: Mapping[str, Mapping[str, str]], draw: Draw) -> None:
    """Compare a draw's facts with pinned ones, relation by relation.

    Raises:
        FileFaults: one fault per relation that differs, naming facts.
    """
    faults = []
    for relation in DRAWS[draw]:
        before, now = pinned.facts.get(relation, {}), found.get(relation, {})
        differ = sorted(entity for entity in before.keys() | now.keys() if before.get(entity) != now.get(entity))
        if differ:
            told = ", ".join(differ[:SHOWN]) + (", ..." if len(differ) > SHOWN else "")
            says = f"{len(differ)} of them otherwise from {cldr.version()}: {told}"
            faults.append(Fault(PATH, 0, f"the {len(before)} {relation} facts of {pinned.data}", says, MEND))
    if faults:
        raise FileFaults(faults)


def check_part(pinned: Pins, draw: Draw, part: str, found: str) -> None:
    """Compare a whole part's digest with the pinned one.

    Raises:
        DigestMismatch: they differ, so wordings or draws have changed (the facts are checked before).
    """
    expected = pinned.parts.get(draw, {}).get(part, "none")
    if found != expected:
        raise DigestMismatch(f"{PATH}: {draw} draw, {part}", expected, found, MEND)
