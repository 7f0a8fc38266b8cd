"""Single numbers of the validation split: oracle is the measures themselves."""

from __future__ import annotations

import numpy as np
import pytest
from small_sets import numbered_set

from harness.court.measure import chance_rank_distance, macro_average, measure
from harness.court.rank import Ranks
from harness.court.relevant import relevant_rows
from harness.court.scores import Place
from harness.court.validation import Validation
from harness.records.claim import Setting
from harness.seeds import generator

DATASET = numbered_set(8, ("de", "en", "es"))
JUDGED = DATASET.judgements
PLACE = Place("xlm-r", "x-x-mono", 0, "validation")


def ranks(most: int) -> Ranks:
    """Random ranks; those in the pool of all languages are spread over three times as many places."""
    drawn = generator("validation", most).integers(1, most, len(JUDGED.query_rows))
    return Ranks(within=drawn, overall=drawn * 3)


def test_other_implementation_measures_the_same() -> None:
    found, given = Validation(JUDGED, {PLACE: ranks(6)}), ranks(6)
    averages = []
    settings: tuple[Setting, ...] = ("monolingual", "crosslingual", "multilingual")
    for setting in settings:
        rows = measure(relevant_rows(JUDGED, given, setting), "MAP")
        averages.append(macro_average(rows, JUDGED.query_languages))
        assert found.score(PLACE, setting) == pytest.approx(averages[-1], rel=1e-12)
    assert found.balanced(PLACE) == pytest.approx(np.mean(averages), rel=1e-12)
    relevant = relevant_rows(JUDGED, given, "multilingual")
    distance = macro_average(measure(relevant, "rank-distance"), JUDGED.query_languages)
    chance = macro_average(chance_rank_distance(relevant), JUDGED.query_languages)
    assert found.distance(PLACE) == pytest.approx(distance / chance, rel=1e-12)


def test_every_place_has_its_own_numbers() -> None:
    other = Place("xlm-r", "x-x-mono", 1, "validation")
    found = Validation(JUDGED, {PLACE: ranks(6), other: ranks(3)})
    assert found.balanced(PLACE) < found.balanced(other)
    assert found.distance(PLACE) > found.distance(other)
    with pytest.raises(KeyError):
        found.balanced(Place("labse", "x-x-mono", 0, "validation"))
