"""Addresses of the bookings as staff find, make and change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.bookings import cancel, change, confirm, lookup, withdraw
from campus.bookings import routes as public
from campus.bookings.models import Booking
from campus.bookings.routes import Reference
from campus.bookings.schemas import BookingOut, Change, Reschedule, Send, Sent, Withdrawal, WithdrawnOut, WithSeatsOut
from campus.bookings.states import State
from campus.bookings.views import booking_view, booking_views
from campus.db import Db
from campus.idempotency import KeyedWriting, Outcome, Write, Writing
from campus.languages import ReplyLang
from campus.paging import Page, Paging, fetch_page
from campus.responses import written
from campus.speakers.speaker import Caller
from campus.staff import bookings
from campus.staff.access import ANY, LIST, READ, only
from campus.staff.schemas import StaffBooking, StaffCancel, StaffConfirmation

router = APIRouter(prefix="/v1/staff/bookings", tags=["staff"])

_MAY_READ = [only(lookup.READ, lookup.WRITE)]
_MAY_WRITE = [only(lookup.WRITE)]
_VERB: dict[int | str, dict[str, Any]] = {**public.WRITE, **ANY}
"""What a verb may answer; its 403 is also not-eligible."""


@router.get(
    "", response_model=Page[BookingOut], responses=LIST, dependencies=[only(lookup.READ)], summary="Find bookings"
)
def find_bookings(
    db: Db,
    caller: Caller,
    lang: ReplyLang,
    part: Paging,
    q: Annotated[str | None, Query(max_length=200, description="A name or part of it, a company, a telephone.")] = None,
    email: Annotated[str | None, Query(max_length=254, description="Of the contact or a participant.")] = None,
    session: Annotated[str | None, Query(max_length=120)] = None,
    reference: Annotated[str | None, Query(max_length=40)] = None,
    state: Annotated[State | None, Query(description="As of now.")] = None,
) -> dict[str, Any]:
    """Newest first, of the operators that the caller serves."""
    found = bookings.search(caller, email=email, session=session, reference=reference, state=state)
    if q is not None and q.strip():
        ids = bookings.with_words(db, found, q)
        shown = ids[part.offset : part.offset + part.limit]
        rows, total, following = db.scalars(bookings.by_ids(shown)).all(), len(ids), part.following(len(ids))
    else:
        rows, total, following = fetch_page(db, found, part)
    return {"items": booking_views(db, rows, lang), "total": total, "next": following}


@router.post(
    "",
    status_code=201,
    response_model=BookingOut,
    responses=_VERB,
    dependencies=_MAY_WRITE,
    summary="Book for a caller",
)
def book_for_a_caller(wish: StaffBooking, write: KeyedWriting) -> JSONResponse:
    """As everybody books. A telephone number is enough, and rules of the course may be set aside, which is audited."""
    return _answer(write, lambda db: bookings.book(db, write.speaker, wish, write.lang), 201)


@router.get("/{reference}", response_model=BookingOut, responses=READ, dependencies=_MAY_READ, summary="One booking")
def get_booking(reference: Reference, db: Db, caller: Caller, lang: ReplyLang) -> dict[str, Any]:
    """As of now."""
    return booking_view(db, lookup.find(db, caller, reference), lang)


@router.patch(
    "/{reference}", response_model=BookingOut, responses=_VERB, dependencies=_MAY_WRITE, summary="Other seats or people"
)
def change_booking(reference: Reference, wish: Change, write: Writing) -> JSONResponse:
    """May be taken back as long as nothing was mailed (`POST /v1/staff/undo`)."""
    return _answer(write, lambda db: bookings.change_it(db, write.speaker, reference, wish, write.lang))


@router.post(
    "/{reference}/confirm", response_model=BookingOut, responses=_VERB, dependencies=_MAY_WRITE, summary="Confirm"
)
def confirm_booking(reference: Reference, wish: StaffConfirmation, write: Writing) -> JSONResponse:
    """held or offered → confirmed."""
    return _answer(write, lambda db: confirm.confirm(db, write.speaker, reference, wish, write.lang))


@router.post(
    "/{reference}/extend", response_model=BookingOut, responses=_VERB, dependencies=_MAY_WRITE, summary="More time"
)
def extend_booking(reference: Reference, write: Writing) -> JSONResponse:
    """15 minutes from now."""
    return _answer(write, lambda db: confirm.extend(db, write.speaker, reference))


@router.post(
    "/{reference}/reschedule",
    response_model=BookingOut,
    responses=_VERB,
    dependencies=_MAY_WRITE,
    summary="Another session",
)
def reschedule_booking(reference: Reference, wish: Reschedule, write: Writing) -> JSONResponse:
    """To a session of an operator that the caller serves."""
    return _answer(write, lambda db: change.reschedule(db, write.speaker, reference, wish, write.lang))


@router.post(
    "/{reference}/cancel", response_model=BookingOut, responses=_VERB, dependencies=_MAY_WRITE, summary="Give it up"
)
def cancel_booking(reference: Reference, write: Writing, wish: StaffCancel | None = None) -> JSONResponse:
    """On the operator's terms, unless the fee is waived; the reason is said in the mail."""
    said = wish or StaffCancel()

    def rule(db: Session) -> Booking:
        return cancel.cancel(db, write.speaker, reference, waive_fee=said.waive_fee, reason=said.reason)

    return _answer(write, rule)


