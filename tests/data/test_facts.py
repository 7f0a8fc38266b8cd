"""Oracles: the rules that the module states; the least counts that the design asks for."""

from collections import Counter

import pytest

from harness.data import cldr
from harness.data.facts import ELEVEN, Fact, facts, fingerprints, told_apart
from harness.data.relations import DRAWS, Draw

EACH_DRAW = pytest.mark.parametrize("draw", DRAWS)
BY_KEY = {(fact.relation, fact.entity): fact for draw in DRAWS for fact in facts(draw)}


def test_rule_at_least_three_thousand_facts_of_twelve_relations() -> None:
    counted = Counter(fact.relation for fact in facts("first"))
    assert set(counted) == set(DRAWS["first"])
    assert len(counted) == 12
    assert len(facts("first")) >= 3000
    assert min(counted.values()) >= 50


def test_rule_the_second_draw_has_other_relations() -> None:
    counted = Counter(fact.relation for fact in facts("second"))
    assert set(counted) == set(DRAWS["second"])
    assert not set(DRAWS["first"]) & set(DRAWS["second"])
    assert len(facts("second")) >= 1500


@EACH_DRAW
def test_rule_every_fact_is_told_in_the_eleven_and_wherever_it_has_names(draw: Draw) -> None:
    for fact in facts(draw):
        assert set(ELEVEN) <= set(fact.languages)
        for language in fact.languages:
            assert fact.entity_name(language).strip()
            assert fact.answer_name(language).strip()


@EACH_DRAW
@pytest.mark.parametrize("language", cldr.LANGUAGES)
def test_rule_names_tell_the_facts_of_a_relation_apart(draw: Draw, language: str) -> None:
    asked = [
        (fact.relation, fact.entity_name(language).casefold()) for fact in facts(draw) if language in fact.languages
    ]
    assert len(set(asked)) == len(asked)
    assert len(asked) > 0.8 * len(facts(draw))


@EACH_DRAW
def test_rule_no_fact_is_vacuous_in_two_of_the_eleven_or_in_any_other(draw: Draw) -> None:
    for fact in facts(draw):
        alike = {
            language
            for language in fact.languages
            if fact.entity_name(language).casefold() == fact.answer_name(language).casefold()
        }
        assert alike <= set(ELEVEN)
        assert len(alike) <= 1


def test_world_vacuous_facts() -> None:
    assert ("zone-city", "territory/SG") not in BY_KEY  # a city of its own name
    assert ("autonym", "language/af") not in BY_KEY  # Afrikaans in German and English too
    assert BY_KEY["main-language", "territory/JP"].answer_name("th") == "ญี่ปุ่น"  # as the country, in Thai alone


def test_itself_a_fingerprint_per_fact_that_depends_on_every_name() -> None:
    for draw in DRAWS:
        prints = fingerprints(draw)
        assert set(prints) == set(DRAWS[draw])
        assert sum(map(len, prints.values())) == len(facts(draw))
        assert all(len(set(table.values())) == len(table) for table in prints.values())


def test_exact_facts_that_read_alike_are_dropped_or_silent() -> None:
    """In the eleven a namesake drops both; elsewhere that language is lost to both."""
    twins = [Fact("currency", "territory/FR", f"currency/{code}") for code in ("EUR", "JPY")]
    apart = Fact("zone-city", "territory/FR", "city/Europe/Paris")
    assert told_apart([*twins, apart]) == [apart]
    # Persian has one word for Slovakia and Slovak, the eleven have two
    slovak = [
        Fact("script", entity, f"script/{code}") for entity, code in (("language/sk", "Latn"), ("territory/SK", "Cyrl"))
    ]
    without = tuple(language for language in cldr.LANGUAGES if language != "fa")
    assert [fact.languages for fact in told_apart(slovak)] == [without, without]
    assert [fact.languages for fact in told_apart(slovak[:1])] == [cldr.LANGUAGES]


def test_degenerate_a_language_without_the_name_is_refused() -> None:
    with pytest.raises(ValueError, match="a name of city/Etc/UTC in ar, found none"):
        Fact("city-territory", "city/Etc/UTC", "territory/FR").entity_name("ar")
