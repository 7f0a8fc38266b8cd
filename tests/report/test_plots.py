from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.plots import MOST_TICKS, Caption, Interval, Mark, axis, interval_plot, ruler

VALUES = st.floats(min_value=-1e6, max_value=1e6).map(lambda value: round(value, 6))
CAPTION = Caption("c06.atlas-0", "a <title>", "from -3 to 4 & more", "c06.atlas checks[0]")


def interval(*values: float) -> Interval:
    low, estimate, high, *claimed = values
    low, estimate, high = sorted((low, estimate, high))
    marks = [Mark(value, f"at {number}") for number, value in enumerate((estimate, low, high, *claimed))]
    return Interval(marks[0], marks[1], marks[2], tuple(marks[3:]))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(VALUES, min_size=3, max_size=5), st.lists(VALUES, min_size=3, max_size=3))
def test_property_an_axis_reaches_all_values_and_zero(first: list[float], second: list[float]) -> None:
    shared = axis([interval(*first), interval(*second)])
    assert 0.0 in shared.ticks
    assert 2 <= len(shared.ticks) <= MOST_TICKS + 2
    assert list(shared.ticks) == sorted(set(shared.ticks))
    assert len({shared.label(tick) for tick in shared.ticks}) == len(shared.ticks)
    places = [float(shared.at(value)) for value in sorted((*first, *second, 0.0))]
    assert places == sorted(places)
    assert min(places) >= 3.99
    assert max(places) <= 96.01


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(VALUES, min_size=3, max_size=3))
def test_property_tick_labels_are_their_values(values: list[float]) -> None:
    shared = axis([interval(*values)])
    for tick in shared.ticks:
        shown = float(shared.label(tick).replace("\u2212", "-"))
        assert abs(shown - tick) <= 1e-6 * max(abs(tick), shared.ticks[1] - shared.ticks[0])


def test_degenerate_all_zero_has_an_axis() -> None:
    shared = axis([interval(0.0, 0.0, 0.0)])
    assert (shared.least, shared.greatest) == (-1.0, 1.0)
    assert shared.at(0) == "50.000"
    assert axis([]).at(0) == "50.000"


def test_exact_a_plot_is_well_formed_and_says_what_it_shows() -> None:
    drawn = interval(-3.0, 0.5, 4.0, 2.0, -1.0)
    text = interval_plot(drawn, axis([drawn]), CAPTION)
    root = ET.fromstring(text.replace("<?", ""))  # noqa: S314  our own bytes
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "c06.atlas-0-t c06.atlas-0-d"
    assert root.findtext("title") == "a <title>"
    assert root.findtext("desc") == "from -3 to 4 & more"
    classes = [element.attrib.get("class") for element in root]
    assert [classes.count(name) for name in ("zero", "interval", "bound", "estimate", "claimed")] == [1, 1, 2, 1, 2]
    values = {
        element.attrib["data-source"]: element.attrib["data-value"]
        for element in root
        if "data-value" in element.attrib
    }
    assert values == {"at 0": "0.5", "at 1": "-3.0", "at 2": "4.0", "at 3": "2.0", "at 4": "-1.0"}


def test_itself_equal_input_gives_equal_bytes() -> None:
    drawn = interval(-3.0, 0.5, 4.0, 2.0)
    assert interval_plot(drawn, axis([drawn]), CAPTION) == interval_plot(drawn, axis([drawn]), CAPTION)


def test_exact_the_paper_s_own_sign_is_kept_beside_the_drawn_one() -> None:
    drawn = Interval(Mark(-31.0, "e"), Mark(-34.0, "l"), Mark(-28.0, "h"), (Mark(-30.1, "p", printed=30.1),))
    text = interval_plot(drawn, axis([drawn]), CAPTION)
    assert 'data-source="p" data-value="30.1" data-sign="reduction"' in text


def test_exact_the_ruler_bears_every_tick() -> None:
    shared = axis([interval(-31.0, -30.0, -27.0)])
    text = ruler(shared, "%")
    assert [f">{shared.label(tick)}%<" in text for tick in shared.ticks] == [True] * len(shared.ticks)
    assert shared.ticks == (-40.0, -30.0, -20.0, -10.0, 0.0)
