"""Scores and verifications: oracle is the rule of design, Attacking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.attack.probe import NAMES, NOT_HERE, Attempt, Probe, attacker, red_team, results, verification
from harness.records.attack import ProbeResult


def probe(name: str, severity: float, *, succeeded: bool | None, required: bool = True) -> Probe:
    def run() -> Attempt | None:
        return None if succeeded is None else Attempt(succeeded, name)

    return Probe(name, severity, run, required=required)


def scored(*severities: float) -> dict[str, tuple[ProbeResult, ...]]:
    return {
        name: results([probe(f"p{at}", severity, succeeded=severity > 0)])
        for at, (name, severity) in enumerate(zip(NAMES, severities, strict=True))
    }


def test_theory_the_score_is_the_worst_success_and_its_words() -> None:
    found = results(
        [probe("mild", 2.0, succeeded=True), probe("worst", 8.5, succeeded=True), probe("none", 10.0, succeeded=False)]
    )
    one = attacker(NAMES[0], found)
    assert (one.score, one.message) == (8.5, "worst")


def test_theory_no_success_scores_nothing() -> None:
    one = attacker(NAMES[0], results([probe("a", 9.0, succeeded=False)]))
    assert one.score == 0.0
    assert "none of 1" in one.message


def test_degenerate_an_attacker_without_a_probe_has_no_score() -> None:
    assert attacker(NAMES[0], ()).score is None
    assert attacker(NAMES[0], results([probe("not here", 9.0, succeeded=None)])).score is None


def test_theory_a_crash_has_no_answer_stops_no_other_and_makes_it_incomplete() -> None:
    def crashes() -> Attempt:
        raise ZeroDivisionError("by zero")

    found = results([Probe("bad", 9.0, crashes), probe("good", 8.0, succeeded=True)])
    assert [one.succeeded for one in found] == [None, True]
    assert "ZeroDivisionError" in found[0].detail
    team = red_team(dict.fromkeys(NAMES, found))
    assert team.average is None
    assert verification(team, whole=True) == "incomplete"


@pytest.mark.parametrize(
    ("severities", "average", "expected"),
    [
        ((0.0, 0.0, 0.0), 0.0, "sound"),
        ((6.9, 6.9, 6.9), 6.9, "sound"),
        ((7.0, 0.0, 0.0), 2.3, "defeated"),
        ((9.0, 9.5, 2.5), 7.0, "defeated"),
        ((0.0, 0.0, 10.0), 3.3, "defeated"),
    ],
)
def test_theory_one_success_of_seven_defeats_whatever_the_mean(
    severities: tuple[float, ...], average: float, expected: str
) -> None:
    team = red_team(scored(*severities))
    assert team.average == average
    assert verification(team, whole=True) == expected


def test_theory_what_was_not_measured_is_defeated_or_incomplete_and_never_sound() -> None:
    assert verification(red_team(scored(0.0, 0.0, 0.0)), whole=False) == "incomplete"
    assert verification(red_team(scored(8.0, 0.0, 0.0)), whole=False) == "defeated"


def test_itself_what_does_not_apply_is_told_and_counts_for_nothing() -> None:
    found = results([probe("not here", 9.0, succeeded=None), probe("tried", 9.0, succeeded=False)])
    assert [(one.name, one.severity, one.required, one.detail == NOT_HERE) for one in found] == [
        ("not here", 0.0, False, True),
        ("tried", 9.0, True, False),
    ]
    assert "none of 1" in attacker(NAMES[0], found).message


def test_theory_a_list_of_probes_that_cannot_be_made_is_no_answer() -> None:
    def broken() -> Iterator[Probe]:
        yield probe("good", 9.0, succeeded=False)
        raise KeyError("S14")

    found = results(broken())
    assert [one.succeeded for one in found] == [False, None]
    assert attacker(NAMES[0], found).score is None
