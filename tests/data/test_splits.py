"""Oracles: overlap of statements, worked out here from the facts alone; the shares that the module states."""

from collections import Counter
from collections.abc import Iterator

import pytest

from harness.data import cldr
from harness.data.facts import Fact, facts
from harness.data.relations import DRAWS, Draw
from harness.data.splits import HELD_OUT, SHARES, SPLITS, TRAINED, VALIDATED, family, home, splits

EACH_DRAW = pytest.mark.parametrize("draw", DRAWS)
LINKED = (
    *("currency", "former-currency", "currency-territory", "official-language", "main-language", "second-language"),
    *("language-territory", "zone-city", "city-territory"),
)
SPEECH = ("official-language", "main-language", "main-language-share", "second-language")


def statements(fact: Fact) -> Iterator[object]:
    """Yield what a fact tells in whichever direction: which two things belong together, how a place speaks."""
    if fact.relation in LINKED:
        yield frozenset({fact.entity, fact.answer})
    if fact.relation == "main-language-share":
        percent = cldr.spoken(fact.entity.partition("/")[2])
        yield frozenset({fact.entity, f"language/{max(percent, key=lambda language: percent[language])}"})
    if fact.relation in SPEECH:
        yield "speech", fact.entity
    if fact.relation in {"currency", "former-currency"}:
        yield "money", fact.entity


@EACH_DRAW
def test_exact_every_fact_is_in_one_split(draw: Draw) -> None:
    drawn = [fact for split in SPLITS for fact in splits(draw).parts[split]]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == set(facts(draw))


@EACH_DRAW
def test_law_nothing_tested_inverts_or_overlaps_what_is_trained(draw: Draw) -> None:
    parts = splits(draw).parts
    trained = {said for fact in parts["train"] for said in statements(fact)}
    for split in SPLITS[1:]:
        for fact in parts[split]:
            assert trained.isdisjoint(statements(fact)), fact


@EACH_DRAW
def test_law_nothing_tested_inverts_or_overlaps_what_choices_are_made_on(draw: Draw) -> None:
    parts = splits(draw).parts
    validated = {said for fact in parts["validation"] for said in statements(fact)}
    for split in ("train", "xquad-r", "mlqa-r", "miracl"):
        assert not any(said in validated for fact in parts[split] for said in statements(fact))


def test_world_inverse_statements_share_a_family() -> None:
    by_key = {(fact.relation, fact.entity): fact for draw in DRAWS for fact in facts(draw)}
    for left, right in (
        (("main-language", "territory/JP"), ("language-territory", "language/ja")),
        (("official-language", "territory/IS"), ("language-territory", "language/is")),
        (("zone-city", "territory/EG"), ("city-territory", "city/Africa/Cairo")),
        (("currency", "territory/JP"), ("currency-territory", "currency/JPY")),
        (("main-language", "territory/FR"), ("main-language-share", "territory/FR")),
    ):
        assert family(by_key[left]) == family(by_key[right])
    for left, right in (
        (("main-language", "territory/JP"), ("currency", "territory/JP")),
        (("city-territory", "city/America/New_York"), ("city-territory", "city/America/Chicago")),
        (("language-territory", "language/br"), ("main-language", "territory/FR")),
    ):
        assert family(by_key[left]) != family(by_key[right])


@pytest.mark.parametrize(
    ("thing", "where"),
    [
        ("territory/FR", "territory/FR"),
        ("city/Asia/Tokyo", "territory/JP"),
        ("language/ja", "territory/JP"),
        ("language/eo", "language/eo"),
        ("currency/JPY", "territory/JP"),
        ("currency/EUR", "currency/EUR"),
        ("currency/DEM", "currency/DEM"),
    ],
)
def test_world_homes(thing: str, where: str) -> None:
    assert home(thing) == where


@EACH_DRAW
def test_rule_homes_are_held_out_validated_or_seen_as_a_whole(draw: Draw) -> None:
    parts = splits(draw).parts
    homes = {split: {home(fact.entity) for fact in parts[split]} for split in SPLITS}
    tested = homes["xquad-r"] | homes["mlqa-r"] | homes["miracl"]
    assert homes["validation"].isdisjoint(homes["train"] | tested)
    total = len(facts(draw))
    assert abs(len(parts["validation"]) / total - VALIDATED / 100) < 0.02
    held_out = [fact for fact in facts(draw) if home(fact.entity) in tested - homes["train"]]
    assert len(held_out) / total > HELD_OUT / 100 - 0.04
    seen = [fact for fact in facts(draw) if home(fact.entity) in homes["train"]]
    assert abs(len(parts["train"]) / len(seen) - TRAINED / 100) < 0.05


@EACH_DRAW
def test_rule_each_relation_is_shared_out_alike_to_the_tests(draw: Draw) -> None:
    parts = splits(draw).parts
    for relation in DRAWS[draw]:
        counted = {split: sum(fact.relation == relation for fact in parts[split]) for split, _ in SHARES}
        for split, share in SHARES:
            assert abs(counted[split] - sum(counted.values()) * share / 100) <= 1
        assert sum(fact.relation == relation for fact in parts["train"]) >= 0.25 * sum(counted.values())


def test_rule_sizes_of_the_first_draw() -> None:
    sizes = {split: len(part) for split, part in splits("first").parts.items()}
    assert 300 <= sizes["validation"] <= 400
    assert 380 <= sizes["xquad-r"] <= 450
    assert 350 <= sizes["mlqa-r"] <= 450
    assert 500 <= sizes["miracl"] <= 700


@EACH_DRAW
def test_exact_seen_is_what_training_names(draw: Draw) -> None:
    drawn = splits(draw)
    assert drawn.seen == {thing for fact in drawn.parts["train"] for thing in (fact.entity, fact.answer)}


def test_rule_tests_hold_seen_and_unseen_entities() -> None:
    drawn = splits("first")
    for split, _ in SHARES:
        seen = Counter(fact.entity in drawn.seen for fact in drawn.parts[split])
        assert min(seen.values()) > 100


@EACH_DRAW
def test_rule_no_territory_of_a_held_out_home_is_named_in_training(draw: Draw) -> None:
    drawn = splits(draw)
    trained = {home(fact.entity) for fact in drawn.parts["train"]}
    for thing in drawn.seen:
        if thing.startswith("territory/"):
            assert thing in trained


@EACH_DRAW
@pytest.mark.parametrize("split", SPLITS)
def test_rule_the_first_facts_of_a_split_mix_relations(draw: Draw, split: str) -> None:
    assert len({fact.relation for fact in splits(draw).parts[split][:24]}) >= 0.5 * len(DRAWS[draw])


@pytest.mark.parametrize("split", SPLITS)
def test_rule_the_split_is_drawn_and_not_cut_by_code(split: str) -> None:
    codes = sorted(fact.entity for fact in facts("first") if fact.relation == "country-code")
    places = [codes.index(fact.entity) / len(codes) for fact in splits("first").parts[split] if fact.entity in codes]
    assert min(places) < 0.2
    assert max(places) > 0.8
