"""The waiting list of a session: first come, first served, before the public.

When seats become free, everybody in the queue whose request fits is offered them in the order of
arrival: somebody alone does not wait behind a group for which there is not enough room, and the
group keeps its place. An offer lasts 24 hours and never longer than bookings are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campus import clock
from campus.audit import SERVICE
from campus.bookings import letters, moves, notes, seats
from campus.bookings.models import Booking
from campus.bookings.seats import LiveSession, Pending
from campus.bookings.states import Verb

OFFER_LASTS = timedelta(hours=24)


def settle(db: Session, live: LiveSession, now: datetime) -> None:
    """Release what is over, then offer free seats to the queue. Wants the lock of the session."""
    overdue, waiting = seats.pending(db, live.id, now)
    for ended in seats.release(db, live.id, overdue):
        notes.tell_state(db, db.get_one(Booking, ended.id, populate_existing=True))
    _promote(db, live, waiting, now)


def _promote(db: Session, live: LiveSession, waiting: Sequence[Pending], now: datetime) -> None:
    """Offer free seats to who waits, under the same rules as a booking: open, and before the deadline."""
    if live.state != "open" or now >= live.booking_deadline:
        return
    for row in waiting:
        if seats.take(db, live.id, row.seats, from_queue=True):
            booking = db.get_one(Booking, row.id, populate_existing=True)
            until = min(clock.after(now, OFFER_LASTS), live.booking_deadline, key=datetime.timestamp)
            moves.move(db, booking, Verb.OFFER, SERVICE, now, offer_expires_at=until)
            letters.send(db, booking, "offer")
