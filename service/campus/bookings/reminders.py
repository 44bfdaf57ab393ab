"""The reminder before a session: one mail for each booking and session.

It is due 48 hours before the start (elapsed hours of the business clock, also over a change of the
clocks) and written until the start: what was missed while the service was down is caught up with,
and nothing is sent once the session has begun. Who booked, or moved to this session, less than 48
hours before it starts gets none, for the confirmation has just told all of it; nor do the invented
people of the demonstration. A booking that is moved is reminded of its new session.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, exists, func, literal, select
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import AuditEntry
from campus.bookings import letters, seats
from campus.bookings.models import Booking
from campus.bookings.states import State
from campus.catalogue.models import CourseSession
from campus.db import Database
from campus.knowledge.models import Answer
from campus.languages import DEFAULT, supported
from campus.outbox.models import MAIL, Outbox
from campus.outbox.queue import only_while

KIND = "reminder"
BEFORE = timedelta(hours=48)
WAY, TO_BRING = "public_transport", ("what_to_bring", "dress_code")
"""Answers of the knowledge base whose words the mail borrows."""
_FOR_THE_CHAT = re.compile("[«‘]")
"""A sentence that quotes what to say to the assistant is of no use in a mail."""


def write_due(database: Database, stopping: Callable[[], bool] = lambda: False) -> int:
    """Queue the reminders that are due, each in a transaction of its own; how many they were."""
    with database.reading() as db:
        due = [row.id for row in db.execute(_candidates(clock.now())) if _knew_before(*row[1:])]
    written = 0
    for booking_id in due:
        if stopping():
            break
        with database.writing() as db:
            written += _write(db, booking_id)
    return written


def _write(db: Session, booking_id: int) -> bool:
    """Look again under the lock: the booking may have been given up or moved meanwhile."""
    seats.lock(db, db.get_one(Booking, booking_id).session_id)
    row = db.execute(_candidates(clock.now()).where(Booking.id == booking_id)).first()
    if row is None or not _knew_before(*row[1:]):
        return False
    booking = db.get_one(Booking, booking_id, populate_existing=True)
    online = booking.session.format == "online"
    lang = supported(booking.lang) or DEFAULT
    way, *to_bring = [None if online else _answer(db, key, lang) for key in (WAY, *TO_BRING)]
    told = {"way": way, "to_bring": " ".join(filter(None, to_bring)) or None}
    letters.send(db, booking, KIND, dedupe=booking.session_id, **told)
    return True


@only_while(MAIL, KIND)
def is_still_true(db: Session, row: Outbox) -> bool:
    """Whether the reminder may leave: the seat is still theirs in that session, which has not begun."""
    booking = db.scalar(select(Booking).where(Booking.reference == row.reference))
    if booking is None or booking.state != State.CONFIRMED:
        return False
    session = booking.session
    told_of: str = row.payload["booking"]["session"]["id"]
    return told_of == session.id and session.state != "cancelled" and clock.now() < session.start


def _candidates(now: datetime) -> Select[int, datetime, datetime | None, datetime]:
    """Confirmed bookings not reminded yet of a session that starts soon: id, start, when booked, when moved."""
    moved = select(func.max(AuditEntry.at)).where(
        AuditEntry.reference == Booking.reference, AuditEntry.action == "reschedule"
    )
    reminded = exists().where(
        Outbox.dedupe == literal(f"{KIND}:") + Booking.reference + literal(":") + Booking.session_id
    )
    return (
        select(Booking.id, CourseSession.start, Booking.confirmed_at, moved.scalar_subquery())
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(
            Booking.state == State.CONFIRMED,
            Booking.demo.is_(False),
            Booking.contact_email.is_not(None),
            CourseSession.state != "cancelled",
            CourseSession.start > now,
            CourseSession.start <= now.astimezone(UTC) + BEFORE,
            ~reminded,
        )
        .order_by(CourseSession.start, Booking.id)
    )


def _knew_before(start: datetime, booked: datetime | None, moved: datetime | None) -> bool:
    """Whether what was last mailed is older than the moment at which a reminder is due."""
    due = start.astimezone(UTC) - BEFORE
    return all(moment <= due for moment in (booked, moved) if moment is not None)


def _answer(db: Session, key: str, lang: str) -> str | None:
    """The words of an answer without the sentences that are for the chat; None where there is no such answer."""
    answer = db.get(Answer, key)
    if answer is None:
        return None
    sentences = re.split(r"(?<=[.!?])\s+(?=[^\W\d_])", answer.text.get(lang, ""))
    return " ".join(sentence for sentence in sentences if not _FOR_THE_CHAT.search(sentence)) or None
