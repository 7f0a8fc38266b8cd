"""Names and facts of the Unicode CLDR: the one door to Babel.

A thing is a string `kind/CODE`: `territory/AD`, `language/ab`, `script/Cyrl`, `currency/EUR`,
`city/Europe/Andorra` (a time zone's exemplar city). A name that only repeats the code is no
name: CLDR falls back to it where it has none.

Where a locale leaves a city out, CLDR means the last part of the zone's id; that reading is
right for locales in Latin script only, so the others have no name there.

Limits: facts are as true as CLDR is, for the version that `version()` prints.
Source: Unicode Technical Standard 35, part 3 (time zone names) and part 6 (supplemental data).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import babel
from babel.core import get_cldr_version, get_global

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
"""The languages of the Atlas, in the court's order."""

TERRITORY = re.compile("[A-Z]{2}")
LANGUAGE = re.compile("[a-z]{2,3}")
SCRIPT_LENGTH = 4


def version() -> str:
    """Return which data this is, such as `Babel 2.18.0, CLDR 48`."""
    return f"Babel {babel.__version__}, CLDR {get_cldr_version()}"


@cache
def names(language: str) -> Mapping[str, str]:
    """Return the name of every thing that has one in `language`."""
    locale = babel.Locale(language)
    tables: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("territory", locale.territories),
        ("language", locale.languages),
        ("script", locale.scripts),
        ("currency", locale.currencies),
    )
    named = {
        f"{kind}/{code}": name.strip()
        for kind, table in tables
        for code, name in table.items()
        if name and name.strip() != code
    }
    return named | dict(_cities(locale, is_latin="Latn" in scripts().get(language, ())))


def _cities(locale: babel.Locale, *, is_latin: bool) -> Iterator[tuple[str, str]]:
    for zone in sorted({zone for zones in get_global("territory_zones").values() for zone in zones}):
        city = locale.time_zones.get(zone, {}).get("city")
        if city is None and is_latin:
            city = zone.rpartition("/")[2].replace("_", " ")
        if city:
            yield f"city/{zone}", city


@cache
def scripts() -> Mapping[str, frozenset[str]]:
    """Return the scripts that CLDR's likely subtags pair with each language."""
    found: dict[str, set[str]] = {}
    for tag, likely in get_global("likely_subtags").items():
        language = tag.split("_")[0]
        if LANGUAGE.fullmatch(language):
            found.setdefault(language, set()).update(part for part in likely.split("_") if len(part) == SCRIPT_LENGTH)
    return {language: frozenset(codes) for language, codes in found.items()}


def territories() -> tuple[str, ...]:
    """Return the codes of territories with both a population's languages and a time zone, sorted."""
    zones, languages = get_global("territory_zones"), get_global("territory_languages")
    return tuple(code for code in sorted(zones) if TERRITORY.fullmatch(code) and code in languages)


def currencies(territory: str) -> tuple[str, ...]:
    """Return the currencies that are legal tender and have no last day."""
    entries: list[tuple[str, Any, Any, bool]] = get_global("territory_currencies").get(territory, [])
    return tuple(f"currency/{code}" for code, _, last, is_tender in entries if is_tender and last is None)


def official_languages(territory: str) -> tuple[str, ...]:
    """Return the languages official by law or in fact in the whole territory."""
    entries = get_global("territory_languages")[territory]
    statuses = ("official", "de_facto_official")
    return tuple(f"language/{code}" for code, entry in entries.items() if entry["official_status"] in statuses)


def zone_cities(territory: str) -> tuple[str, ...]:
    """Return the exemplar city of each of the territory's time zones."""
    return tuple(f"city/{zone}" for zone in get_global("territory_zones")[territory])
