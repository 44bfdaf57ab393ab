"""Seats as of now: the counters of the sessions, what lapsed, and what is owed to the queue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, String, and_, bindparam, column, func, or_, select, table
from sqlalchemy.orm import Session

from campus.catalogue.memory import SessionEntry
from campus.catalogue.models import CourseSession
from campus.db import Moment

_bookings = table(
    "bookings",
    column("session_id", String),
    column("state", String),
    column("seats", Integer),
    column("hold_expires_at", Moment),
    column("offer_expires_at", Moment),
)
"""Read by name: the catalogue stands below the bookings and does not import them."""


class Seats(NamedTuple):
    """The seats of one session. `lapsed`: seats of holds and offers whose time is over; `queued`: seats waited for."""

    capacity: int
    taken: int
    staff_state: str
    version: int
    lapsed: int = 0
    queued: int = 0
    waiting: int = 0

    @property
    def unsold(self) -> int:
        """Seats that nobody has, whether or not somebody waits for them."""
        return max(0, self.capacity - self.taken + self.lapsed)

    @property
    def free(self) -> int:
        """Seats for the public: the queue comes first."""
        return max(0, self.unsold - self.queued)

    def state(self, session: SessionEntry, now: datetime) -> str:
        """`open`, `full`, `closed` or `cancelled`, as of now."""
        if self.staff_state == "cancelled":
            return "cancelled"
        if self.staff_state == "closed" or session.booking_deadline <= now or session.start <= now:
            return "closed"
        return "open" if self.free > 0 else "full"

    def bookable(self, session: SessionEntry, now: datetime) -> int:
        """Seats that can be booked now: none once it is closed or called off."""
        return self.free if self.state(session, now) == "open" else 0


_counters = CourseSession.__table__.c
_COUNTERS = select(_counters.id, _counters.capacity, _counters.taken, _counters.state, _counters.version)
_CLAIMS = (
    select(_bookings.c.session_id, _bookings.c.state, func.count(), func.sum(_bookings.c.seats))
    .where(
        or_(
            _bookings.c.state == "waiting",
            and_(_bookings.c.state == "held", _bookings.c.hold_expires_at <= bindparam("now", type_=Moment)),
            and_(_bookings.c.state == "offered", _bookings.c.offer_expires_at <= bindparam("now", type_=Moment)),
        )
    )
    .group_by(_bookings.c.session_id, _bookings.c.state)
)


def read_seats(db: Session, now: datetime, only: Collection[str] | None = None) -> dict[str, Seats]:
    """The seats of all sessions, or of `only` these, in two queries. `now` is the business clock."""
    counters, claims = _COUNTERS, _CLAIMS
    if only is not None:
        counters = counters.where(_counters.id.in_(only))
        claims = claims.where(_bookings.c.session_id.in_(only))
    seats = {row[0]: Seats(*row[1:]) for row in db.execute(counters).all()}
    for session_id, state, bookings, claimed in db.execute(claims, {"now": now}).all():
        known = seats[session_id]
        if state == "waiting":
            seats[session_id] = known._replace(queued=claimed, waiting=bookings)
        else:
            seats[session_id] = known._replace(lapsed=known.lapsed + claimed)
    return seats
