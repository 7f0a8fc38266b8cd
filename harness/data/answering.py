"""The real XQuAD-R and MLQA-R as evaluation sets: questions, and the sentences that answer them.

    query       a question of a bound language
    passage     a sentence of a bound language, as listed: one that is listed twice is two
    relevant    in each language that has the question's id, the sentence in which its first answer
                starts (`sentence_breaks` are [start, end) in characters of the context)
    cluster     paragraphs that share questions, across languages, directly or over others: those of
                XQuAD-R that are parallel; named by the least id of a question in it

A relevant sentence is that very one of the list: where another reads alike, an encoder of single
sentences cannot tell them apart, and the other one counts as wrong. Among all bound languages that
happens to one question of XQuAD-R (Turkish). Questions that read alike keep their own answers.
The court's order is that of language codes, then of the files.

Limits: an answer may run on into the next sentence (20 of 1,190 in Turkish at most); which of
MLQA-R's paragraphs are one cluster depends on the languages that are bound. One stratum; nothing is
trained on. Cost: under two seconds for all of XQuAD-R.
Source: Roy et al. 2020, LAReQA (arXiv 2004.05484), section 3.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.data import lareqa
from harness.data.columns import Faults
from harness.data.views import Passage, Query, two_views
from harness.errors import FileFaults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.errors import Fault
    from harness.records.judgements import Dataset

STRATUM = "question"


class _Part(BaseModel):
    """LAReQA's files have more keys than are read; those are left alone."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Answer(_Part):
    answer_start: int


class _Question(_Part):
    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answers: list[_Answer] = Field(min_length=1)


class _Paragraph(_Part):
    sentences: list[str]
    sentence_breaks: list[tuple[int, int]]
    qas: list[_Question]


class _Article(_Part):
    paragraphs: list[_Paragraph]


class _File(_Part):
    data: list[_Article] = Field(min_length=1)


class Answered(NamedTuple):
    """A question of one file: its text, its paragraph's number and the row of its sentence in the file."""

    text: str
    paragraph: int
    sentence: int


class Told(NamedTuple):
    """One language's file: its questions by id and its sentences, both in the file's order.

    `paragraphs` holds the number of the paragraph that each sentence is of.
    """

    questions: Mapping[str, Answered]
    sentences: Sequence[str]
    paragraphs: Sequence[int]


def evaluation(folder: Path, pinned: lareqa.PinnedFolder, languages: Sequence[str]) -> Dataset:
    """Return the set of some languages, in whatever order they come.

    Raises:
        FileFaults, DigestMismatch: as `told`.
    """
    return joined(told(folder, pinned, languages))


def told(folder: Path, pinned: lareqa.PinnedFolder, languages: Sequence[str]) -> Mapping[str, Told]:
    """Return what the files of some languages tell, by language in alphabetical order.

    Raises:
        FileFaults: a file that is missing, that has another shape, or whose parts contradict each other.
        DigestMismatch: a file whose bytes are not the pinned ones.
    """
    ordered = sorted(languages)
    read = lareqa.contents(folder, pinned, ordered)
    parsed: dict[str, Told] = {}
    faults: list[Fault] = []
    for language in ordered:
        try:
            parsed[language] = parse(read[language], folder / f"{language}.json")
        except FileFaults as refused:
            faults += refused.faults
    if faults:
        raise FileFaults(faults)
    return parsed


def parse(data: bytes, path: Path) -> Told:
    """Return what one file tells.

    Raises:
        FileFaults: everything in it that is no LAReQA, by its place in the JSON.
    """
    faults = Faults(path)
    try:
        articles = _File.model_validate_json(data).data
    except ValidationError as error:
        for item in error.errors():
            faults.add(0, f"{'.'.join(map(str, item['loc'])) or 'JSON'}: {item['msg']}", item["type"])
        faults.close()
        raise
    questions: dict[str, Answered] = {}
    places: dict[str, str] = {}
    sentences: list[str] = []
    paragraphs: list[int] = []
    numbered = (
        (f"data.{at}.paragraphs.{number}", paragraph)
        for at, article in enumerate(articles)
        for number, paragraph in enumerate(article.paragraphs)
    )
    for number, (where, paragraph) in enumerate(numbered):
        starts = _starts(paragraph, where, faults)
        for at, question in enumerate(paragraph.qas):
            place = f"{where}.qas.{at}"
            if (first := places.setdefault(question.id, place)) != place:
                faults.add(0, f"{place}: each question id once", f"{question.id} as in {first}", "remove one")
            elif starts is not None:
                sentence = _sentence(paragraph, starts, question.answers[0].answer_start)
                if sentence is None:
                    found = f"one that starts at {question.answers[0].answer_start}"
                    faults.add(0, f"{place}: an answer that starts in a sentence", found, "mend the offsets")
                else:
                    questions[question.id] = Answered(question.question, number, len(sentences) + sentence)
        sentences += paragraph.sentences
        paragraphs += [number] * len(paragraph.sentences)
    faults.close()
    return Told(questions, sentences, paragraphs)


def _starts(paragraph: _Paragraph, where: str, faults: Faults) -> list[int] | None:
    """Return where sentences start, or None where their offsets are told to be wrong."""
    breaks = paragraph.sentence_breaks
    if len(breaks) != len(paragraph.sentences):
        expected = f"{where}: [start, end] of each of {len(paragraph.sentences)} sentences"
        faults.add(0, expected, f"{len(breaks)} sentence_breaks", "take the file from its source")
        return None
    flat = [0, *(offset for pair in breaks for offset in pair)]
    if flat != sorted(flat) or any(start == end for start, end in breaks):
        faults.add(0, f"{where}: sentence_breaks that grow", str(breaks), "take the file from its source")
        return None
    return [start for start, _ in breaks]


def _sentence(paragraph: _Paragraph, starts: Sequence[int], offset: int) -> int | None:
    """Return the number of the sentence that holds a character, if one does."""
    number = bisect_right(starts, offset) - 1
    return number if number >= 0 and offset < paragraph.sentence_breaks[number][1] else None


def joined(told: Mapping[str, Told]) -> Dataset:
    """Return the files as one set; a question is answered in every language that has its id."""
    clusters = clusters_of(told)
    queries: list[tuple[str, Query]] = []
    passages: list[Passage] = []
    answers: dict[str, list[int]] = defaultdict(list)
    for language, file in told.items():
        for name, question in file.questions.items():
            queries.append((name, Query(language, question.text, clusters[name], STRATUM)))
            answers[name].append(len(passages) + question.sentence)
        passages += [Passage(language, sentence) for sentence in file.sentences]
    pairs = ((row, answer, 1) for row, (name, _) in enumerate(queries) for answer in answers[name])
    return two_views([query for _, query in queries], passages, pairs)


def clusters_of(told: Mapping[str, Told]) -> Mapping[str, str]:
    """Return the cluster of each question id: the connected component of ids that stand in one paragraph."""
    least: dict[str, str] = {}

    def root(name: str) -> str:
        while (above := least.setdefault(name, name)) != name:
            least[name] = least[above]
            name = above
        return name

    for ids in _paragraphs(told):
        ends = sorted({root(name) for name in ids})
        for end in ends[1:]:
            least[end] = ends[0]
    return {name: root(name) for name in list(least)}


def _paragraphs(told: Mapping[str, Told]) -> Iterator[list[str]]:
    """Yield the question ids of each paragraph of each file."""
    for file in told.values():
        asked: dict[int, list[str]] = defaultdict(list)
        for name, question in file.questions.items():
            asked[question.paragraph].append(name)
        yield from asked.values()
