"""What stands in a cell, as a value: dates as Belgians write them, decimals with a comma, yes and no in two languages.

A cell of a workbook may be a number, a date or a truth already; a cell of a CSV file is always text.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from campus import clock
from campus.catalogue.importing_columns import Column, choices
from campus.words import plain

Block = tuple[datetime, datetime]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula when it stands first."""


class CellError(ValueError):
    """What is wrong with a cell: a code of ``importing.yml`` and what its words need."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell of a workbook of which nothing is read, and why: it holds a formula or an error of Excel's."""

    code: str


def guard(text: str) -> str:
    """A text for a file: one that a spreadsheet would take for a formula gets an apostrophe before it."""
    return "'" + text if text.startswith(FORMULA) or text.startswith("'") else text


def read(column: Column, cell: Any) -> Any:
    """The value of a cell; None where it is empty. Raises CellError."""
    if isinstance(cell, str):
        cell = _unguarded(cell, column)
        if not cell:
            return None
    if cell is None:
        return None
    if isinstance(cell, Unread):
        raise CellError(cell.code)
    return _READERS[column.type](column, cell)


def _unguarded(text: str, column: Column) -> str:
    stripped = text.replace("\r\n", "\n").strip(" \n\u00a0\u202f")
    if stripped.startswith("'"):
        return stripped[1:]
    is_number = column.type in {"decimal", "money", "whole"} and re.match(r"[+-]\s*\d", stripped)
    if stripped.startswith(FORMULA) and not is_number:
        raise CellError("formula")
    return stripped


def _text(column: Column, cell: Any) -> str:
    text = _spelled(cell)
    if "\0" in text or any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        text = "".join(sign for sign in text if sign != "\0" and not 0xD800 <= ord(sign) <= 0xDFFF)
    if len(text) > column.max:
        raise CellError("too_long", most=column.max)
    return text


