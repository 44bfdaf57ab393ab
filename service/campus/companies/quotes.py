"""Making a quote: from lines at once, or from needs, which the desk completes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings import admission, lookup, seats
from campus.bookings.references import new_reference, normalise
from campus.companies import letters, lines, moves
from campus.companies.models import Quote
from campus.companies.schemas import NewLine, NewQuote
from campus.companies.states import State, Verb
from campus.languages import supported
from campus.problems import Invalid, NotFound, RateLimited
from campus.speakers import limits
from campus.speakers.speaker import Speaker

PREFIX = "EBQ"
MAX_OPEN = 10
"""Open quotes of one conversation (or of one network address while limits are on): each keeps seats from others."""


def find(db: Session, speaker: Speaker, reference: str, scope: str = lookup.READ) -> Quote:
    """The quote. Raises NotFound as well where it is not this speaker's to see.

    Staff need that scope for the operator of every line, and for all operators while there are no lines.
    """
    wanted = normalise(reference, PREFIX)
    quote = db.scalar(select(Quote).where(Quote.reference == wanted)) if wanted else None
    if quote is None:
        raise NotFound()
    if speaker.owns(quote.reference, quote.owner, quote.contact_email) or speaker.may_everywhere(scope):
        return quote
    operators = [lookup.operator_of(db, line.session_id) for line in quote.lines]
    if not operators or not all(speaker.may(scope, operator) for operator in operators):
        raise NotFound()
    return quote


def make(db: Session, speaker: Speaker, wish: NewQuote, lang: str) -> Quote:
    """Write the quote and hold the seats of its lines, in the caller's transaction, or ask the desk for lines.

    Raises Invalid, NotFound, NotEligible, RateLimited, SessionCancelled, SessionClosed, SessionFull, and
    AlreadyBooked (as a Refusal).
    """
    if not wish.lines and not wish.needs:
        raise Invalid(lines="missing")
    visitor = admission.visitor_of(speaker, wish.access_code)
    wanted = lines.admit(db, wish.lines or [], visitor)
    if speaker.is_staff and speaker.owner is None:  # a personal token speaks for its own operators or not at all
        for _line, _session, course in wanted:
            lookup.check_reach(speaker, course.operator.id)
    limits.count_email(wish.contact.email)
    addresses.use(db, wish.contact.email)
    if speaker.holder:
        seats.lock_conversation(db, speaker.holder)
    seats.lock(db, *(session.id for _line, session, _course in wanted))
    now = clock.now()
    _check_limits(db, speaker)
    quote = _write(db, speaker, wish, lang)
    if wanted:
        quote.valid_until, quote.offered_at = lines.valid_until(wanted, now), now
        lines.hold(db, speaker, quote, wanted, visitor, lang, now)
        db.expire(quote, ["lines"])
    record(db, speaker.principal, "quote", quote.reference, target=quote.state, lines=len(wanted))
    db.flush()
    if wanted:
        letters.send(db, quote, "quote")
    else:
        letters.send(db, quote, "quote-receipt")
        letters.tell_desk(db, quote)
    return quote


def complete(db: Session, speaker: Speaker, reference: str, wanted_lines: Sequence[NewLine]) -> Quote:
    """requested → open, by staff: the quote gets its lines, holds their seats from now on, and is mailed.

    Raises NotFound, WrongState, Invalid, SessionCancelled, SessionClosed, SessionFull, and AlreadyBooked (as a
    Refusal).
    """
    quote = find(db, speaker, reference, lookup.WRITE)
    if not wanted_lines:
        raise Invalid(lines="missing")
    visitor = admission.visitor_of(speaker, None)
    wanted = lines.admit(db, wanted_lines, visitor)
    addresses.use(db, quote.contact_email)
    seats.lock(db, *(session.id for _line, session, _course in wanted))
    moves.lock(db, quote)
    now = clock.now()
    until = lines.valid_until(wanted, now)
    moves.move(db, quote, Verb.COMPLETE, speaker.principal, now, valid_until=until, offered_at=now)
    lines.hold(db, speaker, quote, wanted, visitor, quote.lang, now)
    db.expire(quote, ["lines"])
    letters.send(db, quote, "quote")
    return quote


def _check_limits(db: Session, speaker: Speaker) -> None:
    if speaker.holder is None or speaker.may(lookup.WRITE):
        return
    times = admission.FOR_AN_ADDRESS if speaker.kind == "anonymous" else 1
    now = clock.now()
    still = select(func.count(), func.min(Quote.valid_until)).where(
        Quote.owner == speaker.holder, Quote.state == State.OPEN, Quote.valid_until > now
    )
    count, first_end = db.execute(still).one()
    if first_end is not None and count >= MAX_OPEN * times:
        raise RateLimited(int(clock.seconds_until(first_end, now)) + 1)


def _write(db: Session, speaker: Speaker, wish: NewQuote, lang: str) -> Quote:
    company = wish.company
    quote = Quote(
        reference=new_reference(PREFIX),
        state=State.OPEN if wish.lines else State.REQUESTED,
        owner=speaker.holder,
        company=company.name,
        enterprise_number=company.enterprise_number,
        vat_number=company.vat_number,
        peppol_id=company.peppol_id,
        address=company.address or None,
        contact_name=wish.contact.name,
        contact_email=wish.contact.email,
        contact_phone=wish.contact.phone,
        po_number=wish.po_number,
        needs=wish.needs or "",
        lang=supported(wish.lang) or lang,
        created_at=clock.now(),
    )
    db.add(quote)
    db.flush()
    return quote