@router.post(
    "/{reference}/withdraw", response_model=WithdrawnOut, responses=_VERB, dependencies=_MAY_WRITE, summary="Withdraw"
)
def withdraw_booking(reference: Reference, write: Writing, wish: Withdrawal | None = None) -> JSONResponse:
    """The statutory right of the consumer who calls: `confirmed: true` does it, `false` tells what would happen."""
    step = withdraw.withdraw if wish is not None and wish.confirmed else withdraw.preview

    def rule(db: Session) -> Outcome:
        told = step(db, write.speaker, reference, write.lang)
        return Outcome(told, 200, told["reference"])

    return written(write, rule)


@router.post(
    "/{reference}/send", response_model=Sent, responses=_VERB, dependencies=_MAY_WRITE, summary="Mail it again"
)
def send_document(reference: Reference, wish: Send, write: Writing) -> JSONResponse:
    """To the booking's own address."""

    def rule(db: Session) -> Outcome:
        booking = bookings.send_again(db, write.speaker, reference, wish.what)
        sent = Sent(reference=booking.reference, what=wish.what, state="queued")
        return Outcome(sent.model_dump(), 200, booking.reference)

    return written(write, rule)


@router.get(
    "/{reference}/with-seats",
    response_model=WithSeatsOut,
    responses={**READ, **LIST},
    dependencies=_MAY_READ,
    summary="What other seats would cost",
)
def get_with_seats(reference: Reference, db: Db, caller: Caller, seats: public.SeatCount) -> dict[str, Any]:
    """Nothing is written."""
    return public.get_with_seats(reference, db, caller, seats)


@router.get(
    "/{reference}/calendar.ics",
    response_class=Response,
    responses={**READ, 200: {"content": {"text/calendar": {}}}, 409: {"description": "wrong-state (+ state)"}},
    dependencies=_MAY_READ,
    summary="The booking as a calendar file",
)
def get_calendar(reference: Reference, db: Db, caller: Caller, lang: ReplyLang) -> Response:
    """Without the link that opens the booking."""
    return public.get_calendar(reference, db, caller, lang)


def _answer(write: Write, rule: Callable[[Session], Booking], status: int = 200) -> JSONResponse:
    def told(db: Session) -> Outcome:
        booking = rule(db)
        return Outcome(booking_view(db, booking, write.lang), status, booking.reference)

    return written(write, told)
