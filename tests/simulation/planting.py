"""A service with a fault, or in trouble: it stands between the bot and the real service.

A fault is what a client with a bug would do: one request too many, or another one than was meant, in the name of
whoever asked. The bot is answered as if nothing of it had happened. It is there to be found.

Trouble is what befalls a service that is sound: it answers too late (`slow`), not at all (`down`), or its answer to
what it did is lost on the way (`lost`). Whoever books through it must end up with what they were told, and nothing
else.
"""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = Callable[["Between", str, dict[str, Any]], None]
#: What may befall what is written, with the seconds by which an answer is late.
TROUBLES = {"slow": 5.5, "down": 0.0, "lost": 0.0}
#: Writes in a row that it befalls: all the tries that the bot gives a call, so that the person is told.
TRIES = 3
_WRITES = re.compile(r"/v1/(?:bookings|quotes|alerts|handoffs)\b")
#: Headers that belong to one connection.
_HOP = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}


@dataclass
class Between:
    """What passes everything on.

    Attributes:
        service: where the real service is.
        fault: what else is done once a booking is confirmed; None: nothing.
        planted: how often it was done.
        trouble: what befalls the writes, one of `TROUBLES`; None: nothing.
        spared: writes that go well before it begins.
        left: writes that it still befalls.
    """

    service: str
    fault: Fault | None = None
    planted: int = 0
    trouble: str | None = None
    spared: int = 0
    left: int = 0
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, Any]:
        """A request to the real service; status, body and headers of its answer."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.service + path, data, headers or self._own_headers(), method=method)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def done(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The same in the name of who asked last; it has to work, else nothing is planted."""
        status, found, _ = self.ask(method, path, body)
        assert status < 300, (status, found)
        answer: dict[str, Any] = json.loads(found)
        return answer

    def begin(self, trouble: str | None, spared: int) -> None:
        """Let trouble come over the next writes but so many."""
        self.trouble, self.spared, self.left = trouble, spared, TRIES if trouble else 0

    def befalls(self, method: str, path: str) -> str | None:
        """The trouble that this request meets."""
        if not self.left or method == "GET" or not _WRITES.match(path):
            return None
        if self.spared:
            self.spared -= 1
            return None
        self.left -= 1
        return self.trouble

    def _own_headers(self) -> dict[str, str]:
        return {**self.headers, "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}


@contextmanager
def between(service: str) -> Iterator[Between]:
    """Stand between the bot and a service."""
    passing = Between(service)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            trouble = passing.befalls(self.command, self.path)
            if trouble == "down":
                self._fail()
                return
            status, found, told = passing.ask(self.command, self.path, body, headers)
            if trouble == "lost":
                self._fail()
                return
            time.sleep(TROUBLES[trouble] if trouble else 0)
            confirmed = re.fullmatch(r"/v1/bookings/(EBC-\w+)/confirm(\?.*)?", self.path)
            if confirmed and status == 200 and passing.fault:
                passing.headers = headers
                passing.fault(passing, confirmed[1], json.loads(found))
                passing.planted += 1
            self.send_response(status)
            for name, value in told.items():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            with suppress(ConnectionError):  # who gave up waiting
                self.wfile.write(found)

        def _fail(self) -> None:
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _pass

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    passing.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield passing
    finally:
        server.shutdown()
        server.server_close()


def wrong_session(passing: Between, reference: str, booking: dict[str, Any]) -> None:
    """The booking lands on another date than the one that was confirmed."""
    course = booking["session"]["course_id"]
    _, found, _ = passing.ask("GET", f"/v1/courses/{course}/sessions?seats={booking['seats']}&limit=20")
    other = next(one["id"] for one in json.loads(found)["items"] if one["id"] != booking["session"]["id"])
    passing.done("POST", f"/v1/bookings/{reference}/reschedule", {"session_id": other})


def wrong_seats(passing: Between, reference: str, booking: dict[str, Any]) -> None:
    """One seat more than was confirmed."""
    change = {"seats": booking["seats"] + 1, "version": booking["version"]}
    passing.done("PATCH", f"/v1/bookings/{reference}", change)


def written_twice(passing: Between, reference: str, booking: dict[str, Any]) -> None:
    """The seats are taken a second time, and stay held: on another date where that one has not so many left."""
    same, course = booking["session"]["id"], booking["session"]["course_id"]
    _, found, _ = passing.ask("GET", f"/v1/courses/{course}/sessions?seats={booking['seats']}&limit=20")
    free = [one["id"] for one in json.loads(found)["items"]]
    chosen = same if same in free else free[0]
    seats = {"session_id": chosen, "seats": booking["seats"], "hold": True, "lang": "fr"}
    passing.done("POST", "/v1/bookings", seats)
