"""Finding a booking for who may see it, and taking the lock before it is changed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from campus import addresses
from campus.bookings import seats
from campus.bookings.models import Booking
from campus.bookings.references import normalise
from campus.catalogue.models import Course, CourseSession
from campus.problems import Forbidden, NotFound, Unavailable
from campus.speakers.speaker import Speaker
from campus.staff.rights import EVERYWHERE

READ, WRITE = "bookings.read", "bookings.write"


def find(db: Session, speaker: Speaker, reference: str, *scopes: str) -> Booking:
    """The booking. Raises NotFound as well where it is not this speaker's to see: no one learns that it exists.

    Staff need one of the scopes (to read or to write bookings, by default) for its operator. Raises Forbidden where
    they have it for nobody.
    """
    wanted = normalise(reference)
    booking = db.scalar(select(Booking).where(Booking.reference == wanted)) if wanted else None
    if booking is not None and is_own(speaker, booking):
        return booking
    needed = [scope for scope in scopes or (READ, WRITE) if speaker.may(scope)]
    if speaker.is_staff and not needed:
        raise Forbidden()
    if booking is None or not any(speaker.may(scope, operator_of(db, booking.session_id)) for scope in needed):
        raise NotFound()
    return booking


def is_own(speaker: Speaker, booking: Booking) -> bool:
    """Whether the booking is this speaker's own, so that no staff right is needed."""
    of_its_quote = booking.quote_reference is not None and booking.quote_reference == speaker.reference
    return of_its_quote or speaker.owns(booking.reference, booking.owner, booking.contact_email)


def check_reach(speaker: Speaker, operator: str) -> None:
    """Whether staff may write bookings of this operator. Raises Forbidden without that right, NotFound for others'."""
    if not speaker.may(WRITE):
        raise Forbidden()
    if not speaker.may(WRITE, operator):
        raise NotFound()


def operator_of(db: Session, session_id: str) -> str | None:
    """Whose session that is."""
    given = select(Course.operator_id).join(CourseSession, CourseSession.course_id == Course.id)
    return db.scalar(given.where(CourseSession.id == session_id))


def of_operators(operators: frozenset[str]) -> ColumnElement[bool]:
    """The bookings of these operators (`*`: of all), as a condition."""
    if EVERYWHERE in operators:
        return true()
    given = select(CourseSession.id).join(Course, Course.id == CourseSession.course_id)
    return Booking.session_id.in_(given.where(Course.operator_id.in_(sorted(operators))))


def find_locked(db: Session, speaker: Speaker, reference: str, *other_sessions: str) -> Booking:
    """The same for who may change it, read again under the lock of its session (and of these others).

    Raises NotFound, and Forbidden for staff who may only read.
    """
    booking = find(db, speaker, reference, WRITE)
    for _ in range(3):
        session_id = booking.session_id
        seats.lock(db, session_id, *other_sessions)
        db.refresh(booking)
        if booking.session_id == session_id:
            return booking
    raise Unavailable(headers={"Retry-After": "1"})  # moved from session to session while we waited, three times


def mine(speaker: Speaker):  # type: ignore[no-untyped-def]  # the type of a select is long
    """The bookings that this speaker may see, newest first, as a select."""
    newest = select(Booking).order_by(Booking.created_at.desc(), Booking.id.desc())
    if speaker.is_staff:
        return newest.where(or_(of_operators(speaker.reach(READ)), Booking.owner.in_(speaker.owners)))
    if speaker.reference is not None:
        return newest.where(or_(Booking.reference == speaker.reference, Booking.quote_reference == speaker.reference))
    made = Booking.owner.in_(speaker.owners)
    if speaker.email is None:
        return newest.where(made)
    return newest.where(or_(made, addresses.is_of(Booking.contact_email, speaker.email)))
