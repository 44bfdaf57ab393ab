"""A consumer's statutory withdrawal (Code of economic law VI.47; directive 2011/83, art. 9 and 11a).

It is not cancelling: it needs no reason and costs nothing, and it takes two steps, of which the
first only tells what the second would do. It is open to consumers, for what costs something, and
until the end of the period. That period never goes on after the start of the session
(``terms.withdraw_until``), so who asked for a session within it owes nothing for withdrawing
before the start, and withdraws no more once it has begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from campus import clock
from campus.bookings import invitations, letters, moves, queue, seats
from campus.bookings.lookup import find, find_locked
from campus.bookings.models import Booking
from campus.bookings.states import Verb, move_for
from campus.bookings.terms import NOTHING
from campus.bookings.views import booking_view, total_of, withdraw_until_of
from campus.problems import NotEligible
from campus.speakers.speaker import Speaker


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a booking may be withdrawn now: the rule that refuses, or None. `refund` in EUR."""

    rule: str | None
    refund: Decimal
    until: datetime | None


def preview(db: Session, speaker: Speaker, reference: str, lang: str) -> dict[str, Any]:
    """The booking, unchanged, with what withdrawing would do.

    Raises NotFound, and WrongState, HoldExpired or OfferLapsed where nothing is confirmed.
    """
    booking = find(db, speaker, reference)
    verdict = _judge(booking, clock.now())
    return booking_view(db, booking, lang) | {"withdrawal": _told(verdict, confirm_needed=verdict.rule is None)}


def withdraw(db: Session, speaker: Speaker, reference: str, lang: str) -> dict[str, Any]:
    """confirmed → withdrawn: nothing is due any more, and the seats go to the queue.

    What seats given up late had cost is no longer due either: it is the contract itself that ends.
    Raises NotFound, WrongState, HoldExpired, OfferLapsed, and NotEligible with the rule.
    """
    booking = find_locked(db, speaker, reference)
    live = seats.lock(db, booking.session_id)[booking.session_id]
    now = clock.now()
    verdict = _judge(booking, now)
    if verdict.rule is not None:
        raise NotEligible(verdict.rule)
    values: dict[str, Any] = {"fees": NOTHING, "sequence": booking.sequence + 1}
    moves.move(db, booking, Verb.WITHDRAW, speaker.principal, now, **values)
    letters.send(db, booking, "withdrawal", received_at=clock.iso(now))
    invitations.call_off(db, booking)
    seats.give_back(db, live.id, booking.seats)
    queue.settle(db, live, now)
    told = _told(verdict, confirm_needed=False, received_at=clock.iso(now))
    return booking_view(db, booking, lang) | {"withdrawal": told}


def _judge(booking: Booking, now: datetime) -> Verdict:
    if move_for(Verb.WITHDRAW, booking.state_at(now)) is None:
        raise moves.refusal(booking, now)
    gross = total_of(booking).gross
    if booking.customer != "consumer":
        return Verdict("business-customer", NOTHING, None)
    if gross == 0:
        return Verdict("free-of-charge", NOTHING, None)
    start = booking.session.start
    until = withdraw_until_of(booking, start, now)
    if now.replace(microsecond=0) > until or now >= start:
        return Verdict("withdrawal-period-over", NOTHING, until)
    return Verdict(None, gross, until)


def _told(verdict: Verdict, *, confirm_needed: bool, received_at: str | None = None) -> dict[str, Any]:
    return {
        "allowed": verdict.rule is None,
        "rule": verdict.rule,
        "refund": str(verdict.refund),
        "withdraw_until": clock.iso(verdict.until) if verdict.until else None,
        "confirm_needed": confirm_needed,
        "received_at": received_at,
    }
