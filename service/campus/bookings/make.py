"""Making a booking: a hold, a confirmed booking, or a place in the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings import admission, letters, lookup, notes, people, queue, requirements, seats
from campus.bookings.models import Booking, Participant, Standing
from campus.bookings.references import new_reference
from campus.bookings.schemas import NewBooking
from campus.bookings.states import State
from campus.bookings.terms import Terms
from campus.catalogue.memory import CourseEntry
from campus.catalogue.requirements import Requirement
from campus.languages import supported
from campus.problems import Invalid
from campus.speakers import limits
from campus.speakers.speaker import Speaker

HOLD_LASTS = timedelta(minutes=15)


def make(db: Session, speaker: Speaker, wish: NewBooking, lang: str) -> Booking:
    """Take the seats and write the booking, or queue for them, in the caller's transaction.

    Raises Invalid, NotFound, NotEligible, RateLimited, SessionCancelled, SessionClosed,
    SessionFull, and AlreadyBooked (as a Refusal).
    """
    check_wish(wish)
    session, course = admission.session_and_course(db, wish.session_id)
    if speaker.is_staff and speaker.owner is None:  # a personal token books as staff or not at all
        lookup.check_reach(speaker, course.operator.id)
    visitor = admission.visitor_of(speaker, wish.access_code)
    admission.check_audience(session, course, visitor)
    if wish.contact and wish.contact.email:
        limits.count_email(wish.contact.email)
    addresses.use(db, wish.contact.email if wish.contact else None, *(one.email for one in wish.participants))
    if speaker.holder:
        seats.lock_conversation(db, speaker.holder)
    live = seats.lock(db, session.id)[session.id]
    now = clock.now()
    admission.check_open(live, now)
    queue.settle(db, live, now)
    if standing := _who_stands(db, wish):
        raise people.already_booked(db, session.id, standing)
    overridden = requirements.hopeless(course, wish.seats, _customer_said(wish))
    requirements.enforce(db, speaker, course, overridden, lang)
    taken = seats.take(db, session.id, wish.seats)
    if taken:
        admission.check_limits(db, speaker, course, wish.seats, now, new_hold=wish.hold)
    elif not wish.waitlist or wish.seats > live.capacity:
        raise admission.full(db, course, session.id, wish.seats, visitor, lang)
    state = State.WAITING if not taken else State.HELD if wish.hold else State.CONFIRMED
    if state is State.CONFIRMED:
        overridden = _unmet(db, course, wish)
        requirements.enforce(db, speaker, course, overridden, lang)
    booking = _write(db, speaker, wish, course, state, now, lang)
    people.stand(db, booking, new=True)
    record(db, speaker.principal, "book", booking.reference, target=state, seats=wish.seats, session=session.id)
    notes.tell_state(db, booking)
    requirements.record_override(db, speaker, booking.reference, overridden)
    if state is not State.HELD:
        letters.send(db, booking, "waiting" if state is State.WAITING else "confirmation")
    return booking


def check_wish(wish: NewBooking) -> None:
    """What a booking needs beyond its grammar. Raises Invalid with everything that is missing."""
    missing: dict[str, str] = {}
    if wish.contact is None and (wish.waitlist or not wish.hold):
        missing["contact"] = "missing"
    if not wish.hold and wish.terms_accepted is not True:
        missing["terms_accepted"] = "must_be_accepted"
    if missing:
        raise Invalid([], **missing)
    people.check(wish.participants, wish.seats)


def terms_of(course: CourseEntry) -> Terms:
    """The operator's terms as they are now."""
    operator = course.operator
    return Terms(operator.free_working_days, operator.fee_percent, operator.fee_minimum, operator.withdrawal_days)


def vat_rate_of(course: CourseEntry) -> Decimal:
    """The VAT in the price, in percent: none where the operator is exempt (art. 44 CTVA)."""
    return course.operator.vat_rate if course.operator.vat_regime == "taxable" else Decimal(0)


def _who_stands(db: Session, wish: NewBooking) -> set[str]:
    """Who of this wish stands in the session already."""
    persons = {person.email.lower() for person in wish.participants if person.email}
    if not persons and wish.seats == 1 and wish.contact and wish.contact.email:
        persons = {wish.contact.email.lower()}
    if not persons:
        return set()
    standing = select(Standing.person).where(Standing.session_id == wish.session_id, Standing.person.in_(persons))
    return set(db.scalars(standing))


def _customer(wish: NewBooking) -> str:
    return _customer_said(wish) or "consumer"


def _customer_said(wish: NewBooking) -> str | None:
    """As what they book, where that was said."""
    return wish.customer or ("business" if wish.company else None)


def _unmet(db: Session, course: CourseEntry, wish: NewBooking) -> list[Requirement]:
    return requirements.unmet(
        db,
        course,
        seats=wish.seats,
        customer=_customer(wish),
        people=wish.participants,
        contact_email=wish.contact.email if wish.contact else None,
        declared=wish.declarations,
    )


def _write(
    db: Session, speaker: Speaker, wish: NewBooking, course: CourseEntry, state: State, now: datetime, lang: str
) -> Booking:
    confirmed = state is State.CONFIRMED
    booking = Booking(
        reference=new_reference(),
        session_id=wish.session_id,
        state=state,
        seats=wish.seats,
        owner=speaker.holder,
        contact_name=wish.contact.name if wish.contact else None,
        contact_email=wish.contact.email if wish.contact else None,
        contact_phone=wish.contact.phone if wish.contact else None,
        company=wish.company or None,
        customer=_customer(wish),
        declarations=requirements.declarations([], wish.declarations, now),
        lang=supported(wish.lang) or lang,
        unit_price=course.price,
        vat_rate=vat_rate_of(course),
        terms=terms_of(course).as_json(),
        terms_accepted_at=now if wish.terms_accepted else None,
        hold_expires_at=clock.after(now, HOLD_LASTS) if state is State.HELD else None,
        confirmed_at=now if confirmed else None,
        created_at=now,
        participants=[
            Participant(position=position, name=person.name, email=person.email)
            for position, person in enumerate(wish.participants)
        ],
    )
    db.add(booking)
    db.flush()
    return booking
