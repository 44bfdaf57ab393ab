"""What cancelling, giving seats up and moving cost, as the booking, its mails and its amounts tell it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from campus.clock import BRUSSELS
from sqlalchemy import text

from .conftest import World, contact
from .test_mail_content import plain

LATE = datetime(2027, 1, 6, 9, 0, tzinfo=BRUSSELS)
"""Less than five working days before gmp-1, more before gmp-2."""


def read(world: World, booking: dict[str, Any]) -> dict[str, Any]:
    """The booking as it is now."""
    return dict(world.get(f"/v1/bookings/{booking['reference']}", bearer=booking["manage_token"]).json())


def verb(world: World, booking: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
    """POST …/<verb>."""
    path = f"/v1/bookings/{booking['reference']}/{name}"
    return dict(world.post(path, body, bearer=booking["manage_token"]).json())


def seats(world: World, booking: dict[str, Any], count: int, version: int) -> dict[str, Any]:
    """PATCH to so many seats."""
    path = f"/v1/bookings/{booking['reference']}"
    wish = {"seats": count, "version": version}
    return dict(world.call("PATCH", path, wish, bearer=booking["manage_token"]).json())


@pytest.fixture
def called_off(world: World) -> Iterator[Any]:
    """Calls a session off, for the test only."""

    def change(state: str, session: str) -> None:
        with world.database.writing() as db:
            db.execute(text("UPDATE sessions SET state = :s WHERE id = :id"), {"s": state, "id": session})

    yield lambda session: change("cancelled", session)
    for session in ("gmp-1", "gmp-2"):
        change("open", session)


def tables(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a booking writes."""
    names = ("bookings", "participants", "standings", "outbox", "audit", "sessions")
    return {name: sorted(world.rows(f"SELECT * FROM {name}"), key=str) for name in names}


def test_a_move_that_fails_leaves_everything_as_it_was(world: World) -> None:
    people = [{"name": "Ada", "email": "ada@example.com"}]
    booking = world.confirmed("boss@example.com", seats=2, participants=people)
    world.confirmed("a@example.com", "gmp-tiny")
    world.confirmed("ada@example.com", "gmp-2")
    world.mails()
    before = tables(world)
    for session, code in (
        ("gmp-tiny", "session-full"),
        ("gmp-2", "already-booked"),
        ("gmp-1", "invalid"),
        ("gmp-off", "session-cancelled"),
        ("gmp-closed", "session-closed"),
        ("gmp-past", "session-closed"),
        ("inside-1", "not-eligible"),
        ("nothing", "not-found"),
    ):
        assert verb(world, booking, "reschedule", session_id=session)["code"] == code
        left = tables(world)
        if code == "already-booked":  # Ada is written to, and nobody else
            assert [row for row in left["outbox"] if row not in before["outbox"]] != []
            world.mails()
            before["outbox"] = tables(world)["outbox"]
            left["outbox"] = before["outbox"]
        assert left == before, session
    world.check()


def test_a_move_to_a_dearer_course_without_a_yes_leaves_everything(world: World) -> None:
    booking = world.confirmed("a@example.com", "first-1")
    before = tables(world)
    assert verb(world, booking, "reschedule", session_id="gmp-2")["code"] == "invalid"
    assert tables(world) == before
    moved = verb(world, booking, "reschedule", session_id="gmp-2", terms_accepted=True)
    assert (moved["session"]["id"], moved["total"]["gross"]) == ("gmp-2", "1250.00")


def test_free_cancelling_that_is_over_never_begins_again(world: World) -> None:
    booking = world.confirmed("a@example.com")
    world.clock.set(LATE)
    for session in ("gmp-2", "gmp-tiny", "gmp-2"):
        moved = verb(world, booking, "reschedule", session_id=session)
        assert moved["terms"]["free_until"] == "2027-01-05T09:00:00+01:00"
        assert moved["terms"]["cancel_fee"] == "375.00"
    gone = verb(world, booking, "cancel")
    assert (gone["terms"]["cancel_fee"], gone["terms"]["refund"]) == ("375.00", "875.00")


