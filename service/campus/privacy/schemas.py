"""What callers send and get about their data."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, StrictBool

from campus.bookings.schemas import BookingOut
from campus.catalogue.schemas import SessionOut


class ExportWish(BaseModel):
    """`POST /v1/me/export`: nothing needs to be said; with `mail` the answer also goes to the address, as a file."""

    mail: StrictBool = False


class Participation(BaseModel):
    """Who the person is in the booking of somebody else."""

    reference: str
    state: str
    session: SessionOut
    name: str
    email: str | None


class SaidMessage(BaseModel):
    """One thing said in a request for a person; `from` is `visitor` or `person`."""

    model_config = ConfigDict(extra="allow")

    id: int
    text: str
    created_at: str


class KeptHandoff(BaseModel):
    """A request for a person, with everything that was said."""

    id: str
    state: str
    reason: str
    summary: str
    lang: str
    contact: dict[str, str | None] | None
    created_at: str
    messages: list[SaidMessage]


class KeptMail(BaseModel):
    """A mail to the person."""

    kind: str
    reference: str
    written_at: str
    sent_at: str | None


class KeptVerification(BaseModel):
    """Until when a one-time code opened the address."""

    expires_at: str


class AuditRow(BaseModel):
    """Something that was done to what is theirs."""

    at: str
    action: str
    reference: str
    source: str | None
    target: str | None


class ExportOut(BaseModel):
    """Everything that is kept of the address; other parts of the service may add lists of their own."""

    model_config = ConfigDict(extra="allow")

    reference: str
    exported_at: str
    email: str
    bookings: list[BookingOut]
    participations: list[Participation]
    handoffs: list[KeptHandoff]
    mails: list[KeptMail]
    verifications: list[KeptVerification]
    audit: list[AuditRow]


class EraseWish(BaseModel):
    """`POST /v1/me/erase`: `confirmed: false` only tells. Bookings to come are cancelled where that is asked for."""

    model_config = {"json_schema_extra": {"examples": [{"confirmed": False}]}}

    confirmed: StrictBool
    cancel_bookings: StrictBool = False


class Cancelled(BaseModel):
    """A confirmed booking to come, and what cancelling it costs now on its terms."""

    reference: str
    session: dict[str, Any]
    seats: int
    total: dict[str, str]
    cancel_fee: str
    refund: str


class Kept(BaseModel):
    """What is kept, and why."""

    what: Literal["billing", "audit"]
    why: Literal["tax-law", "accountability"]
    years: int | None


class EraseOut(BaseModel):
    """What will be (`erased: false`) or was done. `counts` holds nothing personal."""

    erased: bool
    reference: str | None
    counts: dict[str, int]
    cancels: list[Cancelled]
    needs_cancel_bookings: bool
    kept: list[Kept]
