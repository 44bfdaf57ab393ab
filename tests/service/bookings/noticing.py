"""What the tests of notices do again and again."""

from __future__ import annotations

from typing import Any

from campus.notices.posting import Poster
from campus.notices.workers import deliver_due
from campus.outbox import queue
from campus.outbox.models import NOTICE
from sqlalchemy import text

from .conftest import STAFF_TOKEN, World
from .sinks import Sink

EVERY_KIND = [
    *("hold-lapsing", "hold-expired", "offer", "offer-lapsed"),
    *("booking-confirmed", "booking-cancelled", "booking-moved", "session-cancelled"),
    *("handoff-message", "handoff-taken", "handoff-released", "handoff-closed"),
]


def subscribe(world: World, url: str, kinds: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """A webhook, made by staff."""
    wish = {"url": url, "kinds": kinds or EVERY_KIND}
    answer = world.post("/v1/staff/webhooks", wish, bearer=STAFF_TOKEN, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def listen(world: World, sink: Sink, kinds: list[str] | None = None, path: str = "/hook") -> dict[str, Any]:
    """Subscribe this receiver, which is told its secret."""
    webhook = subscribe(world, sink.url + path, kinds)
    sink.secrets[path] = webhook["secret"]
    return webhook


def make_due(world: World) -> None:
    """Let no row wait for its next attempt."""
    with world.database.writing() as db:
        db.execute(text("UPDATE outbox SET next_attempt_at = created_at WHERE sent_at IS NULL"))


def deliver(world: World, poster: Poster | None = None) -> int:
    """Send the notices that are due, once each; how many were tried."""
    with world.database.reading() as db:
        lanes = queue.due_lanes(db, NOTICE)
    return sum(deliver_due(world.database, poster or Poster(), lane) for lane in lanes)


def deliver_all(world: World, poster: Poster | None = None) -> None:
    """Send until nothing is due."""
    while deliver(world, poster):
        pass


def waiting(world: World) -> int:
    """Notices that have not left."""
    return int(world.scalar("SELECT COUNT(*) FROM outbox WHERE channel = 'notice' AND sent_at IS NULL"))
