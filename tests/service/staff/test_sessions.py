"""Sessions: planning them, changing them, calling them off, writing to who is in them, and how full they are."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from ..bookings.racing import together
from .conftest import STAFF_TOKEN, World, body_of, contact, hire, mails_of, staff_of


def test_a_new_session_is_found_and_booked_at_once(world: World) -> None:
    claire = hire(world)
    wish = {
        "course_id": "gmp",
        "start": "2027-03-02T09:00:00+01:00",
        "end": "2027-03-03T17:00:00+01:00",
        "capacity": 8,
        "place": {"fr": "Salle Sambre", "en": "Sambre room"},
        "language": "en",
    }
    made = claire.post("/sessions", wish)
    assert made.status_code == 201, made.text
    session = made.json()
    assert session["id"] == "gmp-20270302" and len(session["meetings"]) == 2 and session["seats_free"] == 8
    assert session["booking_deadline"] == "2027-03-01T12:00:00+01:00"
    assert claire.post("/sessions", wish).json()["id"] == "gmp-20270302-2"
    assert world.get("/v1/sessions/gmp-20270302").json()["language"] == "en"
    assert world.book("gmp-20270302").status_code == 201


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"start": "2026-01-02T09:00", "end": "2026-01-02T17:00"}, "invalid"),
        ({"start": "2027-03-02T17:00", "end": "2027-03-02T09:00"}, "invalid"),
        ({"capacity": 0}, "invalid"),
        ({"booking_deadline": "2027-03-03T09:00"}, "invalid"),
        ({"course_id": "nothing"}, "not-found"),
        ({"course_id": "first-steps"}, "not-found"),
        (
            {
                "meetings": [
                    {"start": "2027-03-02T09:00", "end": "2027-03-02T12:00"},
                    {"start": "2027-03-02T11:00", "end": "2027-03-02T17:00"},
                ]
            },
            "invalid",
        ),
    ],
)
@pytest.mark.one_database
def test_sessions_that_cannot_be(world: World, wrong: dict[str, Any], code: str) -> None:
    desk = staff_of(world, "aseptia")
    wish = {"course_id": "gmp", "start": "2027-03-02T09:00", "end": "2027-03-02T17:00", "capacity": 8, "place": "Ici"}
    assert desk.post("/sessions", {**wish, **wrong}).json()["code"] == code


def test_more_seats_go_to_the_queue_at_once(world: World) -> None:
    claire = hire(world)
    world.confirmed("a@example.com", "gmp-tiny", seats=2)
    waiting = world.book("gmp-tiny", waitlist=True, contact=contact("w@example.com")).json()
    assert waiting["state"] == "waiting"
    changed = claire.change("gmp-tiny", capacity=3)
    assert changed.status_code == 200 and changed.json()["offered"] == 1, changed.text
    assert claire.get(f"/bookings/{waiting['reference']}").json()["state"] == "offered"
    world.check()


def test_a_capacity_below_the_seats_taken(world: World) -> None:
    claire = hire(world)
    world.confirmed("a@example.com", "gmp-2", seats=5)
    refused = claire.change("gmp-2", capacity=3)
    assert refused.status_code == 409 and refused.json()["code"] == "wrong-state"
    assert refused.json()["state"] == "seats-taken" and refused.json()["taken"] == 5
    made = claire.change("gmp-2", capacity=3, override=True)
    assert made.json()["capacity"] == 5 and made.json()["seats_free"] == 0
    assert world.book("gmp-2").json()["code"] == "session-full"
    world.check()


def test_a_change_needs_the_version(world: World) -> None:
    claire = hire(world)
    assert claire.call("PATCH", "/sessions/gmp-1", {"capacity": 10}).status_code == 422
    assert claire.change("gmp-1", capacity=10).json()["version"] == 2
    conflict = claire.call("PATCH", "/sessions/gmp-1", {"capacity": 9, "version": 1})
    assert conflict.json()["code"] == "version-conflict" and conflict.json()["version"] == 2
    assert claire.change("gmp-off", capacity=9).json()["state"] == "cancelled"


def test_closing_place_deadline_and_dates(world: World) -> None:
    claire = hire(world)
    closed = claire.change("gmp-1", state="closed", place={"fr": "Salle Meuse", "en": "Meuse room"})
    assert closed.json()["state"] == "closed" and closed.json()["place"] == "Salle Meuse"
    assert world.book("gmp-1").json()["code"] == "session-closed"
    assert world.get("/v1/sessions/gmp-1?lang=en").json()["place"] == "Meuse room"
    early = claire.change("gmp-2", booking_deadline="2027-01-02T09:00").json()
    assert early["booking_deadline"] == "2027-01-02T09:00:00+01:00"
    days = [{"start": "2027-02-01T09:00", "end": "2027-02-01T12:00"}]
    moved = claire.change("gmp-2", meetings=days).json()
    assert moved["start"] == "2027-02-01T09:00:00+01:00" and len(moved["meetings"]) == 1
    world.confirmed("a@example.com", "gmp-2")
    assert claire.change("gmp-2", meetings=days).json()["state"] == "has-bookings"


def test_another_place_is_told_to_who_comes(world: World) -> None:
    claire = hire(world)
    people = [{"name": "Anne A", "email": "anne@example.com"}]
    world.confirmed("chef@example.com", "gmp-1", seats=2, participants=people)
    world.mails()
    claire.change("gmp-1", place="Salle Meuse")
    claire.change("gmp-1", place="Salle Meuse", capacity=14)  # the same place is no news
    told = [mail for mail in mails_of(world, "confirmation") if "Salle Meuse" in body_of(mail)]
    assert {mail["To"] for mail in told} == {"Jeanne Dubois <chef@example.com>", "Anne A <anne@example.com>"}
    ics = next(part.get_payload(decode=True).decode() for part in told[0].iter_attachments())
    assert "SEQUENCE:1" in ics and "Salle Meuse" in ics
    assert claire.post("/undo").json()["session"]["capacity"] == 12
    world.check()


def test_the_list_and_the_occupancy(world: World) -> None:
    claire = hire(world)
    world.confirmed("a@example.com", "gmp-1", seats=2)
    world.book("gmp-1", seats=3)
    world.confirmed("b@example.com", "first-1")
    ids = [one["id"] for one in claire.get("/sessions?from=2027-01-12&to=2027-01-13").json()["items"]]
    assert set(ids) == {"gmp-1", "gmp-off", "gmp-closed", "first-1", "open-1", "inside-1", "campus-inside"}
    only = claire.get("/sessions?from=2027-01-12&to=2027-01-13&operator=campus").json()["items"]
    assert {one["id"] for one in only} == {"first-1", "open-1", "campus-inside"}
    assert claire.get("/sessions?operator=nobody").json() == {"items": [], "total": 0, "next": None}
    assert claire.get("/sessions?from=yesterday").json()["code"] == "invalid"
    full = claire.get("/occupancy?from=2027-01-12&to=2027-01-13&limit=100").json()
    rows = {one["session_id"]: one for one in full["items"]}
    gmp = rows["gmp-1"]
    assert (gmp["capacity"], gmp["taken"], gmp["confirmed"], gmp["held"], gmp["free"]) == (12, 5, 2, 3, 7)
    assert gmp["revenue"] == "2500.00" and rows["first-1"]["revenue"] == "99.99"
    assert full["totals"]["revenue"] == "2599.99" and full["totals"]["sessions"] == 6
    world.clock.forward(minutes=16)  # the hold is over, sweeper or not
    assert claire.get("/occupancy?from=2027-01-12&to=2027-01-13").json()["totals"]["held"] == 0
    mine = staff_of(world, "campus").get("/occupancy?from=2027-01-12&to=2027-01-13").json()
    assert {one["session_id"] for one in mine["items"]} == {"first-1", "open-1", "campus-inside"}


def test_a_minimum_of_participants(world: World) -> None:
    claire = hire(world)
    wish = {"course_id": "gmp", "start": "2027-03-02T09:00", "end": "2027-03-02T17:00", "capacity": 8, "place": "Ici"}
    assert claire.post("/sessions", {**wish, "minimum": 0}).status_code == 422
    too_many = claire.post("/sessions", {**wish, "minimum": 9})
    assert too_many.json()["errors"] == [{"field": "minimum", "code": "above_the_capacity"}]
    made = claire.post("/sessions", {**wish, "minimum": 8}).json()
    assert made["minimum"] == 8 and "minimum" not in world.get(f"/v1/sessions/{made['id']}").json()
    assert claire.session("gmp-1")["minimum"] is None
    assert claire.change("gmp-1", minimum=13).json()["errors"] == [{"field": "minimum", "code": "above_the_capacity"}]
    assert claire.change("gmp-1", minimum=6).json()["minimum"] == 6
    assert claire.change("gmp-1", place="Ailleurs").json()["minimum"] == 6
    assert claire.change("gmp-1", capacity=4).json()["minimum"] == 4, "it comes down with the capacity"
    assert claire.post("/undo").json()["session"]["minimum"] == 6
    assert claire.change("gmp-1", minimum=0).json()["minimum"] is None
    assert claire.post("/undo").json()["session"]["minimum"] == 6


def test_who_is_below_the_minimum_and_until_when_it_is_decided(world: World) -> None:
    claire = hire(world)
    for ident, minimum in (("gmp-1", 3), ("gmp-closed", 1), ("first-1", 1)):
        assert claire.change(ident, minimum=minimum).status_code == 200
    world.confirmed("a@example.com", "gmp-1", seats=2)
    world.confirmed("b@example.com", "first-1")
    world.book("gmp-1", seats=5)

    def below(day: str = "2027-01-12") -> tuple[int, dict[str, Any]]:
        found = claire.get(f"/occupancy?from={day}&to=2027-01-13&limit=100").json()
        rows = {one["session_id"]: one for one in found["items"]}
        assert all(one["below_minimum"] is (one["decide_by"] is not None) for one in rows.values())
        return found["totals"]["below_minimum"], rows

    number, rows = below()
    assert [ident for ident, one in rows.items() if one["below_minimum"]] == ["gmp-1", "gmp-closed"] and number == 2
    assert (rows["gmp-1"]["minimum"], rows["gmp-1"]["confirmed"]) == (3, 2), "a hold may lapse"
    assert rows["gmp-1"]["decide_by"] == claire.session("gmp-1")["booking_deadline"]
    assert (rows["first-1"]["minimum"], rows["first-1"]["decide_by"]) == (1, None)
    assert (rows["open-1"]["minimum"], rows["open-1"]["below_minimum"]) == (None, False)
    world.confirmed("c@example.com", "gmp-1")
    claire.post("/sessions/gmp-closed/cancel", {"confirmed": True, "reason": "Trop peu d’inscrits."})
    number, rows = below()
    assert number == 0 and rows["gmp-closed"]["state"] == "cancelled" and rows["gmp-closed"]["minimum"] == 1
    claire.change("gmp-1", minimum=4)
    assert below()[0] == 1
    world.clock.set(world.clock.now.replace(year=2027, month=1, day=12, hour=10))  # it has begun
    assert claire.get("/today").json()["sessions"][0]["below_minimum"] is False and below()[0] == 0


def test_today(world: World) -> None:
    claire = hire(world)
    world.post("/v1/handoffs", {"reason": "asked"})
    assert claire.get("/today").json() == {
        "date": "2026-12-01",
        "sessions": [],
        "handoffs": {"queued": 1, "active": 0, "offline": 0},
    }
    world.clock.set(world.clock.now.replace(year=2027, month=1, day=13))
    assert [one["session_id"] for one in claire.get("/today").json()["sessions"]] == ["gmp-1"]
    assert hire(world, "l@campus.example", scopes=["audit.read"]).get("/today").json()["sessions"] is None


def _full_house(world: World) -> dict[str, dict[str, Any]]:
    """A session with everything in it: a group, somebody alone, a hold, somebody who waits, a caller by telephone."""
    group = world.confirmed(
        "chef@example.com",
        "gmp-1",
        seats=2,
        participants=[{"name": "Anne A", "email": "anne@example.com"}, {"name": "Bob B"}],
    )
    alone = world.confirmed("seul@example.com", "gmp-1", lang="en")
    caller = world.post(
        "/v1/staff/bookings",
        {
            "session_id": "gmp-1",
            "hold": False,
            "terms_accepted": True,
            "contact": {"name": "Par Téléphone", "phone": "0470 12 34 56"},
        },
        bearer=STAFF_TOKEN,
    ).json()
    held = world.book("gmp-1", seats=8, bearer=world.web.bearer("c9")).json()
    waiting = world.book("gmp-1", waitlist=True, contact=contact("file@example.com")).json()
    return {"group": group, "alone": alone, "caller": caller, "held": held, "waiting": waiting}


def test_calling_off_is_told_before_it_is_done(world: World) -> None:
    claire = hire(world)
    made = _full_house(world)
    before = world.rows("SELECT reference, state FROM bookings ORDER BY id")
    mails = len(world.mails())
    told = claire.post("/sessions/gmp-1/cancel", {"confirmed": False, "reason": "Formateur malade"})
    assert told.status_code == 200, told.text
    preview = told.json()
    assert preview["confirmed"] is False and preview["session"]["state"] != "cancelled"
    assert preview["counts"]["confirmed"] == {"bookings": 3, "seats": 4}
    assert preview["counts"]["held"] == {"bookings": 1, "seats": 8}
    assert preview["counts"]["waiting"] == {"bookings": 1, "seats": 1}
    assert preview["refund"] == "5000.00" and preview["mails"] == 4
    silent = {one["reference"] for one in preview["contacts"] if not one["by_mail"]}
    assert silent == {made["caller"]["reference"], made["held"]["reference"]}
    assert world.rows("SELECT reference, state FROM bookings ORDER BY id") == before and len(world.mails()) == mails


def test_calling_off(world: World) -> None:
    claire = hire(world)
    made = _full_house(world)
    world.mails()
    wish = {"confirmed": True, "reason": "Formateur malade", "message": "Toutes nos excuses."}
    done = claire.post("/sessions/gmp-1/cancel", wish)
    assert done.status_code == 200, done.text
    assert done.json()["confirmed"] is True and done.json()["session"]["state"] == "cancelled"
    assert done.json()["session"]["taken"] == 0 and done.json()["mails"] == 4
    states = dict(world.rows("SELECT reference, state FROM bookings"))
    expected = {
        "group": "cancelled",
        "alone": "cancelled",
        "caller": "cancelled",
        "held": "released",
        "waiting": "left",
    }
    assert {name: states[made[name]["reference"]] for name in made} == expected
    mails = mails_of(world, "session-cancelled")
    assert {mail["To"] for mail in mails} == {
        "Jeanne Dubois <chef@example.com>",
        "Anne A <anne@example.com>",
        "Jeanne Dubois <seul@example.com>",
        "Jeanne Dubois <file@example.com>",
    }
    by_address = {mail["To"].partition("<")[2].rstrip(">"): mail for mail in mails}
    chef = body_of(by_address["chef@example.com"])
    assert "Formateur malade" in chef and "Toutes nos excuses." in chef and "2\u202f500,00\u00a0€" in chef
    assert "mardi 19 janvier 2027" in chef
    assert "€" not in body_of(by_address["anne@example.com"])
    assert "will not take place" in body_of(by_address["seul@example.com"])
    assert "liste d’attente" in body_of(by_address["file@example.com"])
    calendars = {
        address: [part.get_payload(decode=True).decode() for part in mail.iter_attachments()]
        for address, mail in by_address.items()
    }
    assert calendars["file@example.com"] == []
    [ics] = calendars["chef@example.com"]
    assert "METHOD:CANCEL" in ics and "SEQUENCE:1" in ics and ics.count("BEGIN:VEVENT") == 2
    owed = claire.get(f"/bookings/{made['group']['reference']}").json()
    assert owed["fees"] == "0.00" and owed["terms"]["refund"] == "2500.00"
    assert claire.post("/sessions/gmp-1/cancel", wish).json()["state"] == "cancelled"
    assert world.book("gmp-1").json()["code"] == "session-cancelled"
    world.check()


def test_a_session_that_has_begun_is_not_called_off(world: World) -> None:
    claire = hire(world)
    wish = {"confirmed": True, "reason": "x"}
    assert claire.post("/sessions/gmp-past/cancel", wish).json()["code"] == "session-closed"
    assert claire.post("/sessions/gmp-1/cancel", {"confirmed": True}).status_code == 422


def test_the_conversation_is_told_too(world: World, make_world: Any) -> None:
    told = make_world(notify_url="http://127.0.0.1:9/notify")
    claire = hire(told)
    told.book("gmp-1", bearer=told.web.bearer("c9"))
    claire.post("/sessions/gmp-1/cancel", {"confirmed": True, "reason": "x"})
    [(payload,)] = told.rows("SELECT payload FROM outbox WHERE kind = 'session-cancelled' AND channel = 'notice'")
    assert "web:campus:c9" in str(payload)


def test_two_call_off_one_session(world: World) -> None:
    people = [hire(world, f"p{number}@campus.example") for number in range(4)]
    world.confirmed("a@example.com", "gmp-1", seats=2)
    wish = {"confirmed": True, "reason": "x"}
    answers = together([partial(one.post, "/sessions/gmp-1/cancel", wish) for one in people])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["state"] for answer in answers if answer.status_code == 409} == {"cancelled"}
    assert len(mails_of(world, "session-cancelled")) == 1
    world.check()


def test_booking_while_a_session_is_called_off(world: World) -> None:
    claire = hire(world)
    sure: dict[str, Any] = {"hold": False, "terms_accepted": True}
    jobs = [partial(world.book, contact=contact(f"r{number}@example.com"), **sure) for number in range(8)]
    jobs.insert(4, partial(claire.post, "/sessions/gmp-1/cancel", {"confirmed": True, "reason": "x"}))
    answers = together(jobs)
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert world.taken() == 0
    assert world.scalar("SELECT COUNT(*) FROM bookings WHERE state = 'confirmed'") == 0
    world.check()


def test_a_message_to_everybody(world: World) -> None:
    claire = hire(world)
    _full_house(world)
    wish = {"subject": "Changement de salle", "text": "Salle Sambre.\n\nBE68 5390 0754 7034", "confirmed": False}
    preview = claire.post("/sessions/gmp-1/messages", wish).json()
    assert preview["recipients"] == 3 and preview["id"] is None and preview["without_address"] == 1
    assert preview["names"] == ["Anne A", "Jeanne Dubois", "Jeanne Dubois"]
    assert mails_of(world, "session-message") == []
    sent = claire.post("/sessions/gmp-1/messages", {**wish, "confirmed": True}, key="one-key-for-one-message")
    again = claire.post("/sessions/gmp-1/messages", {**wish, "confirmed": True}, key="one-key-for-one-message")
    assert sent.json() == again.json() and sent.json()["id"].startswith("MSG-")
    mails = mails_of(world, "session-message")
    assert len(mails) == 3 and {mail["Subject"] for mail in mails} == {"Changement de salle"}
    assert all("BE68 5390 0754 7034" in body_of(mail) for mail in mails)
    assert (
        hire(world, "l@campus.example", scopes=["sessions.write"]).post("/sessions/gmp-1/messages", wish).status_code
        == 403
    )


def test_the_demonstrations_people_are_never_written_to(world: World) -> None:
    claire = hire(world)
    world.confirmed("invented@example.com", "gmp-1")
    with world.database.writing() as db:
        db.execute(text("UPDATE bookings SET demo = :yes"), {"yes": True})
    assert claire.post("/sessions/gmp-1/messages", {"subject": "x", "text": "y"}).json()["recipients"] == 0
    done = claire.post("/sessions/gmp-1/cancel", {"confirmed": True, "reason": "x"}).json()
    assert done["mails"] == 0 and done["counts"]["confirmed"]["seats"] == 1
    assert mails_of(world, "session-cancelled") == []


def test_a_session_of_another_operator_does_not_exist(world: World) -> None:
    desk = staff_of(world, "aseptia")
    assert desk.get("/sessions/first-1").json()["code"] == "not-found"
    assert desk.get("/sessions/first-1").json() == desk.get("/sessions/nothing").json()
