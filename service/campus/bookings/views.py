"""A booking as an answer, as the contract spells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from campus import clock
from campus.bookings import prices
from campus.bookings.models import Booking
from campus.bookings.states import State
from campus.bookings.terms import NOTHING, Terms, cancel_fee, free_until, withdraw_until
from campus.catalogue.views import session_views

EXTENSIONS = 10
"""How often a hold can be extended (WCAG 2.2.1: ten times at least)."""

_AGREED = {State.HELD, State.OFFERED, State.WAITING, State.CONFIRMED}


def booking_view(db: Session, booking: Booking, lang: str) -> dict[str, Any]:
    """One booking as of now, in that language."""
    return booking_views(db, [booking], lang)[0]


def booking_views(db: Session, bookings: Sequence[Booking], lang: str) -> list[dict[str, Any]]:
    """Bookings as of now, in that language."""
    sessions = session_views(db, [booking.session_id for booking in bookings], lang)
    return [view_with(booking, sessions[booking.session_id]) for booking in bookings]


def view_with(booking: Booking, session: dict[str, Any]) -> dict[str, Any]:
    """A booking as of now with its session as that was rendered."""
    now = clock.now()
    start = datetime.fromisoformat(session["start"])
    state = booking.state_at(now)
    return {
        "reference": booking.reference,
        "state": state.value,
        "session": session,
        "seats": booking.seats,
        "contact": contact_view(booking),
        "participants": [{"name": person.name, "email": person.email} for person in booking.participants],
        "company": booking.company,
        "customer": booking.customer,
        "total": total_of(booking).as_json(),
        "fees": str(booking.fees),
        "hold_expires_at": _time(booking.hold_expires_at if state is State.HELD else None),
        "offer_expires_at": _time(booking.offer_expires_at if state is State.OFFERED else None),
        "terms": _terms_view(booking, state, session.get("state") == "cancelled", start, now),
        "lang": booking.lang,
        "version": booking.version,
        "created_at": clock.iso(booking.created_at),
    }


def contact_view(booking: Booking) -> dict[str, Any] | None:
    """The contact, or None while there is none."""
    if booking.contact_email is None and booking.contact_phone is None:
        return None
    return {"name": booking.contact_name, "email": booking.contact_email, "phone": booking.contact_phone}


def total_of(booking: Booking) -> prices.Total:
    """What the booking costs at the price that was agreed."""
    return prices.total(booking.unit_price, booking.vat_rate, booking.seats)


def free_until_of(booking: Booking, start: datetime) -> datetime:
    """Until when cancelling is free: as agreed, and not longer than before a late move."""
    own = free_until(start, Terms.from_json(booking.terms).free_working_days)
    return min(own, booking.free_until) if booking.free_until else own


def withdraw_until_of(booking: Booking, start: datetime, now: datetime) -> datetime:
    """Until when a consumer may withdraw, counted from the contract; from now where there is none yet."""
    return withdraw_until(booking.confirmed_at or now, start, Terms.from_json(booking.terms).withdrawal_days)


def fee_now(booking: Booking, gross: Decimal, start: datetime, called_off: bool, now: datetime) -> Decimal:
    """What giving up ``gross`` EUR of a confirmed booking costs now; nothing where the campus called it off."""
    if called_off:
        return NOTHING
    return cancel_fee(gross, Terms.from_json(booking.terms), free_until_of(booking, start), start, now)


def with_seats_view(booking: Booking, count: int) -> dict[str, Any]:
    """What the booking would cost with ``count`` seats, and the fee in EUR for those given up; nothing is written."""
    start, called_off = booking.session.start, booking.session.state == "cancelled"
    return {
        "seats": count,
        "total": prices.total(booking.unit_price, booking.vat_rate, count).as_json(),
        "fee": str(fee_for_fewer(booking, count, start, called_off, clock.now())),
    }


def fee_for_fewer(booking: Booking, count: int, start: datetime, called_off: bool, now: datetime) -> Decimal:
    """What keeping only ``count`` seats of a booking costs now: the fee on the others, once it is confirmed."""
    if count >= booking.seats or booking.state_at(now) is not State.CONFIRMED:
        return NOTHING
    less = prices.total(booking.unit_price, booking.vat_rate, booking.seats - count).gross
    return fee_now(booking, less, start, called_off, now)


def _terms_view(booking: Booking, state: State, called_off: bool, start: datetime, now: datetime) -> dict[str, Any]:
    gross = total_of(booking).gross
    fee, refund = NOTHING, NOTHING
    if state is State.CONFIRMED:
        fee = fee_now(booking, gross, start, called_off, now)
        refund = gross - fee
    elif state is State.CANCELLED:
        fee = booking.cancel_fee
        refund = gross - fee
    elif state is State.WITHDRAWN:
        refund = gross
    until = None
    if booking.customer == "consumer" and gross > 0 and state in _AGREED:
        until = withdraw_until_of(booking, start, now)
    return {
        "free_until": clock.iso(free_until_of(booking, start)),
        "cancel_fee": str(fee),
        "refund": str(refund),
        "withdraw_until": _time(until),
        "fee_percent": str(booking.terms["fee_percent"]),
        "fee_minimum": str(booking.terms["fee_minimum"]),
        "extensions_left": 0
        if state is not State.HELD or booking.is_on_offer
        else max(0, EXTENSIONS - booking.extensions),
    }


def _time(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None
