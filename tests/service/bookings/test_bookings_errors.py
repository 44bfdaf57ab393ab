"""Every refusal of the contract by its code, and nothing written when one is told."""

from __future__ import annotations

from typing import Any

import pytest
from campus.speakers import limits

from .conftest import MakeWorld, World, contact


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = dict(answer.json())
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] and problem["title"] and problem["detail"]
    return problem


@pytest.fixture(autouse=True)
def _nothing_is_wrong_afterwards(world: World) -> Any:
    yield
    world.check()


def test_idempotency_key_missing(world: World) -> None:
    for key in ("", "short", "x" * 256):
        refused(world.post("/v1/bookings", {"session_id": "gmp-1"}, key=key), 400, "idempotency-key-missing")
    assert world.taken() == 0


def test_session_full_names_sessions_with_room(world: World) -> None:
    world.confirmed("a@example.com", seats=12)
    problem = refused(world.book(seats=3), 409, "session-full")
    assert [session["id"] for session in problem["sessions"]] == ["gmp-soon", "gmp-2"]
    assert all(session["seats_free"] == 12 for session in problem["sessions"])
    refused(world.book("gmp-tiny", seats=100), 409, "session-full")
    refused(world.book("gmp-tiny", seats=3, waitlist=True, contact=contact()), 409, "session-full")


@pytest.mark.parametrize(
    ("session", "status", "code"),
    [
        ("gmp-past", 409, "session-closed"),
        ("gmp-closed", 409, "session-closed"),
        ("gmp-off", 409, "session-cancelled"),
        ("nothing", 404, "not-found"),
        ("\x00", 404, "not-found"),
        ("'; DROP TABLE sessions; --", 404, "not-found"),
    ],
)
def test_sessions_that_cannot_be_booked(world: World, session: str, status: int, code: str) -> None:
    refused(world.book(session), status, code)


def test_after_the_deadline(world: World) -> None:
    assert world.book("gmp-soon").status_code == 201
    world.clock.forward(days=2)  # the deadline is a day before the start
    refused(world.book("gmp-soon"), 409, "session-closed")


def test_not_eligible_without_the_access_code(world: World) -> None:
    for code in (None, "", "WRONG-27"):
        problem = refused(world.book("inside-1", access_code=code), 403, "not-eligible")
        assert problem["rule"] == "access-code"
    assert world.book("inside-1", access_code=" aseptia-27 ").status_code == 201


def test_already_booked_tells_nothing_and_mails_again(world: World) -> None:
    booking = world.confirmed("jeanne@example.com")
    stranger = world.book(hold=False, contact=contact("JEANNE@example.com", "X"), terms_accepted=True)
    problem = refused(stranger, 409, "already-booked")
    assert "jeanne" not in stranger.text.lower() and booking["reference"] not in stranger.text
    assert set(problem) == {"type", "title", "status", "code", "detail"}
    refused(world.book(hold=False, contact=contact(), terms_accepted=True), 409, "already-booked")
    kinds = [(mail["X-Campus-Mail-Kind"], mail["To"]) for mail in world.mails()]
    assert kinds == [("confirmation", "Jeanne Dubois <jeanne@example.com>")] * 2  # once an hour is enough
    assert world.taken() == 1


def test_one_person_stands_once(world: World) -> None:
    people = [{"name": "Ada", "email": "ada@example.com"}, {"name": "Bo", "email": "bo@example.com"}]
    world.confirmed("boss@example.com", seats=2, participants=people)
    wish: dict[str, Any] = {"hold": False, "terms_accepted": True}
    refused(world.book(contact=contact("bo@example.com"), **wish), 409, "already-booked")
    world.confirmed("boss@example.com", seats=2)  # who books for others may book twice
    held = world.book().json()
    path, token = f"/v1/bookings/{held['reference']}/confirm", held["manage_token"]
    sure = {"contact": contact("ada@example.com"), "terms_accepted": True}
    refused(world.post(path, sure, bearer=token), 409, "already-booked")
    assert world.post(path, sure | {"contact": contact("eve@example.com")}, bearer=token).status_code == 200
    world.confirmed("ada@example.com", "gmp-2")  # another session is another matter


