"""Numbers that a script holds, or makes of what it holds, without measuring anything.

Every expression of the script whose value follows from the script alone is folded: literals,
arithmetic, strings and their lengths, f-strings, names that are bound once to such a value, and a
few functions of such values. Other files that lie beside the script are read for numbers too. What
hides deeper is not found here; but a number that the script hands in is seen when it is handed in
(`bench.emit`), however it was made.

Limits: files of at most 64 KiB, 10,000 steps, values of at most 1,000 digits or letters.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 1 << 16
STEPS = 10_000
LONGEST = 1_000
NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "int": int,
    "float": float,
    "len": len,
    "sum": sum,
    "round": round,
    "abs": abs,
    "ord": ord,
    "chr": chr,
    "str": str,
    "max": max,
    "min": min,
}
FOLDED = (int, float, str, bytes, tuple, list, set, dict, bool)


class Unknown(Exception):
    """An expression whose value does not follow from the script alone."""


def numbers(source: str) -> set[float]:
    """Return every number that the script's own text makes; none where it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    folding = _Folding(tree)
    return {float(value) for value in folding.values() if _is_number(value)}


def brought(folder: Path, own: set[str]) -> dict[str, set[float]]:
    """Return the numbers in other files of a folder, by name; `own` are names of the claim's own files."""
    found: dict[str, set[float]] = {}
    for path in sorted(folder.iterdir()):
        if path.name in own or not path.is_file() or path.is_symlink() or path.stat().st_size > LARGEST:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        found[path.name] = {float(number) for number in NUMBER.findall(text)[:STEPS]}
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


class _Folding:
    """The values of a script's expressions, as far as they follow from it."""

    def __init__(self, tree: ast.AST) -> None:
        self.tree = tree
        self.steps = 0
        self.bound: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.bound.setdefault(target.id, []).append(node.value)

    def values(self) -> Iterator[Any]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr):
                try:
                    value = self.value(node, 0)
                except Unknown:
                    continue
                yield value
                if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
                    yield float(value)

    def value(self, node: ast.expr, depth: int) -> Any:
        self.steps += 1
        if self.steps > STEPS or depth > LONGEST // 10:
            raise Unknown
        try:
            found = self._value(node, depth + 1)
        except Unknown:
            raise
        except (ArithmeticError, TypeError, ValueError, LookupError, MemoryError, RecursionError) as error:
            raise Unknown from error
        if not isinstance(found, FOLDED) or (isinstance(found, int) and abs(found) > 10**LONGEST):
            raise Unknown
        if isinstance(found, str | bytes | tuple | list) and len(found) > LONGEST:
            raise Unknown
        return found

    def _value(self, node: ast.expr, depth: int) -> Any:  # noqa: PLR0911 - a kind of expression each
        match node:
            case ast.Constant():
                return node.value
            case ast.Name(id=name) if len(self.bound.get(name, ())) == 1:
                return self.value(self.bound[name][0], depth)
            case ast.UnaryOp(op=op, operand=inner) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self.value(inner, depth))
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(op, self.value(left, depth), self.value(right, depth))
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                return [self.value(item, depth) for item in items]
            case ast.JoinedStr(values=parts):
                return "".join(self._part(part, depth) for part in parts)
            case ast.Call():
                return self._call(node, depth)
            case ast.Subscript(value=inner, slice=at):
                return self.value(inner, depth)[self.value(at, depth)]
            case _:
                raise Unknown

    def _binary(self, op: ast.operator, left: Any, right: Any) -> Any:
        if isinstance(op, ast.Pow):
            if not (_is_number(left) and _is_number(right)) or abs(right) > 100 or abs(left) > 10**6:  # noqa: PLR2004
                raise Unknown
            return left**right
        if isinstance(op, ast.Mult) and not (_is_number(left) and _is_number(right)):
            times = left if isinstance(left, int) else right
            if not isinstance(times, int) or times > LONGEST:
                raise Unknown
        if type(op) not in OPERATORS or (isinstance(left, str) and isinstance(op, ast.Mod)):
            raise Unknown
        return OPERATORS[type(op)](left, right)

    def _part(self, part: ast.expr, depth: int) -> str:
        if isinstance(part, ast.FormattedValue):
            return str(self.value(part.value, depth))
        return str(self.value(part, depth))

    def _call(self, node: ast.Call, depth: int) -> Any:
        if node.keywords:
            raise Unknown
        arguments = [self.value(argument, depth) for argument in node.args]
        match node.func:
            case ast.Name(id=name) if name in FUNCTIONS:
                return FUNCTIONS[name](*arguments)
            case ast.Attribute(value=inner, attr="join"):
                return str(self.value(inner, depth)).join(map(str, arguments[0]))
            case ast.Attribute(value=inner, attr="decode" | "strip" | "split" as method):
                return getattr(self.value(inner, depth), method)(*arguments)
            case _:
                raise Unknown
