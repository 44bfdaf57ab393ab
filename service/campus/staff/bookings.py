"""Bookings as staff find and change them: the same rules as for everybody, carried out for a caller."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select, update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings import change, letters, lookup, make, people, queue, seats
from campus.bookings.models import Booking, Participant
from campus.bookings.references import normalise
from campus.bookings.schemas import Change, Person
from campus.bookings.states import State
from campus.bookings.views import view_with
from campus.catalogue.views import session_views
from campus.problems import Invalid, WrongState
from campus.speakers.speaker import Speaker
from campus.staff import sessions, undo
from campus.staff.models import Undoable
from campus.staff.schemas import StaffBooking
from campus.words import plain, split


def search(
    speaker: Speaker, *, email: str | None, session: str | None, reference: str | None, state: State | None
) -> Select[Booking]:
    """The bookings that fulfil every filter, newest first, as a select."""
    found: Select[Booking] = lookup.mine(replace(speaker, owner=None))
    if email is not None:
        wanted = addresses.normal(email)
        named = exists().where(Participant.booking_id == Booking.id, addresses.is_of(Participant.email, wanted))
        found = found.where(or_(addresses.is_of(Booking.contact_email, wanted), named))
    if session is not None:
        found = found.where(Booking.session_id == session)
    if reference is not None:
        found = found.where(Booking.reference == (normalise(reference) or ""))
    if state is not None:
        found = found.where(_is_in(state))
    return found


def with_words(db: Session, found: Select[Booking], words: str) -> list[int]:
    """The ids of those in which every word stands: in a name, whatever its accents, in the company or the reference.

    A telephone number is found however it is written.
    """
    wanted = split(words)
    figures = _figures(words)
    rows = db.execute(
        found.with_only_columns(
            Booking.id, Booking.reference, Booking.contact_name, Booking.contact_phone, Booking.company
        )
    ).all()
    named: dict[int, list[str]] = {}
    for booking_id, name in db.execute(select(Participant.booking_id, Participant.name)):
        named.setdefault(booking_id, []).append(name)
    kept = []
    for row in rows:
        text = plain(" ".join([row.reference, row.contact_name or "", row.company or "", *named.get(row.id, ())]))
        phone = re.sub(r"\D", "", row.contact_phone or "")
        if (wanted and all(word in text for word in wanted)) or (figures and figures in phone):
            kept.append(row.id)
    return kept


def by_ids(ids: Sequence[int]) -> Select[Booking]:
    """These, in the order of a search."""
    return select(Booking).where(Booking.id.in_(ids)).order_by(Booking.created_at.desc(), Booking.id.desc())


def view(db: Session, booking: Booking, lang: str) -> dict[str, Any]:
    """A booking as of now."""
    return view_with(booking, session_views(db, [booking.session_id], lang)[booking.session_id])


def book(db: Session, speaker: Speaker, wish: StaffBooking, lang: str) -> Booking:
    """Book for a caller: it is nobody's conversation. Raises what `make` raises, and Forbidden."""
    if wish.waitlist and (wish.contact is None or wish.contact.email is None):
        raise Invalid(errors=[{"field": "contact.email", "code": "missing"}])  # an offer is mailed
    return make.make(db, replace(speaker, owner=None, subject=None), wish, lang)


def change_it(db: Session, speaker: Speaker, reference: str, wish: Change, lang: str) -> Booking:
    """Other seats or people, which can be taken back for a while."""
    booking = lookup.find_locked(db, speaker, reference)
    before = _kept(booking)
    changed = change.change(db, speaker, reference, wish, lang)
    after = {"version": changed.version, "session": changed.session_id}
    undo.remember(db, speaker, undo.BOOKING, changed.reference, before, after)
    return changed


def take_back(db: Session, speaker: Speaker, row: Undoable) -> Booking:
    """Put seats and people back as they were.

    Raises WrongState where the booking was changed since, where its seats were offered or sold, and what finding it
    and standing in the session raise.
    """
    booking = lookup.find_locked(db, speaker, row.reference)
    live = seats.lock(db, booking.session_id)[booking.session_id]
    if booking.version != row.after["version"] or booking.session_id != row.after["session"]:
        raise WrongState("changed-since")
    sessions.check_nothing_offered(db, row)
    before, count = row.before, int(row.before["seats"])
    if count > booking.seats and not seats.take(db, live.id, count - booking.seats, from_queue=True):
        raise WrongState("seats-taken")
    if count < booking.seats:
        seats.give_back(db, live.id, booking.seats - count)
    values: dict[str, Any] = {"seats": count, "fees": before["fees"], "version": booking.version + 1}
    if booking.state == State.CONFIRMED:
        values["sequence"] = booking.sequence + 1
    db.execute(
        update(Booking).where(Booking.id == booking.id).values(**values).execution_options(synchronize_session=False)
    )
    db.refresh(booking)
    people.replace(db, booking, [Person.model_construct(**one) for one in before["participants"]])
    people.stand(db, booking)
    record(db, speaker.principal, "undo", booking.reference, seats=count)
    queue.settle(db, live, clock.now())
    return booking


def send_again(db: Session, speaker: Speaker, reference: str, what: str) -> Booking:
    """Mail the confirmation again. Raises WrongState where there is nothing to mail."""
    booking = lookup.find_locked(db, speaker, reference)
    if what != "confirmation" or booking.contact_email is None or not letters.again(db, booking):
        raise WrongState(booking.state)
    record(db, speaker.principal, "send", booking.reference, what=what)
    return booking


def _kept(booking: Booking) -> dict[str, Any]:
    people_before = [{"name": one.name, "email": one.email} for one in booking.participants]
    return {"seats": booking.seats, "fees": str(booking.fees), "participants": people_before}


def _is_in(state: State) -> ColumnElement[bool]:
    """Whether a booking is in that state as of now: what is over is, whether a sweeper saw it or not."""
    over = seats.is_over(clock.now())
    if state in {State.HELD, State.OFFERED}:
        return and_(Booking.state == state, not_(over))
    source = {State.EXPIRED: State.HELD, State.LAPSED: State.OFFERED}.get(state)
    return or_(Booking.state == state, and_(Booking.state == source, over)) if source else Booking.state == state


def _figures(words: str) -> str | None:
    """The figures of what looks like a telephone number, without what stands for the country or the region."""
    if not re.fullmatch(r"[\d\s+()./\-]{5,}", words):
        return None
    return re.sub(r"^(?:00)?(?:32)?0?", "", re.sub(r"\D", "", words)) or None
