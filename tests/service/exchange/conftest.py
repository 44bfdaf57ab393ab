"""Files of a catalogue, made and read by the tests; the small demonstration, or the world of the bookings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook, load_workbook

from ..bookings.conftest import World
from ..bookings.conftest import _shared as _shared
from ..bookings.conftest import make_world as make_world
from ..bookings.conftest import pytest_collection_modifyitems as pytest_collection_modifyitems
from ..bookings.conftest import pytest_configure as pytest_configure
from ..bookings.conftest import world as world
from ..conftest import STAFF_TOKEN

IMPORT = "/v1/staff/catalogue/import"
EXPORT = "/v1/staff/catalogue/export"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAFF = {"Authorization": f"Bearer {STAFF_TOKEN}"}

COURSE: dict[str, Any] = {
    "kind": "course",
    "operator": "takeda",
    "external_id": "BPF-1",
    "title_fr": "Les bases",
    "title_en": "The basics",
    "summary_fr": "Pour commencer.",
    "summary_en": "To begin with.",
    "topics": "gmp",
    "languages": "fr",
    "price": "1.250,50 €",
}
SESSION: dict[str, Any] = {
    "kind": "session",
    "operator": "takeda",
    "external_id": "BPF-1-A",
    "course": "BPF-1",
    "start": "12/01/2027 9h30",
    "end": "12/01/2027 17h",
    "place_fr": "Salle Curie",
    "place_en": "Curie room",
    "capacity": "12",
}

Rows = Iterable[Mapping[str, Any]]


def as_csv(rows: Rows, separator: str = ";", encoding: str = "utf-8") -> bytes:
    """A CSV file with a column for every key."""
    rows = list(rows)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, keys, delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def as_workbook(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of these sheets, with a column for every key."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        rows = list(rows)
        keys = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(keys)
        for row in rows:
            sheet.append([row.get(key) for key in keys])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of an exported file, read by the standard library."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_workbook(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """The rows of every sheet by its title."""
    book = load_workbook(io.BytesIO(content))
    sheets = {}
    for sheet in book.worksheets:
        head, *lines = sheet.iter_rows(values_only=True)
        sheets[sheet.title] = [dict(zip(map(str, head), line, strict=True)) for line in lines]
    return sheets


def bearer_of(client: Any, operators: list[str], scopes: list[str]) -> dict[str, str]:
    """The header of somebody of the staff with these rights."""
    wish = {"name": "Claire", "email": f"{len(operators)}{len(scopes)}@campus.example", "operators": operators}
    account = client.post("/v1/staff/accounts", headers=STAFF, json={**wish, "scopes": scopes})
    assert account.status_code == 201, account.text
    wanted = {"account_id": account.json()["id"], "label": "test"}
    token = client.post("/v1/staff/tokens", headers=STAFF, json=wanted).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def send(client: Any, content: bytes, *, apply: bool = False, lang: str = "fr", **headers: Any) -> Any:
    """POST …/import, as staff."""
    asked = f"{IMPORT}?dry_run={'false' if apply else 'true'}&lang={lang}"
    return client.post(asked, content=content, headers={**STAFF, "Content-Type": "text/csv", **headers})


def done(client: Any, content: bytes) -> dict[str, int]:
    """Apply a file that has no mistakes; its counts."""
    answer = send(client, content, apply=True)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["counts"])


def wrong(client: Any, rows: Rows) -> list[tuple[int, str, str]]:
    """What is wrong with these rows: row, column, code."""
    answer = send(client, as_csv(rows))
    assert answer.status_code == 200, answer.text
    return [(error["row"], error["column"], error["code"]) for error in answer.json()["errors"]]


__all__ = ["World"]
