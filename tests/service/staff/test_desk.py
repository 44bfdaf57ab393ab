"""Serving who asked for a person: one takes it, answers reach the visitor, first come first served."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from ..bookings.racing import together
from .conftest import STAFF_TOKEN, World, body_of, call_at_desk, contact, hire, mails_of, staff_of


def test_first_come_first_served(world: World) -> None:
    claire = hire(world)
    made = [call_at_desk(world)["id"] for _ in range(12)]  # at one moment of the clock
    listed = claire.get("/handoffs?state=queued&limit=100").json()
    assert [one["id"] for one in listed["items"]] == made and listed["total"] == 12
    claire.post(f"/handoffs/{made[0]}/take")
    claire.post(f"/handoffs/{made[0]}/release")
    assert claire.get("/handoffs?state=queued").json()["items"][0]["id"] == made[0]
    assert claire.get("/handoffs?state=nonsense").status_code == 422


def test_take_answer_close(world: World) -> None:
    claire, leila = hire(world), hire(world, "leila@campus.example", scopes=["handoffs"])
    mine = world.web.bearer("c1")
    handoff = world.post("/v1/handoffs", {"reason": "asked", "summary": "Bonjour"}, bearer=mine).json()
    path = f"/handoffs/{handoff['id']}"
    taken = claire.post(f"{path}/take").json()
    assert taken["state"] == "active" and taken["taken_by"] == f"staff:{claire.account}"
    late = leila.post(f"{path}/take")
    assert late.status_code == 409 and late.json()["state"] == "active" and claire.account not in late.text
    assert leila.post(f"{path}/messages", {"text": "Moi aussi"}).json()["state"] == "active"
    assert leila.post(f"{path}/close").json()["code"] == "forbidden"
    said = claire.post(f"{path}/messages", {"text": "Bonjour, je suis Claire. BE68539007547034"})
    assert said.status_code == 201 and said.json()["from"] == "person"
    seen = world.get(f"/v1/handoffs/{handoff['id']}/messages", bearer=mine).json()["items"]
    assert [one["text"] for one in seen] == ["Bonjour, je suis Claire. BE68539007547034"]
    told = world.get(f"/v1/handoffs/{handoff['id']}/messages", bearer=mine).json()
    assert told["state"] == "active" and claire.get(f"{path}/messages").json() == told
    aside = world.post(f"/v1/handoffs/{handoff['id']}/messages", {"text": "x"}, bearer=leila.token)
    assert aside.json()["state"] == "active", "by no other way either"
    assert claire.post(f"{path}/close").json()["state"] == "closed"
    assert world.get(f"/v1/handoffs/{handoff['id']}", bearer=mine).json()["state"] == "closed"
    assert world.get(f"/v1/handoffs/{handoff['id']}/messages", bearer=mine).json()["state"] == "closed"
    assert claire.post(f"{path}/close").json()["state"] == "closed"
    assert claire.post(f"{path}/messages", {"text": "x"}).json()["code"] == "wrong-state"
    assert [one["action"] for one in claire.get(f"/audit?reference={handoff['id']}").json()["items"]] == [
        "close",
        "handoff-message",
        "take",
        "handoff",
    ]


@pytest.mark.parametrize("reached", [True, False])
def test_one_of_many_takers_wins_and_one_is_told(world: World, make_world: Any, reached: bool) -> None:
    world = make_world(notify_url="http://127.0.0.1:9/notify" if reached else None)
    people = [hire(world, f"p{number}@campus.example") for number in range(8)]
    wish = {"reason": "asked", "lang": "fr", "contact": contact()}
    handoff = world.post("/v1/handoffs", wish, bearer=world.web.bearer("c1")).json()
    answers = together([partial(one.post, f"/handoffs/{handoff['id']}/take") for one in people])
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    [won] = [answer.json()["taken_by"] for answer in answers if answer.status_code == 200]
    assert world.rows("SELECT state, taken_by FROM handoffs") == [("active", won)]
    told = world.rows("SELECT channel, lang FROM outbox WHERE kind = 'handoff-taken'")
    assert told == [("notice" if reached else "mail", "fr")]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("fr", ("s’occupe de votre demande", "votre tour", "dès sa réouverture", "clôturée")),
        ("en", ("looking after your request", "your place", "as soon as it opens", "now closed")),
    ],
)
def test_what_becomes_of_it_goes_by_mail_where_no_channel_leads_back(
    world: World, lang: str, words: tuple[str, ...]
) -> None:
    claire = hire(world)
    handoff = call_at_desk(world, lang=lang, contact=contact())
    nobody = call_at_desk(world)  # left no address
    for verb in ("take", "release", "take"):
        claire.post(f"/handoffs/{nobody['id']}/{verb}")
        assert claire.post(f"/handoffs/{handoff['id']}/{verb}").status_code == 200
    world.clock.forward(hours=10)  # the desk is closed
    assert claire.post(f"/handoffs/{handoff['id']}/release").json()["state"] == "offline"
    claire.post(f"/handoffs/{handoff['id']}/close")
    claire.post(f"/handoffs/{handoff['id']}/close")
    told = [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] != "desk"]
    kinds = [mail["X-Campus-Mail-Kind"] for mail in told]
    assert kinds == [f"handoff-{what}" for what in ("taken", "released", "taken", "released", "closed")]
    for mail, said in zip((told[0], told[1], told[3], told[4]), words, strict=True):
        assert said in body_of(mail) and mail["To"] == "Jeanne Dubois <jeanne@example.com>"
        assert mail["X-Campus-Reference"] == handoff["id"] and mail["Content-Language"] == lang
    assert len({mail["X-Campus-Mail-Id"] for mail in told}) == 5


def test_what_was_asked_while_the_desk_was_closed_can_be_taken(world: World) -> None:
    claire = hire(world)
    world.clock.forward(hours=10)
    handoff = call_at_desk(world)
    assert handoff["state"] == "offline"
    assert claire.post(f"/handoffs/{handoff['id']}/take").json()["state"] == "active"
    assert claire.post(f"/handoffs/{handoff['id']}/release").json()["state"] == "offline"


def test_an_answer_goes_by_mail_where_no_channel_leads_back(world: World, make_world: Any) -> None:
    claire = hire(world)
    handoff = call_at_desk(world, contact={"name": "Jeanne", "email": "jeanne@example.com"})
    claire.post(f"/handoffs/{handoff['id']}/messages", {"text": "Voici la réponse."})
    [mail] = mails_of(world, "handoff-answer")
    assert "jeanne@example.com" in mail["To"] and "Voici la réponse." in body_of(mail)
    told = make_world(notify_url="http://127.0.0.1:9/notify")
    wish = {"reason": "asked", "contact": {"name": "Jeanne", "email": "jeanne@example.com"}}
    other = told.post("/v1/handoffs", wish, bearer=told.web.bearer("c1")).json()
    told.post(f"/v1/staff/handoffs/{other['id']}/messages", {"text": "Ici"}, bearer=claire.token)
    assert told.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'handoff-message' AND channel = 'notice'") == 1
    assert told.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'handoff-answer'") == 1


def test_whose_desk(world: World) -> None:
    mine, theirs = staff_of(world, "aseptia", ["handoffs"]), staff_of(world, "campus", ["handoffs"])
    for_aseptia, for_all = call_at_desk(world, "aseptia"), call_at_desk(world, contact=contact())
    assert [one["id"] for one in mine.get("/handoffs").json()["items"]] == [for_aseptia["id"], for_all["id"]]
    assert [one["id"] for one in theirs.get("/handoffs").json()["items"]] == [for_all["id"]]
    assert theirs.post(f"/handoffs/{for_aseptia['id']}/take").json()["code"] == "not-found"
    assert theirs.get(f"/handoffs/{for_aseptia['id']}/messages").status_code == 404
    unknown = world.post("/v1/handoffs", {"reason": "x", "operator": "nobody"})
    assert unknown.json()["errors"] == [{"field": "operator", "code": "unknown"}]
    assert world.get(f"/v1/handoffs/{for_aseptia['id']}", bearer=STAFF_TOKEN).status_code == 200
