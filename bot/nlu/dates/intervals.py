"""Stretches of days, half-open, as the search takes them; and the calendar's own units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

OPEN = ".."


@dataclass(frozen=True)
class Interval:
    """Days from ``start`` up to, not including, ``end``; ``None`` is an open end."""

    start: date | None
    end: date | None
    #: Whether a year was said, so that it must not be moved to the future.
    fixed: bool = False

    def __str__(self) -> str:
        return f"{self.start or OPEN}/{self.end or OPEN}"

    @property
    def days(self) -> int:
        """Its length, 0 where it is open."""
        return (self.end - self.start).days if self.start and self.end else 0

    def __bool__(self) -> bool:
        return self.start is None or self.end is None or self.start < self.end


def day(at: date, fixed: bool = False) -> Interval:
    """One day."""
    return Interval(at, at + timedelta(days=1), fixed)


def days_from(start: date, count: int) -> Interval:
    """So many days from that day on."""
    return Interval(start, start + timedelta(days=count))


def week(at: date) -> Interval:
    """The week of that day, from Monday."""
    return days_from(at - timedelta(days=at.weekday()), 7)


def months(year: int, month: int, count: int = 1, fixed: bool = False) -> Interval:
    """So many whole months; ``month`` may lie outside 1 to 12 and then counts into other years."""
    start = date(year, 1, 1) + relativedelta(months=month - 1)
    return Interval(start, start + relativedelta(months=count), fixed)


def year(at: int) -> Interval:
    """A whole year."""
    return Interval(date(at, 1, 1), date(at + 1, 1, 1), fixed=True)


def coming_months(today: date, month: int, count: int = 1) -> Interval:
    """The next such stretch of months that is not over."""
    first = months(today.year - 1, month, count)  # a winter may have begun last year
    while first.end is not None and first.end <= today:
        assert first.start is not None
        first = Interval(first.start + relativedelta(years=1), first.end + relativedelta(years=1))
    return first


def coming_day(today: date, month: int, of_month: int) -> Interval | None:
    """The next such day of the year, today included; nothing for 31 February."""
    for ahead in range(8):  # 29 February may be eight years away
        try:
            at = date(today.year + ahead, month, of_month)
        except ValueError:
            continue
        if at >= today:
            return day(at)
    return None


def coming_weekday(today: date, weekday: int, weeks: int = 0) -> Interval:
    """The next such weekday after today (Monday is 0), so many weeks later."""
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    return day(today + timedelta(days=ahead, weeks=weeks))


def part_of(whole: Interval, part: str) -> Interval:
    """``begin``, ``mid`` or ``end`` of a stretch.

    Of a month: days 1 to 10, 11 to 20, 21 to the end. Of a week: Monday and Tuesday, Wednesday, Thursday and Friday.
    Of a year: first quarter, May to August, last quarter. Of anything else: its thirds.
    """
    start, end = whole.start, whole.end
    if start is None or end is None:
        return whole
    if whole.days in (28, 29, 30, 31) and start.day == 1:
        marks = (start, start + timedelta(days=10), start + timedelta(days=20), end)
    elif whole.days == 7:
        marks = (start, start + timedelta(days=2), start + timedelta(days=3), start + timedelta(days=5))
    elif whole.days in (365, 366):
        return {
            "begin": months(start.year, 1, 3, True),
            "mid": months(start.year, 5, 4, True),
            "end": months(start.year, 10, 3, True),
        }[part]
    elif start.day == 1 and end.day == 1 and whole.days > 80:
        third = round(whole.days / 30.4) // 3
        marks = (start, start + relativedelta(months=third), end - relativedelta(months=third), end)
    else:
        third = whole.days // 3
        marks = (start, start + timedelta(days=third), end - timedelta(days=third), end)
    at = ("begin", "mid", "end").index(part)
    return Interval(marks[at], marks[at + 1], whole.fixed)
