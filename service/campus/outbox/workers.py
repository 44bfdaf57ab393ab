"""How a lane is emptied, whatever the channel. Any number of workers may run: a row is claimed by one at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import Counter

from campus.db import Database
from campus.outbox import queue
from campus.outbox.errors import NotWanted, Refused, Undelivered
from campus.outbox.models import Outbox
from campus.outbox.queue import Lane

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.25
SECONDS_TO_STOP = 5.0

Carrier = Callable[[Outbox], None]
"""Hands one message over, or raises (see ``errors.py``)."""


def _never() -> bool:
    return False


def deliver_due(
    database: Database, lane: Lane, carry: Carrier, counter: Counter, stopping: Callable[[], bool] = _never
) -> int:
    """Send what is due in that lane now; how many rows were claimed. ``counter`` counts by kind and result."""
    with database.reading() as db:
        if not queue.is_any_due(db, lane):
            return 0
    with database.writing() as db:
        rows = queue.claim(db, lane)
    for number, row in enumerate(rows):
        if stopping():
            with database.writing() as db:
                queue.give_back(db, rows[number:])
            break
        counter.labels(row.kind, _deliver(database, row, carry)).inc()
    return len(rows)


def _deliver(database: Database, row: Outbox, carry: Carrier) -> str:
    """Send one row and mark it; what became of it.

    A worker that dies in between sends it again later, under the same id.
    """
    error, for_good = "", False
    try:
        with database.reading() as db:
            if not queue.is_still_true(db, row):
                raise NotWanted
        carry(row)
    except NotWanted:
        with database.writing() as db:
            queue.drop(db, row)
        return "dropped"
    except Exception as exc:  # whatever it is, this message waits and the others go on
        error = str(exc) if isinstance(exc, Undelivered) else type(exc).__name__
        log.warning("%s %s (%s) did not leave: %s", row.channel, row.id, row.kind, error)
        for_good = isinstance(exc, Refused)
    with database.writing() as db:
        if error:
            queue.mark_failed(db, row, error, for_good=for_good)
        else:
            queue.mark_sent(db, row.seq)
    return "failed" if error else "sent"


@contextmanager
def repeating(name: str, look: Callable[[Callable[[], bool]], bool], every: float = EVERY_SECONDS) -> Iterator[None]:
    """Run ``look`` in a thread of that name until the block ends: at once again where it was True, else after a pause.

    It is given a function that says whether it should stop.
    """
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                busy = look(stop.is_set)
            except Exception:  # the database is away: look again later
                log.exception("%s missed a round", name)
                busy = False
            if not busy:
                stop.wait(every)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(SECONDS_TO_STOP)
