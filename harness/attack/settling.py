"""What has to follow from checks: what a sentence says, with all that it leaves open filled in.

A sentence leaves open in what arms are measured: one measure of whole rankings, the same throughout. A setting that
it leaves open is all three of them, but for rank distance, which is of the pool alone, and for data sets of one
setting that it names. Headings, which only titles have, may leave more open: they hold where all that the title says
follows at one place, with one setting, measure, base, choice of languages and of pairs. Languages absent from
training are, unless they are named, all that the claim's data sets have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.attack.meaning import SPECIALIST, Meaning, Where, Who
from harness.attack.places import DISTANCE, NOWHERE, OF_RANKINGS
from harness.claimfile.coverage import IMPLIED, SETTINGS
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.attack.subject import Subject

SPECIALISTS = {"monolingual": Who("x-x-mono"), "crosslingual": Who("x-y")}


def places(grounds: Sequence[Meaning], *, title: bool, whole: bool) -> list[Where]:
    """Return what may stand for all that a sentence leaves open; at least one place.

    Only places that keep all languages are asked where the sentence says how many there are (`whole`).
    """
    if not title:
        measures = dict.fromkeys(one.where.measure for one in grounds if one.where.measure in OF_RANKINGS)
        return [Where(measure=one) for one in measures] or [NOWHERE]
    found = (_place(one, setting) for one in grounds for setting in one.where.settings or (None,))
    kept = (one for one in found if one.measure != DISTANCE.measure and not (whole and (one.languages or one.pairs)))
    return list(dict.fromkeys(kept)) or [NOWHERE]


def settled(meaning: Meaning, at: Where, subject: Subject) -> Iterator[Meaning]:
    """Yield what has to follow: one for each setting and each base that the sentence speaks of."""
    claim, where = subject.claim, meaning.where
    if where.unseen and where.languages is None:
        where = replace(where, languages=absent(subject))
    where = where.over(at if where.roughly else Where(measure=at.measure if at.measure in OF_RANKINGS else None))
    settings = where.settings
    if settings is None and not where.roughly:
        names = [DISTANCE.measure] if where.measure == DISTANCE.measure else where.sets or [""]
        implied = [IMPLIED.get(str(name)) for name in names]
        settings = SETTINGS if None in implied else tuple(dict.fromkeys(filter(None, implied)))
    for setting in settings or (None,):
        rights = tuple(_specialist(one, setting) for one in meaning.rights)
        for base in claim.bases if where.base == "each" else (where.base,):
            place = replace(where, settings=(setting,) if setting else None, base=base)
            yield Meaning(meaning.form, meaning.left, rights, place)


def absent(subject: Subject) -> frozenset[str]:
    """Return the languages of the claim's data sets that nothing is trained in."""
    bound = subject.scope.datasets
    held = {one for name in subject.claim.datasets if name in bound for one in bound_languages(bound[name]) or ()}
    return frozenset(held - set(subject.scope.training.languages))


def _place(ground: Meaning, setting: str | None) -> Where:
    """Return all that a title may leave open of a check; the arm only where that is what both bases have."""
    of_bases = bool(ground.rights) and ground.left.arm == ground.rights[0].arm
    return replace(
        ground.where,
        settings=(setting,) if setting else None,
        arm=ground.left.arm if of_bases else None,
        size=None,
    )


def _specialist(who: Who, setting: str | None) -> Who:
    return SPECIALISTS.get(str(setting), Who()) if who == SPECIALIST else who
