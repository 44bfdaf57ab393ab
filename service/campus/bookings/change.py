"""Changing a booking that is held or confirmed: its seats, its people, its session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings import (
    admission,
    invitations,
    letters,
    moves,
    notes,
    people,
    prices,
    queue,
    requirements,
    seats,
)
from campus.bookings.lookup import check_reach, find_locked, is_own
from campus.bookings.make import terms_of, vat_rate_of
from campus.bookings.models import Booking
from campus.bookings.schemas import Change, Person, Reschedule
from campus.bookings.seats import LiveSession
from campus.bookings.states import CHANGEABLE, State
from campus.bookings.views import fee_for_fewer, free_until_of, total_of
from campus.catalogue.memory import CourseEntry, SessionEntry
from campus.catalogue.requirements import Requirement
from campus.catalogue.views import session_views
from campus.notices.kinds import Kind
from campus.problems import Invalid, VersionConflict
from campus.speakers.speaker import Speaker


def change(db: Session, speaker: Speaker, reference: str, wish: Change, lang: str) -> Booking:
    """Other seats or other people, until the session begins. Seats given up late cost what the terms say (``fees``).

    Somebody who comes in for somebody else is written to, like the contact. Raises NotFound,
    VersionConflict, HoldExpired, WrongState, NotEligible, SessionCancelled, SessionClosed, SessionFull,
    RateLimited, Invalid, and AlreadyBooked (as a Refusal).
    """
    addresses.use(db, *(one.email for one in wish.participants or []))
    booking = find_locked(db, speaker, reference)
    now = clock.now()
    _check_changeable(booking, now)
    if wish.version != booking.version:
        raise VersionConflict(version=booking.version)
    if wish.seats not in {None, booking.seats}:
        moves.check_single(booking, now)
    live = seats.lock(db, booking.session_id)[booking.session_id]
    admission.check_takes_place(live, now)
    count = wish.seats or booking.seats
    known = [Person.model_construct(name=one.name, email=one.email) for one in booking.participants]
    if wish.participants is None and count < len(known):
        raise Invalid(seats="fewer_than_participants")
    people.check(known if wish.participants is None else wish.participants, count)
    course = admission.session_and_course(db, live.id)[1]
    overridden = requirements.hopeless(course, count, None) if count > booking.seats else []
    requirements.enforce(db, speaker, course, overridden, lang)
    values: dict[str, Any] = {"seats": count}
    if count > booking.seats:
        _take_more(db, speaker, booking, live, count - booking.seats, lang)
    elif count < booking.seats and booking.state == State.CONFIRMED:
        values["fees"] = booking.fees + fee_for_fewer(booking, count, live.start, False, now)
    freed = booking.seats - count
    before, sitting = booking.seats, invitations.sitting(booking)
    _update(db, booking, **values)
    if freed > 0:
        seats.give_back(db, live.id, freed)
    if wish.participants is not None:
        people.replace(db, booking, wish.participants)
        if booking.state == State.CONFIRMED:
            strangers = requirements.unmet_by_people(db, course, booking)
            requirements.enforce(db, speaker, course, strangers, lang)
            overridden = [*overridden, *strangers]
    people.stand(db, booking)
    record(db, speaker.principal, "change", booking.reference, seats=count, before=before)
    requirements.record_override(db, speaker, booking.reference, overridden)
    if booking.state == State.CONFIRMED:
        letters.send(db, booking, "confirmation", changed=True)
        invitations.settle(db, booking, sitting, again={one.email.lower() for one in known if one.email})
    if freed > 0:
        queue.settle(db, live, now)
    return booking


def reschedule(db: Session, speaker: Speaker, reference: str, wish: Reschedule, lang: str) -> Booking:
    """Move to another session in one transaction: the old seats are given back only if the new ones are got.

    Free cancelling that is over does not begin again by moving, unless the campus called the old session
    off; another course asks for what it requires. Raises NotFound, HoldExpired,
    WrongState, NotEligible, SessionCancelled, SessionClosed, SessionFull, Invalid, and
    AlreadyBooked (as a Refusal).
    """
    session, course = admission.session_and_course(db, wish.session_id)
    booking = find_locked(db, speaker, reference, session.id)
    if not is_own(speaker, booking):
        check_reach(speaker, course.operator.id)
    now = clock.now()
    _check_changeable(booking, now)
    moves.check_single(booking, now)
    if booking.session_id == session.id:
        raise Invalid(session_id="same_session")
    old_id, old_view = booking.session_id, session_views(db, [booking.session_id], booking.lang)[booking.session_id]
    live = seats.lock(db, old_id, session.id)
    if live[old_id].state != "cancelled":  # out of a session that was called off, one may always move
        admission.check_takes_place(live[old_id], now)
    visitor = admission.visitor_of(speaker, wish.access_code)
    if not _admitted_alike(db, old_id, session):
        admission.check_audience(session, course, visitor)
    admission.check_open(live[session.id], now)
    queue.settle(db, live[session.id], now)
    values = _agreed_anew(booking, course, wish, live[old_id], now)
    admission.take(db, course, session.id, booking.seats, visitor, lang, but={old_id})
    values["declarations"] = requirements.declarations(booking.declarations, wish.declarations, now)
    _update(db, booking, session_id=session.id, **values)
    overridden = _unmet_elsewhere(db, booking, course, old_id)
    requirements.enforce(db, speaker, course, overridden, lang)
    seats.give_back(db, old_id, booking.seats)
    people.stand(db, booking)
    record(db, speaker.principal, "reschedule", booking.reference, session=session.id, before=old_id)
    requirements.record_override(db, speaker, booking.reference, overridden)
    if booking.state == State.CONFIRMED:
        letters.send(db, booking, "move", previous=old_view)
        invitations.move(db, booking, old_view)
        notes.tell(db, booking, Kind.BOOKING_MOVED)
    queue.settle(db, live[old_id], now)
    return booking


def _check_changeable(booking: Booking, now: datetime) -> None:
    if booking.state_at(now) not in CHANGEABLE:
        raise moves.refusal(booking, now)


def _take_more(db: Session, speaker: Speaker, booking: Booking, live: LiveSession, more: int, lang: str) -> None:
    """Take the difference; the conversation's limit counts it as long as nothing is confirmed."""
    session, course = admission.session_and_course(db, live.id)
    now = clock.now()
    admission.check_open(live, now)
    queue.settle(db, live, now)
    visitor = admission.visitor_of(speaker, session.access_code)
    admission.take(db, course, live.id, more, visitor, lang)
    if booking.state == State.HELD:
        admission.check_limits(db, speaker, course, more, now, new_hold=False)


