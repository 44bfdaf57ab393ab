"""What courses ask for, as data: when it is asked, what a refusal says, and who may decide otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from campus.audit import record
from campus.catalogue.models import Course
from campus.catalogue.requirements import KINDS, mistakes
from sqlalchemy import text, update

from ..migrating import OldDatabase
from .conftest import NOW, STAFF_TOKEN, World, _course, _session, contact

FIT = {
    "rule": "declaration",
    "id": "fit-for-clean-room",
    "text": {"fr": "Je suis apte à la salle blanche.", "en": "I am fit for {the} clean room."},
}
AFTER_GMP = {"rule": "completed-course", "course_id": "gmp"}
BUSINESS = {"rule": "business-only"}
FEW = {"rule": "max-seats", "seats": 2}


@pytest.fixture
def strict(world: World) -> Any:
    """Gives the course of session `strict-1` these rules."""
    start = NOW.replace(day=20)
    with world.database.writing() as db:
        if db.get(Course, "strict") is None:
            db.add(_course("strict", "aseptia", "Salle blanche", "Clean room", "600.00"))
            db.flush()
            db.add_all(
                [_session("strict-1", "strict", start, 1), _session("strict-tiny", "strict", start, 1, capacity=2)]
            )

    def asks(*rules: dict[str, Any]) -> World:
        with world.database.writing() as db:
            db.execute(update(Course).where(Course.id == "strict").values(requirements=list(rules)))
            db.execute(text("UPDATE catalogue_state SET version = version + 1"))
        return world

    yield asks
    asks()


def at_once(email: str = "a@example.com", **more: Any) -> dict[str, Any]:
    """A wish that is confirmed at once."""
    return {"hold": False, "contact": contact(email), "terms_accepted": True, **more}


def refused(answer: Any, rule: str) -> dict[str, Any]:
    """The problem document of a refusal by that rule."""
    assert answer.status_code == 403, answer.text
    problem = dict(answer.json())
    assert (problem["code"], problem["rule"], problem["contact"]) == ("not-eligible", rule, "handoff")
    return problem


def attended(world: World, email: str, session: str = "gmp-1", **wish: Any) -> None:
    """Somebody sat in a session."""
    booking = world.confirmed(email, session, **wish)
    with world.database.writing() as db:
        came = text("UPDATE bookings SET state = 'attended', version = version + 1 WHERE reference = :r")
        db.execute(came, {"r": booking["reference"]})
        record(db, "staff:", "attend", booking["reference"], source="confirmed", target="attended")


def test_a_declaration(strict: Any) -> None:
    world: World = strict(FIT)
    problem = refused(world.book("strict-1", **at_once(lang="en")), "fit-for-clean-room")
    assert problem["requirement"] == {
        "rule": "declaration",
        "id": "fit-for-clean-room",
        "text": "I am fit for {the} clean room.",
    }
    assert "I am fit for {the} clean room." in problem["detail"] and "person" in problem["detail"]
    french = refused(world.book("strict-1", **at_once(lang="fr")), "fit-for-clean-room")
    assert french["requirement"]["text"] == "Je suis apte à la salle blanche." and "personne" in french["detail"]
    assert world.taken("strict-1") == 0 and world.mails() == []
    assert world.book("strict-1", **at_once(declarations=["fit-for-clean-room"])).status_code == 201
    kept = world.scalar("SELECT declarations FROM bookings WHERE session_id = 'strict-1'")
    assert "fit-for-clean-room" in str(kept) and "2026-12-01T10:00:00+01:00" in str(kept)
    world.check()


def test_a_hold_is_free_and_the_seat_stays_while_one_finds_out(strict: Any) -> None:
    world: World = strict(AFTER_GMP, FIT)
    held = world.book("strict-1").json()
    path, token = f"/v1/bookings/{held['reference']}", held["manage_token"]
    sure: dict[str, Any] = {"contact": contact("a@example.com"), "terms_accepted": True}
    problem = refused(world.post(f"{path}/confirm", {**sure, "lang": "en"}, bearer=token), "completed-course")
    assert problem["requirement"]["course_id"] == "gmp" and problem["requirement"]["title"] == "GMP basics"
    assert "“GMP basics”" in problem["detail"]
    still = world.get(path, bearer=token).json()
    assert (still["state"], still["contact"], still["version"]) == ("held", None, 1)
    declared = {**sure, "declarations": ["gmp"]}
    refused(world.post(f"{path}/confirm", declared, bearer=token), "fit-for-clean-room")
    declared["declarations"].append("fit-for-clean-room")
    assert world.post(f"{path}/confirm", declared, bearer=token).json()["state"] == "confirmed"
    world.check()


def test_who_attended_need_not_declare(strict: Any) -> None:
    world: World = strict(AFTER_GMP)
    attended(world, "ada@example.com")
    attended(world, "boss@example.com", "gmp-2", seats=2, participants=[{"name": "Bo", "email": "bo@example.com"}])
    world.confirmed("only-booked@example.com")
    for email in ("only-booked@example.com", "boss@example.com", "nobody@example.com"):
        refused(world.book("strict-1", **at_once(email)), "completed-course")
    for email in ("ADA@example.com", "bo@example.com"):
        assert world.book("strict-1", **at_once(email)).status_code == 201
    world.check()


def test_everybody_named_in_a_group_counts(strict: Any) -> None:
    world: World = strict(AFTER_GMP)
    attended(world, "ada@example.com")
    attended(world, "bo@example.com")
    ada, bo, cleo = ({"name": name, "email": f"{name}@example.com"} for name in ("ada", "bo", "cleo"))
    wish = at_once("boss@example.com", seats=3)
    refused(world.book("strict-1", **wish, participants=[ada, cleo]), "completed-course")
    refused(world.book("strict-1", **wish, participants=[ada, {"name": "Somebody"}]), "completed-course")
    booking = world.book("strict-1", **wish, participants=[ada]).json()
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    named = {"participants": [ada, cleo], "version": 1}
    refused(world.call("PATCH", path, named, bearer=token), "completed-course")
    unchanged = world.get(path, bearer=token).json()
    assert unchanged["version"] == 1 and len(unchanged["participants"]) == 1
    named["participants"] = [ada, bo]
    assert world.call("PATCH", path, named, bearer=token).status_code == 200
    world.check()


def test_companies_only(strict: Any) -> None:
    world: World = strict(BUSINESS)
    refused(world.book("strict-1", **at_once()), "business-only")
    refused(world.book("strict-1", customer="consumer"), "business-only")  # said already, so told already
    held = world.book("strict-1").json()
    path = f"/v1/bookings/{held['reference']}/confirm"
    sure = {"contact": contact("a@example.com"), "terms_accepted": True}
    refused(world.post(path, sure, bearer=held["manage_token"]), "business-only")
    assert world.post(path, {**sure, "company": "Aseptia SA"}, bearer=held["manage_token"]).status_code == 200


def test_so_many_seats_at_most(strict: Any) -> None:
    world: World = strict(FEW)
    problem = refused(world.book("strict-1", seats=3, lang="en"), "max-seats")
    assert problem["requirement"]["seats"] == 2 and "2 seat(s)" in problem["detail"]
    held = world.book("strict-1", seats=2).json()
    path, token = f"/v1/bookings/{held['reference']}", held["manage_token"]
    refused(world.call("PATCH", path, {"seats": 3, "version": 1}, bearer=token), "max-seats")
    assert world.taken("strict-1") == 2
    assert world.call("PATCH", path, {"seats": 1, "version": 1}, bearer=token).status_code == 200


def test_the_queue_asks_when_the_offer_is_accepted(strict: Any) -> None:
    world: World = strict(FIT)
    full = world.book("strict-tiny", seats=2).json()
    queued = world.book("strict-tiny", waitlist=True, contact=contact("b@example.com")).json()
    assert queued["state"] == "waiting"
    world.post(f"/v1/bookings/{full['reference']}/cancel", bearer=full["manage_token"])
    path, token = f"/v1/bookings/{queued['reference']}/confirm", queued["manage_token"]
    refused(world.post(path, {"terms_accepted": True}, bearer=token), "fit-for-clean-room")
    declared = {"terms_accepted": True, "declarations": ["fit-for-clean-room"]}
    assert world.post(path, declared, bearer=token).json()["state"] == "confirmed"


def test_moving_to_another_course_asks_too(strict: Any) -> None:
    world: World = strict(FIT)
    booking = world.confirmed("a@example.com")
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    before = world.get(path, bearer=token).json()
    refused(world.post(f"{path}/reschedule", {"session_id": "strict-1"}, bearer=token), "fit-for-clean-room")
    assert world.get(path, bearer=token).json() == before and world.taken("strict-1") == 0
    declared = {"session_id": "strict-1", "declarations": ["fit-for-clean-room"]}
    assert world.post(f"{path}/reschedule", declared, bearer=token).status_code == 200
    again = world.post(f"{path}/reschedule", {"session_id": "strict-tiny"}, bearer=token)
    assert again.status_code == 200  # the same course
    world.check()


def test_staff_may_decide_otherwise_and_it_is_written_down(strict: Any) -> None:
    world: World = strict(FIT, AFTER_GMP, FEW)
    answer = world.book("strict-1", bearer=STAFF_TOKEN, **at_once(seats=3))
    assert answer.status_code == 201, answer.text
    audited = world.rows("SELECT actor, reference, details FROM audit WHERE action = 'override'")
    assert [row[:2] for row in audited] == [("staff:", answer.json()["reference"])]
    for rule in ("fit-for-clean-room", "completed-course", "max-seats"):
        assert rule in str(audited[0][2])
    held = world.book("strict-1").json()
    path = f"/v1/bookings/{held['reference']}/confirm"
    sure = {"contact": contact("b@example.com"), "terms_accepted": True}
    assert world.post(path, sure, bearer=STAFF_TOKEN).status_code == 200
    assert world.scalar("SELECT COUNT(*) FROM audit WHERE action = 'override'") == 2
    world.confirmed("c@example.com")
    assert world.scalar("SELECT COUNT(*) FROM audit WHERE action = 'override'") == 2


def test_a_course_alone_tells_them(strict: Any) -> None:
    world: World = strict(AFTER_GMP, FIT, BUSINESS, FEW)
    told = world.get("/v1/courses/strict?lang=en").json()["requirements"]
    assert [one["rule"] for one in told] == ["completed-course", "declaration", "business-only", "max-seats"]
    assert [one.get("id") for one in told] == ["gmp", "fit-for-clean-room", None, None]
    assert told[1]["text"] == "I am fit for {the} clean room." and all(one["text"] for one in told)
    assert world.get("/v1/courses/gmp").json()["requirements"] == []
    listed = world.get("/v1/courses").json()["items"]
    assert listed and all("requirements" not in course for course in listed)


def test_the_same_refusal_for_the_same_key(strict: Any) -> None:
    world: World = strict(FIT)
    first = world.book("strict-1", key="one-key-for-one-wish", **at_once())
    again = world.book("strict-1", key="one-key-for-one-wish", **at_once())
    assert first.status_code == 403 and first.json() == again.json()


@pytest.mark.one_database
@pytest.mark.parametrize(
    "wrong",
    [
        [{"rule": "score", "least": 5}],
        [{"rule": "max-seats"}],
        [{"rule": "max-seats", "seats": 0}],
        [{"rule": "business-only", "seats": 2}],
        [{"rule": "completed-course", "course_id": "nowhere"}],
        [{"rule": "declaration", "id": "x", "text": {"fr": "Seulement en français."}}],
        {"rule": "business-only"},
        ["business-only"],
    ],
)
def test_rules_that_do_not_fit(wrong: Any) -> None:
    assert len(list(mistakes(wrong, {"gmp"}))) == 1
    assert list(mistakes([FIT, AFTER_GMP, BUSINESS, FEW], {"gmp"})) == []
    assert set(KINDS) == {"completed-course", "declaration", "business-only", "max-seats"}


def test_the_migration_on_a_database_that_has_rows(old_database: OldDatabase) -> None:
    """Courses get no rule, bookings no declaration, and a cancelled one keeps what it cost."""
    old = old_database
    old.to("0001")
    old.insert_session()
    for number, state in enumerate(("cancelled", "confirmed")):
        facts = {"state": state, "customer": "consumer", "fees": 70, "reference": f"EBC-{number}"}
        old.insert("bookings", id=number + 1, session_id="gmp-1", **facts)
    old.to("0004_rules")
    rows = old.rows("SELECT cancel_fee, declarations FROM bookings ORDER BY id")
    assert [(int(fee), str(declared)) for fee, declared in rows] == [(70, "[]"), (0, "[]")]
    [[rules]] = old.rows("SELECT requirements FROM courses")
    assert str(rules) == "[]"
    old.to("0001", up=False)
    assert "cancel_fee" not in old.columns("bookings")
