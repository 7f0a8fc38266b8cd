"""Oracle: jsonschema, on real files and on the records themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from harness.lockfile import read_lock
from harness.records.measurement import MeasurementRow
from harness.records.schemas import FOLDER, MEANINGS, RECORDS, file_bytes, meanings, schema, write

LINE = "# yaml-language-server: $schema="


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / f"{name}.json").read_bytes()))


def claims(root: Path) -> list[Path]:
    return sorted((root / "claims").glob("c*.yaml"))


def scopes(root: Path) -> list[Path]:
    return sorted((root / "harness" / "scopes").glob("*.yaml"))


def test_exact_the_files_are_those_that_the_records_give(tmp_path: Path) -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {MEANINGS.stem, *RECORDS}
    for name in RECORDS:
        assert (FOLDER / f"{name}.json").read_bytes() == file_bytes(name), "run: python -m harness.records.schemas"
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.json" for name in RECORDS}


def test_exact_each_key_of_each_schema_has_a_meaning_and_no_meaning_is_without_a_key() -> None:
    told: dict[str, set[str]] = {}
    for name, (kind, _) in RECORDS.items():
        made = json.loads((FOLDER / f"{name}.json").read_bytes())
        for record, part in {kind.__name__: made, **made.get("$defs", {})}.items():
            keys = part.get("properties", {})
            told.setdefault(record, set()).update(keys)
            assert [key for key, value in keys.items() if len(value["description"].split()) < 2] == []
    assert {record: set(keys) for record, keys in meanings().items()} == {
        record: keys for record, keys in told.items() if keys
    }


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_other_implementation_a_schema_is_one(name: str) -> None:
    made = schema(name)
    Draft202012Validator.check_schema(made)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["$id"] == f"urn:harness:{name}:1"
    assert made["title"] == name
    assert made["additionalProperties"] is False
    assert all(
        not part.get("additionalProperties", True) for part in made.get("$defs", {}).values() if "properties" in part
    )


def test_other_implementation_real_files_are_valid_and_point_at_their_schema(root: Path) -> None:
    assert len(claims(root)) >= 3
    for name, paths in (("claim", claims(root)), ("scope", scopes(root))):
        for path in paths:
            validator(name).validate(yaml.safe_load(path.read_bytes()))
            first = path.read_text(encoding="utf-8").splitlines()[0]
            assert first.startswith(LINE)
            assert (path.parent / first.removeprefix(LINE)).resolve() == (FOLDER / f"{name}.json").resolve()
    lock = read_lock(root / "claims")
    assert lock is not None
    validator("lock").validate(lock.plain())


def changes(plain: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what must not be valid: a key more, a key less, a value of another type; at the top and in a check."""
    inner = plain.get("checks", [plain.get("settings")])[0]
    key = "checks" if "checks" in plain else "settings"

    def within(value: dict[str, Any]) -> dict[str, Any]:
        return {**plain, key: [value] if key == "checks" else value}

    return [
        {**plain, "unknown": 1},
        {name: value for name, value in plain.items() if name != "schema"},
        {**plain, "schema": "urn:harness:other:1"},
        within({**inner, "unknown": 1}),
        within({**inner, "relation": 5, "steps": "five"}),
        within({**inner, "margin": 0.01, "batch": "two"}),
    ]


def test_other_implementation_what_the_reader_refuses_the_schema_refuses(root: Path) -> None:
    for name, path in (("claim", claims(root)[1]), ("scope", scopes(root)[0])):
        for changed in changes(yaml.safe_load(path.read_bytes())):
            with pytest.raises(ValidationError):
                validator(name).validate(changed)


def test_exact_what_a_machine_writes_must_be_complete() -> None:
    row = MeasurementRow(
        base="b", sampling="x-y", alpha=None, seed=0, dataset="d", setting="monolingual", measure="MAP",
        query_language="de", passage_language="de", value=0.5, queries=1,
    ).plain()  # fmt: skip
    validator("measurement").validate(row)
    for key in row:
        with pytest.raises(ValidationError, match="required property"):
            validator("measurement").validate({name: value for name, value in row.items() if name != key})
    for name in ("verdict", "summary", "lock", "measurement"):
        made = schema(name)
        assert set(made["required"]) == set(made["properties"])
