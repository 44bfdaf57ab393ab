"""The answers of the catalogue, for the OpenAPI document. Routes build them as plain data (see `views`)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Named(BaseModel):
    """An id with its name in the language of the reply."""

    id: str = Field(examples=["takeda"])
    name: str = Field(examples=["Takeda Academy"])


class Aliases(BaseModel):
    """What people call it, in both languages."""

    fr: list[str] = Field(examples=[["bpf", "bonnes pratiques de fabrication"]])
    en: list[str] = Field(examples=[["gmp", "good manufacturing practice"]])


class Vat(BaseModel):
    """The VAT regime of an operator; `rate` in percent."""

    regime: Literal["taxable", "exempt"]
    rate: str = Field(examples=["21.00"])


class Terms(BaseModel):
    """Cancelling: free until so many working days before, then a percentage with a minimum in EUR."""

    free_working_days: int = Field(examples=[5])
    fee_percent: str = Field(examples=["30.00"])
    fee_minimum: str = Field(examples=["50.00"])
    withdrawal_days: int = Field(examples=[14])


class OperatorOut(Named):
    """A training operator."""

    summary: str
    aliases: Aliases
    vat: Vat
    terms: Terms
    courses: int = Field(description="Courses and events that this caller can see.")
    demo: bool


class TopicOut(Named):
    """A subject."""

    aliases: Aliases
    courses: int


class Price(BaseModel):
    """EUR per seat, VAT included where the operator is taxable."""

    amount: str = Field(examples=["968.00"])
    currency: Literal["EUR"]
    vat_rate: str = Field(examples=["21.00"])
    vat_included: bool


class MeetingOut(BaseModel):
    """One block of a session."""

    start: str = Field(examples=["2027-01-12T09:00:00+01:00"])
    end: str = Field(examples=["2027-01-12T17:00:00+01:00"])


class ExhibitorOut(Named):
    """A company that is present at an event."""

    summary: str
    demo: bool


class SessionOut(BaseModel):
    """One time a course is given, with its seats as of now."""

    id: str = Field(examples=["gmp-shop-floor-20270112"])
    kind: Literal["course", "event"]
    course_id: str = Field(examples=["gmp-shop-floor"])
    operator: Named
    title: str = Field(examples=["Les BPF sur le terrain"])
    start: str = Field(examples=["2027-01-12T09:00:00+01:00"])
    end: str = Field(examples=["2027-01-13T17:00:00+01:00"])
    meetings: list[MeetingOut]
    timezone: str = Field(examples=["Europe/Brussels"])
    format: Literal["onsite", "online", "hybrid"]
    place: str
    language: str = Field(examples=["fr"])
    capacity: int = Field(examples=[12])
    seats_free: int = Field(examples=[4], description="What this caller could book now; the queue is deducted.")
    waiting: int = Field(examples=[0], description="Bookings in the waiting list.")
    state: Literal["open", "full", "closed", "cancelled"]
    booking_deadline: str = Field(examples=["2027-01-11T12:00:00+01:00"])
    audience: Literal["public", "customers", "staff"]
    price: Price
    exhibitors: list[ExhibitorOut] | None = Field(
        default=None, description="Companies present: of an event, in the answer about it alone."
    )
    demo: bool


class CourseOut(BaseModel):
    """A course, or the parent of events, with at most three matching sessions, earliest first."""

    id: str = Field(examples=["gmp-shop-floor"])
    kind: Literal["course", "event"]
    operator: Named
    title: str
    summary: str
    topics: list[Named]
    level: Literal["beginner", "intermediate", "advanced"]
    format: Literal["onsite", "online", "hybrid"]
    languages: list[str] = Field(examples=[["fr", "en"]])
    days: float = Field(examples=[2])
    price: Price
    certificate: str
    audience: Literal["public", "customers", "staff"]
    aliases: Aliases
    next_sessions: list[SessionOut]
    demo: bool
    score: float | None = Field(
        default=None, description="How well it fits `q`, 0 to 1; null where nothing was asked.", examples=[0.71]
    )


class Funding(BaseModel):
    """Information on a funding scheme; never a promise."""

    scheme: str = Field(examples=["covalent"])
    name: str
    note: str
    source: str | None
    checked_on: str | None = Field(examples=["2026-11-20"])


class RequirementOut(BaseModel):
    """A rule of a course in words; `id` is what a booking may declare, where a declaration fulfils it."""

    rule: Literal["completed-course", "declaration", "business-only", "max-seats"]
    text: str
    id: str | None = None
    course_id: str | None = None
    title: str | None = None
    seats: int | None = None


class CourseDetails(CourseOut):
    """A course alone."""

    content: list[str]
    prerequisites: str
    audience_text: str
    trainers: str
    requirements: list[RequirementOut] = Field(description="What must be fulfilled to book; empty for most courses.")
    hours: float = Field(examples=[14])
    funding: list[Funding]


class ProblemOut(BaseModel):
    """An RFC 9457 problem document."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:campus:problem:invalid",
                    "title": "Invalid request",
                    "status": 422,
                    "code": "invalid",
                    "detail": "One or more values do not fit.",
                    "errors": [{"field": "seats", "code": "out_of_range"}],
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
