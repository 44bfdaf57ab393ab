"""Every route of the OpenAPI document, called by staff for what is not theirs to see or to change.

Nothing that is answered may hold anything of it, and nothing may be written. Paths are filled with its ids, and the
bodies name its session. Who may call a route is read from the document, where the route itself declares it: a route
that is added is walked by itself, and one that forgets its check is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from campus.catalogue.models import CourseSession
from campus.db import Base, Db
from campus.idempotency import Outcome, Writing, carry_out
from campus.openapi import ANYBODY
from campus.speakers.speaker import Caller
from campus.staff import roster, sessions
from campus.staff.access import only
from campus.staff.rights import SCOPES
from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..bookings.conftest import MakeWorld
from .conftest import Person, World, call_at_desk, contact, hire, staff_of

_READ_ONLY_OUT = {"idempotency_keys", "staff_tokens"}
"""What a request that is refused may leave: its key, and when the token was used."""


@dataclass(frozen=True)
class Operation:
    """One method of a path, and who may call it: nobody in particular, who says who they are, or who has a scope."""

    method: str
    path: str
    security: list[dict[str, list[str]]]

    @property
    def writes(self) -> bool:
        return self.method != "get"

    @property
    def is_for_anybody(self) -> bool:
        return self.security == [] or {} in self.security

    @property
    def scopes(self) -> list[str]:
        return [scope for way in self.security for scope in way.get("bearer", [])]


@dataclass
class Theirs:
    """What is of the other operator."""

    ids: dict[str, str]
    secrets: list[str]


@pytest.fixture
def theirs(world: World) -> Theirs:
    """A booking, a hold, somebody who waits, a handoff, a member of staff and a session for staff of the campus."""
    boss = staff_of(world, "campus")
    person = {"name": "Zoé Secrète", "email": "zoe.secrete@example.com", "phone": "+32470998877"}
    booking = boss.post(
        "/bookings",
        {
            "session_id": "campus-inside",
            "hold": False,
            "terms_accepted": True,
            "contact": person,
            "company": "Cachée SA",
        },
    ).json()
    world.book("first-1", hold=False, terms_accepted=True, contact=contact("autre.secret@example.com", "Autre Secret"))
    handoff = call_at_desk(world, "campus", summary="Question très secrète", contact=contact("h.secret@example.com"))
    world.post(f"/v1/handoffs/{handoff['id']}/messages", {"text": "Réponse très secrète"}, bearer=boss.token)
    ids = {
        "reference": booking["reference"],
        "session_id": "campus-inside",
        "handoff_id": handoff["id"],
        "course_id": "first-steps",
        "operator_id": "campus",
        "alert_id": "ALR-000000",
        "account_id": boss.account,
        "token_id": boss.token_id,
        "link_id": "LNK-000000",
        "webhook_id": "WHK-000000",
        "key": "access",
    }
    secrets = [booking["reference"], handoff["id"], boss.account, boss.token_id, "campus-inside", "CAMPUS-77"]
    return Theirs(ids, [*secrets, "secret", "secrète", "secrete", "Cachée", "470998877"])


def strangers(world: World) -> list[Person]:
    """Staff of another operator, of none at all, and of every operator without any right."""
    return [
        staff_of(world, "aseptia"),
        hire(world, "nobody@campus.example", operators=()),
        hire(world, "powerless@campus.example", scopes=[]),
    ]


@pytest.mark.parametrize("who", [0, 1, 2], ids=["another-operator", "no-operator", "no-scope"])
def test_staff_reach_nothing_that_is_not_theirs(world: World, theirs: Theirs, who: int) -> None:
    walked, refused = _walk(world, strangers(world)[who], theirs)
    assert walked > 100 and refused > 80


def test_the_walk_finds_what_it_looks_for(world: World, theirs: Theirs) -> None:
    """With the rights, the same walk does find and write: otherwise it would prove nothing."""
    with pytest.raises(AssertionError):
        _walk(world, hire(world, "boss@campus.example"), theirs)


def test_a_scope_that_is_declared_is_asked_for(world: World, theirs: Theirs) -> None:
    """Who does not say who they are is not authenticated; who has no scope at all is forbidden everything with one."""
    nobody, powerless = Person(world, "", "", ""), hire(world, scopes=[])
    before, scopes, asked = _rows(world), set(), 0
    for operation in _operations(world):
        if operation.is_for_anybody:
            continue
        told = _ask(world, nobody, operation, theirs, {})
        assert 400 <= told.status_code < 500, (operation, told.text)
        if operation.scopes:
            assert told.status_code == 401, (operation, told.text)
            answer = _ask(world, powerless, operation, theirs, {})
            assert answer.status_code == 403 and answer.json()["code"] == "forbidden", (operation, answer.text)
            scopes |= set(operation.scopes)
            asked += 1
    assert asked >= 40 and scopes == set(SCOPES)
    assert _rows(world) == before


planted = APIRouter(prefix="/v1/staff/planted")
"""Routes that forget something, and one that does not."""


@planted.get("/no-check/{session_id}")
def read_unchecked(session_id: str, db: Db) -> dict[str, Any]:
    return roster.roster(db, session_id, "fr")


@planted.get("/no-scope/{session_id}", dependencies=[only()])
def read_without_scope(session_id: str, db: Db) -> dict[str, Any]:
    return roster.roster(db, session_id, "fr")


@planted.get("/no-operator/{session_id}", dependencies=[only("sessions.read")])
def read_of_any_operator(session_id: str, db: Db) -> dict[str, Any]:
    return roster.roster(db, session_id, "fr")


@planted.post("/no-check-of-a-write/{session_id}")
def write_unchecked(session_id: str, write: Writing) -> dict[str, Any]:
    def rule(db: Session) -> Outcome:
        db.get_one(CourseSession, session_id).capacity += 1
        return Outcome({})

    return carry_out(write, rule).body


@planted.post("/for-anybody/{session_id}", openapi_extra=ANYBODY)
def write_for_anybody(session_id: str, write: Writing) -> dict[str, Any]:
    return write_unchecked(session_id, write)


@planted.get("/sound/{session_id}", dependencies=[only("sessions.read")])
def read_checked(session_id: str, db: Db, caller: Caller) -> dict[str, Any]:
    return roster.roster(db, sessions.find(db, caller, session_id, "sessions.read").id, "fr")


def test_a_route_that_forgets_its_check_is_found(world: World, make_world: MakeWorld, theirs: Theirs) -> None:
    app_with_more = make_world()
    app_with_more.app.include_router(planted)
    app_with_more.app.router.routes.insert(0, app_with_more.app.router.routes.pop())  # the pages take every path
    people = strangers(world)

    def finds(person: Person, route: str) -> bool:
        try:
            walked, _ = _walk(app_with_more, person, theirs, f"/v1/staff/planted/{route}/")
        except AssertionError:
            return True
        assert walked
        return False

    expected = {
        "no-check": [True, True, True],
        "no-scope": [True, True, True],
        "no-operator": [True, True, False],
        "no-check-of-a-write": [True, True, True],
        "for-anybody": [True, True, True],
        "sound": [False, False, False],
    }
    assert {route: [finds(person, route) for person in people] for route in expected} == expected


def _operations(world: World, below: str = "/v1/") -> Iterator[Operation]:
    """Those for anybody come first: what they leave must not hide what the others write."""
    paths = world.http.get("/openapi.json").json()["paths"]
    every = [
        Operation(method, path, told["security"])
        for path, methods in paths.items()
        for method, told in methods.items()
        if path.startswith(below)
    ]
    yield from sorted(every, key=lambda one: not one.is_for_anybody)


def _walk(world: World, person: Person, theirs: Theirs, below: str = "/v1/") -> tuple[int, int]:
    """Ask for everything; how much was asked, and how much of it refused."""
    before = left = _rows(world)
    walked = refused = 0
    for operation in _operations(world, below):
        for body in _bodies(theirs) if operation.writes else [{}]:
            answer = _ask(world, person, operation, theirs, body)
            walked += 1
            refused += answer.status_code >= 400
            assert answer.status_code < 500, (operation, answer.text)
            if answer.status_code < 300:
                assert not _named(theirs, answer.content.decode("utf-8", "replace")), operation
        if operation.is_for_anybody and operation.writes:
            left = _rows(world)
    assert not before - left, "what is for anybody changes nothing that was there"
    assert not _named(theirs, repr(sorted(left - before)))
    assert _rows(world) == left
    return walked, refused


def _named(theirs: Theirs, text: str) -> list[str]:
    """What of theirs a text holds."""
    return [secret for secret in theirs.secrets if secret.lower() in text.lower()]


def _ask(world: World, person: Person, operation: Operation, theirs: Theirs, body: dict[str, Any]) -> Any:
    path = operation.path
    for name, value in theirs.ids.items():
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, f"the walk knows no value for {path}"
    if not operation.writes and "/staff/" in path:
        path += "?q=secret&session=campus-inside&operator=campus&limit=100&format=csv"
    sent = None if operation.method in {"get", "delete"} else body
    return world.call(operation.method.upper(), path, sent, bearer=person.token or None)


def _bodies(theirs: Theirs) -> list[dict[str, Any]]:
    """One body that holds what any route could want to write something, and one with the session for the public."""
    block = {"start": "2027-03-01T09:00:00+01:00", "end": "2027-03-01T17:00:00+01:00"}
    whole: dict[str, Any] = {
        "session_id": "campus-inside",
        "seats": 2,
        "version": 1,
        "confirmed": True,
        "terms_accepted": True,
        "reason": "x",
        "subject": "x",
        "text": "x",
        "what": "confirmation",
        "capacity": 20,
        "present": [theirs.ids["reference"]],
        "course_id": "first-steps",
        "meetings": [block],
        "place": "x",
        "account_id": theirs.ids["account_id"],
        "active": False,
        "operators": ["campus"],
        "scopes": ["bookings.read"],
        "name": "x",
        "label": "x",
        "email": "desk@campus.example",
        "code": "123456",
        "lines": [{"session_id": "campus-inside", "seats": 2}],
        "summary": "x",
        "url": "http://127.0.0.1:9/hook",
        "kinds": ["booking-confirmed"],
        "operator": "nobody",
    }
    without_meetings = {name: value for name, value in whole.items() if name != "meetings"}
    return [whole, without_meetings | {"session_id": "first-1"}]


def _rows(world: World) -> Counter[tuple[str, str]]:
    """Every row of every table but those that a refusal touches, each with its table."""
    with world.database.reading() as db:
        return Counter(
            (table.name, repr(tuple(row)))
            for table in Base.metadata.sorted_tables
            if table.name not in _READ_ONLY_OUT
            for row in db.execute(select(table))
        )
