"""Feast days and school holidays that people reckon by.

Feasts that move are reckoned from Easter Sunday. School holidays are those of the French Community of Belgium; the
list stands in ``patterns/school_holidays.yml``, with what is known of its sources. It gives the weekdays off, as the
calendar of the Fédération Wallonie-Bruxelles announces them; the weekend that follows belongs to them, until the Monday
on which school begins.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from dateutil.easter import easter

from bot import yaml_files
from bot.nlu.dates.intervals import Interval, days_from
from bot.nlu.spans import words_of

_HOLIDAYS = Path(__file__).parent.parent / "patterns" / "school_holidays.yml"


def _moving(after_easter: int, count: int = 1) -> Callable[[int], Interval]:
    return lambda year: days_from(easter(year) + timedelta(days=after_easter), count)


def _fixed(month: int, of_month: int, count: int = 1) -> Callable[[int], Interval]:
    return lambda year: days_from(date(year, month, of_month), count)


#: First day and length of each feast in a year.
_DAYS: dict[str, Callable[[int], Interval]] = {
    "easter": _moving(0, 2),
    "easter_sunday": _moving(0),
    "easter_monday": _moving(1),
    "easter_weekend": _moving(-1, 3),
    "good_friday": _moving(-2),
    "ascension": _moving(39),
    "ascension_weekend": _moving(39, 4),
    "pentecost": _moving(49, 2),
    "whit_sunday": _moving(49),
    "whit_monday": _moving(50),
    "pentecost_weekend": _moving(48, 3),
    "carnival": _moving(-47),
    "christmas": _fixed(12, 25),
    "christmas_eve": _fixed(12, 24),
    "boxing_day": _fixed(12, 26),
    "end_of_year": _fixed(12, 24, 9),
    "new_year": _fixed(1, 1),
    "new_years_eve": _fixed(12, 31),
    "valentine": _fixed(2, 14),
    "labour_day": _fixed(5, 1),
    "national_day": _fixed(7, 21),
    "assumption": _fixed(8, 15),
    "community_day": _fixed(9, 27),
    "halloween": _fixed(10, 31),
    "all_saints": _fixed(11, 1),
    "armistice": _fixed(11, 11),
    "saint_nicholas": _fixed(12, 6),
}

_WEEKEND = r"(?:week-? ?end|pont)"
#: How each is said, and the words of which one is always there.
FEASTS: dict[str, tuple[str, frozenset[str]]] = {
    name: (said, words_of(needs))
    for name, (said, needs) in {
        "easter": (r"paques|(?:l')?easter(?: time)?", "paques easter"),
        "easter_sunday": (r"(?:le )?dimanche de paques|easter (?:sunday|day)", "paques easter"),
        "easter_monday": (r"(?:le )?lundi de paques|easter monday|monday of easter", "paques easter"),
        "easter_weekend": (rf"(?:le )?{_WEEKEND} (?:de paques|pascal|of easter)|(?:the )?easter week-? ?end",
                           "paques easter pascal"),
        "good_friday": (r"(?:le )?vendredi saint|good friday", "saint good"),
        "ascension": (r"(?:le )?(?:jeudi de )?(?:l')?ascension(?: day| thursday)?", "ascension"),
        "ascension_weekend": (rf"(?:le )?{_WEEKEND} de l'ascension|(?:the )?ascension week-? ?end", "ascension"),
        "pentecost": (r"(?:la )?pentecote|pentecost|whitsun(?:tide)?", "pentecote pentecost whitsun whitsuntide"),
        "whit_sunday": (r"(?:le )?dimanche de (?:la )?pentecote|(?:whit|pentecost) sunday",
                        "pentecote pentecost whit"),
        "whit_monday": (r"(?:le )?lundi de (?:la )?pentecote|(?:whit|pentecost) monday", "pentecote pentecost whit"),
        "pentecost_weekend": (rf"(?:le )?{_WEEKEND} de (?:la )?pentecote|(?:the )?(?:whitsun|pentecost|whit) "
                              r"week-? ?end", "pentecote pentecost whitsun whit"),
        "carnival": (r"(?:le )?(?:carnaval|carnival)|(?:le )?mardi gras|(?:shrove|pancake) tuesday",
                     "carnaval carnival gras shrove pancake"),
        "christmas": (r"(?:la )?noel|(?:christmas|xmas|x-mas)(?: day)?", "noel christmas xmas x"),
        "christmas_eve": (r"(?:la )?veille de noel|reveillon de noel|(?:christmas|xmas) eve", "noel christmas xmas"),
        "boxing_day": (r"boxing day|lendemain de noel", "boxing noel"),
        "end_of_year": (r"les (?:deux )?fetes(?: de fin d'annee)?|fetes de fin d'annee|"
                        r"(?:la )?periode (?:des fetes|de noel)|"
                        r"(?:the )?(?:festive|christmas|xmas) (?:season|period|time)",
                        "fetes noel festive christmas"),
        "new_year": (r"(?:le |la )?(?:nouvel(?:le)?[ -]an|jour de l'an|1er de l'an)|"
                     r"(?:the )?new year(?:'?s)?(?: day)?", "nouvel nouvelle an year years"),
        "new_years_eve": (r"(?:la )?(?:saint|st)[ -]sylvestre|(?:la )?veille du nouvel[ -]an|reveillon du nouvel[ -]an|"
                          r"new year'?s? eve", "sylvestre nouvel year years"),
        "valentine": (r"(?:la )?(?:saint|st)[ -]valentin|valentine'?s?(?: day)?", "valentin valentine valentines"),
        "labour_day": (r"(?:la )?fete du travail|labou?r day|may day", "travail labour labor may"),
        "national_day": (r"(?:la )?fete nationale|(?:the )?(?:belgian )?national (?:day|holiday)",
                         "nationale national"),
        "assumption": (r"(?:l')?assomption|assumption(?: day)?", "assomption assumption"),
        "community_day": (r"(?:la )?fete de la (?:communaute|federation|fwb)[a-z -]{0,22}?|french community day",
                          "communaute federation fwb community"),
        "halloween": (r"halloween", "halloween"),
        "all_saints": (r"(?:la )?toussaint|all saints?'?s?(?: day)?", "toussaint saints saint"),
        "armistice": (r"(?:l')?armistice(?: day)?", "armistice"),
        "saint_nicholas": (r"(?:la )?(?:saint|st)[- ]nicolas|(?:saint|st\.?) nich?olas(?:'s?)?(?: day)?",
                           "nicolas nicholas"),
    }.items()
}  # fmt: skip

_OFF = r"(?:les |le |l'|the )?(?:vacances|conges?)(?: scolaires?)?"
_BREAK = r"(?:school )?(?:holidays?|break|vacations?|half[- ]term|hols)"
HOLIDAY_WORDS = {
    "autumn": rf"{_OFF} (?:d'automne|de (?:la )?toussaint)|(?:the )?(?:autumn|fall|all saints'?|october) {_BREAK}",
    "winter": rf"{_OFF} (?:d'hiver|de (?:la )?noel|de fin d'annee)|(?:the )?(?:winter|christmas|xmas) {_BREAK}",
    "carnival": rf"{_OFF} (?:de (?:carnaval|detente))|(?:the )?(?:carnival|carnaval|february) {_BREAK}",
    "spring": rf"{_OFF} (?:de printemps|de paques)|(?:the )?(?:spring|easter) {_BREAK}",
    "summer": rf"{_OFF} (?:d'ete)|(?:les )?grandes vacances|(?:the )?summer {_BREAK}",
    "any": r"(?:les |(?<=des )|(?<=aux ))(?:prochaines )?vacances(?: scolaires)?(?! d)|conges? scolaires?|"
    rf"(?:the )?(?:next )?school {_BREAK}|half[- ]term|(?<=before )the holidays|(?<=after )the holidays",
}
HOLIDAY_NEEDS = words_of("vacances conge conges holiday holidays break vacation vacations half hols")


def feast(name: str, today: date) -> Interval:
    """The next such feast that is not over."""
    return next(
        found
        for year in range(today.year - 1, today.year + 2)
        if (found := _DAYS[name](year)).end and found.end > today
    )


def feast_of_year(name: str, year: int) -> Interval:
    """That feast in a year that was said."""
    found = _DAYS[name](year)
    return Interval(found.start, found.end, fixed=True)


def school_holiday(name: str, today: date) -> Interval | None:
    """The next such school holiday (``any``: whichever comes first) that is not over, as far as the calendar goes."""
    known = _school_holidays()
    some = [one for kind, ones in known.items() if name in (kind, "any") for one in ones if one.end and one.end > today]
    return min(some, key=lambda one: one.start or date.max) if some else None


@lru_cache(maxsize=1)
def _school_holidays() -> dict[str, list[Interval]]:
    read = yaml_files.read(_HOLIDAYS)["holidays"]
    return {
        name: [Interval(first, last + timedelta(days=7 - last.weekday())) for first, last in holidays]
        for name, holidays in read.items()
    }
