"""Months, weeks, quarters, seasons and years: "en mars", "Q2", "au printemps", "la semaine 12", "2027"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.nlu.dates.intervals import Interval, coming_months, days_from, months, part_of, week, year
from bot.nlu.dates.rules import DIGIT, Meaning, Rule, rule
from bot.nlu.dates.words import (
    MONTH,
    MONTHS,
    ORDINAL,
    ORDINALS,
    SEASON_WORDS,
    SEASONS,
    THINGS,
    UNIT_WORDS,
    YEAR,
    month_number,
    unit,
)
from bot.nlu.spans import words_of


def this(name: str, today: date, ahead: int = 0) -> Interval:
    """The week, month, quarter, half or year (or the day) that the day lies in, or so many of them later."""
    if name == "day":
        return days_from(today + timedelta(days=ahead), 1)
    if name == "week":
        return week(today + timedelta(weeks=ahead))
    if name == "fortnight":
        return week(today + timedelta(weeks=2 * ahead))
    if name == "month":
        return months(today.year, today.month + ahead)
    if name == "quarter":
        return months(today.year, 3 * ((today.month - 1) // 3 + ahead) + 1, 3)
    if name == "half":
        return months(today.year, 6 * ((today.month - 1) // 6 + ahead) + 1, 6)
    return year(today.year + ahead)


def _said_year(match: re.Match[str], today: date) -> int | None:
    if match["y"]:
        return 2000 + int(match["y"]) % 100
    return today.year + 1 if match["next"] else None


def _coming(match: re.Match[str], today: date, first: int, count: int) -> Interval:
    """The stretch of months that is not over; with "next" the one after that which has begun."""
    found = coming_months(today, first, count)
    if found.start is not None and found.start <= today and _NEXT_ONE.search(match.group()):
        return months(found.start.year + 1, found.start.month, count)
    return found


def _month(match: re.Match[str], today: date) -> Interval:
    month, said = month_number(match["m"]), _said_year(match, today)
    return months(said, month, fixed=True) if said else _coming(match, today, month, 1)


def _share_of_year(length: int) -> Meaning:
    """The n-th quarter or half of a year, by its length in months."""

    def meaning(match: re.Match[str], today: date) -> Interval | None:
        position = int(match["o"]) if match["o"].isdigit() else ORDINALS[match["o"]]
        position = 12 // length if position < 0 else position
        if position > 12 // length:
            return None
        first, said = length * (position - 1) + 1, _said_year(match, today)
        return months(said, first, length, fixed=True) if said else _coming(match, today, first, length)

    return meaning


def _season(first: int) -> Meaning:
    def meaning(match: re.Match[str], today: date) -> Interval:
        said = _said_year(match, today)
        return months(said, first, 3, fixed=True) if said else _coming(match, today, first, 3)

    return meaning


def _numbered_week(match: re.Match[str], today: date) -> Interval | None:
    """ISO weeks; of a range ("semaines 10 à 12") the first to the last."""
    number, upto = int(match["n"]), int(match["upto"] or match["n"])
    for at in [int(match["y"])] if match["y"] else [today.year, today.year + 1]:
        try:
            start, last = date.fromisocalendar(at, number, 1), date.fromisocalendar(at, upto, 1)
        except ValueError:
            continue
        if start <= last and (match["y"] or last + timedelta(days=7) > today):
            return Interval(start, last + timedelta(days=7), bool(match["y"]))
    return None


def _year(match: re.Match[str], today: date) -> Interval | None:
    return year(int(match["y"])) if abs(int(match["y"]) - today.year) <= 5 else None


def _unit(ahead: int) -> Meaning:
    return lambda match, today: this(unit(match["u"]), today, ahead)


def _end_of_unit(match: re.Match[str], today: date) -> Interval:
    return part_of(this(unit(match["u"]), today), "end")


_NEXT_ONE = re.compile(r"\bnext\b|\bprochain")
_NEXT = r"(?P<next>,? (?:de )?l'(?:an|annee) prochaine?|,? (?:of )?next year)?"
_YEAR = rf"(?:(?:,? (?:de |of |en |in )?(?:l'annee )?'?|-|/)(?P<y>{YEAR}|(?<=')[2-4]\d))?{_NEXT}"
_A_MONTH = rf"(?:mois de |mois d'|month of )?(?P<m>{MONTH}){_YEAR}"
_UNIT = r"(?P<u>semaine|mois|trimestre|semestre|annee|an|week|month|quarter|year)"
_UNIT_OR_AN = _UNIT.replace("|an|", "|(?<=l')an|")
_WEEK = r"(?:semaines?|sem|weeks?|w)\.?(?: ?(?:numeros?|numbers?|n°|nr\.?|no\.?))?"
_UPTO = (
    rf"(?: ?(?:-|/|a|au|et|ou|to|and|or|through|until) ?(?:la )?(?:semaine |week |s|w)?(?P<upto>[1-5]?\d)(?!{THINGS}))?"
)
_OF_YEAR = rf"(?:,? (?:de |of |en |in )?(?P<y>{YEAR}))?"
_LA = r"(?:la |le |l'|ce |cette |the )?"
_HALF = r"(?:semestre|semester|half[- ]year)"

#: A year by its number alone: beside another expression it may be said in passing ("our 2026 money").
BARE_YEAR = rule(rf"(?P<y>{YEAR})(?! ?(?:€|euros?|eur\b|places|personnes|people|seats))", _year, {DIGIT})

#: "Year-end", "month end".
UNIT_END = rule(r"(?:the )?(?P<u>year|month|quarter)[ -]end", _end_of_unit, words_of("year month quarter"))

RULES: list[Rule] = [
    rule(rf"(?:(?:the )?(?:next|this|coming|following) )?{_A_MONTH}(?: prochain| qui vient)?", _month, MONTHS),
    rule(
        rf"(?:l[ae]s? |the )?{_WEEK} ?(?P<n>[0-5]?\d){_UPTO}(?! ?(?:fois|times|x|days?|jours?)\b)(?!/){_OF_YEAR}",
        _numbered_week,
        words_of("semaine semaines sem week weeks w"),
    ),
    rule(rf"(?:(?:la|les|en|from|avant la|apres la) )?s(?P<n>[1-5]\d){_UPTO}{_OF_YEAR}", _numbered_week, {"s"}),
    rule(rf"la s(?P<n>0?[1-9]| [1-5]\d){_UPTO}(?![-/]\d){_OF_YEAR}", _numbered_week, {"s"}),
    rule(rf"(?P<y>{YEAR})-?w(?P<n>[0-5]\d)(?P<upto>)", _numbered_week, {"w"}),
    rule(
        rf"{_LA}(?P<o>{ORDINAL}) (?:trimestre|trim\.?|quarter){_YEAR}",
        _share_of_year(3),
        words_of("trimestre trim quarter"),
    ),
    rule(rf"{_LA}(?:[tq]|trim\.?|quarter|trimestre) ?(?P<o>[1-4]){_YEAR}", _share_of_year(3), {DIGIT}),
    rule(rf"{_LA}(?P<o>{ORDINAL}) {_HALF}{_YEAR}", _share_of_year(6), words_of("semestre semester half")),
    rule(rf"{_LA}(?P<o>{ORDINAL}) half,? (?P<y>{YEAR})(?P<next>)", _share_of_year(6), {"half"}),
    rule(
        rf"(?:(?:au|le|du|in|for|during|by|of|from|until|till|before|after|avant|en|debut|fin) )[sh](?P<o>[12]){_YEAR}",
        _share_of_year(6),
        {"s", "h"},
    ),
    rule(rf"{_LA}[sh](?P<o>[12]),? ?(?P<y>{YEAR})(?P<next>)", _share_of_year(6), {"s", "h"}),
    *[
        rule(rf"(?:{words})(?: prochaine?| qui vient)?{_YEAR}", _season(first), SEASON_WORDS[first])
        for first, words in SEASONS.items()
    ],
    rule(rf"(?:cette |ce |cet |this |the current |la |le )?{_UNIT}(?:[- ]ci| en cours)", _unit(0), UNIT_WORDS),
    rule(rf"(?:cette |ce |cet |this |the current ){_UNIT}", _unit(0), UNIT_WORDS),
    rule(rf"{_LA}{_UNIT} (?:prochaine?|suivante?|pro|proch|qui vient|qui arrive|a venir)", _unit(1), UNIT_WORDS),
    rule(rf"{_LA}prochaine? {_UNIT}", _unit(1), UNIT_WORDS),
    rule(rf"(?:the )?(?:next|coming|following|upcoming) {_UNIT}", _unit(1), UNIT_WORDS),
    rule(
        rf"(?:la |le |l'|the )?{_UNIT} (?:after|apres|d'apres) (?:next(?: week| month| quarter| year)?|"
        r"(?:la |celle )?(?:semaine )?prochaine|le (?:mois |trimestre )?prochain|l'an(?:nee)? prochaine?)",
        _unit(2),
        UNIT_WORDS,
    ),
    rule(rf"{_LA}{_UNIT} (?:derniere?|passee?)", _unit(-1), UNIT_WORDS),
    rule(rf"(?:last|past) {_UNIT}(?! of)", _unit(-1), UNIT_WORDS),
    rule(rf"(?:la |le |the )?{_UNIT_OR_AN}", _unit(0), UNIT_WORDS, headed=True),
    rule(rf"(?:en|in) (?P<m>{MONTH}) (?P<y>2[4-9]|3\d)(?P<next>)(?!{THINGS})", _month, MONTHS),
    rule(rf"(?<![/\d])(?P<m>0?[1-9]|1[0-2])[/.-](?P<y>{YEAR})(?P<next>)", _month, {DIGIT}),
    rule(rf"(?P<y>{YEAR})[/-](?P<m>0[1-9]|1[0-2])(?P<next>)(?![/-]\d)", _month, {DIGIT}),
    UNIT_END,
    rule(
        r"(?:(?:in|at|for|during) |(?<=\bof ))the new year(?!'?s)|(?:a |dans )?la nouvelle annee",
        lambda match, today: year(today.year + 1),
        words_of("year annee"),
    ),
    rule(
        r"(?:a )?la rentree|back[- ]to[- ]school",
        lambda match, today: coming_months(today, 9),
        words_of("rentree back"),
    ),
    BARE_YEAR,
]
