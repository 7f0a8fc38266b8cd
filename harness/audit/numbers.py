"""Printed numbers, and where the number that was printed may have lain.

A printed number stands for every number that rounds to it. With `unit` the worth of its last
digit: rounded to nearest (half-even and half-up differ only at the ends, which are counted in)
[v - unit/2, v + unit/2]; cut off, from v to v + unit away from zero. All arithmetic is exact, in
fractions; no float is ever made.

Limits: a number of more than 40 characters is no number of a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBER = re.compile(r"-?([0-9]+(\.[0-9]+)?|\.[0-9]+)")
LONGEST = 40
DIGITS = "0123456789"

Rounding = Literal["nearest", "cut"]


class Kind(NamedTuple):
    """How inputs and how the results made from them were rounded."""

    inputs: Rounding
    result: Rounding


KINDS = (Kind("nearest", "nearest"), Kind("cut", "cut"), Kind("nearest", "cut"), Kind("cut", "nearest"))
"""Every kind that is tried, the likeliest first."""


def is_number(text: str) -> bool:
    """Tell whether a text is a number with a decimal point."""
    return len(text) <= LONGEST and NUMBER.fullmatch(text) is not None


def decimals(text: str) -> int:
    """Return how many digits stand after the point."""
    return len(text.partition(".")[2])


def unit(places: int) -> Fraction:
    """Return the worth of the last of `places` digits after the point."""
    return Fraction(1, 10**places)


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`, both counted in."""

    low: Fraction
    high: Fraction

    def meets(self, other: Interval) -> bool:
        """Tell whether some number lies in both."""
        return self.low <= other.high and other.low <= self.high

    def narrowed(self, other: Interval) -> Interval:
        """Return what lies in both; where nothing does, this one, for then one of the two is wrong."""
        return Interval(max(self.low, other.low), min(self.high, other.high)) if self.meets(other) else self


def before_rounding(value: Fraction, worth: Fraction, rounding: Rounding) -> Interval:
    """Return where a number lay that was printed as `value`."""
    if rounding == "nearest":
        return Interval(value - worth / 2, value + worth / 2)
    return Interval(value, value + worth) if value >= 0 else Interval(value - worth, value)


def corners(function: Callable[..., Fraction], *arguments: Interval) -> Interval:
    """Return the range of a function that is monotone in each argument."""
    values = [function(*point) for point in product(*((one.low, one.high) for one in arguments))]
    return Interval(min(values), max(values))


def shown(value: Fraction, places: int) -> str:
    """Return a number for people, rounded half up to `places` digits."""
    scaled = abs(value) * 10**places
    whole = int(scaled + Fraction(1, 2))
    digits = str(whole).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 and whole else text


def slips(text: str) -> Iterator[str]:
    """Yield every number that one slip of typing makes of `text`: a digit, two neighbours swapped, a sign too many."""
    if text.startswith("-"):
        yield text[1:]
    for place, digit in enumerate(text):
        if digit in DIGITS:
            yield from (text[:place] + other + text[place + 1 :] for other in DIGITS if other != digit)
    for place in range(len(text) - 1):
        if text[place] in DIGITS and text[place + 1] in DIGITS and text[place] != text[place + 1]:
            yield text[:place] + text[place + 1] + text[place] + text[place + 2 :]
