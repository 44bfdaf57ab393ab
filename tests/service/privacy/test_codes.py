"""One-time codes: how they are asked for, given, guessed, and what they open."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from campus import clock
from campus.catalogue import memory
from campus.catalogue.models import CatalogueState, Operator
from campus.mail.transport import Folder
from campus.mail.workers import deliver_due
from campus.outbox.models import Outbox
from campus.speakers import codes, limits, tokens
from campus.speakers.speaker import Speaker
from fastapi.testclient import TestClient
from sqlalchemy import event, update

from ..bookings.conftest import STAFF_TOKEN, MakeWorld, World, contact
from .conftest import code_of, read_code, token_of, traces, verify

JEANNE = "jeanne@example.com"


def other_than(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def expire_codes(world: World) -> None:
    """Eleven minutes later by the real clock."""
    with world.database.writing() as db:
        db.execute(update(codes.OneTimeCode).values(expires_at=clock.real_now() - timedelta(minutes=1)))


def test_a_code_opens_the_bookings_of_its_address(world: World) -> None:
    hers = world.confirmed(JEANNE)["reference"]
    his = world.confirmed("paul@example.com")["reference"]
    answer = verify(world, "Jeanne@Example.com", code_of(world, JEANNE))
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    token = answer.json()["token"]
    lasts = datetime.fromisoformat(answer.json()["expires_at"]) - clock.real_now()
    assert timedelta(minutes=119) < lasts <= timedelta(hours=2)
    assert [one["reference"] for one in world.get("/v1/bookings", bearer=token).json()["items"]] == [hers]
    assert world.get(f"/v1/bookings/{hers}", bearer=token).status_code == 200
    assert world.get(f"/v1/bookings/{his}", bearer=token).json() == world.get("/v1/bookings/EBC-000000").json()
    assert world.post(f"/v1/bookings/{his}/cancel", bearer=token).status_code == 404
    assert world.post(f"/v1/bookings/{hers}/cancel", bearer=token).json()["state"] == "cancelled"


def test_the_address_of_a_booking_is_compared_without_case(world: World) -> None:
    reference = world.confirmed("Jeanne@Example.COM")["reference"]
    assert world.get(f"/v1/bookings/{reference}", bearer=token_of(world, JEANNE)).status_code == 200


def test_a_participant_does_not_open_the_booking(world: World) -> None:
    people = [{"name": "Jeanne", "email": JEANNE}]
    reference = world.confirmed("hr@example.com", participants=people)["reference"]
    token = token_of(world, JEANNE)
    assert world.get(f"/v1/bookings/{reference}", bearer=token).status_code == 404
    assert world.get("/v1/bookings", bearer=token).json()["total"] == 0


def test_a_conversation_in_which_a_code_was_given_needs_no_token(world: World) -> None:
    hers = world.confirmed(JEANNE)["reference"]
    mine = world.book(bearer=world.web.bearer("c1")).json()["reference"]
    assert world.get(f"/v1/bookings/{hers}", bearer=world.web.bearer("c1")).status_code == 404
    token_of(world, JEANNE, bearer=world.web.bearer("c1"))
    seen = [one["reference"] for one in world.get("/v1/bookings", bearer=world.web.bearer("c1")).json()["items"]]
    assert sorted(seen) == sorted([hers, mine])
    assert world.get(f"/v1/bookings/{hers}", bearer=world.web.bearer("c1")).status_code == 200
    assert world.get(f"/v1/bookings/{hers}", bearer=world.web.bearer("c2")).status_code == 404
    somebody_else = world.web.bearer("c1", sub="web:campus:another-of-the-group")
    assert world.get(f"/v1/bookings/{hers}", bearer=somebody_else).status_code == 404
    with world.database.writing() as db:
        db.execute(update(codes.verified.Verification).values(expires_at=clock.real_now()))
    assert world.get(f"/v1/bookings/{hers}", bearer=world.web.bearer("c1")).status_code == 404
    assert world.get(f"/v1/bookings/{mine}", bearer=world.web.bearer("c1")).status_code == 200


def test_a_handoff_is_open_to_the_address_of_its_contact(world: World) -> None:
    asked = world.post("/v1/handoffs", {"reason": "asked", "contact": contact(JEANNE)}, bearer=world.web.bearer("c9"))
    path = f"/v1/handoffs/{asked.json()['id']}"
    assert world.get(path, bearer=token_of(world, JEANNE)).status_code == 200
    assert world.get(path, bearer=token_of(world, "paul@example.com")).status_code == 404


def test_what_a_proved_address_books_is_its_own(world: World) -> None:
    token = token_of(world, JEANNE)
    held = world.book(bearer=token).json()["reference"]
    assert world.get(f"/v1/bookings/{held}", bearer=token_of(world, JEANNE)).status_code == 200
    assert world.get(f"/v1/bookings/{held}", bearer=token_of(world, "paul@example.com")).status_code == 404
    for _ in range(2):
        assert world.book(bearer=token).status_code == 201
    assert world.book(bearer=token).json()["code"] == "rate-limited"
    assert JEANNE not in str(world.rows("SELECT actor FROM audit")) + str(world.rows("SELECT owner FROM bookings"))


@pytest.mark.parametrize(("lang", "word"), [("fr", "Voici le code"), ("en", "Here is the code")])
def test_the_mail_has_one_number_of_six_figures(world: World, lang: str, word: str) -> None:
    answer = world.post("/v1/codes", {"email": JEANNE, "lang": lang})
    assert answer.status_code == 202 and set(answer.json()) == {"expires_at"}
    good_for = datetime.fromisoformat(answer.json()["expires_at"]) - clock.real_now()
    assert timedelta(minutes=9) < good_for <= timedelta(minutes=10)
    [mail] = world.mails()
    assert (mail["X-Campus-Mail-Kind"], mail["To"], mail["Content-Language"]) == ("code", JEANNE, lang)
    code = read_code(world, JEANNE)
    body = mail.get_body(("plain",))
    assert body is not None and word in body.get_content() and code not in mail["Subject"]
    html = mail.get_body(("html",))
    assert html is not None and code in html.get_content()


def test_no_table_holds_a_code_or_a_token(world: World) -> None:
    world.post("/v1/codes", {"email": JEANNE})
    [(payload,)] = world.rows("SELECT payload FROM outbox")
    sealed = json.loads(payload) if isinstance(payload, str) else payload
    code = read_code(world, JEANNE)  # delivers it
    assert code not in sealed["sealed"] and "code" not in sealed
    assert world.rows("SELECT payload FROM outbox WHERE sent_at IS NOT NULL") in ([("{}",)], [({},)])
    assert [
        trace for trace in traces(world, code) if trace[0] in {"codes", "outbox"} and trace[1] != "expires_at"
    ] == []
    token = verify(world, JEANNE, code).json()["token"]
    assert traces(world, token) == []


def test_a_code_that_cannot_be_sent_in_time_is_not_sent(world: World) -> None:
    world.post("/v1/codes", {"email": JEANNE})
    with world.database.reading() as db:
        sealed = dict(db.query(Outbox).one().payload)
    sealed["until"] = (clock.real_now() - timedelta(seconds=1)).isoformat()
    with world.database.writing() as db:
        db.execute(update(Outbox).values(payload=sealed))
    assert world.mails() == []
    assert world.scalar("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL") == 1
    assert traces(world, JEANNE) == []


def test_a_wrong_code_says_so_and_five_kill_the_right_one(world: World) -> None:
    code = code_of(world, JEANNE)
    for _ in range(5):
        refused = verify(world, JEANNE, other_than(code))
        assert refused.status_code == 422 and refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "invalid"
        assert refused.json()["errors"] == [{"field": "code", "code": "wrong"}]
    for tried in (code, other_than(code)):
        assert (verify(world, JEANNE, tried).status_code, verify(world, JEANNE, tried).json()["code"]) == (
            410,
            "code-expired",
        )
    assert verify(world, JEANNE, code_of(world, JEANNE)).status_code == 200


def test_the_fifth_try_may_be_the_right_one(world: World) -> None:
    code = code_of(world, JEANNE)
    for _ in range(4):
        verify(world, JEANNE, other_than(code))
    assert verify(world, JEANNE, f" {code[:3]} {code[3:]} ").status_code == 200


def test_a_code_is_used_once_and_replaced_by_a_newer_one_and_over_in_time(world: World) -> None:
    old = code_of(world, JEANNE)
    new = code_of(world, JEANNE)
    if old != new:
        assert verify(world, JEANNE, old).status_code == 422
    assert verify(world, "paul@example.com", new).json()["code"] == "code-expired"
    assert verify(world, JEANNE, new).status_code == 200
    assert verify(world, JEANNE, new).json()["code"] == "code-expired"
    late = code_of(world, JEANNE)
    world.clock.forward(days=30)  # the business clock has no say
    expire_codes(world)
    assert verify(world, JEANNE, late).json()["code"] == "code-expired"


def test_the_business_clock_does_not_end_a_code(world: World) -> None:
    code = code_of(world, JEANNE)
    world.clock.forward(days=30)
    assert verify(world, JEANNE, code).status_code == 200


def test_the_same_delivery_again_gets_the_same_token(world: World) -> None:
    proof = {"email": JEANNE, "code": code_of(world, JEANNE)}
    first = world.post("/v1/codes/verify", proof, key="one-key-for-one-proof")
    again = world.post("/v1/codes/verify", proof, key="one-key-for-one-proof")
    assert first.status_code == 200 and first.json() == again.json()
    wrong = {"email": "paul@example.com", "code": other_than(code_of(world, "paul@example.com"))}
    told = [world.post("/v1/codes/verify", wrong, key="one-key-for-a-wrong-one") for _ in range(7)]
    assert {answer.status_code for answer in told} == {422}
    assert world.scalar("SELECT max(tries) FROM codes WHERE used_at IS NULL") == 1


def together(jobs: list[Callable[[], Any]]) -> list[Any]:
    """All at once."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        gate.wait(10)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_many_who_give_one_code_at_once_get_one_token(world: World) -> None:
    code = code_of(world, JEANNE)
    answers = together([lambda: verify(world, JEANNE, code)] * 8)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 410: 7}
    assert world.scalar("SELECT count(*) FROM verifications") == 1


