"""Which fact is for what: train .40, validation .15, xquad-r .25, mlqa-r .20.

Within each relation facts are ordered by the hash of their names and cut at the rounded
cumulative shares, so all splits hold all relations alike, and a fact keeps its place in that
order however the others change. Within a split facts stand in a second hash order, so the first
few of a split are a mix of relations.

Limits: the split is by fact; an entity may be trained on in one relation and tested in another.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from harness.data.facts import RELATIONS, Fact, facts
from harness.seeds import child_seed

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARES = (("train", 40), ("validation", 15), ("xquad-r", 25), ("mlqa-r", 20))
"""Split -> percent of each relation's facts."""

WHOLE = 100


@cache
def splits() -> Mapping[str, tuple[Fact, ...]]:
    """Return split -> its facts, in an order that mixes relations."""
    parts: dict[str, list[Fact]] = {name: [] for name, _ in SHARES}
    for relation in RELATIONS:
        drawn = sorted((fact for fact in facts() if fact.relation == relation), key=_draw)
        start, share_so_far = 0, 0
        for name, share in SHARES:
            share_so_far += share
            end = round(len(drawn) * share_so_far / WHOLE)
            parts[name] += drawn[start:end]
            start = end
    return {name: tuple(sorted(part, key=place)) for name, part in parts.items()}


def _draw(fact: Fact) -> int:
    return child_seed("atlas", "split", fact.relation, fact.entity)


def place(fact: Fact) -> int:
    """Return where a fact stands among others: a hash of its name."""
    return child_seed("atlas", "place", fact.relation, fact.entity)


@cache
def contrast(split: str) -> Mapping[Fact, Fact]:
    """Return for each fact of a split another one of its relation with another answer.

    Both come from one split, so no training text names what only testing asks for. The search
    starts at a place drawn by name and goes round.

    Raises:
        ValueError: all facts of one relation have the same answer.
    """
    partners: dict[Fact, Fact] = {}
    for relation in RELATIONS:
        peers = [fact for fact in splits()[split] if fact.relation == relation]
        for fact in peers:
            start = child_seed("atlas", "contrast", relation, fact.entity) % len(peers)
            partners[fact] = _first_other(fact, peers[start:] + peers[:start])
    return partners


def _first_other(fact: Fact, peers: list[Fact]) -> Fact:
    for other in peers:
        if fact.differs_everywhere(other):
            return other
    msg = f"expected facts of {fact.relation} with different answers, found {fact.answer} alone"
    raise ValueError(msg)
