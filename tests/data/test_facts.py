"""Oracles: well-known facts of the world; the rules that the module states."""

from collections import Counter

import pytest

from harness.data import cldr
from harness.data.facts import RELATIONS, SAME_SCRIPT, Fact, facts, fingerprints, told_apart

BY_KEY = {(fact.relation, fact.entity): fact for fact in facts()}


@pytest.mark.parametrize(
    ("relation", "entity", "answer"),
    [
        ("currency", "territory/JP", "Japanese Yen"),
        ("currency", "territory/FR", "Euro"),
        ("official-language", "territory/BR", "Portuguese"),
        ("zone-city", "territory/EG", "Cairo"),
        ("script", "language/mk", "Cyrillic"),
    ],
)
def test_world_a_known_fact(relation: str, entity: str, answer: str) -> None:
    assert BY_KEY[relation, entity].answer_name("en") == answer


@pytest.mark.parametrize(
    ("relation", "entity", "why"),
    [
        ("official-language", "territory/CH", "several official languages"),
        ("currency", "territory/PA", "two legal tenders"),
        ("zone-city", "territory/US", "many zones"),
        ("script", "language/sr", "two scripts"),
        ("zone-city", "territory/SG", "the city has the territory's name"),
    ],
)
def test_rule_no_fact_without_one_right_answer(relation: str, entity: str, why: str) -> None:
    assert (relation, entity) not in BY_KEY, why


def test_rule_about_nine_hundred_facts_of_all_relations() -> None:
    counted = Counter(fact.relation for fact in facts())
    assert set(counted) == set(RELATIONS)
    assert 850 <= len(facts()) <= 950
    assert min(counted.values()) >= 100
    assert max(Counter(fact.answer for fact in facts()).values()) <= SAME_SCRIPT


@pytest.mark.parametrize("language", cldr.LANGUAGES)
def test_rule_every_name_is_there_and_is_no_code(language: str) -> None:
    for fact in facts():
        for thing in (fact.entity, fact.answer):
            name = cldr.names(language)[thing]
            assert name.strip()
            assert name != thing.partition("/")[2]


@pytest.mark.parametrize("language", cldr.LANGUAGES)
def test_rule_names_tell_the_facts_of_a_relation_apart(language: str) -> None:
    asked = [(fact.relation, fact.entity_name(language)) for fact in facts()]
    assert len(set(asked)) == len(asked)


def test_rule_other_scripts_do_not_borrow_latin_zone_ids() -> None:
    zone = "city/Africa/Accra"
    assert cldr.names("en")[zone] == cldr.names("de")[zone] == "Accra"
    for language in ("ar", "el", "hi", "ru", "th", "zh"):
        assert not any(
            name.isascii() and name.replace(" ", "").isalpha()
            for thing, name in cldr.names(language).items()
            if thing.startswith("city/") and thing in {fact.answer for fact in facts()}
        )


def test_rule_differing_answers_differ_in_every_language() -> None:
    euro, yen = BY_KEY["currency", "territory/FR"], BY_KEY["currency", "territory/JP"]
    also_euro = Fact("currency", "territory/IT", "currency/EUR")
    assert euro.differs_everywhere(yen)
    assert not euro.differs_everywhere(also_euro)


def test_itself_a_fingerprint_per_fact() -> None:
    prints = fingerprints()
    assert sum(len(of_relation) for of_relation in prints.values()) == len(facts())
    assert len({digits for of_relation in prints.values() for digits in of_relation.values()}) == len(facts())


def test_exact_facts_that_read_alike_are_all_dropped() -> None:
    twins = [Fact("currency", "territory/FR", f"currency/{code}") for code in ("EUR", "JPY")]
    apart = Fact("zone-city", "territory/FR", "city/Europe/Paris")
    assert told_apart([*twins, apart]) == [apart]
