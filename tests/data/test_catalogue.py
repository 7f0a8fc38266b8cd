"""Oracles: the module's own promises about bindings, pins and digests."""

from collections.abc import Callable

import pytest

from harness.data import catalogue
from harness.data import pins as pinned
from harness.data.atlas import FULL_LANGUAGES
from harness.data.pins import pins
from harness.errors import Fault, FileFaults, UsageError
from harness.records.scope import DataBinding


def bound(part: str, *languages: str, facts: int | None = None) -> DataBinding:
    return DataBinding(source="atlas", part=part, languages=languages or FULL_LANGUAGES[part], facts=facts)


def test_exact_whole_parts_are_the_pinned_ones() -> None:
    assert catalogue.evaluation(bound("xquad-r")).fingerprint() == pins().parts["xquad-r"]
    assert catalogue.evaluation(bound("mlqa-r")).fingerprint() == pins().parts["mlqa-r"]
    assert catalogue.evaluation(bound("xquad-r"), "validation").fingerprint() == pins().parts["validation"]
    assert catalogue.pairs(bound("pairs")).fingerprint() == pins().parts["pairs"]
    assert catalogue.parallel(bound("parallel")).fingerprint() == pins().parts["parallel"]


def test_rule_the_order_of_a_bindings_languages_does_not_matter() -> None:
    one, other = bound("xquad-r", "en", "de", facts=3), bound("xquad-r", "de", "en", facts=3)
    assert catalogue.evaluation(one) == catalogue.evaluation(other)


def test_rule_a_pair_is_a_fact_in_one_language() -> None:
    assert len(catalogue.pairs(bound("pairs", "en", "de", facts=4))) == 8


def test_rule_validation_holds_none_of_the_tested_facts() -> None:
    tables = [
        catalogue.evaluation(bound("xquad-r"), "test").judgements,
        catalogue.evaluation(bound("xquad-r"), "validation").judgements,
        catalogue.evaluation(bound("mlqa-r"), "test").judgements,
    ]
    facts = [set(zip(table.clusters, table.relations, strict=True)) for table in tables]
    assert not facts[0] & facts[1]
    assert not facts[0] & facts[2]
    assert not facts[1] & facts[2]


@pytest.mark.parametrize("part", ["xquad-r", "miracl"])
def test_exact_another_part_is_told(part: str) -> None:
    binding = DataBinding(source="atlas", part=part, languages=("en",))
    with pytest.raises(UsageError, match=f"part pairs, found '{part}'"):
        catalogue.pairs(binding)


def test_exact_a_language_the_part_lacks_is_told() -> None:
    with pytest.raises(UsageError, match="found el, fr"):
        catalogue.evaluation(bound("mlqa-r", "en", "fr", "el"))


def test_exact_a_repeated_language_is_told() -> None:
    with pytest.raises(UsageError, match="each language once"):
        catalogue.parallel(bound("parallel", "en", "en"))


@pytest.mark.parametrize(
    ("part", "door"),
    [("xquad-r", catalogue.evaluation), ("pairs", catalogue.pairs), ("parallel", catalogue.parallel)],
)
def test_rule_other_facts_than_the_pinned_ones_are_never_handed_out(
    part: str, door: Callable[[DataBinding], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_babel() -> None:
        raise FileFaults([Fault("digests.json", 0, "these facts", "others")])

    monkeypatch.setattr(pinned, "check_facts", another_babel)
    with pytest.raises(FileFaults, match="these facts"):
        door(bound(part, "en", "zh", facts=7))
