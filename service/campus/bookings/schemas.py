"""What callers send and what they get, as the contract spells it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field, StrictBool
from pydantic_core import PydanticCustomError

from campus.bookings.models import MAX_SEATS
from campus.texts import Line


def _email(value: str) -> str:
    """An address by its grammar (RFC 5321), which any mail server takes; the domain is not asked for."""
    try:
        checked = validate_email(value.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False)
        return checked.ascii_email or checked.normalized
    except EmailNotValidError as exc:
        raise PydanticCustomError("email", "not an e-mail address") from exc


def _phone(value: str) -> str:
    """A telephone number as E.164; Belgian where it has no country code."""
    try:
        number = phonenumbers.parse(value, "BE")
    except phonenumbers.NumberParseException as exc:
        raise PydanticCustomError("phone", "not a telephone number") from exc
    if not phonenumbers.is_possible_number(number):
        raise PydanticCustomError("phone", "not a telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


Name = Annotated[str, Line(120, shortest=1)]
Email = Annotated[str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_email)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(_phone)]
Seats = Annotated[int, Field(ge=1, le=MAX_SEATS, strict=True)]
LangTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2}([-_][A-Za-z]{2,4})?$")]
Code = Annotated[str, Line(64)]


class Contact(BaseModel):
    """Who the booking is for, or who made it for others."""

    name: Name
    email: Email
    phone: Phone | None = None


class Person(BaseModel):
    """Who sits on a seat."""

    name: Name
    email: Email | None = None


Declarations = Annotated[list[Annotated[str, Field(min_length=1, max_length=80)]], Field(max_length=20)]
"""Ids of what the person declares (see the `requirements` of a course)."""

People = Annotated[list[Person], Field(max_length=MAX_SEATS)]


class NewBooking(BaseModel):
    """`POST /v1/bookings`."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {"session_id": "gmp-fundamentals-20270112", "seats": 2, "lang": "fr"},
                {
                    "session_id": "gmp-fundamentals-20270112",
                    "hold": False,
                    "contact": {"name": "Jeanne Dubois", "email": "jeanne.dubois@example.com"},
                    "terms_accepted": True,
                    "lang": "fr",
                },
            ]
        }
    }

    session_id: Annotated[str, Field(min_length=1, max_length=100)]
    seats: Seats = 1
    hold: StrictBool = True
    contact: Contact | None = None
    participants: People = []
    company: Annotated[str, Line(160)] | None = None
    customer: Literal["consumer", "business"] | None = None
    lang: LangTag | None = None
    waitlist: StrictBool = False
    terms_accepted: StrictBool | None = None
    access_code: Code | None = None
    declarations: Declarations = []


class Confirmation(BaseModel):
    """`POST …/confirm`."""

    contact: Contact | None = None
    participants: People | None = None
    company: Annotated[str, Line(160)] | None = None
    customer: Literal["consumer", "business"] | None = None
    terms_accepted: StrictBool | None = None
    declarations: Declarations = []


class Change(BaseModel):
    """`PATCH …`."""

    seats: Seats | None = None
    participants: People | None = None
    version: Annotated[int, Field(ge=1, strict=True)]


class Reschedule(BaseModel):
    """`POST …/reschedule`. A dearer session needs `terms_accepted` once the booking is confirmed."""

    session_id: Annotated[str, Field(min_length=1, max_length=100)]
    access_code: Code | None = None
    terms_accepted: StrictBool | None = None
    declarations: Declarations = []


class Withdrawal(BaseModel):
    """`POST …/withdraw`. Anything but `true` changes nothing and tells what would happen."""

    confirmed: StrictBool = False


class Send(BaseModel):
    """`POST …/send`."""

    what: Literal["confirmation", "certificate", "invoice"]


class Amounts(BaseModel):
    """EUR as decimal strings."""

    net: str
    vat: str
    gross: str
    currency: str


class TermsAsOfNow(BaseModel):
    """What cancelling would cost now; `refund` is what would no longer be due. Times: ISO 8601, Brussels.

    `fee_percent` of the amount, at least `fee_minimum` EUR, is what it costs after `free_until`, as agreed.
    """

    free_until: str
    cancel_fee: str
    refund: str
    withdraw_until: str | None
    fee_percent: str
    fee_minimum: str
    extensions_left: int


class BookingOut(BaseModel):
    """A booking as the contract spells it; `fees` is what is owed for seats given up late."""

    reference: str
    state: str
    session: dict[str, Any]
    seats: int
    contact: dict[str, Any] | None
    participants: list[dict[str, Any]]
    company: str | None
    customer: str
    total: Amounts
    fees: str
    hold_expires_at: str | None
    offer_expires_at: str | None
    terms: TermsAsOfNow
    lang: str
    version: int
    created_at: str


class WithSeatsOut(BaseModel):
    """What a booking would cost with so many seats; `fee` in EUR is what giving up the others costs now."""

    seats: int
    total: Amounts
    fee: str


class WithdrawalOut(BaseModel):
    """What withdrawing does: `refund` (EUR) is no longer due; where it is not `allowed`, `rule` says why.

    `received_at` is the date and time of a withdrawal that was made.
    """

    allowed: bool
    rule: str | None
    refund: str
    withdraw_until: str | None
    confirm_needed: bool
    received_at: str | None


class WithdrawnOut(BookingOut):
    """The answer to a withdrawal, and to asking what it would do."""

    withdrawal: WithdrawalOut


class NewBookingOut(BookingOut):
    """The answer to the POST that made it: `manage_token` as bearer opens this one booking."""

    manage_token: str


class Sent(BaseModel):
    """What is on its way by mail."""

    reference: str
    what: str
    state: str
