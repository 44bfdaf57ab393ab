"""Taking a quote or leaving it: all of its bookings at once, however often it is sent."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.bookings import cancel, confirm, invitations, lookup, people, seats
from campus.bookings.schemas import Confirmation
from campus.bookings.states import State as BookingState
from campus.companies import letters, moves
from campus.companies.models import Quote
from campus.companies.quotes import find
from campus.companies.schemas import Acceptance
from campus.companies.states import State, Verb
from campus.problems import HoldExpired, Invalid, OfferLapsed, Problem
from campus.speakers.speaker import Speaker


def accept(db: Session, speaker: Speaker, reference: str, wish: Acceptance, lang: str) -> Quote:
    """open → accepted, and every line is confirmed. Where it was accepted before: the quote as it is, and no more.

    Raises NotFound, OfferLapsed once it is over, WrongState, Invalid, NotEligible, SessionCancelled, SessionClosed,
    and AlreadyBooked (as a Refusal).
    """
    quote = _locked(db, speaker, reference, *(one.email for people_ in wish.participants for one in people_))
    now = clock.now()
    if quote.state == State.ACCEPTED:
        return quote
    if quote.state_at(now) is not State.OPEN:
        raise moves.refusal(quote, now)
    if any(line.booking.state_at(now) is not BookingState.HELD for line in quote.lines):
        raise OfferLapsed()
    _check(quote, wish)
    values = {"decided_at": now, "po_number": wish.po_number or quote.po_number}
    moves.move(db, quote, Verb.ACCEPT, speaker.principal, now, **values)
    for at, line in enumerate(quote.lines):
        named = wish.participants[at] if at < len(wish.participants) else None
        asked = Confirmation.model_construct(
            participants=named or None, terms_accepted=True, declarations=wish.declarations
        )
        try:
            confirm.carry_out(db, speaker, line.booking, asked, lang)
        except HoldExpired as error:  # the clock went on since the look above: the holds end with the quote
            raise OfferLapsed() from error
        invitations.settle(db, line.booking, {})
    letters.send_accepted(db, quote)
    return quote


def decline(db: Session, speaker: Speaker, reference: str) -> Quote:
    """open or requested → declined, and the seats go to the queue. Declined before: the quote as it is.

    Raises NotFound, OfferLapsed once it is over, WrongState.
    """
    quote = _locked(db, speaker, reference)
    now = clock.now()
    if quote.state == State.DECLINED:
        return quote
    moves.move(db, quote, Verb.DECLINE, speaker.principal, now, decided_at=now)
    for line in quote.lines:
        if line.booking.state_at(now) is BookingState.HELD:
            cancel.give_up(db, line.booking, speaker.principal)
    letters.send(db, quote, "quote-declined")
    return quote


def _locked(db: Session, speaker: Speaker, reference: str, *emails: str | None) -> Quote:
    """The quote and its bookings, read under their locks: addresses, sessions by id, quote. Raises NotFound.

    The sessions of its held lines never change: a line is not moved by itself (``bookings/moves.check_single``).
    """
    quote = find(db, speaker, reference, lookup.WRITE)
    addresses.use(db, quote.contact_email, *emails)
    if quote.lines:
        seats.lock(db, *(line.session_id for line in quote.lines))
    moves.lock(db, quote)
    for line in quote.lines:
        db.refresh(line.booking)
    return quote


def _check(quote: Quote, wish: Acceptance) -> None:
    """The terms accepted, and no more people than seats. Raises Invalid, with the line of the quote from 0 on."""
    errors: list[dict[str, str]] = []
    if wish.terms_accepted is not True:
        errors.append({"field": "terms_accepted", "code": "must_be_accepted"})
    if len(wish.participants) > len(quote.lines):
        errors.append({"field": "participants", "code": "too_many"})
    for at, (line, named) in enumerate(zip(quote.lines, wish.participants, strict=False)):
        try:
            people.check(named, line.booking.seats)
        except Problem as problem:
            for error in problem.extra["errors"]:
                field = error["field"].removeprefix("participants")
                errors.append({"field": f"participants.{at}{field}", "code": error["code"]})
    if errors:
        raise Invalid(errors)
