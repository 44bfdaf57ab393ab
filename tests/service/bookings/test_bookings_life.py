"""The life of a booking over HTTP, on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campus.clock import BRUSSELS

from .conftest import STAFF_TOKEN, World, contact


def test_hold_extend_confirm_cancel(world: World) -> None:
    held = world.book(seats=2)
    assert held.status_code == 201
    booking = held.json()
    assert (booking["state"], booking["seats"], booking["contact"]) == ("held", 2, None)
    assert booking["hold_expires_at"] == "2026-12-01T10:15:00+01:00"
    assert booking["session"]["seats_free"] == 10 and world.taken() == 2
    assert booking["total"] == {"net": "2066.12", "vat": "433.88", "gross": "2500.00", "currency": "EUR"}
    assert booking["terms"]["extensions_left"] == 10
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]

    world.clock.forward(minutes=10)
    extended = world.post(f"{path}/extend", bearer=token).json()
    assert extended["hold_expires_at"] == "2026-12-01T10:25:00+01:00"
    assert extended["terms"]["extensions_left"] == 9

    sure = world.post(f"{path}/confirm", {"contact": contact(), "terms_accepted": True}, bearer=token)
    assert sure.status_code == 200, sure.text
    confirmed = sure.json()
    assert confirmed["state"] == "confirmed" and confirmed["hold_expires_at"] is None
    assert confirmed["terms"]["free_until"] == "2027-01-05T09:00:00+01:00"
    assert confirmed["terms"]["withdraw_until"] == "2026-12-15T23:59:59+01:00"
    assert confirmed["contact"] == {"name": "Jeanne Dubois", "email": "jeanne@example.com", "phone": None}

    gone = world.post(f"{path}/cancel", bearer=token).json()
    assert gone["state"] == "cancelled" and gone["terms"]["cancel_fee"] == "0.00"
    assert gone["terms"]["refund"] == "2500.00" and world.taken() == 0
    audited = "SELECT action, source, target FROM audit WHERE reference = :r ORDER BY seq"
    told = world.rows(audited, r=booking["reference"])
    assert told == [
        ("book", None, "held"),
        ("extend", None, None),
        ("confirm", "held", "confirmed"),
        ("cancel", "confirmed", "cancelled"),
    ]
    world.check()


def test_a_hold_that_is_over_is_free_before_anybody_sweeps(world: World) -> None:
    first = world.book("gmp-tiny", seats=2).json()
    assert world.book("gmp-tiny").json()["code"] == "session-full"
    world.clock.forward(minutes=15)
    seen = world.get(f"/v1/bookings/{first['reference']}", bearer=first["manage_token"]).json()
    assert seen["state"] == "expired" and seen["session"]["seats_free"] == 2
    assert world.book("gmp-tiny").status_code == 201
    assert world.taken("gmp-tiny") == 1
    world.check()


def test_the_sweeper_gives_seats_back(world: World) -> None:
    world.book(seats=5)
    assert world.sweep() == 0
    world.clock.forward(minutes=15)
    assert world.sweep() == 1 and world.taken() == 0
    assert world.sweep() == 0
    world.check()


def test_a_confirmed_booking_at_once(world: World) -> None:
    booking = world.confirmed("a@example.com", company="Aseptia SA", lang="en")
    assert booking["customer"] == "business" and booking["lang"] == "en"
    assert booking["terms"]["withdraw_until"] is None
    assert booking["session"]["title"] == "GMP basics"


def test_free_and_exempt_sessions(world: World) -> None:
    free = world.confirmed("a@example.com", "open-1")
    assert free["total"]["gross"] == "0.00" and free["terms"]["withdraw_until"] is None
    exempt = world.confirmed("a@example.com", "first-1", seats=3)
    assert exempt["total"] == {"net": "299.97", "vat": "0.00", "gross": "299.97", "currency": "EUR"}


def test_late_cancelling_costs_what_the_terms_say(world: World) -> None:
    booking = world.confirmed("a@example.com")
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    world.clock.set(datetime(2027, 1, 6, 9, 0, tzinfo=BRUSSELS))
    terms = world.get(path, bearer=token).json()["terms"]
    assert (terms["cancel_fee"], terms["refund"]) == ("375.00", "875.00")
    gone = world.post(f"{path}/cancel", bearer=token).json()
    assert (gone["terms"]["cancel_fee"], gone["fees"]) == ("375.00", "375.00")


def test_changing_seats_and_people(world: World) -> None:
    booking = world.confirmed("a@example.com", seats=2)
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    people = [{"name": "Ada", "email": "ada@example.com"}, {"name": "Léa", "email": None}]
    more = world.call("PATCH", path, {"seats": 4, "participants": people, "version": 1}, bearer=token).json()
    assert (more["seats"], more["version"], more["participants"]) == (4, 2, people)
    assert more["total"]["gross"] == "5000.00" and world.taken() == 4
    stale = world.call("PATCH", path, {"seats": 3, "version": 1}, bearer=token)
    assert stale.status_code == 409 and stale.json()["code"] == "version-conflict"
    less = world.call("PATCH", path, {"seats": 2, "version": 2}, bearer=token).json()
    assert less["seats"] == 2 and world.taken() == 2
    most = world.call("PATCH", path, {"seats": 11, "version": 3}, bearer=token)
    assert most.json()["seats"] == 11
    full = world.call("PATCH", path, {"seats": 13, "version": 4}, bearer=token)
    assert full.json()["code"] == "session-full" and world.taken() == 11
    world.check()


def test_seats_given_up_late_are_owed(world: World) -> None:
    booking = world.confirmed("a@example.com", seats=3)
    world.clock.set(datetime(2027, 1, 6, 9, 0, tzinfo=BRUSSELS))
    path = f"/v1/bookings/{booking['reference']}"
    less = world.call("PATCH", path, {"seats": 1, "version": 1}, bearer=booking["manage_token"]).json()
    assert less["fees"] == "750.00" and less["total"]["gross"] == "1250.00"


def test_moving_to_another_date(world: World) -> None:
    booking = world.confirmed("a@example.com", seats=2)
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    moved = world.post(f"{path}/reschedule", {"session_id": "gmp-2"}, bearer=token).json()
    assert moved["session"]["id"] == "gmp-2" and moved["state"] == "confirmed"
    assert (world.taken("gmp-1"), world.taken("gmp-2")) == (0, 2)
    world.confirmed("b@example.com", "gmp-tiny")
    kept = world.post(f"{path}/reschedule", {"session_id": "gmp-tiny"}, bearer=token)
    assert kept.json()["code"] == "session-full"
    assert (world.taken("gmp-2"), world.taken("gmp-tiny")) == (2, 1)
    dearer = world.confirmed("c@example.com", "open-1")
    path = f"/v1/bookings/{dearer['reference']}/reschedule"
    refused = world.post(path, {"session_id": "gmp-2"}, bearer=dearer["manage_token"])
    assert refused.json()["errors"] == [{"field": "terms_accepted", "code": "must_be_accepted"}]
    world.check()


def test_a_late_move_does_not_make_cancelling_free_again(world: World) -> None:
    booking = world.confirmed("a@example.com")
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    world.clock.set(datetime(2027, 1, 6, 9, 0, tzinfo=BRUSSELS))
    moved = world.post(f"{path}/reschedule", {"session_id": "gmp-2"}, bearer=token).json()
    assert moved["terms"]["free_until"] == "2027-01-05T09:00:00+01:00"
    assert moved["terms"]["cancel_fee"] == "375.00"


def test_waiting_then_offered_then_confirmed(world: World) -> None:
    first = world.confirmed("a@example.com", "gmp-tiny", seats=2)
    wish: dict[str, Any] = {"waitlist": True, "contact": contact("b@example.com")}
    queued = world.book("gmp-tiny", **wish)
    assert queued.status_code == 201 and queued.json()["state"] == "waiting"
    assert queued.json()["session"]["waiting"] == 1 and world.taken("gmp-tiny") == 2
    world.post(f"/v1/bookings/{first['reference']}/cancel", bearer=first["manage_token"])
    path, token = f"/v1/bookings/{queued.json()['reference']}", queued.json()["manage_token"]
    offered = world.get(path, bearer=token).json()
    assert offered["state"] == "offered" and offered["offer_expires_at"] == "2026-12-02T10:00:00+01:00"
    sure = world.post(f"{path}/confirm", {"terms_accepted": True}, bearer=token).json()
    assert sure["state"] == "confirmed" and world.taken("gmp-tiny") == 1
    world.check()


def test_the_queue_comes_before_the_public_and_an_offer_lapses(world: World) -> None:
    first = world.confirmed("a@example.com", "gmp-tiny", seats=2)
    second = world.book("gmp-tiny", waitlist=True, contact=contact("b@example.com"), seats=2).json()
    third = world.book("gmp-tiny", waitlist=True, contact=contact("c@example.com")).json()
    world.post(f"/v1/bookings/{first['reference']}/cancel", bearer=first["manage_token"])
    assert world.book("gmp-tiny").json()["code"] == "session-full"
    world.clock.forward(hours=24)
    late = world.post(
        f"/v1/bookings/{second['reference']}/confirm", {"terms_accepted": True}, bearer=second["manage_token"]
    )
    assert late.status_code == 410 and late.json()["code"] == "offer-lapsed"
    world.sweep()
    offered = world.get(f"/v1/bookings/{third['reference']}", bearer=third["manage_token"]).json()
    assert offered["state"] == "offered"
    assert world.book("gmp-tiny").status_code == 201
    declined = world.post(f"/v1/bookings/{third['reference']}/cancel", bearer=third["manage_token"]).json()
    assert declined["state"] == "declined"
    world.check()


def test_leaving_the_queue_and_releasing_a_hold(world: World) -> None:
    held = world.book("gmp-tiny", seats=2).json()
    queued = world.book("gmp-tiny", waitlist=True, contact=contact("b@example.com")).json()
    left = world.post(f"/v1/bookings/{queued['reference']}/cancel", bearer=queued["manage_token"]).json()
    assert left["state"] == "left"
    released = world.post(f"/v1/bookings/{held['reference']}/cancel", bearer=held["manage_token"]).json()
    assert released["state"] == "released" and world.taken("gmp-tiny") == 0
    world.check()


def test_who_sees_what(world: World) -> None:
    mine, other = world.web.bearer("c1"), world.web.bearer("c2")
    booking = world.book(bearer=mine).json()
    path = f"/v1/bookings/{booking['reference']}"
    for bearer in (mine, booking["manage_token"], STAFF_TOKEN):
        assert world.get(path, bearer=bearer).status_code == 200
        assert world.get("/v1/bookings", bearer=bearer).json()["total"] == 1
    for stranger in (None, other, world.book().json()["manage_token"]):
        refused = world.get(path, bearer=stranger)
        unknown = world.get("/v1/bookings/EBC-ZZZZZZ", bearer=stranger)
        assert refused.status_code == unknown.status_code == 404
        assert refused.json() == unknown.json()
        for verb in ("confirm", "extend", "cancel"):
            assert world.post(f"{path}/{verb}", bearer=stranger).status_code == 404
    assert world.get("/v1/bookings", bearer=other).json() == {"items": [], "total": 0, "next": None}
    assert world.get("/v1/bookings").status_code == 401
    assert world.get(f"/v1/bookings/{booking['reference'].lower()}", bearer=mine).status_code == 200


def test_a_list_in_parts(world: World) -> None:
    mine = world.web.bearer("c1")
    made = [world.book(name, bearer=mine).json()["reference"] for name in ("gmp-1", "gmp-2", "open-1")]
    first = world.get("/v1/bookings?limit=2", bearer=mine).json()
    assert first["total"] == 3 and [one["reference"] for one in first["items"]] == made[:0:-1]
    rest = world.get(f"/v1/bookings?limit=2&cursor={first['next']}", bearer=mine).json()
    assert [one["reference"] for one in rest["items"]] == made[:1] and rest["next"] is None
