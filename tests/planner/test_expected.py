"""Oracles: the court's own function; what the claim files cite, read by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.claimfile.claims import ClaimFile, read_claim
from harness.claimfile.scopes import find_scope, read_scope
from harness.court.power import planned_power
from harness.planner import expected
from harness.records.power import Components
from harness.records.scope import Scope

NOISE = Components(
    setting="monolingual", measure="MAP", s2_seed=4e-5, s2_cluster=2e-3, s2_res=3e-3, mean=0.8, clusters=60
)
CLUSTERS = {"xquad-r": 200, "mlqa-r": 150}


@pytest.fixture
def scope() -> Scope:
    return read_scope(find_scope("atlas"), tuned=False).model_copy(update={"pilot": (NOISE,), "seeds": {"c01": 7}})


def claim(root: Path, name: str) -> ClaimFile:
    return read_claim(root / "claims" / name)


def test_exact_power_is_the_courts_for_the_seeds_clusters_and_effects_at_hand(root: Path, scope: Scope) -> None:
    file = claim(root, "c01-batching-specialises.yaml")
    rows = list(expected(file, scope, CLUSTERS))
    assert [(row.check, row.dataset, row.seeds, row.clusters) for row in rows] == [
        ("monolingual", "xquad-r", 7, 200),
        ("monolingual", "mlqa-r", 7, 150),
    ], "the pilot knows nothing of the cross-lingual setting"
    cells = file.paper.cells if file.paper else {}
    effects = []
    for base in ("XLM-R", "LaBSE"):
        alone, across = (float(cells[f"T1:{base}/{arm}:xquad_r_monolingual"]) for arm in ("X-X", "X-Y"))
        effects.append(100 * (alone - across) / across)
    assert rows[0].claimed == pytest.approx(sum(effects) / 2)
    planned = planned_power(file.claim.checks[0], NOISE, 7, 200, rows[0].claimed)
    assert (rows[0].power, rows[0].at_margin, rows[0].detectable) == (planned.claimed, None, planned.detectable)
    assert rows[0].required


def test_exact_a_margin_has_a_power_of_its_own(root: Path, scope: Scope) -> None:
    rows = list(expected(claim(root, "c02-hybrid-monolingual.yaml"), scope, CLUSTERS))
    comparable = [row for row in rows if row.at_margin is not None]
    assert comparable
    assert all(0 < row.at_margin < 1 for row in comparable if row.at_margin is not None)


def test_degenerate_nothing_is_expected_of_counts_unknown_datasets_or_without_a_pilot(root: Path, scope: Scope) -> None:
    file = claim(root, "c01-batching-specialises.yaml")
    assert list(expected(claim(root, "c13-protocol-counts.yaml"), scope, CLUSTERS)) == []
    assert list(expected(file, scope, {})) == []
    assert list(expected(file, scope.model_copy(update={"pilot": ()}), CLUSTERS)) == []
