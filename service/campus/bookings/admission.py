"""Who may book what, now: plain rules that can be named, never a judgement of a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campus import clock
from campus.bookings import choices, seats
from campus.bookings.models import Booking
from campus.bookings.seats import LiveSession
from campus.bookings.states import State
from campus.catalogue.audience import Visitor
from campus.catalogue.memory import CourseEntry, SessionEntry, get_catalogue
from campus.catalogue.views import look, session_view
from campus.problems import NotEligible, NotFound, RateLimited, SessionCancelled, SessionClosed, SessionFull
from campus.speakers.speaker import Speaker

MAX_HOLDS, MAX_HELD_SEATS = 3, 12
"""Unconfirmed holds of one conversation, and the seats in them."""
FOR_AN_ADDRESS = 10
"""How many times that for a network address, behind which many people may sit."""


def session_and_course(db: Session, session_id: str) -> tuple[SessionEntry, CourseEntry]:
    """A session with its course. Raises NotFound."""
    catalogue = get_catalogue(db)
    session = catalogue.sessions.get(session_id)
    if session is None:
        raise NotFound()
    return session, catalogue.courses[session.course_id]


def visitor_of(speaker: Speaker, access_code: str | None) -> Visitor:
    """What this speaker can show."""
    return Visitor.of(codes=[access_code], domains=speaker.domains, operators=speaker.reach("bookings.write"))


def check_audience(session: SessionEntry, course: CourseEntry, visitor: Visitor) -> None:
    """What is for customers or staff of an operator opens to an access code or its domain. Raises NotEligible."""
    if not visitor.may_book(course, session):
        raise NotEligible("access-code")


def check_open(live: LiveSession, now: datetime) -> None:
    """Whether the session takes bookings now. Raises SessionCancelled, SessionClosed."""
    if live.state == "cancelled":
        raise SessionCancelled()
    if live.state != "open" or now >= live.booking_deadline or now >= live.start:
        raise SessionClosed()


def check_takes_place(live: LiveSession, now: datetime) -> None:
    """Whether a seat in the session is still of use. Raises SessionCancelled, SessionClosed once it has begun."""
    if live.state == "cancelled":
        raise SessionCancelled()
    if now >= live.start:
        raise SessionClosed()


def check_limits(
    db: Session, speaker: Speaker, course: CourseEntry, wanted_seats: int, now: datetime, *, new_hold: bool
) -> None:
    """At most 3 unconfirmed holds and 12 seats a conversation, quotes apart. Raises RateLimited until a hold ends."""
    if speaker.holder is None or speaker.may("bookings.write", course.operator.id):
        return
    times = FOR_AN_ADDRESS if speaker.kind == "anonymous" else 1
    held = select(func.count(), func.coalesce(func.sum(Booking.seats), 0), func.min(Booking.hold_expires_at)).where(
        Booking.owner == speaker.holder,
        Booking.state == State.HELD,
        Booking.hold_expires_at > now,
        Booking.quote_reference.is_(None),
    )
    holds, held_seats, first_end = db.execute(held).one()
    if (new_hold and holds >= MAX_HOLDS * times) or held_seats + wanted_seats > MAX_HELD_SEATS * times:
        raise RateLimited(int(clock.seconds_until(first_end, now)) + 1 if first_end else 60)


def full(
    db: Session,
    course: CourseEntry,
    session_id: str,
    wanted: int,
    visitor: Visitor,
    lang: str,
    but: Collection[str] = (),
) -> SessionFull:
    """The refusal of a full session: what is free in it, sessions with room, and every way that is open.

    `but`: sessions in which the caller sits already, which are no way out.
    """
    moment = look(db, visitor)
    session = moment.catalogue.sessions[session_id]
    return SessionFull(
        [session_view(moment, course, other, lang) for other in choices.elsewhere(moment, course, wanted)],
        seats_free=moment.free(session),
        wanted=wanted,
        choices=choices.open_ways(moment, course, session_id, wanted, but),
    )


def take(
    db: Session,
    course: CourseEntry,
    session_id: str,
    wanted: int,
    visitor: Visitor,
    lang: str,
    but: Collection[str] = (),
) -> None:
    """Take seats for the public. Raises SessionFull."""
    if not seats.take(db, session_id, wanted):
        raise full(db, course, session_id, wanted, visitor, lang, but)
