"""What callers send and get about alerts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from campus.bookings.schemas import Email, LangTag

Text = Annotated[str, Field(max_length=200)]
Values = Text | Annotated[list[Text], Field(max_length=20)] | None
Number = Text | int | float | Annotated[list[Text | int | float], Field(max_length=20)] | None


class CriteriaIn(BaseModel):
    """The filters of the catalogue, with the same names and values as in a query; a list is any of its values."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: Values = None
    topic: Values = None
    operator: Values = None
    level: Values = None
    format: Values = None
    language: Values = None
    from_: Annotated[Values, Field(alias="from")] = None
    to: Values = None
    max_price: Number = None
    max_days: Number = None
    seats: Number = None
    day_part: Values = None
    kind: Values = None


class NewAlert(BaseModel):
    """`POST /v1/alerts`."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"email": "jeanne@example.com", "lang": "fr", "criteria": {"topic": "gmp", "language": "fr"}}]
        }
    }

    email: Email
    lang: LangTag | None = None
    criteria: CriteriaIn = CriteriaIn()
    course_id: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    kind: Literal["course", "event"] | None = None


class AlertAsked(BaseModel):
    """The same for every address: nothing is told before its owner confirms. `active` only to who has proved it."""

    state: Literal["unconfirmed", "active"]


class AlertToken(BaseModel):
    """What the link in the mail carries."""

    token: Annotated[str, Field(min_length=1, max_length=120)]


class About(BaseModel):
    """One thing that it looks for, in words."""

    label: str
    value: str


class AlertOut(BaseModel):
    """An alert, for who has its link."""

    id: str = Field(examples=["ALR-7K2M9Q"])
    state: Literal["unconfirmed", "active"]
    lang: str
    criteria: dict[str, Any]
    about: list[About] = Field(description="The same in words; empty where it is about everything.")
    course: dict[str, str] | None = Field(description="`id` and `title`, where it is about one course.")
    created_at: str
