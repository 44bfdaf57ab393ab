"""Tables of the bookings. What may follow what stands in ``states.py``."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campus import clock
from campus.bookings.states import State
from campus.catalogue.models import CourseSession, one_of
from campus.db import Base, Json, Moment, Money

MAX_SEATS = 100
CUSTOMERS = ("consumer", "business")


class Booking(Base):
    """Seats of one session for one person or group. ``owner`` is the conversation that made it.

    Price, VAT rate and cancellation terms are those of the moment of booking: a later change of
    the catalogue does not change what was agreed. ``version`` rises with every change, ``sequence``
    with every change that the calendar shows.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        one_of("state", tuple(State)),
        one_of("customer", CUSTOMERS),
        CheckConstraint(f"seats BETWEEN 1 AND {MAX_SEATS}", name="seats"),
        Index("ix_bookings_session_id_state", "session_id", "state"),
        Index("ix_bookings_state_hold_expires_at", "state", "hold_expires_at"),
        Index("ix_bookings_state_offer_expires_at", "state", "offer_expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"))
    state: Mapped[str] = mapped_column(String(16))
    seats: Mapped[int]
    owner: Mapped[str | None] = mapped_column(String(600), index=True)
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254), index=True)
    contact_phone: Mapped[str | None] = mapped_column(String(32))
    company: Mapped[str | None] = mapped_column(String(160))
    customer: Mapped[str] = mapped_column(String(16))
    lang: Mapped[str] = mapped_column(String(8))
    unit_price: Mapped[Decimal] = mapped_column(Money)
    vat_rate: Mapped[Decimal] = mapped_column(Numeric(5, 2, asdecimal=True))
    terms: Mapped[dict[str, Any]] = mapped_column(Json)
    terms_accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    hold_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    offer_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    extensions: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    free_until: Mapped[datetime | None] = mapped_column(Moment)
    """Set when a booking is moved late: free cancelling that is over does not begin again."""
    fees: Mapped[Decimal] = mapped_column(Money, default=Decimal("0.00"))
    """EUR owed for what was cancelled late, by the terms."""
    cancel_fee: Mapped[Decimal] = mapped_column(Money, default=Decimal("0.00"))
    """The part of ``fees`` that cancelling the booking as a whole cost."""
    declarations: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    """What the person declared, and when: ``[{id, at}]`` (see ``requirements.py``)."""
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    demo: Mapped[bool] = mapped_column(default=False)
    quote_reference: Mapped[str | None] = mapped_column(String(16), index=True)
    """The quote (``campus.companies``) of which it is a line: held, it is confirmed only with the whole of it."""

    session: Mapped[CourseSession] = relationship()
    participants: Mapped[list[Participant]] = relationship(
        order_by="Participant.position", cascade="all, delete-orphan", passive_deletes=True
    )

    def state_at(self, now: datetime) -> State:
        """The state as of then: a hold or an offer whose time is over is expired or lapsed, sweeper or not."""
        if self.state == State.HELD and _has_come(self.hold_expires_at, now):
            return State.EXPIRED
        if self.state == State.OFFERED and _has_come(self.offer_expires_at, now):
            return State.LAPSED
        return State(self.state)

    @property
    def is_on_offer(self) -> bool:
        """Whether it is held as a line of a quote, which alone decides about it."""
        return self.quote_reference is not None and self.state == State.HELD


def _has_come(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and clock.has_come(moment, now)


class Participant(Base):
    """Who will sit on one of the seats."""

    __tablename__ = "participants"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    invited: Mapped[bool] = mapped_column(default=False)
    """Whether they were mailed an invitation of their own, and so are told of every change."""


class Standing(Base):
    """One person stands once in a session: the primary key is the rule.

    A row exists for as long as the booking is in a state of ``states.STANDING``; ``person`` is a
    lower-case e-mail address.
    """

    __tablename__ = "standings"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(254), primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)
