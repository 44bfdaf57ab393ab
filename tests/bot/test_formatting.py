"""Money, dates and times as people in Belgium write them."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest

from bot.actions import formatting
from bot.clock import BRUSSELS

NARROW, FIXED = "\u202f", "\u00a0"


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return text.replace(NARROW, " ").replace(FIXED, " ")


def block(day: str, start: str = "09:00", end: str = "17:00", offset: str = "+01:00") -> dict[str, str]:
    return {"start": f"{day}T{start}:00{offset}", "end": f"{day}T{end}:00{offset}"}


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        ("1250.00", f"1{NARROW}250,00{FIXED}€", "€1,250.00"),
        ("0.50", f"0,50{FIXED}€", "€0.50"),
        ("1234567.89", f"1{NARROW}234{NARROW}567,89{FIXED}€", "€1,234,567.89"),
        ("99.999", f"100,00{FIXED}€", "€100.00"),
    ],
)
def test_money(amount: str, french: str, english: str) -> None:
    assert formatting.money(amount, "fr") == french
    assert formatting.money(amount, "en") == english


@pytest.mark.parametrize(("amount", "french", "english"), [("0.00", "gratuit", "free"), ("0", "gratuit", "free")])
def test_what_costs_nothing_is_free(amount: str, french: str, english: str) -> None:
    assert formatting.price(amount, "fr") == french
    assert formatting.price(amount, "en") == english
    assert plain(formatting.price("450.00", "fr")) == "450,00 €"


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [(0.5, "0,5", "0.5"), (2, "2", "2"), ("21.00", "21", "21"), ("6.50", "6,5", "6.5"), (1200, "1 200", "1,200")],
)
def test_numbers(value: Any, french: str, english: str) -> None:
    assert plain(formatting.number(value, "fr")) == french
    assert formatting.number(value, "en") == english


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2027, 1, 12), "mardi 12 janvier", "Tuesday 12 January"),
        (date(2027, 2, 1), "lundi 1er février", "Monday 1 February"),
        (date(2027, 3, 11), "jeudi 11 mars", "Thursday 11 March"),
        (date(2027, 3, 31), "mercredi 31 mars", "Wednesday 31 March"),
    ],
)
def test_days(day: date, french: str, english: str) -> None:
    assert plain(formatting.day(day, "fr")) == french
    assert plain(formatting.day(day, "en")).replace(",", "") == english


@pytest.mark.parametrize(
    ("iso", "french", "english"),
    [
        ("2026-11-20", "20 novembre 2026", "20 November 2026"),
        ("2026-12-01", "1er décembre 2026", "1 December 2026"),
        ("2026-12-11", "11 décembre 2026", "11 December 2026"),
    ],
)
def test_days_of_the_calendar(iso: str, french: str, english: str) -> None:
    assert formatting.calendar_day(iso, "fr") == french
    assert formatting.calendar_day(iso, "en") == english


@pytest.mark.parametrize(
    ("iso", "french", "english"),
    [
        ("2027-01-12T09:00:00+01:00", f"9{NARROW}h", "9:00"),
        ("2027-01-12T13:30:00+01:00", f"13{NARROW}h{NARROW}30", "13:30"),
        ("2027-01-12T09:05:00+01:00", f"9{NARROW}h{NARROW}05", "9:05"),
        ("2027-07-12T07:00:00Z", f"9{NARROW}h", "9:00"),  # summer time in Brussels
        ("2027-01-12T00:00:00+01:00", f"0{NARROW}h", "0:00"),
    ],
)
def test_hours_are_those_of_brussels(iso: str, french: str, english: str) -> None:
    assert formatting.hour(formatting.moment(iso), "fr") == french
    assert formatting.hour(formatting.moment(iso), "en") == english


def test_a_moment_is_aware_and_in_brussels() -> None:
    moment = formatting.moment("2027-07-12T07:00:00Z")
    assert moment == datetime(2027, 7, 12, 7, tzinfo=timezone.utc)
    assert moment.tzinfo is BRUSSELS


@pytest.mark.parametrize(
    ("meetings", "french", "english"),
    [
        ([block("2027-01-12")], "le mardi 12 janvier de 9 h à 17 h", "Tuesday 12 January, 9:00–17:00"),
        (
            [block("2027-01-12"), block("2027-01-13"), block("2027-01-14")],
            "du mardi 12 au jeudi 14 janvier, de 9 h à 17 h",
            "Tuesday 12 to Thursday 14 January, 9:00–17:00",
        ),
        (
            [block("2027-01-29"), block("2027-01-30"), block("2027-01-31"), block("2027-02-01")],
            "du vendredi 29 janvier au lundi 1er février, de 9 h à 17 h",
            "Friday 29 January to Monday 1 February, 9:00–17:00",
        ),
        (
            [block("2027-01-12", "18:00", "21:00"), block("2027-01-19", "18:00", "21:00")],
            "en 2 séances du mardi 12 au mardi 19 janvier, de 18 h à 21 h",
            "2 meetings between Tuesday 12 and Tuesday 19 January, 18:00–21:00",
        ),
        (
            [block("2027-06-01", offset="+02:00"), block("2027-06-02", offset="+02:00")],
            "du mardi 1er au mercredi 2 juin, de 9 h à 17 h",
            "Tuesday 1 to Wednesday 2 June, 9:00–17:00",
        ),
    ],
)
def test_the_blocks_of_a_session(meetings: list[dict[str, str]], french: str, english: str) -> None:
    assert plain(formatting.when(meetings, "fr")) == french
    assert plain(formatting.when(meetings, "en")).replace("day, ", "day ") == english


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_hours_that_differ_from_block_to_block_are_not_told_as_one(lang: str) -> None:
    """Two days of which the second ends at noon do not both last until five."""
    mixed = [block("2027-01-12", "09:00", "17:00"), block("2027-01-13", "09:00", "12:30")]
    words = plain(formatting.when(mixed, lang))
    assert "12" in words
    assert "13" in words
    assert words != plain(formatting.when([mixed[0], block("2027-01-13")], lang))
    twice = [block("2027-01-12", "09:00", "12:00"), block("2027-01-12", "13:00", "17:00")]
    assert {"fr": "17 h", "en": "17:00"}[lang] in plain(formatting.when(twice, lang))


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [(0, "0 place", "0 seats"), (1, "1 place", "1 seat"), (2, "2 places", "2 seats"), (1.5, "1,5 place", "1.5 seats")],
)
def test_plurals_differ_by_language(count: float, french: str, english: str) -> None:
    assert plain(formatting.plural("utter_part_seats", count, "fr")) == french
    assert plain(formatting.plural("utter_part_seats", count, "en")) == english


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0.5, "une demi-journée", "half a day"),
        (1, "1 jour", "1 day"),
        (1.0, "1 jour", "1 day"),
        (2, "2 jours", "2 days"),
        (2.5, "2,5 jours", "2.5 days"),
    ],
)
def test_lengths(value: float, french: str, english: str) -> None:
    assert plain(formatting.days(value, "fr")) == french
    assert plain(formatting.days(value, "en")) == english


@pytest.mark.parametrize(
    ("parts", "french", "english"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a et b", "a and b"),
        (["a", "b", "c"], "a, b et c", "a, b and c"),
    ],
)
def test_enumerations(parts: list[str], french: str, english: str) -> None:
    assert formatting.joined(parts, "fr") == french
    assert formatting.joined(parts, "en") == english


def test_languages_have_names() -> None:
    assert formatting.language_name("en", "fr") == "en anglais"
    assert formatting.language_name("fr", "en") == "in French"
    assert formatting.language_name("pl", "fr") == "pl"
