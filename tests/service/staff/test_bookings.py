"""Bookings as staff find, make and change them, and taking back the last write."""

from __future__ import annotations

import re
from typing import Any

import pytest
from campus.privacy import retention
from sqlalchemy import text

from ..bookings.racing import together
from .conftest import Person, World, body_of, contact, hire, mails_of, staff_of


def _found(person: Person, query: str) -> set[str]:
    answer = person.get(f"/bookings?limit=100&{query}")
    assert answer.status_code == 200, answer.text
    return {one["reference"] for one in answer.json()["items"]}


def test_finding(world: World) -> None:
    claire = hire(world)
    phone = {"phone": "+32470123456"}
    zoe = world.confirmed("zoe@example.com", contact=contact("zoe@example.com", "Zoé Lefèvre") | phone)["reference"]
    group = world.confirmed(
        "chef@example.com",
        "first-1",
        seats=2,
        company="Pharma SA",
        participants=[{"name": "Ana María Peña", "email": "ana@example.com"}],
    )["reference"]
    held = world.book("gmp-2").json()["reference"]
    for query, expected in {
        "q=lefevre": {zoe},
        "q=ZOE LEF": {zoe},
        "q=pena ana": {group},
        "q=pharma": {group},
        "q=0470 12 34 56": {zoe},
        "q=%2B32 470/123.456": {zoe},
        "q=nobody": set(),
        "email=ANA@example.com": {group},
        "email=zoe@example.com": {zoe},
        "session=first-1": {group},
        "session=nothing": set(),
        f"reference={zoe.lower()}": {zoe},
        "reference=EBC-000000": set(),
        "reference=nonsense": set(),
        "state=held": {held},
        "state=confirmed&q=lefevre": {zoe},
        "": {zoe, group, held},
    }.items():
        assert _found(claire, query) == expected, query
    assert claire.get("/bookings?state=nonsense").status_code == 422
    world.clock.forward(minutes=20)
    assert _found(claire, "state=held") == set() and _found(claire, "state=expired") == {held}
    part = claire.get("/bookings?q=example&limit=1").json()
    assert part["total"] == 0 and part["next"] is None
    assert _found(staff_of(world, "campus"), "") == {group}
    assert _found(staff_of(world, "aseptia"), "q=pena") == set()


def test_booking_for_a_caller(world: World) -> None:
    claire = hire(world)
    wish = {**_sure("x@example.com", "gmp-1"), "contact": {"name": "Paul", "phone": "0470123456"}}
    answer = claire.post("/bookings", wish)
    assert answer.status_code == 201, answer.text
    booking = answer.json()
    assert booking["state"] == "confirmed" and "manage_token" not in booking
    assert booking["contact"] == {"name": "Paul", "email": None, "phone": "+32470123456"}
    assert world.mails() == []
    path = f"/bookings/{booking['reference']}"
    assert claire.post(f"{path}/send", {"what": "confirmation"}).json()["code"] == "wrong-state"
    assert claire.get(f"{path}/calendar.ics").status_code == 200
    held = claire.post("/bookings", {"session_id": "gmp-1"}).json()
    late = claire.post(f"/bookings/{held['reference']}/confirm", {"contact": wish["contact"], "terms_accepted": True})
    assert late.json()["state"] == "confirmed"
    assert claire.post("/bookings", {**wish, "contact": {"name": "Paul"}}).status_code == 422
    queued = claire.post("/bookings", {**wish, "session_id": "gmp-tiny", "waitlist": True})
    assert queued.json()["errors"] == [{"field": "contact.email", "code": "missing"}]
    assert world.post("/v1/bookings", wish).status_code == 422  # by telephone only is for staff
    assert claire.post("/bookings", wish, key="").json()["code"] == "idempotency-key-missing"
    world.check()


def test_rules_may_be_set_aside_by_staff_of_the_operator(world: World) -> None:
    with world.database.writing() as db:
        db.execute(
            text("UPDATE courses SET requirements = :rules WHERE id = 'gmp'"), {"rules": '[{"rule": "business-only"}]'}
        )
        db.execute(text("UPDATE catalogue_state SET version = version + 1"))
    try:
        wish = {
            "session_id": "gmp-1",
            "hold": False,
            "terms_accepted": True,
            "contact": contact(),
            "customer": "consumer",
        }
        assert world.post("/v1/bookings", wish).json()["code"] == "not-eligible"
        made = staff_of(world, "aseptia").post("/bookings", wish)
        assert made.status_code == 201, made.text
        rows = world.rows("SELECT details FROM audit WHERE action = 'override'")
        assert "business-only" in str(rows)
    finally:
        with world.database.writing() as db:
            db.execute(text("UPDATE courses SET requirements = '[]' WHERE id = 'gmp'"))
            db.execute(text("UPDATE catalogue_state SET version = version + 1"))


