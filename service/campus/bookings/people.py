"""Who a booking is for, and the rule that one person stands once in a session."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from campus.bookings import letters, seats
from campus.bookings.models import Booking, Participant, Standing
from campus.bookings.schemas import Person
from campus.idempotency import Refusal
from campus.inserts import insert_if_absent
from campus.problems import AlreadyBooked, Invalid


def check(participants: Sequence[Person], places: int) -> None:
    """As many people as seats at most, and nobody twice. Raises Invalid."""
    if len(participants) > places:
        raise Invalid(participants="too_many")
    seen: set[str] = set()
    for index, person in enumerate(participants):
        if person.email and person.email.lower() in seen:
            raise Invalid(errors=[{"field": f"participants.{index}.email", "code": "duplicate"}])
        seen.add((person.email or "").lower())


def replace(db: Session, booking: Booking, participants: Sequence[Person]) -> None:
    """Put these people on the booking instead of those who were there; who was invited stays so."""
    invited = {(one.email or "").lower() for one in booking.participants if one.invited}
    rows = [
        {
            "booking_id": booking.id,
            "position": position,
            "name": person.name,
            "email": person.email,
            "invited": (person.email or "").lower() in invited,
        }
        for position, person in enumerate(participants)
    ]
    db.execute(delete(Participant).where(Participant.booking_id == booking.id))
    if rows:
        db.execute(insert(Participant), rows)
    db.expire(booking, ["participants"])


def stand(db: Session, booking: Booking, *, new: bool = False) -> None:
    """Let everybody known of the booking stand in its session. Raises AlreadyBooked (as a Refusal) for who does."""
    if not new:
        leave(db, booking)
    for person in sorted(_persons(booking)):
        row = {"session_id": booking.session_id, "person": person, "booking_id": booking.id}
        if not insert_if_absent(db, Standing, row):
            raise already_booked(db, booking.session_id, {person})


def leave(db: Session, booking: Booking) -> None:
    """Nobody stands in the session through this booking any more."""
    db.execute(delete(Standing).where(Standing.booking_id == booking.id))


def already_booked(db: Session, session_id: str, persons: set[str]) -> Refusal:
    """The refusal for who stands in the session already: it tells nothing, and mails them their confirmation again.

    Them, and not who booked for them: the answer speaks of the address that was given.
    """
    known = (Standing.booking_id, Standing.person)
    standing = db.execute(select(*known).where(Standing.session_id == session_id, Standing.person.in_(persons)))
    found = [(booking_id, person) for booking_id, person in standing]

    def mail_again(db: Session) -> None:
        seats.lock(db, session_id)  # the refusal let it go: nobody's data may be erased while they are written down
        for booking_id, person in found:
            booking = db.get(Booking, booking_id, populate_existing=True)
            if booking is None:
                continue
            sitting = [one for one in booking.participants if (one.email or "").lower() == person]
            if sitting and person != (booking.contact_email or "").lower():
                letters.again_to(db, booking, sitting[0])
            else:
                letters.again(db, booking)

    return Refusal(AlreadyBooked(), mail_again)


def _persons(booking: Booking) -> set[str]:
    """The people of a booking by their lower-case address: the participants', or the contact's for one seat."""
    named = {person.email.lower() for person in booking.participants if person.email}
    if not named and booking.seats == 1 and booking.contact_email:
        return {booking.contact_email.lower()}
    return named
