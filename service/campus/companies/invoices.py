"""One request for the invoices of an accepted quote: each operator is asked for its own lines, once."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings import letters as booking_letters
from campus.bookings import lookup
from campus.bookings.models import Booking
from campus.bookings.states import State as BookingState
from campus.bookings.views import total_of
from campus.catalogue.models import Course, CourseSession, Operator
from campus.companies import letters, moves
from campus.companies.models import Quote
from campus.companies.quotes import find
from campus.companies.schemas import InvoiceWish
from campus.companies.states import State
from campus.companies.views import quote_view
from campus.languages import DEFAULT
from campus.outbox import queue
from campus.outbox.models import Outbox
from campus.problems import WrongState
from campus.speakers.speaker import Speaker

RECEIPT = "invoice-receipt"
BILLED = frozenset({BookingState.CONFIRMED, BookingState.ATTENDED, BookingState.NO_SHOW})
"""The states in which the whole of a booking is due."""


def ask(db: Session, speaker: Speaker, reference: str, wish: InvoiceWish) -> dict[str, Any]:
    """Ask every operator for its invoice, and tell the contact; what was asked in the same words is not asked again.

    Raises NotFound, WrongState while it is not accepted, OfferLapsed once it is over.
    """
    quote = find(db, speaker, reference, lookup.WRITE)
    addresses.use(db, quote.contact_email, wish.email)
    moves.lock(db, quote)
    now = clock.now()
    if quote.state != State.ACCEPTED:
        raise moves.refusal(quote, now)
    if quote.contact_email is None:
        raise WrongState(quote.state)
    told = {
        "po_number": wish.po_number or quote.po_number,
        "peppol_id": wish.peppol_id or quote.peppol_id,
        "email": wish.email or quote.contact_email,
    }
    parts = _by_operator(db, quote)
    answer = {
        "reference": quote.reference,
        "state": "queued",
        "operators": [{"id": one.id, "name": one.name} for one, _bookings in parts],
        **told,
    }
    asked = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
    if _was_asked(db, quote, asked):
        return answer
    values = {"po_number": told["po_number"], "peppol_id": told["peppol_id"], "invoice_requested_at": now}
    db.execute(update(Quote).where(Quote.id == quote.id).values(version=Quote.version + 1, **values))
    db.refresh(quote)
    record(db, speaker.principal, "quote-invoice", quote.reference, operators=[one.id for one, _bookings in parts])
    for operator, bookings in parts:
        _tell(db, quote, operator, bookings, told, asked)
    letters.send(db, quote, RECEIPT, f"{quote.reference}:{asked}", invoice=answer)
    return answer


def _by_operator(db: Session, quote: Quote) -> list[tuple[Operator, list[Booking]]]:
    """The operators of the lines as they are now (a booking may have moved), in the order of the lines."""
    parts: dict[str, tuple[Operator, list[Booking]]] = {}
    for line in quote.lines:
        booking = line.booking
        wanted = (
            select(Operator)
            .join(Course, Course.operator_id == Operator.id)
            .join(CourseSession, CourseSession.course_id == Course.id)
        )
        operator = db.scalars(wanted.where(CourseSession.id == booking.session_id)).one()
        parts.setdefault(operator.id, (operator, []))[1].append(booking)
    return list(parts.values())


def _tell(
    db: Session, quote: Quote, operator: Operator, bookings: list[Booking], told: dict[str, Any], asked: str
) -> None:
    rows = [_row(db, booking) for booking in bookings]
    gross = sum((Decimal(row["due"]) for row in rows), Decimal("0.00"))
    queue.put(
        db,
        kind="invoice-request",
        reference=quote.reference,
        lang=DEFAULT,
        dedupe=f"invoice-request:{quote.reference}:{operator.id}:{asked}",
        payload={
            "to": {"name": operator.name, "email": operator.email},
            "quote": quote_view(db, quote, DEFAULT),
            "invoice": told,
            "rows": rows,
            "gross": str(gross),
            "written_at": clock.iso(clock.now()),
        },
    )


def _row(db: Session, booking: Booking) -> dict[str, Any]:
    """A booking as it is invoiced: what it costs, or once it was given up what that cost (``due``, EUR)."""
    told = booking_letters.snapshot(db, booking)["booking"]
    session = {name: told["session"][name] for name in ("id", "title", "start", "end", "meetings")}
    due = booking.fees + (total_of(booking).gross if booking.state in BILLED else Decimal("0.00"))
    facts = {name: told[name] for name in ("reference", "state", "seats", "total", "fees")}
    return {**facts, "session": session, "vat_rate": str(booking.vat_rate), "due": str(due)}


def _was_asked(db: Session, quote: Quote, asked: str) -> bool:
    wanted = select(Outbox.seq).where(Outbox.dedupe == f"{RECEIPT}:{quote.reference}:{asked}")
    return db.scalar(wanted) is not None
