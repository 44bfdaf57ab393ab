"""One slow call of the service holds nobody else up: the real action server, and a service that is slow for one."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.channels.assertion import Signer, signer
from scripts.stack import Stack

#: Seconds that the service sleeps for the one speaker; longer than the client waits.
SLEEP = 5.5
OTHERS = 20


class Slow(ThreadingHTTPServer):
    """A service without bookings, that sleeps before it says so to ``slow``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        claims = self.headers["Authorization"].split(".")[1]
        speaker = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
        if speaker.endswith(":slow"):
            time.sleep(SLEEP)
        body = b'{"items": [], "total": 0, "next": null}'
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the client has given up
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        return None


@dataclass
class ActionServer:
    """The action server, as everybody starts it."""

    url: str
    signer: Signer

    async def call(self, client: aiohttp.ClientSession, user: str) -> tuple[float, list[str]]:
        """Ask what a person has booked: seconds until the answer, and the keys of the replies."""
        sender = f"rest:{user}"
        message = {
            "text": "mes réservations",
            "intent": {"name": "check_booking", "confidence": 1.0},
            "entities": [],
            "metadata": {"auth": self.signer.sign(f"rest:local:{user}", sender)},
            "message_id": user,
        }
        tracker = {
            "sender_id": sender,
            "slots": {"language": "fr"},
            "latest_message": message,
            "events": [],
            "paused": False,
            "active_loop": {},
            "latest_action_name": "action_listen",
        }
        body = {"next_action": "action_check_booking", "sender_id": sender, "tracker": tracker, "version": "3.6.21"}
        began = time.monotonic()
        async with client.post(f"{self.url}/webhook", json=body) as response:
            assert response.status == 200, await response.text()
            replies = (await response.json())["responses"]
        return time.monotonic() - began, [reply["utter_action"] for reply in replies]


@pytest.fixture
def action_server(tmp_path: Path) -> Iterator[ActionServer]:
    service = Slow()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "VAR_DIR": str(tmp_path / "var"),
        "ACTIONS_PORT": str(port),
        "CAMPUS_URL": f"http://127.0.0.1:{service.server_port}",
        "CAMPUS_NOW": "",
        "CAMPUS_ENV": "development",
    }
    stack = Stack(environment)
    stack.start(only=("actions",))
    try:
        stack.wait(60, only=("actions",))
        yield ActionServer(f"http://127.0.0.1:{port}", signer("rest", tmp_path / "var" / "keys"))
    finally:
        stack.stop()
        service.shutdown()
        service.server_close()


def test_one_slow_call_holds_nobody_else_up(action_server: ActionServer) -> None:
    async def all_at_once() -> tuple[tuple[float, list[str]], list[tuple[float, list[str]]]]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
            await action_server.call(client, "first")  # what a first call loads is not what is measured
            slow = asyncio.ensure_future(action_server.call(client, "slow"))
            await asyncio.sleep(0.3)
            others = await asyncio.gather(*(action_server.call(client, f"user{n}") for n in range(OTHERS)))
            assert not slow.done(), "the slow one was still at work"
            return await slow, list(others)

    slow, others = asyncio.run(all_at_once())
    assert max(seconds for seconds, _ in others) < 2
    assert {tuple(keys) for _, keys in others} == {("utter_no_bookings",)}
    assert slow[1] == ["utter_service_unavailable"]
    assert 4 < slow[0] < 8


def test_it_answers_on_this_machine_only(action_server: ActionServer) -> None:
    port = int(action_server.url.rpartition(":")[2])
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]
