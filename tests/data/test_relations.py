"""Oracles: well-known facts of the world, one per relation; facts that must not be, and why."""

from functools import cache

import pytest

from harness.data import cldr
from harness.data.relations import DRAWS, RELATIONS, sole_payers


@cache
def answers(relation: str) -> dict[str, str]:
    (source,) = (draw[relation] for draw in DRAWS.values() if relation in draw)
    stated = list(source())
    assert len({entity for entity, _ in stated}) == len(stated)
    return dict(stated)


WORLD = {
    "currency": ("territory/JP", "currency/JPY"),
    "official-language": ("territory/BR", "language/pt"),
    "main-language": ("territory/MX", "language/es"),
    "main-language-share": ("territory/JP", "share/95%"),
    "country-code": ("territory/FR", "code/FR"),
    "zone-city": ("territory/EG", "city/Africa/Cairo"),
    "city-territory": ("city/America/New_York", "territory/US"),
    "script": ("language/mk", "script/Cyrl"),
    "language-territory": ("language/is", "territory/IS"),
    "autonym": ("language/fi", "autonym/suomi"),
    "currency-code": ("currency/JPY", "code/JPY"),
    "former-currency": ("territory/DE", "currency/DEM"),
    "alpha3": ("territory/JP", "code/JPN"),
    "numeric-code": ("territory/JP", "code/392"),
    "language-code": ("language/fi", "code/fi"),
    "time-zone-name": ("city/Asia/Tokyo", "time/Japan"),
    "second-language": ("territory/BG", "language/en"),
    "currency-territory": ("currency/JPY", "territory/JP"),
}


@pytest.mark.parametrize("relation", RELATIONS)
def test_world_a_known_fact(relation: str) -> None:
    entity, answer = WORLD[relation]
    assert answers(relation)[entity] == answer


@pytest.mark.parametrize(
    ("relation", "entity", "why"),
    [
        ("currency", "territory/PA", "two legal tenders"),
        ("official-language", "territory/CH", "several official languages"),
        ("main-language-share", "territory/RS", "counted twice, in two scripts"),
        ("zone-city", "territory/US", "many zones"),
        ("script", "language/sr", "two scripts"),
        ("language-territory", "language/es", "official in many territories"),
        ("language-territory", "language/eo", "at home nowhere"),
        ("former-currency", "territory/AD", "peseta and franc ran out together"),
        ("former-currency", "territory/JP", "no other tender known"),
        ("former-currency", "territory/PA", "two current tenders"),
        ("alpha3", "territory/MM", "MMR and, of old, BUR"),
        ("alpha3", "territory/FR", "FRA and FXX, without the departments overseas"),
        ("alpha3", "territory/XK", "a private code"),
        ("numeric-code", "territory/XK", "a private code"),
        ("currency-territory", "currency/EUR", "many payers"),
        ("currency-territory", "currency/DEM", "no payer any more"),
    ],
)
def test_rule_no_fact_without_one_right_answer(relation: str, entity: str, why: str) -> None:
    assert entity not in answers(relation), why


def test_rule_second_is_not_main() -> None:
    main, second = answers("main-language"), answers("second-language")
    assert len(main.keys() & second.keys()) > 150
    assert not any(main[territory] == second[territory] for territory in main.keys() & second.keys())


def test_rule_a_tie_has_no_winner() -> None:
    for territory in cldr.territories():
        ordered = sorted(cldr.spoken(territory).values(), reverse=True)
        if len(ordered) > 1 and ordered[0] == ordered[1]:
            assert f"territory/{territory}" not in answers("main-language")
            assert f"territory/{territory}" not in answers("main-language-share")
            assert f"territory/{territory}" not in answers("second-language")


def test_rule_former_money_is_another_one_and_has_run_out() -> None:
    for territory, former in answers("former-currency").items():
        code = territory.partition("/")[2]
        assert former != answers("currency")[territory]
        assert {tender.last is None for tender in cldr.tenders(code) if f"currency/{tender.currency}" == former} == {
            False
        }


def test_rule_shares_are_whole_percents_above_none() -> None:
    shares = {answer.removeprefix("share/") for answer in answers("main-language-share").values()}
    assert all(share.endswith("%") and 1 <= int(share[:-1]) <= 100 for share in shares)


def test_rule_a_sole_payer_pays_with_its_only_money_or_one_of_several() -> None:
    assert sole_payers()["JPY"] == "JP"
    assert sole_payers()["PAB"] == "PA"  # beside the dollar
    assert "USD" not in sole_payers()
