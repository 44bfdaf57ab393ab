"""Addresses of the bookings. No rule stands here: read, call the rule, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.bookings import cancel, change, confirm, letters, lookup, make, withdraw
from campus.bookings.models import MAX_SEATS, Booking
from campus.bookings.schemas import (
    BookingOut,
    Change,
    Confirmation,
    NewBooking,
    NewBookingOut,
    Reschedule,
    Send,
    Sent,
    Withdrawal,
    WithdrawnOut,
    WithSeatsOut,
)
from campus.bookings.states import State
from campus.bookings.views import booking_view, booking_views, with_seats_view
from campus.db import Db
from campus.idempotency import KeyedWriting, Outcome, Write, Writing, carry_out
from campus.languages import ReplyLang
from campus.mail import calendar
from campus.openapi import ANYBODY
from campus.paging import Page, Paging, fetch_page
from campus.problems import Forbidden, NotAuthenticated, WrongState
from campus.responses import written
from campus.speakers.speaker import Caller
from campus.speakers.tokens import manage_token

router = APIRouter(prefix="/v1/bookings", tags=["bookings"])

SeatCount = Annotated[int, Query(ge=1, le=MAX_SEATS)]
Reference = Annotated[str, Path(max_length=40, examples=["EBC-7K2M9Q"])]

_READ: dict[int | str, dict[str, Any]] = {
    401: {"description": "not-authenticated"},
    403: {"description": "forbidden (staff without the right to read bookings)"},
    404: {"description": "not-found"},
}
WRITE: dict[int | str, dict[str, Any]] = {
    **_READ,
    400: {"description": "idempotency-key-missing"},
    403: {
        "description": "not-eligible (+ rule, requirement, contact), forbidden (staff without the right)",
    },
    409: {
        "description": "session-full (+ sessions, seats_free, wanted, choices), session-closed, session-cancelled, "
        "already-booked, wrong-state "
        "(+ state), version-conflict, idempotency-key-reused, in-progress",
    },
    410: {"description": "hold-expired, offer-lapsed"},
    422: {"description": "invalid (+ errors)"},
    429: {"description": "rate-limited, with Retry-After"},
}


@router.post(
    "",
    status_code=201,
    response_model=NewBookingOut,
    responses=WRITE,
    openapi_extra=ANYBODY,
    summary="Hold, book or queue",
)
def create_booking(wish: NewBooking, write: KeyedWriting) -> JSONResponse:
    """Seats are held for 15 minutes, confirmed at once (`hold: false`), or waited for (`waitlist: true` when full)."""
    outcome = _carry_out(write, lambda db: make.make(db, write.speaker, wish, write.lang), status=201)
    token = manage_token(outcome.body["reference"])
    return JSONResponse({**outcome.body, "manage_token": token}, outcome.status)


@router.get("", response_model=Page[BookingOut], responses=_READ, summary="The bookings of this conversation")
def list_bookings(db: Db, caller: Caller, lang: ReplyLang, part: Paging) -> dict[str, Any]:
    """Newest first: what the conversation made, what is of a proved address, one by its token, or all for staff."""
    if caller.kind == "anonymous":
        raise NotAuthenticated()
    if caller.is_staff and caller.owner is None and not caller.may(lookup.READ):
        raise Forbidden()
    rows, total, following = fetch_page(db, lookup.mine(caller), part)
    return {"items": booking_views(db, rows, lang), "total": total, "next": following}


@router.get("/{reference}", response_model=BookingOut, responses=_READ, summary="One booking")
def get_booking(reference: Reference, db: Db, caller: Caller, lang: ReplyLang) -> dict[str, Any]:
    """A booking as of now, with its terms as of now."""
    return booking_view(db, lookup.find(db, caller, reference), lang)


@router.patch("/{reference}", response_model=BookingOut, responses=WRITE, summary="Other seats, other participants")
def change_booking(reference: Reference, wish: Change, write: Writing) -> JSONResponse:
    """Held and confirmed bookings; `version` is that of the booking as it was read."""
    return _answer(write, lambda db: change.change(db, write.speaker, reference, wish, write.lang))


@router.post("/{reference}/confirm", response_model=BookingOut, responses=WRITE, summary="Confirm a hold or an offer")
def confirm_booking(reference: Reference, wish: Confirmation, write: Writing) -> JSONResponse:
    """held or offered → confirmed."""
    return _answer(write, lambda db: confirm.confirm(db, write.speaker, reference, wish, write.lang))


@router.post("/{reference}/extend", response_model=BookingOut, responses=WRITE, summary="More time for a hold")
def extend_booking(reference: Reference, write: Writing) -> JSONResponse:
    """15 minutes from now, ten times at most."""
    return _answer(write, lambda db: confirm.extend(db, write.speaker, reference))


@router.post("/{reference}/reschedule", response_model=BookingOut, responses=WRITE, summary="Move to another session")
def reschedule_booking(reference: Reference, wish: Reschedule, write: Writing) -> JSONResponse:
    """The old seats are given back only if the new ones are got."""
    return _answer(write, lambda db: change.reschedule(db, write.speaker, reference, wish, write.lang))


@router.post("/{reference}/cancel", response_model=BookingOut, responses=WRITE, summary="Give a booking up")
def cancel_booking(reference: Reference, write: Writing) -> JSONResponse:
    """held → released, offered → declined, waiting → left, confirmed → cancelled (on the operator's terms)."""
    return _answer(write, lambda db: cancel.cancel(db, write.speaker, reference))


@router.post(
    "/{reference}/withdraw", response_model=WithdrawnOut, responses=WRITE, summary="Withdraw from the contract"
)
def withdraw_booking(reference: Reference, write: Writing, wish: Withdrawal | None = None) -> JSONResponse:
    """The statutory right of consumers, not cancelling: `confirmed: true` does it, `false` tells what would happen.

    403 not-eligible with the rule `business-customer`, `free-of-charge` or `withdrawal-period-over`.
    """
    step = withdraw.withdraw if wish is not None and wish.confirmed else withdraw.preview

    def rule(db: Session) -> Outcome:
        told = step(db, write.speaker, reference, write.lang)
        return Outcome(told, 200, told["reference"])

    return written(write, rule)


@router.post("/{reference}/send", response_model=Sent, responses=WRITE, summary="Mail the confirmation again")
def send_document(reference: Reference, wish: Send, write: Writing) -> JSONResponse:
    """`confirmation`, to the booking's address. Certificates and invoices: 409 wrong-state until there are any."""

    def rule(db: Session) -> Outcome:
        booking = lookup.find_locked(db, write.speaker, reference)
        if wish.what != "confirmation" or not letters.again(db, booking):
            raise WrongState(booking.state)
        sent = Sent(reference=booking.reference, what=wish.what, state="queued")
        return Outcome(sent.model_dump(), 200, booking.reference)

    return written(write, rule)


@router.get(
    "/{reference}/with-seats",
    response_model=WithSeatsOut,
    responses={**_READ, 422: WRITE[422]},
    summary="What other seats would cost",
)
def get_with_seats(reference: Reference, db: Db, caller: Caller, seats: SeatCount) -> dict[str, Any]:
    """Told before a change of seats is asked for; whether there is room is not."""
    return with_seats_view(lookup.find(db, caller, reference), seats)


@router.get(
    "/{reference}/calendar.ics",
    response_class=Response,
    responses={**_READ, 200: {"content": {"text/calendar": {}}}, 409: {"description": "wrong-state (+ state)"}},
    summary="The booking as a calendar file",
)
def get_calendar(reference: Reference, db: Db, caller: Caller, lang: ReplyLang) -> Response:
    """An event for each block of the session, with the same UIDs as in the mails."""
    booking = lookup.find(db, caller, reference)
    if booking.state not in {State.CONFIRMED, State.CANCELLED, State.ATTENDED, State.NO_SHOW, State.WITHDRAWN}:
        raise WrongState(booking.state)
    cancelled = booking.state in {State.CANCELLED, State.WITHDRAWN}
    holder = not caller.is_staff  # who looks on at the desk gets no link that would outlast their rights
    view = booking_view(db, booking, lang)
    file = calendar.published(view, booking.sequence, lang, cancelled=cancelled, link=holder)
    headers = {"Content-Disposition": f'attachment; filename="{booking.reference}.ics"', "Cache-Control": "no-store"}
    return Response(file, media_type="text/calendar; charset=utf-8", headers=headers)


def _carry_out(write: Write, rule: Callable[[Session], Booking], status: int = 200) -> Outcome:
    """Run a rule that gives a booking; the answer is the booking as it is then."""

    def answer(db: Session) -> Outcome:
        booking = rule(db)
        return Outcome(booking_view(db, booking, write.lang), status, booking.reference)

    return carry_out(write, answer)


def _answer(write: Write, rule: Callable[[Session], Booking]) -> JSONResponse:
    outcome = _carry_out(write, rule)
    return JSONResponse(outcome.body, outcome.status)