def test_guesses_that_arrive_together_are_counted_one_by_one(world: World) -> None:
    code = code_of(world, JEANNE)
    answers = together([lambda: verify(world, JEANNE, other_than(code))] * 12)
    assert Counter(answer.status_code for answer in answers) == {422: 5, 410: 7}


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", listen)
    yield asked
    event.remove(world.database.engine, "before_cursor_execute", listen)


def test_neither_answer_nor_work_tells_whether_an_address_is_known(world: World) -> None:
    world.confirmed(JEANNE)
    told = []
    for email in (JEANNE, "nobody@example.com"):
        with statements(world) as asked:
            answer = world.post("/v1/codes", {"email": email})
        headers = {name for name in answer.headers if name != "content-length"}
        told.append((answer.status_code, sorted(answer.json()), headers, asked))
    assert told[0] == told[1]
    tried = []
    for email in (JEANNE, "nobody@example.com"):
        with statements(world) as asked:
            answer = verify(world, email, "12345")  # five figures are never the code
        tried.append((answer.status_code, answer.json(), asked))
    assert tried[0] == tried[1]


def test_codes_are_compared_in_constant_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    compare = codes.hmac.compare_digest
    code = code_of(world, JEANNE)

    def watched(one: str, other: str) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(codes.hmac, "compare_digest", watched)
    verify(world, JEANNE, other_than(code))
    [(kept, given)] = compared
    assert len(kept) == len(given) == 64 and kept != given


