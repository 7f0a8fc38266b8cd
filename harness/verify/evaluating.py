"""A released encoder on evaluation sets: found, encoded with, ranked, measured.

    (1) find the encoder's folder, and see that it is data alone
    (2) make each set: texts for the lab, judgements that stay here
    (3) have the lab encode the texts behind walls, or take what the store has
    (4) admit the vectors and count ranks, as for every encoder; rank by the lexical baseline
    (5) measure: means with intervals over clusters of questions, and language by language

Nothing is judged: there is no claim, and no second encoder to compare with. The lexical baseline
stands beside every mean, because a level says little where comparing letters reaches it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.codec import canonical
from harness.court.hearing import hear, hear_lexical, law
from harness.court.level import level
from harness.court.measure import cell_means, chance_rank_distance, judged_pairs, layout, macro_average, measure
from harness.data import catalogue
from harness.engine.encoding import Encoder, Texts, for_device
from harness.errors import UsageError
from harness.planner import EVALUATE_SOURCE, RANK_SOURCE, source_digest, versions
from harness.records.claim import SETTINGS, Setting
from harness.records.evaluation import EvaluatedCell, EvaluatedMean, EvaluatedModel, EvaluatedSet, Evaluation
from harness.verify.exhibits import LEXICAL_SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.court.rank import Ranks
    from harness.court.relevant import JudgedPairs
    from harness.court.sandbox import Enclosure
    from harness.engine.encoding import Wanted
    from harness.engine.models import Model
    from harness.records.judgements import Dataset, Judgements
    from harness.records.scope import EvaluationBinding
    from harness.store import Store

MEASURES = ("MAP", "R@1", "R@10", "nDCG@10")
MOST_LEXICAL = 100_000
"""Passages that the lexical baseline, which holds all n-grams in memory, is still asked about."""

DISTANCE = "rank-distance"
"""Of the pool of all languages alone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One set to evaluate on: its name, what it is bound to, and the scope that binds it, if one does."""

    name: str
    binding: EvaluationBinding
    scope: str | None


@dataclass(frozen=True, slots=True)
class Bench:
    """Where evaluating happens: the store, the walls, and who is told how many texts of a set are done, of how many."""

    store: Store
    enclosure: Enclosure
    tell: Callable[[str, int, int], None]


def evaluate(model: Model, asked: Sequence[Asked], wanted: Wanted, bench: Bench) -> Evaluation:
    """Return what an encoder reaches on each set.

    Raises:
        UsageError: no set; a GPU in a sealed run; a set that cannot be made.
        ResourceMissing, FileFaults, DigestMismatch: as `harness.data.catalogue.evaluation`.
        CellError: the lab could not encode.
        AdmissionRefused: vectors that are no evidence.
    """
    if not asked:
        raise UsageError("evaluate: expected at least one set to evaluate on, found none")
    walls = for_device(bench.enclosure, wanted.device)
    made_with = {"source": source_digest(EVALUATE_SOURCE), "versions": versions()}
    datasets = [catalogue.evaluation(one.binding) for one in asked]  # all of them first: encoding takes longer
    sets = []
    for one, dataset in zip(asked, datasets, strict=True):
        encoder = Encoder(bench.store, walls, made_with, partial(bench.tell, one.name))
        sets.append(_evaluated(model, one, dataset, encoder, wanted))
    return Evaluation(
        model=EvaluatedModel(
            named=model.named,
            revision=model.revision,
            digest=model.digest,
            files=dict(model.sha256),
            bytes=model.bytes,
        ),
        sets=tuple(sets),
        seal=walls.seal,
        source=source_digest(EVALUATE_SOURCE),
        versions=versions(),
    )


def _evaluated(model: Model, one: Asked, dataset: Dataset, encoder: Encoder, wanted: Wanted) -> EvaluatedSet:
    judgements, texts = dataset.judgements, dataset.texts
    sha256 = texts.fingerprint()
    handed = Texts(canonical(texts.plain()), sha256, len(texts.queries) + len(texts.passages))
    made = encoder.encode(model, handed, wanted)
    heard = hear(encoder.store, made.key, judgements, law(judgements, source_digest(RANK_SOURCE)))
    lexical = None
    if len(texts.passages) <= MOST_LEXICAL:
        lexical = hear_lexical(encoder.store, sha256, dataset, law(judgements, source_digest(LEXICAL_SOURCE)))
    means, cells = _measured(judgements, heard.ranks, lexical)
    return EvaluatedSet(
        dataset=one.name,
        scope=one.scope,
        source=one.binding.source,
        texts=sha256,
        queries=len(judgements.query_ids),
        passages=len(judgements.passage_ids),
        query_languages=tuple(sorted(set(judgements.query_languages))),
        passage_languages=tuple(sorted(set(judgements.passage_languages))),
        encoder=made.card,
        vectors=made.key,
        means=means,
        cells=cells,
    )


def _measured(
    judgements: Judgements, ranks: Ranks, lexical: Ranks | None
) -> tuple[tuple[EvaluatedMean, ...], tuple[EvaluatedCell, ...]]:
    means: list[EvaluatedMean] = []
    cells: list[EvaluatedCell] = []
    pairs = judged_pairs(judgements)
    for setting in SETTINGS:
        for name in (*MEASURES, DISTANCE) if setting == "multilingual" else MEASURES:
            mean = _mean(judgements, pairs, (ranks, lexical), setting, name)
            if mean is not None:
                means.append(mean)
                cells.extend(_cells(judgements, pairs, ranks, setting, name))
    return tuple(means), tuple(cells)


def _mean(
    judgements: Judgements, pairs: JudgedPairs, both: tuple[Ranks, Ranks | None], setting: Setting, name: str
) -> EvaluatedMean | None:
    """Return one mean beside the lexical baseline's, or None where the setting has no row."""
    place, languages = layout(pairs, setting), judgements.query_languages
    relevant = place.relevant(both[0])
    found = level(measure(relevant, name), judgements)
    if found is None:
        return None
    lexical = None if both[1] is None else macro_average(measure(place.relevant(both[1]), name), languages)
    chance = macro_average(chance_rank_distance(relevant), languages) if name == DISTANCE else None
    return EvaluatedMean(
        setting=setting,
        measure=name,
        value=found.estimate,
        low=found.low,
        high=found.high,
        clusters=found.clusters,
        rows=found.rows,
        lexical=lexical,
        chance=chance,
        note=found.note,
    )


def _cells(
    judgements: Judgements, pairs: JudgedPairs, ranks: Ranks, setting: Setting, name: str
) -> Iterator[EvaluatedCell]:
    rows = measure(layout(pairs, setting).relevant(ranks), name)
    for cell in cell_means(rows, judgements.query_languages):
        yield EvaluatedCell(
            setting=setting,
            measure=name,
            query_language=cell.query_language,
            passage_language=cell.passage_language,
            value=cell.value,
            queries=cell.queries,
        )
