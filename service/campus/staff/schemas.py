"""What staff send and get."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field, StrictBool, model_validator

from campus.bookings.schemas import (
    BookingOut,
    Code,
    Confirmation,
    Contact,
    Email,
    LangTag,
    Name,
    NewBooking,
)
from campus.catalogue.schemas import SessionOut
from campus.clock import BRUSSELS
from campus.handoffs.schemas import HandoffOut
from campus.paging import Page
from campus.staff.rights import Scope
from campus.texts import Line, Lines

OperatorIds = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=100)]
Scopes = Annotated[list[Scope], Field(max_length=20)]


def _in_brussels(value: datetime) -> datetime:
    """A time without offset is one of Brussels."""
    return value.replace(tzinfo=BRUSSELS) if value.tzinfo is None else value.astimezone(BRUSSELS)


def _within_reason(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2200:
        raise ValueError("a year between 2000 and 2200")
    return value


Moment = Annotated[datetime, AfterValidator(_within_reason), AfterValidator(_in_brussels)]


class NewAccount(BaseModel):
    """`POST /v1/staff/accounts`. `operators`: ids, `*` for all of them; none of them opens nothing."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "name": "Claire Lambert",
                    "email": "claire.lambert@campus.example",
                    "operators": ["*"],
                    "scopes": ["bookings.read", "sessions.read"],
                }
            ]
        }
    }

    name: Name
    email: Email
    operators: OperatorIds = []
    scopes: Scopes = []
    active: StrictBool = True


class AccountChange(BaseModel):
    """`PATCH …/{id}`: what is left out stays."""

    name: Name | None = None
    email: Email | None = None
    operators: OperatorIds | None = None
    scopes: Scopes | None = None
    active: StrictBool | None = None
    version: Annotated[int, Field(ge=1, strict=True)] | None = None


class TokenOut(BaseModel):
    """A personal token without its secret. `scopes`, `operators`: null where it has all those of the account."""

    id: str = Field(examples=["TOK-7K2M9Q"])
    account_id: str
    label: str
    scopes: list[str] | None
    operators: list[str] | None
    expires_at: str | None
    created_at: str
    last_used_at: str | None


class LinkOut(BaseModel):
    """Who speaks on a channel as which account."""

    id: str = Field(examples=["LNK-7K2M9Q"])
    account_id: str
    subject: str = Field(examples=["slack:T0123:U0456"])
    created_at: str


class AccountOut(BaseModel):
    """Somebody of the staff."""

    id: str = Field(examples=["STF-7K2M9Q"])
    name: str
    email: str
    operators: list[str]
    scopes: list[str]
    active: bool
    tokens: list[TokenOut]
    links: list[LinkOut]
    version: int
    created_at: str


class NewToken(BaseModel):
    """`POST /v1/staff/tokens`: for oneself, or for `account_id`. It lasts a year of real time at most."""

    model_config = {"json_schema_extra": {"examples": [{"label": "CRM", "scopes": ["bookings.read"]}]}}

    account_id: Annotated[str, Field(max_length=40)] | None = None
    label: Annotated[str, Line(80, shortest=1)]
    scopes: Scopes | None = None
    operators: OperatorIds | None = None
    expires_at: AwareDatetime | None = None


class NewTokenOut(TokenOut):
    """With the token itself, which nothing else ever tells."""

    token: str


class WhoOut(BaseModel):
    """Of an account, what everybody in it may know."""

    id: str
    name: str
    email: str


class MeOut(BaseModel):
    """Who speaks; `account` is null for the bootstrap token. `via`: the token or link, or `bootstrap`."""

    account: WhoOut | None
    scopes: list[str]
    operators: list[str]
    via: str


class LinkWish(BaseModel):
    """`POST /v1/staff/links`."""

    model_config = {"json_schema_extra": {"examples": [{"email": "claire.lambert@campus.example"}]}}

    email: Email
    lang: LangTag | None = None


class LinkedOut(BaseModel):
    """The account to which the speaker is linked now."""

    account: WhoOut
    scopes: list[str]
    operators: list[str]
    link: str


