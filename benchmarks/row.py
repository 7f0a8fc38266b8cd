"""One line of the table: some work, measured against other work or a limit, in one run."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio` is work over `against`; at most `target` meets it."""

    work: str
    against: str
    ratio: float
    target: float

    @property
    def met(self) -> bool:
        """Tell whether the target is met."""
        return self.ratio <= self.target

    def plain(self) -> dict[str, object]:
        """Return the JSON form."""
        return {**asdict(self), "ratio": round(self.ratio, 3), "met": self.met}
