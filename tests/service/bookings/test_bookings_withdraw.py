"""The statutory withdrawal: two steps, consumers only, in time, and nothing to pay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from campus.clock import BRUSSELS
from icalendar import Calendar

from .conftest import STAFF_TOKEN, World, contact
from .test_mail_content import calendars, events, plain

WIDE = "\u00a0"


def withdraw(world: World, booking: dict[str, Any], body: Any = None, **more: Any) -> Any:
    """POST …/withdraw with the booking's own token."""
    path = f"/v1/bookings/{booking['reference']}/withdraw"
    return world.post(path, body, **{"bearer": booking["manage_token"], **more})


def read(world: World, booking: dict[str, Any]) -> dict[str, Any]:
    """The booking as it is now."""
    return dict(world.get(f"/v1/bookings/{booking['reference']}", bearer=booking["manage_token"]).json())


@pytest.mark.parametrize("body", [{}, {"confirmed": False}])
def test_the_first_step_changes_nothing(world: World, body: dict[str, Any]) -> None:
    booking = world.confirmed("a@example.com", seats=2)
    before = read(world, booking)
    answer = withdraw(world, booking, body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told.pop("withdrawal") == {
        "allowed": True,
        "rule": None,
        "refund": "2500.00",
        "withdraw_until": "2026-12-15T23:59:59+01:00",
        "confirm_needed": True,
        "received_at": None,
    }
    assert told == before == read(world, booking)
    assert world.taken() == 2 and len(world.mails()) == 1
    assert world.scalar("SELECT COUNT(*) FROM audit WHERE action = 'withdraw'") == 0


def test_without_a_body_it_is_the_first_step(world: World) -> None:
    booking = world.confirmed("a@example.com")
    headers = {"Authorization": f"Bearer {booking['manage_token']}"}
    answer = world.http.post(f"/v1/bookings/{booking['reference']}/withdraw", headers=headers)
    assert answer.json()["state"] == "confirmed" and answer.json()["withdrawal"]["confirm_needed"] is True


def test_the_second_step_ends_the_contract(world: World) -> None:
    booking = world.confirmed("jeanne@example.com", "gmp-tiny", seats=2)
    queued = world.book("gmp-tiny", waitlist=True, contact=contact("b@example.com")).json()
    world.clock.set(datetime(2026, 12, 15, 23, 59, 59, tzinfo=BRUSSELS))
    answer = withdraw(world, booking, {"confirmed": True})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["state"] == "withdrawn" and told["fees"] == "0.00"
    assert told["withdrawal"]["refund"] == "2500.00" and told["withdrawal"]["confirm_needed"] is False
    assert told["withdrawal"]["received_at"] == "2026-12-15T23:59:59+01:00"
    terms = read(world, booking)["terms"]
    assert (terms["cancel_fee"], terms["refund"], terms["withdraw_until"]) == ("0.00", "2500.00", None)
    offered = world.get(f"/v1/bookings/{queued['reference']}", bearer=queued["manage_token"]).json()
    assert offered["state"] == "offered" and world.taken("gmp-tiny") == 1
    audited = "SELECT source, target FROM audit WHERE reference = :r AND action = 'withdraw'"
    assert world.rows(audited, r=booking["reference"]) == [("confirmed", "withdrawn")]
    world.confirmed("jeanne@example.com", "gmp-2")
    world.check()


def test_the_receipt(world: World) -> None:
    for lang in ("fr", "en"):
        booking = world.confirmed(f"{lang}@example.com", seats=2, lang=lang)
        withdraw(world, booking, {"confirmed": True})
    receipts = [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == "withdrawal"]
    french, english = (plain(mail) for mail in receipts)
    assert f"votre rétractation le mardi 1er décembre 2026 à 10{WIDE}h." in french
    assert f"les 2\u202f500,00{WIDE}€ ne sont plus dus" in french and "accusé de réception" in french
    assert "your withdrawal on Tuesday 1 December 2026 at 10:00." in english
    assert "the €2,500.00 is no longer due" in english and "- Seats: 2" in english
    for mail in receipts:
        [file] = calendars(mail)
        assert file["method"] == "CANCEL"
        assert {(event["sequence"], event["status"]) for event in events(file)} == {(1, "CANCELLED")}
        assert mail["X-Campus-Reference"] in plain(mail)


def test_the_calendar_file_after_a_withdrawal(world: World) -> None:
    booking = world.confirmed("a@example.com")
    withdraw(world, booking, {"confirmed": True})
    file = world.get(f"/v1/bookings/{booking['reference']}/calendar.ics", bearer=booking["manage_token"])
    assert Calendar.from_ical(file.content)["method"] == "CANCEL"


@pytest.mark.parametrize(
    ("rule", "session", "wish", "now"),
    [
        ("business-customer", "gmp-1", {"company": "Aseptia SA"}, None),
        ("business-customer", "gmp-1", {"customer": "business"}, None),
        ("free-of-charge", "open-1", {}, None),
        ("withdrawal-period-over", "gmp-1", {}, "2026-12-16T00:00:00"),
        ("withdrawal-period-over", "gmp-soon", {}, "2026-12-04T09:00:00"),
        ("withdrawal-period-over", "gmp-soon", {}, "2026-12-05T09:00:00"),
    ],
)
def test_who_may_not(world: World, rule: str, session: str, wish: dict[str, Any], now: str | None) -> None:
    booking = world.confirmed("a@example.com", session, **wish)
    if now:
        world.clock.set(datetime.fromisoformat(now).replace(tzinfo=BRUSSELS))
    told = withdraw(world, booking, {"confirmed": False}).json()["withdrawal"]
    assert (told["allowed"], told["rule"], told["refund"]) == (False, rule, "0.00")
    assert told["confirm_needed"] is False
    for lang in ("fr", "en"):
        answer = withdraw(world, booking, {"confirmed": True, "lang": lang})
        assert answer.status_code == 403
        problem = answer.json()
        assert (problem["code"], problem["rule"], problem["contact"]) == ("not-eligible", rule, "handoff")
        assert ("une personne" if lang == "fr" else "a person") in problem["detail"].lower()
    assert read(world, booking)["state"] == "confirmed" and len(world.mails()) == 1
    world.check()


def test_in_the_last_second_before_the_start(world: World) -> None:
    booking = world.confirmed("a@example.com", "gmp-soon")
    world.clock.set(datetime(2026, 12, 4, 8, 59, 59, tzinfo=BRUSSELS))
    assert withdraw(world, booking, {"confirmed": True}).json()["state"] == "withdrawn"


def test_wrong_states(world: World) -> None:
    held = world.book().json()
    for confirmed in (False, True):
        answer = withdraw(world, held, {"confirmed": confirmed})
        assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "wrong-state", "held")
    booking = world.confirmed("a@example.com")
    withdraw(world, booking, {"confirmed": True})
    again = withdraw(world, booking, {"confirmed": True})
    assert (again.status_code, again.json()["state"]) == (409, "withdrawn")
    cancel = world.post(f"/v1/bookings/{booking['reference']}/cancel", bearer=booking["manage_token"])
    assert cancel.json()["state"] == "withdrawn"
    world.clock.forward(minutes=15)
    assert withdraw(world, held, {"confirmed": True}).json()["code"] == "hold-expired"


