"""Canonical bytes and digests.

Rule: JSON, UTF-8, keys sorted, no insignificant white space, no NaN or infinity, floats as
Python's shortest repr (which round-trips). A value has one form, so a digest of the bytes is a
digest of the value. Lists and tuples are the same value; 1, 1.0 and true are three values, and so
are 0.0 and -0.0; sets are refused, because they have no order to be canonical about.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 20


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value.

    Raises:
        ValueError: a float that is not finite, or text with half of a surrogate pair.
        TypeError: a value that JSON does not have, or a key that is not a string.
    """
    _refuse_other_keys(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def _refuse_other_keys(value: object) -> None:
    """`json` would turn `{1: ..}` and `{"1": ..}` into the same bytes."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                msg = f"expected string keys, found {key!r}"
                raise TypeError(msg)
            _refuse_other_keys(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_other_keys(item)


def pretty(value: object) -> bytes:
    """Return bytes for people: the same value as `canonical`, indented, with a last newline."""
    canonical(value)
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def sha256(data: bytes) -> str:
    """Return the hexadecimal sha256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """Return the sha256 of the canonical bytes of `value`."""
    return sha256(canonical(value))


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file, read in chunks of 1 MiB."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            state.update(chunk)
    return state.hexdigest()
