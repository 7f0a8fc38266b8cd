"""What must hold of a check beyond the types of its keys.

which keys a relation has        a key that decides nothing must not look as if it did
both sides                       known arms that differ in one factor, and differ as trainings
margin, weights, languages       within what the relation can mean
what is cited                    a cell of the paper that says exactly this
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.claimfile.coverage import bases_of
from harness.claimfile.paper import NUMBER
from harness.errors import Fault
from harness.records.claim import Check, CitedEffect, CitedValue, Claim, Side
from harness.records.record import decimal
from harness.records.scope import bound_languages
from harness.records.training import arm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.claimfile.paper import Paper
    from harness.claimfile.tree import Place, Tree
    from harness.records.scope import Scope

ALWAYS = frozenset({"id", "required", "relation", "reason"})
MEASURED = ALWAYS | {"measure", "setting", "pairs", "languages", "margin"}
TWO_SIDED = MEASURED | {"left", "right", "claimed", "unit"}
KEYS = {
    "equals": ALWAYS | {"margin", "counts"},
    "never-third": ALWAYS | {"measure", "margin"},
    "contrast": MEASURED | {"weights", "claimed"},
    "order": MEASURED | {"arms"},
}
"""Keys by relation; every other relation has two sides."""
MARGINED = frozenset({"comparable-or-above", "comparable-or-below", "equivalent"})
RANK_DISTANCE = "rank-distance"
SAME_TRAINING = {"hybrid@0": "x-y", "hybrid@1": "x-x-mono"}
BOTH, RANKED = 2, 3


@dataclass(frozen=True, slots=True)
class CheckReading:
    """One check, where it stands, and what it speaks of; `paper` is None where it cannot be read."""

    claim: Claim
    check: Check
    place: Place
    tree: Tree
    paper: Paper | None
    scope: Scope | None

    def faults(self) -> Iterator[Fault]:
        """Yield everything wrong with the check."""
        yield from self._keys()
        yield from self._margin()
        yield from self._claimed()
        if self.check.relation == "equals":
            yield from self._counts()
            return
        yield from self._measured()
        yield from self._languages()
        if self.check.relation == "contrast":
            yield from self._weights()
        elif self.check.relation == "order":
            yield from self._order()
        elif self.check.relation != "never-third":
            yield from self._sides()

    def _fault(self, place: str | Place, expected: str, found: str, todo: str = "") -> Fault:
        inner = (place,) if isinstance(place, str) else place
        return Fault(self.tree.path, self.tree.line((*self.place, *inner)), expected, found, todo)

    def _keys(self) -> Iterator[Fault]:
        check, known = self.check, KEYS.get(self.check.relation, TWO_SIDED)
        for key in sorted(check.model_fields_set - known):
            if getattr(check, key):
                yield self._fault(
                    key,
                    f"the keys of {check.relation} ({', '.join(sorted(known))})",
                    key,
                    "remove it: it decides nothing",
                )
        if check.required is True and check.reason is None:
            yield self._fault((), "a reason for a required check", "none", "say why this relation and margin")

    def _margin(self) -> Iterator[Fault]:
        margin, said = decimal(self.check.margin), f'"{self.check.margin}"'
        if self.check.relation not in MARGINED and margin != 0:
            yield self._fault(
                "margin", f'margin "0" for {self.check.relation}', said, "remove it, or change the relation"
            )
        if self.check.relation in MARGINED and not 0 <= margin < 1:
            yield self._fault("margin", "a margin in [0, 1), a share of the right side", said, 'write 1% as "0.01"')

    def _measured(self) -> Iterator[Fault]:
        check = self.check
        if self.claim.kind == "counted":
            yield self._fault("relation", "equals for a claim of kind counted", check.relation)
        for key in ("measure", "setting"):
            if getattr(check, key) is None and key in KEYS.get(check.relation, TWO_SIDED):
                yield self._fault((), f"a {key}", "none", f"add {key}")
        yield from self._setting()

    def _setting(self) -> Iterator[Fault]:
        check, found = self.check, str(self.check.setting)
        if check.measure == RANK_DISTANCE and check.relation == "never-third":
            yield self._fault("measure", "a measure of all three settings for never-third", RANK_DISTANCE)
        elif check.measure == RANK_DISTANCE and check.setting not in {None, "multilingual"}:
            yield self._fault("setting", "multilingual for rank-distance", found, "it is a distance within one pool")
        if check.pairs and check.setting not in {None, "crosslingual"}:
            yield self._fault("setting", "crosslingual for withheld pairs", found, "pairs are of two languages")

    def _languages(self) -> Iterator[Fault]:
        bound = self.scope.datasets if self.scope else {}
        of_each = [bound_languages(bound[name]) for name in self.claim.datasets if name in bound]
        # what only files can tell, only measuring can refuse
        known = set().union(*(languages or () for languages in of_each)) if all(of_each) else set()
        given = self.check.languages or ()
        if self.check.languages == ():
            yield self._fault("languages", "at least one language", "none", "remove the key to take them all")
        for number, language in enumerate(given):
            place = ("languages", number)
            if language in given[:number]:
                yield self._fault(place, "each language once", f"{language} again", "remove one")
            elif known and language not in known:
                expected = f"a language of {', '.join(self.claim.datasets)} ({', '.join(sorted(known))})"
                yield self._fault(place, expected, language)

    def _sides(self) -> Iterator[Fault]:
        sides = []
        for key, side in (("left", self.check.left), ("right", self.check.right)):
            if side is None:
                yield self._fault((), f"a {key} side", "none", f"add {key}")
                continue
            spec = side if isinstance(side, Side) else Side(sampling=side)
            yield from self._arms(key, [spec.sampling])
            if spec.base is not None and spec.base not in self.claim.bases:
                yield self._fault(key, f"a base of this claim ({', '.join(self.claim.bases)})", spec.base)
            sides.append(spec)
        if len(sides) == BOTH and all(_training(side.sampling) for side in sides):
            yield from self._minimal_pair(*sides)

    def _minimal_pair(self, left: Side, right: Side) -> Iterator[Fault]:
        factors = ["sampling"] if _training(left.sampling) != _training(right.sampling) else []
        factors += ["base"] if left.base != right.base else []
        if len(factors) != 1:
            found = " and ".join(factors) or "none: both sides are the same"
            todo = "hold one of them fixed" if factors else "compare two arms"
            yield self._fault("left", "sides that differ in one factor", found, todo)
        elif None in {left.base, right.base} and left.base != right.base:
            yield self._fault("left", "a base on both sides or on neither", "one", "name the other side's base")

    def _arms(self, key: str, labels: Sequence[str]) -> Iterator[Fault]:
        for number, label in enumerate(labels):
            try:
                arm(label)
            except ValueError as error:
                expected, _, found = str(error).removeprefix("expected ").partition(", found ")
                place: Place = (key, number if key == "arms" else label)
                yield self._fault(place, expected, found)

    def _weights(self) -> Iterator[Fault]:
        weights = self.check.weights or {}
        yield from self._arms("weights", list(weights))
        trainings = [_training(label) for label in weights]
        if len(set(trainings)) < max(len(trainings), BOTH):
            yield self._fault("weights", "weights of at least two different arms", ", ".join(weights) or "none")
        elif not all(weights.values()):
            idle = ", ".join(arm for arm, weight in weights.items() if not weight)
            yield self._fault("weights", "weights other than 0", f"0 of {idle}", "leave out what does not count")
        elif not math.isclose(math.fsum(weights.values()), 0, abs_tol=1e-9):
            found = f"a sum of {math.fsum(weights.values()):g}"
            yield self._fault("weights", "weights that sum to 0", found, "anything else judges a level, no difference")

    def _order(self) -> Iterator[Fault]:
        arms = self.check.arms or ()
        yield from self._arms("arms", arms)
        if len({_training(label) for label in arms}) < max(len(arms), RANKED) or len(arms) > RANKED:
            yield self._fault("arms", "three different arms, best first", ", ".join(arms) or "none")

    def _counts(self) -> Iterator[Fault]:
        if not self.check.counts:
            yield self._fault((), "counts to compare", "none", "add counts")
        for name, cited in self.check.counts.items():
            dataset, slash, what = name.partition("/")
            if dataset not in self.claim.datasets or not slash or not what:
                expected = f"<dataset>/<count> with a dataset of this claim ({', '.join(self.claim.datasets)})"
                yield self._fault(("counts", name), expected, name)
            whole = decimal(cited.value) == decimal(cited.value).to_integral_value()
            if self.claim.kind == "counted" and not whole:
                yield self._fault(("counts", name), "a whole number for a count", f'"{cited.value}"')
            yield from self._cited(("counts", name), cited)

    def _claimed(self) -> Iterator[Fault]:
        check, datasets = self.check, self.claim.datasets
        bases = bases_of(self.claim, check)
        keys = {base if len(datasets) == 1 else f"{name}/{base}" for base in bases for name in datasets}
        for name, cited in check.claimed.items():
            if name not in keys:
                yield self._fault(("claimed", name), f"one of {', '.join(sorted(keys))}", name)
            if check.relation == "reduced-by" and isinstance(cited, CitedEffect):
                yield self._fault(("claimed", name), "a cell and its value for reduced-by", "two cells")
            yield from self._cited(("claimed", name), cited)
        if check.relation == "reduced-by" and (keys - set(check.claimed) or check.unit is None):
            lacking = ", ".join(sorted(keys - set(check.claimed))) or "unit"
            yield self._fault("claimed", "by how many percent, for each base", f"nothing on {lacking}")

    def _cited(self, place: Place, cited: CitedValue | CitedEffect) -> Iterator[Fault]:
        if self.paper is None:
            return
        for cell in [cited.cell] if isinstance(cited, CitedValue) else [cited.left, cited.right]:
            said = self.paper.cells.get(cell)
            if said is None:
                yield self._fault(place, "a cell of the paper's tables or statements", cell, self.paper.near(cell))
            elif not NUMBER.fullmatch(said):
                yield self._fault(place, "a cell that holds a number", f"{cell}, which says {said!r}")
            elif isinstance(cited, CitedValue) and decimal(said) != decimal(cited.value):
                yield self._fault(place, f"what {cell} says ({said})", f'"{cited.value}"', "copy the paper's number")


def _training(label: str) -> str | None:
    """Return one name per way to fill batches, whatever it is called; None for an unknown arm."""
    try:
        found = arm(label).label
    except ValueError:
        return None
    return SAME_TRAINING.get(found, found)
