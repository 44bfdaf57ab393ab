"""Periods in both languages, counted from a Tuesday in November."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.clock import BRUSSELS
from bot.nlu.component import Before
from bot.nlu.dates.feasts import school_holiday
from bot.nlu.dates.relations import periods
from bot.nlu.periods import PeriodExtractor

TODAY = date(2026, 11, 24)

FRENCH = [
    ("une formation pour débutant en janvier", "2027-01-01/2027-02-01"),
    ("le vendredi 29 janvier, on peut mettre celle-là ?", "2027-01-29/2027-01-30"),
    ("en mars", "2027-03-01/2027-04-01"),
    ("mi-mars", "2027-03-11/2027-03-21"),
    ("mi mars 2027", "2027-03-11/2027-03-21"),
    ("début avril", "2027-04-01/2027-04-11"),
    ("fin janvier", "2027-01-21/2027-02-01"),
    ("la semaine prochaine", "2026-11-30/2026-12-07"),
    ("cette semaine", "2026-11-23/2026-11-30"),
    ("avant Pâques", "../2027-03-28"),
    ("après Noël", "2026-12-26/.."),
    ("au printemps", "2027-03-01/2027-06-01"),
    ("cet été", "2027-06-01/2027-09-01"),
    ("cet hiver", "2026-12-01/2027-03-01"),
    ("l'automne prochain", "2027-09-01/2027-12-01"),
    ("au premier trimestre", "2027-01-01/2027-04-01"),
    ("T2 2027", "2027-04-01/2027-07-01"),
    ("deuxième semestre 2027", "2027-07-01/2028-01-01"),
    ("entre le 3 et le 17 février", "2027-02-03/2027-02-18"),
    ("du 3 au 17 février", "2027-02-03/2027-02-18"),
    ("du 30 janvier au 2 février", "2027-01-30/2027-02-03"),
    ("les 12 et 13 janvier", "2027-01-12/2027-01-14"),
    ("après le 15", "2026-12-16/.."),
    ("à partir du 15 janvier", "2027-01-15/.."),
    ("dès mars", "2027-03-01/.."),
    ("avant juin", "../2027-06-01"),
    ("jusqu'en juin", "../2027-07-01"),
    ("d'ici fin mars", "../2027-04-01"),
    ("avant la fin de l'année", "../2027-01-01"),
    ("le 12 janvier", "2027-01-12/2027-01-13"),
    ("le 12/01", "2027-01-12/2027-01-13"),
    ("12.01.2027", "2027-01-12/2027-01-13"),
    ("le 1er mars", "2027-03-01/2027-03-02"),
    ("mardi prochain", "2026-12-01/2026-12-02"),
    ("ce vendredi", "2026-11-27/2026-11-28"),
    ("lundi en huit", "2026-12-07/2026-12-08"),
    ("le week-end prochain", "2026-12-05/2026-12-07"),
    ("demain", "2026-11-25/2026-11-26"),
    ("après-demain", "2026-11-26/2026-11-27"),
    ("dans deux semaines", "2026-12-07/2026-12-14"),
    ("dans quinze jours", "2026-12-07/2026-12-14"),
    ("dans trois mois", "2027-02-01/2027-03-01"),
    ("d'ici un mois", "2026-11-24/2026-12-24"),
    ("les trois prochains mois", "2026-11-24/2027-02-24"),
    ("endéans les 6 semaines", "2026-11-24/2027-01-05"),
    ("pendant les vacances de Carnaval", "2027-02-22/2027-03-08"),
    ("après les vacances de Pâques", "2027-05-10/.."),
    ("pendant les vacances d'été", "2027-07-03/2027-08-30"),
    ("ce mois-ci", "2026-11-01/2026-12-01"),
    ("le mois prochain", "2026-12-01/2027-01-01"),
    ("l'année prochaine", "2027-01-01/2028-01-01"),
    ("en 2027", "2027-01-01/2028-01-01"),
    ("début 2027", "2027-01-01/2027-04-01"),
    ("à la fin du mois", "2026-11-21/2026-12-01"),
    ("de mars à mai", "2027-03-01/2027-06-01"),
    ("mars ou avril", "2027-03-01/2027-05-01"),
    ("fin mars ou début avril", "2027-03-21/2027-04-11"),
    ("la première semaine de mars", "2027-03-01/2027-03-08"),
    ("la première quinzaine de mars", "2027-03-01/2027-03-16"),
    ("la semaine du 12 janvier", "2027-01-11/2027-01-18"),
    ("semaine 12", "2027-03-22/2027-03-29"),
    ("pas avant mars", "2027-03-01/.."),
    ("le 15 mars au plus tard", "../2027-03-16"),
    ("entre Noël et Nouvel An", "2026-12-25/2027-01-02"),
    ("à la rentrée", "2027-09-01/2027-10-01"),
    ("courant février", "2027-02-01/2027-03-01"),
    ("début de la semaine prochaine", "2026-11-30/2026-12-02"),
    ("en setpembre", "2027-09-01/2027-10-01"),
    ("janvier 2028", "2028-01-01/2028-02-01"),
    ("le reste du mois", "2026-11-24/2026-12-01"),
]
ENGLISH = [
    ("in March", "2027-03-01/2027-04-01"),
    ("mid-March", "2027-03-11/2027-03-21"),
    ("early April", "2027-04-01/2027-04-11"),
    ("late January", "2027-01-21/2027-02-01"),
    ("the end of February", "2027-02-21/2027-03-01"),
    ("next week", "2026-11-30/2026-12-07"),
    ("this week", "2026-11-23/2026-11-30"),
    ("before Easter", "../2027-03-28"),
    ("after Christmas", "2026-12-26/.."),
    ("in the spring", "2027-03-01/2027-06-01"),
    ("this summer", "2027-06-01/2027-09-01"),
    ("next winter", "2026-12-01/2027-03-01"),
    ("in autumn", "2026-09-01/2026-12-01"),
    ("in the first quarter", "2027-01-01/2027-04-01"),
    ("Q2", "2027-04-01/2027-07-01"),
    ("Q3 2027", "2027-07-01/2027-10-01"),
    ("the second half of 2027", "2027-07-01/2028-01-01"),
    ("between 3 and 17 February", "2027-02-03/2027-02-18"),
    ("from 3 to 17 February", "2027-02-03/2027-02-18"),
    ("3-17 Feb", "2027-02-03/2027-02-18"),
    ("February 3-17", "2027-02-03/2027-02-18"),
    ("from 30 January to 2 February", "2027-01-30/2027-02-03"),
    ("12 and 13 January", "2027-01-12/2027-01-14"),
    ("after the 15th", "2026-12-16/.."),
    ("from 15 January", "2027-01-15/.."),
    ("from March onwards", "2027-03-01/.."),
    ("before June", "../2027-06-01"),
    ("until June", "../2027-07-01"),
    ("by the end of March", "../2027-04-01"),
    ("before the end of the year", "../2027-01-01"),
    ("on 12 January", "2027-01-12/2027-01-13"),
    ("January 12th", "2027-01-12/2027-01-13"),
    ("12/01", "2027-01-12/2027-01-13"),
    ("12 January 2027", "2027-01-12/2027-01-13"),
    ("on the 3rd of March", "2027-03-03/2027-03-04"),
    ("next Tuesday", "2026-12-01/2026-12-02"),
    ("this Friday", "2026-11-27/2026-11-28"),
    ("on Monday", "2026-11-30/2026-12-01"),
    ("Tuesday week", "2026-12-08/2026-12-09"),
    ("next weekend", "2026-12-05/2026-12-07"),
    ("tomorrow", "2026-11-25/2026-11-26"),
    ("the day after tomorrow", "2026-11-26/2026-11-27"),
    ("in two weeks", "2026-12-07/2026-12-14"),
    ("in 3 days", "2026-11-27/2026-11-28"),
    ("in two months", "2027-01-01/2027-02-01"),
    ("within a month", "2026-11-24/2026-12-24"),
    ("in the next six weeks", "2026-11-24/2027-01-05"),
    ("over the coming months", "2026-11-24/2027-02-24"),
    ("during the Easter holidays", "2027-04-26/2027-05-10"),
    ("after the summer holidays", "2027-08-30/.."),
    ("this month", "2026-11-01/2026-12-01"),
    ("next month", "2026-12-01/2027-01-01"),
    ("next year", "2027-01-01/2028-01-01"),
    ("in 2027", "2027-01-01/2028-01-01"),
    ("early 2027", "2027-01-01/2027-04-01"),
    ("in the new year", "2027-01-01/2028-01-01"),
    ("between March and May", "2027-03-01/2027-06-01"),
    ("March to May", "2027-03-01/2027-06-01"),
    ("March or April", "2027-03-01/2027-05-01"),
    ("the first week of March", "2027-03-01/2027-03-08"),
    ("the first half of March", "2027-03-01/2027-03-16"),
    ("the week of 12 January", "2027-01-11/2027-01-18"),
    ("week 12", "2027-03-22/2027-03-29"),
    ("not before March", "2027-03-01/.."),
    ("15 March at the latest", "../2027-03-16"),
    ("by Friday", "../2026-11-28"),
    ("the week after next", "2026-12-07/2026-12-14"),
    ("Christmas break", "2026-12-21/2027-01-04"),
    ("sometime in Febuary", "2027-02-01/2027-03-01"),
    ("in May", "2027-05-01/2027-06-01"),
    ("the rest of the year", "2026-11-24/2027-01-01"),
]
NO_PERIOD = [
    "3 places",
    "Annexe 1",
    "ISO 9001",
    "21 CFR 11",
    "GAMP 5",
    "it may be full",
    "may I come",
    "can I march in",
    "j'ai été inscrit",
    "sept places",
    "le 3",
    "the 2nd one",
    "24/7",
    "1/2 journée",
    "du lundi au vendredi",
    "le mardi",
    "tous les vendredis",
    "on Fridays",
    "0470 12 34 56",
    "une formation de 3 jours",
    "12 personnes",
    "2027 euros",
]


@pytest.mark.parametrize(("text", "expected"), [*FRENCH, *ENGLISH])
def test_one_period(text: str, expected: str) -> None:
    assert [str(one.interval) for one in periods(text, TODAY)] == [expected]


@pytest.mark.parametrize("text", NO_PERIOD)
def test_no_period(text: str) -> None:
    assert periods(text, TODAY) == []


def test_two_periods_that_do_not_touch_stay_two() -> None:
    found = periods("en mars ou en juin", TODAY)
    assert [str(one.interval) for one in found] == ["2027-03-01/2027-04-01", "2027-06-01/2027-07-01"]


def test_a_period_stands_where_it_was_said() -> None:
    text = "Une formation GMP entre le 3 et le 17 février, svp"
    (found,) = periods(text, TODAY)
    assert text[found.start : found.end] == "entre le 3 et le 17 février"


def test_a_mended_slip_keeps_the_place_in_the_original() -> None:
    text = "plutôt en septembree merci"
    (found,) = periods(text, TODAY)
    assert text[found.start : found.end] == "septembree"


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("en novembre", date(2026, 11, 30), "2026-11-01/2026-12-01"),
        ("en novembre", date(2026, 12, 1), "2027-11-01/2027-12-01"),
        ("le 24 novembre", date(2026, 11, 24), "2026-11-24/2026-11-25"),
        ("le 24 novembre", date(2026, 11, 25), "2027-11-24/2027-11-25"),
        ("le 29 février", date(2026, 11, 25), "2028-02-29/2028-03-01"),
        ("du 28 décembre au 3 janvier", date(2026, 12, 1), "2026-12-28/2027-01-04"),
        ("de décembre à mars 2027", date(2026, 11, 24), "2026-12-01/2027-04-01"),
        ("this winter", date(2027, 1, 15), "2026-12-01/2027-03-01"),
        ("l'hiver prochain", date(2027, 1, 15), "2027-12-01/2028-03-01"),
        ("mardi prochain", date(2026, 11, 23), "2026-11-24/2026-11-25"),
        ("le trimestre prochain", date(2026, 11, 24), "2027-01-01/2027-04-01"),
    ],
)
def test_looks_forward(text: str, today: date, expected: str) -> None:
    assert [str(one.interval) for one in periods(text, today)] == [expected]


def test_the_school_calendar_ends_in_silence() -> None:
    assert school_holiday("spring", date(2030, 1, 1)) is None
    assert periods("pendant les vacances de printemps", date(2030, 1, 1)) == []


def test_what_is_read_already_is_no_date() -> None:
    extractor = PeriodExtractor({})
    extractor.clock = lambda: datetime(2026, 11, 24, 10, tzinfo=BRUSSELS)
    phone = {"entity": "phone", "value": "+3271121126", "start": 0, "end": 12}
    assert extractor.extract("071/12 11 26", Before([phone])) == []
    (found,) = extractor.extract("en mars", Before())
    assert (found.entity, found.value, found.start, found.end) == ("period", "2027-03-01/2027-04-01", 3, 7)


@pytest.mark.parametrize("text", ["le 31 février 2027", "on 30 February", "le 31/04"])
def test_a_day_that_does_not_exist_is_no_period(text: str) -> None:
    assert periods(text, TODAY) == []


def test_a_limit_of_the_price_after_a_month_is_none_of_the_month() -> None:
    (found,) = periods("en mars, max 800", TODAY)
    assert str(found.interval) == "2027-03-01/2027-04-01"
    (found,) = periods("en mars maximum", TODAY)
    assert str(found.interval) == "../2027-04-01"
