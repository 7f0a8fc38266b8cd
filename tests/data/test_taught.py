"""What one real set teaches for the other: by hand on small files, and on parts of the real ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.data import answering, catalogue, lareqa, taught
from harness.data.answering import Answered, Told
from harness.records.scope import REAL_LANGUAGES, TaughtBinding
from harness.records.texts import ParallelTexts

BESIDE = ParallelTexts(languages=("de", "en"), sentences=(("Rom", "Rome"),))


def told(*asked: tuple[str, str, str], alone: str = "Nothing to ask here.") -> Told:
    """Return a file with a paragraph for each (id, question, answer): a sentence nobody asks about, the answer."""
    return Told(
        {name: Answered(text, number, 2 * number + 1) for number, (name, text, _) in enumerate(asked)},
        [text for _, _, answer in asked for text in (alone, answer)],
        [number for number in range(len(asked)) for _ in range(2)],
    )


NAMES = [f"q{number}" for number in range(60)]
SIDE = {
    "de": told(*((name, f"Wer ist {name}, die Sache Nummer {name}?", f"Das ist {name}.") for name in NAMES)),
    "en": told(*((name, f"Who is {name}, thing number {name}?", f"It is {name}.") for name in NAMES[:50])),
    "vi": told((NAMES[0], "Ai?", "Em.")),
}
HELD = taught.lessons("mlqa-r", SIDE, {}).held


@pytest.fixture
def learnt() -> taught.Lessons:
    free = sorted(set(NAMES[1:50]) - HELD)
    tested = {"en": told(("other", f"Who is {free[0]}: thing number {free[0]}", f"it is {free[1]}!")), "ru": told()}
    return taught.lessons("mlqa-r", SIDE, tested)


def test_exact_what_leaks_in_one_language_is_dropped_in_all(learnt: taught.Lessons) -> None:
    free = sorted(set(NAMES[1:50]) - HELD)
    assert learnt.dropped == 2
    assert learnt.leaks == {"en": taught.Leak(questions=1, passages=1, overall=len(set(NAMES[:50]) - HELD))}
    assert set(learnt.trained) == set(NAMES) - HELD - set(free[:2])
    pairs = taught.pairs(learnt, ("de", "en"), None)
    assert not {f"Das ist {name}." for name in free[:2]} & set(pairs.passages)


def test_exact_pairs_are_questions_and_the_sentences_that_answer_them(learnt: taught.Lessons) -> None:
    pairs = taught.pairs(learnt, ("de", "ru"), 3)
    assert pairs.facts == (0, 1, 2)
    assert pairs.languages == ("de",) * 3
    assert pairs.passages == tuple(f"Das ist {name}." for name in learnt.trained[:3])
    both = taught.pairs(learnt, ("de", "en", "vi"), None)
    assert set(zip(both.facts, both.languages, strict=True)) == {
        (fact, language)
        for fact, name in enumerate(learnt.trained)
        for language in SIDE
        if name in SIDE[language].questions
    }


def test_exact_translations_are_rows_beside_those_of_the_atlas(learnt: taught.Lessons) -> None:
    rows = set(taught.parallel(learnt, BESIDE, None).sentences)
    both = [name for name in learnt.trained if name in SIDE["en"].questions]
    assert rows == {
        ("Rom", "Rome"),
        *((f"Wer ist {name}, die Sache Nummer {name}?", f"Who is {name}, thing number {name}?") for name in both),
        *((f"Das ist {name}.", f"It is {name}.") for name in both),
    }


def test_exact_validation_asks_what_is_held_out_among_its_own_paragraphs(learnt: taught.Lessons) -> None:
    found = taught.validation(learnt, ("de", "en", "ru"), None)
    held = {language: HELD & SIDE[language].questions.keys() for language in ("de", "en")}
    assert 0 < len(HELD) < len(NAMES) / 2
    assert len(found.texts.queries) == sum(map(len, held.values()))
    assert len(found.texts.passages) == 2 * len(found.texts.queries)
    asked = set(found.texts.queries.texts)
    assert not asked & set(taught.pairs(learnt, ("de", "en"), None).queries)
    assert set(found.judgements.clusters) == HELD
    assert set(taught.validation(learnt, ("de",), 1).judgements.clusters) == {min(HELD)}


def test_exact_the_languages_of_records_are_those_of_the_pinned_files() -> None:
    assert {part: tuple(sorted(pinned.files)) for part, pinned in lareqa.pins().items()} == dict(REAL_LANGUAGES)


def real(part: str) -> dict[str, Told]:
    folder = next((Path(root) / part for root in lareqa.roots() if (Path(root) / part).is_dir()), None)
    if folder is None:
        pytest.skip(f"no {part} here; HARNESS_DATA is {os.environ.get('HARNESS_DATA')}")
    return dict(answering.told(folder, lareqa.pins()[part], ("es", "zh")))


def test_real_part_what_reads_alike_in_both_sets_is_found_and_paragraphs_are_apart() -> None:
    own = real("mlqa-r")
    learnt = taught.lessons("mlqa-r", own, real("xquad-r"))
    alike = {
        name for name, question in own["es"].questions.items() if question.text == "\u00bfCu\u00e1ndo se public\u00f3?"
    }
    assert alike
    assert not alike & set(learnt.trained)
    clusters = answering.clusters_of(own)
    assert not {clusters[name] for name in learnt.trained} & {clusters[name] for name in learnt.held}


def test_real_part_the_door_hands_out_one_side() -> None:
    real("xquad-r")
    real("mlqa-r")
    side = TaughtBinding(source="lareqa", part="mlqa-r", tested="xquad-r", languages=("de", "el", "zh"), facts=20)
    pairs, rows, held = catalogue.pairs(side), catalogue.parallel(side), catalogue.evaluation(side)
    assert set(pairs.languages) == {"de", "zh"}
    assert max(pairs.facts) < 20
    assert rows.languages == ("de", "el", "zh")
    assert set(held.texts.queries.languages) == {"de", "zh"}
    assert not set(pairs.queries) & set(held.texts.queries.texts)
    assert len(catalogue.files(side)) == sum(map(len, REAL_LANGUAGES.values()))
