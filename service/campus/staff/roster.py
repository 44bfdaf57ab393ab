"""The roster of a session, as JSON, as a table for a spreadsheet, and as a PDF; and the sheet to sign."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from campus import clock, pdf
from campus.bookings.views import contact_view
from campus.catalogue.views import session_views
from campus.mail import formatting
from campus.staff import people
from campus.staff.people import Seat
from campus.staff.words import words

COLUMNS = ("reference", "seat", "name", "email", "phone", "company", "contact", "state", "present")
MOST_COLUMNS = 6
"""Blocks beside one another on a sheet to sign; a session with more has a table for each so many."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def roster(db: Session, session_id: str, lang: str) -> dict[str, Any]:
    """Everybody who is enrolled, with the session."""
    items = [_row(seat) for seat in people.seats_of(db, session_id)]
    session = session_views(db, [session_id], lang)[session_id]
    return {"session": session, "items": items, "total": len(items), "next": None}


def as_csv(told: dict[str, Any], lang: str) -> bytes:
    """UTF-8 with its mark, so that a spreadsheet sees it; what would be a formula there is made a text."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    said = words(lang)
    writer.writerow([said["columns"][name] for name in COLUMNS])
    for row in told["items"]:
        cells = {**row, "contact": _contact(row), "state": said["states"][row["state"]]}
        cells["present"] = said["present"][row["present"]]
        writer.writerow([harmless(cells[name]) for name in COLUMNS])
    return table.getvalue().encode("utf-8-sig")


def harmless(value: Any) -> str:
    """A cell that no spreadsheet calculates: an apostrophe before what begins like a formula (OWASP)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def as_pdf(told: dict[str, Any], lang: str) -> bytes:
    """The roster to print."""
    said = words(lang)
    names = ("name", "company", "email", "phone", "reference", "state")
    rows = [
        [
            row["name"] or said["unnamed"],
            row["company"] or "",
            row["email"] or "",
            row["phone"] or "",
            row["reference"] + (f"/{row['seat']}" if row["seat"] > 1 else ""),
            said["states"][row["state"]],
        ]
        for row in told["items"]
    ]
    table = pdf.Table([said["columns"][name] for name in names], rows, widths=(20, 18, 30, 14, 12, 9))
    return pdf.document(_page(told, said["roster"], lang), [_facts(told, lang), table, _count(told, lang)])


def sheet(told: dict[str, Any], lang: str) -> bytes:
    """The sheet to sign: a row a participant, a column a block."""
    said = words(lang)
    blocks = told["session"]["meetings"]
    parts = [blocks[at : at + MOST_COLUMNS] for at in range(0, len(blocks), MOST_COLUMNS)]
    tables = [_to_sign(told, part, lang) for part in parts]
    signature = pdf.Signature(said["trainer_signs"])
    page = _page(told, said["sheet"], lang)
    return pdf.document(page, [_facts(told, lang), *tables, _count(told, lang), signature])


def _to_sign(told: dict[str, Any], blocks: Sequence[dict[str, str]], lang: str) -> pdf.Table:
    said = words(lang)
    head = [said["columns"]["name"], said["columns"]["company"], *(_block(one, lang) for one in blocks)]
    rows = [[row["name"] or said["unnamed"], row["company"] or "", *([""] * len(blocks))] for row in told["items"]]
    return pdf.Table(head, rows, widths=(22, 18, *([60 / len(blocks)] * len(blocks))), row_height=26, grid=True)


def _row(seat: Seat) -> dict[str, Any]:
    booking = seat.booking
    own = seat.email is not None and seat.email == booking.contact_email
    alone = booking.seats == 1 and not booking.participants
    return {
        "reference": booking.reference,
        "seat": seat.number,
        "name": seat.name,
        "email": seat.email,
        "phone": booking.contact_phone if own or alone else None,
        "company": booking.company,
        "contact": contact_view(booking),
        "state": booking.state,
        "present": seat.present,
    }


def _contact(row: dict[str, Any]) -> str:
    contact = row["contact"] or {}
    return " ".join(part for part in (contact.get("name"), contact.get("email") or contact.get("phone")) if part)


def _page(told: dict[str, Any], title: str, lang: str) -> pdf.Page:
    session = told["session"]
    made = words(lang)["made_on"].format(day=formatting.day(clock.now(), lang, year=True))
    footer = " · ".join(filter(None, (made, words(lang)["demo"] if session["demo"] else "")))
    return pdf.Page(
        title=f"{title} – {session['title']}",
        header=session["operator"]["name"],
        footer=footer,
        number=words(lang)["page"],
        lang=lang,
        landscape=True,
    )


def _facts(told: dict[str, Any], lang: str) -> pdf.Columns:
    session, said = told["session"], words(lang)
    blocks = [formatting.span(one["start"], one["end"], lang, year=True) for one in session["meetings"]]
    when = [formatting.capital(block) for block in blocks]
    what = [*pdf.fact(said["session"], session["id"]), *pdf.fact(said["place"], session["place"])]
    return pdf.Columns(what, pdf.fact(said["when"], *when))


def _count(told: dict[str, Any], lang: str) -> pdf.Text:
    return pdf.Text(words(lang)["count"].format(count=told["total"], capacity=told["session"]["capacity"]))


def _block(block: dict[str, str], lang: str) -> str:
    day = formatting.day(block["start"], lang)
    return f"{day}\n{formatting.hour(block['start'], lang)} – {formatting.hour(block['end'], lang)}"


def file_name(session_id: str, what: str, ending: str) -> str:
    """How the file is called; ids of sessions are plain."""
    return f"{what}-{session_id}.{ending}"
