"""Whether the arms of a check retrieve better than letters do (design: Floor).

Rule: in the setting of the check, each compared arm's MAP, its mean over seeds, pooled like the
check (the same bases, weights, languages and pairs), reaches SHARE of what the lexical baseline
(`harness.court.lexical`) has over the same rows. The measure is MAP whatever the check's own:
rank distance has no floor of its own (sinking all translations together lowers it), and nDCG or
R@k would ask the same question once more. A check over all three settings and all datasets
(never-third) has a floor in each of them; `balanced` has one, on the balanced score itself.

Below it, a difference between arms is a difference between encoders unfit for the question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.case import named
from harness.court.contrast import Inquiry, sides
from harness.court.scores import LEXICAL
from harness.records.claim import Side
from harness.records.ruling import Floor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.court.case import Case
    from harness.records.claim import Check, CheckSetting

SHARE = 0.9
BASELINE = Side(sampling=LEXICAL, base=LEXICAL)


def floors(case: Case, check: Check, datasets: Sequence[str]) -> tuple[Floor, ...]:
    """Return each arm's floor in each setting and dataset; the baseline's ranks stand among the case's scores.

    Raises:
        HarnessError: as the judge, where there is nothing to measure.
    """
    settings: Sequence[CheckSetting] = (check.setting,) if check.setting else check.settings
    return tuple(
        _floor(case, check, setting, dataset, side)
        for dataset in datasets
        for setting in settings
        for side in sides(check)
    )


def _floor(case: Case, check: Check, setting: CheckSetting, dataset: str, side: Side) -> Floor:
    plain = check.model_copy(update={"measure": "MAP", "setting": setting})
    trained = Inquiry(case.scores, case.seeds, plain, dataset).mean(side, case.claim.bases)
    lexical = Inquiry(case.scores, (0,), plain, dataset).mean(BASELINE, case.claim.bases)
    return Floor(
        arm=str(named(side)),
        dataset=dataset,
        setting=setting,
        value=trained,
        lexical=lexical,
        reached=trained >= SHARE * lexical,
    )


def below(found: Sequence[Floor]) -> str:
    """Say which arms are below their floor and by how much, or nothing."""
    return "; ".join(
        f"{one.arm} has {one.setting} MAP {one.value:.3f} on {one.dataset}, below {SHARE:g} of the lexical "
        f"baseline's {one.lexical:.3f}"
        for one in found
        if not one.reached
    )