@pytest.mark.one_database
def test_five_codes_an_hour_for_an_address(make_world: MakeWorld) -> None:
    limited = make_world(rate_limits="on")
    for _ in range(5):
        assert limited.post("/v1/codes", {"email": JEANNE}).status_code == 202
    refused = limited.post("/v1/codes", {"email": JEANNE.upper()})
    assert refused.json()["code"] == "rate-limited" and 0 < int(refused.headers["retry-after"]) <= 720
    assert limited.post("/v1/codes", {"email": "paul@example.com"}).status_code == 202
    unlimited = make_world(rate_limits="off")
    for _ in range(8):
        assert unlimited.post("/v1/codes", {"email": JEANNE}).status_code == 202


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["conversation", "address"])
def test_tries_are_limited_for_who_makes_them(make_world: MakeWorld, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PER_CONVERSATION", "PER_ADDRESS"):  # so that nothing grows again while a busy machine posts
        monkeypatch.setattr(limits, name, limits.Allowance(getattr(limits, name).count, 3600))
    limited = make_world(rate_limits="on")
    for number in range(200):
        bearer = limited.web.bearer("c1") if who == "conversation" else None
        answer = verify(limited, f"p{number}@example.com", "123456", bearer)
        if answer.status_code == 429:
            break
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    assert number >= 40


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/v1/codes", "/v1/codes/verify"])
@pytest.mark.parametrize("email", ["", "x", "a@", None, "a@b@c"])
def test_malformed_addresses(world: World, path: str, email: str | None) -> None:
    refused = world.post(path, {"email": email, "code": "123456"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


def test_tokens_that_are_none(world: World) -> None:
    token = token_of(world, JEANNE)
    for bearer in (token[:-1] + ("A" if token[-1] != "A" else "B"), "c1_", tokens.verified_token("x")):
        assert world.get("/v1/bookings", bearer=bearer).status_code == 401
    with world.database.writing() as db:
        db.execute(update(codes.verified.Verification).values(expires_at=clock.real_now()))
    assert world.get("/v1/bookings", bearer=token).status_code == 401
    assert world.post("/v1/bookings", {"session_id": "gmp-1"}, bearer=token).status_code == 401
    assert world.get("/v1/courses", bearer=token).status_code == 200  # the catalogue is open


def open_to(world: World, *domains: str) -> None:
    """Let these domains open what Aseptia keeps for its people."""
    with world.database.writing() as db:
        db.execute(update(Operator).where(Operator.id == "aseptia").values(email_domains=list(domains)))
        db.execute(update(CatalogueState).values(version=CatalogueState.version + 1))
    memory.forget(world.database)


def test_a_proved_domain_opens_what_an_operator_keeps_for_its_people(world: World) -> None:
    open_to(world, "aseptia.example")
    try:
        inside, outside = token_of(world, "anne@Aseptia.example"), token_of(world, "anne@not-aseptia.example")
        linked = world.web.bearer("c5")
        token_of(world, "luc@aseptia.example", bearer=linked)
        for bearer, seen in ((inside, True), (linked, True), (outside, False), (None, False)):
            for path in ("/v1/sessions?limit=100", "/v1/sessions?seats=1&limit=100"):
                ids = [one["id"] for one in world.get(path, bearer=bearer).json()["items"]]
                assert ("inside-1" in ids) is seen, path
            listed = [one["id"] for one in world.get("/v1/courses?limit=100", bearer=bearer).json()["items"]]
            assert ("inside" in listed) is seen
            for path in ("/v1/sessions/inside-1", "/v1/courses/inside", "/v1/courses/inside/sessions"):
                assert world.get(path, bearer=bearer).status_code == (200 if seen else 404), path
            answer = world.book("inside-1", bearer=bearer)
            assert answer.status_code == (201 if seen else 403)
        assert "Authorization" in world.get("/v1/courses", bearer=inside).headers["vary"]
    finally:
        open_to(world)


def test_staff_find_what_they_may_book(world: World) -> None:
    assert world.get("/v1/sessions/inside-1", bearer=STAFF_TOKEN).status_code == 200


@pytest.mark.one_database
def test_the_mail_leaves_the_started_service(world: World, make_world: MakeWorld) -> None:
    folder = world.settings.var_dir / "outbox"
    with TestClient(make_world().app) as client:
        assert client.post("/v1/codes", json={"email": JEANNE}).status_code == 202
        end = time.monotonic() + 10
        while not list(folder.glob("*.eml")) and time.monotonic() < end:
            time.sleep(0.02)
    assert len(read_code(world, JEANNE)) == 6
    assert deliver_due(world.database, Folder(folder)) == 0


def test_a_speaker_without_an_address_sees_nothing_of_nobody() -> None:
    assert not Speaker("conversation", "test", owner="web:campus:c1").owns("EBC-000000", None, None)
    assert not Speaker("verified", "test", person="x").owns("EBC-000000", None, None)
