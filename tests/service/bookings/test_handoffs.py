"""Asking for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from campus.clock import BRUSSELS
from campus.handoffs.hours import is_staffed, next_opening

from .conftest import STAFF_TOKEN, World, contact

WISH: dict[str, Any] = {"reason": "asked", "summary": "Voudrait inscrire\n14 personnes.", "lang": "fr"}


def test_a_request_reaches_the_desk_and_its_conversation(world: World) -> None:
    mine = world.web.bearer("c1")
    answer = world.post("/v1/handoffs", WISH | {"contact": contact()}, bearer=mine)
    assert answer.status_code == 201
    handoff = answer.json()
    assert handoff["state"] == "queued" and handoff["id"].startswith("HND-")
    path = f"/v1/handoffs/{handoff['id']}"
    assert world.get(path, bearer=mine).json() == handoff
    assert world.get(path, bearer=STAFF_TOKEN).json() == handoff
    assert world.get(path, bearer=world.web.bearer("c2")).status_code == 404
    assert world.get(path).status_code == 404
    [mail] = world.mails()
    assert mail["X-Campus-Mail-Kind"] == "desk" and mail["X-Campus-Reference"] == handoff["id"]
    assert "desk@campus.example" in mail["To"]
    body = mail.get_body(("plain",))
    assert body is not None and "14 personnes." in body.get_content() and "jeanne@example.com" in body.get_content()


def test_messages(world: World) -> None:
    mine = world.web.bearer("c1")
    handoff = world.post("/v1/handoffs", WISH, bearer=mine).json()
    path = f"/v1/handoffs/{handoff['id']}/messages"
    assert world.get(path, bearer=mine).json() == {"state": "queued", "items": [], "total": 0, "next": None}
    said = world.post(path, {"text": "Vous êtes là ?"}, bearer=mine)
    assert said.status_code == 201 and said.json()["from"] == "visitor"
    assert world.post(path, {"text": "Oui !"}, bearer=STAFF_TOKEN).json()["from"] == "person"
    assert [one["text"] for one in world.get(path, bearer=mine).json()["items"]] == ["Vous êtes là ?", "Oui !"]
    assert world.post(path, {"text": "x"}, bearer=world.web.bearer("c2")).status_code == 404
    assert world.post(path, {"text": " "}, bearer=mine).status_code == 422


def test_the_same_request_twice_is_one(world: World) -> None:
    mine = world.web.bearer("c1")
    first = world.post("/v1/handoffs", WISH, bearer=mine, key="one-key-for-one-wish")
    again = world.post("/v1/handoffs", WISH, bearer=mine, key="one-key-for-one-wish")
    assert first.json() == again.json() and len(world.mails()) == 1


@pytest.mark.parametrize("wish", [{}, {"reason": ""}, {"reason": "x" * 201}, {"reason": "x", "summary": "y" * 4001}])
@pytest.mark.one_database
def test_invalid_requests(world: World, wish: dict[str, Any]) -> None:
    assert world.post("/v1/handoffs", wish).json()["code"] == "invalid"


@pytest.mark.parametrize(
    ("moment", "staffed"),
    [
        ("2026-12-01T09:00", True),
        ("2026-12-01T08:59", False),
        ("2026-12-01T17:00", False),
        ("2026-12-05T10:00", False),  # a Saturday
        ("2026-12-25T10:00", False),  # Christmas, a Friday
        ("2027-03-29T10:00", False),  # Easter Monday
        ("2026-10-26T09:00", True),  # the day after the change to winter time
    ],
)
@pytest.mark.one_database
def test_when_somebody_is_there(moment: str, staffed: bool, world: World) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)
    assert is_staffed(at) is staffed
    world.clock.set(at)
    state = world.post("/v1/handoffs", WISH).json()["state"]
    assert state == ("queued" if staffed else "offline")


@pytest.mark.parametrize("taken", [False, True])
def test_who_asked_goes_on_without_a_person(world: World, taken: bool) -> None:
    mine = world.web.bearer("c1")
    handoff = world.post("/v1/handoffs", WISH, bearer=mine).json()
    path = f"/v1/handoffs/{handoff['id']}/close"
    if taken:
        world.post(f"/v1/staff/handoffs/{handoff['id']}/take", {}, bearer=STAFF_TOKEN)
    assert world.post(path, {}, bearer=world.web.bearer("c2")).status_code == 404
    assert world.post(path, {}, bearer=STAFF_TOKEN).status_code == 403
    first, again = world.post(path, {}, bearer=mine), world.post(path, {}, bearer=mine)
    assert first.status_code == 200 and first.json() == again.json() and first.json()["state"] == "closed"
    said = world.post(f"/v1/handoffs/{handoff['id']}/messages", {"text": "encore là ?"}, bearer=mine)
    assert said.json()["code"] == "wrong-state"


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-12-01T19:30", "2026-12-02T09:00:00+01:00"),
        ("2026-12-04T18:00", "2026-12-07T09:00:00+01:00"),  # a Friday evening
        ("2026-12-25T10:00", "2026-12-28T09:00:00+01:00"),  # Christmas, then the weekend
        ("2026-12-01T10:00", None),
    ],
)
@pytest.mark.one_database
def test_when_the_desk_is_closed_it_is_said_when_it_opens(moment: str, opens: str | None, world: World) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)
    world.clock.set(at)
    assert world.post("/v1/handoffs", WISH).json()["opens_at"] == opens
    following = next_opening(at)
    assert following is not None and following > at
