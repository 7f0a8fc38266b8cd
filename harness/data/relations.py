"""The eighteen relations of the Atlas: which entity has which answer, and in which draw.

    draw    relation              entity      answer
    first   currency              territory   its only current legal tender
            official-language     territory   its only official language
            main-language         territory   the language most people speak; no tie
            main-language-share   territory   how many do, in whole percent
            country-code          territory   its two letters
            zone-city             territory   the city that names its only time zone
            city-territory        city        where its time zone lies
            script                language    the only script that CLDR pairs with it
            language-territory    language    where CLDR expects it, if it is official nowhere else
            autonym               language    the name that its own locale gives it
            currency-code         currency    its three letters
            former-currency       territory   the tender that the only current one replaced
    second  alpha3                territory   its three letters
            numeric-code          territory   its three digits
            language-code         language    its two or three letters
            time-zone-name        city        the standard time of its zone
            second-language       territory   the language second most people speak; no tie
            currency-territory    currency    the only territory where it is legal tender

Facts with several right answers are dropped, not judged: a share of a language that CLDR counts
in several scripts, former money of which two kinds ran out together, codes of forerunners
(`BUR` beside `MMR`). So are codes that CLDR made up (`XKK`, 983: private use in ISO 3166).

Limits: one current state of the world; `harness.data.cldr` says whose.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal

from harness.data import cldr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Draw = Literal["first", "second"]

ALPHA3 = "[A-WYZ][A-Z]{2}"
NUMERIC = "[0-8][0-9]{2}"
"""Forms of ISO 3166's other codes, without those for private use."""


def currency() -> Iterator[tuple[str, str]]:
    """Yield territory and only current tender."""
    for territory in cldr.territories():
        money = _only(tender.currency for tender in cldr.tenders(territory) if tender.last is None)
        if money:
            yield f"territory/{territory}", f"currency/{money}"


def official_language() -> Iterator[tuple[str, str]]:
    """Yield territory and only official language."""
    for territory in cldr.territories():
        language = _only(cldr.official(territory))
        if language:
            yield f"territory/{territory}", f"language/{language}"


def main_language() -> Iterator[tuple[str, str]]:
    """Yield territory and most spoken language."""
    yield from _ranked(0)


def main_language_share() -> Iterator[tuple[str, str]]:
    """Yield territory and the share of its most spoken language."""
    for entity, answer in _ranked(0):
        territory, language = entity.partition("/")[2], answer.partition("/")[2]
        percent = round(cldr.spoken(territory)[language])
        if percent and not cldr.has_variants(territory, language):
            yield entity, f"share/{percent}%"


def second_language() -> Iterator[tuple[str, str]]:
    """Yield territory and second most spoken language."""
    yield from _ranked(1)


def _ranked(place: int) -> Iterator[tuple[str, str]]:
    """Yield territory and the language at a place by percent of speakers, if it has that place alone."""
    for territory in cldr.territories():
        percent = cldr.spoken(territory)
        ordered = sorted(percent, key=lambda language: (-percent[language], language))
        if place < len(ordered):
            language = ordered[place]
            if percent[language] > 0 and Counter(percent.values())[percent[language]] == 1:
                yield f"territory/{territory}", f"language/{language}"


def country_code() -> Iterator[tuple[str, str]]:
    """Yield territory and two letters."""
    for territory in cldr.territories():
        yield f"territory/{territory}", f"code/{territory}"


def alpha3() -> Iterator[tuple[str, str]]:
    """Yield territory and three letters."""
    yield from _coded(ALPHA3)


def numeric_code() -> Iterator[tuple[str, str]]:
    """Yield territory and three digits."""
    yield from _coded(NUMERIC)


def _coded(pattern: str) -> Iterator[tuple[str, str]]:
    for territory in cldr.territories():
        code = _only(cldr.other_codes(pattern).get(territory, ()))
        if code:
            yield f"territory/{territory}", f"code/{code}"


def zone_city() -> Iterator[tuple[str, str]]:
    """Yield territory and the city of its only time zone."""
    counted = Counter(cldr.zones().values())
    for zone, territory in cldr.zones().items():
        if counted[territory] == 1:
            yield f"territory/{territory}", f"city/{zone}"


