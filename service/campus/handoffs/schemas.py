"""What callers send and get when they want a person."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator

from campus.bookings.schemas import Email, LangTag, Name, Phone
from campus.paging import Page
from campus.privacy.redaction import redact
from campus.texts import Line, Lines

Redacted = AfterValidator(redact)
"""National numbers, account and card numbers in a free text are taken out before anything is stored."""


State = Literal["queued", "active", "closed", "offline"]


class WayBack(BaseModel):
    """How a person can be reached: by e-mail, by telephone, or both; the name where it is known."""

    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _some_way(self) -> WayBack:
        if self.email is None and self.phone is None:
            raise ValueError("an e-mail address or a telephone number is needed")
        return self


class NewHandoff(BaseModel):
    """`POST /v1/handoffs`. What must not be kept in its free text is redacted."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"reason": "asked", "summary": "Voudrait inscrire 14 personnes.", "lang": "fr"}]
        }
    }

    reason: Annotated[str, Line(200, shortest=1), Redacted]
    summary: Annotated[str, Lines(4000), Redacted] = ""
    lang: LangTag | None = None
    contact: WayBack | None = None
    operator: Annotated[str, Field(max_length=64, description="An operator's id; without it the campus is asked.")] | (
        None
    ) = None


class HandoffOut(BaseModel):
    """A request for a person. `offline`: the desk is closed and will answer when it opens."""

    id: str
    state: State
    reason: str
    lang: str
    created_at: str


class AskedHandoffOut(HandoffOut):
    """The same for who asked. `opens_at`: when the desk opens next, while it is closed."""

    opens_at: str | None


class NewMessage(BaseModel):
    """`POST …/messages`."""

    text: Annotated[str, Lines(4000, shortest=1), Redacted]


class StaffMessage(BaseModel):
    """What a person of the staff answers: in their own words, as they are."""

    text: Annotated[str, Lines(4000, shortest=1)]


class MessageOut(BaseModel):
    """One thing said; `from` is `visitor` or `person`."""

    model_config = {"populate_by_name": True}

    id: int
    speaker: Annotated[str, Field(alias="from")]
    text: str
    created_at: str


class ConversationOut(Page[MessageOut]):
    """What was said, and how the request stands: `active` once a person has taken it."""

    state: State