class CallerContact(Contact):
    """Who calls: an address, a telephone number, or both."""

    email: Email | None = None  # type: ignore[assignment]  # whoever writes to it asks first whether there is one

    @model_validator(mode="after")
    def _some_way(self) -> CallerContact:
        if self.email is None and self.phone is None:
            raise ValueError("an e-mail address or a telephone number is needed")
        return self


class StaffBooking(NewBooking):
    """`POST /v1/staff/bookings`: as for everybody, and the contact may be a telephone number only."""

    contact: CallerContact | None = None


class StaffConfirmation(Confirmation):
    """`POST …/confirm`, likewise."""

    contact: CallerContact | None = None


class StaffCancel(BaseModel):
    """`POST …/cancel`: `reason` is said in the mail."""

    waive_fee: StrictBool = False
    reason: Annotated[str, Line(500)] | None = None


class Place(BaseModel):
    """Where, in both languages."""

    fr: Annotated[str, Line(200, shortest=1)]
    en: Annotated[str, Line(200, shortest=1)]


def _both(value: object) -> object:
    """One text stands for both languages."""
    return {"fr": value, "en": value} if isinstance(value, str) else value


PlaceIn = Annotated[Place, BeforeValidator(_both, json_schema_input_type=str | Place)]
Capacity = Annotated[int, Field(ge=1, le=1000, strict=True)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Format = Literal["onsite", "online", "hybrid"]
Audience = Literal["public", "customers", "staff"]


class Block(BaseModel):
    """One block of a session."""

    start: Moment
    end: Moment

    @model_validator(mode="after")
    def _forward(self) -> Block:
        if self.start >= self.end:
            raise ValueError("a block ends after it begins")
        return self


Blocks = Annotated[list[Block], Field(min_length=1, max_length=60)]


class NewSession(BaseModel):
    """`POST /v1/staff/sessions`: its blocks, or `start` and `end`, between which every day has the same hours."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "course_id": "gmp-shop-floor",
                    "meetings": [{"start": "2027-06-15T09:00:00+02:00", "end": "2027-06-15T17:00:00+02:00"}],
                    "capacity": 12,
                    "language": "fr",
                    "place": {"fr": "Salle Curie", "en": "Curie room"},
                }
            ]
        }
    }

    course_id: Annotated[str, Field(min_length=1, max_length=80)]
    meetings: Blocks | None = None
    start: Moment | None = None
    end: Moment | None = None
    capacity: Capacity
    minimum: Capacity | None = None
    language: Language | None = None
    format: Format | None = None
    place: PlaceIn
    booking_deadline: Moment | None = None
    audience: Audience | None = None
    access_code: Code | None = None
    state: Literal["open", "closed"] = "open"

    @model_validator(mode="after")
    def _when(self) -> NewSession:
        if self.meetings is None and (self.start is None or self.end is None or self.start >= self.end):
            raise ValueError("either meetings, or start and then end")
        return self


class SessionChange(BaseModel):
    """`PATCH /v1/staff/sessions/{id}`: what is left out stays. `version` is that of the session as it was read.

    A capacity below the seats that are taken is refused; with `override` it becomes as small as it can, the seats
    that are taken: nobody loses theirs, and none is sold until there are fewer. `minimum`: 0 takes it away; it comes
    down with a capacity that falls below it.
    """

    capacity: Capacity | None = None
    minimum: Annotated[int, Field(ge=0, le=1000, strict=True)] | None = None
    state: Literal["open", "closed"] | None = None
    place: PlaceIn | None = None
    language: Language | None = None
    format: Format | None = None
    booking_deadline: Moment | None = None
    meetings: Blocks | None = None
    audience: Audience | None = None
    access_code: Code | None = None
    override: StrictBool = False
    version: Annotated[int, Field(ge=1, strict=True)]


class StaffSessionOut(SessionOut):
    """A session with what only staff see. Seats: `taken` of all kinds, `held` and `offered` not yet sure of them."""

    taken: int
    confirmed: int
    held: int
    offered: int
    waiting_seats: int
    access_code: str | None
    minimum: int | None
    version: int


class RosterRow(BaseModel):
    """One seat of a session; `name` is null where it was not said who sits on it. `present`: null while unmarked."""

    reference: str
    seat: int
    name: str | None
    email: str | None
    phone: str | None
    company: str | None
    contact: dict[str, Any] | None
    state: str
    present: bool | None


class RosterOut(Page[RosterRow]):
    """Everybody who is enrolled, by name; the whole list at once."""

    session: SessionOut


class AttendanceIn(BaseModel):
    """`PUT …/attendance`: references of bookings (all its seats), or of one seat: `EBC-7K2M9Q/2`.

    What is not named stays as it is; what is named again is corrected.
    """

    model_config = {"json_schema_extra": {"examples": [{"present": ["EBC-7K2M9Q"], "absent": ["EBC-4T8W2K/2"]}]}}

    present: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=500)] = []
    absent: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=500)] = []


class CallOff(BaseModel):
    """`POST …/cancel`: anything but `confirmed: true` tells what would happen. `reason` is said in the mails."""

    model_config = {"json_schema_extra": {"examples": [{"confirmed": False, "reason": "Le formateur est malade."}]}}

    confirmed: StrictBool = False
    reason: Annotated[str, Line(500, shortest=1)]
    message: Annotated[str, Lines(4000)] | None = None


class Counted(BaseModel):
    """Bookings and their seats."""

    bookings: int
    seats: int


class ToTell(BaseModel):
    """Who is told; `refund` in EUR is what is no longer due."""

    reference: str
    name: str | None
    state: str
    seats: int
    by_mail: bool
    refund: str


class CalledOffOut(BaseModel):
    """What calling the session off does (`confirmed: false`: would do). `mails` counts those that are written."""

    confirmed: bool
    session: StaffSessionOut
    counts: dict[Literal["confirmed", "held", "offered", "waiting"], Counted]
    refund: str
    mails: int
    contacts: list[ToTell]


class SessionMessage(BaseModel):
    """`POST …/messages`: to everybody in the session, in staff's own words."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"subject": "Changement de salle", "text": "Nous serons en salle Sambre.", "confirmed": False}]
        }
    }

    subject: Annotated[str, Line(150, shortest=1)]
    text: Annotated[str, Lines(8000, shortest=1)]
    confirmed: StrictBool = False


