from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.plots import INSET, MOST_TICKS, WIDTH, Row, axis, axis_of, boxes, dots, forest, ruler

VALUES = st.floats(min_value=-1e6, max_value=1e6).map(lambda value: round(value, 6))


def well_formed(text: str) -> ET.Element:
    """HTML lets attributes stand without quotation marks, XML does not."""
    return ET.fromstring(re.sub(r"=([^\s\"'>/]+)", r'="\1"', str(text)))  # noqa: S314  our own bytes


def measured(low: float, point: float, high: float) -> Row:
    low, point, high = sorted((low, point, high))
    return Row("measured", point, low, high)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(VALUES, min_size=1, max_size=8))
def test_property_an_axis_reaches_all_values_and_zero(values: list[float]) -> None:
    shared = axis(values)
    assert 0.0 in shared.ticks
    assert 2 <= len(shared.ticks) <= MOST_TICKS + 2
    assert list(shared.ticks) == sorted(set(shared.ticks))
    assert len({shared.label(tick) for tick in shared.ticks}) == len(shared.ticks)
    places = [shared.at(value) for value in sorted((*values, 0.0))]
    assert places == sorted(places)
    assert INSET <= min(places) <= max(places) <= WIDTH - INSET
    for tick in shared.ticks:
        shown = float(shared.label(tick).replace("\u2212", "-"))
        assert abs(shown - tick) <= 1e-6 * max(abs(tick), shared.ticks[1] - shared.ticks[0])


def test_degenerate_all_zero_has_an_axis() -> None:
    assert (axis([0.0]).least, axis([0.0]).greatest) == (-1.0, 1.0)
    assert axis([]).at(0) == WIDTH // 2


def test_exact_a_forest_is_well_formed_and_draws_each_kind_on_its_own_row() -> None:
    rows = [[Row("paper", 2.0)], [measured(-3.0, 0.5, 4.0)], [Row("world", 0.0, -1.0, 1.0)]]
    scale = axis_of([one for row in rows for one in row])
    root = well_formed(forest(rows, scale, "a <title> & more", [None, (-1.0, 0.0), None]))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "a <title> & more"
    paths = {path.attrib["class"]: path.attrib["d"] for path in root}
    assert paths["paper-point"] == f"M{scale.at(2.0)} 12h0"
    assert paths["measured-bar"] == f"M{scale.at(-3.0)} 36H{scale.at(4.0)}"
    assert paths["world-point"] == f"M{scale.at(0.0)} 60h0"
    assert paths["zero"] == f"M{scale.at(0.0)} 0V72"
    assert paths["zone"].startswith(f"M{scale.at(-1.0)} 27H{scale.at(0.0)}")


def test_exact_a_box_lies_between_its_quantiles_on_its_own_row() -> None:
    rows = [[1.0, 2.0, 3.0, 5.0, 9.0], [0.0, 0.0, 1.0, 1.0, 1.0]]
    scale = axis([value for row in rows for value in row])
    paths = {path.attrib["class"]: path.attrib["d"] for path in well_formed(boxes(rows, scale, "says"))}
    at = [[scale.at(value) for value in row] for row in rows]
    assert paths["whisker"] == f"M{at[0][0]} 12H{at[0][4]}M{at[1][0]} 36H{at[1][4]}"
    assert paths["box"] == f"M{at[0][1]} 7H{at[0][3]}v10H{at[0][1]}zM{at[1][1]} 31H{at[1][3]}v10H{at[1][1]}z"
    assert paths["middle"] == f"M{at[0][2]} 12h0M{at[1][2]} 36h0"


def test_theory_a_world_far_away_does_not_press_together_what_was_measured() -> None:
    near, far = measured(-1.0, 0.0, 1.0), Row("world", 400.0, 390.0, 410.0)
    scale = axis_of([near, far])
    assert scale.greatest <= 2.0
    text = forest([[near], [far]], scale, "")
    assert "class=beyond" in text
    assert "world-point" not in text
    assert axis_of([near, Row("world", 2.5, 2.0, 3.0)]).holds(2.5)


def test_itself_equal_input_gives_equal_bytes() -> None:
    rows = [[measured(-3.0, 0.5, 4.0)]]
    assert forest(rows, axis([1.0]), "x") == forest(rows, axis([1.0]), "x")


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=6), min_size=1, max_size=3))
def test_property_dots_stand_where_their_values_do(rows: list[list[float]]) -> None:
    scale = axis([value for row in rows for value in row], zero=False)
    path = next(one for one in well_formed(dots(rows, scale, "")) if one.attrib["class"] == "dots").attrib["d"]
    for row, drawn in zip(rows, path.split("M")[1:], strict=True):
        steps = [int(step) for step in re.findall(r"(?:^|m)(-?\d+) ", drawn)]
        assert list(accumulate(steps)) == [scale.at(value) for value in row]


def test_exact_the_ruler_bears_its_ends_and_zero() -> None:
    shared = axis([-31.0, 12.0])
    assert re.findall(r">([^<]+)</text>", ruler(shared, "%")) == ["\u221240%", "0%", "20%"]
