"""What bounds a single number, or one by another, whatever else the paper says.

Range     a measure lies between 0 and 1 (or 100), a distance or count not below 0, a count is whole
Nested    more is found among more passages: R@1 <= R@10; and R@1 <= MAP, R@1 taken as recall
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.audit.numbers import Kind
    from harness.audit.relations import World


@dataclass(frozen=True, slots=True)
class Range:
    """A number that its measure bounds; `whole` where it counts things."""

    cell: str
    highest: int | None
    whole: bool

    @property
    def kind(self) -> str:
        """Of its own."""
        return "impossible"

    @property
    def family(self) -> str:
        """Printed numbers as they are: nothing is rounded."""
        return "range"

    @property
    def cells(self) -> tuple[str, ...]:
        """The one."""
        return (self.cell,)

    def holds(self, world: World, _kind: Kind) -> bool:
        """See whether the printed number is in range."""
        value = world.values[self.cell]
        whole = not self.whole or value.denominator == 1
        return value >= 0 and whole and (self.highest is None or value <= self.highest)

    def follows(self, _world: World, _kind: Kind) -> str:
        """Say what the range is."""
        if self.whole:
            return "a count is a whole number, not below 0"
        return "it cannot be below 0" if self.highest is None else f"its measure lies between 0 and {self.highest}"


@dataclass(frozen=True, slots=True)
class Nested:
    """`less` cannot be above `more`: the same queries, more passages looked at."""

    less: str
    more: str
    why: str

    @property
    def kind(self) -> str:
        """Of its own."""
        return "nested"

    @property
    def family(self) -> str:
        """Both are of one table."""
        return "nested"

    @property
    def cells(self) -> tuple[str, ...]:
        """Both."""
        return (self.less, self.more)

    def holds(self, world: World, _kind: Kind) -> bool:
        """See whether rounding could have turned them."""
        return world.printed(self.less).low <= world.printed(self.more).high

    def follows(self, _world: World, _kind: Kind) -> str:
        """Say why."""
        return self.why
