"""Checks of the sessions: the counter against the bookings, the capacity, and who waits although there is room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from campus.auditor.finding import Finding
from campus.bookings.models import Booking
from campus.bookings.states import OCCUPYING, State
from campus.catalogue.models import CourseSession


def check_seats(db: Session, now: datetime) -> Iterator[Finding]:
    """One row a session; `now` is the business clock."""
    session = CourseSession.__table__.c
    occupying = case((Booking.state.in_(sorted(OCCUPYING)), Booking.seats), else_=0)
    smallest_wait = case((Booking.state == State.WAITING, Booking.seats))
    columns = (session.id, session.capacity, session.taken, session.state, session.booking_deadline)
    counted = (
        select(
            *columns,
            func.coalesce(func.sum(occupying), 0).label("seats"),
            func.min(smallest_wait).label("waiting"),
        )
        .outerjoin(Booking, Booking.session_id == session.id)
        .group_by(*columns)
        .order_by(session.id)
    )
    for row in db.execute(counted):
        if row.taken != row.seats:
            yield Finding("seats-miscounted", row.id, f"{row.seats} seats taken", str(row.taken))
        if row.seats > row.capacity:
            yield Finding("over-capacity", row.id, f"{row.capacity} seats at most", str(row.seats))
        room = row.capacity - max(row.taken, row.seats)
        takes_bookings = row.state == "open" and now < row.booking_deadline
        if takes_bookings and row.waiting is not None and row.waiting <= room:
            yield Finding("waiting-despite-room", row.id, f"an offer of {row.waiting} out of {room}", "waiting")
