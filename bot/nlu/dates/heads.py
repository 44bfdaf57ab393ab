"""What a stretch of time is narrowed to by the words before it: "mi-", "the first Monday of", "le 8 du", "week of"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.nlu.dates.intervals import Interval, days_from, part_of, week
from bot.nlu.dates.words import COUNT, ORDINAL, ORDINALS, PART, WEEKDAY, WEEKDAYS, count, part, unit

ARTICLE = r"(?:(?:le|la|les|l'|the|du|de la|de l'|des|aux|ce|cette|this|en|in|au|mois de|mois d'|month of) ?)*"


@dataclass(frozen=True)
class Head:
    """Where such words begin, and what they make of the stretch that they stand before."""

    start: int
    narrow: Callable[[Interval], Interval | None]
    #: ``begin``, ``mid`` or ``end`` where they name a part.
    part: str | None = None


def head(before: str, stretch: Interval, named: str) -> Head | None:
    """The head that stands at the end of ``before``; ``named`` is the text of the stretch itself."""
    if stretch.start is None or stretch.end is None:
        return None
    if stretch.days <= 2 or (stretch.days <= 7 and _A_DIGIT.search(named)):
        return _around(before, stretch)
    if match := _MANY.search(before):
        many, name = count(match["many"] or match["number"]), unit(match["unit"])
        last = ORDINALS[match["nth"] or match["rank"]] < 0
        return Head(match.start(), lambda whole: _some(whole, many, name, last))
    if match := _NTH.search(before):
        position, weekday, name = ORDINALS[match["nth"]], match["weekday"], match["unit"] or ""
        return Head(match.start(), lambda whole: _nth(whole, position, weekday, name))
    if (match := _PART.search(before)) and stretch.days >= 5:
        first, last_part = match["from"], part(match["part"])
        if first:
            return Head(match.start(), lambda whole: _parts(whole, part(first), last_part), last_part)
        return Head(match.start(), lambda whole: part_of(whole, last_part), last_part)
    if (match := _DAY.search(before)) and 28 <= stretch.days <= 31:
        of_month = int(match["day"]) if match["day"].isdigit() else 1
        return Head(match.start(), lambda whole: _day_of(whole, of_month))
    return None


_OF = rf"(?:(?:de|du|des|d'|of|in|en|au|a|dans|pendant|during) ?)?{ARTICLE}$"
_TH = r"(?: ?(?:er|e|st|nd|rd|th)(?![a-z]))?"
_THE = r"(?:\b(?:the|la|le|les) )?"
_PART = re.compile(
    rf"{_THE}\b(?:(?P<from>{PART})(?: ?[-/] ?| (?:a|to|ou|or|et|and) )(?:la )?)?(?P<part>{PART})(?: |-){_OF}"
)
_NTH_OF = (
    r"semaine|week|week-? ?end|quinzaine|fortnight|moitie|half|part|partie|jour|day|mois|month|trimestre|quarter|"
    r"semestre|semester"
)
_NTH = re.compile(
    rf"{_THE}\b(?P<nth>{ORDINAL}) (?:(?P<weekday>{WEEKDAY})|(?P<unit>{_NTH_OF}))s? (?:de|du|des|d'|of|in|en|dans|on) ?"
    rf"{ARTICLE}$"
)
_MANY = re.compile(
    rf"{_THE}\b(?:(?P<nth>first|last) (?P<many>{COUNT})|(?P<number>{COUNT}) (?P<rank>(?:premier|dernier)e?s))"
    rf" (?P<unit>days|jours|weeks|semaines|months|mois) {_OF}"
)
_DAY = re.compile(rf"(?:\b(?:le|the|on the) )?\b(?P<day>[0-3]?\d|premier|first){_TH} (?:de|du|of) ?{ARTICLE}$")
_AROUND = re.compile(
    r"(?:\b(?:la|le|the|en) )?\b(?P<around>semaine|week|week-? ?end)"
    r" (?:du|des|de|of|commencing|beginning|starting|from|qui commence|debutant|commencant)"
    rf"(?: (?:on|le|the|{WEEKDAY}))* ?$"
)
_A_DIGIT = re.compile(r"\d")


def _around(before: str, stretch: Interval) -> Head | None:
    """ "la semaine du 12 janvier", "the weekend of 16 January"; a few days named so stay what they are."""
    match = _AROUND.search(before)
    if match is None:
        return None
    narrow = _weekend_of if "end" in match["around"] else _week_of
    return Head(match.start(), narrow if stretch.days <= 2 else lambda whole: whole)


def _week_of(whole: Interval) -> Interval | None:
    return week(whole.start) if whole.start else None


def _weekend_of(whole: Interval) -> Interval | None:
    if whole.start is None:
        return None
    return days_from(whole.start + timedelta(days=5 - whole.start.weekday()), 2)


def _parts(whole: Interval, first: str, last: str) -> Interval:
    """ "mid to late March"."""
    return Interval(part_of(whole, first).start, part_of(whole, last).end, whole.fixed)


def _day_of(whole: Interval, of_month: int) -> Interval | None:
    """ "le 8 du mois prochain"."""
    return _within(whole, days_from(whole.start + timedelta(days=of_month - 1), 1)) if whole.start else None


def _some(whole: Interval, many: int, name: str, last: bool) -> Interval | None:
    """ "the first two weeks of March"."""
    step = relativedelta(months=many) if name == "month" else timedelta(days=many * (7 if name == "week" else 1))
    if whole.start is None or whole.end is None:
        return None
    some = Interval(whole.end - step, whole.end) if last else Interval(whole.start, whole.start + step)
    return _within(whole, some)


def _nth(whole: Interval, position: int, weekday: str | None, name: str) -> Interval | None:
    """The n-th weekday, week, half, … of a stretch; ``-1`` is the last one."""
    assert whole.start is not None and whole.end is not None
    if weekday or name.startswith(("week-", "weekend", "week e")):
        first = WEEKDAYS[weekday] if weekday else 5
        return _within(whole, _nth_weekday(whole, position, first, 1 if weekday else 2))
    if name in ("quinzaine", "fortnight", "moitie", "half", "part", "partie") or (
        whole.days > 300 and name[:4] == "seme"
    ):
        return _half(whole, position)
    step: timedelta | relativedelta = {
        "sem": timedelta(days=7), "wee": timedelta(days=7), "jou": timedelta(days=1), "day": timedelta(days=1),
        "moi": relativedelta(months=1), "mon": relativedelta(months=1),
    }.get(name[:3], relativedelta(months=3))  # fmt: skip
    start = whole.end - step if position < 0 else whole.start + step * (position - 1)
    return _within(whole, Interval(start, min(start + step, whole.end)))


def _nth_weekday(whole: Interval, position: int, weekday: int, count: int) -> Interval:
    assert whole.start is not None and whole.end is not None
    if position > 0:
        first = whole.start + timedelta(days=(weekday - whole.start.weekday()) % 7)
        return days_from(first + timedelta(weeks=position - 1), count)
    last = whole.end - timedelta(days=1)
    return days_from(last - timedelta(days=(last.weekday() - weekday) % 7), count)


def _half(whole: Interval, position: int) -> Interval | None:
    """Of a month the days to the 15th and from the 16th; of a year six months; of anything else half its days."""
    assert whole.start is not None and whole.end is not None
    if position not in (1, 2, -1):
        return None
    if whole.days > 300:
        middle = whole.start + relativedelta(months=6)
    else:
        middle = whole.start + timedelta(days=15 if 28 <= whole.days <= 31 else whole.days // 2)
    return Interval(whole.start, middle, whole.fixed) if position == 1 else Interval(middle, whole.end, whole.fixed)


def _within(whole: Interval, found: Interval) -> Interval | None:
    """The same with the year as sure as the whole's; nothing where it begins outside the whole."""
    inside = found.start is not None and _inside(whole, found.start)
    return Interval(found.start, found.end, whole.fixed) if inside else None


def _inside(whole: Interval, at: date) -> bool:
    return whole.start is not None and whole.end is not None and whole.start <= at < whole.end
