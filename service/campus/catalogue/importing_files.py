"""CSV files and workbooks as rows of cells. What a spreadsheet should not hold, or hold so much of, is refused."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from openpyxl import load_workbook

from campus.catalogue.importing_cells import Unread
from campus.catalogue.importing_columns import columns, key_of, kind_of_sheet

MOST_ROWS, MOST_COLUMNS = 20_000, 100
MOST_BYTES = 200_000_000
"""Of a workbook's parts once they are unpacked; a file of the largest size that is taken has about half of that."""
MOST_PARTS = 500
MOST_TIMES = 300
"""How many times larger a part may become: text packs 10 to 60 times, a bomb a thousand."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileError(ValueError):
    """A file that is not read at all: a code of ``importing.yml``."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands (the header is row 1), and its cells by the keys of their columns."""

    number: int
    sheet: str | None
    cells: dict[str, Any]


@dataclass(slots=True)
class Table:
    """One sheet, or a whole CSV file. ``kind`` is what its rows are where they do not say it themselves."""

    sheet: str | None
    kind: str | None
    rows: list[Row] = field(default_factory=list)
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    """Headers that are not understood, each with a code."""
    keys: list[str] = field(default_factory=list)


def read_file(content: bytes) -> list[Table]:
    """The tables of a file, whose first bytes tell what it is. Raises FileError."""
    tables = _workbook(content) if content[:4] == b"PK\x03\x04" else [_text(content)]
    if not any(table.rows or table.mistakes for table in tables):
        raise FileError("empty")
    return tables


def _text(content: bytes) -> Table:
    """A CSV file: commas, semicolons or tabs between; UTF-8, or what Excel in Belgium writes (Windows-1252)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise FileError("unreadable") from None
    if any(sign < " " and sign not in "\r\n\t" for sign in text):
        raise FileError("unreadable")
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        return _table(None, None, csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise FileError("unreadable") from None


def _workbook(content: bytes) -> list[Table]:
    _look_inside(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        tables = []
        for sheet in book.worksheets:
            kind = kind_of_sheet(sheet.title.split(" - ")[0])
            if kind or len(book.worksheets) == 1:
                tables.append(_table(sheet.title, kind, _cells(sheet)))
        book.close()
    except FileError:
        raise
    except Exception as exc:  # whatever a broken workbook makes the library raise: it cannot be read
        raise FileError("unreadable") from exc
    if not tables:
        raise FileError("unreadable")
    return tables


def _look_inside(content: bytes) -> None:
    """Refuse what grows beyond measure, holds macros, or declares entities (which grow when they are read)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise FileError("too_large", rows=MOST_ROWS, columns=MOST_COLUMNS)
            for part in parts:
                if part.file_size > 1_000_000 and part.file_size > MOST_TIMES * max(1, part.compress_size):
                    raise FileError("too_large", rows=MOST_ROWS, columns=MOST_COLUMNS)
                if "vbaProject" in part.filename or part.flag_bits & 1:
                    raise FileError("unsafe")
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        start = file.read(4096)
                    if b"<!DOCTYPE" in start or b"<!ENTITY" in start or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
                        raise FileError("unsafe")
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError):
        raise FileError("unreadable") from None


def _cells(sheet: Any) -> Iterator[list[Any]]:
    """The rows of a sheet, whatever size it says it has."""
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        yield [_UNREAD.get(cell.data_type, cell.value) for cell in row]


_UNREAD = {"f": Unread("formula"), "e": Unread("excel_error")}


def _table(sheet: str | None, kind: str | None, lines: Iterable[list[Any]]) -> Table:
    """The rows below the header; empty ones are left out and counted all the same."""
    table = Table(sheet, kind)
    for number, cells in enumerate(lines, 1):
        if number > MOST_ROWS + 1 or len(cells) > MOST_COLUMNS:
            raise FileError("too_large", rows=MOST_ROWS, columns=MOST_COLUMNS)
        if number == 1:
            _read_header(table, cells)
            continue
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            continue
        if table.mistakes and table.mistakes[0][1] == "unreadable":
            break
        named = zip(table.keys, cells, strict=False)
        table.rows.append(Row(number, sheet, {key: cell for key, cell in named if key}))
    return table


def _read_header(table: Table, cells: list[Any]) -> None:
    for cell in cells:
        said = str(cell).strip() if cell is not None else ""
        key = key_of(said) if said else ""
        if key is None:
            table.mistakes.append((said[:80], "unknown_column"))
        elif key and key in table.keys:
            table.mistakes.append((key, "repeated_column"))
        table.keys.append(key or "")
    known = set(columns()) & set(table.keys)
    if not known:
        table.mistakes = [("", "unreadable")]