def test_every_verb(world: World) -> None:
    claire = hire(world)
    booking = world.confirmed("jeanne@example.com", seats=2)
    path = f"/bookings/{booking['reference']}"
    assert claire.get(path).json()["reference"] == booking["reference"]
    assert claire.get(f"{path}/with-seats?seats=1").json()["seats"] == 1
    assert claire.call("PATCH", path, {"seats": 1, "version": booking["version"]}).json()["seats"] == 1
    assert claire.post(f"{path}/reschedule", {"session_id": "gmp-2"}).json()["session"]["id"] == "gmp-2"
    assert claire.post(f"{path}/send", {"what": "confirmation"}).json()["state"] == "queued"
    assert claire.post(f"{path}/withdraw", {"confirmed": False}).json()["withdrawal"]["allowed"] is True
    held = claire.post("/bookings", {"session_id": "gmp-1"}).json()["reference"]
    assert claire.post(f"/bookings/{held}/extend").status_code == 200
    assert claire.post(f"/bookings/{held}/cancel").json()["state"] == "released"
    assert claire.post(f"{path}/withdraw", {"confirmed": True}).json()["state"] == "withdrawn"
    world.check()


def test_waiving_the_fee(world: World) -> None:
    claire = hire(world)
    world.clock.set(world.clock.now.replace(year=2027, month=1, day=13))  # late: it would cost
    late, free = (claire.post("/bookings", _sure(name)).json() for name in ("late@example.com", "free@example.com"))
    paid = claire.post(f"/bookings/{late['reference']}/cancel").json()
    assert paid["terms"]["cancel_fee"] == "375.00"
    waived = claire.post(
        f"/bookings/{free['reference']}/cancel", {"waive_fee": True, "reason": "Deuil dans la famille"}
    )
    assert waived.json()["terms"]["cancel_fee"] == "0.00" and waived.json()["fees"] == "0.00"
    assert world.rows("SELECT details FROM audit WHERE action = 'waive-fee'")
    mails = {mail["To"]: body_of(mail) for mail in mails_of(world, "cancellation")}
    told = next(body for to, body in mails.items() if "free@" in to)
    assert "Motif\u00a0: Deuil dans la famille" in told and "sans frais" in told
    assert "Motif" not in next(body for to, body in mails.items() if "late@" in to)
    world.check()


def _sure(email: str, session: str = "gmp-2") -> dict[str, Any]:
    return {"session_id": session, "hold": False, "terms_accepted": True, "contact": contact(email)}


def test_who_may_only_read_changes_nothing(world: World) -> None:
    reader = staff_of(world, "aseptia", ["bookings.read"])
    booking = world.confirmed("jeanne@example.com")
    for path in ("/v1/bookings", "/v1/staff/bookings"):
        one = f"{path}/{booking['reference']}"
        assert world.get(one, bearer=reader.token).status_code == 200
        assert world.post(f"{one}/cancel", bearer=reader.token).json()["code"] == "forbidden"
    other = world.confirmed("b@example.com", "first-1")
    assert world.get(f"/v1/bookings/{other['reference']}", bearer=reader.token).json()["code"] == "not-found"


def test_a_booking_is_moved_within_ones_operators_only(world: World) -> None:
    desk = staff_of(world, "aseptia")
    booking = world.confirmed("jeanne@example.com")
    away = desk.post(f"/bookings/{booking['reference']}/reschedule", {"session_id": "first-1"})
    assert away.json()["code"] == "not-found"
    assert world.taken("first-1") == 0


# --- taking back ---------------------------------------------------------------------------------


def test_taking_back_a_capacity(world: World) -> None:
    claire = hire(world)
    assert claire.post("/undo").json()["state"] == "nothing-to-undo"
    claire.change("gmp-1", capacity=20)
    undone = claire.post("/undo")
    assert undone.status_code == 200 and undone.json()["session"]["capacity"] == 12
    assert claire.post("/undo").json()["state"] == "undone"


def test_taking_back_a_closed_session_and_a_place(world: World) -> None:
    claire = hire(world)
    claire.change("gmp-1", state="closed", place="Ailleurs", booking_deadline="2027-01-03T12:00")
    undone = claire.post("/undo").json()["session"]
    assert undone["state"] == "open" and undone["place"] == "Salle Curie, 2e étage"
    assert undone["booking_deadline"] == "2027-01-11T09:00:00+01:00"
    assert world.book("gmp-1").status_code == 201


