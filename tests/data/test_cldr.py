"""Oracles: well-known names and facts of the world; the reading rules that the module states."""

from datetime import date

import pytest

from harness.data import cldr


@pytest.mark.parametrize(
    ("thing", "language", "expected"),
    [
        ("territory/JP", "de", "Japan"),
        ("language/fi", "fr", "finnois"),
        ("script/Cyrl", "en", "Cyrillic"),
        ("currency/EUR", "fi", "euro"),
        ("city/Asia/Tokyo", "ja", "東京"),
        ("time/Japan", "en", "Japan Standard Time"),
        ("code/FR", "ar", "FR"),
        ("share/87%", "tr", "87%"),
        ("autonym/suomi", "zh", "suomi"),
        ("autonym/a/b", "zh", "a/b"),
    ],
)
def test_world_names(thing: str, language: str, expected: str) -> None:
    assert cldr.name(thing, language) == expected


def test_rule_a_code_is_no_name() -> None:
    assert cldr.name("territory/ZZZ", "en") is None
    for language in cldr.LANGUAGES:
        assert not any(thing.partition("/")[2] == told for thing, told in cldr.names(language).items())


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Asia/Kolkata", "en", "Kolkata"),
        ("Asia/Kolkata", "ru", "Калькутта"),
        ("America/Argentina/Buenos_Aires", "el", "Μπουένος Άιρες"),
        ("America/Argentina/Buenos_Aires", "sw", "Buenos Aires"),
        ("Africa/Accra", "vi", "Accra"),
        ("Etc/GMT+12", "ru", None),
    ],
)
def test_world_cities_that_were_renamed_or_left_out(zone: str, language: str, expected: str | None) -> None:
    assert cldr.name(f"city/{zone}", language) == expected


def test_rule_only_latin_scripts_borrow_from_the_zone_id() -> None:
    for language in set(cldr.LANGUAGES) - {"de", "en", "es", "fi", "fr", "id", "sw", "tr", "vi"}:
        borrowed = [cldr.name(f"city/{zone}", language) or "" for zone in cldr.zones()]
        assert not any(name.isascii() and name.isalpha() for name in borrowed), language


def test_world_autonyms() -> None:
    assert [cldr.autonyms()[code] for code in ("fi", "el", "ja", "bn")] == ["suomi", "Ελληνικά", "日本語", "বাংলা"]


def test_world_languages_by_script_and_home() -> None:
    assert cldr.scripts("mk") == {"Cyrl"}
    assert cldr.scripts("sr") == {"Cyrl", "Latn"}
    assert cldr.scripts("tlh") <= {"Latn"}
    assert cldr.likely_territory("ja") == "JP"
    assert cldr.likely_territory("eo") is None  # CLDR expects it in the world
    assert {"fi", "und"} & set(cldr.languages()) == {"fi"}


def test_rule_variants_in_several_scripts_are_one_language() -> None:
    assert "zh" in cldr.spoken("TW")
    assert not any("_" in language for territory in cldr.territories() for language in cldr.spoken(territory))
    assert cldr.official("TW") == {"hak", "nan", "zh"}
    assert cldr.spoken("BN")["ms"] == 93  # 5 in Arabic script
    assert cldr.spoken("UZ")["uz"] == 85  # 15 in Cyrillic
    assert cldr.has_variants("RS", "sr")
    assert not cldr.has_variants("FI", "fi")


def test_rule_the_unknown_region_is_no_territory() -> None:
    assert "ZZ" not in cldr.territories()
    assert {"FR", "XK", "AQ"} <= set(cldr.territories())


def test_world_tenders() -> None:
    mark, euro = (tender for tender in cldr.tenders("DE"))
    assert mark == ("DEM", date(1948, 6, 20), date(2002, 2, 28))
    assert (euro.currency, euro.last) == ("EUR", None)
    assert "USN" not in {tender.currency for tender in cldr.tenders("US")}  # no tender: for bookkeeping


def test_world_zones_and_codes() -> None:
    assert cldr.zones()["Asia/Tokyo"] == "JP"
    assert "Etc/UTC" not in cldr.zones()
    assert cldr.meta_zone("Asia/Tokyo") == "Japan"
    assert cldr.other_codes("[A-Z]{3}")["MM"] == {"BUR", "MMR"}
    assert cldr.other_codes("[0-9]{3}")["JP"] == {"392"}