def _admitted_alike(db: Session, old_id: str, new: SessionEntry) -> bool:
    """Whether who was admitted to the old session is admitted to the new one by the same rule."""
    old, _course = admission.session_and_course(db, old_id)
    same_course = old.course_id == new.course_id
    return same_course and (old.audience, old.access_code) == (new.audience, new.access_code)


def _agreed_anew(
    booking: Booking, course: CourseEntry, wish: Reschedule, old: LiveSession, now: datetime
) -> dict[str, Any]:
    """Price and terms in the new session. Raises Invalid where it is dearer and that was not accepted."""
    new_total = prices.total(course.price, vat_rate_of(course), booking.seats)
    values: dict[str, Any] = {
        "unit_price": course.price,
        "vat_rate": vat_rate_of(course),
        "terms": terms_of(course).as_json(),
    }
    if booking.state == State.CONFIRMED:
        if new_total.gross > total_of(booking).gross and wish.terms_accepted is not True:
            raise Invalid(terms_accepted="must_be_accepted")
        until = free_until_of(booking, old.start)
        if old.state == "cancelled":  # who must move because of us moves on fresh terms
            values["free_until"] = None
        elif now >= until:
            values["free_until"] = until
    return values


def _unmet_elsewhere(db: Session, booking: Booking, course: CourseEntry, old_id: str) -> list[Requirement]:
    """The rules of another course that this booking does not fulfil; those of the same course it did."""
    if admission.session_and_course(db, old_id)[1].id == course.id:
        return []
    if booking.state == State.CONFIRMED:
        return requirements.unmet_by(db, course, booking)
    return requirements.hopeless(course, booking.seats, None)


def _update(db: Session, booking: Booking, **values: Any) -> None:
    """Set these columns where the booking is still as it was read; each change the calendar shows has its number."""
    if booking.state == State.CONFIRMED:
        values["sequence"] = booking.sequence + 1
    db.execute(
        update(Booking)
        .where(Booking.id == booking.id, Booking.state == booking.state)
        .values(version=booking.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    db.refresh(booking)
