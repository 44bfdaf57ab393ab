"""Each participant's own invitation: sent when they are named, brought up to date, and called off.

The contact is told by the mails of the booking itself. Who was invited (``Participant.invited``) hears
of every change from then on; nobody is written to while nothing is confirmed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from campus.bookings import letters
from campus.bookings.models import Booking, Participant

Sitting = dict[str, tuple[str, bool]]
"""Who sits on a booking: name and whether they were invited, by their lower-case address."""


def sitting(booking: Booking) -> Sitting:
    """Who sits on the booking now, of those who can be written to."""
    return {one.email.lower(): (one.name, one.invited) for one in booking.participants if one.email}


def settle(db: Session, booking: Booking, before: Sitting, again: Collection[str] = ()) -> None:
    """Invite who sits on the confirmed booking and was not invited, and call off who was and sits there no more.

    ``again``: addresses that were known before without being invited, and stay so.
    """
    contact = (booking.contact_email or "").lower()
    now = sitting(booking)
    for email, (name, invited) in before.items():
        if invited and email not in now and email != contact:
            letters.send_to(db, booking, name, email, kind="invitation-cancelled", taken_off=True)
    for email, (name, invited) in now.items():
        if not invited and email != contact and email not in again:
            letters.send_to(db, booking, name, email)
            _mark(db, booking, email)


def move(db: Session, booking: Booking, previous: dict[str, Any]) -> None:
    """Send who was invited the new dates; ``previous`` is the old session as it was rendered."""
    for email, name in _invited(booking):
        letters.send_to(db, booking, name, email, previous=previous)


def call_off(db: Session, booking: Booking) -> None:
    """Take the dates out of the calendars of who was invited: the booking was cancelled or withdrawn."""
    for email, name in _invited(booking):
        letters.send_to(db, booking, name, email, kind="invitation-cancelled")


def _invited(booking: Booking) -> list[tuple[str, str]]:
    contact = (booking.contact_email or "").lower()
    return [(email, name) for email, (name, invited) in sitting(booking).items() if invited and email != contact]


def _mark(db: Session, booking: Booking, email: str) -> None:
    ids = [one.id for one in booking.participants if (one.email or "").lower() == email]
    db.execute(update(Participant).where(Participant.id.in_(ids)).values(invited=True))
