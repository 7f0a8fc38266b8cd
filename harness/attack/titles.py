"""What a title says: a statement, or one of a few headings that leave open what is compared with what.

A heading holds where all that it says follows at one place (`harness.attack.settling`), and a margin need not be
small for it (`harness.attack.following`). Who keeps something keeps what the specialist of its setting has; who
carries over does so to languages absent from training; who leads, or puts the answer first most often, is the best.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from lark import Token, Tree

from harness.attack.meaning import SPECIALIST, Form, Where, Who
from harness.attack.parsing import child, has, parsed, rules
from harness.attack.places import DISTANCE, FIRST, NOWHERE, POOL, agreed, kept, place, settings
from harness.attack.reading import Reading
from harness.court.contrast import sides

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.attack.subject import Subject


def read(sentence: str, subject: Subject, *, title: bool = False) -> Reading:
    """Return what a sentence of an effectiveness claim says.

    Raises:
        UnreadError: what the grammar does not hold, or what refers to nothing.
    """
    tree = parsed(sentence, "title" if title else "statement", subject)
    arms = [side.sampling for check in subject.required() for side in sides(check)]
    return Title(tree, arms) if title else Reading(tree, arms)


class Title(Reading):
    """What a title says."""

    title = True

    def read_heading(self, heading: Tree[Token]) -> None:
        """Read what may be said in titles alone: of whom, where, and who is left open to compare with."""
        self._rivals, self._left_open = (), True
        self.at.start()
        first = next(rules(heading), heading)
        self._subject = self._named(Tree("subject", [first])) if first.data in {"way", "pair_of_ways", "shares"} else ()
        self._verb, told = str(heading.data), len(self.meanings)
        self.HEADINGS[str(heading.data)](self, heading)
        said = [replace(one, where=replace(one.where, roughly=True)) for one in self.meanings[told:]]
        self.meanings[told:] = said

    def _open(self, form: Form, heading: Tree[Token], own: Where = NOWHERE, *, down: bool = False) -> None:
        self._compare(form, heading, agreed(agreed(own, kept(heading)), _named_settings(heading)), down=down)

    def _lead(self, heading: Tree[Token]) -> None:
        self.at.start(POOL if has(heading, "led_pool") else NOWHERE)
        self._best(heading)
        if child(heading, "objects") is not None:
            self._compare("at-least", heading)

    def _put_first(self, heading: Tree[Token]) -> None:
        self.at.start(Where(measure=FIRST))
        if has(heading, "most_often"):
            self._best(heading)
        else:
            self._compare("above", heading)

    def _keep(self, heading: Tree[Token]) -> None:
        """Keep what the specialist of a setting has: batches of one language within one, of two across them."""
        at = agreed(agreed(kept(heading), place(heading)), _named_settings(heading))
        named = next(iter(_named_settings(heading).settings or ()), None)
        for who in self._subject:
            for setting in at.settings or (None,):
                for rival in self._others(who) if setting == named == "multilingual" else (SPECIALIST,):
                    self._add("at-least", who, (rival,), Where(settings=(setting,) if setting else None).over(at))

    def _gain(self, heading: Tree[Token]) -> None:
        """Improve what is: for pairs that no batch held, what batches of one language have, which hold no pair."""
        if has(heading, "withheld"):
            self._rivals = (Who("x-x-mono"),)
        self._open("above", heading)

    def _carry_over(self, heading: Tree[Token]) -> None:
        """Carry over to languages absent from training: better than whatever else fills batches, or level."""
        self.at.start(Where(unseen=True))
        at = agreed(kept(heading), self.at.here(place(heading)))
        for who in self._subject:
            for other in self._others(who):
                self._add("at-least", who, (other,), at.over(self.at.before))

    HEADINGS: ClassVar[dict[str, Callable[[Title, Tree[Token]], None]]] = {
        "topic": lambda *_: None,
        "keeps": _keep,
        "carries_over": _carry_over,
        "gains": _gain,
        "costs": lambda self, tree: self._open("above", tree, down=True),
        "lowers": lambda self, tree: self._open("above", tree, DISTANCE, down=True),
        "puts_first": _put_first,
        "leads": _lead,
        "balances_best": lambda self, tree: self._balance(tree),
        "buys": lambda self, tree: self._idiom(tree),
        "results_hold": lambda self, tree: self._idiom(tree),
        "base_ahead": lambda self, tree: self._idiom(tree),
    }


def _named_settings(heading: Tree[Token]) -> Where:
    return Where(settings=settings(child(heading, "settings")))
