"""The filters of the contract, read from a query. Each may repeat (any of) and exclude with `!`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import WithJsonSchema

from campus.catalogue.models import FORMATS, KINDS, LEVELS
from campus.clock import parse as parse_time
from campus.problems import Invalid

SORTS = ("relevance", "price", "start", "days")
STATES = ("open", "full", "closed", "cancelled")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_PARTS = ("morning", "afternoon", "evening", "weekday", "weekend", *WEEKDAYS)


def _pattern(*values: str) -> WithJsonSchema:
    """How a filter of known values is described; case and outer spaces do not matter when it is read."""
    return WithJsonSchema({"type": "string", "pattern": f"^!?({'|'.join(values)})$"})


_SPACES = r"[^\S\x1c-\x1f\x85]+"
"""White space as the grammar of the document has it: Python counts five control characters more."""
_Id = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"[^!\s]", "maxLength": 200})]
_Level = Annotated[str, _pattern(*LEVELS)]
_Format = Annotated[str, _pattern(*FORMATS)]
_Language = Annotated[str, _pattern("[A-Za-z]{2}")]
_Kind = Annotated[str, _pattern(*KINDS)]
_DayPart = Annotated[str, _pattern(*DAY_PARTS)]
_State = Annotated[str, _pattern(*STATES)]
_Sort = Annotated[str, WithJsonSchema({"type": "string", "enum": list(SORTS)})]
_Amount = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,7}(\.[0-9]{1,2})?$"})]
_Count = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,5}$"})]
_Time = Annotated[
    str, WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]})
]

T = TypeVar("T")
Period = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """Values of one filter: any of `include` (all, if it is empty), none of `exclude`."""

    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude)

    def admits(self, value: str) -> bool:
        """Whether a single value passes."""
        return value not in self.exclude and (not self.include or value in self.include)

    def admits_any(self, values: Iterable[str]) -> bool:
        """Whether something that has several values passes."""
        have = set(values)
        return not (have & self.exclude) and (not self.include or bool(have & self.include))


@dataclass(frozen=True, slots=True)
class Criteria:
    """All filters of one request. Periods are half-open; money in EUR, VAT included where the operator is taxable."""

    q: str = ""
    topic: Choice = Choice()
    operator: Choice = Choice()
    level: Choice = Choice()
    format: Choice = Choice()
    language: Choice = Choice()
    kind: Choice = Choice()
    day_part: Choice = Choice()
    state: Choice = Choice()
    periods: tuple[Period, ...] = ()
    no_periods: tuple[Period, ...] = ()
    max_price: Decimal | None = None
    max_days: Decimal | None = None
    seats: int | None = None
    access_codes: tuple[str, ...] = ()
    sort: str | None = None

    @property
    def about_sessions(self) -> bool:
        """Whether a filter speaks of sessions, so that one bookable session must fulfil all of them."""
        named = self.format or self.language or self.day_part or self.periods or self.no_periods
        return bool(named) or self.seats is not None


def get_criteria(
    q: Annotated[list[str] | None, Query(description="Words to match, in either language.")] = None,
    topic: Annotated[list[_Id] | None, Query(description="Topic id.")] = None,
    operator: Annotated[list[_Id] | None, Query(description="Operator id.")] = None,
    level: Annotated[list[_Level] | None, Query(description="beginner, intermediate, advanced")] = None,
    format: Annotated[list[_Format] | None, Query(description="onsite, online, hybrid (of one session)")] = None,
    language: Annotated[list[_Language] | None, Query(description="Teaching language, ISO 639-1")] = None,
    from_: Annotated[list[_Time] | None, Query(alias="from", description="Session starts at or after (ISO).")] = None,
    to: Annotated[list[_Time] | None, Query(description="Session starts before (ISO date or time).")] = None,
    max_price: Annotated[list[_Amount] | None, Query(description="EUR per seat.")] = None,
    max_days: Annotated[list[_Amount] | None, Query(description="Length in days.")] = None,
    seats: Annotated[list[_Count] | None, Query(description="Seats free in one session.")] = None,
    day_part: Annotated[list[_DayPart] | None, Query(description=", ".join(DAY_PARTS))] = None,
    kind: Annotated[list[_Kind] | None, Query(description="course, event")] = None,
    state: Annotated[list[_State] | None, Query(description="Sessions in these states, not bookable ones.")] = None,
    access_code: Annotated[list[str] | None, Query(description="Opens what is not public.")] = None,
    sort: Annotated[list[_Sort] | None, Query(description=", ".join(SORTS))] = None,
) -> Criteria:
    """What a route takes. Raises Invalid with every field that is malformed."""
    read = _Reader()
    periods, no_periods = read.periods(from_ or [], to or [])
    criteria = Criteria(
        q=" ".join(q or []).replace("\0", " ").strip()[:500],
        topic=read.choice("topic", topic, _identifier),
        operator=read.choice("operator", operator, _identifier),
        level=read.choice("level", level, _one_of(LEVELS)),
        format=read.choice("format", format, _one_of(FORMATS)),
        language=read.choice("language", language, _language),
        kind=read.choice("kind", kind, _one_of(KINDS)),
        day_part=read.choice("day_part", day_part, _one_of(DAY_PARTS)),
        state=read.choice("state", state, _one_of(STATES)),
        periods=periods,
        no_periods=no_periods,
        max_price=read.largest("max_price", max_price, _amount),
        max_days=read.largest("max_days", max_days, _amount),
        seats=read.smallest("seats", seats, _count),
        access_codes=tuple(access_code or ())[:10],
        sort=read.last("sort", sort, _one_of(SORTS)),
    )
    if read.errors:
        raise Invalid(read.errors)
    return criteria


class _Reader:
    """Reads the values of each filter and collects what is malformed."""

    def __init__(self) -> None:
        self.errors: list[dict[str, str]] = []

    def _value(self, field: str, text: str, convert: Callable[[str], T]) -> T | None:
        try:
            if len(text) > 200:
                raise ValueError("too_long")
            return convert(_bare(text))
        except (ValueError, OverflowError) as exc:
            code = str(exc) if str(exc) in {"unknown_value", "too_long", "out_of_range"} else "malformed"
            self.errors.append({"field": field, "code": code})
            return None

    def choice(self, field: str, values: list[str] | None, convert: Callable[[str], str]) -> Choice:
        include: set[str] = set()
        exclude: set[str] = set()
        for text in values or ():
            refused = _bare(text).startswith("!")
            value = self._value(field, _bare(text).removeprefix("!"), convert)
            if value is not None:
                (exclude if refused else include).add(value)
        return Choice(frozenset(include), frozenset(exclude))

    def _all(self, field: str, values: list[str] | None, convert: Callable[[str], T]) -> list[T]:
        read = (self._value(field, text, convert) for text in values or ())
        return [value for value in read if value is not None]

    def largest(self, field: str, values: list[str] | None, convert: Callable[[str], Decimal]) -> Decimal | None:
        return max(self._all(field, values, convert), default=None)

    def smallest(self, field: str, values: list[str] | None, convert: Callable[[str], int]) -> int | None:
        return min(self._all(field, values, convert), default=None)

    def last(self, field: str, values: list[str] | None, convert: Callable[[str], str]) -> str | None:
        read = self._all(field, values, convert)
        return read[-1] if read else None

    def periods(self, starts: list[str], ends: list[str]) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
        """The n-th `from` goes with the n-th `to`; those with `!` are periods to avoid."""
        read: list[tuple[Period, ...]] = []
        for refused in (False, True):
            first = [text.strip().removeprefix("!") for text in starts if text.strip().startswith("!") == refused]
            last = [text.strip().removeprefix("!") for text in ends if text.strip().startswith("!") == refused]
            pairs = zip_longest(self._all("from", first, _time), self._all("to", last, _time))
            read.append(tuple(pairs))
        return read[0], read[1]


def _bare(text: str) -> str:
    return re.sub(f"^{_SPACES}|{_SPACES}$", "", text)


def _identifier(text: str) -> str:
    if not _bare(text.replace("!", " ")):
        raise ValueError("empty")
    return text.lower()


def _one_of(values: tuple[str, ...]) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text.lower() not in values:
            raise ValueError("unknown_value")
        return text.lower()

    return convert


def _language(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValueError("not ISO 639-1")
    return text.lower()


def _amount(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as exc:
        raise ValueError(text) from exc
    if not value.is_finite() or not 0 <= value <= 10_000_000:
        raise ValueError("out_of_range")
    return value


def _count(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(text)
    if not 1 <= int(text) <= 1_000_000:
        raise ValueError("out_of_range")
    return int(text)


def _time(text: str) -> datetime:
    """An ISO date (its midnight in Brussels) or time; a `+` that the address lost as a space is put back."""
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        raise ValueError(text)
    return parse_time(re.sub(r" (\d\d:?\d\d)$", r"+\1", text) if "T" in text else text)
