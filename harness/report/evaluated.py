"""An evaluation of a released encoder, for the terminal: means with intervals, then language by language.

Nothing is computed here. A matrix has a row per query language and a column per passage language: its
diagonal is the monolingual setting, what is beside it the crosslingual one, the last column the pool
of all languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.figures import fixed, places
from harness.report.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.records.encoding import EncoderCard
    from harness.records.evaluation import EvaluatedMean, EvaluatedSet, Evaluation

DISTANCE = "rank-distance"
MATRIX = ("MAP", "R@1", "R@10")
DIGITS = 3
ALL = "*"
SHOWN = 40
"""Of a prompt, in characters."""


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """Return what the terminal shows."""
    model = evaluation.model
    at = f", revision {model.revision}" if model.revision else ""
    lines = [f"{model.named}{at}: {model.bytes:,} bytes in {len(model.files)} files, sha256 {model.digest[:12]}"]
    for one in evaluation.sets:
        lines += ["", *_set(one)]
    seal = evaluation.seal
    return [*(plain_line(line) for line in lines), "", f"seal: {seal.tier} ({seal.status})"]


def plain_line(line: str) -> str:
    """Return a line without what could drive a terminal, its blanks as they are."""
    return " ".join(map(plain_text, line.split(" ")))


def _set(one: EvaluatedSet) -> Iterator[str]:
    scope = f"scope {one.scope}, " if one.scope else ""
    languages = len(one.query_languages)
    yield (
        f"{one.dataset} ({scope}source {one.source}): {one.queries:,} queries in {languages} "
        f"language{'' if languages == 1 else 's'}, {one.passages:,} passages"
    )
    yield card_words(one.encoder)
    yield ""
    yield from aligned([("setting", "measure", "mean", "95% interval", "lexical", "chance"), *map(_mean, one.means)])
    for note, where in notes(one).items():
        yield f"note on {', '.join(where)}: {note}"
    for measure in MATRIX:
        yield ""
        yield f"{measure}, queries by row, passages by column ({ALL}: all languages in one pool)"
        yield from aligned(matrix(one, measure))


def notes(one: EvaluatedSet) -> dict[str, list[str]]:
    """Return each note and the means it is on."""
    found: dict[str, list[str]] = {}
    for mean in one.means:
        if mean.note:
            found.setdefault(mean.note, []).append(f"{mean.setting} {mean.measure}")
    return found


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


def _mean(mean: EvaluatedMean) -> tuple[str, ...]:
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
        fixed(mean.lexical, decimals),
        chance,
    )


def matrix(one: EvaluatedSet, measure: str) -> list[tuple[str, ...]]:
    """Return one measure language by language, with a line of headings; blank where nothing is judged."""
    found = {
        (cell.query_language, cell.passage_language): fixed(cell.value, DIGITS)
        for cell in one.cells
        if cell.measure == measure
    }
    columns = (*one.passage_languages, ALL)
    body = [(asked, *(found.get((asked, column), "") for column in columns)) for asked in one.query_languages]
    return [("", *columns), *body]


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines whose columns stand under each other, the first to the left, others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *rest = (
            text.ljust(width) if at == 0 else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *rest)).rstrip()
