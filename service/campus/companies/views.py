"""A quote as an answer. The PDF and the mails are written from the same facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from campus import clock
from campus.bookings import prices
from campus.bookings.prices import Total
from campus.catalogue.views import session_views
from campus.companies.models import Quote, QuoteLine
from campus.companies.states import State
from campus.settings import get_settings

NOTHING = Total(Decimal("0.00"), Decimal("0.00"), Decimal("0.00"))


def quote_view(db: Session, quote: Quote, lang: str) -> dict[str, Any]:
    """The quote as of now, in that language."""
    now = clock.now()
    sessions = session_views(db, [line.session_id for line in quote.lines], lang)
    lines = [_line_view(line, sessions[line.session_id], now) for line in quote.lines]
    has_file = quote.state != State.REQUESTED and bool(lines)
    return {
        "reference": quote.reference,
        "state": quote.state_at(now).value,
        "lines": lines,
        "total": _total_view(quote.lines, lines),
        "company": company_view(quote),
        "contact": contact_view(quote),
        "po_number": quote.po_number,
        "needs": quote.needs,
        "valid_until": clock.iso(quote.valid_until) if quote.valid_until else None,
        "offered_at": clock.iso(quote.offered_at) if quote.offered_at else None,
        "pdf_url": f"{get_settings().public_url}/v1/quotes/{quote.reference}/pdf" if has_file else None,
        "invoice_requested_at": clock.iso(quote.invoice_requested_at) if quote.invoice_requested_at else None,
        "lang": quote.lang,
        "version": quote.version,
        "created_at": clock.iso(quote.created_at),
    }


def company_view(quote: Quote) -> dict[str, str | None]:
    """The company as it will be billed."""
    return {
        "name": quote.company,
        "enterprise_number": quote.enterprise_number,
        "vat_number": quote.vat_number,
        "peppol_id": quote.peppol_id,
        "address": quote.address,
    }


def contact_view(quote: Quote) -> dict[str, Any] | None:
    """The contact, or None where it is forgotten."""
    if quote.contact_email is None:
        return None
    return {"name": quote.contact_name, "email": quote.contact_email, "phone": quote.contact_phone}


def total_of(line: QuoteLine) -> Total:
    """What the line was offered for."""
    return prices.total(line.unit_price, line.vat_rate, line.seats)


def _line_view(line: QuoteLine, session: dict[str, Any], now: Any) -> dict[str, Any]:
    booking = line.booking
    return {
        "session": session,
        "seats": line.seats,
        "unit_price": str(line.unit_price),
        "total": total_of(line).as_json(),
        "vat_rate": str(line.vat_rate),
        "operator": session["operator"],
        "terms": line.terms,
        "booking": {
            "reference": booking.reference,
            "state": booking.state_at(now).value,
            "seats": booking.seats,
            "participants": len(booking.participants),
        },
    }


def _total_view(lines: Sequence[QuoteLine], views: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sum of the lines; each line is rounded by itself, as an invoice does it."""
    by_rate: dict[Decimal, list[Total]] = {}
    by_operator: dict[tuple[str, Decimal], list[Total]] = {}
    names = {view["operator"]["id"]: view["operator"] for view in views}
    for line, view in zip(lines, views, strict=True):
        by_rate.setdefault(line.vat_rate, []).append(total_of(line))
        by_operator.setdefault((view["operator"]["id"], line.vat_rate), []).append(total_of(line))
    return {
        **_sum(total_of(line) for line in lines).as_json(),
        "by_rate": [{"vat_rate": str(rate), **_sum(by_rate[rate]).as_json()} for rate in sorted(by_rate, reverse=True)],
        "by_operator": [
            {"operator": names[ident], "vat_rate": str(rate), **_sum(part).as_json()}
            for (ident, rate), part in by_operator.items()
        ],
    }


def _sum(totals: Iterable[Total]) -> Total:
    result = NOTHING
    for one in totals:
        result = Total(result.net + one.net, result.vat + one.vat, result.gross + one.gross)
    return result
