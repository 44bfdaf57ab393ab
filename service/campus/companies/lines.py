"""The lines of a quote: bookings that hold their seats together, until the quote is over.

All of them or none: they are taken in one transaction, under the locks of all their sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import record
from campus.bookings import admission, people, queue, requirements, seats
from campus.bookings.make import terms_of, vat_rate_of
from campus.bookings.models import Booking
from campus.bookings.quoted import when_given_up
from campus.bookings.references import new_reference
from campus.bookings.states import State as BookingState
from campus.catalogue.audience import Visitor
from campus.catalogue.memory import CourseEntry, SessionEntry
from campus.catalogue.requirements import Requirement
from campus.companies.models import Quote, QuoteLine
from campus.companies.moves import move
from campus.companies.schemas import NewLine
from campus.companies.states import State, Verb
from campus.problems import Invalid
from campus.speakers.speaker import Speaker

LASTS = timedelta(hours=72)

Wanted = tuple[NewLine, SessionEntry, CourseEntry]


def admit(db: Session, lines: Sequence[NewLine], visitor: Visitor) -> list[Wanted]:
    """The sessions that are asked for. Raises Invalid, NotFound, NotEligible."""
    ids = [line.session_id for line in lines]
    twice = [at for at, ident in enumerate(ids) if ident in ids[:at]]
    if twice:
        raise Invalid([{"field": f"lines.{at}.session_id", "code": "duplicate"} for at in twice])
    found = [(line, *admission.session_and_course(db, line.session_id)) for line in lines]
    for _line, session, course in found:
        admission.check_audience(session, course, visitor)
    return found


def valid_until(wanted: Sequence[Wanted], now: datetime) -> datetime:
    """72 hours from now, and not longer than one can book the first of the sessions."""
    deadlines = [session.booking_deadline for _line, session, _course in wanted]
    return min([clock.after(now, LASTS), *deadlines], key=datetime.timestamp)


def hold(
    db: Session, speaker: Speaker, quote: Quote, wanted: Sequence[Wanted], visitor: Visitor, lang: str, now: datetime
) -> None:
    """Hold the seats of every line until the quote's ``valid_until``. Wants the locks of the sessions.

    Raises SessionCancelled, SessionClosed, SessionFull, NotEligible, and AlreadyBooked (as a Refusal).
    """
    live = seats.lock(db, *(session.id for _line, session, _course in wanted))
    for position, (line, session, course) in enumerate(wanted):
        admission.check_open(live[session.id], now)
        queue.settle(db, live[session.id], now)
        overridden = requirements.hopeless(course, line.seats, "business")
        requirements.enforce(db, speaker, course, overridden, lang)
        if not seats.take(db, session.id, line.seats):
            full = admission.full(db, course, session.id, line.seats, visitor, lang)
            full.extra["session_id"] = session.id  # which of the lines
            raise full
        _write(db, speaker, quote, position, line, course, now, overridden)


def _write(
    db: Session,
    speaker: Speaker,
    quote: Quote,
    position: int,
    line: NewLine,
    course: CourseEntry,
    now: datetime,
    overridden: list[Requirement],
) -> None:
    agreed = {"seats": line.seats, "unit_price": course.price, "vat_rate": vat_rate_of(course)}
    booking = Booking(
        reference=new_reference(),
        session_id=line.session_id,
        state=BookingState.HELD,
        owner=quote.owner,
        contact_name=quote.contact_name,
        contact_email=quote.contact_email,
        contact_phone=quote.contact_phone,
        company=quote.company,
        customer="business",
        declarations=[],
        lang=quote.lang,
        terms=terms_of(course).as_json(),
        hold_expires_at=quote.valid_until,
        created_at=now,
        quote_reference=quote.reference,
        **agreed,
    )
    db.add(booking)
    db.flush()
    row = QuoteLine(
        quote_id=quote.id,
        position=position,
        session_id=line.session_id,
        booking_id=booking.id,
        terms=booking.terms,
        **agreed,
    )
    db.add(row)
    db.flush()
    people.stand(db, booking, new=True)
    facts: dict[str, Any] = {"seats": line.seats, "session": line.session_id, "quote": quote.reference}
    record(db, speaker.principal, "book", booking.reference, target=BookingState.HELD, **facts)
    requirements.record_override(db, speaker, booking.reference, overridden)


@when_given_up
def line_goes(db: Session, booking: Booking, actor: str) -> None:
    """A line that is given up by itself leaves its quote; with the last of them the quote is declined."""
    statement = update(Quote).where(Quote.reference == booking.quote_reference, Quote.state == State.OPEN)
    changed = db.execute(
        statement.values(version=Quote.version + 1).returning(Quote.id).execution_options(synchronize_session=False)
    ).scalar()
    if changed is None:  # the quote itself is being declined
        return
    db.execute(delete(QuoteLine).where(QuoteLine.booking_id == booking.id))
    quote = db.get_one(Quote, changed, populate_existing=True)
    db.expire(quote, ["lines"])
    record(db, actor, "quote-line-off", quote.reference, booking=booking.reference)
    if not quote.lines:
        move(db, quote, Verb.DECLINE, actor, clock.now(), decided_at=clock.now())
