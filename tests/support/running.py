"""The three programs, running for a test: own ports, own folder, a clock that the test moves, a database of choice."""

from __future__ import annotations

import json
import socket
import sqlite3
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from stack import Stack  # noqa: E402

from tests.support.database import Database  # noqa: E402
from tests.support.outbox import Outbox  # noqa: E402

#: When the tests begin: a Tuesday morning, so that "next week" and "in March" always mean the same.
STARTS = "2026-11-24T10:00:00+01:00"
#: Opens every right of the staff in a stack that is given it.
STAFF_TOKEN = "a-staff-token-for-tests-only"
ACCESS = {"takeda": "TAKEDA-2027", "campus": "CAMPUS-QUALITE-2027", "siemens": "SIEMENS-2027"}


@dataclass
class Running:
    """A running stack and what a test looks at."""

    stack: Stack
    database: Database
    outbox: Outbox
    clock: Path

    @property
    def page_url(self) -> str:
        return self.stack.page_url

    @property
    def rest_url(self) -> str:
        return self.stack.rest_url

    @property
    def web_url(self) -> str:
        return self.stack.web_url

    def say(self, sender: str, message: str, seconds: float = 60) -> list[dict[str, Any]]:
        """Send a message over the development channel; the replies."""
        return post(self.rest_url, {"sender": sender, "message": message}, seconds)

    def intents(self, sender: str) -> list[str]:
        """What the bot took each message of a sender for, from its own event store."""
        with sqlite3.connect(self.stack.var / "tracker.db") as connection:
            rows = connection.execute(
                "select data from events where sender_id = ? and type_name = 'user' order by id", (f"rest:{sender}",)
            ).fetchall()
        return [json.loads(row[0])["parse_data"]["intent"]["name"] for row in rows]

    def move_clock(self, moment: str) -> None:
        """Let the business clock of every program show another time."""
        self.clock.write_text(moment)


def post(url: str, body: Any, seconds: float = 60, token: str | None = None) -> Any:
    """POST JSON, past any proxy; the answer. ``token`` is who asks, as bearer."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=seconds) as answer:
        return json.load(answer)


def free_port() -> str:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def running(
    folder: Path, database_url: str | None = None, only: tuple[str, ...] | None = None, **environment: str
) -> Iterator[Running]:
    """A stack in a folder of its own, ready; stopped at the end. ``only`` names the programs that are wanted."""
    clock = folder / "clock"
    clock.write_text(STARTS)
    url = database_url or f"sqlite:///{folder}/campus.db"
    stack = Stack(
        {
            "CAMPUS_PORT": free_port(),
            "BOT_PORT": free_port(),
            "ACTIONS_PORT": free_port(),
            "VAR_DIR": str(folder),
            "DATABASE_URL": url,
            "RATE_LIMITS": "off",
            "CAMPUS_NOW": f"@{clock}",
            **environment,
        }
    )
    stack.start(only or ("service", "actions", "rasa"))
    try:
        stack.wait(only=only or ("service", "rasa"))
        yield Running(stack, Database(_driver(url)), Outbox(folder / "outbox"), clock)
    finally:
        stack.stop()


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
