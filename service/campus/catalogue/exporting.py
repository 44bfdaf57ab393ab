"""The catalogue as a file that imports again without a change, and the template with one example."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from sqlalchemy.orm import Session

from campus import clock
from campus.catalogue.importing_cells import guard
from campus.catalogue.importing_columns import COURSE, SESSION, Column, columns, columns_of, sheet_title
from campus.catalogue.importing_known import read_known
from campus.staff.rights import EVERYWHERE

Record = dict[str, Any]
_WIDE = frozenset({"text", "lines", "names", "meetings", "funding"})

EXAMPLE: dict[str, Record] = {
    COURSE: {
        "kind": "course",
        "external_id": "BPF-101",
        "title": {"fr": "Les bases des BPF", "en": "GMP basics"},
        "summary": {"fr": "Comprendre et appliquer les règles.", "en": "Understand and apply the rules."},
        "content": {
            "fr": ["Documenter juste", "Hygiène et flux"],
            "en": ["Right-first-time records", "Hygiene and flows"],
        },
        "prerequisites": {"fr": "Aucun.", "en": "None."},
        "audience_text": {"fr": "Opérateurs et techniciens.", "en": "Operators and technicians."},
        "certificate": {"fr": "Attestation de participation.", "en": "Certificate of attendance."},
        "trainers": {"fr": "Une personne de l’assurance qualité.", "en": "A quality assurance specialist."},
        "aliases": {"fr": ["formation bpf", "bonnes pratiques"], "en": ["gmp course", "good practice"]},
        "level": "beginner",
        "format": "onsite",
        "languages": ["fr", "en"],
        "days": 1.0,
        "hours": 7.0,
        "price": Decimal("484.00"),
        "audience": "public",
        "access_code": None,
        "funding": [],
        "requirements": [],
        "demo": False,
    },
    SESSION: {
        "external_id": "BPF-101-2027-1",
        "course": "BPF-101",
        "start": datetime(2027, 1, 12, 9, 30, tzinfo=clock.BRUSSELS),
        "end": datetime(2027, 1, 12, 17, 0, tzinfo=clock.BRUSSELS),
        "meetings": [],
        "booking_deadline": None,
        "format": "onsite",
        "language": "fr",
        "place": {"fr": "Salle Sambre, 1er étage", "en": "Sambre room, 1st floor"},
        "capacity": 12,
        "minimum": 6,
        "state": "open",
        "audience": "public",
        "access_code": None,
        "demo": False,
    },
}


def as_csv(db: Session, operators: frozenset[str]) -> bytes:
    """One table of all rows of these operators (`*`: of every one), courses first; semicolons and a byte order mark,
    so that Excel in Belgium opens it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns())
    for kind, records in _records(db, operators):
        of_kind = {column.key for column in columns_of(kind)}
        for record in records:
            writer.writerow(_text(column, record) if column.key in of_kind else "" for column in columns().values())
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_workbook(db: Session, operators: frozenset[str]) -> bytes:
    """A sheet of courses, a sheet of sessions, and what each column is for."""
    return _workbook(_records(db, operators))


def template(db: Session, operators: frozenset[str]) -> bytes:
    """The empty workbook with one example, of a topic that exists and an operator, one of these where it can be."""
    known = read_known(db, clock.now())
    operator = next((one for one in known.operators.values() if one in operators), None)
    operator = operator or next(iter(known.operators.values()), "campus")
    topic = next(iter(known.topics.values()), "gmp")
    course = {**EXAMPLE[COURSE], "operator": operator, "topics": [topic]}
    return _workbook([(COURSE, [course]), (SESSION, [{**EXAMPLE[SESSION], "operator": operator}])])


def _records(db: Session, operators: frozenset[str]) -> list[tuple[str, list[Record]]]:
    known = read_known(db, clock.now())
    served = set(known.operators.values()) if EVERYWHERE in operators else operators
    courses = [
        {**row, "operator": key[0], "external_id": key[1]}
        for key, row in sorted(known.courses.items())
        if key[0] in served
    ]
    sessions = []
    for key, row in sorted(known.sessions.items(), key=lambda item: (item[0][0], item[1]["start"], item[0][1])):
        if key[0] not in served:
            continue
        sessions.append({**row, "operator": key[0], "external_id": key[1], "course": row["course_key"][1]})
    return [(COURSE, courses), (SESSION, sessions)]


def _workbook(tables: Iterable[tuple[str, list[Record]]]) -> bytes:
    book = Workbook(write_only=True)
    for kind, records in tables:
        sheet = book.create_sheet(sheet_title(kind))
        mine = [column for column in columns_of(kind) if kind == COURSE or column.key != "kind"]
        for at, column in enumerate(mine):
            sheet.column_dimensions[_letter(at)].width = 44 if column.type in _WIDE else 20
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, column.header, bold=True) for column in mine])
        for record in records:
            sheet.append([_cell(sheet, _value(column, record)) for column in mine])
    _help(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _help(book: Workbook) -> None:
    sheet = book.create_sheet(sheet_title("help"))
    for at, width in enumerate((22, 44, 12, 70, 70)):
        sheet.column_dimensions[_letter(at)].width = width
    heads = ("column", "colonne / column", "* = requis / required", "français", "English")
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for column in columns().values():
        required = "*" if column.required else ""
        told = (column.key, column.header, required, column.help["fr"], column.help["en"])
        sheet.append([_cell(sheet, text) for text in told])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A cell that holds a value and never a formula."""
    cell = WriteOnlyCell(sheet, None)
    if isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None)
        cell.number_format = "dd/mm/yyyy hh:mm"
    else:
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text="\n" in value, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _letter(at: int) -> str:
    return chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)


def _value(column: Column, record: Mapping[str, Any]) -> Any:
    """As a cell of a workbook: numbers and times are what they are, all else is text."""
    raw = _raw(column, record)
    if column.type in {"decimal", "money", "whole"}:
        return None if raw is None else int(raw) if raw == int(raw) else float(raw)
    if column.type == "moment":
        return raw
    return _text(column, record)


def _text(column: Column, record: Mapping[str, Any]) -> str:
    """As a cell of a CSV file."""
    raw = _raw(column, record)
    if raw is None or raw == []:
        return ""
    match column.type:
        case "boolean":
            return "oui" if raw else "non"
        case "moment":
            return f"{raw.astimezone(clock.BRUSSELS):%d/%m/%Y %H:%M}"
        case "meetings":
            return "\n".join(f"{start:%d/%m/%Y %H:%M}-{end:%H:%M}" for start, end in raw)
        case "decimal" | "money" | "whole":
            return str(int(raw)) if raw == int(raw) else f"{raw:.2f}".replace(".", ",")
        case "topics" | "languages":
            return ", ".join(raw)
        case "json":
            return json.dumps(raw, ensure_ascii=False)
        case "lines" | "names":
            return guard("\n".join(raw) + ("\n" if column.type == "names" and len(raw) == 1 and ";" in raw[0] else ""))
        case _:
            return guard(str(raw))


def _raw(column: Column, record: Mapping[str, Any]) -> Any:
    if column.key.startswith("funding_"):
        lang = column.key[-2:]
        return "\n".join(f"{one['scheme']}: {one['note'][lang]}" for one in record["funding"]) or None
    if column.key in record:
        return record[column.key]
    if column.key == "kind":
        return SESSION
    name, _, lang = column.key.rpartition("_")
    return record[name][lang]
