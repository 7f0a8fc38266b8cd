"""A sentence by the grammar `sentence.lark`: the tree of its words, or why there is none.

Earley, because a sentence has several trees: a frame may belong to an object or to its clause, two arms may be a
pair or two objects. One of them is taken; `harness.attack.reading` fills in what is left open so that it means the
same, and refuses what would not. Most sentences take some 10 ms; the time grows with the square of their words.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from lark import Lark, Token, Tree, UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr

from harness.attack.tokens import NAMED, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.attack.subject import Subject

Start = Literal["statement", "title", "counted", "counted_title"]
LONGEST = 120
"""Tokens of a sentence at most: reading takes about the square of their number."""

KEPT = 512
"""Trees that are kept: many cases of a folder say the same of other verifications."""

BEFORE, MOST = 4, 12
"""Words before the place where a sentence ceases to be readable, and of those that could stand there, that are told."""


class UnreadError(Exception):
    """A sentence that the grammar does not hold, or that refers to nothing; its words go on after "the title"."""


@cache
def grammar() -> Lark:
    """Return the parser."""
    text = (files(__package__) / "sentence.lark").read_text("utf-8")
    starts = ["statement", "title", "counted", "counted_title"]
    return Lark(text, parser="earley", lexer="basic", start=starts, ambiguity="resolve")


@cache
def words() -> dict[str, str]:
    """Return the word of each terminal of the grammar, by its name; names and numbers have none."""
    return {one.name: one.pattern.value for one in grammar().terminals if isinstance(one.pattern, PatternStr)}


def parsed(sentence: str, start: Start, subject: Subject) -> Tree[Token]:
    """Return the tree of a sentence.

    Raises:
        UnreadError: a word or a turn that the grammar does not hold.
    """
    found = tokens(sentence, subject)
    if len(found) > LONGEST:
        raise UnreadError(f"has {len(found)} words and marks, more than {LONGEST}")
    known = set(words().values())
    unknown = [word for word in dict.fromkeys(found) if word not in known and not NAMED.match(word)]
    if unknown:
        raise UnreadError(f"says {', '.join(map(repr, unknown))}")
    try:
        return _tree(" ".join(found), start)
    except UnexpectedToken as error:
        before = " ".join(found)[: (error.column or 1) - 1].split()[-BEFORE:]
        after = f"after {' '.join(before)!r}" if before else "at its beginning"
        raise UnreadError(f"goes on with {str(error.token)!r} {after}, where {_expected(error)} could stand") from None
    except UnexpectedInput:
        told = " ".join(found[-BEFORE:])
        raise UnreadError(f"ends with {told!r} before it has said what it compares") from None


@lru_cache(maxsize=KEPT)
def _tree(text: str, start: Start) -> Tree[Token]:
    return grammar().parse(text, start=start)


def _expected(error: UnexpectedToken) -> str:
    told = sorted(words().get(name, f"a {name.lower()}") for name in error.accepts or error.expected)
    return ", ".join(told[:MOST]) + (" ..." if len(told) > MOST else "")


def rules(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    """Yield the rules right below one, in the order of the words."""
    yield from (one for one in tree.children if isinstance(one, Tree))


def child(tree: Tree[Token], name: str) -> Tree[Token] | None:
    """Return the first rule of a name right below one."""
    return next((one for one in rules(tree) if one.data == name), None)


def has(tree: Tree[Token], name: str) -> bool:
    """Tell whether a rule of a name is anywhere in a tree."""
    return next(tree.find_data(name), None) is not None


def names(tree: Tree[Token], kind: str = "") -> list[str]:
    """Return what the tokens of a tree name, those of one kind or all, in the order of the words."""
    found = tree.scan_values(lambda one: isinstance(one, Token) and (not kind or one.type == kind))
    return [str(one).partition(":")[2] for one in found]