def city_territory() -> Iterator[tuple[str, str]]:
    """Yield a time zone's city and territory."""
    for zone, territory in cldr.zones().items():
        yield f"city/{zone}", f"territory/{territory}"


def time_zone_name() -> Iterator[tuple[str, str]]:
    """Yield a time zone's city and standard time."""
    for zone in cldr.zones():
        time = cldr.meta_zone(zone)
        if time:
            yield f"city/{zone}", f"time/{time}"


def script() -> Iterator[tuple[str, str]]:
    """Yield language and only script."""
    for language in cldr.languages():
        written = _only(cldr.scripts(language))
        if written:
            yield f"language/{language}", f"script/{written}"


def language_territory() -> Iterator[tuple[str, str]]:
    """Yield language and the territory CLDR expects it in, unless it is official elsewhere."""
    official = {(language, territory) for territory in cldr.territories() for language in cldr.official(territory)}
    elsewhere = {language for language, territory in official if cldr.likely_territory(language) != territory}
    for language in cldr.languages():
        territory = cldr.likely_territory(language)
        if territory and language not in elsewhere:
            yield f"language/{language}", f"territory/{territory}"


def autonym() -> Iterator[tuple[str, str]]:
    """Yield language and the name it gives itself."""
    for language, own in cldr.autonyms().items():
        yield f"language/{language}", f"autonym/{own}"


def language_code() -> Iterator[tuple[str, str]]:
    """Yield language and two or three letters."""
    for language in cldr.languages():
        yield f"language/{language}", f"code/{language}"


def currency_code() -> Iterator[tuple[str, str]]:
    """Yield currency and three letters."""
    for code in cldr.currencies():
        yield f"currency/{code}", f"code/{code}"


def former_currency() -> Iterator[tuple[str, str]]:
    """Yield territory and the money before its only current tender.

    That is the tender which was still good when the current one came, else the one that ran out
    last; two such tenders are two answers.
    """
    for territory in cldr.territories():
        tenders = cldr.tenders(territory)
        current = [tender for tender in tenders if tender.last is None]
        if len(current) != 1 or current[0].first is None:
            continue
        since = current[0].first
        before = {
            tender.currency: min(tender.last, since)
            for tender in sorted(tenders, key=lambda tender: tender.last or date.max)
            if tender.last and tender.first and tender.first < since
        }
        last = _only(money for money, end in before.items() if end == max(before.values()))
        if last and last != current[0].currency:
            yield f"territory/{territory}", f"currency/{last}"


def currency_territory() -> Iterator[tuple[str, str]]:
    """Yield currency and the only territory that pays with it."""
    for money, territory in sole_payers().items():
        yield f"currency/{money}", f"territory/{territory}"


@cache
def sole_payers() -> Mapping[str, str]:
    """Return currency -> territory, for money that is legal tender in one territory only."""
    used: dict[str, set[str]] = {}
    for territory in cldr.territories():
        for tender in cldr.tenders(territory):
            if tender.last is None:
                used.setdefault(tender.currency, set()).add(territory)
    return {money: min(payers) for money, payers in sorted(used.items()) if len(payers) == 1}


def _only(answers: Iterable[str]) -> str | None:
    """Return the answer if there is exactly one."""
    found = set(answers)
    return found.pop() if len(found) == 1 else None


DRAWS: Mapping[Draw, Mapping[str, Callable[[], Iterator[tuple[str, str]]]]] = {
    "first": {
        "currency": currency,
        "official-language": official_language,
        "main-language": main_language,
        "main-language-share": main_language_share,
        "country-code": country_code,
        "zone-city": zone_city,
        "city-territory": city_territory,
        "script": script,
        "language-territory": language_territory,
        "autonym": autonym,
        "currency-code": currency_code,
        "former-currency": former_currency,
    },
    "second": {
        "alpha3": alpha3,
        "numeric-code": numeric_code,
        "language-code": language_code,
        "time-zone-name": time_zone_name,
        "second-language": second_language,
        "currency-territory": currency_territory,
    },
}
"""Draw -> relation -> who yields its entities and answers."""

RELATIONS = tuple(relation for draw in DRAWS.values() for relation in draw)
