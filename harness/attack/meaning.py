"""What a sentence says of arms, and what checks say: in the same few forms, so that one can be held to the other.

    above        the left one's mean lies above the right one's
    at-least     it does, or lies below by a margin at most
    equal        within a margin on both sides
    over-mean    the left one lies above the mean of the right two; under-mean: below it
    never-third  the left one is third of three in no language and setting

Below is above, the other way round; a smaller rank distance too. An arm or a setting that is None is left
open: in a title it may be any, see `harness.attack.grounds`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

Form = Literal["above", "at-least", "equal", "over-mean", "under-mean", "never-third"]
WITHIN = frozenset({"at-least", "equal"})
"""Forms that have a margin."""


@dataclass(frozen=True, slots=True)
class Who:
    """An arm, on a base where one is named; an arm that is None is whatever stands there."""

    arm: str | None = None
    base: str | None = None

    @property
    def told(self) -> str:
        """Return it in words."""
        return f"{self.arm or 'any arm'}{f' on {self.base}' if self.base else ''}"


SPECIALIST = Who("the setting's own")
"""The arm that is trained for the setting that is spoken of; any other one in the pool, for which none is."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where, on what and in what arms are compared; None is what the sentence leaves open.

    `sets` are data sets that are named; `base` is a name, or `each`; `arm` is that of a comparison of bases; `size` a
    margin in percent, which a heading leaves open, `roughly`.
    """

    settings: tuple[str, ...] | None = None
    sets: frozenset[str] | None = None
    measure: str | None = None
    base: str | None = None
    pooled: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    unseen: bool | None = None
    pairs: bool | None = None
    each_language: bool | None = None
    arm: str | None = None
    size: float | None = None
    roughly: bool | None = None

    def against(self, other: Where) -> tuple[str, ...]:
        """Return in what both say something, and not the same."""
        told = ((one.name, getattr(self, one.name), getattr(other, one.name)) for one in fields(self))
        return tuple(name for name, mine, its in told if None not in {mine, its} and mine != its)

    def over(self, other: Where) -> Where:
        """Return what is said here, and what `other` says of the rest."""
        return replace(
            other,
            **{one.name: found for one in fields(self) if (found := getattr(self, one.name)) is not None},
        )


@dataclass(frozen=True, slots=True)
class Idiom:
    """What a rule of the grammar says of several checks at once: its name, numbers that it names, and where."""

    name: str
    numbers: tuple[float, ...] = ()
    where: Where = Where()

    @property
    def told(self) -> str:
        """Return it in words."""
        return " ".join([self.name.replace("_", " "), *(f"{one:g}" for one in self.numbers)])


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a sentence says, or that a check asks for."""

    form: Form
    left: Who
    rights: tuple[Who, ...]
    where: Where = Where()

    @property
    def told(self) -> str:
        """Return it in words."""
        left, *rest = (replace(one, arm=one.arm or self.where.arm).told for one in (self.left, *self.rights))
        right = " and ".join(rest)
        words = {
            "above": f"{left} above {right}",
            "at-least": f"{left} at least level with {right}",
            "equal": f"{left} equivalent to {right}",
            "over-mean": f"{left} above the mean of {right}",
            "under-mean": f"{left} below the mean of {right}",
            "never-third": f"{left} never third",
        }[self.form]
        return f"{words} in {self._place}"

    @property
    def _place(self) -> str:
        where = self.where
        told = " and ".join(where.settings) if where.settings else "any setting"
        told += f" {where.measure}" if where.measure else ""
        told += f", on {where.base}" if where.base else ""
        told += f", pooled over {' and '.join(sorted(where.pooled))}" if where.pooled else ""
        told += f", over questions in {', '.join(sorted(where.languages))}" if where.languages else ""
        told += ", over pairs withheld from training" if where.pairs else ""
        told += ", in each language" if where.each_language else ""
        return told + (f", within {where.size:g}%" if where.size is not None else "")
