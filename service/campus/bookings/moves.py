"""Carrying out the moves of ``states.py``, one conditional UPDATE each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from campus import states
from campus.audit import record
from campus.bookings import notes, people
from campus.bookings.models import Booking
from campus.bookings.states import STANDING, State, Verb, move_for
from campus.problems import HoldExpired, OfferLapsed, Problem, WrongState


def check_single(booking: Booking, now: datetime) -> None:
    """Refuse to change by itself what a quote holds: what is offered together is decided together. Raises WrongState.

    Once the quote is over, the hold is too, and whoever asks is told that.
    """
    if booking.is_on_offer and booking.state_at(now) is State.HELD:
        raise WrongState(booking.state, quote=booking.quote_reference)


def refusal(booking: Booking, now: datetime) -> Problem:
    """Why a booking in this state does not do what was asked."""
    state = booking.state_at(now)
    if state is State.EXPIRED:
        return HoldExpired()
    if state is State.LAPSED:
        return OfferLapsed()
    return WrongState(state)


def move(db: Session, booking: Booking, verb: Verb, actor: str, now: datetime, **values: Any) -> State:
    """Move the booking and set these columns; the new state.

    Raises what `refusal` tells where this verb does not lead out of its state, or where somebody
    else moved it first.
    """
    step = move_for(verb, booking.state_at(now))
    if step is None:
        raise refusal(booking, now)
    if not states.carry_out(db, booking, [step.source], state=step.target, **values):
        raise refusal(booking, now)
    if step.target not in STANDING:
        people.leave(db, booking)
    record(db, actor, verb, booking.reference, source=step.source, target=step.target)
    notes.tell_state(db, booking)
    return step.target
