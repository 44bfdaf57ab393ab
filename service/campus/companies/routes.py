"""Addresses of the companies. No rule stands here: read, call the rule, answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session

from campus.bookings.schemas import BookingOut
from campus.bookings.views import booking_view
from campus.companies import decide, enquiries, invoices, participants, pdf, quotes, rosters
from campus.companies.models import Quote
from campus.companies.participants import Roster
from campus.companies.schemas import (
    Acceptance,
    EnquiryOut,
    InvoiceOut,
    InvoiceWish,
    NewEnquiry,
    NewQuote,
    NewQuoteOut,
    Pasted,
    QuoteOut,
    Refusal,
)
from campus.companies.states import State
from campus.companies.views import quote_view
from campus.db import Db
from campus.idempotency import KeyedWriting, Outcome, Write, Writing, carry_out
from campus.languages import ReplyLang
from campus.openapi import ANYBODY
from campus.problems import Invalid, WrongState
from campus.responses import written
from campus.speakers.speaker import Caller
from campus.speakers.tokens import manage_token

router = APIRouter(prefix="/v1", tags=["companies"])

Reference = Annotated[str, Path(max_length=40, examples=["EBQ-7K2M9Q"])]
BookingReference = Annotated[str, Path(max_length=40, examples=["EBC-7K2M9Q"])]

_READ: dict[int | str, dict[str, Any]] = {
    401: {"description": "not-authenticated"},
    404: {"description": "not-found"},
}
_WRITE: dict[int | str, dict[str, Any]] = {
    **_READ,
    400: {"description": "idempotency-key-missing"},
    403: {"description": "not-eligible (+ rule, requirement, contact)"},
    409: {
        "description": "session-full (+ session_id, sessions, seats_free, wanted, choices), session-closed, "
        "session-cancelled, already-booked, wrong-state (+ state), version-conflict, idempotency-key-reused, "
        "in-progress",
    },
    410: {"description": "offer-lapsed (the quote is over)"},
    422: {"description": "invalid (+ errors)"},
    429: {"description": "rate-limited, with Retry-After"},
}


@router.post(
    "/enquiries",
    status_code=201,
    response_model=EnquiryOut,
    responses=_WRITE,
    openapi_extra=ANYBODY,
    summary="Ask for a team",
)
def open_enquiry(wish: NewEnquiry, write: Writing) -> JSONResponse:
    """What a company needs, in its own words: mailed to the desk, with a receipt to the contact."""

    def rule(db: Session) -> Outcome:
        enquiry = enquiries.ask(db, write.speaker, wish, write.lang)
        return Outcome({"reference": enquiry.reference, "state": enquiry.state}, 201, enquiry.reference)

    return written(write, rule)


@router.post(
    "/quotes",
    status_code=201,
    response_model=NewQuoteOut,
    responses=_WRITE,
    openapi_extra=ANYBODY,
    summary="Ask for a quote",
)
def create_quote(wish: NewQuote, write: KeyedWriting) -> JSONResponse:
    """With lines: all their seats are held for 72 hours, or none. With needs only: `requested`, for the desk."""
    outcome = _carry_out(write, lambda db: quotes.make(db, write.speaker, wish, write.lang), status=201)
    token = manage_token(outcome.body["reference"])
    return JSONResponse({**outcome.body, "manage_token": token}, outcome.status)


@router.get("/quotes/{reference}", response_model=QuoteOut, responses=_READ, summary="One quote")
def get_quote(reference: Reference, db: Db, caller: Caller, lang: ReplyLang) -> dict[str, Any]:
    """A quote as of now, with what became of its bookings."""
    return quote_view(db, quotes.find(db, caller, reference), lang)


@router.get(
    "/quotes/{reference}/pdf",
    response_class=Response,
    responses={**_READ, 200: {"content": {"application/pdf": {}}}, 409: {"description": "wrong-state (+ state)"}},
    summary="The quote as a file",
)
def get_pdf(reference: Reference, db: Db, caller: Caller) -> Response:
    """In the language of the quote. 409 wrong-state while it has no lines."""
    quote = quotes.find(db, caller, reference)
    told = quote_view(db, quote, quote.lang)
    if quote.state == State.REQUESTED or not told["lines"]:
        raise WrongState(told["state"])
    headers = {"Content-Disposition": f'attachment; filename="{quote.reference}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf.render(told, quote.lang), media_type="application/pdf", headers=headers)


@router.post("/quotes/{reference}/accept", response_model=QuoteOut, responses=_WRITE, summary="Take a quote")
def accept_quote(reference: Reference, wish: Acceptance, write: Writing) -> JSONResponse:
    """open → accepted, and all its bookings are confirmed, once. 410 offer-lapsed when it is over."""
    return _answer(write, lambda db: decide.accept(db, write.speaker, reference, wish, write.lang))


@router.post("/quotes/{reference}/decline", response_model=QuoteOut, responses=_WRITE, summary="Leave a quote")
def decline_quote(reference: Reference, write: Writing, wish: Refusal | None = None) -> JSONResponse:
    """open or requested → declined, and the seats are free for others."""
    return _answer(write, lambda db: decide.decline(db, write.speaker, reference))


@router.post(
    "/quotes/{reference}/invoice",
    status_code=202,
    response_model=InvoiceOut,
    responses=_WRITE,
    summary="Ask for the invoices",
)
def ask_invoice(reference: Reference, wish: InvoiceWish, write: Writing) -> JSONResponse:
    """One request for all operators of an accepted quote; the same one again is sent to nobody again."""

    def rule(db: Session) -> Outcome:
        told = invoices.ask(db, write.speaker, reference, wish)
        return Outcome(told, 202, told["reference"])

    return written(write, rule)


async def _roster(
    request: Request, dry_run: Annotated[bool, Query(description="Only tell what would be, and write nothing.")] = False
) -> Roster:
    """The list of a request, by its type of content: JSON, or a file. Raises Invalid."""
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"text/csv", "text/plain", "application/vnd.ms-excel"}:
        return Roster(rosters.decode(body), kind != "text/plain", None, dry_run)
    try:
        said = Pasted.model_validate(json.loads(body))
    except ValidationError as exc:
        errors = [{"field": ".".join(map(str, one["loc"])) or "body", "code": one["type"]} for one in exc.errors()]
        raise Invalid(errors) from exc
    except ValueError as exc:
        raise Invalid(body="malformed") from exc
    return Roster(said.text, False, said.version, dry_run or said.dry_run)


_CSV = {"example": "Nom;E-mail\nJeanne Dubois;jeanne@example.com\n"}
_LISTS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": Pasted.model_json_schema(ref_template="#/components/schemas/{model}")},
            "text/csv": _CSV,
        },
    }
}


@router.post(
    "/bookings/{reference}/participants",
    response_model=BookingOut,
    responses=_WRITE,
    openapi_extra=_LISTS,
    tags=["bookings"],
    summary="Name the participants by a list",
)
def name_participants(
    reference: BookingReference, roster: Annotated[Roster, Depends(_roster)], write: Writing
) -> JSONResponse:
    """Pasted lines, or a CSV file: all of them instead of those before, or 422 with errors such as `lines.3.email`.

    Who has an address is invited. `dry_run` tells the booking as it would be, and writes nothing.
    """

    def rule(db: Session) -> Outcome:
        if not roster.dry_run:
            booking = participants.name(db, write.speaker, reference, roster, write.lang)
            return Outcome(booking_view(db, booking, write.lang), 200, booking.reference)
        with db.begin_nested() as attempt:
            told = booking_view(db, participants.name(db, write.speaker, reference, roster, write.lang), write.lang)
            attempt.rollback()
        return Outcome(told)

    # asking what would be is no write: the key is kept for the list that is meant
    return written(replace(write, key=None) if roster.dry_run else write, rule)


def _carry_out(write: Write, rule: Callable[[Session], Quote], status: int = 200) -> Outcome:
    def answer(db: Session) -> Outcome:
        quote = rule(db)
        return Outcome(quote_view(db, quote, write.lang), status, quote.reference)

    return carry_out(write, answer)


def _answer(write: Write, rule: Callable[[Session], Quote]) -> JSONResponse:
    outcome = _carry_out(write, rule)
    return JSONResponse(outcome.body, outcome.status)
