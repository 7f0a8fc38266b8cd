"""Oracles: the shares and rules that the module states."""

import pytest

from harness.data.facts import RELATIONS, facts
from harness.data.splits import SHARES, contrast, splits


def test_exact_every_fact_is_in_one_split() -> None:
    drawn = [fact for part in splits().values() for fact in part]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == set(facts())


@pytest.mark.parametrize(("split", "share"), SHARES)
@pytest.mark.parametrize("relation", RELATIONS)
def test_rule_each_relation_is_shared_out_alike(split: str, share: int, relation: str) -> None:
    total = sum(fact.relation == relation for fact in facts())
    part = sum(fact.relation == relation for fact in splits()[split])
    assert abs(part - total * share / 100) <= 1


@pytest.mark.parametrize("split", [name for name, _ in SHARES])
def test_rule_the_first_facts_of_a_split_mix_relations(split: str) -> None:
    assert len({fact.relation for fact in splits()[split][:24]}) == len(RELATIONS)


@pytest.mark.parametrize("split", [name for name, _ in SHARES])
def test_rule_the_other_entity_has_another_answer_and_the_same_split(split: str) -> None:
    partners = contrast(split)
    assert set(partners) == set(splits()[split])
    for fact, other in partners.items():
        assert other in partners
        assert other.relation == fact.relation
        assert other.entity != fact.entity
        assert fact.differs_everywhere(other)


@pytest.mark.parametrize("relation", RELATIONS)
def test_rule_the_split_is_drawn_and_not_cut_by_code(relation: str) -> None:
    codes = sorted(fact.entity for fact in facts() if fact.relation == relation)
    for part in splits().values():
        places = [codes.index(fact.entity) / len(codes) for fact in part if fact.relation == relation]
        assert min(places) < 0.2
        assert max(places) > 0.8
