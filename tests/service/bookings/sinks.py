"""Receivers that behave badly by plan: real servers on this machine."""

from __future__ import annotations

import itertools
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

TAKE, REFUSE, HANG, LOSE = "take", "refuse", "hang", "lose"
"""Take it; refuse it; say nothing at all; take it and lose the answer."""

Plan = Callable[[int], str | int]
"""What to do with the n-th delivery (from 0): one of the words above, or a status to answer."""


@dataclass
class Sink:
    """An HTTP receiver that checks every signature with the library and keeps what it took."""

    plan: Plan = lambda _number: TAKE
    secrets: dict[str, str | bytes] = field(default_factory=dict)
    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> str | int:
        """Decide, check and keep; what the handler is to do."""
        with self._lock:
            number = next(self._numbers)
            self.attempts.append(headers.get("webhook-id", ""))
            self.hosts.append(headers.get("host", ""))
            act = self.plan(number)
            if act not in (TAKE, LOSE):
                return act
            try:
                told = Webhook(self.secrets[path]).verify(body, headers)
                assert told["id"] == headers["webhook-id"] and json.loads(body) == told
            except Exception as exc:
                self.errors.append(repr(exc))
                return 400
            self.taken.append(told)
        return act

    def unique(self) -> dict[str, dict[str, Any]]:
        """What was taken, without the repeats, in the order of first arrival."""
        found: dict[str, dict[str, Any]] = {}
        for told in self.taken:
            found.setdefault(told["id"], told)
        return found

    def kinds(self) -> list[str]:
        """The kinds of what was taken, repeats dropped."""
        return [told["kind"] for told in self.unique().values()]


@contextmanager
def receiving(plan: Plan = lambda _number: TAKE, certificate: ssl.SSLContext | None = None) -> Iterator[Sink]:
    """A receiver on a free port; over TLS with a certificate."""
    sink = Sink(plan)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender's time was over before all had left: no delivery, for no receiver
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            act = sink.receive(self.path, headers, body)
            if act == HANG:
                sink.over.wait(30)
            if act in (HANG, LOSE):
                self.close_connection = True
                return
            self.send_response(204 if act == TAKE else 503 if act == REFUSE else int(act))
            self.send_header("Location", f"{sink.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    if certificate:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    sink.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
