from __future__ import annotations

from typing import Any, get_args

import pytest
from accepted_set import C06, C13, stamp, with_check, with_made_of, with_seal
from hypothesis import given
from hypothesis import strategies as st

from harness.gate.why import changes, evidence
from harness.records.gate import Why
from harness.records.verdict import Artifact, Verdict

OTHER = stamp("other")


def resource_missing(verdict: Verdict) -> Verdict:
    return verdict.model_copy(update={"causes": ("resource_missing",), "cause": "resource_missing"})


def another_probe(verdict: Verdict) -> Verdict:
    attacker, *others = verdict.red_team.attackers
    probe, *probes = attacker.probes
    changed = attacker.model_copy(update={"probes": (probe.model_copy(update={"succeeded": True}), *probes)})
    return verdict.model_copy(
        update={"red_team": verdict.red_team.model_copy(update={"attackers": (changed, *others)})}
    )


MADE: dict[tuple[Why, str], Verdict] = {
    ("claim text", "claim"): with_made_of(C06, claim=OTHER),
    ("analysis", "analysis"): with_made_of(C06, claim=OTHER, analysis=OTHER),
    ("analysis", "lock"): with_made_of(C06, lock=None),
    ("scope", "scope"): with_made_of(C06, scope=OTHER),
    ("code", "script"): with_made_of(C06, script=OTHER),
    ("code", "lab"): with_made_of(C06, lab=OTHER),
    ("code", "court"): with_made_of(C06, court=OTHER),
    ("data", "paper"): with_made_of(C06, paper=OTHER),
    ("data", "texts xquad-r"): with_made_of(C06, texts=C06.provenance.texts | {"xquad-r": OTHER}),
    ("dependency", "version torch"): with_made_of(C06, versions=C06.provenance.versions | {"torch": "3"}),
    ("seal", "tier"): with_seal(C06, tier="T2"),
    ("seal", "argv"): with_seal(C06, argv=OTHER),
    ("seed or noise", "cells"): with_made_of(C06, cells=(OTHER,)),
    ("seed or noise", "checks"): with_check(C06, 0, estimate=-0.25),
    ("resource", "what the run needs"): resource_missing(C06),
    ("red team", "probe COUNTEREXAMPLE_HUNTER category"): another_probe(C06),
}


@pytest.mark.parametrize(("why", "what"), list(MADE))
def test_exact_each_input_is_told_under_its_why_with_both_digests(why: Why, what: str) -> None:
    (told,) = changes(C06, MADE[why, what])
    assert (told.why, told.what) == (why, what)
    assert told.accepted != told.found


def test_degenerate_a_verdict_differs_in_nothing_from_itself_at_another_hour() -> None:
    later = C06.occasion.model_copy(update={"seconds": 1.0, "host": "another"})
    assert changes(C06, C06.model_copy(update={"occasion": later})) == ()


def test_exact_words_that_change_beside_the_analysis_are_told_too() -> None:
    both = with_made_of(C06, claim=OTHER, analysis=OTHER).model_copy(update={"title": "Another"})
    assert [one.why for one in changes(C06, both)] == ["claim text", "analysis"]


def test_exact_numbers_that_move_with_an_input_are_not_laid_to_noise() -> None:
    moved = with_check(MADE["code", "lab"], 0, estimate=-0.25)
    assert [one.why for one in changes(C06, moved)] == ["code"]


def test_real_part_counted_files_are_data() -> None:
    (file,) = C13.artifacts
    other = C13.model_copy(update={"artifacts": (Artifact(path=file.path, sha256=OTHER),)})
    assert [(one.why, one.what) for one in changes(C13, other)] == [("data", "files counted 1")]


@given(st.lists(st.sampled_from(sorted(MADE)), unique=True, max_size=6))
def test_property_changes_come_in_the_order_of_whys_and_none_is_lost(chosen: list[tuple[Why, str]]) -> None:
    made_of: dict[str, Any] = {}
    for key in chosen:
        after = MADE[key].provenance
        made_of |= {name: value for name, value in after if value != getattr(C06.provenance, name)}
    told = [one.why for one in changes(C06, with_made_of(C06, **made_of))]
    assert told == sorted(told, key=get_args(Why).index)
    expected = {key[0] for key in chosen if MADE[key].provenance != C06.provenance} - {"seed or noise", "claim text"}
    assert expected <= set(told)


def test_exact_evidence_is_vectors_texts_and_tables() -> None:
    same = (MADE["code", "court"], MADE["seal", "tier"], MADE["analysis", "analysis"])
    assert {evidence(one) for one in same} == {evidence(C06)}
    assert evidence(MADE["seed or noise", "cells"]) != evidence(C06) != evidence(MADE["data", "texts xquad-r"])
