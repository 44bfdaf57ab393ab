"""Values as a person reads them: Brussels time, amounts in euro, the language of the site first."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from campus import clock
from campus.admin import texts

SHORT = 80
"""Signs of a cell in a list."""
NOTHING = "—"


def short(view: str, name: str, value: Any) -> str:
    """One line in the language of the site."""
    if isinstance(value, dict) and set(value) == {"fr", "en"}:
        value = value[texts.lang()]
    if isinstance(value, list | tuple):
        value = " · ".join(plain(name, one) for one in value)
    line = " ".join(plain(name, value).split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"


def full(name: str, value: Any) -> list[tuple[str, str]]:
    """Everything: a text for each language where there are two, else one without a language."""
    if isinstance(value, dict) and set(value) == {"fr", "en"}:
        return [(side, plain(name, value[side])) for side in ("fr", "en")]
    return [("", plain(name, value))]


def plain(name: str, value: Any) -> str:
    """A value as text; lists one a line."""
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return texts.value("bool", str(value).lower())
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return format_date(value, "d MMM y", locale=_locale())
    if isinstance(value, Decimal | float):
        return format_decimal(value, "#,##0.##" if isinstance(value, float) else "#,##0.00", locale=_locale())
    if isinstance(value, list | tuple):
        return "\n".join(plain(name, one) for one in value)
    if isinstance(value, dict):
        return " · ".join(f"{texts.column('', key)} : {_inside(name, one)}" for key, one in value.items())
    if hasattr(value, "__table__"):
        return name_of(value)
    return texts.value(name, value)


def _inside(name: str, value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"fr", "en"}:
        return plain(name, value[texts.lang()])
    return plain(name, value).replace("\n", ", ")


def moment(value: datetime) -> str:
    """A moment by the clocks of Brussels, to the minute."""
    return format_datetime(value.astimezone(clock.BRUSSELS), "d MMM y, HH:mm", tzinfo=clock.BRUSSELS, locale=_locale())


def span(start: datetime, end: datetime) -> str:
    """From when to when; the day once where it is the same."""
    same = start.astimezone(clock.BRUSSELS).date() == end.astimezone(clock.BRUSSELS).date()
    return f"{moment(start)} – {end.astimezone(clock.BRUSSELS):%H:%M}" if same else f"{moment(start)} – {moment(end)}"


def name_of(row: Any) -> str:
    """How a row is called: by its title or name, else by its reference or id."""
    for attribute in ("title", "name", "reference", "id", "key", "seq"):
        value = getattr(row, attribute, None)
        if isinstance(value, dict):
            value = value.get(texts.lang())
        if value:
            return str(value)
    return NOTHING


def _locale() -> str:
    return "fr_BE" if texts.lang() == "fr" else "en_GB"
