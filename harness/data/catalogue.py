"""The data room's door: bindings of a scope in, texts, judgements and counts out.

Everything is a pure function of its binding and is kept in the process once made. What comes
from the Atlas is compared with its pins (`harness.data.pins`) before it is handed out.

    evaluation(binding, split)   parts xquad-r, mlqa-r    texts for the lab, judgements for the court
    pairs(binding)               part pairs               question-passage pairs of the train split
    parallel(binding)            part parallel            sentences for aligned pre-training
    count(binding, what)         the real LAReQA files    a fact about data

Cost: the whole Atlas takes about a second once per process, both LAReQA folders about as long.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from harness.data import atlas, lareqa, pins
from harness.data import parallel as sentences
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.records.judgements import Dataset
    from harness.records.record import Record
    from harness.records.scope import CountBinding, DataBinding
    from harness.records.texts import PairTexts, ParallelTexts

Split = Literal["validation", "test"]


@cache
def evaluation(binding: DataBinding, split: Split = "test") -> Dataset:
    """Return an evaluation set; the validation split is the same facts for both parts.

    Raises:
        UsageError: another part than xquad-r or mlqa-r, or a language the part does not have.
        FileFaults: facts or templates that are not the pinned ones.
        DigestMismatch: the whole part differs from its pin.
    """
    tested: dict[str, atlas.EvaluationPart] = {"xquad-r": "xquad-r", "mlqa-r": "mlqa-r"}
    languages = _bound(binding, tuple(tested))
    part = tested[binding.part] if split == "test" else "validation"
    made = atlas.evaluation(part, languages, binding.facts)
    _check_whole(part, languages, binding, made)
    return made


@cache
def pairs(binding: DataBinding) -> PairTexts:
    """Return the train split, one row per fact and language.

    Raises:
        UsageError: another part than pairs, or a language the Atlas does not have.
        FileFaults: facts or templates that are not the pinned ones.
        DigestMismatch: the whole part differs from its pin.
    """
    languages = _bound(binding, ("pairs",))
    made = atlas.pairs(languages, binding.facts)
    _check_whole("pairs", languages, binding, made)
    return made


@cache
def parallel(binding: DataBinding) -> ParallelTexts:
    """Return parallel sentences that state no tested fact.

    Raises:
        UsageError: another part than parallel, or a language the Atlas does not have.
        FileFaults: facts or templates that are not the pinned ones.
        DigestMismatch: the whole part differs from its pin.
    """
    languages = _bound(binding, ("parallel",))
    made = sentences.parallel(languages, binding.facts)
    _check_whole("parallel", languages, binding, made)
    return made


def count(binding: CountBinding, what: str) -> int:
    """Return a count over the real files of LAReQA; never a literal, never another dataset.

    Raises:
        UsageError: nothing of that name can be counted there; lists what can.
        ResourceMissing: the files are not on this machine.
        FileFaults: other files than expected, or of another shape.
        DigestMismatch: a file whose bytes are not the pinned ones.
    """
    counted = counts(binding)
    if what not in counted:
        raise UsageError(f"expected one of {', '.join(counted)} to count in {binding.part}, found {what!r}")
    return counted[what]


def counts(binding: CountBinding) -> Mapping[str, int]:
    """Return every count of one folder by name, languages of a count after a dash (`queries-zh`).

    Raises:
        UsageError: a folder that is not pinned.
        ResourceMissing, FileFaults, DigestMismatch: as `count`.
    """
    known = lareqa.pins()
    if binding.part not in known:
        raise UsageError(f"expected one of {', '.join(sorted(known))} to count in, found {binding.part!r}")
    return _counted(binding.part, lareqa.roots())


@cache
def _counted(part: str, searched: tuple[str, ...]) -> Mapping[str, int]:
    pinned = lareqa.pins()[part]
    return lareqa.counts(lareqa.find(part, searched, pinned), pinned)


def _bound(binding: DataBinding, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Check a binding and the facts behind it; return its languages in the Atlas's order."""
    if binding.part not in parts:
        raise UsageError(f"expected a binding of part {' or '.join(parts)}, found {binding.part!r}")
    known = atlas.FULL_LANGUAGES[binding.part]
    strangers = sorted(set(binding.languages) - set(known))
    if strangers:
        raise UsageError(f"expected languages of {binding.part} among {', '.join(known)}, found {', '.join(strangers)}")
    if len(set(binding.languages)) != len(binding.languages):
        raise UsageError(f"expected each language once, found {', '.join(binding.languages)}")
    # Before anything is built: other facts would break the building in obscure ways.
    pins.check_facts()
    return tuple(language for language in known if language in binding.languages)


def _check_whole(part: str, languages: tuple[str, ...], binding: DataBinding, made: Record) -> None:
    """Compare a part with its pin, where it was bound whole."""
    if languages == atlas.FULL_LANGUAGES[part] and binding.facts is None:
        pins.check_part(pins.pins(), part, made.fingerprint())
