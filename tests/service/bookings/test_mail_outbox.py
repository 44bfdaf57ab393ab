"""How mail leaves: once, whole, in order, and again when it did not."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from campus import clock
from campus.bookings import workers as sweeper
from campus.mail import workers as mailer
from campus.mail.transport import Folder, Refused, Server, make_transport
from campus.mail.workers import deliver_due
from campus.outbox import queue
from campus.outbox.models import Outbox
from sqlalchemy import text

from .conftest import MakeWorld, World


class Kept:
    """A transport that keeps what it is given, and fails where it is told to."""

    def __init__(self, fail: Any = lambda _mail: None, seconds: float = 0) -> None:
        self.sent: list[tuple[str, str]] = []
        self.fail = fail
        self.seconds = seconds

    def send(self, mail: EmailMessage) -> None:
        time.sleep(self.seconds)
        self.fail(mail)
        self.sent.append((mail["X-Campus-Reference"], mail["X-Campus-Mail-Kind"]))


def make_due(world: World) -> None:
    """Let no row wait for its next attempt."""
    with world.database.writing() as db:
        db.execute(text("UPDATE outbox SET next_attempt_at = created_at"))


def test_two_workers_send_each_mail_once(world: World) -> None:
    references = [world.confirmed(f"p{n}@example.com", "open-1")["reference"] for n in range(30)]
    transport = Kept(seconds=0.005)

    def work(_number: int) -> int:
        return sum(iter(lambda: deliver_due(world.database, transport), 0))

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(work, range(3)))
    assert Counter(reference for reference, _ in transport.sent) == Counter(references)
    assert sum(counts) == 30 and sum(count > 0 for count in counts) > 1


def test_a_mail_that_failed_is_sent_later_and_keeps_its_id_and_its_place(world: World) -> None:
    booking = world.confirmed("a@example.com")
    world.post(f"/v1/bookings/{booking['reference']}/cancel", bearer=booking["manage_token"])
    seen: list[str] = []

    def fail_twice(mail: EmailMessage) -> None:
        seen.append(mail["X-Campus-Mail-Id"])
        if len(seen) < 3:
            raise OSError("no connection")

    transport = Kept(fail_twice)
    assert deliver_due(world.database, transport) == 1  # the cancellation waits for the confirmation
    assert deliver_due(world.database, transport) == 0
    for _ in range(3):
        make_due(world)
        deliver_due(world.database, transport)
    assert [kind for _, kind in transport.sent] == ["confirmation", "cancellation"]
    assert len(set(seen[:3])) == 1
    assert world.rows("SELECT attempts, last_error FROM outbox ORDER BY seq") == [(3, None), (1, None)]


def test_what_a_server_refuses_for_good_is_not_tried_again(world: World) -> None:
    world.confirmed("a@example.com")

    def refuse(_mail: EmailMessage) -> None:
        raise Refused("no such person")

    deliver_due(world.database, Kept(refuse))
    make_due(world)
    assert deliver_due(world.database, Kept()) == 0
    assert world.scalar("SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL AND sent_at IS NULL") == 1


def test_the_lease_of_a_worker_that_died_ends(world: World) -> None:
    world.confirmed("a@example.com")
    with world.database.writing() as db:
        assert len(queue.claim(db, queue.Lane())) == 1
    transport = Kept()
    assert deliver_due(world.database, transport) == 0
    over = clock.real_now() - timedelta(seconds=1)
    with world.database.writing() as db:
        db.execute(text("UPDATE outbox SET claimed_until = :over"), {"over": over.replace(tzinfo=None)})
    assert deliver_due(world.database, transport) == 1 and len(transport.sent) == 1


def test_pauses_grow(world: World) -> None:
    world.confirmed("a@example.com")

    def fail(_mail: EmailMessage) -> None:
        raise OSError

    pauses = []
    for _ in range(4):
        make_due(world)
        before = clock.real_now()
        deliver_due(world.database, Kept(fail))
        with world.database.reading() as db:
            row = db.query(Outbox).one()
        pauses.append((row.next_attempt_at - before).total_seconds())
    assert pauses == sorted(pauses) and pauses[-1] > 10


@pytest.mark.one_database
def test_files_appear_whole_under_the_id_of_the_mail(world: World, tmp_path: Path) -> None:
    world.confirmed("a@example.com")
    folder = Folder(tmp_path / "outbox")
    deliver_due(world.database, folder)
    [file] = list((tmp_path / "outbox").iterdir())
    assert file.name == f"{world.scalar('SELECT id FROM outbox')}.eml"
    assert file.read_bytes().endswith(b"--\n")


def test_the_running_workers(world: World, make_world: MakeWorld) -> None:
    """A mail is in the folder within two seconds of the answer, and an old hold is swept."""
    import asyncio

    started = make_world()
    held = started.book("gmp-2").json()

    async def run() -> float:
        async with mailer.running(started.app), sweeper.running(started.app):
            booking = await asyncio.to_thread(started.confirmed, "a@example.com")
            answered = time.monotonic()
            started.clock.forward(minutes=15)
            folder = started.settings.var_dir / "outbox"
            while not list(folder.glob("*.eml")) or started.taken("gmp-2"):
                assert time.monotonic() - answered < 10
                await asyncio.sleep(0.02)
            assert booking["state"] == "confirmed"
            return time.monotonic() - answered

    assert asyncio.run(run()) < 2
    seen = started.get(f"/v1/bookings/{held['reference']}", bearer=held["manage_token"]).json()
    assert seen["state"] == "expired"


class Received:
    """An SMTP handler that keeps what arrives."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[tuple[Received, str]]:
    """A mail server, and its address."""
    received = Received()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    yield received, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.mark.one_database
def test_a_mail_server(world: World, make_world: MakeWorld, smtp: tuple[Received, str]) -> None:
    received, url = smtp
    world.confirmed("Zoé@example.com".replace("é", "e"))
    world.confirmed("nobody@example.com")
    transport = make_transport(make_world(smtp_url=url).settings)
    assert isinstance(transport, Server)
    deliver_due(world.database, transport)
    assert [envelope.rcpt_tos for envelope in received.envelopes] == [["Zoe@example.com"]]
    assert b"X-Campus-Mail-Kind: confirmation" in received.envelopes[0].content
    assert world.scalar("SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL") == 1


@pytest.mark.one_database
@pytest.mark.parametrize("url", ["http://example.com", "smtp://", "mail"])
def test_an_address_that_is_no_mail_server(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        Server(url)
