"""A person's enquiries and quotes: as an export, forgotten at their wish, and not kept too long.

A quote is the person's own where its contact has their address. What was accepted is on an invoice: its lines, its
amounts and the company are kept as long as the bookings' (the bookings themselves: ``bookings/personal.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.addresses import FORGOTTEN
from campus.audit import record
from campus.catalogue.models import CourseSession
from campus.companies import moves
from campus.companies.models import Enquiry, Quote, QuoteLine
from campus.companies.states import State, Verb, move_for
from campus.companies.views import quote_view
from campus.privacy.parts import Limits, Who
from campus.speakers.speaker import own_mark

_CONTACT: dict[str, Any] = {"contact_email": None, "contact_phone": None, "owner": None, "needs": ""}
_COMPANY = ("company", "enterprise_number", "vat_number", "peppol_id", "address", "po_number")


def export(db: Session, who: Who, lang: str) -> dict[str, Any]:
    """`enquiries` and `quotes`, whole."""
    quotes = db.scalars(select(Quote).where(_is_own(Quote, who)).order_by(Quote.id)).all()
    enquiries = db.scalars(select(Enquiry).where(_is_own(Enquiry, who)).order_by(Enquiry.created_at)).all()
    who.own |= {one.reference for one in quotes} | {one.reference for one in enquiries}
    return {
        "quotes": [quote_view(db, one, lang) for one in quotes],
        "enquiries": [_enquiry(one) for one in enquiries],
    }


def erase(db: Session, who: Who, actor: str) -> dict[str, int]:
    """Decline what is still open (its seats were given back with the bookings), then forget the person.

    Enquiries are removed. Of a quote that was accepted the company is kept: it is on an invoice.
    """
    quotes = db.scalars(select(Quote).where(_is_own(Quote, who)).order_by(Quote.id)).all()
    for quote in quotes:
        moves.lock(db, quote)
        now = clock.now()
        if move_for(Verb.DECLINE, quote.state_at(now)) is not None:
            moves.move(db, quote, Verb.DECLINE, actor, now, decided_at=now)
        record(db, actor, "erase", quote.reference)
    enquiries = list(db.scalars(select(Enquiry.reference).where(_is_own(Enquiry, who))))
    who.own |= {quote.reference for quote in quotes} | set(enquiries)
    _forget_contacts(db, [quote.id for quote in quotes])
    _forget_companies(db, [quote.id for quote in quotes if quote.state != State.ACCEPTED])
    _remove(db, enquiries)
    db.expire_all()
    return {"quotes": len(quotes), "enquiries": len(enquiries)}


def expire(db: Session, limits: Limits) -> dict[str, int]:
    """Forget what came to nothing and what was asked long ago, then the contact, and last the company billed."""
    known = or_(Quote.contact_email.is_not(None), Quote.owner.is_not(None), Quote.needs != "")
    named = or_(*(getattr(Quote, column).is_not(None) for column in _COMPANY))
    nothing = select(Quote.id).where(
        Quote.state.in_({State.DECLINED, State.EXPIRED}), Quote.decided_at < limits.brief, or_(known, named)
    )
    old = select(Quote.id).where(Quote.state == State.REQUESTED, Quote.created_at < limits.brief, or_(known, named))
    came_to_nothing = [*db.scalars(nothing), *db.scalars(old)]
    _forget_contacts(db, came_to_nothing)
    _forget_companies(db, came_to_nothing)
    accepted = select(Quote.id).where(Quote.state == State.ACCEPTED)
    over = list(db.scalars(accepted.where(~_has_line_since(limits.took_part), known)))
    _forget_contacts(db, over)
    billed = list(db.scalars(accepted.where(~_has_line_since(limits.billed), named)))
    _forget_companies(db, billed)
    enquiries = list(db.scalars(select(Enquiry.reference).where(Enquiry.created_at < limits.brief)))
    _remove(db, enquiries)
    return {"quotes": len(came_to_nothing) + len(over), "quote_companies": len(billed), "enquiries": len(enquiries)}


def _is_own(table: type[Quote] | type[Enquiry], who: Who) -> ColumnElement[bool]:
    return or_(addresses.is_of(table.contact_email, who.email), table.owner == own_mark(who.person))


def _has_line_since(moment: Any) -> ColumnElement[bool]:
    ended = CourseSession.id == QuoteLine.session_id
    return exists().where(QuoteLine.quote_id == Quote.id, ended, CourseSession.end >= moment)


def _enquiry(one: Enquiry) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "state": one.state,
        "company": one.company,
        "contact": {"name": one.contact_name, "email": one.contact_email, "phone": one.contact_phone},
        "subject": one.subject,
        "needs": one.needs,
        "people": one.people,
        "operator": one.operator_id,
        "lang": one.lang,
        "created_at": clock.iso(one.created_at),
    }


def _forget_contacts(db: Session, ids: Sequence[int]) -> None:
    _set(db, ids, **_CONTACT, contact_name=FORGOTTEN, version=Quote.version + 1)


def _forget_companies(db: Session, ids: Sequence[int]) -> None:
    _set(db, ids, **dict.fromkeys(_COMPANY))


def _set(db: Session, ids: Sequence[int], **values: Any) -> None:
    for start in range(0, len(ids), 1000):
        chosen = update(Quote).where(Quote.id.in_(ids[start : start + 1000]))
        db.execute(chosen.values(**values).execution_options(synchronize_session=False))


def _remove(db: Session, references: Sequence[str]) -> None:
    for start in range(0, len(references), 1000):
        db.execute(delete(Enquiry).where(Enquiry.reference.in_(references[start : start + 1000])))
