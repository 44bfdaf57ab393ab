"""When the demonstration takes place: weeks after the first start, turned into dates that are never on a holiday."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from campus import clock

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEADLINE_HOUR = 12
"""Bookings close at noon of the working day before the start."""

Block = tuple[datetime, datetime]


def first_monday(today: date) -> date:
    """The Monday after `today`: the first day of week 1."""
    return today + timedelta(days=7 - today.weekday())


def blocks(first: date, week: int, meetings: Sequence[Mapping[str, Any]]) -> list[Block]:
    """The blocks of a session in order; `first` is the Monday of week 1.

    A block on a Belgian holiday moves to the next working day, and pushes on those that it would meet.
    """
    dated = []
    for meeting in meetings:
        monday = first + timedelta(weeks=int(meeting.get("week", week)) - 1)
        day = monday + timedelta(days=DAYS.index(meeting["day"]))
        dated.append((day, time.fromisoformat(meeting["start"]), time.fromisoformat(meeting["end"])))
    dated.sort()
    placed: list[Block] = []
    last_wanted = last_given = None
    for wanted, start, end in dated:
        day = last_given if last_given is not None and wanted == last_wanted else wanted
        if wanted != last_wanted:
            while clock.is_holiday(day) or (last_given is not None and day <= last_given):
                day = _next_working_day(day)
        last_wanted, last_given = wanted, day
        placed.append((clock.at(day, start.hour, start.minute), clock.at(day, end.hour, end.minute)))
    return placed


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while not clock.is_working_day(day):
        day += timedelta(days=1)
    return day


def booking_deadline(start: datetime) -> datetime:
    """Noon of the working day before the start."""
    return clock.at(clock.working_day_before(start.astimezone(clock.BRUSSELS).date()), DEADLINE_HOUR)
