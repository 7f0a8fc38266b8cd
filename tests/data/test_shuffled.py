"""Oracles: what the world of shuffled pairs is said to keep and to lose, over drawn pairs."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from harness.data.shuffled import shuffled
from harness.records.texts import PairTexts

TOLD = st.lists(st.sets(st.sampled_from(("ar", "de", "en")), min_size=1), max_size=12)


def pairs(told: list[set[str]]) -> PairTexts:
    """Facts that are told in these languages; a text names its fact and its language."""
    rows = [(fact, language) for fact, languages in enumerate(told) for language in sorted(languages)]
    return PairTexts(
        facts=tuple(fact for fact, _ in rows),
        languages=tuple(language for _, language in rows),
        queries=tuple(f"q {fact} {language}" for fact, language in rows),
        passages=tuple(f"p {fact} {language}" for fact, language in rows),
    )


@given(TOLD)
def test_property_no_passage_answers_its_question_and_nothing_else_is_lost(told: list[set[str]]) -> None:
    before = pairs(told)
    after = shuffled(before)
    alike = Counter(frozenset(languages) for languages in told)
    kept = [fact for fact, languages in enumerate(told) if alike[frozenset(languages)] > 1]
    assert sorted(set(after.facts)) == kept
    assert Counter(after.passages) == Counter(f"p {fact} {one}" for fact in kept for one in told[fact])
    taken = defaultdict(set)
    for fact, language, query, passage in zip(after.facts, after.languages, after.queries, after.passages, strict=True):
        assert query == f"q {fact} {language}"
        _, other, spoken = passage.split()
        assert spoken == language
        taken[fact].add(int(other))
    assert all(len(others) == 1 and others != {fact} for fact, others in taken.items())


@given(TOLD)
def test_itself_the_same_pairs_are_shuffled_the_same_way(told: list[set[str]]) -> None:
    assert shuffled(pairs(told)) == shuffled(pairs(told))


def test_exact_facts_that_nothing_can_be_exchanged_with_are_left_out() -> None:
    assert set(shuffled(pairs([{"de"}, {"en"}, {"de", "en"}, {"de"}])).facts) == {0, 3}
    assert len(shuffled(pairs([{"de"}, {"en"}]))) == 0
