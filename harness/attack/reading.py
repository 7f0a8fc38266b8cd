"""What a sentence says, read off the tree of its words.

Where a comparison is that does not say so: `harness.attack.carrying`. Whoever is compared stays the subject until
another is named; "worse at ..." without "than" is worse than the same rivals. Nothing else is filled in, and what
refers to nothing is unread. Source: design, Attacking (wording beyond scope).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

from lark import Token, Tree

from harness.attack.carrying import Carried
from harness.attack.meaning import Form, Idiom, Meaning, Where, Who
from harness.attack.naming import WAYS, known, named
from harness.attack.parsing import UnreadError, child, has, names, rules
from harness.attack.places import DISTANCE, NOT_SUNK, NOWHERE, agreed, counts, place, settings, where
from harness.claimfile.coverage import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


COMPARISONS: Mapping[str, tuple[Form, str]] = {
    "value": ("above", "less"),
    "not_higher": ("at-least", "more"),
    "as_high": ("at-least", ""),
    "as_good": ("at-least", ""),
    "beats": ("above", ""),
    "matches": ("at-least", ""),
    "loses": ("at-least", ""),
    "keeps_share": ("at-least", ""),
    "lies": ("above", "down"),
    "close": ("equal", ""),
    "ranks": ("above", "worse"),
    "ranks_as_well": ("at-least", ""),
    "ranks_within": ("at-least", ""),
    "quality": ("above", "worse"),
    "within_or_better": ("at-least", ""),
}
"""Predicates that hold the subject against each object: what they say, and the word with which they say the reverse."""

OF_VALUE = frozenset(
    {"value", "not_higher", "as_high", "highest", "comparable", "lowers", "no_more_biased", "range"}
) | {*("lies", "lies_far", "in_middle", "between", "close", "equivalent")}
"""What may be said of a distance, which is smaller or larger, and not better or worse."""

NO_MARGIN = Where(size=0.0)
"""What is best, or loses nothing, is level by no margin where none is said."""

SAYINGS = frozenset({"balances", "range"})
"""Idioms that a statement may consist of; the others only add to a comparison."""

REFUSABLE = frozenset({"value", "beats", "ranks", "quality"})
"""Predicates that can be said of no way to fill batches."""


class Reading:
    """What one sentence says.

    `meanings` compare arms, `idioms` say something of several checks at once. `counts` are the numbers of
    languages that it names, each with the data sets it names them of; `datasets` the names of data sets, `each` the
    bases that it names one by one, or none for both. `arms` are all that checks have, pure or mixed.
    """

    title = False

    def __init__(self, tree: Tree[Token], arms: Sequence[str] = ()) -> None:
        """Read the tree."""
        self.meanings: list[Meaning] = []
        self.idioms = [Idiom(name) for name in ("ordered_pairs", "both_sets", "many_sets") if has(tree, name)]
        self.counts = list(counts(tree))
        self.datasets = names(tree, "DATASET")
        self.each = [frozenset(names(one, "BASE")) for one in tree.find_data("each_base")]
        self._ways = tuple(dict.fromkeys((*WAYS, *arms)))
        self._subject: tuple[Who, ...] = ()
        self._rivals: tuple[Who, ...] = ()
        self.at = Carried()
        self._verb = ""
        self._left_open = self._compared = False
        for part in rules(tree):
            self.at.part()
            self._left_open = False
            if has(part, "by_more") and not has(part, "no_way"):
                raise UnreadError("says by more than how much, which no check asks for but of no way to fill batches")
            if part.data == "stop":
                self.at.start()
                self._rivals, self._compared = (), False
            elif part.data == "clause":
                self._read_clause(part)
            elif part.data == "remark":
                self._idiom(next(rules(part)))
            else:
                self.read_heading(part)
        if not self.title and not self.meanings and SAYINGS.isdisjoint(one.name for one in self.idioms):
            raise UnreadError("compares nothing")

    def read_heading(self, heading: Tree[Token]) -> None:
        """Read what only titles may say."""
        raise UnreadError(f"is no title, and says {str(heading.data).replace('_', ' ')}")

    def _read_clause(self, clause: Tree[Token]) -> None:
        """Read frames, whatever side of the verb they are on; then who; then the verb; then what is added to it."""
        if has(clause, "mean") and has(clause, "across") and not has(clause, "setting"):
            raise UnreadError("says a mean across languages, which may be of any setting: say cross-lingual, or over")
        parts = list(rules(clause))
        verbs = [number for number, part in enumerate(parts) if part.data in {"predicate", "range"}]
        for number, part in enumerate(parts):
            if part.data == "frames":
                self.at.frames(where(part), first=bool(verbs) and number < verbs[0])
        subject = next((one for one in parts if one.data == "subject"), None)
        refused = subject is not None and has(subject, "no_way")
        if subject is not None:
            self._subject = () if refused else self._named(subject)
        for part in parts:
            if part.data == "predicate":
                (verb,) = rules(part)
                self._verb = str(verb.data)
                (self._refuse if refused else self._say)(verb)
            elif part.data == "range":
                if self._compared:
                    raise UnreadError("says that results hold, of a comparison: a range is of what is equivalent")
                self._idiom(part)
            elif part.data == "tail":
                self._add_tail(next(rules(part)))

    def _named(self, tree: Tree[Token]) -> tuple[Who, ...]:
        """Return whom a subject or an object names, in the order of the words."""
        return named(tree, self._subject, self._rivals)

    def _say(self, verb: Tree[Token]) -> None:
        name = str(verb.data)
        if name in COMPARISONS:
            form, reverse = COMPARISONS[name]
            self._compare(form, verb, down=bool(reverse) and child(verb, reverse) is not None)
        else:
            self.VERBS[name](self, verb)

    def _compare(self, form: Form, verb: Tree[Token], own: Where = NOWHERE, *, down: bool = False) -> None:
        """Add what is said of the subject and each object."""
        objects = self._objects(child(verb, "objects"))
        own = agreed(own, place(verb))
        agreed(own, self.at.clause)
        for _, its in objects[-1:]:
            agreed(its, self.at.clause)
        for number, (rival, its) in enumerate(objects):
            later = NOWHERE
            for _, other in reversed(objects[number + 1 :]):
                later = other.over(later)
            at = self.at.beside(agreed(its, own), later)
            for who in known(self._subject):
                self._add(form, who, (rival,), at, down=down)
        self._rivals = tuple(rival for rival, _ in objects)

    def _objects(self, tree: Tree[Token] | None) -> list[tuple[Who, Where]]:
        """Return rivals, each with what is said of it alone; where none is named, those before, or in a heading any."""
        if tree is None:
            return [(rival, NOWHERE) for rival in self._rivals or ((Who(),) if self._left_open else known(()))]
        return [
            (who, where(frames) if (frames := child(one, "frames")) is not None else NOWHERE)
            for one in rules(tree)
            for who in self._named(one)
        ]

    def _add(self, form: Form, left: Who, rights: tuple[Who, ...], at: Where, *, down: bool = False) -> None:
        if at.measure == DISTANCE.measure and self._verb not in OF_VALUE:
            raise UnreadError("says of a distance how good it is: say which is smaller")
        self._compared = True
        bare = [who.arm is None and who.base is not None for who in (left, *rights)]
        if any(bare) and not (rights and all(bare)):
            raise UnreadError("compares a base with something else than another base")
        self.meanings.append(Meaning(form, rights[0], (left,), at) if down else Meaning(form, left, rights, at))

    def _refuse(self, verb: Tree[Token]) -> None:
        """No way does better than the objects: each of them is at least level with every other way."""
        if verb.data not in REFUSABLE or has(verb, "worse"):
            raise UnreadError("says of no way what can only be said of one")
        objects = self._objects(child(verb, "objects"))
        for who, its in objects:
            at = self.at.here(agreed(its, place(verb))).over(NO_MARGIN)
            for other in self._others(who):
                self._add("at-least", who, (other,), at, down=child(verb, "less") is not None)
        self._subject, self._rivals = tuple(who for who, _ in objects), ()

    def _others(self, who: Who) -> tuple[Who, ...]:
        """Return all arms that there are but one: the three ways, and those that checks mix otherwise."""
        return tuple(Who(way) for way in self._ways if way != who.arm)

    def _best(self, verb: Tree[Token]) -> None:
        """Best of all: at least level with all others, by the margin that is said or none, and above one of them."""
        at = self.at.here(place(verb))
        level = at if self._left_open else at.over(NO_MARGIN)
        for who in known(self._subject):
            for other in self._others(who):
                self._add("at-least", who, (other,), level)
            self._add("above", who, (Who(),), replace(at, size=None))
            self._rivals = self._others(who)

    def _best_or_level(self, verb: Tree[Token]) -> None:
        """Best, or level with those that are named: above the others, and at least level with these."""
        self._compare("at-least", verb)
        at = self.at.here(place(verb))
        for who in self._subject:
            for other in self._others(who):
                if other not in self._rivals:
                    self._add("above", who, (other,), at)

    def _comparable(self, verb: Tree[Token]) -> None:
        less, more = (child(verb, name) is not None for name in ("less", "more"))
        self._compare("at-least" if less or more else "equal", verb, down=less)

    def _far(self, verb: Tree[Token]) -> None:
        """Of several: each lies further above the objects than they lie from each other."""
        if len(self._subject) < len(WAYS) - 1:
            raise UnreadError("speaks of far, of one arm alone, which no check can measure")
        objects = self._objects(child(verb, "objects"))
        for rival, its in objects:
            at = self.at.here(its)
            for who in self._subject:
                self._add("over-mean", who, (*(one for one in self._subject if one != who), rival), at)
        self._rivals = tuple(rival for rival, _ in objects)

    def _between(self, verb: Tree[Token]) -> None:
        """Above one and below another, which only a title may leave open."""
        self._left_open = self.title
        for down in (False, True):
            self._compare("above", verb, down=down)

    def _middle(self, verb: Tree[Token]) -> None:
        middle = child(verb, "middle")
        named = self._named(middle) if middle is not None else ()
        form: Form = "under-mean" if has(verb, "down") else "over-mean"
        for who in known(self._subject):
            others = tuple(Who(way) for way in WAYS if way != who.arm)
            self._add(form, who, named or others, self.at.here())
        self._rivals = named

    def _equivalent(self, verb: Tree[Token]) -> None:
        if child(verb, "objects") is not None:
            self._compare("equal", verb)
            return
        known(self._subject[1:])
        for one, other in combinations(self._subject, 2):
            self._add("equal", one, (other,), self.at.here(place(verb)))
        self._rivals = ()

    def _never_worst(self, _: Tree[Token]) -> None:
        for who in known(self._subject):
            self._add("never-third", who, (), self.at.here())
        self._rivals = ()

    def _balance(self, verb: Tree[Token]) -> None:
        if verb.data == "balances" and set(settings(verb) or ()) != set(SETTINGS):
            raise UnreadError("speaks of a balance of other settings than the three")
        if any(who != Who("hybrid") for who in self._subject):
            raise UnreadError("says of another arm than hybrid that it balances")
        self.at.start((NO_MARGIN if verb.data == "balances" else NOWHERE).over(Where(settings=("balanced",))))
        self._idiom(verb)
        self._rivals = ()

    def _idiom(self, verb: Tree[Token]) -> None:
        measure = names(verb, "MEASURE")
        at = Where(measure=measure[0] if measure else None).over(place(verb))
        found = self.at.here(at)
        if found.size is not None and verb.data != "balances":
            raise UnreadError("says a size of what has no margin")
        self.idioms.append(Idiom(str(verb.data), tuple(map(float, names(verb, "NUMBER"))), found))

    def _lose_nothing(self, verb: Tree[Token]) -> None:
        """Not even a margin, to those that are named; in a statement that names nobody, to none of the others."""
        if child(verb, "objects") is not None:
            self._compare("at-least", verb, NO_MARGIN)
            return
        at = NO_MARGIN.over(self.at.here())
        for who in known(self._subject):
            for other in self._others(who):
                self._add("at-least", who, (other,), at)
            self._rivals = self._others(who)

    def _add_tail(self, tail: Tree[Token]) -> None:
        """Nothing sank, at no loss: against the rivals that were named before, from one pool of all languages."""
        self._verb = "tail"
        measure = names(tail, "MEASURE")
        last = replace(self.at.last, size=None)
        own = Where(measure=measure[0]).over(last) if measure else NOT_SUNK
        if tail.data == "no_loss":
            own = place(tail).over(NO_MARGIN).over(own)
        at = own.over(Where(languages=last.languages, base=last.base))
        for who in known(self._subject):
            for rival in known(self._rivals):
                self._add("at-least", who, (rival,), at)

    VERBS: ClassVar[dict[str, Callable[[Reading, Tree[Token]], None]]] = {
        "highest": _best,
        "best": _best,
        "comparable": _comparable,
        "best_or_comparable": _best_or_level,
        "lies_far": _far,
        "between": _between,
        "in_middle": _middle,
        "equivalent": _equivalent,
        "never_worst": _never_worst,
        "loses_nothing": _lose_nothing,
        "no_more_biased": lambda self, verb: self._compare("at-least", verb, DISTANCE, down=True),
        "balances": _balance,
    }