def test_taking_back_attendance(world: World) -> None:
    claire = hire(world)
    booking = world.confirmed("jeanne@example.com", seats=2)
    world.clock.forward(days=42)
    claire.call("PUT", "/sessions/gmp-1/attendance", {"present": [f"{booking['reference']}/1"]})
    claire.call("PUT", "/sessions/gmp-1/attendance", {"absent": [booking["reference"]]})
    assert claire.post("/undo").status_code == 200
    rows = claire.get("/sessions/gmp-1/attendance").json()["items"]
    assert [(row["seat"], row["state"], row["present"]) for row in rows] == [
        (1, "attended", True),
        (2, "attended", None),
    ]
    world.check()


def test_taking_back_seats_drops_the_mail(world: World) -> None:
    claire = hire(world)
    booking = world.confirmed("jeanne@example.com", seats=2)
    world.mails()
    path = f"/bookings/{booking['reference']}"
    people = [{"name": "Un", "email": "un@example.com"}, {"name": "Deux"}]
    claire.call("PATCH", path, {"seats": 4, "participants": people, "version": booking["version"]})
    assert world.taken() == 4
    undone = claire.post("/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["booking"]["seats"] == 2 and undone.json()["booking"]["participants"] == []
    assert world.taken() == 2 and world.scalar("SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL") == 0
    assert world.scalar("SELECT COUNT(*) FROM standings WHERE person = 'un@example.com'") == 0
    world.check()


def test_what_has_left_is_not_taken_back(world: World) -> None:
    claire = hire(world)
    booking = world.confirmed("jeanne@example.com", seats=2)
    claire.call("PATCH", f"/bookings/{booking['reference']}", {"seats": 3, "version": booking["version"]})
    world.mails()
    refused = claire.post("/undo")
    assert refused.status_code == 409 and refused.json()["state"] == "sent"
    assert world.taken() == 3


@pytest.mark.parametrize("after", ["late", "changed", "other-write", "offered", "sold"])
def test_what_cannot_be_taken_back(world: World, after: str) -> None:
    claire, leila = hire(world), hire(world, "leila@campus.example")
    if after == "offered":
        world.confirmed("a@example.com", "gmp-tiny", seats=2)
        world.book("gmp-tiny", waitlist=True, contact=contact("w@example.com"))
    claire.change("gmp-tiny", capacity=4)
    expected = {"late": "too-late", "changed": "changed-since", "other-write": "not-undoable"}.get(after, "seats-taken")
    if after == "late":
        world.clock.forward(minutes=10)
    elif after == "changed":
        leila.change("gmp-tiny", capacity=5)
    elif after == "other-write":
        claire.post("/bookings", {"session_id": "gmp-1"})
    elif after == "sold":
        world.confirmed("b@example.com", "gmp-tiny", seats=4)
    else:
        expected = "seats-offered"
    assert claire.post("/undo").json()["state"] == expected
    world.check()


def test_one_takes_back_only_ones_own(world: World) -> None:
    claire, leila = hire(world), hire(world, "leila@campus.example")
    claire.change("gmp-1", capacity=20)
    assert leila.post("/undo").json()["state"] == "nothing-to-undo"
    assert claire.session("gmp-1")["capacity"] == 20


def test_taken_back_once_by_many_at_once(world: World) -> None:
    claire = hire(world)
    claire.change("gmp-1", capacity=20)
    answers = together([lambda: claire.post("/undo") for _ in range(6)])
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]
    assert claire.session("gmp-1")["capacity"] == 12 and claire.session("gmp-1")["version"] == 3
    assert world.scalar("SELECT COUNT(*) FROM audit WHERE action = 'undo'") == 1


def test_what_can_be_taken_back_is_forgotten_with_the_person_and_after_a_day(world: World) -> None:
    claire = hire(world)
    people = [{"name": "Un", "email": "un@example.com"}]
    booking = world.confirmed("jeanne@example.com", seats=2, participants=people)
    path = f"/bookings/{booking['reference']}"
    claire.call("PATCH", path, {"participants": [], "version": booking["version"]})
    claire.change("gmp-2", capacity=20)
    assert "un@example.com" in str(world.rows("SELECT before FROM staff_undoable"))
    world.post("/v1/codes", {"email": "un@example.com"})
    [code] = re.findall(r"(?<!\d)\d{6}(?!\d)", body_of(mails_of(world, "code")[-1]))
    token = world.post("/v1/codes/verify", {"email": "un@example.com", "code": code}).json()["token"]
    assert world.post("/v1/me/erase", {"confirmed": True}, bearer=token).status_code == 200
    assert world.rows("SELECT reference FROM staff_undoable") == [("gmp-2",)]
    world.clock.forward(days=2)
    assert retention.run(world.database)["undoable"] == 1
    assert world.rows("SELECT * FROM staff_undoable") == []
