from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.codec import CHUNK, canonical, digest, file_sha256, pretty, sha256

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: Any) -> Any:
    """Return the same value with the keys of every mapping in the opposite order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(VALUES)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_theory_bytes_say_the_value_and_nothing_else(value: object) -> None:
    for write in (canonical, pretty):
        data = write(value)
        assert json.loads(data) == value
        assert write(json.loads(data)) == data
        assert write(shuffled(value)) == data


@given(VALUES, VALUES)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_theory_other_values_have_other_bytes(left: object, right: object) -> None:
    if left != right:
        assert canonical(left) != canonical(right)
        assert digest(left) != digest(right)


def test_exact_bytes() -> None:
    assert canonical({"b": [1, 2.5, None, True], "a": "é\n"}) == '{"a":"é\\n","b":[1,2.5,null,true]}'.encode()
    assert canonical((1, (2,))) == canonical([1, [2]]) == b"[1,[2]]"
    assert [canonical(value) for value in (1, 1.0, True, 0.0, -0.0)] == [b"1", b"1.0", b"true", b"0.0", b"-0.0"]
    assert pretty({"a": [1]}) == b'{\n "a": [\n  1\n ]\n}\n'
    assert canonical(np.float64(0.1)) == b"0.1"


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], {"a": math.nan}, "\ud800", {"\udfff": 1}])
def test_exact_what_json_cannot_say_is_refused(value: object) -> None:
    for write in (canonical, pretty, digest):
        with pytest.raises(ValueError, match=r"JSON|surrogates"):
            write(value)


@pytest.mark.parametrize(
    "value", [{1: 2}, {"a": {None: 1}}, [{True: 1}], ({1.5: 1},), {1, 2}, b"x", np.int64(1), object()]
)
def test_exact_what_is_no_json_is_refused(value: object) -> None:
    for write in (canonical, pretty, digest):
        with pytest.raises(TypeError, match=r"expected string keys|not JSON serializable"):
            write(value)


def test_other_implementation_digests_are_those_of_the_standard(tmp_path: Path) -> None:
    """The first is the test vector of FIPS 180-2, appendix B.1."""
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    for size in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK):
        (tmp_path / "file").write_bytes(b"x" * size)
        assert file_sha256(tmp_path / "file") == hashlib.sha256(b"x" * size).hexdigest()