def _spelled(cell: Any) -> str:
    """A number or date that a workbook made of what was meant as text (a reference `2027`)."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clock.iso(_aware(cell)) if isinstance(cell, datetime) else str(cell)


def _line(column: Column, cell: Any) -> str:
    return re.sub(r"[ \t\n]+", " ", _text(column, cell)).strip(" ")  # and not the spaces that French typography wants


def _lines(column: Column, cell: Any) -> list[str]:
    return [line.strip() for line in _text(column, cell).split("\n") if line.strip()]


def _names(column: Column, cell: Any) -> list[str]:
    """One a line, or on a single line separated by semicolons."""
    text = _text(column, cell)
    return [name.strip() for name in re.split(r"\n" if "\n" in text else r";", text) if name.strip()]


def _list(column: Column, cell: Any) -> list[str]:
    return [name.strip() for name in re.split(r"[,;\n]", _text(column, cell)) if name.strip()]


def _choice(column: Column, cell: Any) -> str:
    known = choices(column.key)
    value = known.get(plain(_spelled(cell).strip()))
    if value is None:
        raise CellError("unknown_value", allowed=", ".join(dict.fromkeys(known.values())))
    return value


def _boolean(_column: Column, cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    value = choices("boolean").get(plain(_spelled(cell).strip()))
    if value is None:
        raise CellError("not_boolean")
    return value == "yes"


def _language(_column: Column, cell: Any) -> str:
    said = plain(_spelled(cell).strip())
    if code := choices("language").get(said):
        return code
    if not re.fullmatch("[a-z]{2}", said):
        raise CellError("unknown_language")
    return said


def _languages(column: Column, cell: Any) -> list[str]:
    return list(dict.fromkeys(_language(column, one) for one in _list(column, cell)))


def _number(cell: Any) -> Decimal:
    """A number as Belgians write it: `1.250,50`, `1 250,5`, and as computers do: `1250.5`.

    Raises CellError for one that can be read in two ways (`1.250`).
    """
    if isinstance(cell, (bool, date, time)):
        raise CellError("not_a_number")
    if isinstance(cell, (int, float)):
        return Decimal(repr(cell)) if abs(cell) < 1e12 else Decimal(10**12)
    text = re.sub(r"[\s\u00a0\u202f']|€|EUR", "", str(cell))
    if not re.fullmatch(r"[+-]?\d[\d.,]*", text) or len(text) > 20:
        raise CellError("not_a_number")
    marks = re.findall(r"[.,]", text)
    if not marks:
        return Decimal(text)
    last = marks[-1]
    whole, _, rest = text.rpartition(last)
    if len(marks) == 1:
        if len(rest) == 3:
            raise CellError("ambiguous")
        return Decimal(f"{whole}.{rest or '0'}")
    others = set(marks[:-1])
    thousands = marks[0]
    grouped = text if last == thousands else whole
    if len(others) > 1 or not re.fullmatch(rf"[+-]?\d{{1,3}}(\{thousands}\d{{3}})+", grouped):
        raise CellError("not_a_number")
    if last == thousands:
        return Decimal(text.replace(thousands, ""))
    return Decimal(f"{whole.replace(thousands, '')}.{rest or '0'}")


def _decimal(column: Column, cell: Any) -> Decimal:
    value = _number(cell)
    if not 0 <= value <= column.most:
        raise CellError("out_of_range", least=0, most=column.most)
    if value != round(value, 2):
        raise CellError("decimals")
    return value


def _whole(column: Column, cell: Any) -> int:
    value = _number(cell)
    if value != int(value) or not 1 <= value <= column.most:
        raise CellError("out_of_range", least=1, most=column.most)
    return int(value)


_DATE = r"(?:(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})|(?P<iso>\d{4}-\d\d-\d\d))"
_HOUR = r"(\d{1,2})\s*(?:[h:.](?:\s*(\d\d))?(?::\d\d)?|heures?)"
_MOMENT = re.compile(rf"{_DATE}(?:\s*(?:T|,|à|at)?\s*){_HOUR}(?:\s*(?P<offset>[+-]\d\d:\d\d))?", re.IGNORECASE)
_BLOCK = re.compile(rf"{_DATE}(?:\s*(?:T|,|de|from)?\s*){_HOUR}\s*(?:-|–|à|to)\s*{_HOUR}", re.IGNORECASE)


def _moment(_column: Column, cell: Any) -> datetime:
    if isinstance(cell, datetime):
        return _aware(cell.replace(microsecond=0))
    found = _MOMENT.fullmatch(str(cell).strip()) if isinstance(cell, str) else None
    if found is None:
        raise CellError("not_a_date")
    hour, minute = found.group(5), found.group(6)
    if found.group("offset"):
        try:
            return clock.parse(str(cell).strip())
        except ValueError:
            raise CellError("not_a_date") from None
    return _at(_day(found), hour, minute)


def _day(found: re.Match[str]) -> date:
    try:
        if found.group("iso"):
            return date.fromisoformat(found.group("iso"))
        return date(int(found.group("year")), int(found.group("month")), int(found.group("day")))
    except ValueError:
        raise CellError("not_a_date") from None


def _at(day: date, hour: str, minute: str | None) -> datetime:
    try:
        return _aware(datetime.combine(day, time(int(hour), int(minute or 0))))
    except ValueError as exc:
        if isinstance(exc, CellError):
            raise
        raise CellError("not_a_date") from None


def _aware(moment: datetime) -> datetime:
    """A wall-clock time in Brussels; one that the change of the clocks leaves out is refused."""
    if moment.tzinfo is not None:
        return moment.astimezone(clock.BRUSSELS)
    if not 2000 <= moment.year <= 2100:
        raise CellError("not_a_date")
    local = moment.replace(tzinfo=clock.BRUSSELS)
    if clock.after(local, local - local).replace(tzinfo=None) != moment:
        raise CellError("no_such_time")
    return local


def _meetings(column: Column, cell: Any) -> list[Block]:
    if not isinstance(cell, str):
        raise CellError("not_meetings")
    blocks: list[Block] = []
    for line in re.split(r"[;\n]", _text(column, cell)):
        if not line.strip():
            continue
        found = _BLOCK.fullmatch(line.strip())
        if found is None:
            raise CellError("not_meetings")
        day = _day(found)
        block = (_at(day, found.group(5), found.group(6)), _at(day, found.group(7), found.group(8)))
        if block[0] >= block[1]:
            raise CellError("end_before_start")
        blocks.append(block)
    blocks.sort()
    if any(first[1] > second[0] for first, second in itertools.pairwise(blocks)):
        raise CellError("overlap")
    return blocks


def _funding(column: Column, cell: Any) -> list[tuple[str, str]]:
    items = []
    for line in _lines(column, cell):
        scheme, colon, note = line.partition(":")
        if not colon or not re.fullmatch(r"[\w-]{1,40}", scheme.strip()):
            raise CellError("not_funding")
        items.append((scheme.strip(), note.strip()))
    return items


def _json(column: Column, cell: Any) -> list[Any]:
    try:
        value = json.loads(_text(column, cell))
    except ValueError:
        raise CellError("not_requirements", what="JSON") from None
    if not isinstance(value, list):
        raise CellError("not_requirements", what="[…]")
    return value


_READERS: dict[str, Callable[[Column, Any], Any]] = {
    "line": _line,
    "operator": _line,
    "text": _text,
    "lines": _lines,
    "names": _names,
    "topics": _list,
    "choice": _choice,
    "boolean": _boolean,
    "language": _language,
    "languages": _languages,
    "decimal": _decimal,
    "money": _decimal,
    "whole": _whole,
    "moment": _moment,
    "meetings": _meetings,
    "funding": _funding,
    "json": _json,
}