class MessageSentOut(BaseModel):
    """To whom it goes (`confirmed: false`: would go), each address once."""

    confirmed: bool
    recipients: int
    names: list[str]
    without_address: int
    id: str | None


class OccupancyRow(BaseModel):
    """How full a session is; `revenue` in EUR of the confirmed seats, VAT included.

    `below_minimum`: it has a minimum, fewer confirmed seats, is not called off and has not begun. It is decided on
    until `decide_by`, when booking ends; null where there is nothing to decide.
    """

    session_id: str
    title: str
    operator: dict[str, str]
    start: str
    end: str
    state: str
    capacity: int
    taken: int
    confirmed: int
    held: int
    waiting: int
    free: int
    minimum: int | None
    below_minimum: bool
    decide_by: str | None
    revenue: str


class OccupancyTotals(BaseModel):
    """Of all sessions of the answer that take place; `below_minimum` counts sessions."""

    sessions: int
    capacity: int
    taken: int
    confirmed: int
    held: int
    waiting: int
    free: int
    below_minimum: int
    revenue: str
    currency: str


class OccupancyOut(Page[OccupancyRow]):
    """With totals of the whole, whatever part of it is shown."""

    totals: OccupancyTotals


class TodayOut(BaseModel):
    """What is on today; null where the right to see it is missing."""

    date: str
    sessions: list[OccupancyRow] | None
    handoffs: dict[str, int] | None


class UndoneOut(BaseModel):
    """What was taken back, as it is now."""

    what: Literal["session", "attendance", "booking"]
    reference: str
    session: StaffSessionOut | None = None
    booking: BookingOut | None = None


class StaffHandoffOut(HandoffOut):
    """A request for a person as the desk sees it. `taken_by`: null, or the account that answers."""

    summary: str
    contact: dict[str, str | None] | None
    operator: str | None
    taken_by: str | None
    taken_at: str | None
    messages: int


class AuditOut(BaseModel):
    """One thing that was done."""

    seq: int
    at: str
    actor: str
    action: str
    reference: str
    source: str | None
    target: str | None
    details: dict[str, Any]
