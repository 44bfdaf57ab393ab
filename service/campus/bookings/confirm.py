"""Confirming what is held or offered, and asking for more time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings import admission, letters, moves, people, requirements, seats
from campus.bookings.lookup import find_locked
from campus.bookings.make import HOLD_LASTS
from campus.bookings.models import Booking
from campus.bookings.schemas import Confirmation
from campus.bookings.states import State, Verb, move_for
from campus.bookings.views import EXTENSIONS, contact_view
from campus.languages import DEFAULT
from campus.problems import Invalid, NotEligible
from campus.speakers import limits
from campus.speakers.speaker import Speaker


def confirm(db: Session, speaker: Speaker, reference: str, wish: Confirmation, lang: str = DEFAULT) -> Booking:
    """held or offered → confirmed. Needs a contact, now or before, and the terms accepted.

    Raises NotFound, HoldExpired, OfferLapsed, WrongState, SessionCancelled, SessionClosed, Invalid, NotEligible,
    and AlreadyBooked (as a Refusal).
    """
    named = [one.email for one in wish.participants or []]
    addresses.use(db, wish.contact.email if wish.contact else None, *named)
    booking = find_locked(db, speaker, reference)
    moves.check_single(booking, clock.now())
    carry_out(db, speaker, booking, wish, lang)
    letters.send(db, booking, "confirmation")
    return booking


def carry_out(db: Session, speaker: Speaker, booking: Booking, wish: Confirmation, lang: str) -> None:
    """The same for a booking that is read under its lock, without its mail: also for the lines of a quote.

    Raises HoldExpired, OfferLapsed, WrongState, SessionCancelled, SessionClosed, Invalid, NotEligible, and
    AlreadyBooked (as a Refusal).
    """
    now = clock.now()
    if move_for(Verb.CONFIRM, booking.state_at(now)) is None:
        raise moves.refusal(booking, now)
    admission.check_takes_place(seats.lock(db, booking.session_id)[booking.session_id], now)
    _check(booking, wish)
    if wish.contact and wish.contact.email:
        limits.count_email(wish.contact.email)
    values: dict[str, Any] = {"confirmed_at": now, "terms_accepted_at": now, "hold_expires_at": None}
    values |= {"offer_expires_at": None, **_contact(wish), **_customer(wish)}
    values["declarations"] = requirements.declarations(booking.declarations, wish.declarations, now)
    moves.move(db, booking, Verb.CONFIRM, speaker.principal, now, **values)
    if wish.participants is not None:
        people.replace(db, booking, wish.participants)
    people.stand(db, booking)
    _session, course = admission.session_and_course(db, booking.session_id)
    unmet = requirements.unmet_by(db, course, booking)
    requirements.enforce(db, speaker, course, unmet, lang)
    requirements.record_override(db, speaker, booking.reference, unmet)


def extend(db: Session, speaker: Speaker, reference: str) -> Booking:
    """Another 15 minutes from now for a hold (WCAG 2.2.1). Raises NotFound, HoldExpired, WrongState, NotEligible."""
    booking = find_locked(db, speaker, reference)
    now = clock.now()
    if booking.state_at(now) is not State.HELD:
        raise moves.refusal(booking, now)
    moves.check_single(booking, now)
    if booking.extensions >= EXTENSIONS:
        raise NotEligible("extensions")
    values = {
        "hold_expires_at": clock.after(now, HOLD_LASTS),
        "extensions": booking.extensions + 1,
        "version": booking.version + 1,
    }
    db.execute(update(Booking).where(Booking.id == booking.id, Booking.state == State.HELD).values(**values))
    db.refresh(booking)
    record(db, speaker.principal, "extend", booking.reference, extensions=booking.extensions)
    return booking


def _check(booking: Booking, wish: Confirmation) -> None:
    missing: dict[str, str] = {}
    if wish.contact is None and contact_view(booking) is None:
        missing["contact"] = "missing"
    if wish.terms_accepted is not True:
        missing["terms_accepted"] = "must_be_accepted"
    if missing:
        raise Invalid([], **missing)
    people.check(wish.participants or [], booking.seats)


def _contact(wish: Confirmation) -> dict[str, Any]:
    if wish.contact is None:
        return {}
    return {
        "contact_name": wish.contact.name,
        "contact_email": wish.contact.email,
        "contact_phone": wish.contact.phone,
    }


def _customer(wish: Confirmation) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if wish.company:
        values = {"company": wish.company, "customer": "business"}
    if wish.customer:
        values["customer"] = wish.customer
    return values
