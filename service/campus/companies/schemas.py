"""What callers send and what they get: enquiries, quotes, lists of participants."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictBool

from campus.bookings.schemas import Amounts, Code, Contact, Declarations, Email, LangTag, People, Seats
from campus.companies import numbers
from campus.handoffs.schemas import Redacted
from campus.texts import Line, Lines

MAX_LINES = 20

CompanyName = Annotated[str, Line(160, shortest=1)]
Number = Annotated[str, Field(min_length=1, max_length=40)]
PoNumber = Annotated[str, Line(60, shortest=1)]
PeppolId = Annotated[str, Field(min_length=1, max_length=90), AfterValidator(numbers.peppol_id)]
Needs = Annotated[str, Lines(4000, shortest=1), Redacted]


class NewEnquiry(BaseModel):
    """`POST /v1/enquiries`. What must not be kept in its free texts is redacted; one of the two is needed."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "company": "Bioscale SA",
                    "contact": {"name": "Jeanne Dubois", "email": "jeanne.dubois@example.com"},
                    "subject": "Académie privée",
                    "needs": "Une académie de deux semaines en salle blanche.",
                    "people": 24,
                    "lang": "fr",
                }
            ]
        }
    }

    company: CompanyName | None = None
    contact: Contact
    subject: Annotated[str, Line(200), Redacted] = ""
    needs: Annotated[str, Lines(4000), Redacted] = ""
    people: Annotated[int, Field(ge=1, le=10_000, strict=True)] | None = None
    operator: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    lang: LangTag | None = None


class EnquiryOut(BaseModel):
    """An enquiry that was received."""

    reference: str
    state: str


class Company(BaseModel):
    """A company as it is billed: every number is checked by its check digits."""

    name: CompanyName
    enterprise_number: Annotated[Number, AfterValidator(numbers.enterprise_number)] | None = None
    vat_number: Annotated[Number, AfterValidator(numbers.vat_number)] | None = None
    peppol_id: PeppolId | None = None
    address: Annotated[str, Line(300)] | None = None


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


AnyCompany = Annotated[Company, BeforeValidator(_named, json_schema_input_type=CompanyName | Company)]
"""A company, or only its name."""


class NewLine(BaseModel):
    """So many seats of a session."""

    session_id: Annotated[str, Field(min_length=1, max_length=100)]
    seats: Seats = 1


NewLines = Annotated[list[NewLine], Field(min_length=1, max_length=MAX_LINES)]


class NewQuote(BaseModel):
    """`POST /v1/quotes`: lines, or needs from which the desk makes lines."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "lines": [{"session_id": "gmp-fundamentals-20270112", "seats": 6}],
                    "company": {"name": "Bioscale SA", "enterprise_number": "0403.170.701"},
                    "contact": {"name": "Jeanne Dubois", "email": "jeanne.dubois@example.com"},
                    "po_number": "PO-4711",
                    "lang": "fr",
                },
                {
                    "needs": "Douze personnes, les bases des BPF, en mars.",
                    "company": "Bioscale SA",
                    "contact": {"name": "Jeanne Dubois", "email": "jeanne.dubois@example.com"},
                },
            ]
        }
    }

    lines: NewLines | None = None
    needs: Needs | None = None
    company: AnyCompany
    contact: Contact
    po_number: PoNumber | None = None
    lang: LangTag | None = None
    access_code: Code | None = None


class Acceptance(BaseModel):
    """`POST …/accept`. `participants` has a list for each line, in the order of the lines; more can follow later."""

    model_config = {"json_schema_extra": {"examples": [{"terms_accepted": True, "po_number": "PO-4711"}]}}

    terms_accepted: StrictBool | None = None
    po_number: PoNumber | None = None
    participants: Annotated[list[People], Field(max_length=MAX_LINES)] = []
    declarations: Declarations = []


class Refusal(BaseModel):
    """`POST …/decline`: nothing needs to be said."""


class InvoiceWish(BaseModel):
    """`POST …/invoice`: what should stand on the invoices, and where they go."""

    model_config = {"json_schema_extra": {"examples": [{"po_number": "PO-4711", "peppol_id": "0208:0403170701"}]}}

    po_number: PoNumber | None = None
    email: Email | None = None
    peppol_id: PeppolId | None = None


class InvoiceOut(BaseModel):
    """To which operators the request goes, each for its own lines."""

    reference: str
    state: str
    operators: list[dict[str, str]]
    po_number: str | None
    peppol_id: str | None
    email: str


class RateOut(Amounts):
    """A part of a total with one VAT rate (percent)."""

    vat_rate: str


class OperatorRateOut(RateOut):
    """What one operator will invoice at one rate."""

    operator: dict[str, str]


class QuoteTotal(Amounts):
    """The total, and its parts: by VAT rate, and by who invoices them."""

    by_rate: list[RateOut]
    by_operator: list[OperatorRateOut]


class LineBooking(BaseModel):
    """The booking that holds the seats of a line, as it is now."""

    reference: str
    state: str
    seats: int
    participants: int


class LineOut(BaseModel):
    """A line as it was offered. `unit_price` is per seat, VAT included, `vat_rate` in percent."""

    session: dict[str, Any]
    seats: int
    unit_price: str
    total: Amounts
    vat_rate: str
    operator: dict[str, str]
    terms: dict[str, Any]
    booking: LineBooking


class CompanyOut(BaseModel):
    """The company as it will be billed."""

    name: str | None
    enterprise_number: str | None
    vat_number: str | None
    peppol_id: str | None
    address: str | None


class QuoteOut(BaseModel):
    """A quote. Times: ISO 8601, Brussels; `valid_until` and `pdf_url` are null while it has no lines."""

    reference: str
    state: str
    lines: list[LineOut]
    total: QuoteTotal
    company: CompanyOut
    contact: dict[str, Any] | None
    po_number: str | None
    needs: str
    valid_until: str | None
    offered_at: str | None
    pdf_url: str | None
    invoice_requested_at: str | None
    lang: str
    version: int
    created_at: str


class NewQuoteOut(QuoteOut):
    """The answer to the POST that made it: `manage_token` as bearer opens this quote and its bookings."""

    manage_token: str


class Pasted(BaseModel):
    """`POST /v1/bookings/{reference}/participants`: a person a line, as it comes out of a mail or a spreadsheet."""

    model_config = {
        "json_schema_extra": {"examples": [{"text": "Jeanne Dubois <jeanne@example.com>\nLuc Petit; luc@example.com"}]}
    }

    text: Annotated[str, Field(max_length=100_000)]
    version: Annotated[int, Field(ge=1, strict=True)] | None = None
    dry_run: StrictBool = False
