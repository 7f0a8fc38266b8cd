"""Where, on what and in what arms are compared: what each frame and quantity of the grammar means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack.meaning import Where
from harness.attack.parsing import UnreadError, child, has, names, rules
from harness.attack.tokens import FEW
from harness.claimfile.coverage import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lark import Token, Tree

KINDS = {"hybrid": "hybrid", "mono": "x-x-mono", "cross": "x-y"}
"""The arm that each kind of batches stands for."""

NAMES = dict(zip(("mono", "cross", "multi"), SETTINGS, strict=True))
NOWHERE = Where()
POOL = Where(settings=("multilingual",))
NOT_SUNK = Where(settings=("multilingual",), measure="MAP")
DISTANCE = Where(settings=("multilingual",), measure="rank-distance")
FIRST, BEIRS = "answers ranked first", "nDCG@10"
"""How many answers are first is R@1 where a question has one; in the pool of all languages it has several."""

OF_RANKINGS = frozenset({"MAP", "MRR", "nDCG@10"})
"""Measures of whole rankings, which need no naming; how many are among the first so many does."""

HUNDRED = 100


def place(tree: Tree[Token]) -> Where:
    """Return what a rule says itself of where: size, frames, quantity and base right below it.

    Raises:
        UnreadError: they contradict each other.
    """
    found = Where()
    size, frames = child(tree, "size"), child(tree, "frames")
    if size is not None:
        share = float(names(size)[0])
        found = Where(size=round(HUNDRED - share, 6) if tree.data == "keeps_share" else share)
    if frames is not None:
        found = agreed(found, where(frames))
    base = next((str(one).partition(":")[2] for one in tree.children if getattr(one, "type", "") == "BASE"), None)
    return agreed(agreed(found, _quantity(tree)), Where(base=base))


def where(frames: Tree[Token]) -> Where:
    """Return where frames say that something is compared.

    Raises:
        UnreadError: they contradict each other.
    """
    found = Where()
    for frame in rules(frames):
        sets = Where(sets=frozenset(names(frame, "DATASET")) or None)
        found = agreed(FRAMES.get(str(frame.data), _nowhere)(frame).over(sets), found)
    return found


def settings(tree: Tree[Token] | None) -> tuple[str, ...] | None:
    """Return the settings that a rule names, each once; None where it names none."""
    if tree is None:
        return None
    found = [next(rules(one)).data for one in tree.find_data("setting")]
    return tuple(setting for name, setting in NAMES.items() if name in found) or None


def agreed(one: Where, other: Where) -> Where:
    """Return what both say.

    Raises:
        UnreadError: they contradict each other.
    """
    if found := one.against(other):
        raise UnreadError(f"says two things of one comparison's {found[0].replace('_', ' ')}")
    return one.over(other)


def count(tree: Tree[Token]) -> int:
    """Return the number of languages that a rule names.

    Raises:
        UnreadError: it is none.
    """
    number = next(iter(names(tree)), None) or str(next(FEW[str(one.data)] for one in rules(tree)))
    if not number.isdigit() or int(number) == 0:
        raise UnreadError(f"speaks of {number} languages")
    return int(number)


def counts(tree: Tree[Token]) -> Iterator[tuple[int, list[str]]]:
    """Yield each number of languages that a frame names, with the data sets that it names them of.

    Raises:
        UnreadError: it is no number of languages.
    """
    for frames in tree.find_data("frames"):
        for frame in rules(frames):
            yield from ((count(one), names(frame, "DATASET")) for one in frame.find_data("count"))


def kept(heading: Tree[Token]) -> Where:
    """Return what a title says is kept, or helped."""
    if has(heading, "both_kinds"):
        return Where(settings=SETTINGS[:2])
    if has(heading, "withheld"):
        return Where(pairs=True)
    measures = names(heading, "MEASURE") if has(heading, "reciprocal") else []
    over = child(heading, "to_languages")
    kept = [str(one).partition(":")[2] for one in heading.children if getattr(one, "type", "") == "LANGUAGE"]
    kept += names(over) if over is not None else []
    return Where(measure=measures[0] if measures else None, languages=frozenset(kept) if kept else None)


def _quantity(tree: Tree[Token]) -> Where:
    found = child(tree, "quantity")
    if found is None:
        return Where()
    return Where(settings=settings(found), measure=FIRST if has(found, "first") else names(found, "MEASURE")[0])


def _nowhere(_: Tree[Token]) -> Where:
    """Return nothing: how many languages and sets there are is held to the claim by itself."""
    return NOWHERE


def _measured(frame: Tree[Token]) -> Where:
    measure = BEIRS if has(frame, "measure_of_beir") else names(frame, "MEASURE")[0]
    return Where(settings=settings(frame), measure=measure)


FRAMES: dict[str, Callable[[Tree[Token]], Where]] = {
    "within": lambda _: Where(settings=("monolingual",)),
    "many_sets": lambda _: Where(settings=("monolingual",)),
    "across": lambda _: Where(settings=("crosslingual",)),
    "pool": lambda _: POOL,
    "in_settings": lambda frame: Where(settings=settings(frame)),
    "all_settings": lambda _: Where(settings=SETTINGS),
    "balanced": lambda frame: Where(settings=("balanced",), measure=names(frame, "MEASURE")[0]),
    "one_base": lambda frame: Where(base=names(frame)[0]),
    "each_base": lambda _: Where(base="each"),
    "pooled": lambda frame: Where(pooled=frozenset(names(frame))),
    "languages": lambda frame: Where(languages=frozenset(names(frame))),
    "unseen": lambda _: Where(unseen=True),
    "of_each_language": lambda _: Where(each_language=True),
    "withheld": lambda _: Where(settings=("crosslingual",), pairs=True),
    "under": lambda frame: Where(arm=next(KINDS[str(one.data)] for one in frame.iter_subtrees() if one.data in KINDS)),
    "in_measure": _measured,
    "by_size": lambda frame: Where(size=float(names(frame)[0])),
    "by_more": lambda frame: Where(size=float(names(frame)[0])),
}
