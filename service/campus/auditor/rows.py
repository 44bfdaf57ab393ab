"""Checks of each booking by itself: its session, its times, its contact, and who stands in the session through it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus.addresses import FORGOTTEN
from campus.auditor.finding import Finding
from campus.bookings.models import Booking, Participant, Standing
from campus.bookings.states import STANDING, State
from campus.catalogue.models import CourseSession

Person = tuple[str, str]
"""A session and a lower-case address."""

AFTER_CONFIRMING = frozenset({State.CONFIRMED, State.CANCELLED, State.WITHDRAWN, State.ATTENDED, State.NO_SHOW})
"""The states that only a booking that was confirmed can be in."""


def check_rows(db: Session, erased: Collection[str]) -> Iterator[Finding]:
    """One row a booking; those `erased`, or forgotten since long ago, have lost their people on purpose."""
    sessions = set(db.scalars(select(CourseSession.id)))
    people: dict[int, list[str | None]] = defaultdict(list)
    for booking_id, email in db.execute(select(Participant.booking_id, Participant.email)):
        people[booking_id].append(email)
    standing: dict[int, set[Person]] = defaultdict(set)
    for row in db.execute(select(Standing.booking_id, Standing.session_id, Standing.person)):
        standing[row.booking_id].add((row.session_id, row.person))
    bookings = db.execute(select(Booking.__table__).order_by(Booking.id)).all()
    should = {row.id: _who_should_stand(row, people[row.id]) for row in bookings}
    times = Counter(person for persons in should.values() for person in persons)
    for row in bookings:
        if row.session_id not in sessions:
            yield Finding("session-missing", row.reference, "a session", "none")
        if len(people[row.id]) > row.seats:
            yield Finding("too-many-people", row.reference, f"{row.seats} at most", str(len(people[row.id])))
        yield from _times(row)
        if row.reference in erased or row.contact_name == FORGOTTEN:
            continue
        yield from _agreed(row)
        if any(times[person] > 1 for person in should[row.id]):
            yield Finding("person-twice", row.reference, "one booking of a person in a session", "two")
        elif should[row.id] != standing[row.id]:
            missing, left = len(should[row.id] - standing[row.id]), len(standing[row.id] - should[row.id])
            yield Finding(
                "standing-differs", row.reference, f"{len(should[row.id])}", f"{missing} missing, {left} left"
            )
    for booking_id in sorted(set(standing) - set(should)):
        yield Finding("standing-without-booking", f"#{booking_id}", "a booking", "none")


def _who_should_stand(row: Any, emails: list[str | None]) -> set[Person]:
    """By the rule of `bookings/people.py`, written a second time so that a fault there shows."""
    if row.state not in STANDING:
        return set()
    named = {email.lower() for email in emails if email}
    if not named and row.seats == 1 and row.contact_email:
        named = {row.contact_email.lower()}
    return {(row.session_id, person) for person in named}


def _times(row: Any) -> Iterator[Finding]:
    """What its state says about its times."""
    if row.state == State.HELD and row.hold_expires_at is None:
        yield Finding("hold-without-end", row.reference, "an end of the hold", "none")
    if row.state == State.OFFERED and row.offer_expires_at is None:
        yield Finding("offer-without-end", row.reference, "an end of the offer", "none")
    confirmed = row.state in AFTER_CONFIRMING
    if confirmed is (row.confirmed_at is None):
        expected = "a time of confirmation" if confirmed else "no time of confirmation"
        yield Finding("confirmation-time", row.reference, f"{expected} ({row.state})", str(row.confirmed_at))
    elif confirmed and row.confirmed_at < row.created_at:
        yield Finding("confirmed-before-made", row.reference, f"after {row.created_at}", str(row.confirmed_at))


def _agreed(row: Any) -> Iterator[Finding]:
    """What nobody can be bound without."""
    if row.state not in AFTER_CONFIRMING:
        return
    if row.contact_email is None and row.contact_phone is None:
        yield Finding("confirmed-without-contact", row.reference, "a contact", "none")
    if row.terms_accepted_at is None:
        yield Finding("confirmed-without-terms", row.reference, "the terms accepted", "not accepted")
