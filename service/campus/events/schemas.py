"""What callers send and get about events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from campus.bookings.schemas import Contact, LangTag
from campus.catalogue.schemas import ExhibitorOut, SessionOut
from campus.handoffs.schemas import Redacted
from campus.texts import Lines


class EventOut(BaseModel):
    """An event with what is told about it, and the companies that are there."""

    session: SessionOut
    summary: str
    content: list[str]
    prerequisites: str
    audience_text: str
    exhibitors: list[ExhibitorOut]


class NewContactRequest(BaseModel):
    """`POST …/contact-requests`: a message to one company, because the person wants it."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "exhibitor_id": "novacellule",
                    "contact": {"name": "Jeanne Dubois", "email": "jeanne.dubois@example.com"},
                    "message": "Bonjour, cherchez-vous des techniciens de maintenance ?",
                    "consent": True,
                    "lang": "fr",
                }
            ]
        }
    }

    exhibitor_id: Annotated[str, Field(min_length=1, max_length=80)]
    contact: Contact
    message: Annotated[str, Lines(2000, shortest=1), Redacted]
    consent: Literal[True]
    lang: LangTag | None = None


class ContactRequestOut(BaseModel):
    """The message is on its way to the company, and a copy to the person."""

    reference: str = Field(examples=["CTR-7K2M9Q"])
    state: Literal["queued"]
    exhibitor_id: str
