"""Where a comparison is that does not say so itself: what its sentence said before goes on, by few rules.

Its own words come first; then what its clause says at its beginning or end; then what the next comparison of the
same verb says ("beats A and B across languages"); then what goes on from the comparison before, up to a full stop:

    a setting, and a measure of whole rankings or of first answers, go on
    another measure, and what narrows a comparison down (NARROWING), go on only if they stood before the verb
    a size never goes on: a margin is that of its own comparison
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.attack.meaning import Where
from harness.attack.places import FIRST, NOWHERE, OF_RANKINGS, agreed

NARROWING = ("languages", "base", "pairs", "unseen", "arm")


@dataclass(slots=True)
class Carried:
    """What is known of the next comparison: `opening` and `clause` of its own clause, `before` from others.

    `lead` is the last measure that stood before a verb, `last` where the last comparison was.
    """

    opening: Where = NOWHERE
    clause: Where = NOWHERE
    before: Where = NOWHERE
    last: Where = NOWHERE
    lead: str | None = None

    def part(self) -> None:
        """Begin another part of the sentence."""
        self.opening = self.clause = NOWHERE

    def start(self, at: Where = NOWHERE) -> None:
        """Forget what went on, and begin with a place."""
        self.before, self.last, self.lead = at, at, None

    def frames(self, told: Where, *, first: bool) -> None:
        """Take in what a clause says beside its verb; `first` where that stands before it.

        Raises:
            UnreadError: it contradicts what the clause said already.
        """
        self.clause = agreed(self.clause, told)
        if first:
            self.opening, self.lead = self.clause, self.clause.measure or self.lead

    def here(self, own: Where = NOWHERE) -> Where:
        """Return where a comparison is that says `own` of it.

        Raises:
            UnreadError: that contradicts its clause.
        """
        return self._go_on(agreed(own, self.clause).over(self.clause).over(self.before))

    def beside(self, own: Where, later: Where) -> Where:
        """Return where one of several comparisons of a verb is; `later` is what those after it say.

        Raises:
            UnreadError: it contradicts what stands before the verb.
        """
        return self._go_on(agreed(own, self.opening).over(self.clause).over(later).over(self.before))

    def _go_on(self, at: Where) -> Where:
        known = self.opening.over(self.before)
        whole = at.measure in OF_RANKINGS | {FIRST, self.opening.measure, self.lead}
        narrow = {name: getattr(known, name) for name in NARROWING}
        self.last, self.before = at, replace(at, size=None, measure=at.measure if whole else None, **narrow)
        return at
