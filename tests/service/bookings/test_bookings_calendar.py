"""T15: dates where clocks change, months end and Belgium rests.

In 2026 winter time begins on Sunday 25 October (three becomes two), in 2027 summer time on Sunday
28 March (two becomes three), which is Easter; so Monday 29 March 2027 is a holiday.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from campus.bookings.terms import Terms, cancel_fee, free_until, withdraw_until
from campus.catalogue.models import CourseSession, Meeting
from campus.clock import BRUSSELS, after, has_come, is_holiday, is_working_day, iso, parse, seconds_until
from icalendar import Calendar
from sqlalchemy import delete, text

from .conftest import World, _session, contact
from .test_mail_content import calendars, events, plain

FREE_UNTIL = [  # the start, how many working days, the last moment of free cancelling
    ("2026-10-26T09:00:00+01:00", 1, "2026-10-23T09:00:00+02:00"),  # Monday after the change: nine stays nine
    ("2026-10-30T09:00:00+01:00", 5, "2026-10-23T09:00:00+02:00"),  # a week with the change in it
    ("2026-11-03T09:00:00+01:00", 5, "2026-10-27T09:00:00+01:00"),  # All Saints is a Sunday: nothing more is off
    ("2026-11-12T13:30:00+01:00", 1, "2026-11-10T13:30:00+01:00"),  # over 11 November
    ("2026-11-18T09:00:00+01:00", 5, "2026-11-10T09:00:00+01:00"),  # 11 November among the five
    ("2026-12-28T09:00:00+01:00", 1, "2026-12-24T09:00:00+01:00"),  # over Christmas, a Friday
    ("2027-01-04T09:00:00+01:00", 5, "2026-12-24T09:00:00+01:00"),  # over Christmas, New Year and the year's end
    ("2027-03-01T09:00:00+01:00", 1, "2027-02-26T09:00:00+01:00"),  # the end of a short month
    ("2028-03-01T09:00:00+01:00", 1, "2028-02-29T09:00:00+01:00"),  # the end of a leap month
    ("2027-03-30T09:00:00+02:00", 1, "2027-03-26T09:00:00+01:00"),  # over Easter Monday and the change
    ("2027-04-05T09:00:00+02:00", 5, "2027-03-26T09:00:00+01:00"),  # Easter Monday among the five
    ("2027-05-18T18:00:00+02:00", 1, "2027-05-14T18:00:00+02:00"),  # over Whit Monday; the day after Ascension counts
    ("2027-07-22T09:00:00+02:00", 1, "2027-07-20T09:00:00+02:00"),  # over the national day
    ("2027-11-02T09:00:00+01:00", 1, "2027-10-29T09:00:00+02:00"),  # All Saints on a Monday, the change before it
]

WITHDRAW_UNTIL = [  # the contract, the start, the last moment of withdrawing
    ("2026-10-12T09:00:00+02:00", "2027-03-01T09:00:00+01:00", "2026-10-26T23:59:59+01:00"),  # over the change
    ("2026-10-25T00:30:00+02:00", "2027-03-01T09:00:00+01:00", "2026-11-09T23:59:59+01:00"),  # the 8th is a Sunday
    ("2026-10-28T12:00:00+01:00", "2027-03-01T09:00:00+01:00", "2026-11-12T23:59:59+01:00"),  # the 11th is a holiday
    ("2026-11-16T23:59:00+01:00", "2027-03-01T09:00:00+01:00", "2026-11-30T23:59:59+01:00"),  # the end of a month
    ("2026-11-16T23:59:00+00:00", "2027-03-01T09:00:00+01:00", "2026-12-01T23:59:59+01:00"),  # the 17th in Brussels
    ("2026-12-11T12:00:00+01:00", "2027-03-01T09:00:00+01:00", "2026-12-28T23:59:59+01:00"),  # Christmas, a weekend
    ("2026-12-18T12:00:00+01:00", "2027-03-01T09:00:00+01:00", "2027-01-04T23:59:59+01:00"),  # New Year, a weekend
    ("2027-03-15T12:00:00+01:00", "2027-06-01T09:00:00+02:00", "2027-03-30T23:59:59+02:00"),  # Easter Monday
    ("2027-03-20T12:00:00+01:00", "2027-03-27T09:00:00+01:00", "2027-03-27T09:00:00+01:00"),  # never after the start
]

ADDED = ["autumn", "spring", "summer"]

HOLDS = [  # made, over a quarter of an hour of real time later
    ("2026-10-25T02:50:00+02:00", "2026-10-25T02:05:00+01:00"),  # into the second hour from two to three
    ("2026-10-25T02:50:00+01:00", "2026-10-25T03:05:00+01:00"),  # out of it
    ("2026-10-25T01:50:00+02:00", "2026-10-25T02:05:00+02:00"),
    ("2027-03-28T01:50:00+01:00", "2027-03-28T03:05:00+02:00"),  # over the hour that is not
    ("2026-12-31T23:50:00+01:00", "2027-01-01T00:05:00+01:00"),
    ("2027-02-28T23:55:00+01:00", "2027-03-01T00:10:00+01:00"),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("start", "days", "expected"), FREE_UNTIL)
def test_free_until(start: str, days: int, expected: str) -> None:
    assert iso(free_until(parse(start), days)) == expected
    last = parse(expected).date()
    between = [last + timedelta(days=number) for number in range((parse(start).date() - last).days)]
    assert sum(map(is_working_day, between)) == days


@pytest.mark.one_database
@pytest.mark.parametrize(("made", "start", "expected"), WITHDRAW_UNTIL)
def test_withdraw_until(made: str, start: str, expected: str) -> None:
    found = withdraw_until(datetime.fromisoformat(made), parse(start), 14)
    assert iso(found) == expected
    assert found == parse(start) or is_working_day(found.date())


@pytest.mark.one_database
def test_the_holidays_of_belgium() -> None:
    days = ("2026-11-01", "2026-11-11", "2026-12-25", "2027-01-01", "2027-03-29", "2027-05-01", "2027-05-06")
    days += ("2027-05-17", "2027-07-21", "2027-08-15", "2027-11-01", "2027-11-11", "2027-12-25")
    assert all(is_holiday(parse(day).date()) for day in days)
    assert not any(is_holiday(parse(day).date()) for day in ("2026-11-02", "2026-12-26", "2027-03-26", "2027-11-15"))


@pytest.mark.one_database
def test_two_hours_that_look_alike() -> None:
    first, second = parse("2026-10-25T02:50:00+02:00"), parse("2026-10-25T02:05:00+01:00")
    assert second < first  # on the wall clock, which is why nobody may compare like that
    assert has_come(first, second) and not has_come(second, first)
    assert seconds_until(second, first) == 900 and after(first, timedelta(minutes=15)) == second
    assert has_come(first, first)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("gross", "percent", "least", "fee"),
    [
        ("1250.00", "30.00", "50.00", "375.00"),
        ("100.00", "30.00", "50.00", "50.00"),  # the minimum
        ("40.00", "30.00", "50.00", "40.00"),  # and never above the total
        ("33.35", "30.00", "0.00", "10.01"),  # 10.005, half up
        ("1250.00", "0.00", "0.00", "0.00"),
        ("1250.00", "100.00", "50.00", "1250.00"),
        ("0.00", "30.00", "50.00", "0.00"),
    ],
)
def test_the_fee_from_the_last_free_moment_on(gross: str, percent: str, least: str, fee: str) -> None:
    start = parse("2026-10-30T09:00:00+01:00")
    last = free_until(start, 5)
    terms = Terms(5, Decimal(percent), Decimal(least))
    assert cancel_fee(Decimal(gross), terms, last, start, last - timedelta(seconds=1)) == 0
    assert cancel_fee(Decimal(gross), terms, last, start, last) == Decimal(fee)
    assert cancel_fee(Decimal(gross), terms, last, start, start - timedelta(seconds=1)) == Decimal(fee)
    assert cancel_fee(Decimal(gross), terms, last, start, start) == Decimal(gross)


@pytest.fixture
def at_easter(world: World) -> Iterator[World]:
    """Sessions around the changes: `autumn` on 24 to 26 October 2026, `spring` on 27 to 30 March 2027; `summer`."""
    autumn = _session("autumn", "gmp", parse("2026-10-24T09:00"), 3, capacity=2)
    spring = _session("spring", "gmp", parse("2027-03-27T09:00"), 3, capacity=2)
    spring.meetings.append(Meeting(start=parse("2027-03-30T18:00"), end=parse("2027-03-30T21:00")))
    spring.end = parse("2027-03-30T21:00")
    autumn.booking_deadline = spring.booking_deadline = parse("2027-03-27T08:00")
    autumn.start, autumn.end = parse("2026-10-24T09:00"), parse("2026-10-26T17:00")
    with world.database.writing() as db:
        db.add_all([autumn, spring, _session("summer", "gmp", parse("2027-06-01T09:00"), 1, capacity=2)])
    yield world
    with world.database.writing() as db:
        for table in ("outbox", "standings", "participants", "bookings"):
            db.execute(text(f"DELETE FROM {table}"))
        db.execute(delete(Meeting).where(Meeting.session_id.in_(ADDED)))
        db.execute(delete(CourseSession).where(CourseSession.id.in_(ADDED)))
        db.execute(text("UPDATE catalogue_state SET version = version + 1"))


@pytest.mark.parametrize(("made", "over"), HOLDS)
def test_a_hold_lasts_a_quarter_of_an_hour(at_easter: World, made: str, over: str) -> None:
    world = at_easter
    world.clock.set(parse(made))
    held = world.book("summer", seats=2).json()
    path, token = f"/v1/bookings/{held['reference']}", held["manage_token"]
    assert held["hold_expires_at"] == over and held["state"] == "held"
    world.clock.forward(minutes=14, seconds=59)
    assert world.get(path, bearer=token).json()["state"] == "held"
    assert world.book("summer").json()["code"] == "session-full"
    assert world.sweep() == 0
    world.clock.forward(seconds=1)
    assert iso(world.clock.now) == over
    seen = world.get(path, bearer=token).json()
    assert seen["state"] == "expired" and seen["session"]["seats_free"] == 2
    assert world.post(f"{path}/extend", bearer=token).json()["code"] == "hold-expired"
    assert world.book("summer").status_code == 201
    world.check()


def test_extending_and_confirming_in_the_hour_that_comes_twice(at_easter: World) -> None:
    world = at_easter
    world.clock.set(parse("2026-10-25T02:50:00+02:00"))
    held = world.book("summer").json()
    path, token = f"/v1/bookings/{held['reference']}", held["manage_token"]
    world.clock.forward(minutes=14)
    longer = world.post(f"{path}/extend", bearer=token).json()
    assert longer["hold_expires_at"] == "2026-10-25T02:19:00+01:00"
    world.clock.forward(minutes=14)
    sure = world.post(f"{path}/confirm", {"contact": contact(), "terms_accepted": True}, bearer=token)
    assert sure.json()["state"] == "confirmed"


def test_the_limit_of_holds_ends_with_the_hold(at_easter: World) -> None:
    world = at_easter
    world.clock.set(parse("2026-10-25T02:50:00+02:00"))
    mine = world.web.bearer("c1")
    for _ in range(3):
        world.book(bearer=mine)
    assert world.book(bearer=mine).headers["retry-after"] == "901"


@pytest.mark.parametrize(
    ("offered_at", "until"),
    [
        ("2026-10-24T14:00:00+02:00", "2026-10-25T13:00:00+01:00"),  # the day has 25 hours, the offer 24
        ("2027-03-26T10:00:00+01:00", "2027-03-27T08:00:00+01:00"),  # never longer than bookings are taken
    ],
)
def test_an_offer_lasts_a_day(at_easter: World, offered_at: str, until: str) -> None:
    world = at_easter
    world.clock.set(parse("2026-10-20T10:00"))
    first = world.confirmed("a@example.com", "spring", seats=2)
    queued = world.book("spring", waitlist=True, contact=contact("b@example.com")).json()
    world.clock.set(parse(offered_at))
    world.post(f"/v1/bookings/{first['reference']}/cancel", bearer=first["manage_token"])
    offer = world.get(f"/v1/bookings/{queued['reference']}", bearer=queued["manage_token"]).json()
    assert (offer["state"], offer["offer_expires_at"]) == ("offered", until)


@pytest.mark.parametrize(
    ("session", "instants"),
    [
        ("autumn", ["2026-10-24T07:00", "2026-10-25T08:00", "2026-10-26T08:00"]),
        ("spring", ["2027-03-27T08:00", "2027-03-28T07:00", "2027-03-29T07:00", "2027-03-30T16:00"]),
    ],
)
def test_nine_stays_nine_in_every_calendar(at_easter: World, session: str, instants: list[str]) -> None:
    world = at_easter
    world.clock.set(parse("2026-10-12T10:00"))
    booking = world.confirmed("a@example.com", session)
    [mail] = world.mails()
    downloaded = world.get(f"/v1/bookings/{booking['reference']}/calendar.ics", bearer=booking["manage_token"])
    for file in (*calendars(mail), Calendar.from_ical(downloaded.content)):
        found = events(file)
        utc = [event["start"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M") for event in found]
        assert utc == instants
        assert [event["start"].hour for event in found[:3]] == [9, 9, 9]
        assert all(event["end"] - event["start"] in (timedelta(hours=8), timedelta(hours=3)) for event in found)
        [zone] = file.walk("VTIMEZONE")
        offsets = {str(part["tzoffsetto"].to_ical()) for part in zone.walk() if "tzoffsetto" in part}
        assert offsets == {"+0100", "+0200"}


def test_what_the_mail_says_of_easter(at_easter: World) -> None:
    world = at_easter
    world.clock.set(parse("2027-03-15T10:00"))
    world.confirmed("a@example.com", "spring", lang="en")
    told = plain(world.mails()[0])
    assert "until Monday 22 March at 9:00" in told  # five working days before Saturday the 27th
    assert "until the session begins" in told
    assert "- Day 4: Tuesday 30 March, 18:00–21:00" in told


def test_terms_on_the_day_as_the_booking_tells_them(at_easter: World) -> None:
    world = at_easter
    world.clock.set(parse("2026-10-12T10:00"))
    booking: dict[str, Any] = world.confirmed("a@example.com", "autumn")
    terms = booking["terms"]
    assert terms["free_until"] == "2026-10-19T09:00:00+02:00"
    assert terms["withdraw_until"] == "2026-10-24T09:00:00+02:00"
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    world.clock.set(parse("2026-10-19T08:59:59"))
    assert world.get(path, bearer=token).json()["terms"]["cancel_fee"] == "0.00"
    world.clock.set(datetime(2026, 10, 19, 9, 0, tzinfo=BRUSSELS))
    assert world.get(path, bearer=token).json()["terms"]["cancel_fee"] == "375.00"
