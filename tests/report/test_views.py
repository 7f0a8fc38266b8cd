from __future__ import annotations

import re

from verdict_builders import (
    PASSED,
    counts,
    not_by_sinking,
    ruling,
    two_datasets,
    untested,
    verdict,
)

from harness.report.page import LACKS, counts_of
from harness.report.views import claim_view


def test_exact_one_effect_per_dataset_of_the_main_check() -> None:
    view = claim_view(two_datasets(), ())
    assert [effect.ruling.dataset for effect in view.effects] == ["xquad-r", "mlqa-r"]
    assert view.effects[1].claimed[0][0] == "xlm-r"
    assert view.effect_axis is not None
    assert view.counts is None


def test_exact_strips_are_pooled_then_bases() -> None:
    view = claim_view(verdict(), ())
    assert [strip.label for strip in view.checks[0].strips] == ["pooled", "xlm-r", "labse"]
    assert view.checks[0].strips[2].path == ("checks", 0, "bases", 1)
    assert [check.unit for check in view.checks] == ["ranks", "", "ranks"]


def test_exact_the_margin_s_edge_is_drawn_where_there_is_one() -> None:
    relations = {"comparable-or-above": [-1.0], "comparable-or-below": [1.0], "equivalent": [-1.0, 1.0], "above": []}
    for relation, edges in relations.items():
        view = claim_view(verdict(checks=(not_by_sinking(relation=relation),)), ())
        assert re.findall(r'data-value="&#34;0.01&#34;" data-scale="(-?)100"', view.effects[0].drawing) == [
            "-" if edge < 0 else "" for edge in edges
        ]
    without = claim_view(verdict(checks=(not_by_sinking(margin="0"),)), ())
    assert 'class="margin"' not in without.effects[0].drawing


def test_exact_bases_are_drawn_where_nothing_pooled_was_decided() -> None:
    view = claim_view(verdict(), ())
    assert [strip.label for strip in view.checks[2].strips] == ["xlm-r", "labse"]


def test_degenerate_nothing_is_drawn_where_nothing_was_measured() -> None:
    for given, counted in ((untested(), None), (counts(), (38, 38))):
        view = claim_view(given, ())
        assert view.effects == ()
        assert view.effect_axis is None
        assert view.checks[0].strips == ()
        assert view.counts == counted


def test_theory_a_means_decimals_tell_arms_apart() -> None:
    wide = ruling(low=-400.0, high=300.0, estimate=-50.0, bases=())
    assert claim_view(verdict(checks=(wide,)), ()).checks[0].strips[0].mean_places == 1


def test_exact_counts_and_lacks() -> None:
    counted = counts_of([verdict(), untested(), verdict(scope="lareqa", controls=(PASSED,))])
    assert counted["all"]["verdicts"] == 3
    assert counted["all"]["outcome"] == {"supported": 2, "contradicted": 0, "inconclusive": 0, "untested": 1}
    assert counted["scopes"]["lareqa"]["verdicts"] == 1
    assert counted["claims"] == 2
    assert set(counted["lacks"]) == set(LACKS)
    assert counted["lacks"]["controls"] == 1  # counts need none
