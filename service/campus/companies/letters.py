"""Which mail a quote or an enquiry sends: a snapshot of what is true now, into the outbox of the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import clock
from campus.bookings import letters as booking_letters
from campus.companies.models import Enquiry, Quote
from campus.companies.states import State
from campus.companies.views import quote_view
from campus.languages import DEFAULT
from campus.mail.settings import get_mail_settings
from campus.outbox import queue
from campus.outbox.models import MAIL, Outbox
from campus.outbox.queue import only_while

EXPIRING = "quote-expiring"


def send(db: Session, quote: Quote, kind: str, dedupe: str | None = None, **more: Any) -> None:
    """Queue a mail of that kind to the contact, once a quote (or once a ``dedupe``); none once it is forgotten."""
    if quote.contact_email is None:
        return
    to = {"name": quote.contact_name, "email": quote.contact_email}
    payload = {"to": to, "quote": quote_view(db, quote, quote.lang), "written_at": clock.iso(clock.now()), **more}
    queue.put(
        db,
        kind=kind,
        reference=quote.reference,
        lang=quote.lang,
        dedupe=f"{kind}:{dedupe or quote.reference}",
        payload=payload,
    )


def send_accepted(db: Session, quote: Quote) -> None:
    """The one confirmation of all its bookings, each with its dates for the calendar."""
    told = [booking_letters.snapshot(db, line.booking) for line in quote.lines]
    kept = [{"booking": one["booking"], "sequence": one["sequence"]} for one in told]
    send(db, quote, "quote-accepted", confirmed=kept)


def tell_desk(db: Session, quote: Quote) -> None:
    """Ask the desk to complete a quote of which only the needs are known."""
    queue.put(
        db,
        kind="quote-request",
        reference=quote.reference,
        lang=DEFAULT,
        dedupe=f"quote-request:{quote.reference}",
        payload={"to": _desk(), "quote": quote_view(db, quote, DEFAULT)},
    )


def send_enquiry(db: Session, enquiry: Enquiry, told: dict[str, Any]) -> None:
    """To the desk, and a receipt to who asked; ``told`` is what was asked."""
    contact = {"name": enquiry.contact_name, "email": enquiry.contact_email}
    for kind, to, lang in (("enquiry", _desk(), DEFAULT), ("enquiry-receipt", contact, enquiry.lang)):
        queue.put(
            db,
            kind=kind,
            reference=enquiry.reference,
            lang=lang,
            dedupe=f"{kind}:{enquiry.reference}",
            payload={"to": to, "enquiry": told},
        )


@only_while(MAIL, EXPIRING)
def _still_open(db: Session, row: Outbox) -> bool:
    """Whether the quote can still be taken."""
    quote = db.scalar(select(Quote).where(Quote.reference == row.reference))
    return quote is not None and quote.state_at(clock.now()) is State.OPEN


def _desk() -> dict[str, str]:
    desk = get_mail_settings()
    return {"name": desk.mail_from_name, "email": desk.desk_email}
