"""The business clock and Belgian working days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from campus import clock
from campus.settings import Settings, use_settings


@pytest.fixture(autouse=True)
def _back_to_the_environment():  # type: ignore[no-untyped-def]
    yield
    use_settings(None)


def on(value: str | None) -> None:
    """Set CAMPUS_NOW."""
    use_settings(Settings(_env_file=None, campus_now=value))


def test_an_iso_time_stands_still() -> None:
    on("2027-03-01T09:30:00+01:00")
    assert clock.iso(clock.now()) == "2027-03-01T09:30:00+01:00"
    on("2027-07-01T09:30")
    assert clock.iso(clock.now()) == "2027-07-01T09:30:00+02:00"


def test_a_file_is_read_at_every_look(tmp_path: Path) -> None:
    file = tmp_path / "now"
    file.write_text("2027-03-01T09:00:00+01:00\n")
    on(f"@{file}")
    assert clock.now().hour == 9
    file.write_text("2027-03-01T10:00:00+01:00")
    assert clock.now().hour == 10
    file.write_text("")
    assert clock.now().hour == 10, "a half-written file must not throw the clock back to the real time"


def test_a_missing_file_is_the_real_time(tmp_path: Path) -> None:
    on(f"@{tmp_path / 'nothing'}")
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5


def test_daylight_saving() -> None:
    assert clock.iso(datetime(2027, 3, 28, 0, 59, tzinfo=UTC)) == "2027-03-28T01:59:00+01:00"
    assert clock.iso(datetime(2027, 3, 28, 1, 0, tzinfo=UTC)) == "2027-03-28T03:00:00+02:00"
    assert clock.iso(clock.at(date(2026, 10, 25), 12)) == "2026-10-25T12:00:00+01:00"


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 12, 25), False),
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 5, 6), False),  # Ascension
        (date(2027, 7, 21), False),  # national day
        (date(2027, 11, 11), False),
        (date(2027, 3, 26), True),  # Good Friday is none in Belgium
        (date(2027, 1, 2), False),  # a Saturday
        (date(2027, 1, 4), True),
    ],
)
def test_working_days(day: date, working: bool) -> None:
    assert clock.is_working_day(day) is working


def test_working_day_before() -> None:
    assert clock.working_day_before(date(2027, 3, 30)) == date(2027, 3, 26)
    assert clock.working_day_before(date(2027, 1, 4), 5) == date(2026, 12, 24)
