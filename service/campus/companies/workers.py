"""The worker of the quotes: says when one is about to expire, and marks those that are over.

It only tidies up: a quote that is over counts as that whenever it is read, and its seats are free
whenever somebody wants them (``bookings/seats.py``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from sqlalchemy import Select, exists, literal, select

from campus import clock
from campus.audit import SERVICE
from campus.companies import letters, moves
from campus.companies.models import Quote
from campus.companies.states import State, Verb
from campus.db import Database
from campus.outbox.models import Outbox
from campus.outbox.workers import repeating

EVERY_SECONDS = 2.0
BEFORE = timedelta(hours=24)
"""How long before its end a quote is said to expire; one that was made later than that is not."""


def tidy_up(database: Database) -> int:
    """One round; how many quotes were moved or told of, each in its own short transaction."""
    now = clock.now()
    with database.reading() as db:
        over = list(db.scalars(_over(now)))
        expiring = [ident for ident, offered, until in db.execute(_expiring(now)) if _was_open_before(offered, until)]
    for ident in over:
        with database.writing() as db:
            quote = db.get_one(Quote, ident)
            moves.lock(db, quote)
            if quote.state == State.OPEN and quote.state_at(clock.now()) is State.EXPIRED:
                moves.move(db, quote, Verb.EXPIRE, SERVICE, clock.now(), decided_at=clock.now())
    for ident in expiring:
        with database.writing() as db:
            quote = db.get_one(Quote, ident)
            moves.lock(db, quote)
            if quote.state_at(clock.now()) is State.OPEN:
                letters.send(db, quote, letters.EXPIRING)
    return len(over) + len(expiring)


def _over(now: datetime) -> Select[int]:
    return select(Quote.id).where(Quote.state == State.OPEN, Quote.valid_until <= now).order_by(Quote.id)


def _was_open_before(offered: datetime | None, until: datetime | None) -> bool:
    """Whether what was last mailed is older than the moment at which this is due."""
    return offered is not None and until is not None and clock.has_come(offered, until.astimezone(UTC) - BEFORE)


def _expiring(now: datetime) -> Select[int, datetime | None, datetime | None]:
    """Open quotes that end within `BEFORE` and of which it was not told: id, when offered, until when."""
    told = exists().where(Outbox.dedupe == literal(f"{letters.EXPIRING}:") + Quote.reference)
    soon = now.astimezone(UTC) + BEFORE
    open_ = (Quote.state == State.OPEN, Quote.valid_until > now, Quote.valid_until <= soon)
    columns = select(Quote.id, Quote.offered_at, Quote.valid_until)
    return columns.where(*open_, Quote.contact_email.is_not(None), ~told).order_by(Quote.id)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Run the worker for as long as the application does."""
    database: Database = app.state.database
    with repeating("quotes", lambda _stopping: tidy_up(database) > 0, EVERY_SECONDS):
        yield
