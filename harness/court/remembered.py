"""JSON values that the court keeps in the store, because they cost seconds and depend on nothing new.

What cannot be read back as it was written is set aside and made again; so a damaged entry costs
time and never a wrong answer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from harness.codec import canonical, digest
from harness.errors import EntryDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.store import Store

VALUE = "value.json"
Value = TypeVar("Value")


def remembered(
    store: Store,
    inputs: Mapping[str, Any],
    make: Callable[[], Value],
    plain: Callable[[Value], Any],
    read: Callable[[Any], Value],
) -> Value:
    """Return what `make` returns, from the store where it lies under the digest of `inputs`.

    `inputs` names everything that the value depends on, its `operation` among it; `plain` turns a
    value into JSON and `read` turns JSON back, raising ValueError, TypeError or KeyError where it cannot.
    """
    key = digest(dict(inputs))
    try:
        folder = store.find(key)
        if folder is not None:
            return read(json.loads((folder / VALUE).read_bytes()))
    except (EntryDamaged, OSError, ValueError, TypeError, KeyError, AttributeError):
        store.set_aside(key)
    value = make()
    fresh = store.underway()
    (fresh / VALUE).write_bytes(canonical(plain(value)))
    store.put(key, fresh, {"operation": str(inputs["operation"])})
    return value
