"""Oracles: the module's own promises about bindings, pins and digests."""

from collections.abc import Callable
from typing import Literal

import pytest

from harness.data import catalogue
from harness.data import pins as pinned
from harness.data.pins import PINNED_LANGUAGES, pins
from harness.errors import DigestMismatch, Fault, FileFaults, UsageError
from harness.records.scope import DataBinding

Source = Literal["atlas", "atlas-second"]
EACH_SOURCE = pytest.mark.parametrize(("source", "draw"), [("atlas", "first"), ("atlas-second", "second")])
DOORS: list[tuple[str, Callable[[DataBinding], object]]] = [
    ("validation", catalogue.evaluation),
    ("xquad-r", catalogue.evaluation),
    ("mlqa-r", catalogue.evaluation),
    ("miracl", catalogue.evaluation),
    ("pairs", catalogue.pairs),
    ("parallel", catalogue.parallel),
]
EACH_DOOR = pytest.mark.parametrize(("part", "door"), DOORS, ids=[part for part, _ in DOORS])


def bound(part: str, *languages: str, facts: int | None = None, source: Source = "atlas") -> DataBinding:
    return DataBinding(source=source, part=part, languages=languages or PINNED_LANGUAGES[part], facts=facts)


@EACH_SOURCE
def test_exact_whole_parts_are_the_pinned_ones(source: Source, draw: str) -> None:
    wanted = pins().parts[draw]
    for part in ("xquad-r", "mlqa-r", "miracl", "validation"):
        assert catalogue.evaluation(bound(part, source=source)).fingerprint() == wanted[part]
    assert catalogue.evaluation(bound("xquad-r", source=source), "validation").fingerprint() == wanted["validation"]
    assert catalogue.pairs(bound("pairs", source=source)).fingerprint() == wanted["pairs"]
    assert catalogue.parallel(bound("parallel", source=source)).fingerprint() == wanted["parallel"]


@EACH_DOOR
def test_rule_a_whole_part_that_is_not_the_pinned_one_is_never_handed_out(
    part: str, door: Callable[[DataBinding], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    others = pins().model_copy(update={"parts": {"first": dict.fromkeys(pins().parts["first"], "0" * 64)}})
    monkeypatch.setattr(pinned, "pins", lambda: others)
    monkeypatch.setattr(pinned, "check_facts", lambda _: None)
    reordered = tuple(reversed(PINNED_LANGUAGES[part]))
    with pytest.raises(DigestMismatch, match=f"first draw, {part}"):
        door(bound(part, *reordered))


def test_rule_the_order_of_a_bindings_languages_does_not_matter() -> None:
    one, other = bound("xquad-r", "en", "de", facts=3), bound("xquad-r", "de", "en", facts=3)
    assert catalogue.evaluation(one) == catalogue.evaluation(other)


def test_rule_a_pair_is_a_fact_in_one_language() -> None:
    assert len(catalogue.pairs(bound("pairs", "en", "de", facts=4))) == 8


@EACH_SOURCE
def test_rule_no_two_parts_ask_for_one_fact(source: Source, draw: str) -> None:
    tables = [catalogue.evaluation(bound(part, source=source)).judgements for part in catalogue.TESTED]
    facts = [set(zip(table.clusters, table.relations, strict=True)) for table in tables]
    assert draw in pins().parts
    assert sum(map(len, facts)) == len(set().union(*facts))


@pytest.mark.parametrize("part", ["bible", "pairs", "parallel"])
def test_exact_another_part_is_told(part: str) -> None:
    binding = bound(part, "en")
    with pytest.raises(UsageError, match=f"validation or xquad-r or mlqa-r or miracl, found '{part}'"):
        catalogue.evaluation(binding)


@pytest.mark.parametrize("part", ["xquad-r", "parallel"])
def test_exact_other_texts_are_no_pairs(part: str) -> None:
    with pytest.raises(UsageError, match=f"part pairs, found '{part}'"):
        catalogue.pairs(bound(part, "en"))


def test_exact_a_language_the_part_lacks_is_told() -> None:
    with pytest.raises(UsageError, match="found el, xx"):
        catalogue.evaluation(bound("mlqa-r", "en", "xx", "el"))
    with pytest.raises(UsageError, match=r"languages of validation among ar, .*, found bn"):
        catalogue.evaluation(bound("miracl", "ar", "bn"), "validation")


def test_exact_a_repeated_language_is_told() -> None:
    with pytest.raises(UsageError, match="each language once"):
        catalogue.parallel(bound("parallel", "en", "en"))


@EACH_DOOR
def test_rule_other_facts_than_the_pinned_ones_are_never_handed_out(
    part: str, door: Callable[[DataBinding], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_babel(draw: str) -> None:
        raise FileFaults([Fault("digests.json", 0, f"these facts of the {draw} draw", "others")])

    monkeypatch.setattr(pinned, "check_facts", another_babel)
    with pytest.raises(FileFaults, match="these facts of the second draw"):
        door(bound(part, "ar", "zh", facts=7, source="atlas-second"))
