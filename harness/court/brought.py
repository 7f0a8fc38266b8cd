"""Scores that somebody brings, as the judge reads scores: nothing here judges.

`slots` says which rows a claim can be judged by; `Brought` hands the rows of one question (one
check on one dataset, or on all of them) to the very judge that rules on measured vectors. A
question has its own scores, because each check of a file may be brought on seeds and queries of
its own, and the judge keeps sums by arm and measure, not by check.

What a file does not say: relations, so a language is one stratum; which entities training saw, so
no slice is made by that; passages, for which one stands. Estimates are the same as from vectors,
intervals a little wider where relations differ in level. Source: design, Outside interfaces.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from harness.court.case import Case, untested
from harness.court.contrast import on_base, sides
from harness.court.judge import datasets_of, rule
from harness.court.measure import Rows
from harness.court.scores import label
from harness.records.judgements import Judgements
from harness.records.scores import Slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.records.claim import Check, Claim, Setting, Side
    from harness.records.ruling import Ruling
    from harness.records.scores import ScoreTable, Sheet
    from harness.records.verdict import Scale

ABSENT = "no scores were brought for it"
ONE_RELATION = "all"
ONE_PASSAGE = "answer"


def slots(claim: Claim) -> tuple[Slot, ...]:
    """Return every place that rows can be brought for, check by check; none for checks that count."""
    found = {}
    for check in claim.checks:
        settings = check.settings
        for asked_on in datasets_of(check, claim):
            for dataset in (asked_on,) if asked_on in claim.datasets else claim.datasets:
                for base in claim.bases:
                    for side in sides(check) if settings else ():
                        placed = on_base(side, base)
                        for setting in settings:
                            key = (check.id, dataset, placed, setting)
                            found[key] = Slot(
                                check=check,
                                dataset=dataset,
                                base=str(placed.base),
                                side=placed.sampling,
                                setting=setting,
                                asked_on=asked_on,
                                composite=len(settings) > 1,
                            )
    return tuple(found.values())


def rulings(claim: Claim, table: ScoreTable, cells: Mapping[str, str], scale: Scale) -> tuple[Ruling, ...]:
    """Return the ruling on every check and dataset, as the judge of measured vectors makes it.

    `cells` are the paper's by id. What the table does not speak of is untested.

    Raises:
        UsageError: values too large to be added up.
    """
    found = []
    for check in claim.checks:
        for asked_on in datasets_of(check, claim):
            sheet = table.sheets.get((check.id, asked_on))
            if sheet is None:
                found.append(untested(check, asked_on, ABSENT))
            else:
                found.append(rule(Case(claim, sheet.seeds, Brought(sheet), cells, scale), check, asked_on))
    return tuple(found)


@dataclass(slots=True)
class Brought:
    """The scores of one question, in the terms of `harness.court.contrast.Scores`."""

    sheet: Sheet
    memory: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)
    _judgements: dict[str, Judgements] = field(default_factory=dict, init=False, repr=False)

    def judgements(self, dataset: str) -> Judgements:
        """Return what the file says of a dataset's queries; one passage stands for those that answer."""
        if dataset not in self._judgements:
            queries = self.sheet.queries[dataset]
            rows = tuple(range(len(queries.ids)))
            self._judgements[dataset] = Judgements(
                query_ids=queries.ids,
                query_languages=queries.languages,
                clusters=queries.clusters,
                relations=(ONE_RELATION,) * len(rows),
                entities_seen=(True,) * len(rows),
                passage_ids=(ONE_PASSAGE,),
                passage_languages=queries.languages[:1],
                query_rows=rows,
                passage_rows=(0,) * len(rows),
                grades=(1,) * len(rows),
            )
        return self._judgements[dataset]

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return the values of one arm on one base, in one setting; the same rows for every arm and seed.

        Raises:
            KeyError: no such arm, setting or dataset in the sheet.
        """
        part = self.sheet.parts[dataset, cast("Setting", check.setting)]
        return Rows(part.query_rows, part.passage_languages, part.values[label(side.sampling), str(side.base), seed])
