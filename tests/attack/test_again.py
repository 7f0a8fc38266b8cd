"""The second implementation of the measures: oracles are the court's own and answers by hand."""

from __future__ import annotations

import pytest
from attacked_builders import unit_rows
from hypothesis import given
from hypothesis import strategies as st
from test_changed import parallel

from harness.attack import again
from harness.court.admit import admit_arrays
from harness.court.measure import Rows
from harness.court.rank import rank_judged
from harness.court.scores import Measured, Place
from harness.records.judgements import Judgements

ASKED = [
    (measure, setting)
    for setting in ("monolingual", "crosslingual", "multilingual")
    for measure in ("MAP", "MRR", "R@1", "R@3", "nDCG@2", "nDCG@10")
] + [("rank-distance", "multilingual")]
PLACE = Place("xlm-r", "hybrid", 0, "xquad-r")


def graded(facts: int) -> Judgements:
    judgements = parallel(facts)
    return judgements.model_copy(update={"grades": tuple(1 + at % 3 for at in range(len(judgements.grades)))})


@pytest.mark.parametrize(("measure", "setting"), ASKED)
@given(facts=st.integers(2, 9))
def test_other_implementation_the_court_measures_the_same(measure: str, setting: str, facts: int) -> None:
    judgements = graded(facts)
    vectors = admit_arrays(unit_rows("q", 3 * facts), unit_rows("p", 3 * facts))
    measured = Measured({"xquad-r": judgements}, {PLACE: rank_judged(vectors, judgements)})
    rows = measured.measured(PLACE, setting, measure)  # type: ignore[arg-type]
    assert list(again.differences(vectors, judgements, measure, setting, rows)) == []
    wrong = Rows(rows.query_rows, rows.passage_languages, rows.values + 0.001)
    assert len(list(again.differences(vectors, judgements, measure, setting, wrong))) >= 2


def test_exact_a_list_by_hand() -> None:
    gains, ideal = [0, 2, 0, 1], [2, 1]
    assert again.of_list(gains, ideal, "MAP") == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert again.of_list(gains, ideal, "MRR") == 0.5
    assert again.of_list(gains, ideal, "R@2") == 0.5
    assert again.of_list(gains, ideal, "nDCG@2") == pytest.approx((2 / 1.5849625) / (2 + 1 / 1.5849625))
    assert again.of_list([0, 0], [1], "MRR") == 0.0


def test_itself_rows_that_the_court_leaves_out_are_told() -> None:
    judgements = parallel(4)
    vectors = admit_arrays(unit_rows("q", 12), unit_rows("p", 12))
    measured = Measured({"xquad-r": judgements}, {PLACE: rank_judged(vectors, judgements)})
    rows = measured.measured(PLACE, "crosslingual", "MAP")
    fewer = Rows(rows.query_rows[::2], rows.passage_languages[::2], rows.values[::2])
    assert any(
        "None by the court" in words for words in again.differences(vectors, judgements, "MAP", "crosslingual", fewer)
    )
