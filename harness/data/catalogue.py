"""The data room's door: bindings of a scope in, texts, judgements and counts out.

Everything is a pure function of its binding and is kept in the process once made. What comes
from the Atlas is compared with its pins (`harness.data.pins`) before it is handed out.

    evaluation(binding, split)   parts of TESTED,         texts for the lab, judgements for the court
                                 real LAReQA, BEIR,
                                 taught by a real set
    files(binding)               the same but the Atlas   sha256 of each file that a set is made of
    pairs(binding)               part pairs, taught       question-passage pairs of the train split
    parallel(binding)            part parallel, taught    sentences for aligned pre-training
    learnt(binding)              taught                   what leaked and was dropped from them
    count(binding, what)         the real LAReQA files    a fact about data

What is made of files is kept under their digests, which are taken anew whenever it is asked for, so
a file that changed is never answered with what was made of the old one.

Cost: a whole draw of the Atlas takes about two seconds once per process, both LAReQA folders half of that.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from harness.data import answering, atlas, beir, cldr, lareqa, pins, taught
from harness.data import parallel as sentences
from harness.errors import UsageError
from harness.records.scope import REAL_LANGUAGES, BeirBinding, DataBinding, LareqaBinding, TaughtBinding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from harness.data.relations import Draw
    from harness.records.judgements import Dataset
    from harness.records.record import Record
    from harness.records.scope import CountBinding, EvaluationBinding, RealPart, SideBinding
    from harness.records.texts import PairTexts, ParallelTexts

Split = Literal["validation", "test"]
DRAW: Mapping[str, Draw] = {"atlas": "first", "atlas-second": "second"}
"""Source of a binding -> draw of the Atlas."""

TESTED: Mapping[str, atlas.EvaluationPart] = {
    "validation": "validation",
    "xquad-r": "xquad-r",
    "mlqa-r": "mlqa-r",
    "miracl": "miracl",
}
"""The parts with questions to ask: choices are made on the first, claims are tested on the others."""


def evaluation(binding: EvaluationBinding | TaughtBinding, split: Split = "test") -> Dataset:
    """Return an evaluation set; the Atlas's validation split is the same facts whatever the part.

    What a real set teaches is evaluated on the questions of it that are held out from training.

    Raises:
        UsageError: a part that is not in TESTED, a language that the part or split lacks, or another
            split than test of what is no Atlas.
        FileFaults: facts or templates that are not the pinned ones; files that are not of their format.
        DigestMismatch: the whole part, or a file, differs from its pin.
        ResourceMissing: the real files are not on this machine.
    """
    if isinstance(binding, DataBinding):
        return _atlas(binding, split)
    if split != "test":
        raise UsageError(f"expected the split test of {binding.source}, found {split}; choose on the Atlas")
    found = tuple(sorted(files(binding).items()))
    if isinstance(binding, BeirBinding):
        return _beir(binding, found)
    if isinstance(binding, TaughtBinding):
        return taught.validation(learnt(binding), binding.languages, binding.facts)
    return _lareqa(binding.part, tuple(sorted(binding.languages)), _folder(binding.part))


def files(binding: EvaluationBinding | TaughtBinding) -> Mapping[str, str]:
    """Return the sha256 of each file that a set is made of, as it lies there now; of the Atlas there is none.

    Raises:
        UsageError: a language that the real files lack, or one that is named twice.
        ResourceMissing, FileFaults, DigestMismatch: as `evaluation`.
    """
    if isinstance(binding, BeirBinding):
        return beir.digests(binding)
    if isinstance(binding, TaughtBinding):
        return {f"{part}/{name}": one for part in (binding.part, binding.tested) for name, one in _whole(part).items()}
    if not isinstance(binding, LareqaBinding):
        return {}
    pinned = lareqa.pins()[binding.part]
    _refuse_repeated(binding.languages)
    _refuse_strangers(binding.part, binding.languages, sorted(pinned.files))
    lareqa.contents(_folder(binding.part), pinned, sorted(binding.languages))
    return {f"{language}.json": pinned.files[language] for language in sorted(binding.languages)}


def _whole(part: RealPart) -> Mapping[str, str]:
    """Return the digests of all files of a real set, which lie there now."""
    return files(LareqaBinding(source="lareqa", part=part, languages=REAL_LANGUAGES[part]))


def learnt(binding: TaughtBinding) -> taught.Lessons:
    """Return what a real set teaches, and what of it leaked into the one that is tested.

    Raises:
        ResourceMissing, FileFaults, DigestMismatch: as `evaluation`.
    """
    files(binding)
    return _learnt(binding.part, binding.tested, _folder(binding.part), _folder(binding.tested))


@cache
def _learnt(part: RealPart, tested: RealPart, folder: Path, other: Path) -> taught.Lessons:
    own, against = (
        answering.told(place, lareqa.pins()[name], REAL_LANGUAGES[name])
        for name, place in ((part, folder), (tested, other))
    )
    return taught.lessons(part, own, against)


@cache
def _beir(binding: BeirBinding, found: tuple[tuple[str, str], ...]) -> Dataset:
    return beir.evaluation(binding, dict(found))


@cache
def _lareqa(part: str, languages: tuple[str, ...], folder: Path) -> Dataset:
    return answering.evaluation(folder, lareqa.pins()[part], languages)


def _folder(part: str) -> Path:
    return lareqa.find(part, lareqa.roots(), lareqa.pins()[part])


@cache
def _atlas(binding: DataBinding, split: Split) -> Dataset:
    part = TESTED[_bound(binding, TESTED)]
    if split == "validation":
        part = "validation"
        _refuse_strangers(part, binding.languages, atlas.FULL_LANGUAGES[part])
    made = atlas.evaluation(DRAW[binding.source], part, _ordered(binding), binding.facts)
    _check_whole(part, binding, made)
    return made


def pairs(binding: SideBinding) -> PairTexts:
    """Return the train split, one row per fact and language.

    Raises:
        UsageError: another part than pairs, or a language the Atlas does not have.
        ResourceMissing: real files that are not on this machine.
        FileFaults: facts, templates or files that are not the pinned ones.
        DigestMismatch: the whole part differs from its pin.
    """
    if isinstance(binding, TaughtBinding):
        return taught.pairs(learnt(binding), binding.languages, binding.facts)
    return _pairs(binding)


@cache
def _pairs(binding: DataBinding) -> PairTexts:
    part = _bound(binding, ("pairs",))
    made = atlas.pairs(DRAW[binding.source], _ordered(binding), binding.facts)
    _check_whole(part, binding, made)
    return made


def parallel(binding: SideBinding) -> ParallelTexts:
    """Return parallel sentences that state no tested fact; beside what a real set teaches, the Atlas's.

    Raises:
        UsageError, ResourceMissing, FileFaults, DigestMismatch: as `pairs`.
    """
    if isinstance(binding, TaughtBinding):
        languages, facts = binding.languages, binding.facts
        beside = _parallel(DataBinding(source="atlas", part="parallel", languages=languages, facts=facts))
        return taught.parallel(learnt(binding), beside, facts)
    return _parallel(binding)


@cache
def _parallel(binding: DataBinding) -> ParallelTexts:
    part = _bound(binding, ("parallel",))
    made = sentences.parallel(DRAW[binding.source], _ordered(binding), binding.facts)
    _check_whole(part, binding, made)
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


def _bound(binding: DataBinding, parts: Collection[str]) -> str:
    """Check a binding and the facts behind it; return its part."""
    if binding.part not in parts:
        raise UsageError(f"expected a binding of part {' or '.join(parts)}, found {binding.part!r}")
    _refuse_strangers(binding.part, binding.languages, atlas.FULL_LANGUAGES[binding.part])
    _refuse_repeated(binding.languages)
    # Before anything is built: other facts would break the building in obscure ways.
    pins.check_facts(DRAW[binding.source])
    return binding.part


def _refuse_repeated(languages: Collection[str]) -> None:
    if len(set(languages)) != len(languages):
        raise UsageError(f"expected each language once, found {', '.join(languages)}")


def _refuse_strangers(part: str, languages: Collection[str], known: Collection[str]) -> None:
    strangers = sorted(set(languages) - set(known))
    if strangers:
        raise UsageError(f"expected languages of {part} among {', '.join(known)}, found {', '.join(strangers)}")


def _ordered(binding: DataBinding) -> tuple[str, ...]:
    """Return the binding's languages in the Atlas's order."""
    return tuple(language for language in cldr.LANGUAGES if language in binding.languages)


def _check_whole(part: str, binding: DataBinding, made: Record) -> None:
    """Compare a part with its pin, where it was bound as it is pinned."""
    if set(binding.languages) == set(pins.PINNED_LANGUAGES[part]) and binding.facts is None:
        pins.check_part(pins.pins(), DRAW[binding.source], part, made.fingerprint())
