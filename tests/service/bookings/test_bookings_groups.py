"""Groups: more wanted than free, people who are replaced, and addresses that stand in a session already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from campus import clock
from campus.bookings.choices import split
from campus.clock import BRUSSELS
from sqlalchemy import text

from .conftest import World, contact
from .test_mail_content import calendars, plain


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("free", "others", "wanted", "expected"),
    [
        (9, [("b", 2), ("c", 3)], 12, [("a", 9), ("c", 3)]),
        (9, [("b", 2), ("c", 1), ("d", 12)], 12, [("a", 9), ("b", 2), ("c", 1)]),  # done earlier, in three parts
        (9, [("b", 1), ("c", 1), ("d", 2)], 12, [("a", 9), ("b", 1), ("d", 2)]),
        (9, [("b", 1), ("c", 1), ("d", 1)], 12, []),  # four parts would be too many
        (9, [("b", 12), ("c", 12)], 12, [("a", 9), ("b", 3)]),
        (0, [("b", 6), ("c", 6)], 12, []),
        (9, [], 12, []),
        (12, [("b", 12)], 12, []),
    ],
)
def test_splitting(free: int, others: list[tuple[str, int]], wanted: int, expected: list[tuple[str, int]]) -> None:
    found = split("a", free, others, wanted)
    assert found == expected
    assert not found or sum(seats for _, seats in found) == wanted


def test_twelve_wanted_nine_free(world: World) -> None:
    world.confirmed("a@example.com", seats=3)
    world.confirmed("b@example.com", "gmp-soon", seats=11)
    answer = world.book(seats=12)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "session-full")
    assert (problem["wanted"], problem["seats_free"]) == (12, 9)
    assert problem["choices"] == [
        {"kind": "another-date", "session_id": "gmp-2", "seats": 12},
        {
            "kind": "split",
            "parts": [
                {"session_id": "gmp-1", "seats": 9},
                {"session_id": "gmp-2", "seats": 3},
            ],
        },
        {"kind": "queue", "session_id": "gmp-1", "seats": 12},
    ]
    assert [session["id"] for session in problem["sessions"]] == ["gmp-2"]


def test_every_way_that_is_told_is_open(world: World) -> None:
    world.confirmed("a@example.com", seats=3)
    ways = {way["kind"]: way for way in world.book(seats=12).json()["choices"]}
    for part in ways["split"]["parts"]:
        assert world.book(part["session_id"], seats=part["seats"]).status_code == 201
    world.clock.forward(minutes=15)
    date = ways["another-date"]
    assert world.book(date["session_id"], seats=date["seats"]).status_code == 201
    queue = ways["queue"]
    queued = world.book(queue["session_id"], seats=queue["seats"], waitlist=True, contact=contact())
    assert queued.json()["state"] == "waiting"
    world.check()


def test_no_way_at_all(world: World) -> None:
    for session, seats in (("gmp-1", 12), ("gmp-2", 12), ("gmp-soon", 12), ("gmp-tiny", 2)):
        world.confirmed(f"{session}@example.com", session, seats=seats)
    problem = world.book("gmp-tiny", seats=3).json()
    assert (problem["sessions"], problem["choices"], problem["seats_free"]) == ([], [], 0)
    assert [way["kind"] for way in world.book("gmp-tiny", seats=2).json()["choices"]] == ["queue"]


def test_what_is_not_for_everybody_is_no_way_for_a_stranger(world: World) -> None:
    inside = {"access_code": "ASEPTIA-27"}
    world.book("inside-1", seats=12, **inside)
    problem = world.book("inside-1", **inside).json()
    assert [way["kind"] for way in problem["choices"]] == ["queue"]
    with world.database.writing() as db:
        db.execute(text("UPDATE sessions SET audience = 'staff', access_code = 'GMP' WHERE id = 'gmp-2'"))
        db.execute(text("UPDATE catalogue_state SET version = version + 1"))
    try:
        world.confirmed("a@example.com", seats=3)
        named = str(world.book(seats=12).json()["choices"])
        assert "gmp-soon" in named and "gmp-2" not in named
        assert "gmp-2" in str(world.book(seats=12, access_code="GMP").json()["choices"])
    finally:
        with world.database.writing() as db:
            db.execute(text("UPDATE sessions SET audience = 'public', access_code = NULL WHERE id = 'gmp-2'"))
            db.execute(text("UPDATE catalogue_state SET version = version + 1"))


def test_more_seats_than_there_are_on_a_booking(world: World) -> None:
    booking = world.confirmed("a@example.com", seats=2)
    world.confirmed("b@example.com", seats=9)
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    problem = world.call("PATCH", path, {"seats": 5, "version": 1}, bearer=token).json()
    assert (problem["code"], problem["wanted"], problem["seats_free"]) == ("session-full", 3, 1)
    world.confirmed("c@example.com", "gmp-tiny")
    moved = world.post(f"{path}/reschedule", {"session_id": "gmp-tiny"}, bearer=token).json()
    assert (moved["code"], moved["wanted"], moved["seats_free"]) == ("session-full", 2, 1)
    assert "gmp-1" not in str(moved["choices"])  # where the booking is already


def test_the_same_refusal_for_the_same_key(world: World) -> None:
    world.confirmed("a@example.com", seats=3)
    first = world.book(seats=12, key="one-key-for-one-group")
    world.confirmed("b@example.com", seats=3)
    assert world.book(seats=12, key="one-key-for-one-group").json() == first.json()


def test_one_of_three_is_replaced_the_day_before(world: World) -> None:
    people = [{"name": "Ada", "email": "ada@example.com"}, {"name": "Bo", "email": "bo@example.com"}]
    booking = world.confirmed("boss@example.com", seats=3, participants=people)
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    world.clock.set(datetime(2027, 1, 11, 16, 0, tzinfo=BRUSSELS))  # after the deadline, at nine
    assert world.book().json()["code"] == "session-closed"
    changed = [people[0], {"name": "Cleo", "email": "cleo@example.com"}, {"name": "Dan", "email": None}]
    answer = world.call("PATCH", path, {"participants": changed, "version": 1}, bearer=token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["participants"] == changed and answer.json()["fees"] == "0.00"
    standing = "SELECT person FROM standings ORDER BY person"
    assert world.rows(standing) == [("ada@example.com",), ("cleo@example.com",)]
    _first, told, newcomer = world.mails()
    assert told["To"] == "Jeanne Dubois <boss@example.com>" and "C’est modifié." in plain(told)
    assert newcomer["To"] == "Cleo <cleo@example.com>" and newcomer["X-Campus-Mail-Kind"] == "invitation"
    words = plain(newcomer)
    assert "Jeanne Dubois a réservé une place pour vous" in words and booking["reference"] in words
    assert "Bonjour Cleo," in words and "Ada" not in words and "€" not in words and "annuler" not in words
    [file] = calendars(newcomer)
    assert file["method"] == "REQUEST" and "ada@example.com" not in file.to_ical().decode()
    world.clock.set(datetime(2027, 1, 12, 9, 0, tzinfo=BRUSSELS))
    late = world.call("PATCH", path, {"participants": people, "version": 2}, bearer=token)
    assert late.json()["code"] == "session-closed"
    world.check()


def test_names_come_later(world: World) -> None:
    held = world.book(seats=3).json()
    path, token = f"/v1/bookings/{held['reference']}", held["manage_token"]
    sure = {"contact": contact("boss@example.com"), "terms_accepted": True}
    assert world.post(f"{path}/confirm", sure, bearer=token).json()["participants"] == []
    ada, bo = {"name": "Ada", "email": "ada@example.com"}, {"name": "Bo", "email": "bo@example.com"}
    first = world.call("PATCH", path, {"participants": [ada], "version": 2}, bearer=token).json()
    second = world.call("PATCH", path, {"participants": [ada, bo], "version": first["version"]}, bearer=token).json()
    assert second["participants"] == [ada, bo]
    to = [str(mail["To"]).partition("<")[2].rstrip(">") for mail in world.mails()]
    boss = "boss@example.com"
    assert to == [boss, boss, "ada@example.com", boss, "bo@example.com"]  # Ada is told once


def test_a_replaced_person_may_book_and_the_new_one_not_twice(world: World) -> None:
    people = [{"name": "Ada", "email": "ada@example.com"}]
    booking = world.confirmed("boss@example.com", participants=people)
    other = world.confirmed("bo@example.com")
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    taken = {"participants": [{"name": "Bo", "email": "BO@example.com"}], "version": 1}
    refused = world.call("PATCH", path, taken, bearer=token)
    assert (refused.status_code, refused.json()["code"]) == (409, "already-booked")
    unchanged = world.get(path, bearer=token).json()
    assert unchanged["participants"] == people and unchanged["version"] == 1
    assert world.scalar("SELECT booking_id FROM standings WHERE person = 'ada@example.com'") is not None
    world.post(f"/v1/bookings/{other['reference']}/cancel", bearer=other["manage_token"])
    assert world.call("PATCH", path, taken, bearer=token).status_code == 200
    world.confirmed("ada@example.com")
    world.check()


@pytest.mark.parametrize("state", ["held", "confirmed"])
def test_fewer_seats_than_people(world: World, state: str) -> None:
    people = [{"name": "Ada"}, {"name": "Bo"}, {"name": "Cleo"}]
    wish: dict[str, Any] = {"seats": 3, "participants": people, "contact": contact()}
    sure = {} if state == "held" else {"hold": False, "terms_accepted": True}
    booking = world.book(**wish, **sure).json()
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    assert booking["state"] == state and len(booking["participants"]) == 3
    fewer = world.call("PATCH", path, {"seats": 2, "version": 1}, bearer=token)
    assert fewer.status_code == 422
    assert fewer.json()["errors"] == [{"field": "seats", "code": "fewer_than_participants"}]
    many = world.call("PATCH", path, {"seats": 2, "participants": people, "version": 1}, bearer=token)
    assert many.json()["errors"] == [{"field": "participants", "code": "too_many"}]
    twice = [{"name": "Ada", "email": "a@example.com"}, {"name": "Bo", "email": "A@example.com"}]
    doubled = world.call("PATCH", path, {"participants": twice, "version": 1}, bearer=token)
    assert doubled.json()["errors"] == [{"field": "participants.1.email", "code": "duplicate"}]
    both = world.call("PATCH", path, {"seats": 2, "participants": people[:2], "version": 1}, bearer=token)
    assert both.status_code == 200 and world.taken() == 2


def test_already_booked_is_the_same_answer_whoever_booked(world: World) -> None:
    people = [{"name": "Ada", "email": "ada@example.com"}, {"name": "Bo", "email": "bo@example.com"}]
    world.confirmed("boss@example.com", seats=2, participants=people)
    world.confirmed("eve@example.com")
    world.book(contact=contact("held@example.com"), participants=[{"name": "H", "email": "held@example.com"}])
    mine = world.web.bearer("c9")
    world.book(bearer=mine, hold=False, contact=contact("own@example.com"), terms_accepted=True)
    answers = set()
    for email in ("ada@example.com", "eve@example.com", "held@example.com", "own@example.com"):
        for bearer in (None, mine):
            wish = {"hold": False, "contact": contact(email, "Somebody"), "terms_accepted": True}
            answer = world.book(bearer=bearer, **wish)
            assert answer.status_code == 409
            headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
            answers.add((answer.content, tuple(sorted(headers.items()))))
    assert len(answers) == 1


def test_the_confirmation_goes_to_the_address_itself(world: World) -> None:
    people = [{"name": "Ada", "email": "ada@example.com"}, {"name": "Bo", "email": "bo@example.com"}]
    booking = world.confirmed("boss@example.com", seats=2, participants=people)
    for _ in range(3):
        world.book(hold=False, contact=contact("ADA@example.com"), terms_accepted=True)
    _first, again = world.mails()
    assert again["To"] == "Ada <ada@example.com>" and again["X-Campus-Reference"] == booking["reference"]
    assert "Voici à nouveau" in plain(again) and "Bo" not in plain(again).split() and "€" not in plain(again)
    assert "boss@example.com" not in plain(again)


def test_at_most_once_an_hour_also_across_the_full_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.confirmed("ada@example.com")
    begun = clock.real_now().replace(minute=59, second=30)

    def ask(minutes: float) -> int:
        monkeypatch.setattr(clock, "real_now", lambda: begun + timedelta(minutes=minutes))
        world.book(hold=False, contact=contact("ada@example.com"), terms_accepted=True)
        return int(world.scalar("SELECT COUNT(*) FROM outbox"))

    assert [ask(minutes) for minutes in (0, 1, 59, 61, 62)] == [2, 2, 2, 3, 3]
