"""Lists of participants as people have them: pasted lines, rows of a spreadsheet, a CSV file of whatever program.

A line is `Name <mail>`, or fields between tabs, semicolons or commas (the first of these that stands
in it): the field with the address is the address, the others are the name. A first line of column
names in French or English is understood and is nobody. Lines are counted from 1 as they stand in the
text, so that whoever reads an error finds the place.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from campus.bookings.schemas import Person
from campus.texts import Line
from campus.words import plain

SEPARATORS = "\t;,"
_ANGLED = re.compile(r"^(?P<name>[^<>]*)<\s*(?P<email>[^<>]*?)\s*>\s*[;,]?$")
_SEVERAL = re.compile(r"(?<=>)\s*[;,]\s*(?=[^;,\s])")
_LIKE_AN_ADDRESS = re.compile(r"^\S+\.[A-Za-z]{2,}$|\(at\)|\[at\]")
_FIRST = {"prenom", "prenoms", "first name", "firstname", "given name", "first"}
_LAST = {"nom de famille", "last name", "lastname", "surname", "family name", "last"}
_NAME = {"nom", "name", "nom complet", "full name", "nom et prenom", "prenom et nom", "participant", "participants"}
_NAME |= {"participante", "personne", "person", "attendee"}
_EMAIL = {"e mail", "email", "mail", "courriel", "adresse e mail", "adresse mail", "adresse email", "email address"}
_EMAIL |= {"e mail address", "adresse electronique", "adresse", "address", "mail address"}


@dataclass(frozen=True, slots=True)
class Row:
    """One person as written: the number of the line, the name, the address (None where there is none)."""

    line: int
    name: str
    email: str | None


Errors = list[dict[str, str]]


def decode(body: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 with or without a mark, else Windows-1252, as Excel writes it."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def read(text: str, *, table: bool) -> tuple[list[tuple[int, Person]], Errors]:
    """The people, each with the number of their line, and what is wrong: `[{field: "lines.3.email", code}]`.

    ``table``: it is a CSV file, so quotation marks hold a field together.
    """
    rows = list(_rows(text.lstrip("\ufeff").replace("\0", ""), table))
    people: list[tuple[int, Person]] = []
    errors: Errors = []
    seen: dict[str, int] = {}
    for row in rows:
        try:
            person = Person(name=row.name or (row.email or ""), email=row.email)
        except ValidationError as exc:
            for error in exc.errors():
                errors.append({"field": f"lines.{row.line}.{error['loc'][0]}", "code": str(error["type"])})
            continue
        if not any(sign.isalpha() for sign in person.name):
            errors.append({"field": f"lines.{row.line}.name", "code": "malformed"})
            continue
        key = (person.email or "").lower()
        if key and key in seen:
            errors.append({"field": f"lines.{row.line}.email", "code": "duplicate"})
            continue
        seen[key] = row.line
        people.append((row.line, person))
    return people, _unique(errors)


def _unique(errors: Errors) -> Errors:
    """Without the second word about one field."""
    kept: dict[str, dict[str, str]] = {}
    for error in errors:
        kept.setdefault(error["field"], error)
    return list(kept.values())


def _rows(text: str, table: bool) -> Iterator[Row]:
    lines = list(_fields(text, table))
    if not lines:
        return
    head = [_named(field) for field in lines[0][1]]
    is_head = len([one for one in head if one]) == len(head) and not any("@" in field for field in lines[0][1])
    columns = head if is_head else []
    email_at = columns.index("email") if "email" in columns else None if is_head else _email_column(lines)
    for number, fields in lines[1:] if is_head else lines:
        yield _row(number, fields, columns, email_at)


def _fields(text: str, table: bool) -> Iterator[tuple[int, list[str]]]:
    """The fields of every line that has any, with its number."""
    if table:
        first = next((line for line in text.splitlines() if line.strip()), "")
        reader = csv.reader(text.splitlines(keepends=True), delimiter=_separator(first) or ";", strict=False)
        before = 0
        for found in reader:
            number, before = before + 1, reader.line_num
            if any(field.strip() for field in found):
                yield number, _angled(" ".join(found)) if len(found) == 1 else [_tidy(field) for field in found]
        return
    for number, line in enumerate(text.splitlines(), 1):
        for part in _SEVERAL.split(line) if line.count("<") > 1 else [line]:
            if part.strip():
                yield number, _angled(part)


def _angled(line: str) -> list[str]:
    """`Name <mail>` as two fields, else the fields between separators, the empty ones at the end left out."""
    if found := _ANGLED.match(line.strip()):
        return [_tidy(found["name"]), f"<{found['email']}>"]
    separator = _separator(line)
    fields = [_tidy(field) for field in line.split(separator)] if separator else [_tidy(line)]
    while len(fields) > 1 and not fields[-1]:
        fields.pop()
    return fields


def _separator(line: str) -> str | None:
    return next((sign for sign in SEPARATORS if sign in line), None)


def _tidy(field: str) -> str:
    return Line.clean(field).strip(" \"'").strip()


def _named(field: str) -> str | None:
    """Which column a heading names, or None."""
    words = " ".join(re.findall(r"[a-z]+", plain(field)))
    for name, known in (("first", _FIRST), ("last", _LAST), ("name", _NAME), ("email", _EMAIL)):
        if words in known:
            return name
    return None


def _email_column(lines: Sequence[tuple[int, list[str]]]) -> int | None:
    """Where the address stands in most lines of more than one field."""
    found = Counter(at for _line, fields in lines if len(fields) > 1 for at, one in enumerate(fields) if "@" in one)
    return found.most_common(1)[0][0] if found else None


def _row(number: int, fields: Sequence[str], columns: Sequence[str | None], email_at: int | None) -> Row:
    at = _address(fields, email_at, certain="email" in columns)
    email = fields[at].strip("<> ").removeprefix("mailto:") if at is not None else None
    rest = [(columns[i] if i < len(columns) else None, field) for i, field in enumerate(fields) if i != at and field]
    if any(kind == "first" for kind, _field in rest):  # « Nom » beside « Prénom » is the last name
        rest.sort(key=lambda one: one[0] != "first")
    return Row(number, " ".join(field for _kind, field in rest), email or None)


def _address(fields: Sequence[str], email_at: int | None, *, certain: bool) -> int | None:
    """Which field is the address: the one with its sign, else what stands where the others have theirs."""
    for at, field in enumerate(fields):
        if "@" in field or field.startswith("<"):
            return at
    if email_at is not None and email_at < len(fields) and fields[email_at] and (certain or len(fields) > 1):
        return email_at
    last = len(fields) - 1
    return last if _LIKE_AN_ADDRESS.search(fields[last]) and " " not in fields[last].strip() else None
