"""Names and tables of the Unicode CLDR: the one door to Babel.

A thing is a string `kind/CODE`: `territory/AD`, `language/ab`, `script/Cyrl`, `currency/EUR`,
`city/Europe/Andorra` (a time zone's exemplar city), `time/Europe_Central` (a meta zone's standard
time). Things of the kinds `code`, `share` and `autonym` are what they are called, the same text
in every language: `code/FR`, `share/87%`, `autonym/suomi`. A name that only repeats the code is
no name: CLDR falls back to it where it has none.

Where a locale leaves a city out, CLDR means the last part of the zone's id; that reading is
right for locales in Latin script only, so the others have no name there. Variants of a language
that differ in script count as the language.

Limits: facts are as true as CLDR is, for the version that `version()` prints.
Source: Unicode Technical Standard 35, part 3 (time zone names) and part 6 (supplemental data).
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import babel
from babel import localedata
from babel.core import get_cldr_version, get_global

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = (
    *("ar", "bn", "de", "el", "en", "es", "fa", "fi", "fr", "hi"),
    *("id", "ja", "ko", "ru", "sw", "te", "th", "tr", "vi", "zh"),
)
"""The languages of the Atlas, in the court's order."""

LITERAL = frozenset({"code", "share", "autonym"})
TERRITORY = re.compile("[A-Z]{2}")
LANGUAGE = re.compile("[a-z]{2,3}")
NO_LANGUAGE = frozenset({"mul", "und", "zxx"})
"""Codes for several, unknown and no language (ISO 639-2)."""

NO_TERRITORY = "ZZ"
"""Code for an unknown region."""

SCRIPT_LENGTH = 4
OFFICIAL = ("official", "de_facto_official")


class Tender(NamedTuple):
    """Money that was legal tender from `first` on, to `last` (None: still, or not known)."""

    currency: str
    first: date | None
    last: date | None


def version() -> str:
    """Return which data this is, such as `Babel 2.18.0, CLDR 48`."""
    return f"Babel {babel.__version__}, CLDR {get_cldr_version()}"


def name(thing: str, language: str) -> str | None:
    """Return what a thing is called in a language, as CLDR's nominative; None where it has no name."""
    told = names(language).get(thing)
    if told is None:
        kind, _, code = thing.partition("/")
        return code if kind in LITERAL else None
    return told


@cache
def names(language: str) -> Mapping[str, str]:
    """Return the name of every thing that has one of its own in `language`."""
    locale = babel.Locale(language)
    tables: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("territory", locale.territories),
        ("language", locale.languages),
        ("script", locale.scripts),
        ("currency", locale.currencies),
        ("time", {zone: told.get("long", {}).get("standard", "") for zone, told in locale.meta_zones.items()}),
    )
    named = {
        f"{kind}/{code}": told.strip()
        for kind, table in tables
        for code, told in table.items()
        if told and told.strip() != code
    }
    return named | dict(_cities(locale, is_latin="Latn" in scripts(language)))


def _cities(locale: babel.Locale, *, is_latin: bool) -> Iterator[tuple[str, str]]:
    told = {zone: entry.get("city") for zone, entry in locale.time_zones.items()}
    for zone, known in _zone_ids().items():
        city = next((told[name] for name in known if told.get(name)), None)
        if city is None and is_latin:
            city = zone.rpartition("/")[2].replace("_", " ")
        if city:
            yield f"city/{zone}", city


@cache
def _zone_ids() -> Mapping[str, tuple[str, ...]]:
    """Return zone -> its id and former ones: CLDR files `Asia/Kolkata` under `Asia/Calcutta`."""
    ids = {zone: [zone] for zone in sorted(get_global("zone_territories"))}
    for former, zone in sorted(get_global("zone_aliases").items()):
        if zone in ids:
            ids[zone].append(former)
    return {zone: tuple(known) for zone, known in ids.items()}


@cache
def autonyms() -> Mapping[str, str]:
    """Return language -> the name that its own locale gives it."""
    found = {}
    for code in sorted(localedata.locale_identifiers()):
        if LANGUAGE.fullmatch(code):
            own = localedata.load(code, merge_inherited=False).get("languages", {}).get(code)
            if own and own != code:
                found[code] = own
    return found


