"""False worlds of never-third and reduced-by: oracle is design's table."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from attacked_builders import LEVELS, questions, stand
from court_builders import PlantedScores, check, claim

from harness.attack import cells
from harness.attack.cells import lowered, renamed, shuffled_probe, size_probes, third_probes
from harness.attack.probe import DEFEATING, NOT_HERE, results
from harness.attack.subject import Stand, Trained
from harness.court import third
from harness.court.case import Case
from harness.court.third import rivals
from harness.records.attack import ProbeResult
from harness.records.claim import CitedValue

NEVER = check(relation="never-third", measure="MAP", setting=None, left=None, right=None)
SIZE = check(
    relation="reduced-by",
    measure="rank-distance",
    required="full",
    unit="percent",
    claimed={base: CitedValue(cell="S14", value="30") for base in ("xlm-r", "labse")},
)


def named(found: tuple[ProbeResult, ...]) -> dict[str, ProbeResult]:
    return {probe.name.partition(":")[0]: probe for probe in found}


def test_theory_an_honest_never_third_survives_and_is_supported() -> None:
    one = stand(NEVER, LEVELS, noise=0.004)
    found = named(results(third_probes(one)))
    assert set(found) == {"names-permuted", "hybrid-lowered"}
    assert not any(probe.succeeded for probe in found.values())
    assert third.rule_never_third(one.case, NEVER, "all").outcome == "supported"


def test_degenerate_a_rule_that_supports_everything_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def always(*_: object) -> object:
        return third.untested(NEVER, "all", "").model_copy(update={"outcome": "supported"})

    monkeypatch.setattr(cells, "never_third", always)
    assert all(probe.succeeded for probe in results(third_probes(stand(NEVER, LEVELS))))


def test_exact_renamed_cells_hold_the_same_values_under_other_names() -> None:
    (block, *_) = rivals(stand(NEVER).case, NEVER, "all")
    other = renamed(block, "all", 1)
    for at in range(len(block.frame.names)):
        before = sorted(arm.theta[:, at].tolist() for arm in block.arms)
        assert sorted(arm.theta[:, at].tolist() for arm in other.arms) == before
        kept = {arm.theta[0, at]: arm.within[:, at] for arm in block.arms}
        assert all(np.array_equal(kept[arm.theta[0, at]], arm.within[:, at]) for arm in other.arms)
    assert any(not np.array_equal(renamed(block, "all", draw).arms[0].theta, block.arms[0].theta) for draw in range(5))


def test_exact_the_lowered_arm_is_nine_tenths_of_the_lower_other_in_each_cell() -> None:
    (block, *_) = rivals(stand(NEVER, noise=0.05).case, NEVER, "all")
    first, *others = lowered(block).arms
    for at in range(len(block.frame.names)):
        lower = min(others, key=lambda arm: arm.theta[:, at].mean())
        assert first.theta[:, at] == pytest.approx(0.9 * lower.theta[:, at])
        assert first.within[:, at] == pytest.approx(0.9 * lower.within[:, at])


def sized(left: float, right: float, noise: float = 0.01) -> Stand:
    scores = PlantedScores({"xquad-r": questions()}, lambda arm, *_: left if arm == "hybrid" else right, noise=noise)
    cells_of = {"S14": "30"}
    return Stand(Case(claim(checks=(SIZE,)), range(8), scores, cells_of, "full"), SIZE, "xquad-r")


def test_theory_a_reduction_of_the_claimed_size_survives() -> None:
    found = named(results(size_probes(sized(0.7, 1.0), Counter())))
    assert set(found) == {"same-arm", "half-the-effect", "exchanged"}
    assert not any(probe.succeeded for probe in found.values())


def test_theory_a_reduction_of_another_size_is_not_exchanged() -> None:
    found = named(results(size_probes(sized(0.9, 1.0), Counter())))
    assert found["exchanged"].detail == NOT_HERE


def test_degenerate_a_size_rule_that_supports_everything_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "size_outcome", lambda *_: "supported")
    splits: Counter[str] = Counter()
    assert all(probe.succeeded for probe in results(size_probes(sized(0.7, 1.0), splits)))
    assert splits["splits"] == splits["supported"] > 0


def test_exact_half_the_effect_is_half_the_claimed_share() -> None:
    (block, *_) = sized(0.7, 1.0).blocks
    (half, *_) = cells.halved([block], {"xlm-r": 0.3, "labse": 0.3})
    assert half.arms[0].theta.mean() == pytest.approx(0.85 * block.arms[1].theta.mean())
    assert half.arms[1] is block.arms[1]


@pytest.mark.parametrize(("left", "lower"), [(0.7, "lower there too"), (1.0, "not surely"), (1.3, "not surely")])
def test_theory_a_reduction_that_no_answer_was_needed_for_is_told_and_defeats_nothing(left: float, lower: str) -> None:
    scores = PlantedScores({"xquad-r": questions()}, lambda arm, *_: left if arm == "hybrid" else 1.0, noise=0.01)
    (found,) = results([shuffled_probe(sized(0.7, 1.0), Trained(scores, range(5)))])  # type: ignore[arg-type]
    assert (found.name, found.succeeded, found.required) == ("shuffled-pairs:higher/xquad-r", left < 1, False)
    assert found.severity < DEFEATING
    assert lower in found.detail


def test_degenerate_without_arms_of_that_world_the_probe_has_no_answer() -> None:
    (found,) = results([shuffled_probe(sized(0.7, 1.0), None)])
    assert found.succeeded is None


def test_theory_cells_of_too_few_seeds_decide_nothing_in_any_world() -> None:
    found = named(results(third_probes(stand(NEVER, LEVELS, noise=0.004, seeds=4))))
    assert found["hybrid-lowered"].detail == NOT_HERE
    assert not any(probe.succeeded for probe in found.values())
