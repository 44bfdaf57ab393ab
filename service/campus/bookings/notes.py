"""Which notice a booking gives: told with what is true now, into the outbox of the same transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, String, cast, exists, literal, select
from sqlalchemy.orm import Session

from campus import clock, notices
from campus.bookings import seats
from campus.bookings.models import Booking
from campus.bookings.states import State
from campus.bookings.views import booking_view
from campus.db import Database
from campus.notices.kinds import Kind
from campus.outbox.models import NOTICE, Outbox
from campus.outbox.queue import only_while

LAPSING = timedelta(minutes=5)
"""How long before its end a hold is said to be lapsing."""

OF_STATE = {
    State.OFFERED: Kind.OFFER,
    State.LAPSED: Kind.OFFER_LAPSED,
    State.EXPIRED: Kind.HOLD_EXPIRED,
    State.CONFIRMED: Kind.BOOKING_CONFIRMED,
    State.CANCELLED: Kind.BOOKING_CANCELLED,
    State.WITHDRAWN: Kind.BOOKING_CANCELLED,
}
"""What is told of a booking that comes into this state; of the other states nothing is."""


def tell(db: Session, booking: Booking, kind: Kind, once: str | None = None) -> None:
    """Tell the conversation of the booking, and the outside systems that want to know."""
    notices.tell(
        db,
        kind=kind,
        conversation=booking.owner,
        reference=booking.reference,
        lang=booking.lang,
        data=lambda: booking_view(db, booking, booking.lang),
        once=once,
    )


def tell_state(db: Session, booking: Booking) -> None:
    """Tell what came of the booking, where its new state is worth telling; holds of a quote end with the quote."""
    of_quote = booking.quote_reference is not None and booking.state == State.EXPIRED
    if (kind := OF_STATE.get(State(booking.state))) and not of_quote:
        tell(db, booking, kind)


def tell_lapsing(database: Database) -> int:
    """Tell of holds that end within `LAPSING`, once a hold and once again after each extension; how many were told."""
    with database.reading() as db:
        due = [
            row.id for row in db.scalars(_lapsing(clock.now())) if notices.who_wants(db, Kind.HOLD_LAPSING, row.owner)
        ]
    told = 0
    for booking_id in due:
        with database.writing() as db:
            told += _tell_lapsing(db, booking_id)
    return told


def _tell_lapsing(db: Session, booking_id: int) -> bool:
    """Look again under the lock: it may have been extended, confirmed or given up meanwhile."""
    seats.lock(db, db.get_one(Booking, booking_id).session_id)
    booking = db.scalar(_lapsing(clock.now()).where(Booking.id == booking_id).execution_options(populate_existing=True))
    if booking is None:
        return False
    tell(db, booking, Kind.HOLD_LAPSING, once=f"x{booking.extensions}")
    return True


@only_while(NOTICE, Kind.HOLD_LAPSING)
def _still_lapses(db: Session, row: Outbox) -> bool:
    """Whether the hold still runs as it did: said after an extension or the end, it would only confuse."""
    booking = db.scalar(select(Booking).where(Booking.reference == row.reference))
    if booking is None or booking.state_at(clock.now()) is not State.HELD:
        return False
    return row.dedupe.startswith(f"{_key(booking)}:")


@only_while(NOTICE, Kind.OFFER)
def _still_offered(db: Session, row: Outbox) -> bool:
    """Whether the conversation can still take the offer; outside systems hear of every one that was made."""
    booking = db.scalar(select(Booking).where(Booking.reference == row.reference))
    still = booking is not None and booking.state_at(clock.now()) is State.OFFERED
    return still or row.destination != notices.NOTIFY


def _key(booking: Booking) -> str:
    """The beginning of the ``dedupe`` of a lapsing hold, as `_lapsing` writes it in SQL."""
    return f"{Kind.HOLD_LAPSING}:{booking.reference}:x{booking.extensions}"


def _lapsing(now: datetime) -> Select[Booking]:
    """Holds that still run, end soon, and of which that was not told yet."""
    this_time = literal(f"{Kind.HOLD_LAPSING}:") + Booking.reference + ":x" + cast(Booking.extensions, String) + ":"
    told = exists().where(
        Outbox.reference == Booking.reference,
        Outbox.channel == NOTICE,
        Outbox.kind == Kind.HOLD_LAPSING.value,
        Outbox.dedupe.startswith(this_time),
    )
    soon = now.astimezone(UTC) + LAPSING  # so much later, also in the night in which the clocks change
    ends = Booking.hold_expires_at
    holds = select(Booking).where(Booking.state == State.HELD, Booking.quote_reference.is_(None))
    return holds.where(ends > now, ends <= soon, ~told).order_by(Booking.id)
