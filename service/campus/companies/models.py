"""Tables of enquiries and quotes. What may follow what stands in ``states.py``."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campus import clock
from campus.bookings.models import MAX_SEATS, Booking
from campus.catalogue.models import one_of
from campus.companies.states import State
from campus.db import Base, Json, Moment, Money

ENQUIRY_STATES = ("received", "answered")


class Enquiry(Base):
    """What a company would like to know or have; ``owner`` is the conversation that asked."""

    __tablename__ = "enquiries"
    __table_args__ = (one_of("state", ENQUIRY_STATES),)

    reference: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str | None] = mapped_column(String(600), index=True)
    company: Mapped[str | None] = mapped_column(String(160))
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254), index=True)
    contact_phone: Mapped[str | None] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    needs: Mapped[str] = mapped_column(Text)
    people: Mapped[int | None]
    operator_id: Mapped[str | None] = mapped_column(String(64))
    lang: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Quote(Base):
    """Seats offered to a company together, at one price, until ``valid_until``; ``requested`` has no lines yet.

    Each line is a booking, held until then. ``version`` rises with every change.
    """

    __tablename__ = "quotes"
    __table_args__ = (one_of("state", tuple(State)), Index("ix_quotes_state_valid_until", "state", "valid_until"))

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str | None] = mapped_column(String(600), index=True)
    company: Mapped[str | None] = mapped_column(String(160))
    enterprise_number: Mapped[str | None] = mapped_column(String(16))
    vat_number: Mapped[str | None] = mapped_column(String(20))
    peppol_id: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(300))
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254), index=True)
    contact_phone: Mapped[str | None] = mapped_column(String(32))
    po_number: Mapped[str | None] = mapped_column(String(60))
    needs: Mapped[str] = mapped_column(Text, default="")
    lang: Mapped[str] = mapped_column(String(8))
    valid_until: Mapped[datetime | None] = mapped_column(Moment)
    offered_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was accepted, declined, or seen to be expired."""
    invoice_requested_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)

    lines: Mapped[list[QuoteLine]] = relationship(
        order_by="QuoteLine.position", cascade="all, delete-orphan", passive_deletes=True
    )

    def state_at(self, now: datetime) -> State:
        """The state as of then: an offer whose time is over is expired, sweeper or not."""
        over = self.state == State.OPEN and self.valid_until is not None and clock.has_come(self.valid_until, now)
        return State.EXPIRED if over else State(self.state)


class QuoteLine(Base):
    """Seats of one session as they were offered; the booking has what became of them since."""

    __tablename__ = "quote_lines"
    __table_args__ = (CheckConstraint(f"seats BETWEEN 1 AND {MAX_SEATS}", name="seats"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quotes.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), unique=True)
    seats: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Money)
    vat_rate: Mapped[Decimal] = mapped_column(Numeric(5, 2, asdecimal=True))
    terms: Mapped[dict[str, Any]] = mapped_column(Json)

    booking: Mapped[Booking] = relationship()
