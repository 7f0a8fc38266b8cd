"""An evaluation of a released encoder, for the terminal and as a page: means with intervals, then matrices.

Nothing is computed here. A matrix has a row per query language and a column per passage language: its
diagonal is the monolingual setting, what is beside it the crosslingual one, the last column the pool
of all languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.figures import fixed, places
from harness.report.quote import Quoted
from harness.report.render import render
from harness.report.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.records.encoding import EncoderCard
    from harness.records.evaluation import EvaluatedMean, EvaluatedSet, Evaluation

DISTANCE = "rank-distance"
MATRIX = ("MAP", "R@1", "R@10")
HEADS = ("setting", "measure", "mean", "95% interval", "lexical", "chance", "")
DIGITS = 3
ALL = "*"
SHOWN = 40
"""Of a prompt, in characters."""


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """Return what the terminal shows."""
    model = evaluation.model
    at = f", revision {model.revision}" if model.revision else ""
    lines = [
        f"{model.named}{at}: {model.bytes:,} bytes in {_many(len(model.files), 'file')}, sha256 {model.digest[:12]}"
    ]
    for one in evaluation.sets:
        lines += ["", *_set(one)]
    seal = evaluation.seal
    return [*(plain_line(line) for line in lines), "", f"seal: {seal.tier} ({seal.status})"]


def evaluation_page(evaluation: Evaluation) -> str:
    """Return the page, which stands alone; each number names its place in the document of `--json`."""
    values = {
        "evaluation": evaluation,
        "q": Quoted("evaluation", evaluation.plain()),
        "cards": [card_words(one.encoder) for one in evaluation.sets],
        "measures": MATRIX,
        "columns": columns,
        "decimals": lambda mean: places(mean.low, mean.high),
        "notes": notes,
        "places_of": {one.dataset: _cell_places(one) for one in evaluation.sets},
    }
    return render("evaluation.html", values)


def columns(one: EvaluatedSet) -> tuple[str, ...]:
    """Return the columns of a set's matrices."""
    return (*one.passage_languages, ALL)


def _cell_places(one: EvaluatedSet) -> dict[tuple[str, str, str], int]:
    """Return the number of each cell by measure, query language and passage language."""
    return {(cell.measure, cell.query_language, cell.passage_language): at for at, cell in enumerate(one.cells)}


def plain_line(line: str) -> str:
    """Return a line without what could drive a terminal, its blanks as they are."""
    return " ".join(map(plain_text, line.split(" ")))


def _set(one: EvaluatedSet) -> Iterator[str]:
    scope = f"scope {one.scope}, " if one.scope else ""
    yield (
        f"{one.dataset} ({scope}source {one.source}): {one.queries:,} queries in "
        f"{_many(len(one.query_languages), 'language')}, {one.passages:,} passages"
    )
    yield card_words(one.encoder)
    yield ""
    told = notes(one)
    yield from aligned([HEADS, *(_mean(mean, told) for mean in one.means)])
    for number, note in enumerate(told, start=1):
        yield f"({number}) {note}"
    for measure in MATRIX:
        yield ""
        yield f"{measure}, queries by row, passages by column ({ALL}: all languages in one pool)"
        yield from aligned(matrix(one, measure))


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def notes(one: EvaluatedSet) -> list[str]:
    """Return the different notes of a set, each of which is told once; their numbers are places here, from 1."""
    return list(dict.fromkeys(mean.note for mean in one.means if mean.note))


def card_words(card: EncoderCard) -> str:
    """Return what an encoder is, on one line."""
    most = "no limit on tokens" if card.max_length is None else f"at most {card.max_length} tokens"
    cut = f" ({card.cut_queries:,} queries and {card.cut_passages:,} passages cut)" if card.max_length else ""
    prompts = f"prompts {_quoted(card.query_prompt)} and {_quoted(card.passage_prompt)}"
    own = f", though the model declares {card.declared}" if card.declared not in {None, card.similarity} else ""
    return (
        f"{' > '.join(card.modules)}: {card.weights:,} weights, {card.width} dimensions, {most}{cut}, {prompts}, "
        f"compared by {card.similarity}{own}; {card.device}, {card.seconds:.1f} s"
    )


def _quoted(prompt: str) -> str:
    return repr(prompt if len(prompt) <= SHOWN else f"{prompt[:SHOWN]}...")


def _mean(mean: EvaluatedMean, told: Sequence[str]) -> tuple[str, ...]:
    decimals = places(mean.low, mean.high)
    bounds = (
        "none"
        if mean.low is None or mean.high is None
        else f"[{fixed(mean.low, decimals)}, {fixed(mean.high, decimals)}]"
    )
    chance = "" if mean.chance is None else fixed(mean.chance, decimals)
    return (
        mean.setting,
        mean.measure,
        fixed(mean.value, decimals),
        bounds,
        "" if mean.lexical is None else fixed(mean.lexical, decimals),
        chance,
        f"({told.index(mean.note) + 1})" if mean.note else "",
    )


def matrix(one: EvaluatedSet, measure: str) -> list[tuple[str, ...]]:
    """Return one measure language by language, with a line of headings; blank where nothing is judged."""
    found = {
        (cell.query_language, cell.passage_language): fixed(cell.value, DIGITS)
        for cell in one.cells
        if cell.measure == measure
    }
    heads = columns(one)
    body = [(asked, *(found.get((asked, head), "") for head in heads)) for asked in one.query_languages]
    return [("", *heads), *body]


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines whose columns stand under each other, the first to the left, others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *rest = (
            text.ljust(width) if at == 0 else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *rest)).rstrip()
