"""One line of the table: some work, measured against other work or a limit, in one run."""

from __future__ import annotations

from dataclasses import dataclass

from harness.records.bench import BenchRow


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio` is work over `against`; at most `target` meets it, and None is only reported."""

    work: str
    against: str
    ratio: float
    target: float | None

    @property
    def met(self) -> bool | None:
        """Tell whether the target is met, None where there is none."""
        return None if self.target is None else self.ratio <= self.target

    def record(self) -> BenchRow:
        """Return it as it is filed, rounded."""
        ratio = round(self.ratio, 5 if self.target is None else 3)
        return BenchRow(work=self.work, against=self.against, ratio=ratio, target=self.target, met=self.met)

    def line(self) -> str:
        """Return the line of the printed table."""
        if self.target is None:
            return f"{self.work} | {self.against} | {self.ratio:.4f} | none | reported"
        words = "met" if self.met else f"MISSED by {self.ratio / self.target - 1.0:.0%}"
        return f"{self.work} | {self.against} | {self.ratio:.2f} | at most {self.target:g} | {words}"
