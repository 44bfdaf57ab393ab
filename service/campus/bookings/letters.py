"""Which mail a booking sends: a snapshot of what is true now, put into the outbox of the same transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import clock
from campus.bookings.models import Booking, Participant
from campus.bookings.states import State
from campus.bookings.views import view_with
from campus.catalogue.audience import NOBODY_SPECIAL
from campus.catalogue.memory import get_catalogue
from campus.catalogue.selection import Moment
from campus.catalogue.views import session_view
from campus.outbox import queue
from campus.outbox.models import Outbox
from campus.speakers import tokens

AN_HOUR = timedelta(hours=1)
_NO_MONEY = {"total": None, "fees": None, "terms": None}
_AGAIN = {State.CONFIRMED: "confirmation", State.WAITING: "waiting", State.OFFERED: "offer"}


def send(db: Session, booking: Booking, kind: str, dedupe: str | None = None, **more: Any) -> None:
    """Queue a mail of that kind to the booking's contact; none where there is no contact.

    One mail for each version of the booking, unless ``dedupe`` says for what else. ``more`` goes
    to the template.
    """
    if booking.contact_email is None:
        return
    _put(db, booking, kind, dedupe or f"v{booking.version}", snapshot(db, booking) | more)


def send_to(
    db: Session,
    booking: Booking,
    name: str,
    email: str,
    dedupe: str | None = None,
    kind: str = "invitation",
    **more: Any,
) -> None:
    """Tell one participant of the seat that is for them: their own name only, no amount, no terms."""
    told = snapshot(db, booking)
    person = {"name": name, "email": email}
    alone = told["booking"] | {"participants": [person], "seats": 1, **_NO_MONEY}
    told |= {"to": person, "booking": alone, "guest": True}
    seat = f"{_seat_of(email)}:{dedupe or f'v{booking.version}'}"
    _put(db, booking, kind, seat, told | more)


def _seat_of(email: str) -> str:
    """Whose seat it is, without an address where nobody would look for one."""
    return "p" + tokens.mark(email.lower())


def can_go_again(booking: Booking) -> bool:
    """Whether there is a mail for the state of the booking, and somebody to send it to."""
    return booking.contact_email is not None and State(booking.state) in _AGAIN


def again(db: Session, booking: Booking) -> bool:
    """Mail the state of the booking again, once an hour at most; False where its state has no mail."""
    kind = _AGAIN.get(State(booking.state))
    if kind is None:
        return False
    if this_hour := _again(db, f"{kind}:{booking.reference}:"):
        send(db, booking, kind, dedupe=this_hour, again=True)
    return True


def again_to(db: Session, booking: Booking, person: Participant) -> None:
    """The same for a participant, who is told of a confirmed seat only."""
    if booking.state != State.CONFIRMED:
        return
    email = person.email or ""
    if this_hour := _again(db, f"confirmation:{booking.reference}:{_seat_of(email)}:"):
        send_to(db, booking, person.name, email, dedupe=this_hour, kind="confirmation", again=True)


def _again(db: Session, about: str) -> str | None:
    """What sets a repeated mail apart; None where one went less than an hour ago.

    The hour of the clock in it holds for two that are written at the same moment.
    """
    now = clock.real_now()
    recent = select(Outbox.seq).where(
        Outbox.dedupe.startswith(f"{about}again:", autoescape=True), Outbox.created_at > now - AN_HOUR
    )
    return None if db.scalar(recent.limit(1)) else f"again:{now:%Y%m%d%H}"


def _put(db: Session, booking: Booking, kind: str, dedupe: str, payload: dict[str, Any]) -> None:
    queue.put(
        db,
        kind=kind,
        reference=booking.reference,
        lang=booking.lang,
        dedupe=f"{kind}:{booking.reference}:{dedupe}",
        payload=payload,
    )


def snapshot(db: Session, booking: Booking) -> dict[str, Any]:
    """The booking as a mail tells it, as of now."""
    catalogue = get_catalogue(db)
    session = catalogue.sessions[booking.session_id]
    course = catalogue.courses[session.course_id]
    told = session_view(Moment(catalogue, {}, clock.now(), NOBODY_SPECIAL), course, session, booking.lang)
    for live in ("capacity", "seats_free", "waiting", "state"):  # seats are no matter of a mail, and were not read
        del told[live]
    return {
        "to": {"name": booking.contact_name, "email": booking.contact_email},
        "booking": view_with(booking, told),
        "operator": {"name": course.operator.name, "taxable": booking.vat_rate > 0},
        "agreed": booking.terms,
        "sequence": booking.sequence,
        "written_at": clock.iso(clock.now()),
    }
