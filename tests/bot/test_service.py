"""The service client against a real little HTTP server: time limits, tries, keys, and what each failure becomes."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot import service as client
from bot.service import Problem, Service, Unavailable, idempotency_key
from bot.settings import Settings, get_settings

KEY = "0123456789abcdef"


@dataclass
class Answer:
    """One answer of the little server."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    sleep: float = 0.0
    raw: bytes | None = None


@dataclass
class Asked:
    """One request that it got."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class LittleServer:
    """Gives the answers it was told, in order, the last for good; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: list[Answer] = [Answer()]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                outer.asked.append(Asked(self.command, self.path, dict(self.headers), body))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                time.sleep(answer.sleep)
                content = answer.raw if answer.raw is not None else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = _answer

            def log_message(self, format: str, *args: Any) -> None:
                return None

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:  # the client has gone
                    self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def says(self, *answers: Answer) -> None:
        self.answers = list(answers)


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[LittleServer]:
    little = LittleServer()
    monkeypatch.setenv("CAMPUS_URL", little.url)
    get_settings.cache_clear()
    yield little
    little.server.shutdown()
    little.server.server_close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time limits that a test can wait for."""
    monkeypatch.setattr(client, "TRY_SECONDS", 0.3)
    monkeypatch.setattr(client, "CALL_SECONDS", 0.6)


def refusal(status: int, code: str, **more: Any) -> Answer:
    return Answer(status, {"status": status, "code": code, **more}, {"Content-Type": "application/problem+json"})


# -- what is sent -----------------------------------------------------------------------------------------------------


def test_a_call_says_who_speaks_and_in_which_language(server: LittleServer) -> None:
    server.says(Answer(body={"items": []}))
    assert asyncio.run(Service("signed", "en").bookings()) == {"items": []}
    (asked,) = server.asked
    assert asked.path == "/v1/bookings?lang=en"
    assert asked.headers["Authorization"] == "Bearer signed"
    assert asked.headers["Accept-Language"] == "en"


def test_nobody_is_named_where_nobody_vouches(server: LittleServer) -> None:
    asyncio.run(Service().answers("parking"))
    assert "Authorization" not in server.asked[0].headers


def test_criteria_repeat_and_empty_ones_are_left_out(server: LittleServer) -> None:
    criteria: dict[str, Any] = {"language": ["fr", "!en"], "topic": [], "q": "", "sort": None, "max_price": [0]}
    asyncio.run(Service().courses(**criteria))
    assert server.asked[0].path == "/v1/courses?language=fr&language=%21en&max_price=0&lang=fr"


def test_a_hold_carries_no_personal_data(server: LittleServer) -> None:
    asyncio.run(Service("signed", "fr").hold(KEY, "s-1", 2, "CODE"))
    (asked,) = server.asked
    assert asked.method == "POST"
    assert asked.body == {"session_id": "s-1", "seats": 2, "hold": True, "access_code": "CODE"}
    assert asked.headers["Idempotency-Key"] == KEY


@pytest.mark.parametrize(
    ("call", "method", "path", "body"),
    [
        (
            lambda s: s.confirm(KEY, "EBC-1", {"name": "A B", "email": "a@b.be"}),
            "POST",
            "/v1/bookings/EBC-1/confirm",
            {"contact": {"name": "A B", "email": "a@b.be"}, "terms_accepted": True},
        ),
        (lambda s: s.cancel(KEY, "EBC-1"), "POST", "/v1/bookings/EBC-1/cancel", {}),
        (
            lambda s: s.change_seats(KEY, "EBC-1", 3, 7),
            "PATCH",
            "/v1/bookings/EBC-1",
            {"seats": 3, "version": 7},
        ),
        (
            lambda s: s.send(KEY, "EBC-1", "confirmation"),
            "POST",
            "/v1/bookings/EBC-1/send",
            {"what": "confirmation"},
        ),
        (
            lambda s: s.hand_off(KEY, "why", "what", None),
            "POST",
            "/v1/handoffs",
            {"reason": "why", "summary": "what"},
        ),
    ],
)
def test_every_write_carries_its_key(
    server: LittleServer, call: Callable[[Service], Any], method: str, path: str, body: Any
) -> None:
    asyncio.run(call(Service("signed", "fr")))
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == (method, path, body)
    assert asked.headers["Idempotency-Key"] == KEY


def test_keys_are_long_enough_and_differ_by_part() -> None:
    keys = {idempotency_key("a", "bc"), idempotency_key("ab", "c"), idempotency_key("abc"), idempotency_key("a", "bd")}
    assert len(keys) == 4
    assert all(len(key) >= 16 for key in keys)
    assert idempotency_key("a", "bc") == idempotency_key("a", "bc")


# -- tries ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_write_is_tried_again_with_the_same_key(server: LittleServer, status: int) -> None:
    server.says(Answer(status), refusal(status, "unavailable"), Answer(201, {"reference": "EBC-1"}))
    assert asyncio.run(Service().hold(KEY, "s-1", 1)) == {"reference": "EBC-1"}
    assert [asked.headers["Idempotency-Key"] for asked in server.asked] == [KEY] * 3
    assert len({json.dumps(asked.body) for asked in server.asked}) == 1


def test_the_tries_have_an_end(server: LittleServer) -> None:
    server.says(Answer(503))
    with pytest.raises(Unavailable):
        asyncio.run(Service().bookings())
    assert len(server.asked) == client.TRIES


def test_a_first_delivery_still_at_work_is_asked_again(server: LittleServer) -> None:
    server.says(refusal(409, "in-progress"), Answer(200, {"reference": "EBC-1"}))
    assert asyncio.run(Service().confirm(KEY, "EBC-1", {}))["reference"] == "EBC-1"
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 429, 500])
def test_a_refusal_is_not_tried_again(server: LittleServer, status: int) -> None:
    server.says(refusal(status, "some-code"))
    with pytest.raises(Problem) as caught:
        asyncio.run(Service().hold(KEY, "s-1", 1))
    assert (caught.value.status, caught.value.code) == (status, "some-code")
    assert len(server.asked) == 1


def test_a_try_has_a_time_limit_and_is_not_repeated(server: LittleServer, quick: None) -> None:
    server.says(Answer(sleep=2))
    began = time.monotonic()
    with pytest.raises(Unavailable):
        asyncio.run(Service().hold(KEY, "s-1", 1))
    assert time.monotonic() - began < 1
    assert len(server.asked) == 1


def test_all_tries_together_have_a_time_limit(
    server: LittleServer, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TRIES", 50)
    server.says(Answer(503, sleep=0.1))
    began = time.monotonic()
    with pytest.raises(Unavailable):
        asyncio.run(Service().bookings())
    assert time.monotonic() - began < 1.2
    assert len(server.asked) < 6


def test_the_limits_are_shorter_than_an_action_s() -> None:
    from bot.actions.turn import ACTION_SECONDS

    assert client.TRY_SECONDS <= client.CALL_SECONDS < ACTION_SECONDS


def test_a_service_that_is_not_there_is_unavailable(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("CAMPUS_URL", f"http://127.0.0.1:{port}")
    get_settings.cache_clear()
    with pytest.raises(Unavailable):
        asyncio.run(Service().bookings())


def test_no_proxy_stands_between(server: LittleServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    asyncio.run(Service().bookings())
    assert len(server.asked) == 1


# -- what comes back --------------------------------------------------------------------------------------------------


def test_a_problem_tells_its_fields(server: LittleServer) -> None:
    server.says(refusal(422, "invalid", errors=[{"field": "contact.email", "code": "email"}, {"field": "seats"}]))
    with pytest.raises(Problem) as caught:
        asyncio.run(Service().confirm(KEY, "EBC-1", {}))
    assert caught.value.fields == {"email", "seats"}


@pytest.mark.parametrize("raw", [b"<html>Bad</html>", b"", b"[]", b'"no"', b'{"errors": null}'])
def test_a_refusal_without_a_document_is_still_a_problem(server: LittleServer, raw: bytes) -> None:
    server.says(Answer(404, raw=raw))
    with pytest.raises(Problem) as caught:
        asyncio.run(Service().course("x"))
    assert (caught.value.status, caught.value.code, caught.value.fields) == (404, "", set())


@pytest.mark.parametrize("raw", [b"<html>Good</html>", b"{", b"\xff\xfe"])
def test_an_answer_that_is_not_json_is_none(server: LittleServer, raw: bytes) -> None:
    server.says(Answer(200, raw=raw))
    with pytest.raises(Unavailable):
        asyncio.run(Service().bookings())


def test_an_answer_may_be_empty(server: LittleServer) -> None:
    server.says(Answer(204, raw=b""))
    assert asyncio.run(Service().send(KEY, "EBC-1", "confirmation")) == {}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server: LittleServer, status: int) -> None:
    """The service has none: what answers so is something else, which must get neither the key nor the signature."""
    server.says(Answer(status, headers={"Location": f"{server.url}/elsewhere"}))
    with pytest.raises(Unavailable):
        asyncio.run(Service("signed").hold(KEY, "s-1", 1))
    assert {asked.path for asked in server.asked} == {"/v1/bookings"}


@pytest.mark.parametrize(
    ("reference", "path"),
    [("../../staff/audit", "/v1/bookings/..%2F..%2Fstaff%2Faudit"), ("a?b#c", "/v1/bookings/a%3Fb%23c")],
)
def test_what_a_person_says_cannot_leave_its_place_in_the_address(
    server: LittleServer, reference: str, path: str
) -> None:
    asyncio.run(Service().booking(reference))
    assert server.asked[0].path == f"{path}?lang=fr"


def test_calls_run_beside_each_other(server: LittleServer) -> None:
    server.says(Answer(sleep=0.3))

    async def many() -> None:
        await asyncio.gather(*(Service().bookings() for _ in range(20)))

    began = time.monotonic()
    asyncio.run(many())
    assert time.monotonic() - began < 2, "20 calls of 0.3 s, one after the other, take 6 s"
