"""What is derived once from scores and serves every check and every claim that asks for it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Value = TypeVar("Value")


def once(memory: dict[Hashable, Any], key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what `make` returns for a key, made the first time and kept; what it raises is not kept."""
    if key not in memory:
        memory[key] = make()
    found: Value = memory[key]
    return found
