"""The sweeper: ends the holds and offers that are over, says which are about to end, offers free seats to who waits.

It only tidies up and sends the offers; no sale depends on it (see ``seats.py``). Beside it another
worker writes the reminders.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import clock
from campus.bookings import notes, queue, reminders, seats
from campus.bookings.models import Booking
from campus.bookings.states import State
from campus.catalogue.models import CourseSession
from campus.db import Database
from campus.idempotency import forget_old_keys
from campus.outbox.workers import repeating

EVERY_SECONDS = 1.0
REMINDERS_EVERY_SECONDS = 5.0
FORGET_EVERY = 3600
"""Rounds after which old idempotency keys are removed."""


def sweep(database: Database) -> int:
    """One round; how many sessions were settled. Each in its own short transaction, and none when nothing is over."""
    with database.reading() as db:
        session_ids = _to_settle(db)
    for session_id in session_ids:
        with database.writing() as db:
            if live := seats.lock(db, session_id).get(session_id):
                queue.settle(db, live, clock.now())
    notes.tell_lapsing(database)
    return len(session_ids)


def _to_settle(db: Session) -> list[str]:
    """The sessions where something is over, or where somebody waits although there is room."""
    now = clock.now()
    over = set(db.scalars(select(Booking.session_id).where(seats.is_over(now)).distinct()))
    waiting = (
        select(Booking.session_id)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(
            Booking.state == State.WAITING,
            CourseSession.state == "open",
            CourseSession.booking_deadline > now,
            CourseSession.taken + Booking.seats <= CourseSession.capacity,
        )
    )
    return sorted(over | set(db.scalars(waiting.distinct())))


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Run the sweeper and the worker of the reminders for as long as the application does."""
    database: Database = app.state.database
    rounds = itertools.count()

    def tidy_up(_stopping: object) -> bool:
        sweep(database)
        if next(rounds) % FORGET_EVERY == 0:
            with database.writing() as db:
                forget_old_keys(db)
        return False

    def remind(stopping: Callable[[], bool]) -> bool:
        reminders.write_due(database, stopping)
        return False

    with repeating("sweeper", tidy_up, EVERY_SECONDS), repeating("reminders", remind, REMINDERS_EVERY_SECONDS):
        yield
