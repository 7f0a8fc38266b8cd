"""What the other of the two real sets teaches: pairs, translations, and questions to choose by.

XQuAD-R is tested with encoders trained on MLQA-R, and MLQA-R with those trained on XQuAD-R. Of the
side that trains:

    held out     the paragraphs of one cluster in HELD, drawn by name: their questions, among all
                 sentences of those paragraphs, are the validation split
    dropped      questions that leak, or whose answering sentence does, in any language of the file,
                 into a language of the tested side (`harness.data.overlap`): with all translations
    pairs        of what is left, each question and the sentence that answers it; the id is the fact
    parallel     of what is left, a row for each question and one for each answering sentence, then
                 the Atlas's own rows (`harness.data.parallel`) in the binding's languages

Nothing of the tested side is read but to find what leaks. Which paragraphs are held out does not
depend on the languages bound. Other sentences of a paragraph are in no row: MLQA-R's paragraphs are
no translations of each other, and XQuAD-R's are cut into sentences differently in each language.

Cost: about six seconds for both sides. Source: claims, Bindings; Roy et al. 2020, LAReQA, section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.data.answering import Answered, Told, clusters_of, joined
from harness.data.overlap import leaking
from harness.records.texts import TRANSLATED, PairTexts, ParallelTexts
from harness.seeds import child_seed, generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.records.judgements import Dataset

HELD = 10


class Leak(NamedTuple):
    """Of one language: how many questions and answering sentences of the training side leak, of how many."""

    questions: int
    passages: int
    overall: int


class Lessons(NamedTuple):
    """One side as something to train on: its files, ids to train on in order, ids held out, and what leaked.

    `dropped` counts questions, each with all its translations.
    """

    told: Mapping[str, Told]
    trained: Sequence[str]
    held: frozenset[str]
    leaks: Mapping[str, Leak]
    dropped: int


def lessons(part: str, told: Mapping[str, Told], tested: Mapping[str, Told]) -> Lessons:
    """Return what the side `part` teaches encoders that the side `tested` tests; `told` are all its files."""
    clusters = clusters_of(told)
    held = frozenset(name for name, cluster in clusters.items() if _is_held(part, cluster))
    leaks: dict[str, Leak] = {}
    leaked: set[str] = set()
    for language in sorted(told.keys() & tested.keys()):
        own, other = told[language], tested[language]
        names = [name for name in own.questions if name not in held]
        against = [*(question.text for question in other.questions.values()), *other.sentences]
        asked = leaking([own.questions[name].text for name in names], against)
        answered = leaking([own.sentences[own.questions[name].sentence] for name in names], against)
        leaks[language] = Leak(int(asked.sum()), int(answered.sum()), len(names))
        leaked |= {name for name, one in zip(names, asked | answered, strict=True) if one}
    trained = sorted(clusters.keys() - held - leaked)
    return Lessons(told, trained, held, leaks, len(leaked))


def _is_held(part: str, cluster: str) -> bool:
    return child_seed("lareqa", "validation", part, cluster) % HELD == 0


def pairs(learnt: Lessons, languages: Sequence[str], limit: int | None) -> PairTexts:
    """Return a row per question and language, in those of `languages` that the side has; of the first `limit` ids."""
    rows = [
        (fact, language, question.text, file.sentences[question.sentence])
        for fact, name in enumerate(learnt.trained[:limit])
        for language, file, question in _translations(learnt.told, name)
        if language in languages
    ]
    facts, spoken, queries, passages = zip(*rows, strict=True)
    return PairTexts(facts=facts, languages=spoken, queries=queries, passages=passages)


def parallel(learnt: Lessons, beside: ParallelTexts, limit: int | None) -> ParallelTexts:
    """Return the side's translations and the rows of `beside`, in its languages; shuffled by name."""
    rows: dict[tuple[str, ...], None] = {}
    for name in learnt.trained[:limit]:
        asked: dict[str, str] = {}
        answered: dict[str, str] = {}
        for language, file, question in _translations(learnt.told, name):
            asked[language], answered[language] = question.text, file.sentences[question.sentence]
        for texts in (asked, answered):
            rows[tuple(texts.get(language, "") for language in beside.languages)] = None
    kept = [row for row in [*rows, *beside.sentences] if len(row) - row.count("") >= TRANSLATED]
    order = generator("lareqa", "parallel", len(kept)).permutation(len(kept))
    return ParallelTexts(languages=beside.languages, sentences=tuple(kept[row] for row in order))


def _translations(told: Mapping[str, Told], name: str) -> Iterator[tuple[str, Told, Answered]]:
    """Yield each language that has a question, its file and the question there."""
    for language, file in told.items():
        if name in file.questions:
            yield language, file, file.questions[name]


def validation(learnt: Lessons, languages: Sequence[str], limit: int | None) -> Dataset:
    """Return the questions held out, in those of `languages` that the side has; of the first `limit` ids."""
    kept = frozenset(sorted(learnt.held)[:limit])
    return joined({language: _kept(file, kept) for language, file in learnt.told.items() if language in languages})


def _kept(file: Told, names: frozenset[str]) -> Told:
    """Return a file with some questions, and the sentences of their paragraphs alone."""
    paragraphs = {question.paragraph for name, question in file.questions.items() if name in names}
    rows = [row for row, paragraph in enumerate(file.paragraphs) if paragraph in paragraphs]
    places = {row: place for place, row in enumerate(rows)}
    return Told(
        {
            name: question._replace(sentence=places[question.sentence])
            for name, question in file.questions.items()
            if name in names
        },
        [file.sentences[row] for row in rows],
        [file.paragraphs[row] for row in rows],
    )
