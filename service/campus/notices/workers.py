"""The workers that send notices: a thread for each destination with something due, so that none waits for another."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import Counter

from campus.audit import SERVICE
from campus.db import Database
from campus.notices import subscriptions, telling
from campus.notices.models import Webhook
from campus.notices.posting import Poster
from campus.notices.telling import NOTIFY
from campus.outbox import queue, workers
from campus.outbox.errors import NotWanted, Undelivered
from campus.outbox.models import NOTICE, Outbox
from campus.outbox.queue import Lane
from campus.settings import get_settings
from campus.speakers.keys import notify_secret

log = logging.getLogger(__name__)

NOTICES = Counter("campus_notices_total", "Notices by kind and what became of them", ("kind", "result"))
GONE = 410


def deliver_due(database: Database, poster: Poster, lane: Lane, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send the notices of one destination that are due now; how many rows were claimed."""
    return workers.deliver_due(database, lane, lambda row: carry(database, poster, row), NOTICES, stopping)


def carry(database: Database, poster: Poster, row: Outbox) -> None:
    """Post one notice to its destination. Raises NotWanted, Undelivered."""
    if row.destination == NOTIFY:
        _to_the_bot(database, poster, row)
    else:
        _to_a_webhook(database, poster, row)


def _to_the_bot(database: Database, poster: Poster, row: Outbox) -> None:
    """Post; 410 says that nobody is in the conversation. Then it is kept there all the same, and told another way."""
    url = get_settings().notify_url
    if not url:
        raise Undelivered("NOTIFY_URL is not set")
    status = poster.post(url, notify_secret(), row.payload, trusted=True)
    if status == GONE:
        with database.writing() as db:
            telling.do_instead(db, row)
        return
    if not 200 <= status < 300:
        raise Undelivered(str(status))


def _to_a_webhook(database: Database, poster: Poster, row: Outbox) -> None:
    """Post, and keep with the subscription how that went; 410 ends it."""
    with database.reading() as db:
        webhook = db.get(Webhook, row.destination)
    if webhook is None or not webhook.active:
        raise NotWanted
    try:
        status = poster.post(webhook.url, webhook.secret, row.payload)
        told = str(status)
    except Undelivered as exc:
        status, told = 0, str(exc)
    if told != webhook.last_status:
        with database.writing() as db:
            subscriptions.note_status(db, webhook.id, told)
    if status == GONE:
        with database.writing() as db:
            subscriptions.end(db, SERVICE, webhook.id, status=GONE)
        log.info("webhook %s ended itself", webhook.id)
        raise NotWanted
    if not 200 <= status < 300:
        raise Undelivered(told)


class Dispatcher:
    """Gives each destination that has something due a thread, unless it has one already."""

    def __init__(self, database: Database, poster: Poster) -> None:
        self.database = database
        self.poster = poster
        self.pool = ThreadPoolExecutor(subscriptions.MAX_ACTIVE + 1, "notices")
        self.busy: set[Lane] = set()
        self.lock = threading.Lock()

    def look(self, stopping: Callable[[], bool]) -> bool:
        """One look at the outbox; never asks to be called again at once."""
        with self.database.reading() as db:
            lanes = queue.due_lanes(db, NOTICE)
        for lane in lanes:
            with self.lock:
                if lane in self.busy:
                    continue
                self.busy.add(lane)
            self.pool.submit(self._empty, lane, stopping)
        return False

    def _empty(self, lane: Lane, stopping: Callable[[], bool]) -> None:
        try:
            while not stopping() and deliver_due(self.database, self.poster, lane, stopping):
                pass
        except Exception:  # the database is away: the next look tries again
            log.exception("notices could not be sent")
        finally:
            with self.lock:
                self.busy.discard(lane)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Run the workers for as long as the application does; the secret that the bot shares is there from the start."""
    notify_secret()
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log addresses, which may hold keys of others
    dispatcher = Dispatcher(app.state.database, Poster())
    try:
        with workers.repeating("notices", dispatcher.look):
            yield
    finally:
        dispatcher.pool.shutdown(cancel_futures=True)
