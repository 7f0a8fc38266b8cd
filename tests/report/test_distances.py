from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.distances import NAMES, distribution, spread
from harness.report.plots import axis
from harness.report.quote import Quoted

QUANTILES = st.lists(st.integers(0, 4000), min_size=len(NAMES), max_size=len(NAMES), unique=True).map(sorted)


def quoted(**document: object) -> Quoted:
    return Quoted("means:atlas", dict(document))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(QUANTILES, min_size=1, max_size=4))
def test_property_every_box_stands_where_its_quantiles_say(rows: list[list[float]]) -> None:
    encoders = [(str(at), quoted(quantiles=dict(zip(NAMES, row, strict=True)))) for at, row in enumerate(rows)]
    far = [("far", quoted(quantiles=dict.fromkeys(NAMES, 1e6)))]
    found = distribution(encoders, far)
    assert found is not None
    assert [label for label, _ in found.baselines] == ["far"]
    scale = axis([value for row in rows for value in row])
    whiskers = re.findall(r"M(\d+) \d+H(\d+)", re.findall(r'class=whisker d="([^"]*)"', str(found.drawing))[0])
    assert whiskers == [(str(scale.at(row[0])), str(scale.at(row[4]))) for row in rows]
    assert [label for label, _ in found.lines] == [label for label, _ in encoders]
    assert all(one.value(name) == row[at] for (_, one), row in zip(found.lines, rows, strict=True)
               for at, name in enumerate(NAMES))  # fmt: skip


def test_exact_quantiles_are_named_in_their_order() -> None:
    shares = [int(name.removeprefix("p")) for name in NAMES]
    assert all(low < high for low, high in pairwise(shares))
    assert 50 in shares


def test_degenerate_without_quantiles_or_encoders_nothing_is_drawn() -> None:
    one = ("a", quoted(quantiles=dict.fromkeys(NAMES, 1.0)))
    assert distribution([("a", quoted(quantiles={}))], [one]) is None
    assert distribution([], [one]) is None
    assert spread([]) is None


def test_exact_the_language_that_fares_worst_is_the_one_of_the_greatest_distance() -> None:
    found = spread([("a", quoted(by_language={"de": 3.0, "th": 9.0})), ("b", quoted(by_language={"de": 4.0}))])
    assert found is not None
    assert found.languages == ("de", "th")
    assert [worst for _, _, worst in found.lines] == ["th", "de"]
