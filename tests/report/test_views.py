from __future__ import annotations

import re

from page_builders import attacked
from verdict_builders import (
    PASSED,
    counts,
    defeated,
    fitted,
    not_by_sinking,
    ruling,
    slices,
    two_datasets,
    untested,
    verdict,
)

from harness.report.matrix import SCOPES, matrix
from harness.report.method import method_view
from harness.report.page import LACKS, counts_of
from harness.report.views import claim_view


def test_exact_one_effect_per_dataset_of_the_main_check() -> None:
    view = claim_view(two_datasets())
    assert [effect.ruling.dataset for effect in view.effects] == ["xquad-r", "mlqa-r"]
    assert [row.kind for row in view.effects_drawn.rows] == ["effect", "effect"]
    assert view.counts is None


def test_exact_contrasts_are_pooled_then_bases_then_entities_then_worlds() -> None:
    check = claim_view(attacked()).checks[0]
    assert [row.label for row in check.contrast.rows] == [
        "pooled",
        "xlm-r",
        "labse",
        "entities trained on",
        "entities held out",
        "if no effect",
        "if left random",
    ]
    assert check.unit == "ranks"


def test_exact_the_field_within_the_margin_is_drawn_where_there_is_one() -> None:
    relations = {"comparable-or-above": 1, "comparable-or-below": 1, "equivalent": 1, "above": 0}
    for relation, fields in relations.items():
        view = claim_view(verdict(checks=(not_by_sinking(relation=relation),)))
        assert len(re.findall("class=zone", view.effects_drawn.drawing)) == fields
    without = claim_view(verdict(checks=(not_by_sinking(margin="0"),)))
    assert "class=zone" not in without.effects_drawn.drawing


def test_degenerate_nothing_is_drawn_where_nothing_was_measured() -> None:
    for given, counted in ((untested(), None), (counts(), (38, 38))):
        view = claim_view(given)
        assert view.effects == ()
        assert view.effects_drawn.rows == ()
        assert view.checks[0].contrast.rows == ()
        assert view.counts == counted


def test_theory_the_language_that_speaks_most_against_a_check_comes_first() -> None:
    own = slices("seen", "de", "el", "th")
    lower = claim_view(verdict(checks=(ruling(slices=own),))).checks[0]
    higher = claim_view(verdict(checks=(not_by_sinking(slices=own),))).checks[0]
    assert [own[at].name for at in lower.languages] == ["de", "el", "th"]
    assert [own[at].name for at in higher.languages] == ["th", "el", "de"]
    against = own[1].model_copy(update={"p_against": 0.001})
    assert claim_view(verdict(checks=(ruling(slices=(against,)),))).checks[0].hides_against
    assert not lower.hides_against


def test_exact_equal_exposures_stand_once_with_all_their_bases() -> None:
    given = fitted()
    same = given.exposure[0].model_copy(update={"base": "labse"})
    view = claim_view(given.model_copy(update={"exposure": (*given.exposure, same)}))
    assert view.exposures == ((("xlm-r", "labse"), 0), (("labse",), 1))


def test_exact_floors_that_were_missed_are_told_and_else_the_nearest() -> None:
    missed = claim_view(fitted()).floors
    assert [floor.reached for _, _, floor in missed] == [False]
    first = fitted().checks[0]
    assert [floor.value for _, _, floor in claim_view(fitted(checks=(first,))).floors] == [0.65625]


def test_exact_the_matrix_has_a_row_per_claim_and_says_why_a_cell_is_empty() -> None:
    made = matrix(
        [claim_view(one) for one in (verdict(), verdict(scope="lareqa"), two_datasets(), verdict(scope="own"))]
    )
    assert made.scopes == (*SCOPES, "own")
    assert [row.first.verdict.claim for row in made.rows] == ["c01", "c06"]
    bias = dict(zip(made.scopes, made.rows[1].cells, strict=True))
    assert bias["lareqa"].view is not None
    assert bias["paper"].missing in {"not measured here", "not in this version"}
    assert made.rows[0].cells[1].missing
    drawn = [
        re.findall(r'class=measured-bar d="([^"]+)"', one) for one in (bias["atlas"].drawings + bias["own"].drawings)
    ]
    assert drawn[0] == drawn[1]  # one scale


def test_exact_what_attacks_came_to_by_the_worst_of_one_name() -> None:
    (doubts,) = method_view([claim_view(one) for one in (defeated(), attacked(), verdict())])
    rows = dict(doubts.rows)
    assert [view.verdict.claim for view in doubts.claims] == ["c05", "c20", "c06"]
    assert rows["p0"] == ("passed", "not here", "not here")
    assert rows["shrunk-to-the-margin"] == ("not here", "withstood", "not here")
    assert rows["random-left"] == ("not here", "passed", "not here")


def test_exact_counts_and_lacks() -> None:
    counted = counts_of([verdict(), untested(), verdict(scope="lareqa", controls=(PASSED,))])
    assert counted["all"]["verdicts"] == 3
    assert counted["all"]["outcome"] == {"supported": 2, "contradicted": 0, "inconclusive": 0, "untested": 1}
    assert counted["scopes"]["lareqa"]["verdicts"] == 1
    assert counted["claims"] == 2
    assert set(counted["lacks"]) == set(LACKS)
    assert counted["lacks"]["controls"] == 1  # counts need none