@cache
def _likely() -> tuple[Mapping[str, frozenset[str]], Mapping[str, str]]:
    """Return language -> scripts, from all tags; and language -> territory, from its own tag."""
    written: dict[str, set[str]] = {}
    home: dict[str, str] = {}
    for tag, likely in get_global("likely_subtags").items():
        language, *_ = tag.split("_")
        parts = likely.split("_")
        if not LANGUAGE.fullmatch(language) or language in NO_LANGUAGE:
            continue
        written.setdefault(language, set()).update(part for part in parts if len(part) == SCRIPT_LENGTH)
        if tag == language and TERRITORY.fullmatch(parts[-1]):
            home[language] = parts[-1]
    return {language: frozenset(codes) for language, codes in written.items()}, home


def languages() -> tuple[str, ...]:
    """Return the code of every language that English has a name for, sorted."""
    coded = (code for kind, _, code in (thing.partition("/") for thing in names("en")) if kind == "language")
    return tuple(sorted(code for code in coded if LANGUAGE.fullmatch(code) and code not in NO_LANGUAGE))


def scripts(language: str) -> frozenset[str]:
    """Return the scripts that CLDR's likely subtags pair with a language."""
    return _likely()[0].get(language, frozenset())


def likely_territory(language: str) -> str | None:
    """Return the territory that CLDR expects a language in; None where that is a region or unknown."""
    return _likely()[1].get(language)


@cache
def territories() -> tuple[str, ...]:
    """Return the codes of the territories whose languages CLDR counts, sorted."""
    coded = (code for code in get_global("territory_languages") if TERRITORY.fullmatch(code))
    return tuple(sorted(code for code in coded if code != NO_TERRITORY))


@cache
def spoken(territory: str) -> Mapping[str, float]:
    """Return language -> percent of the people, the greatest of its variants' where it has several."""
    percent: dict[str, float] = {}
    for code, entry in get_global("territory_languages")[territory].items():
        language = code.partition("_")[0]
        percent[language] = max(percent.get(language, 0.0), float(entry["population_percent"]))
    return percent


def has_variants(territory: str, language: str) -> bool:
    """Tell whether several scripts share out a language's speakers there."""
    spoken_there: Mapping[str, object] = get_global("territory_languages")[territory]
    return sum(code.partition("_")[0] == language for code in spoken_there) > 1


@cache
def official(territory: str) -> frozenset[str]:
    """Return the languages official by law or in fact in the whole territory."""
    entries = get_global("territory_languages")[territory].items()
    return frozenset(code.partition("_")[0] for code, entry in entries if entry["official_status"] in OFFICIAL)


@cache
def tenders(territory: str) -> tuple[Tender, ...]:
    """Return all money that is or was legal tender there."""
    entries = get_global("territory_currencies").get(territory, [])
    return tuple(
        Tender(code, date(*first) if first else None, date(*last) if last else None)
        for code, first, last, is_tender in entries
        if is_tender
    )


@cache
def zones() -> Mapping[str, str]:
    """Return time zone -> the territory it lies in."""
    known = frozenset(territories())
    return {zone: territory for zone, territory in sorted(get_global("zone_territories").items()) if territory in known}


def meta_zone(zone: str) -> str | None:
    """Return which time a zone keeps now."""
    found: str | None = get_global("meta_zones").get(zone)
    return found


@cache
def other_codes(pattern: str) -> Mapping[str, frozenset[str]]:
    """Return territory -> its other codes of one form, those of its forerunners among them."""
    form, found = re.compile(pattern), dict[str, set[str]]()
    for code, meant in get_global("territory_aliases").items():
        if form.fullmatch(code) and len(meant) == 1:
            found.setdefault(meant[0], set()).add(code)
    return {territory: frozenset(codes) for territory, codes in found.items()}


def currencies() -> tuple[str, ...]:
    """Return the code of every currency that English has a name for, sorted."""
    return tuple(sorted(thing.partition("/")[2] for thing in names("en") if thing.startswith("currency/")))
