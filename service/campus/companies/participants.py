"""Naming the people of a booking by a list: all of it or nothing, and told what is wrong line by line."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings import admission, invitations, letters, moves, people, requirements, seats
from campus.bookings.lookup import find_locked
from campus.bookings.models import Booking
from campus.bookings.states import CHANGEABLE, State
from campus.companies import rosters
from campus.problems import Invalid, VersionConflict
from campus.speakers.speaker import Speaker


@dataclass(frozen=True, slots=True)
class Roster:
    """A list as it came: pasted text, or a CSV file (``table``)."""

    text: str
    table: bool
    version: int | None = None
    dry_run: bool = False


def name(db: Session, speaker: Speaker, reference: str, roster: Roster, lang: str) -> Booking:
    """Put the people of the list on the booking, instead of those who were there, and invite them once it is confirmed.

    Raises Invalid (fields `lines.<number>.name` and `.email`), NotFound, VersionConflict, WrongState, HoldExpired,
    NotEligible, SessionCancelled, SessionClosed, and AlreadyBooked (as a Refusal).
    """
    found, errors = rosters.read(roster.text, table=roster.table)
    addresses.use(db, *(person.email for _line, person in found))
    booking = find_locked(db, speaker, reference)
    now = clock.now()
    if booking.state_at(now) not in CHANGEABLE:
        raise moves.refusal(booking, now)
    if roster.version not in {None, booking.version}:
        raise VersionConflict(version=booking.version)
    admission.check_takes_place(seats.lock(db, booking.session_id)[booking.session_id], now)
    errors += [{"field": f"lines.{line}.name", "code": "too_many"} for line, _person in found[booking.seats :]]
    if not found and not errors:
        errors.append({"field": "text", "code": "missing"})
    if errors:
        raise Invalid(sorted(errors, key=lambda error: _line_of(error["field"])))
    before = invitations.sitting(booking)
    confirmed = booking.state == State.CONFIRMED
    db.execute(
        update(Booking)
        .where(Booking.id == booking.id, Booking.state == booking.state)
        .values(version=Booking.version + 1, sequence=Booking.sequence + int(confirmed))
        .execution_options(synchronize_session=False)
    )
    db.refresh(booking)
    people.replace(db, booking, [person for _line, person in found])
    people.stand(db, booking)
    course = admission.session_and_course(db, booking.session_id)[1]
    unmet = requirements.unmet_by_people(db, course, booking) if confirmed else []
    requirements.enforce(db, speaker, course, unmet, lang)
    record(db, speaker.principal, "change", booking.reference, seats=booking.seats, before=booking.seats)
    requirements.record_override(db, speaker, booking.reference, unmet)
    if confirmed:
        letters.send(db, booking, "confirmation", changed=True)
        invitations.settle(db, booking, before)
    return booking


def _line_of(field: str) -> int:
    number = field.split(".")[1] if "." in field else "0"
    return int(number)
