"""Dates and days of the month: "le 12 janvier", "12/01", "3-17 February", "le 15"."""

from __future__ import annotations

import re
from datetime import date

from dateutil.relativedelta import relativedelta

from bot.nlu.dates.intervals import Interval, coming_day, day
from bot.nlu.dates.rules import DIGIT, Rule, rule
from bot.nlu.dates.words import DAY_WORD, DAYS, MONTH, MONTHS, THINGS, WEEKDAY, WEEKDAYS, YEAR, day_number, month_number


def _safe(year: int, month: int, of_month: int, fixed: bool = True) -> Interval | None:
    try:
        return day(date(year, month, of_month), fixed)
    except ValueError:
        return None


def _date(match: re.Match[str], today: date) -> Interval | None:
    month, of_month = month_number(match["m"]), day_number(match["d"])
    if not (1 <= month <= 12 and 1 <= of_month <= 31):
        return None
    if "y" in match.re.groupindex and match["y"]:
        return _safe(2000 + int(match["y"]) % 100, month, of_month)
    return coming_day(today, month, of_month)


def _span(match: re.Match[str], today: date) -> Interval | None:
    """ "du 3 au 17 février": in the year in which its last day is still to come."""
    month, said = month_number(match["m"]), match["y"] if "y" in match.re.groupindex else None
    last = _safe(int(said), month, int(match["e"])) if said else coming_day(today, month, int(match["e"]))
    if last is None or last.start is None:
        return None
    first = _safe(last.start.year, month, day_number(match["d"]))
    fixed = said is not None
    return Interval(first.start, last.end, fixed) if first and first.start and first.start < last.start else None


def _alone(said: str, today: date) -> Interval | None:
    """ "le 15": of this month, or of the next that has one."""
    first = today.replace(day=1)
    for ahead in range(3):
        month = first + relativedelta(months=ahead)
        found = _safe(month.year, month.month, int(said), fixed=False)
        if found and found.start and found.start >= today:
            return found
    return None


def _day_alone(match: re.Match[str], today: date) -> Interval | None:
    return _alone(match["d"], today)


def _span_alone(match: re.Match[str], today: date) -> Interval | None:
    last = _alone(match["e"], today)
    if last is None or last.start is None:
        return None
    first = _safe(last.start.year, last.start.month, int(match["d"]))
    return Interval(first.start, last.end) if first and first.start and first.start < last.start else None


#: A day of the week before a date, in short forms that mean something else elsewhere.
_WEEKDAY = rf"(?:{WEEKDAY}|(?:lun|mar|mer|jeu|ven|sam|dim|mon|sat|sun)\b\.?)"
_LE = r"(?:le |on the |on |the )?"
_ON = rf"(?:(?:{_LE}{_WEEKDAY}),? )?{_LE}"
_TH = r"(?: ?(?:er|e|st|nd|rd|th)(?![a-z]))?"
_NUMBER = rf"[0-3]?\d{_TH}(?!\d)"
_D = rf"(?:(?P<d>[0-3]?\d){_TH})"
_E = rf"(?P<e>[0-3]?\d){_TH}"
_FROM = r"(?:(?:du|de|entre|from|between|les) )?(?:le |the )?"
_TO = r"(?:\s?[-/]\s?| (?:a|au|aux|to|until|till|through|thru|jusqu'au) (?:le |the )?)"
_OF = r"(?: of (?:the month of )?| de | d'| du mois de | du mois d'|[ -])"
_YEAR = rf"(?:,? (?:of |de |en )?(?P<y>{YEAR}))?"
_NO_THINGS = rf"(?!\d|[.,:]\d|%)(?!{THINGS})"
_NO_MONTH = rf"(?!{_OF}{MONTH})"
#: "The 12th may be full": there "may" is a verb.
_NO_VERB = r"(?:(?<!\bmay)|(?! (?:be|have|not|also|need|want)\b))"
_MONTH = rf"(?P<m>{MONTH}){_NO_VERB}"
#: Further days up to the month that they share: "le 12, le 13 et le 14 janvier".
_SHARED = rf"(?:,? ?(?:et|and|ou|or|puis|&|/|,) ?{_ON}{_NUMBER})+{_OF}{_MONTH}{_YEAR}"
_NUMERIC = r"(?P<m>0?[1-9]|1[0-2])(?!/)"
#: What makes "15.03" a day and no price.
_DOTTED = rf"(?:(?:le|du|au|les|on|the|from|until|till|by|before|after|avant|apres|{_WEEKDAY}) (?:le |the )?|^)"

