"""Checks of the quotes: what is open holds its seats, what is accepted is confirmed once, the rest keeps nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import clock
from campus.auditor.finding import Finding
from campus.auditor.histories import History
from campus.auditor.rows import AFTER_CONFIRMING
from campus.bookings.models import Booking
from campus.bookings.states import State as BookingState
from campus.bookings.states import Verb
from campus.companies.models import Quote, QuoteLine
from campus.companies.states import State
from campus.outbox.models import Outbox


def check_quotes(db: Session, history: Mapping[str, History], now: datetime) -> Iterator[Finding]:
    """One quote after the other; `now` is the business clock."""
    lines: dict[int, list[Any]] = defaultdict(list)
    columns = (Booking.reference, Booking.state, Booking.seats, Booking.hold_expires_at, Booking.quote_reference)
    of_line = select(QuoteLine.quote_id, QuoteLine.seats.label("offered"), *columns).join(
        Booking, Booking.id == QuoteLine.booking_id
    )
    for row in db.execute(of_line.order_by(QuoteLine.id)):
        lines[row.quote_id].append(row)
    told = set(db.scalars(select(Outbox.reference).where(Outbox.kind == "quote-accepted")))
    quotes = db.execute(select(Quote.id, Quote.reference, Quote.state, Quote.valid_until).order_by(Quote.id)).all()
    for quote in quotes:
        over = quote.valid_until is not None and clock.has_come(quote.valid_until, now)
        if not lines[quote.id] and quote.state in {State.OPEN, State.ACCEPTED}:
            yield Finding("quote-without-lines", quote.reference, "a line", "none")
        for row in lines[quote.id]:
            yield from _line(quote, row, history.get(row.reference, ()), over)
        if quote.state == State.ACCEPTED and quote.reference not in told:
            yield Finding("mail-missing", quote.reference, "1 of kind quote-accepted", "0")
    known = {quote.reference for quote in quotes}
    for reference, quote_reference in db.execute(
        select(Booking.reference, Booking.quote_reference).where(Booking.quote_reference.is_not(None))
    ):
        if quote_reference not in known:
            yield Finding("quote-missing", reference, "a quote", "none")


def _line(quote: Any, row: Any, steps: History, over: bool) -> Iterator[Finding]:
    if row.quote_reference != quote.reference:
        yield Finding("quote-line-astray", row.reference, quote.reference, str(row.quote_reference))
    if quote.state == State.ACCEPTED:
        confirmed = sum(step.action == Verb.CONFIRM for step in steps)
        if row.state not in AFTER_CONFIRMING or confirmed != 1:
            yield Finding("quote-not-confirmed", row.reference, "confirmed once", f"{row.state}, {confirmed} times")
    elif quote.state == State.OPEN and not over:
        if row.state != BookingState.HELD or row.seats != row.offered or row.hold_expires_at != quote.valid_until:
            yield Finding("quote-hold-differs", row.reference, f"{row.offered} seats held", f"{row.state}, {row.seats}")
    elif row.state in AFTER_CONFIRMING or (quote.state == State.DECLINED and row.state == BookingState.HELD):
        yield Finding("quote-seats-kept", row.reference, f"nothing of a quote that is {quote.state}", row.state)
