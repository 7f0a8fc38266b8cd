"""Which fact is for what: training, validation, or one of the three tests.

Every thing has a home, a territory where possible, and a fact belongs to its entity's home:

    territory   itself
    city        where its time zone lies
    language    where CLDR expects it, whatever the fact
    currency    the only territory that pays with it
    else        itself (the euro, Esperanto, money of the past)

Inverse and overlapping statements agree on their home: `main-language` of a territory and
`language-territory` of that language, `zone-city` and `city-territory`, `currency` and
`currency-territory`. Homes are drawn by name, those with HELD_OUT percent of the facts for tests
and those with VALIDATED percent for validation; the rest is seen. Facts of seen homes fall into
families, facts that overlap with each other, and families with TRAINED percent of these facts
are trained on, the others tested. So tests ask about entities that training has seen, with other relations, and about
entities of which training states nothing.

    family      facts of one home
    money       currency, former-currency, currency-territory
    speech      official-language, main-language, main-language-share, second-language, and
                language-territory of an official or one of the two most spoken languages
    clock       zone-city and the city-territory of that city
    else        each fact its own

Tested facts are shared out by name, relation by relation, to the three tests. Within a split
facts stand in a second hash order, so the first few of a split are a mix of relations.

Limits: a held-out entity may occur as an answer at a home that is seen (Spanish, the euro, never
a territory); `Splits.seen` tells, of the whole training split, whatever a binding keeps of it.
Homes differ in size, so shares are met roughly. Validation holds whole homes, so its pool puts
more passages about one entity side by side than a test does, and is harder.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from harness.data import cldr
from harness.data.facts import facts
from harness.data.relations import DRAWS, sole_payers
from harness.seeds import child_seed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.data.facts import Fact
    from harness.data.relations import Draw

Split = Literal["train", "validation", "xquad-r", "mlqa-r", "miracl"]
HELD_OUT, VALIDATED = 28, 12
"""Percent of all facts."""

TRAINED = 67
"""Percent of the facts of seen homes."""

SHARES: tuple[tuple[Split, int], ...] = (("xquad-r", 28), ("mlqa-r", 28), ("miracl", 44))
"""Test -> percent of each relation's tested facts."""

SPLITS: tuple[Split, ...] = ("train", "validation", *(split for split, _ in SHARES))
WHOLE = 100
GROUPS = {
    "currency": "money",
    "former-currency": "money",
    "currency-territory": "money",
    "official-language": "speech",
    "main-language": "speech",
    "main-language-share": "speech",
    "second-language": "speech",
    "zone-city": "clock",
}
"""Relation -> family, where the home alone says which."""


@dataclass(frozen=True, slots=True)
class Splits:
    """One draw, shared out. `seen` holds every thing that a trained fact names."""

    parts: Mapping[Split, tuple[Fact, ...]]
    seen: frozenset[str]


@cache
def splits(draw: Draw) -> Splits:
    """Return the splits of a draw, each in an order that mixes relations."""
    trained, validated, tested = _trained_validated_tested(draw)
    parts: dict[Split, list[Fact]] = {"train": trained, "validation": validated}
    parts |= _shared_out(draw, tested)
    return Splits(
        parts={split: tuple(sorted(part, key=place)) for split, part in parts.items()},
        seen=frozenset(thing for fact in trained for thing in (fact.entity, fact.answer)),
    )


def _trained_validated_tested(draw: Draw) -> tuple[list[Fact], list[Fact], list[Fact]]:
    homes = Counter(home(fact.entity) for fact in facts(draw))
    _, validated, seen = _cut(draw, "home", homes, (HELD_OUT, VALIDATED))
    families = Counter(family(fact) for fact in facts(draw) if home(fact.entity) in seen)
    trained, _ = _cut(draw, "family", families, (TRAINED,))
    parts: tuple[list[Fact], list[Fact], list[Fact]] = ([], [], [])
    for fact in facts(draw):
        at = 1 if home(fact.entity) in validated else 0 if family(fact) in trained else 2
        parts[at].append(fact)
    return parts


def _cut(draw: Draw, what: str, sizes: Mapping[str, int], percent: Iterable[int]) -> list[frozenset[str]]:
    """Order names by hash and cut at the cumulative shares of facts; the last part is the rest.

    A name lies where the middle of its facts lies.
    """
    limits = list(accumulate(percent))
    parts: list[set[str]] = [set() for _ in (*limits, WHOLE)]
    total, before = sum(sizes.values()), 0
    for name in sorted(sizes, key=lambda name: child_seed("atlas", draw, what, name)):
        middle = (before + sizes[name] / 2) * WHOLE / total
        parts[bisect(limits, middle)].add(name)
        before += sizes[name]
    return [frozenset(part) for part in parts]


def _shared_out(draw: Draw, tested: Sequence[Fact]) -> dict[Split, list[Fact]]:
    parts: dict[Split, list[Fact]] = {split: [] for split, _ in SHARES}
    for relation in DRAWS[draw]:
        of_relation = {fact.entity: fact for fact in tested if fact.relation == relation}
        cut = _cut(draw, f"test {relation}", dict.fromkeys(of_relation, 1), [share for _, share in SHARES[:-1]])
        for (split, _), entities in zip(SHARES, cut, strict=True):
            parts[split] += [of_relation[entity] for entity in sorted(entities)]
    return parts


@cache
def place(fact: Fact) -> int:
    """Return where a fact stands among others: a hash of its name."""
    return child_seed("atlas", "place", fact.relation, fact.entity)


@cache
def home(thing: str) -> str:
    """Return the split key of what is said of a thing."""
    kind, _, code = thing.partition("/")
    territory = {"territory": code, "city": cldr.zones().get(code), "language": cldr.likely_territory(code)}.get(
        kind, sole_payers().get(code)
    )
    return f"territory/{territory}" if territory else thing


def family(fact: Fact) -> str:
    """Return which facts of one home are split together."""
    at = home(fact.entity)
    group = GROUPS.get(fact.relation)
    if fact.relation == "city-territory" and sum(where == at.partition("/")[2] for where in cldr.zones().values()) == 1:
        group = "clock"
    if fact.relation == "language-territory" and fact.entity in _speech(at):
        group = "speech"
    return f"{at} {group}" if group else f"{fact.relation} {fact.entity}"


@cache
def _speech(territory: str) -> frozenset[str]:
    """Return the languages that are a territory's official ones or among its two most spoken."""
    code = territory.partition("/")[2]
    if code not in cldr.territories():
        return frozenset()
    percent = cldr.spoken(code)
    first_two = sorted(percent.values(), reverse=True)[:2]
    spoken = {language for language, share in percent.items() if share in first_two}
    return frozenset(f"language/{language}" for language in spoken | cldr.official(code))
