"""Oracles: the promise that no tested fact is pre-trained on; counting by hand."""

import pytest

from harness.data.atlas import FULL_LANGUAGES, EvaluationPart, evaluation
from harness.data.cldr import LANGUAGES, names
from harness.data.facts import facts
from harness.data.parallel import parallel
from harness.data.splits import splits
from harness.data.templates import templates

WHOLE = parallel(LANGUAGES, None)
TESTED = [fact for split, part in splits().items() if split != "train" for fact in part]


def test_rule_one_row_per_sentence_in_every_language() -> None:
    assert WHOLE.languages == LANGUAGES
    assert 3000 <= len(WHOLE.sentences) <= 5000


@pytest.mark.parametrize("part", ["validation", "xquad-r", "mlqa-r"])
def test_rule_no_tested_text_is_pretrained_on(part: EvaluationPart) -> None:
    seen = {text for row in WHOLE.sentences for text in row}
    tested = evaluation(part, FULL_LANGUAGES[part], None).texts
    assert seen.isdisjoint(tested.queries.texts)
    assert seen.isdisjoint(tested.passages.texts)


def test_rule_no_list_holds_an_entity_and_its_answer() -> None:
    """Checked on the text itself: cut every English list at its separators."""
    separator = templates().separators["en"]
    column = WHOLE.languages.index("en")
    lists = [set(row[column].split(separator)) for row in WHOLE.sentences]
    for fact in TESTED:
        stated = {fact.entity_name("en"), fact.answer_name("en")}
        assert not any(stated <= held for held in lists), fact


def test_rule_every_name_of_a_tested_fact_occurs() -> None:
    for column, language in enumerate(WHOLE.languages):
        text = "\n".join(row[column] for row in WHOLE.sentences)
        for fact in facts():
            assert names(language)[fact.entity] in text
            assert names(language)[fact.answer] in text


def test_exact_rows_are_translations() -> None:
    """The rows that hold one name alone show it: all columns name the same thing."""
    things = {tuple(names(language)[thing] for language in LANGUAGES) for fact in TESTED for thing in (fact.entity,)}
    columns = [{row[number] for row in things} for number in range(len(LANGUAGES))]
    for row in WHOLE.sentences:
        if any(text in column for text, column in zip(row, columns, strict=True)) and row[3] in columns[3]:
            assert row in things


def test_itself_languages_and_facts_can_be_fewer() -> None:
    few = parallel(("zh", "en"), 2)
    assert few.languages == ("en", "zh")
    assert 0 < len(few.sentences) < 100
    assert all(text for row in few.sentences for text in row)