def test_a_move_in_time_is_free_and_so_is_cancelling_after_it(world: World) -> None:
    booking = world.confirmed("a@example.com")
    moved = verb(world, booking, "reschedule", session_id="gmp-2")
    assert moved["terms"]["free_until"] == "2027-01-12T09:00:00+01:00"
    world.clock.set(LATE)
    gone = verb(world, booking, "cancel")
    assert (gone["terms"]["cancel_fee"], gone["terms"]["refund"]) == ("0.00", "1250.00")


def test_cancelling_is_free_after_the_campus_called_it_off(world: World, called_off: Any) -> None:
    booking = world.confirmed("a@example.com")
    world.clock.set(LATE)
    assert read(world, booking)["terms"]["cancel_fee"] == "375.00"
    called_off("gmp-1")
    assert read(world, booking)["terms"]["cancel_fee"] == "0.00"
    gone = verb(world, booking, "cancel")
    assert (gone["terms"]["cancel_fee"], gone["terms"]["refund"], gone["fees"]) == ("0.00", "1250.00", "0.00")
    assert read(world, booking)["terms"] == gone["terms"]


def test_who_must_move_because_of_the_campus_moves_on_fresh_terms(world: World, called_off: Any) -> None:
    booking = world.confirmed("a@example.com")
    world.clock.set(LATE)
    verb(world, booking, "reschedule", session_id="gmp-2")
    assert read(world, booking)["terms"]["cancel_fee"] == "375.00"
    called_off("gmp-2")
    moved = verb(world, booking, "reschedule", session_id="gmp-tiny")
    assert moved["session"]["id"] == "gmp-tiny"
    assert moved["terms"]["free_until"] == "2027-01-19T09:00:00+01:00"
    assert moved["terms"]["cancel_fee"] == "0.00"
    world.check()


def test_seats_given_up_in_time_cost_nothing_and_late_for_those_seats_only(world: World) -> None:
    booking = world.confirmed("a@example.com", seats=4)
    assert seats(world, booking, 3, 1)["fees"] == "0.00"
    world.clock.set(LATE)
    assert read(world, booking)["terms"]["cancel_fee"] == "1125.00"
    less = seats(world, booking, 2, 2)
    assert (less["fees"], less["total"]["gross"], less["terms"]["cancel_fee"]) == ("375.00", "2500.00", "750.00")
    more = seats(world, booking, 3, 3)
    assert more["fees"] == "375.00"


def test_a_booking_cancelled_after_seats_were_given_up_late(world: World) -> None:
    booking = world.confirmed("a@example.com", seats=3, lang="en")
    world.clock.set(LATE)
    seats(world, booking, 1, 1)
    gone = verb(world, booking, "cancel")
    for told in (gone, read(world, booking)):
        assert told["total"]["gross"] == "1250.00" and told["fees"] == "1125.00"
        assert (told["terms"]["cancel_fee"], told["terms"]["refund"]) == ("375.00", "875.00")
    words = plain(world.mails()[-1])
    assert "€375.00. The rest, €875.00," in words and "you owe €1,125.00 in all" in words


def test_a_cancelled_booking_tells_the_same_ever_after(world: World) -> None:
    booking = world.confirmed("a@example.com")
    gone = verb(world, booking, "cancel")
    world.clock.set(datetime(2027, 3, 1, 9, 0, tzinfo=BRUSSELS))
    terms = read(world, booking)["terms"]
    assert (
        (terms["cancel_fee"], terms["refund"])
        == ("0.00", "1250.00")
        == (
            gone["terms"]["cancel_fee"],
            gone["terms"]["refund"],
        )
    )


def test_ten_extensions_of_a_quarter_of_an_hour(world: World) -> None:
    held = world.book().json()
    for number in range(1, 11):
        world.clock.forward(minutes=14, seconds=59)
        longer = verb(world, held, "extend")
        left = datetime.fromisoformat(longer["hold_expires_at"]) - world.clock.now
        assert (left.total_seconds(), longer["terms"]["extensions_left"]) == (900, 10 - number)
    problem = verb(world, held, "extend")
    assert (problem["code"], problem["rule"], problem["contact"]) == ("not-eligible", "extensions", "handoff")
    assert "dix fois" in problem["detail"]
    assert read(world, held)["state"] == "held"  # what was held stays for its time, and can be confirmed
    assert verb(world, held, "confirm", contact=contact(), terms_accepted=True)["state"] == "confirmed"
