"""What companies ask for, and what they were offered: read. A quote is theirs who serve the operator of every line."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import object_session

from campus import clock
from campus.admin import shown, texts
from campus.admin.base import View
from campus.bookings.lookup import READ
from campus.catalogue.models import Course, CourseSession
from campus.companies.models import Enquiry, Quote, QuoteLine


class QuoteView(View, model=Quote):
    key = "quote"
    order = 62
    reads = READ
    column_list = ("reference", "state", "company", "contact_name", "contact_email", "valid_until", "created_at")
    column_details_list = (
        *("reference", "state", "company", "enterprise_number", "vat_number", "address", "contact_name"),
        *("contact_email", "contact_phone", "po_number", "needs", "lang", "valid_until", "version", "created_at"),
    )
    column_searchable_list = ("reference", "company", "contact_name", "contact_email")
    column_sortable_list = ("reference", "state", "valid_until", "created_at")
    column_default_sort = ("created_at", True)

    def of_operators(self, operators: frozenset[str]) -> ColumnElement[bool]:
        given = select(CourseSession.id).join(Course).where(Course.operator_id.in_(sorted(operators)))
        line = exists().where(QuoteLine.quote_id == Quote.id)
        return and_(line, ~line.where(QuoteLine.session_id.not_in(given)))

    def cell(self, row: Quote, name: str) -> str:
        if name == "state":  # one whose time is over is shown as such, swept or not
            return texts.value("quote_state", row.state_at(clock.now()))
        return super().cell(row, name)

    def full(self, row: Quote, name: str) -> list[tuple[str, str]]:
        return [("", self.cell(row, name))] if name == "state" else super().full(row, name)

    def parts(self, row: Quote) -> list[tuple[str, list[str], list[list[str]]]]:
        db = object_session(row)
        assert db is not None
        lines: list[list[Any]] = []
        for line in row.lines:
            session = db.get_one(CourseSession, line.session_id)
            told = f"{shown.name_of(session.course)}, {shown.moment(session.start)}"
            price = shown.plain("unit_price", line.unit_price)
            lines.append([told, line.seats, price, line.booking.reference])
        return [("lines", ["session", "seats", "unit_price", "reference"], lines)] if lines else []


class EnquiryView(View, model=Enquiry):
    key = "enquiry"
    order = 64
    reads = READ
    column_list = ("reference", "state", "company", "subject", "contact_name", "contact_email", "created_at")
    column_details_list = (
        *("reference", "state", "company", "subject", "needs", "people", "operator_id", "lang", "contact_name"),
        *("contact_email", "contact_phone", "created_at"),
    )
    column_searchable_list = ("reference", "company", "subject", "contact_name", "contact_email")
    column_sortable_list = ("reference", "state", "created_at")
    column_default_sort = ("created_at", True)

    def of_operators(self, operators: frozenset[str]) -> ColumnElement[bool]:
        return Enquiry.operator_id.in_(sorted(operators))
