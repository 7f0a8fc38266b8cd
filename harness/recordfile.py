"""A file that holds one record as JSON, read strictly.

Rule: the bytes are whole JSON of the expected schema, every field is as this version writes it, and
the file is in the one form in which it was written (`harness.codec.pretty`). So a file that was
edited by hand is either refused here or says something else than the digests that speak of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pydantic_core
from pydantic import ValidationError

from harness.codec import pretty
from harness.errors import UsageError
from harness.records.record import Record

if TYPE_CHECKING:
    from pathlib import Path

SHOWN_FAULTS = 3
Kind = TypeVar("Kind", bound=Record)


def read_record(path: Path, kind: type[Kind], *, canonical: bool = True) -> Kind:
    """Return the record in `path`, or unless `canonical` in whatever form it was printed; errors do not name the file.

    Raises:
        UsageError: unreadable, cut short, of another schema, or not in canonical form.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"expected a readable file, found {error.strerror}") from error
    _expect_schema(data, kind)
    try:
        record = kind.model_validate_json(data)
    except ValidationError as error:
        raise UsageError(told(error)) from error
    if canonical and pretty(record.plain()) != data:
        raise UsageError("expected the canonical form in which it was written, found it edited; measure again")
    return record


def record_bytes(record: Record, kind: type[Record]) -> bytes:
    """Return what `read_record` will read back as the same record.

    Raises:
        UsageError: a value that no reader would accept.
    """
    try:
        data = pretty(record.plain())
    except ValueError as error:
        raise UsageError(f"expected finite numbers and whole characters, found {error}") from error
    try:
        kind.model_validate_json(data)
    except ValidationError as error:
        raise UsageError(f"expected a record that can be read back; {told(error)}") from error
    return data


def told(error: ValidationError) -> str:
    """All faults of one file, the first few in words."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    words = [f"{'.'.join(str(part) for part in fault['loc']) or 'document'}: {fault['msg']}" for fault in faults]
    more = f" and {len(words) - SHOWN_FAULTS} more" if len(words) > SHOWN_FAULTS else ""
    return f"expected every field as this version writes it, found {'; '.join(words[:SHOWN_FAULTS])}{more}"


def _expect_schema(data: bytes, kind: type[Record]) -> None:
    """Tell an older or foreign document apart from a damaged one."""
    try:
        plain = pydantic_core.from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise UsageError(f"expected whole JSON, found {error}") from error
    expected = kind.model_fields["schema_"].default
    found = plain.get("schema") if isinstance(plain, dict) else None
    if found != expected:
        raise UsageError(f"expected schema {expected}, found {found!r}; measure again with this version")