def test_the_same_key_the_same_answer(world: World) -> None:
    booking = world.confirmed("a@example.com")
    first = withdraw(world, booking, {"confirmed": True}, key="withdraw-just-once-1")
    world.clock.forward(days=40)
    again = withdraw(world, booking, {"confirmed": True}, key="withdraw-just-once-1")
    assert first.status_code == again.status_code == 200 and first.json() == again.json()
    assert len(world.mails()) == 2 and world.taken() == 0
    looked = withdraw(world, booking, {"confirmed": False}, key="withdraw-just-once-1")
    assert looked.json()["code"] == "idempotency-key-reused"


def test_a_stranger_and_staff(world: World) -> None:
    booking = world.confirmed("a@example.com")
    for confirmed in (False, True):
        assert withdraw(world, booking, {"confirmed": confirmed}, bearer=None).status_code == 404
    assert withdraw(world, booking, {"confirmed": "yes"}).status_code == 422
    assert withdraw(world, booking, {"confirmed": True}, bearer=STAFF_TOKEN).json()["state"] == "withdrawn"


def test_what_seats_given_up_late_had_cost_ends_with_the_contract(world: World) -> None:
    world.clock.set(datetime(2027, 1, 6, 9, 0, tzinfo=BRUSSELS))
    booking = world.confirmed("a@example.com", seats=3)
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    assert world.call("PATCH", path, {"seats": 1, "version": 1}, bearer=token).json()["fees"] == "750.00"
    told = withdraw(world, booking, {"confirmed": True}).json()
    assert (told["state"], told["fees"], told["terms"]["refund"]) == ("withdrawn", "0.00", "1250.00")
