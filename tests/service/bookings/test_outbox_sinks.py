"""Receivers that fail: everything arrives at least once, in order, whatever they do.

`CAMPUS_FULL=1` runs it with 300 events instead of 60.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from campus.mail.transport import Server
from campus.mail.workers import deliver_due
from campus.notices.posting import Poster
from sqlalchemy import text

from ..conftest import until
from .conftest import World
from .noticing import deliver, listen, make_due
from .sinks import HANG, LOSE, REFUSE, TAKE, Plan, receiving

FULL = os.environ.get("CAMPUS_FULL") == "1"
EVENTS = 300 if FULL else 60
SECONDS = 240 if FULL else 60
LIMIT = 0.4
"""Seconds after which a receiver that says nothing is left; with the real limits this would take minutes."""
WORKERS = 2


def moody(seed: int) -> Plan:
    """Every third delivery loses its answer; of the others 30 % fail, one in ten of those by saying nothing."""
    drawn = random.Random(seed)

    def plan(number: int) -> str:
        if number % 3 == 2:
            return LOSE
        if drawn.random() < 0.3:
            return HANG if drawn.random() < 0.1 else REFUSE
        return TAKE

    return plan


class MoodyMailServer:
    """A mail server that refuses for now, hangs, or takes the mail and loses its answer, by plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.attempts = 0
        self.taken: list[tuple[str, str, str]] = []

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        act, self.attempts = self.plan(self.attempts), self.attempts + 1
        if act == REFUSE:
            return "451 not now"
        if act == HANG:
            await asyncio.sleep(2 * LIMIT)
            return "451 too late"
        mail = message_from_bytes(envelope.content)
        self.taken.append(tuple(mail[f"X-Campus-{name}"] for name in ("Mail-Id", "Reference", "Mail-Kind")))  # type: ignore[arg-type]
        if act == LOSE:
            server.transport.abort()
        return "250 OK"

    def unique(self) -> dict[str, tuple[str, str]]:
        """Reference and kind of what was taken by its id, repeats dropped, in the order of first arrival."""
        found: dict[str, tuple[str, str]] = {}
        for ident, reference, kind in self.taken:
            found.setdefault(ident, (reference, kind))
        return found


@contextmanager
def mail_server(plan: Plan) -> Iterator[tuple[MoodyMailServer, str]]:
    """The server and its address."""
    handler = MoodyMailServer(plan)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@contextmanager
def at_work(*works: Callable[[], int]) -> Iterator[None]:
    """Let `WORKERS` threads do each of these again and again; whatever one raises is raised here."""
    stop = threading.Event()

    def again(work: Callable[[], int]) -> None:
        while not stop.is_set():
            if not work():
                stop.wait(0.05)

    with ThreadPoolExecutor(WORKERS * len(works)) as pool:
        running = [pool.submit(again, work) for work in works for _ in range(WORKERS)]
        try:
            yield
        finally:
            stop.set()
    for one in running:
        one.result()


def lives(world: World, count: int) -> list[str]:
    """So many bookings that are confirmed, moved and cancelled: three events each; their references."""
    with world.database.writing() as db:
        db.execute(text("UPDATE sessions SET capacity = 500 WHERE id IN ('gmp-1', 'gmp-2')"))
    references = []
    for number in range(count):
        booking = world.confirmed(f"p{number}@example.com", "gmp-2")
        path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
        assert world.post(f"{path}/reschedule", {"session_id": "gmp-1"}, bearer=token).status_code == 200
        assert world.post(f"{path}/cancel", bearer=token).status_code == 200
        references.append(booking["reference"])
    return references


@pytest.mark.timeout(2 * SECONDS)
def test_all_arrives_at_least_once_and_in_order(world: World) -> None:
    """Two workers a channel, a webhook and a mail server that fail; the receivers drop repeats by id."""
    count = EVENTS // 3
    with receiving(moody(13)) as sink, mail_server(moody(31)) as (mails, address):
        listen(world, sink)
        references = lives(world, count)
        poster, transport = Poster(whole=LIMIT), Server(address, LIMIT)

        def all_left() -> bool:
            time.sleep(0.2)  # what failed waits so long here, instead of two seconds and more
            make_due(world)
            return not world.scalar("SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL")

        with at_work(lambda: deliver(world, poster), lambda: deliver_due(world.database, transport)):
            until(all_left, SECONDS)
    assert not sink.errors and world.scalar("SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL") == 0
    told = sink.unique()
    assert set(told) == {row[0] for row in world.rows("SELECT id FROM outbox WHERE channel = 'notice'")}
    assert set(mails.unique()) == {row[0] for row in world.rows("SELECT id FROM outbox WHERE channel = 'mail'")}
    assert len(told) == len(mails.unique()) == EVENTS
    assert len(sink.taken) > EVENTS and len(mails.taken) > EVENTS  # lost answers did make repeats
    assert len(sink.attempts) > 1.3 * EVENTS and mails.attempts > 1.3 * EVENTS
    for reference in references:
        kinds = [notice["kind"] for notice in told.values() if notice["reference"] == reference]
        assert kinds == ["booking-confirmed", "booking-moved", "booking-cancelled"]
        mailed = [kind for about, kind in mails.unique().values() if about == reference]
        assert mailed == ["confirmation", "move", "cancellation"]
