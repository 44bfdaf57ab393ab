"""Tables of the catalogue. Texts that a person reads are `{"fr": …, "en": …}`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from campus import clock
from campus.db import Base, Json, Moment, Money

LEVELS = ("beginner", "intermediate", "advanced")
FORMATS = ("onsite", "online", "hybrid")
AUDIENCES = ("public", "customers", "staff")
KINDS = ("course", "event")
SCHEME_STATES = ("open", "frozen", "abolished", "unknown")
STAFF_STATES = ("open", "closed", "cancelled")
"""What staff set; `full`, and `closed` after the deadline, are worked out when read."""


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A check that a column holds one of the values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Operator(Base):
    """A training operator of the campus, with its VAT regime and cancellation terms."""

    __tablename__ = "operators"
    __table_args__ = (one_of("vat_regime", ("taxable", "exempt")),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    summary: Mapped[dict[str, str]] = mapped_column(Json)
    aliases: Mapped[dict[str, list[str]]] = mapped_column(Json)
    vat_regime: Mapped[str] = mapped_column(String(16))
    vat_rate: Mapped[Decimal] = mapped_column(Numeric(5, 2, asdecimal=True))
    email: Mapped[str] = mapped_column(String(254))
    email_domains: Mapped[list[str]] = mapped_column(Json, default=list)
    free_working_days: Mapped[int]
    fee_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2, asdecimal=True))
    fee_minimum: Mapped[Decimal] = mapped_column(Money)
    withdrawal_days: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    demo: Mapped[bool] = mapped_column(default=False)

    courses: Mapped[list[Course]] = relationship(back_populates="operator")


class Topic(Base):
    """A subject, with what people call it."""

    __tablename__ = "topics"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(Json)
    aliases: Mapped[dict[str, list[str]]] = mapped_column(Json)
    position: Mapped[int] = mapped_column(default=0)


class CourseTopic(Base):
    """Which topics a course is about, the main one first."""

    __tablename__ = "course_topics"

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[str] = mapped_column(ForeignKey("topics.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class Course(Base):
    """A course, or the parent of events (`kind`). `price` is per seat, VAT included where the operator is taxable."""

    __tablename__ = "courses"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("level", LEVELS),
        one_of("format", FORMATS),
        one_of("audience", AUDIENCES),
        CheckConstraint("price >= 0", name="price"),
        Index("ix_courses_operator_id_external_id", "operator_id", "external_id", unique=True),
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(80))
    """What its operator calls it; unique among the operator's courses (see ``importing.py``)."""
    kind: Mapped[str] = mapped_column(String(16), default="course")
    operator_id: Mapped[str] = mapped_column(ForeignKey("operators.id"), index=True)
    title: Mapped[dict[str, str]] = mapped_column(Json)
    summary: Mapped[dict[str, str]] = mapped_column(Json)
    content: Mapped[dict[str, list[str]]] = mapped_column(Json)
    prerequisites: Mapped[dict[str, str]] = mapped_column(Json)
    audience_text: Mapped[dict[str, str]] = mapped_column(Json)
    certificate: Mapped[dict[str, str]] = mapped_column(Json)
    trainers: Mapped[dict[str, str]] = mapped_column(Json)
    funding: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    aliases: Mapped[dict[str, list[str]]] = mapped_column(Json)
    languages: Mapped[list[str]] = mapped_column(Json)
    level: Mapped[str] = mapped_column(String(16))
    format: Mapped[str] = mapped_column(String(16))
    days: Mapped[float]
    hours: Mapped[float]
    price: Mapped[Decimal] = mapped_column(Money)
    audience: Mapped[str] = mapped_column(String(16), default="public")
    access_code: Mapped[str | None] = mapped_column(String(64))
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """What must be fulfilled to book (see ``requirements.py``)."""
    demo: Mapped[bool] = mapped_column(default=False)

    operator: Mapped[Operator] = relationship(back_populates="courses")
    topics: Mapped[list[Topic]] = relationship(
        secondary="course_topics", order_by="CourseTopic.position", viewonly=True
    )
    topic_links: Mapped[list[CourseTopic]] = relationship(order_by="CourseTopic.position", cascade="all, delete-orphan")
    sessions: Mapped[list[CourseSession]] = relationship(back_populates="course", order_by="CourseSession.start")


class CourseSession(Base):
    """One time a course is given. `taken` counts the seats of held, offered and confirmed bookings."""

    __tablename__ = "sessions"
    __table_args__ = (
        one_of("format", FORMATS),
        one_of("audience", AUDIENCES),
        one_of("state", STAFF_STATES),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="seats"),
        CheckConstraint('start < "end"', name="times"),
        Index("ix_sessions_course_id_external_id", "course_id", "external_id", unique=True),
        Index("ix_sessions_course_id_start", "course_id", "start"),
    )

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(80))
    """What its operator calls it; unique among the operator's sessions, which importing sees to."""
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    start: Mapped[datetime] = mapped_column(Moment, index=True)
    end: Mapped[datetime] = mapped_column(Moment)
    booking_deadline: Mapped[datetime] = mapped_column(Moment)
    format: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    place: Mapped[dict[str, str]] = mapped_column(Json)
    capacity: Mapped[int]
    minimum: Mapped[int | None]
    """With fewer confirmed seats it may be called off; null: none was set. Never above the capacity."""
    taken: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="open")
    audience: Mapped[str] = mapped_column(String(16), default="public")
    access_code: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    """Rises with every change that a calendar should show (times, place, called off), not with bookings."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When ``version`` last rose."""
    exhibitors: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """Companies present at an event: ``{id, name, summary {fr, en}, contact_email, demo}``."""
    demo: Mapped[bool] = mapped_column(default=False)

    course: Mapped[Course] = relationship(back_populates="sessions")
    meetings: Mapped[list[Meeting]] = relationship(
        back_populates="session", order_by="Meeting.start", cascade="all, delete-orphan"
    )

    @validates("capacity")
    def _bring_minimum_down(self, _name: str, capacity: int) -> int:
        if self.minimum is not None and self.minimum > capacity:
            self.minimum = capacity
        return capacity


class Meeting(Base):
    """One block of a session: three days are three blocks."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("session_id", "start"),
        CheckConstraint('start < "end"', name="times"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    start: Mapped[datetime] = mapped_column(Moment)
    end: Mapped[datetime] = mapped_column(Moment)

    session: Mapped[CourseSession] = relationship(back_populates="meetings")


class FundingScheme(Base):
    """A way to pay for training, as information: what is known, from where and checked when, and what is not known."""

    __tablename__ = "funding_schemes"
    __table_args__ = (one_of("status", SCHEME_STATES),)

    scheme: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(16))
    text: Mapped[dict[str, str]] = mapped_column(Json)
    unknown: Mapped[dict[str, str]] = mapped_column(Json)
    source: Mapped[str | None] = mapped_column(String(500))
    checked_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)


class CatalogueState(Base):
    """One row: the version rises with every change of the catalogue, so that each process knows when to read again."""

    __tablename__ = "catalogue_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    seeded_at: Mapped[datetime | None] = mapped_column(Moment)
