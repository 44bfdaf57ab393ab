"""Giving a booking up: what that is called depends on its state, what it costs on the operator's terms."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from campus import clock
from campus.audit import record
from campus.bookings import invitations, letters, moves, queue, quoted, seats
from campus.bookings.lookup import find_locked
from campus.bookings.models import Booking
from campus.bookings.states import State, Verb, occupies_seat
from campus.bookings.terms import NOTHING
from campus.bookings.views import fee_now, total_of
from campus.problems import SessionClosed
from campus.speakers.speaker import Speaker


def cancel(
    db: Session, speaker: Speaker, reference: str, *, waive_fee: bool = False, reason: str | None = None
) -> Booking:
    """held → released, offered → declined, waiting → left, confirmed → cancelled, and the seats go to the queue.

    Staff may waive the fee, and say in the mail why.

    Raises NotFound, WrongState, HoldExpired, OfferLapsed, and SessionClosed once a confirmed session has begun.
    """
    booking = find_locked(db, speaker, reference)
    return give_up(db, booking, speaker.principal, waive_fee=waive_fee, reason=reason)


def give_up(
    db: Session, booking: Booking, actor: str, *, waive_fee: bool = False, reason: str | None = None
) -> Booking:
    """The same for a booking that is read under its lock.

    Raises WrongState, HoldExpired, OfferLapsed, SessionClosed.
    """
    live = seats.lock(db, booking.session_id)[booking.session_id]
    now = clock.now()
    source = booking.state_at(now)
    waived = NOTHING
    values: dict[str, Any] = {"hold_expires_at": None, "offer_expires_at": None}
    if source is State.CONFIRMED:
        if now >= live.start:
            raise SessionClosed()
        gross = total_of(booking).gross
        fee = fee_now(booking, gross, live.start, live.state == "cancelled", now)
        waived, fee = (fee, NOTHING) if waive_fee else (NOTHING, fee)
        values |= {"fees": booking.fees + fee, "cancel_fee": fee, "sequence": booking.sequence + 1}
    moves.move(db, booking, Verb.CANCEL, actor, now, **values)
    if source is State.CONFIRMED:
        letters.send(db, booking, "cancellation", reason=reason)
        invitations.call_off(db, booking)
        if waived:
            record(db, actor, "waive-fee", booking.reference, fee=str(waived))
    elif booking.quote_reference is not None:
        quoted.given_up(db, booking, actor)
    if occupies_seat(source):
        seats.give_back(db, live.id, booking.seats)
        queue.settle(db, live, now)
    return booking
