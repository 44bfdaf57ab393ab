"""Calling a session off: told first, then done in one transaction, and everybody written to with other dates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings import choices, letters, moves, notes, queue, seats
from campus.bookings.models import Booking
from campus.bookings.states import State, Verb, occupies_seat
from campus.bookings.terms import NOTHING
from campus.bookings.views import total_of
from campus.catalogue.audience import Visitor
from campus.catalogue.models import CourseSession
from campus.catalogue.views import look, session_view
from campus.notices.kinds import Kind
from campus.problems import SessionClosed, WrongState
from campus.speakers.speaker import Speaker
from campus.staff import people, sessions
from campus.staff.schemas import CallOff

KIND = "session-cancelled"
ALIVE = (State.CONFIRMED, State.HELD, State.OFFERED, State.WAITING)
WRITTEN_TO = frozenset({State.CONFIRMED, State.OFFERED, State.WAITING})
"""Whoever only holds a seat has given no address yet, and is told in the conversation."""


def preview(db: Session, speaker: Speaker, session_id: str, lang: str) -> dict[str, Any]:
    """Who would be told, and what would no longer be due. Raises Forbidden, NotFound, SessionClosed, WrongState."""
    session = sessions.find(db, speaker, session_id, sessions.WRITE)
    _check(session)
    bookings = _alive(db, session_id)
    return _told(db, session_id, bookings, _mails(bookings), lang, confirmed=False)


def call_off(db: Session, speaker: Speaker, session_id: str, wish: CallOff, lang: str) -> dict[str, Any]:
    """The session is cancelled, and with it everything in it: without a fee, and nobody is promoted any more.

    Of two who call it off at once the second is told that it is cancelled. Raises Forbidden, NotFound, SessionClosed
    once it has begun, WrongState.
    """
    known = people.addressees(_alive(db, sessions.find(db, speaker, session_id, sessions.WRITE).id))
    addresses.use(db, *known)
    _live, session = sessions.locked(db, speaker, session_id, sessions.WRITE)
    _check(session)
    now = clock.now()
    before = session.state
    db.execute(
        update(CourseSession)
        .where(CourseSession.id == session_id)
        .values(state="cancelled", version=CourseSession.version + 1, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    db.refresh(session)
    queue.settle(db, seats.lock(db, session_id)[session_id], now)  # what is over is over, and nobody moves up
    bookings = _alive(db, session_id)
    states = {booking.id: State(booking.state) for booking in bookings}
    told = _told(db, session_id, bookings, 0, lang, confirmed=True)
    record(db, speaker.principal, "call-off", session_id, source=before, target="cancelled", counts=told["counts"])
    dates = {one: _other_dates(db, session, one) for one in {booking.lang for booking in bookings}}
    for booking in bookings:
        _end(db, speaker, booking, states[booking.id])
        told["mails"] += _write(db, booking, states[booking.id], wish, dates[booking.lang])
        notes.tell(db, booking, Kind.SESSION_CANCELLED)
    return told | {"session": sessions.view(db, session_id, lang)}


def _check(session: CourseSession) -> None:
    if session.state == "cancelled":
        raise WrongState("cancelled")
    if clock.has_come(session.start, clock.now()):
        raise SessionClosed()


def _alive(db: Session, session_id: str) -> list[Booking]:
    """Whatever is not at its end yet; a hold that is over is."""
    now = clock.now()
    return [one for one in people.bookings_of(db, session_id, ALIVE) if one.state_at(now) in ALIVE]


def _end(db: Session, speaker: Speaker, booking: Booking, source: State) -> None:
    values: dict[str, Any] = {"hold_expires_at": None, "offer_expires_at": None}
    if source is State.CONFIRMED:  # what seats given up late before cost stays due
        values |= {"cancel_fee": NOTHING, "sequence": booking.sequence + 1}
    moves.move(db, booking, Verb.CALL_OFF, speaker.principal, clock.now(), **values)
    if occupies_seat(source):
        seats.give_back(db, booking.session_id, booking.seats)


def _write(db: Session, booking: Booking, source: State, wish: CallOff, others: Sequence[dict[str, Any]]) -> int:
    """Mail the contact, and everybody who was confirmed a seat; how many mails."""
    if booking.demo or source not in WRITTEN_TO:
        return 0
    confirmed = source is State.CONFIRMED
    more: dict[str, Any] = {
        "reason": wish.reason,
        "message": wish.message,
        "others": others,
        "calendar": confirmed,
        "refund": str(_refund(booking) if confirmed else NOTHING),
    }
    mails = int(booking.contact_email is not None)
    letters.send(db, booking, KIND, **more)
    if confirmed:
        for person in people.guests(booking):
            letters.send_to(db, booking, person.name, str(person.email), kind=KIND, **more)
            mails += 1
    return mails


def _mails(bookings: Sequence[Booking]) -> int:
    """How many mails there will be."""
    return sum(
        (booking.contact_email is not None) + (len(people.guests(booking)) if booking.state == State.CONFIRMED else 0)
        for booking in bookings
        if not booking.demo and booking.state in WRITTEN_TO
    )


def _told(
    db: Session, session_id: str, bookings: Sequence[Booking], mails: int, lang: str, *, confirmed: bool
) -> dict[str, Any]:
    counts: dict[str, dict[str, int]] = {state.value: {"bookings": 0, "seats": 0} for state in ALIVE}
    for booking in bookings:
        counts[booking.state]["bookings"] += 1
        counts[booking.state]["seats"] += booking.seats
    refunds = {one.id: _refund(one) if one.state == State.CONFIRMED else NOTHING for one in bookings}
    return {
        "confirmed": confirmed,
        "session": sessions.view(db, session_id, lang),
        "counts": counts,
        "refund": str(sum(refunds.values(), NOTHING)),
        "mails": mails,
        "contacts": [
            {
                "reference": one.reference,
                "name": one.contact_name,
                "state": one.state,
                "seats": one.seats,
                "by_mail": bool(one.contact_email) and not one.demo and one.state in WRITTEN_TO,
                "refund": str(refunds[one.id]),
            }
            for one in bookings
        ],
    }


def _refund(booking: Booking) -> Decimal:
    """EUR that are no longer due, or given back: the seats, VAT included."""
    return total_of(booking).gross


def _other_dates(db: Session, session: CourseSession, lang: str) -> list[dict[str, Any]]:
    """Other sessions of the course with room, as far as who was admitted to this one is admitted to them."""
    moment = look(db)
    course = moment.catalogue.courses[session.course_id]
    codes = [session.access_code, course.access_code]
    moment = look(db, Visitor.of(codes))
    other = [one for one in choices.elsewhere(moment, course, 1) if one.id != session.id]
    return [session_view(moment, course, one, lang) for one in other]
