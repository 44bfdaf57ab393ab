"""Who is staff, how they sign in, and what they may."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from campus import clock
from campus.staff.rights import EVERY_RIGHT, NO_RIGHT, Rights
from campus.staff.schemas import NewAccount
from sqlalchemy import text

from .conftest import EVERY_SCOPE, STAFF_TOKEN, World, body_of, channel, contact, hire, mails_of, staff_of


def test_the_bootstrap_token_has_every_right(world: World) -> None:
    me = world.get("/v1/staff/me", bearer=STAFF_TOKEN).json()
    assert me == {"account": None, "scopes": sorted(EVERY_SCOPE), "operators": ["*"], "via": "bootstrap"}
    assert world.get("/v1/staff/me").json()["code"] == "not-authenticated"
    assert world.get("/v1/staff/me", bearer=world.web.bearer("c1")).json()["code"] == "forbidden"


def test_an_account_and_its_token(world: World) -> None:
    claire = hire(world, operators=("aseptia",), scopes=["bookings.read"])
    me = claire.get("/me").json()
    assert me["account"] == {"id": claire.account, "name": "Claire Lambert", "email": "claire@campus.example"}
    assert me["scopes"] == ["bookings.read"] and me["operators"] == ["aseptia"] and me["via"] == claire.token_id
    assert claire.get("/bookings").status_code == 200
    for method, path in (("GET", "/sessions"), ("GET", "/handoffs"), ("GET", "/audit"), ("GET", "/accounts")):
        assert claire.call(method, path).json()["code"] == "forbidden", path
    assert claire.call("POST", "/bookings", {"session_id": "gmp-1"}).json()["code"] == "forbidden"
    kept = world.rows("SELECT mark FROM staff_tokens")
    assert kept and claire.token not in str(kept) and claire.token.startswith("s1_")
    assert claire.token not in str(world.rows("SELECT body FROM idempotency_keys"))


def test_a_repeated_request_for_a_token_gives_the_same_one(world: World) -> None:
    claire = hire(world)
    wish, key = {"label": "CRM", "scopes": ["bookings.read"]}, "one-key-for-one-token"
    first, again = claire.post("/tokens", wish, key=key), claire.post("/tokens", wish, key=key)
    assert first.status_code == 201 and first.json() == again.json()
    assert world.scalar("SELECT COUNT(*) FROM staff_tokens") == 2
    narrowed = world.get("/v1/staff/me", bearer=first.json()["token"]).json()
    assert narrowed["scopes"] == ["bookings.read"] and narrowed["operators"] == ["*"]


def test_a_narrowed_token_makes_no_wider_one(world: World) -> None:
    claire = hire(world)
    narrow = claire.post("/tokens", {"label": "narrow", "scopes": ["bookings.read"], "operators": ["aseptia"]}).json()
    wider = world.post("/v1/staff/tokens", {"label": "x", "scopes": EVERY_SCOPE}, bearer=narrow["token"])
    assert wider.json()["code"] == "forbidden"
    same = world.post("/v1/staff/tokens", {"label": "x"}, bearer=narrow["token"]).json()
    assert same["scopes"] == ["bookings.read"] and same["operators"] == ["aseptia"]


def test_what_ends_a_token(world: World) -> None:
    claire, leila = hire(world), hire(world, "leila@campus.example", scopes=["bookings.read"])
    assert leila.call("DELETE", f"/tokens/{claire.token_id}").json()["code"] == "not-found"
    assert claire.call("DELETE", f"/tokens/{leila.token_id}").status_code == 204
    assert leila.get("/me").json()["code"] == "not-authenticated"
    closed = world.call("PATCH", f"/v1/staff/accounts/{claire.account}", {"active": False}, bearer=STAFF_TOKEN)
    assert closed.status_code == 200 and closed.json()["active"] is False
    assert claire.get("/me").json()["code"] == "not-authenticated"


def test_a_token_is_over_when_it_is_over(world: World) -> None:
    claire = hire(world)
    past = (clock.real_now() - timedelta(seconds=1)).isoformat()
    assert claire.post("/tokens", {"label": "x", "expires_at": past}).json()["code"] == "invalid"
    far = (clock.real_now() + timedelta(days=400)).isoformat()
    assert claire.post("/tokens", {"label": "x", "expires_at": far}).json()["code"] == "invalid"
    with world.database.writing() as db:
        db.execute(text("UPDATE staff_tokens SET expires_at = created_at"))
    assert claire.get("/me").json()["code"] == "not-authenticated"


def test_rights_count_from_the_next_request(world: World) -> None:
    claire = hire(world, scopes=["bookings.read"])
    assert claire.get("/sessions").status_code == 403
    path = f"/v1/staff/accounts/{claire.account}"
    world.call("PATCH", path, {"scopes": ["sessions.read"], "version": 1}, bearer=STAFF_TOKEN)
    assert claire.get("/sessions").status_code == 200 and claire.get("/bookings").status_code == 403
    stale = world.call("PATCH", path, {"name": "X", "version": 1}, bearer=STAFF_TOKEN)
    assert stale.json()["code"] == "version-conflict" and stale.json()["version"] == 2


def test_nobody_gives_or_takes_more_than_they_have(world: World) -> None:
    chief = staff_of(world, "aseptia", ["accounts", "bookings.read"])
    boss = hire(world, "boss@campus.example")
    wish: dict[str, Any] = {
        "name": "New",
        "email": "new@aseptia.example",
        "operators": ["aseptia"],
        "scopes": ["accounts"],
    }
    assert chief.post("/accounts", wish).status_code == 201
    assert chief.post("/accounts", {**wish, "email": "b@x.example", "operators": ["*"]}).json()["code"] == "forbidden"
    assert (
        chief.post("/accounts", {**wish, "email": "b@x.example", "scopes": EVERY_SCOPE}).json()["code"] == "forbidden"
    )
    assert chief.call("PATCH", f"/accounts/{boss.account}", {"active": False}).json()["code"] == "not-found"
    assert chief.call("PATCH", f"/accounts/{chief.account}", {"operators": ["*"]}).json()["code"] == "forbidden"
    assert chief.post("/tokens", {"label": "x", "account_id": boss.account}).json()["code"] == "not-found"
    assert {one["email"] for one in chief.get("/accounts").json()["items"]} == {
        "desk@aseptia.example",
        "new@aseptia.example",
    }


@pytest.mark.one_database
def test_invalid_accounts(world: World) -> None:
    hire(world)
    wish = {"name": "A", "email": "Claire@Campus.example"}
    assert world.post("/v1/staff/accounts", wish, bearer=STAFF_TOKEN).json()["errors"][0]["code"] == "taken"
    unknown = {"name": "A", "email": "a@x.example", "operators": ["nobody"]}
    assert world.post("/v1/staff/accounts", unknown, bearer=STAFF_TOKEN).json()["errors"][0]["field"] == "operators"
    scope = {"name": "A", "email": "a@x.example", "scopes": ["everything"]}
    assert world.post("/v1/staff/accounts", scope, bearer=STAFF_TOKEN).status_code == 422
    assert NewAccount(name="A", email="a@x.example").operators == []


@pytest.mark.one_database
def test_rights_by_themselves() -> None:
    everywhere = Rights.of(["bookings.read"], ["*"])
    assert everywhere.reach("bookings.read", "any") and not everywhere.reach("bookings.write", "any")
    assert everywhere.narrowed(None, ["aseptia"]).operators == {"aseptia"}
    assert Rights.of(["handoffs"], ["aseptia"]).narrowed(None, ["campus"]).operators == frozenset()
    assert Rights.of(["handoffs"], ["aseptia"]).narrowed(None, ["*"]).operators == {"aseptia"}
    assert not Rights.of(["bookings.read"], []).reach("bookings.read", "aseptia")
    assert EVERY_RIGHT.include(everywhere) and not everywhere.include(EVERY_RIGHT) and everywhere.include(NO_RIGHT)


def _link(world: World, bearer: str, email: str = "claire@campus.example") -> Any:
    asked = world.post("/v1/staff/links", {"email": email}, bearer=bearer)
    assert asked.status_code == 202, asked.text
    mail = mails_of(world, "code")[-1]
    assert email in mail["To"]
    [code] = re.findall(r"(?<!\d)\d{6}(?!\d)", body_of(mail))
    return world.post("/v1/staff/links/verify", {"email": email, "code": code}, bearer=bearer)


def test_signing_in_on_a_channel(world: World) -> None:
    claire = hire(world, operators=("aseptia",))
    slack = channel(world)
    bearer = slack.bearer("dm-1", sub="slack:T1:U1")
    assert world.get("/v1/staff/me", bearer=bearer).status_code == 403
    linked = _link(world, bearer)
    assert linked.status_code == 200 and linked.json()["account"]["id"] == claire.account
    me = world.get("/v1/staff/me", bearer=slack.bearer("other-dm", sub="slack:T1:U1")).json()
    assert me["operators"] == ["aseptia"] and me["via"] == linked.json()["link"]
    assert world.get("/v1/staff/me", bearer=slack.bearer("dm-1", sub="slack:T1:U2")).status_code == 403
    assert world.get("/v1/staff/me", bearer=slack.bearer("dm-1", sub="slack:T2:U1")).status_code == 403
    [link] = world.get("/v1/staff/links", bearer=bearer).json()["items"]
    assert link["subject"] == "slack:T1:U1"
    assert world.call("DELETE", f"/v1/staff/links/{link['id']}", bearer=bearer).status_code == 204
    assert world.get("/v1/staff/me", bearer=bearer).status_code == 403


def test_a_link_goes_to_one_account_at_a_time(world: World) -> None:
    hire(world)
    leila = hire(world, "leila@campus.example")
    bearer = channel(world).bearer("dm", sub="slack:T1:U1")
    _link(world, bearer)
    assert _link(world, bearer, "leila@campus.example").json()["account"]["id"] == leila.account
    assert world.rows("SELECT account_id FROM staff_links") == [(leila.account,)]


def test_a_code_is_good_for_its_own_speaker_only(world: World) -> None:
    hire(world)
    slack = channel(world)
    mine, other = slack.bearer("dm", sub="slack:T1:U1"), slack.bearer("dm2", sub="slack:T1:U9")
    world.post("/v1/staff/links", {"email": "claire@campus.example"}, bearer=mine)
    [code] = re.findall(r"(?<!\d)\d{6}(?!\d)", body_of(mails_of(world, "code")[-1]))
    proof = {"email": "claire@campus.example", "code": code}
    assert world.post("/v1/staff/links/verify", proof, bearer=other).json()["code"] == "code-expired"
    assert world.post("/v1/codes/verify", proof).json()["code"] == "code-expired"
    wrong = {**proof, "code": "000000" if code != "000000" else "111111"}
    assert world.post("/v1/staff/links/verify", wrong, bearer=mine).json()["errors"] == [
        {"field": "code", "code": "wrong"}
    ]
    assert world.post("/v1/staff/links/verify", proof, bearer=mine).status_code == 200
    assert world.post("/v1/staff/links/verify", proof, bearer=mine).json()["code"] == "code-expired"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(world: World) -> None:
    bearer = channel(world).bearer("dm", sub="slack:T1:U1")
    hire(world)
    known = world.post("/v1/staff/links", {"email": "claire@campus.example"}, bearer=bearer)
    unknown = world.post("/v1/staff/links", {"email": "nobody@campus.example"}, bearer=bearer)
    assert known.status_code == unknown.status_code == 202 and set(known.json()) == set(unknown.json())
    assert len(mails_of(world, "code")) == 1


def test_visitors_are_never_staff(world: World) -> None:
    claire = hire(world)
    for platform in ("web", "rest"):
        speaker = world.web if platform == "web" else channel(world, "rest")
        bearer = speaker.bearer("c1")
        assert world.post("/v1/staff/links", {"email": "claire@campus.example"}, bearer=bearer).status_code == 403
        with world.database.writing() as db:  # not even with a row in the table
            row = {"id": f"LNK-{platform}", "subject": f"{platform}:campus:c1", "account": claire.account}
            db.execute(text("INSERT INTO staff_links VALUES (:id, :subject, :account, '2026-01-01 00:00:00')"), row)
        assert world.get("/v1/staff/me", bearer=bearer).status_code == 403
    assert world.post("/v1/staff/links", {"email": "claire@campus.example"}).json()["code"] == "not-authenticated"


def test_the_sign_in_is_answered_again_the_same(world: World) -> None:
    hire(world)
    bearer = channel(world).bearer("dm", sub="slack:T1:U1")
    world.post("/v1/staff/links", {"email": "claire@campus.example"}, bearer=bearer)
    [code] = re.findall(r"(?<!\d)\d{6}(?!\d)", body_of(mails_of(world, "code")[-1]))
    proof, key = {"email": "claire@campus.example", "code": code}, "one-key-for-signing-in"
    first = world.post("/v1/staff/links/verify", proof, bearer=bearer, key=key)
    again = world.post("/v1/staff/links/verify", proof, bearer=bearer, key=key)
    assert first.status_code == again.status_code == 200 and first.json() == again.json()


def test_a_linked_person_still_books_for_herself(world: World) -> None:
    hire(world, operators=("aseptia",), scopes=["sessions.read"])
    bearer = channel(world).bearer("dm", sub="slack:T1:U1")
    _link(world, bearer)
    made = world.post("/v1/bookings", {"session_id": "first-1"}, bearer=bearer)
    assert made.status_code == 201
    assert world.get(f"/v1/bookings/{made.json()['reference']}", bearer=bearer).status_code == 200
    assert [one["reference"] for one in world.get("/v1/bookings", bearer=bearer).json()["items"]] == [
        made.json()["reference"]
    ]


def test_erasing_a_person_closes_the_account(world: World) -> None:
    claire = hire(world)
    world.post("/v1/codes", {"email": "claire@campus.example"})
    [code] = re.findall(r"(?<!\d)\d{6}(?!\d)", body_of(mails_of(world, "code")[-1]))
    token = world.post("/v1/codes/verify", {"email": "claire@campus.example", "code": code}).json()["token"]
    told = world.post("/v1/me/export", bearer=token).json()
    assert told["staff_accounts"][0]["name"] == "Claire Lambert"
    assert world.post("/v1/me/erase", {"confirmed": True}, bearer=token).status_code == 200
    assert claire.get("/me").status_code == 401
    assert "claire" not in str(world.rows("SELECT * FROM staff_accounts")).lower()


def test_every_write_is_audited_with_the_account(world: World) -> None:
    claire = hire(world)
    booking = world.confirmed("jeanne@example.com")
    claire.post(f"/bookings/{booking['reference']}/cancel", {"waive_fee": True})
    claire.change("gmp-2", capacity=14)
    actors = {actor for (actor,) in world.rows("SELECT actor FROM audit WHERE action IN ('cancel', 'session-change')")}
    assert actors == {f"staff:{claire.account}"}
    found = claire.get(f"/audit?actor=staff:{claire.account}").json()
    assert {one["action"] for one in found["items"]} >= {"cancel", "session-change"}
    assert claire.get(f"/audit?reference={booking['reference']}").json()["total"] == 2
    assert claire.get("/audit?from=2026-12-02").json()["total"] == 0
    assert contact()["name"] not in str(found)