#: Days without their month.
DAYS_ALONE: list[Rule] = [
    rule(
        rf"(?:le |(?<=\bdu )|the |on the )(?P<d>1[1-9]|2\d|3[01]){_TH}(?!/){_NO_THINGS}"
        r"(?! (?:course|cours|formation|option|one|premier))",
        _day_alone,
        {DIGIT},
    ),
    rule(rf"(?:le |on )?{WEEKDAY},? (?:le |the )?(?P<d>[0-3]?\d){_TH}(?!/){_NO_THINGS}", _day_alone, WEEKDAYS),
    rule(rf"on the (?P<d>[0-3]?\d){_TH}(?!/){_NO_THINGS}", _day_alone, {DIGIT}),
    rule(
        rf"(?:(?<=\ble )|(?<=\bdu )|(?<=\bau )|(?<=\bthe ))(?P<d>[0-3]?\d){_TH}(?!/){_NO_THINGS}",
        _day_alone,
        {DIGIT},
        weak=True,
    ),
]

RULES: list[Rule] = [
    rule(rf"{_ON}(?P<y>{YEAR})[-/](?P<m>\d\d)[-/](?P<d>\d\d)", _date, {DIGIT}),
    rule(rf"{_ON}(?P<d>\d{{1,2}})(?P<s>[/.-])(?P<m>\d{{1,2}})(?P=s)(?P<y>(?:20)?\d\d)", _date, {DIGIT}),
    rule(rf"{_ON}(?!24/7|7/7|1/2 (?:j|d)|9/10)(?P<d>[0-3]?\d)/{_NUMERIC}{_NO_THINGS}", _date, {DIGIT}),
    rule(rf"{_DOTTED}(?P<d>[0-3]?\d)\.(?P<m>0[1-9]|1[0-2])(?![./]\d){_NO_THINGS}", _date, {DIGIT}),
    rule(rf"le (?P<d>[0-3]\d)-(?P<m>0[1-9]){_NO_THINGS}(?!-)", _date, {DIGIT}),
    rule(rf"{_ON}{_D}{_OF}{_MONTH}{_YEAR}", _date, MONTHS),
    rule(rf"{_ON}(?P<d>{DAY_WORD}){_OF}{_MONTH}{_YEAR}", _date, {word.partition("-")[0] for word in DAYS}),
    rule(rf"{_ON}(?P<m>{MONTH}) (?:the )?{_D}{_NO_THINGS}{_YEAR}", _date, MONTHS),
    rule(rf"{_FROM}(?:{_WEEKDAY} )?{_D}{_TO}(?:{_WEEKDAY} )?{_E}{_OF}{_MONTH}{_YEAR}", _span, MONTHS),
    rule(rf"{_FROM}(?<!/){_D}{_TO}{_E}/{_NUMERIC}{_NO_THINGS}", _span, {DIGIT}),
    rule(
        rf"{_FROM}(?P<m>{MONTH}) {_D}(?:{_TO}|(?:, {_NUMBER})*,? (?:and|et|or|ou|&) ){_E}{_NO_THINGS}{_YEAR}",
        _span,
        MONTHS,
    ),
    rule(rf"(?:les )?{_ON}{_D}(?={_SHARED})", _date, MONTHS),
    rule(
        rf"(?:du|entre le|from the|between the) "
        rf"(?P<d>[0-3]?\d){_TH} (?:au|et le|to the|and the|until the|till the) {_E}{_NO_THINGS}{_NO_MONTH}",
        _span_alone,
        {DIGIT},
    ),
    rule(
        rf"(?<!day )(?:les|on the|the) {_D} (?:et|and|&|ou|or) (?:le |the )?{_E}{_NO_THINGS}{_NO_MONTH}",
        _span_alone,
        {DIGIT},
    ),
    *DAYS_ALONE,
    rule(
        rf"{_ON}(?P<d>\d{{1,2}})[ ./-]{{1,2}}(?P<m>{MONTH})[ ./,'-]{{1,3}}(?P<y>{YEAR}|\d\d)(?!\d)(?!{THINGS})",
        _date,
        MONTHS,
    ),
    rule(rf"(?P<y>{YEAR})[ ./-](?P<m>{MONTH})[ ./-](?P<d>[0-3]?\d){_NO_THINGS}", _date, MONTHS),
]
