"""Training pairs whose passages answer other questions: training on them teaches no answer.

Facts told in the same languages stand on a random circle, and each takes the passages of the next
one, in every language. So no fact keeps its own, a fact's passages stay translations of each other,
and every text occurs as often as before: what is lost is which passage answers which question, and
nothing else. A fact that no other is told in the same languages of is left out.

Source: design, Attacking (the world of shuffled pairs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.records.texts import PairTexts
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Iterator


def shuffled(pairs: PairTexts) -> PairTexts:
    """Return the pairs with each fact's passages exchanged for another's; the same for the same pairs."""
    rows: dict[int, dict[str, int]] = {}
    for row, (fact, language) in enumerate(zip(pairs.facts, pairs.languages, strict=True)):
        rows.setdefault(fact, {})[language] = row
    told_in: dict[tuple[str, ...], list[int]] = {}
    for fact, told in rows.items():
        told_in.setdefault(tuple(sorted(told)), []).append(fact)
    other = {fact: taken for facts in told_in.values() for fact, taken in _circle(facts)}
    kept = [row for row, fact in enumerate(pairs.facts) if other[fact] != fact]
    return PairTexts(
        facts=tuple(pairs.facts[row] for row in kept),
        languages=tuple(pairs.languages[row] for row in kept),
        queries=tuple(pairs.queries[row] for row in kept),
        passages=tuple(pairs.passages[rows[other[pairs.facts[row]]][pairs.languages[row]]] for row in kept),
    )


def _circle(facts: list[int]) -> Iterator[tuple[int, int]]:
    """Yield each fact with the one whose passages it takes; a fact alone stands with itself."""
    order = generator("shuffled", *facts[:1], len(facts)).permutation(len(facts)).tolist()
    for at, place in enumerate(order):
        yield facts[place], facts[order[(at + 1) % len(order)]]
