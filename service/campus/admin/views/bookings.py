"""Bookings: read, and changed for somebody by the rules that everybody's bookings go through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from campus import clock
from campus.admin import shown, texts
from campus.admin.base import Deed, Values, View
from campus.admin.changes import Refused, wish
from campus.admin.choosing import other_sessions
from campus.admin.fields import Check, Choice, Field, Mail
from campus.bookings import cancel, change, confirm, letters, lookup
from campus.bookings.models import Booking
from campus.bookings.schemas import Reschedule
from campus.bookings.states import CHANGEABLE, State, Verb, move_for
from campus.bookings.terms import NOTHING
from campus.bookings.views import fee_now, total_of
from campus.speakers.speaker import Speaker
from campus.staff import bookings
from campus.staff.schemas import StaffCancel, StaffConfirmation


def _may_confirm(_speaker: Speaker, row: Booking) -> bool:
    return move_for(Verb.CONFIRM, row.state_at(clock.now())) is not None and not row.is_on_offer


def _may_move(_speaker: Speaker, row: Booking) -> bool:
    return row.state_at(clock.now()) in CHANGEABLE and not row.is_on_offer


def _may_send(_speaker: Speaker, row: Booking) -> bool:
    return letters.can_go_again(row) and row.state_at(clock.now()) is State(row.state)


def _may_cancel(_speaker: Speaker, row: Booking) -> bool:
    return move_for(Verb.CANCEL, row.state_at(clock.now())) is not None


def _confirm(db: Session, speaker: Speaker, row: Booking, values: Values) -> None:
    if not values["name"]:
        raise Refused.because("name", "required")
    if not (values["email"] or values["phone"]):
        raise Refused.because("email", "way_back")
    contact = {name: values[name] for name in ("name", "email", "phone")}
    told = wish(StaffConfirmation, contact=contact, terms_accepted=values["terms_accepted"])
    confirm.confirm(db, speaker, row.reference, told, texts.lang())


def _move(db: Session, speaker: Speaker, row: Booking, values: Values) -> None:
    told = wish(Reschedule, session_id=values["new_session"], terms_accepted=values["terms_accepted"])
    change.reschedule(db, speaker, row.reference, told, texts.lang())


def _send(db: Session, speaker: Speaker, row: Booking, _values: Values) -> None:
    bookings.send_again(db, speaker, row.reference, "confirmation")


def _cancel(db: Session, speaker: Speaker, row: Booking, values: Values) -> None:
    told = wish(StaffCancel, waive_fee=values["waive_fee"], reason=values["reason"])
    cancel.cancel(db, speaker, row.reference, waive_fee=told.waive_fee, reason=told.reason)


def _contact(row: Booking) -> Values:
    return {"name": row.contact_name, "email": row.contact_email, "phone": row.contact_phone}


def _fee(row: Booking) -> Values:
    """What cancelling costs now, in EUR."""
    now, fee = clock.now(), NOTHING
    if row.state_at(now) is State.CONFIRMED:
        fee = fee_now(row, total_of(row).gross, row.session.start, row.session.state == "cancelled", now)
    return {"fee": shown.plain("fees", fee)}


class BookingView(View, model=Booking):
    key = "booking"
    order = 60
    reads = lookup.READ
    column_list = ("reference", "state", "session_id", "seats", "contact_name", "contact_email", "created_at")
    column_details_list = (
        *("reference", "state", "session", "session_id", "seats", "contact_name", "contact_email", "contact_phone"),
        *("company", "customer", "lang", "unit_price", "vat_rate", "terms", "terms_accepted_at", "hold_expires_at"),
        *("offer_expires_at", "confirmed_at", "free_until", "fees", "cancel_fee", "declarations", "version"),
        *("created_at", "demo"),
    )
    column_searchable_list = ("reference", "session_id", "contact_name", "contact_email", "company")
    column_sortable_list = ("reference", "state", "session_id", "seats", "created_at")
    column_default_sort = ("created_at", True)
    deeds = (
        Deed(
            "confirm",
            lookup.WRITE,
            _may_confirm,
            _confirm,
            fields=(
                Field(name="name", required=False, longest=120),
                Mail(name="email", required=False),
                Field(name="phone", required=False, longest=40),
                Check(name="terms_accepted"),
            ),
            shows=_contact,
        ),
        Deed(
            "move",
            lookup.WRITE,
            _may_move,
            _move,
            fields=(
                Choice(name="new_session", options=other_sessions(lookup.WRITE)),
                Check(name="terms_accepted"),
            ),
        ),
        Deed("send", lookup.WRITE, _may_send, _send),
        Deed(
            "cancel",
            lookup.WRITE,
            _may_cancel,
            _cancel,
            ends=True,
            fields=(Field(name="reason", required=False, longest=500), Check(name="waive_fee")),
            facts=_fee,
        ),
    )

    def of_operators(self, operators: frozenset[str]) -> ColumnElement[bool]:
        return lookup.of_operators(operators)

    def cell(self, row: Booking, name: str) -> str:
        if name == "state":  # a hold whose time is over is shown as such, swept or not
            return texts.value("state", row.state_at(clock.now()))
        return super().cell(row, name)

    def full(self, row: Booking, name: str) -> list[tuple[str, str]]:
        if name == "state":
            return [("", self.cell(row, name))]
        if name == "session":
            return [("", f"{shown.name_of(row.session.course)}, {shown.moment(row.session.start)}")]
        return super().full(row, name)

    def parts(self, row: Booking) -> list[tuple[str, list[str], list[list[str]]]]:
        people: list[list[Any]] = [[one.name, one.email or shown.NOTHING] for one in row.participants]
        return [("participants", ["name", "email"], people)] if people else []
