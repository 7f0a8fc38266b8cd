"""never-third: hybrid is first or second in every cell (claim c11).

A cell is a base, dataset, setting and query language. Hybrid is third in it where its mean over
seeds is not above the lower of the two others; a tie of all three is a tie for first. With h, a, b
the arms and one-sided p values of the cell's own rows,

    p of a cell  = max(p[a - h > 0], p[b - h > 0]);  Holm over all cells, the least is the check's
    supported    = in each setting h - (a + b)/2 > 0, pooled over bases and datasets,
                   and at least 95% of the cells not third
    contradicted = the least p, adjusted, is at most .025: one cell that is surely third is enough

A contradiction comes first, for a cell that is surely third denies the claim however few there are.
A cell of fewer clusters or seeds than can decide anything has p = 1. The ruling speaks of all
datasets at once; its parts are the settings' contrasts and the few cells with the least p.

Source: design, Judging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.court.case import ALL_DATASETS, Case, untested
from harness.court.contrast import RIVALS, Contrast, Inquiry, contrasts
from harness.court.linear import counted, furthest, judged, outcome_of, printed, without_interval
from harness.court.sample import Block, pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.court.sample import Sample
    from harness.records.claim import Check
    from harness.records.ruling import Part, Ruling

SIGNIFICANT = 0.025
MOST_THIRD = 0.05
UNSETTLED: dict[str, None] = {"detectable": None, "seeds_needed": None}
SHOWN = 3
"""How many cells are listed, those with the least p."""

AGAINST_A_RIVAL = tuple(
    Contrast(
        f"{RIVALS[0].sampling} above {RIVALS[at].sampling}", (1.0, *(-1.0 if at == one else 0.0 for one in (1, 2)))
    )
    for at in (1, 2)
)


def rule_never_third(case: Case, check: Check, dataset: str) -> Ruling:
    """Judge the check over all datasets of its claim; `dataset` is `all`.

    Raises:
        AdmissionRefused: arms or seeds whose rows are not the same, or a setting without rows.
        ScopeUnbound: a language of the check in which a dataset has no row.
        UsageError: values that are not finite.
    """
    return never_third(untested(check, dataset, ""), rivals(case, check, dataset), check)


def rivals(case: Case, check: Check, dataset: str) -> list[Block]:
    """Return the three arms block by block, over all datasets of the claim where `dataset` is `all`.

    Raises:
        HarnessError: as `rule_never_third`.
    """
    names = case.claim.datasets if dataset == ALL_DATASETS else (dataset,)
    return [
        block
        for name in names
        for block in Inquiry(case.scores, case.seeds, check, name).blocks(case.claim.bases, RIVALS)
    ]


def never_third(blank: Ruling, blocks: Sequence[Block], check: Check) -> Ruling:
    """Judge blocks of the three arms, whatever world they come from."""
    whole = pool(blocks, check.languages)
    blank = counted(blank, whole)
    found = [judged(part, contrasts(check)[0], setting) for setting, part in _by_setting(blocks, check)]
    settings = [part for part, _ in found if part is not None]
    if len(settings) < len(found):
        return without_interval(blank, whole)
    cells = [(name, cell) for block in blocks for name, cell in _cells(block, check)]
    third = sum(_is_third(cell) for _, cell in cells)
    least = _least([_rival(name, cell) for name, cell in cells])
    against = min(1.0, len(cells) * least[0].p_against) if least else 1.0
    at = furthest(settings)
    ruling = printed(blank, settings[at], "; ".join(filter(None, (found[at][1], _told(third, len(cells))))), against)
    ruling = ruling.model_copy(update={"parts": (*settings, *least)})
    if against <= SIGNIFICANT:
        note = f"{_told(third, len(cells))}; surely so in {least[0].name} (p {against:.2g} after Holm)"
        return printed(ruling, least[0], note, against).model_copy(update={"outcome": "contradicted"})
    if ruling.outcome == "contradicted":
        note = f"{ruling.note}; below the mean of the others in {settings[at].name}, which is not yet third"
        return ruling.model_copy(update={"outcome": "inconclusive", "note": note, **UNSETTLED})
    if third > MOST_THIRD * len(cells):
        # no number of seeds is known to lift a cell
        unsettled = {} if ruling.outcome == "inconclusive" else UNSETTLED
        return ruling.model_copy(update={"outcome": "inconclusive", **unsettled})
    return ruling


def _told(third: int, cells: int) -> str:
    return f"{third} of {cells} cells third"


def _by_setting(blocks: Sequence[Block], check: Check) -> list[tuple[str, Sample]]:
    settings = dict.fromkeys(block.setting for block in blocks)
    return [(name, pool([one for one in blocks if one.setting == name], check.languages)) for name in settings]


def _cells(block: Block, check: Check) -> list[tuple[str, Sample]]:
    names = [block.frame.names[at] for at in block.languages(check.languages).tolist()]
    return [(f"{block.dataset}, {block.base}, {block.setting}, {name}", pool([block], (name,))) for name in names]


def cell_estimates(case: Case, check: Check, dataset: str) -> dict[str, float]:
    """Return hybrid's mean over each rival in every cell, and over both in each setting, by the names of parts.

    Raises:
        HarnessError: as `rule_never_third`.
    """
    blocks = rivals(case, check, dataset)
    found = {name: _mean(part, contrasts(check)[0]) for name, part in _by_setting(blocks, check)}
    for block in blocks:
        for name, cell in _cells(block, check):
            found |= {f"{name}: {contrast.name}": _mean(cell, contrast) for contrast in AGAINST_A_RIVAL}
    return found


def _mean(sample: Sample, contrast: Contrast) -> float:
    return float(sample.means() @ contrast.weights)


def _is_third(cell: Sample) -> bool:
    ours, *others = cell.means().tolist()
    return bool(ours <= min(others) and ours < max(others))


@dataclass(frozen=True, slots=True)
class _Rival:
    """In one cell, the rival that hybrid is most surely not above, and the cell's p."""

    name: str
    cell: Sample
    contrast: Contrast
    p: float


def _rival(name: str, cell: Sample) -> _Rival:
    """Return the rival with the greater p; 1 where nothing can be decided."""
    found = [(_p_below(cell, contrast), contrast) for contrast in AGAINST_A_RIVAL]
    p, contrast = max(found, key=lambda one: one[0])
    return _Rival(name, cell, contrast, p)


def _p_below(cell: Sample, contrast: Contrast) -> float:
    interval = cell.interval(contrast.weights)
    if interval is None or outcome_of(interval, downward=False)[1]:
        return 1.0
    return interval.p_below


def _least(rivals: Sequence[_Rival]) -> list[Part]:
    """Return the cells with the least p in full, the very least first; ties by name."""
    found = []
    for rival in sorted(rivals, key=lambda one: (one.p, one.name)):
        part, _ = judged(rival.cell, rival.contrast, f"{rival.name}: {rival.contrast.name}")
        if part is not None:  # a cell of one cluster has no interval, and its p is 1
            found.append(part.model_copy(update={"p_against": rival.p}))
        if len(found) == SHOWN:
            break
    return found
