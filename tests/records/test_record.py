from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from harness.claimfile.claims import ClaimFile, read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.codec import canonical, digest
from harness.records.claim import Check, Claim, Measure
from harness.records.measurement import MeasurementRow
from harness.records.record import Language, Name, QuotedNumber, Sha256, decimal
from harness.records.scope import Scope
from harness.records.training import Recipe

if TYPE_CHECKING:
    from pathlib import Path

    from harness.records.record import Record

ROW = MeasurementRow(
    base="xlm-r",
    sampling="hybrid",
    alpha=0.5,
    seed=0,
    dataset="xquad-r",
    setting="monolingual",
    measure="MAP",
    query_language="de",
    passage_language="de",
    value=0.5,
    queries=3,
)
RECIPE = {
    "buckets": 8,
    "width": 4,
    "dimensions": 4,
    "shortest": 2,
    "longest": 2,
    "dose": 0,
    "batch": 2,
    "learning_rate": 0.1,
    "temperature": 0.1,
}


def whole(root: Path) -> list[Record]:
    """Return real records: every claim and scope of this repository."""
    files = [file.claim for file in read_folder(root / "claims") if isinstance(file, ClaimFile)]
    return [*files, read_scope(find_scope("atlas")), ROW]


def test_itself_a_record_is_its_json(root: Path) -> None:
    for record in whole(root):
        data = canonical(record.plain())
        again = type(record).model_validate_json(data)
        assert again == record
        assert canonical(again.plain()) == data
        assert record.fingerprint() == digest(record.plain())


def test_exact_records_are_frozen_closed_strict_and_finite() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(ROW, "value", 1.0)  # noqa: B010 - the type checker would not let it pass
    refused: list[tuple[dict[str, object], str]] = [
        ({"extra": 1}, "Extra inputs"),
        ({"seed": "0"}, "valid integer"),
        ({"seed": 0.0}, "valid integer"),
        ({"seed": True}, "valid integer"),
        ({"value": "0.5"}, "valid number"),
        ({"value": math.nan}, "finite number"),
        ({"value": math.inf}, "finite number"),
        ({"setting": "all"}, "'monolingual', 'crosslingual' or 'multilingual'"),
        ({"base": None}, "valid string"),
    ]
    for change, said in refused:
        with pytest.raises(ValidationError, match=said):
            MeasurementRow.model_validate({**ROW.plain(), **change})
        with pytest.raises(ValidationError):
            MeasurementRow.model_validate_json(json.dumps({**ROW.plain(), **change}))


def test_exact_a_whole_number_is_a_number() -> None:
    row = MeasurementRow.model_validate_json(json.dumps({**ROW.plain(), "value": 1}))
    assert canonical(row.plain()["value"]) == b"1.0", "so 1 and 1.0 in a file are one value"


@pytest.mark.parametrize("key", sorted(RECIPE))
def test_exact_every_bound_of_a_recipe_holds(key: str) -> None:
    assert Recipe.model_validate(RECIPE).dose == 0
    low = -1 if key == "dose" else 0
    with pytest.raises(ValidationError, match="greater than"):
        Recipe.model_validate({**RECIPE, key: low if isinstance(RECIPE[key], int) else 0.0})
    if isinstance(RECIPE[key], float):
        with pytest.raises(ValidationError, match="less than"):
            Recipe.model_validate({**RECIPE, key: 1.0})


GRAMMAR: list[tuple[Any, list[str], list[str]]] = [
    (Measure, ["MAP", "MRR", "R@1", "R@100", "nDCG@10", "rank-distance"], ["map", "R@", "R@0", "MAP\n", "xMAP"]),
    (QuotedNumber, ["0", "30.1", "-5", "007"], ["", ".5", "5.", "1e3", "+1", "1,5", "٣", "1\n", "1" * 41]),
    (Name, ["xlm-r", "hybrid@0.5", "R@1", "a" * 80], ["", "-a", ".a", "../a", "a/b", "a b", "é", "a\n", "a" * 81]),
    (Language, ["de", "fil", "no"], ["d", "DE", "deutsch", "d1", "de\n", ""]),
    (Sha256, ["a" * 64, "0" * 64], ["a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n", "a" * 65]),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(GRAMMAR)))
def test_exact_words_are_those_of_their_grammar(number: int) -> None:
    kind, good, bad = GRAMMAR[number]
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    for text in good:
        assert adapter.validate_python(text) == text
    for text in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1000, max_value=1000))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_theory_no_digit_of_a_quoted_number_is_lost(number: object) -> None:
    assert str(decimal(str(number))) == str(number)


def test_exact_a_claim_cannot_be_without_checks_datasets_or_evidence(root: Path) -> None:
    claim = next(record for record in whole(root) if isinstance(record, Claim))
    for key in ("checks", "datasets", "evidence"):
        with pytest.raises(ValidationError, match="at least 1 item"):
            Claim.model_validate_json(json.dumps({**claim.plain(), key: []}))


def test_exact_what_the_lock_protects_is_everything_that_decides(root: Path) -> None:
    claim = next(record for record in whole(root) if isinstance(record, Claim))
    tells = {"schema", "title", "statement", "origin", "unknowns", "accepted"}
    assert set(claim.plain()) - set(claim.analysis()) == tells


def test_exact_defaults_of_a_check_decide_nothing() -> None:
    check = Check(id="a", relation="above")
    assert (check.required, check.margin, check.weights, check.languages) == (True, "0", None, None)


def test_exact_seeds_are_those_of_the_claim_or_the_rest() -> None:
    scope = read_scope(find_scope("atlas"))
    named = Scope.model_validate_json(json.dumps({**scope.plain(), "seeds": {"c02": 12}, "seeds_otherwise": 6}))
    assert (named.seeds_of("c02"), named.seeds_of("c03")) == (12, 6)
