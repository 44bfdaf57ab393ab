"""The business clock: every rule about dates asks here. Signatures, retries and rate limits use the real one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays

from campus.settings import get_settings

BRUSSELS = ZoneInfo("Europe/Brussels")

_last_read: dict[str, datetime] = {}


def now() -> datetime:
    """The time it is for the business, aware, Europe/Brussels.

    `CAMPUS_NOW` holds it still: an ISO time (Brussels where it has no offset), or `@file`, read at every look.
    A file that is missing, empty or half written gives the last time that was read from it, else the real time.
    """
    setting = get_settings().campus_now
    if not setting:
        return datetime.now(BRUSSELS)
    if not setting.startswith("@"):
        return parse(setting)
    try:
        _last_read[setting] = parse(Path(setting[1:]).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return _last_read.get(setting) or datetime.now(BRUSSELS)
    return _last_read[setting]


def parse(text: str) -> datetime:
    """An ISO date or time as an aware Brussels time. Raises ValueError."""
    value = datetime.fromisoformat(text.strip())
    return value.replace(tzinfo=BRUSSELS) if value.tzinfo is None else value.astimezone(BRUSSELS)


def real_now() -> datetime:
    """The real time, for what a test must not move."""
    return datetime.now(UTC)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A wall-clock time in Brussels on that day."""
    return datetime.combine(day, time(hour, minute), tzinfo=BRUSSELS)


@lru_cache(maxsize=32)
def _belgian_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, and not a Belgian legal holiday (the `holidays` library)."""
    return day.weekday() < 5 and day not in _belgian_holidays(day.year)


def is_holiday(day: date) -> bool:
    """A Belgian legal holiday."""
    return day in _belgian_holidays(day.year)


def working_day_before(day: date, count: int = 1) -> date:
    """The `count`-th working day strictly before `day`."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def after(moment: datetime, amount: timedelta) -> datetime:
    """So much real time later, in Brussels. `moment + amount` counts on the wall clock: an hour wrong twice a year."""
    return (moment.astimezone(UTC) + amount).astimezone(BRUSSELS)


def has_come(moment: datetime, now: datetime) -> bool:
    """Whether it is that time or later. `<=` compares wall clocks, and in October they show the same hour twice."""
    return moment.astimezone(UTC) <= now.astimezone(UTC)


def seconds_until(moment: datetime, now: datetime) -> float:
    """Real seconds from `now` to `moment`, negative once it is over."""
    return (moment.astimezone(UTC) - now.astimezone(UTC)).total_seconds()


def iso(moment: datetime) -> str:
    """ISO 8601 with the offset of Brussels, to the second, as every answer writes it."""
    return moment.astimezone(BRUSSELS).isoformat(timespec="seconds")