def test_who_cancelled_may_book_again(world: World) -> None:
    booking = world.confirmed("a@example.com")
    world.post(f"/v1/bookings/{booking['reference']}/cancel", bearer=booking["manage_token"])
    world.confirmed("a@example.com")


def test_wrong_state(world: World) -> None:
    booking = world.confirmed("a@example.com")
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    for verb in ("extend", "confirm"):
        assert refused(world.post(f"{path}/{verb}", bearer=token), 409, "wrong-state")["state"] == "confirmed"
    world.post(f"{path}/cancel", bearer=token)
    for verb, body in (("cancel", {}), ("reschedule", {"session_id": "gmp-2"})):
        assert refused(world.post(f"{path}/{verb}", body, bearer=token), 409, "wrong-state")["state"] == "cancelled"
    patch = world.call("PATCH", path, {"seats": 2, "version": 2}, bearer=token)
    assert refused(patch, 409, "wrong-state")["state"] == "cancelled"


def test_hold_expired(world: World) -> None:
    held = world.book().json()
    path, token = f"/v1/bookings/{held['reference']}", held["manage_token"]
    world.clock.forward(minutes=15)
    for swept in (False, True):
        if swept:
            world.sweep()
        sure = {"contact": contact(), "terms_accepted": True}
        refused(world.post(f"{path}/confirm", sure, bearer=token), 410, "hold-expired")
        refused(world.post(f"{path}/extend", bearer=token), 410, "hold-expired")
        refused(world.call("PATCH", path, {"seats": 2, "version": 1}, bearer=token), 410, "hold-expired")


def test_a_hold_is_extended_ten_times(world: World) -> None:
    held = world.book().json()
    path, token = f"/v1/bookings/{held['reference']}/extend", held["manage_token"]
    for left in range(9, -1, -1):
        world.clock.forward(minutes=14)
        assert world.post(path, bearer=token).json()["terms"]["extensions_left"] == left
    assert refused(world.post(path, bearer=token), 403, "not-eligible")["rule"] == "extensions"


def test_a_session_that_has_begun_is_not_cancelled(world: World) -> None:
    booking = world.confirmed("a@example.com", "gmp-soon")
    world.clock.forward(days=3)
    path = f"/v1/bookings/{booking['reference']}/cancel"
    refused(world.post(path, bearer=booking["manage_token"]), 409, "session-closed")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"seats": 0}, "seats"),
        ({"seats": -1}, "seats"),
        ({"seats": 101}, "seats"),
        ({"seats": 9999}, "seats"),
        ({"seats": "2"}, "seats"),
        ({"seats": 1.5}, "seats"),
        ({"contact": {"name": "A", "email": "not an address"}}, "contact.email"),
        ({"contact": {"name": "A", "email": "a@b"}}, "contact.email"),
        ({"contact": {"name": " \u0007 ", "email": "a@example.com"}}, "contact.name"),
        ({"contact": {"name": "x" * 121, "email": "a@example.com"}}, "contact.name"),
        ({"contact": {"name": "A", "email": "a@example.com", "phone": "abc"}}, "contact.phone"),
        ({"hold": False, "terms_accepted": True}, "contact"),
        ({"hold": False, "contact": contact()}, "terms_accepted"),
        ({"hold": False, "contact": contact(), "terms_accepted": False}, "terms_accepted"),
        ({"waitlist": True}, "contact"),
        ({"participants": [{"name": "A"}, {"name": "B"}]}, "participants"),
        ({"seats": 2, "participants": [{"name": "A", "email": "a@b.test"}] * 2}, "participants.1.email"),
        ({"customer": "friend"}, "customer"),
        ({"session_id": None}, "session_id"),
        ({"lang": "x<script>"}, "lang"),
    ],
)
def test_invalid(world: World, wish: dict[str, Any], field: str) -> None:
    problem = refused(
        world.book(**{"session": "gmp-1", **wish}) if "session_id" not in wish else world.post("/v1/bookings", wish),
        422,
        "invalid",
    )
    assert [error["field"] for error in problem["errors"]] == [field]
    assert all(error["code"] for error in problem["errors"])
    assert world.taken() == 0 and world.scalar("SELECT COUNT(*) FROM bookings") == 0


