"""Who is compared: the arms and bases that words name, and what `they` and `both` refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack.meaning import Who
from harness.attack.parsing import UnreadError, names, rules
from harness.attack.places import KINDS
from harness.records.training import arm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lark import Token, Tree

WAYS = ("hybrid", "x-x-mono", "x-y")
AMOUNTS = {"half": "hybrid", "quarter": "hybrid@0.25", "three_quarters": "hybrid@0.75"}


def named(tree: Tree[Token], subject: tuple[Who, ...], rivals: tuple[Who, ...]) -> tuple[Who, ...]:
    """Return whom a subject or an object names, in the order of the words; `subject` and `rivals` were named before.

    Raises:
        UnreadError: it refers to nobody, or to other than two as both.
    """
    found: list[Who] = []
    for one in rules(tree):
        name = str(one.data)
        if name in KINDS or name in AMOUNTS:
            found.append(Who(KINDS.get(name) or AMOUNTS[name]))
        elif name in WHO:
            found.append(WHO[name](one))
        elif name == "they":
            found.extend(known(subject))
        elif name == "both":
            found.extend(_two((*subject, *rivals)))
        elif name != "frames":
            found.extend(named(one, subject, rivals))
    return tuple(found)


def known(who: tuple[Who, ...]) -> tuple[Who, ...]:
    """Return those who were named.

    Raises:
        UnreadError: nobody was.
    """
    if not who:
        raise UnreadError("compares with, or speaks of, somebody who was not named")
    return who


def _two(who: tuple[Who, ...]) -> tuple[Who, ...]:
    found = tuple(dict.fromkeys(who))
    if len(found) != 2:  # noqa: PLR2004 - both are two
        raise UnreadError("says 'both' where not two were named")
    return found


def _share(number: str) -> Who:
    try:
        return Who(arm(f"hybrid@{number}").label)
    except ValueError:
        raise UnreadError(f"speaks of {number} of the batches, which is no share of them") from None


WHO: Mapping[str, Callable[[Tree[Token]], Who]] = {
    "share": lambda one: _share(names(one)[0]),
    "named": lambda one: Who(arm(names(one)[0]).label),
    "base_name": lambda one: Who(None, names(one)[0]),
}
