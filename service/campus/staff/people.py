"""Who sits in a session: every seat of its bookings, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from campus.bookings.models import Booking, Participant
from campus.bookings.states import State
from campus.staff.models import Attendance
from campus.words import plain

ENROLLED = (State.CONFIRMED, State.ATTENDED, State.NO_SHOW)
"""States of those who are on a roster."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat of a booking, numbered from 1; ``name`` is None where nobody said who sits on it."""

    booking: Booking
    number: int
    name: str | None
    email: str | None
    present: bool | None


def bookings_of(db: Session, session_id: str, states: Iterable[State] = ENROLLED) -> Sequence[Booking]:
    """The bookings of a session in these states, in the order in which they were made."""
    chosen = select(Booking).where(Booking.session_id == session_id, Booking.state.in_(list(states)))
    return db.scalars(chosen.options(selectinload(Booking.participants)).order_by(Booking.id)).all()


def seats_of(db: Session, session_id: str) -> list[Seat]:
    """Every seat of who is enrolled, by name; seats without a name at the end."""
    bookings = bookings_of(db, session_id)
    marks = select(Attendance).where(Attendance.booking_id.in_([booking.id for booking in bookings]))
    marked = {(one.booking_id, one.seat): one.present for one in db.scalars(marks)}
    found = [
        Seat(booking, number, name, email, marked.get((booking.id, number)))
        for booking in bookings
        for number, (name, email) in enumerate(sitting(booking), 1)
    ]
    return sorted(found, key=lambda seat: (seat.name is None, plain(seat.name or ""), seat.booking.id, seat.number))


def sitting(booking: Booking) -> list[tuple[str | None, str | None]]:
    """Name and address for each seat: the participants, or the contact who booked one seat and named nobody."""
    named: list[tuple[str | None, str | None]] = [(one.name, one.email) for one in booking.participants]
    if not named and booking.seats == 1:
        named = [(booking.contact_name, booking.contact_email)]
    return named + [(None, None)] * (booking.seats - len(named))


def addressees(bookings: Sequence[Booking]) -> dict[str, tuple[Booking, int, str, str]]:
    """Who can be written to, each address once: booking, position of the participant (-1: the contact), name, address.

    The invented people of the demonstration are written to never.
    """
    found: dict[str, tuple[Booking, int, str, str]] = {}
    for booking in bookings:
        if booking.demo:
            continue
        people = [(-1, booking.contact_name or "", booking.contact_email)]
        people += [(one.position, one.name, one.email) for one in booking.participants]
        for position, name, email in people:
            if email:
                found.setdefault(email.lower(), (booking, position, name, email))
    return found


def guests(booking: Booking) -> list[Participant]:
    """The participants with an address of their own, who are not the contact."""
    own = (booking.contact_email or "").lower()
    return [one for one in booking.participants if one.email and one.email.lower() != own]