@pytest.mark.one_database
@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"x"', "\x00"])
def test_no_json_object_at_all(world: World, body: str) -> None:
    headers = {"Idempotency-Key": "k" * 20, "Content-Type": "application/json"}
    refused(world.http.post("/v1/bookings", content=body, headers=headers), 422, "invalid")


@pytest.mark.parametrize("name", ["👩‍🔬", "ليلى", "<b>x</b>", "Robert'); DROP TABLE bookings;--", "\ud800x", "a\nb"])
def test_odd_names_are_kept_and_harm_nothing(world: World, name: str) -> None:
    if name == "\ud800x":  # half of a character cannot be sent as UTF-8, but as a JSON escape
        body = '{"session_id":"gmp-1","contact":{"name":"\\ud800x","email":"a@example.com"}}'
        headers = {"Idempotency-Key": "k" * 20, "Content-Type": "application/json"}
        answer, expected = world.http.post("/v1/bookings", content=body, headers=headers), "x"
    else:
        answer, expected = world.book(contact=contact("a@example.com", name)), name.replace("\n", " ")
    assert answer.status_code == 201, answer.text
    assert answer.json()["contact"]["name"] == expected


def test_limits_of_a_conversation(world: World) -> None:
    mine = world.web.bearer("c1")
    for _ in range(3):
        assert world.book(bearer=mine).status_code == 201
    answer = world.book(bearer=mine)
    refused(answer, 429, "rate-limited")
    assert answer.headers["retry-after"] == "901"
    other = world.web.bearer("c2")
    assert world.book("gmp-2", bearer=other, seats=12).status_code == 201
    refused(world.book(bearer=other, seats=1), 429, "rate-limited")
    world.clock.forward(minutes=15)
    assert world.book(bearer=mine).status_code == 201


@pytest.mark.one_database
def test_rate_limits(make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    slowly = limits.Allowance(limits.PER_ADDRESS.count, 3600)  # so that nothing grows again while a busy machine posts
    monkeypatch.setattr(limits, "PER_ADDRESS", slowly)
    world = make_world(rate_limits="on")
    answers = [world.post("/v1/bookings/EBC-000000/cancel")]
    while answers[-1].status_code == 404 and len(answers) < 5 * limits.PER_ADDRESS.count:  # it refills meanwhile
        answers.append(world.post("/v1/bookings/EBC-000000/cancel"))
    assert len(answers) > limits.PER_ADDRESS.count
    refused(answers[-1], 429, "rate-limited")
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert world.post("/v1/bookings/EBC-000000/cancel", bearer=world.web.bearer()).status_code == 404


@pytest.mark.one_database
def test_the_language_of_a_refusal(world: World) -> None:
    assert "complète" in world.book("gmp-tiny", seats=3).json()["title"]
    assert world.book("gmp-tiny", seats=3, lang="en").json()["title"] == "Session full"


def test_nothing_to_send(world: World) -> None:
    held = world.book().json()
    path, token = f"/v1/bookings/{held['reference']}/send", held["manage_token"]
    assert refused(world.post(path, {"what": "confirmation"}, bearer=token), 409, "wrong-state")["state"] == "held"
    refused(world.post(path, {"what": "a poem"}, bearer=token), 422, "invalid")
