"""How likely each check is to be settled, before any data is read (design: Judging, planned power).

From the pilot's noise (`harness.court.power`), the seeds that the scope gives the claim and the
clusters of the dataset: the power against the effect that the paper claims, and against the
margin. A check whose setting and measure the pilot did not measure has none.

Limits: noise is that of the validation split and of x-y minus x-x-mono; a check on some of the
languages has more than what is expected here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.court.power import planned_power
from harness.court.shown import paper_effects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.claimfile.claims import ClaimFile
    from harness.records.claim import Check
    from harness.records.power import Components
    from harness.records.scope import Scope


@dataclass(frozen=True, slots=True)
class CheckPower:
    """One check on one dataset: probabilities of support, and the least effect found nine times in ten.

    `claimed` is the paper's effect in percent of the right side, mean over bases; `power` supposes
    that it is true, `at_margin` that there is no effect at all. None where there is nothing to suppose.
    """

    claim: str
    check: str
    dataset: str
    required: bool
    seeds: int
    clusters: int
    claimed: float | None
    power: float | None
    at_margin: float | None
    detectable: float | None

    def sentence(self) -> str:
        """Say how likely the check is to be supported, and what it could find."""
        told = []
        if self.claimed is not None and self.power is not None:
            told.append(f"power {self.power:.0%} if the paper's {self.claimed:+.1f}% is true")
        if self.at_margin is not None:
            told.append(f"{self.at_margin:.0%} if there is no difference")
        found = "no effect" if self.detectable is None else f"{self.detectable:+.1f}% nine times in ten"
        where = f"{self.claim} {self.check} on {self.dataset}, {self.seeds} seeds, {self.clusters} clusters"
        return f"{where}: {', '.join([*told, f'finds {found}'])}"


def expected(file: ClaimFile, scope: Scope, clusters: Mapping[str, int]) -> Iterator[CheckPower]:
    """Yield the planned power of a claim's checks on every dataset of which `clusters` knows the number."""
    known = {(components.setting, components.measure): components for components in scope.pilot}
    for check in file.claim.checks:
        for dataset in file.claim.datasets:
            components = known.get((check.setting, check.measure)) if check.setting and check.measure else None
            if components is not None and dataset in clusters:
                yield _expected(file, scope, check, dataset, clusters[dataset], components)


def _expected(  # noqa: PLR0913, PLR0917 - each is another thing that power depends on
    file: ClaimFile, scope: Scope, check: Check, dataset: str, clusters: int, components: Components
) -> CheckPower:
    effects = paper_effects(file.paper.cells if file.paper else {}, check, dataset)
    claimed = sum(effects.values()) / len(effects) if effects else None
    planned = planned_power(check, components, scope.seeds_of(file.claim.id), clusters, claimed)
    return CheckPower(
        claim=file.claim.id,
        check=check.id,
        dataset=dataset,
        required=check.required is True,
        seeds=planned.seeds,
        clusters=planned.clusters,
        claimed=claimed,
        power=planned.claimed,
        at_margin=planned.margin,
        detectable=planned.detectable,
    )
