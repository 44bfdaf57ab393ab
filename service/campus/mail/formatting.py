"""Dates, hours and money as a person reads them, in French and English.

The patterns stand in ``formats.yml``; months, days and currencies come from Babel (CLDR).
Times are said in Europe/Brussels whatever zone they arrive in.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from campus.clock import BRUSSELS

LANGUAGES = ("fr", "en")


@cache
def _formats() -> dict[str, dict[str, str]]:
    formats: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "formats.yml").read_text("utf-8"))
    return formats


def _of(lang: str) -> dict[str, str]:
    return _formats()[lang if lang in LANGUAGES else "fr"]


def moment_of(value: datetime | str) -> datetime:
    """A time of the contract (ISO 8601 with offset) or a datetime, in Europe/Brussels."""
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.astimezone(BRUSSELS)


def money(amount: Decimal | str, lang: str) -> str:
    """An amount in EUR: « 1 250,00 € », “€1,250.00”."""
    return format_currency(Decimal(amount), "EUR", locale=_of(lang)["money_locale"])


def percent(rate: Decimal | str, lang: str) -> str:
    """A rate in percent without its sign and without idle zeros: « 21 », « 5,5 »."""
    return format_decimal(Decimal(rate), format="#,##0.##", locale=_of(lang)["money_locale"])


def day(value: date | datetime | str, lang: str, *, year: bool = False) -> str:
    """A day: « mardi 12 janvier », “Tuesday 12 January”; with its year where asked."""
    formats = _of(lang)
    if isinstance(value, (str, datetime)):
        value = moment_of(value).date()
    number = formats["first_of_month"] if value.day == 1 else str(value.day)
    pattern = formats["day_with_year" if year else "day"].replace("{d}", f"'{number}'")
    return format_date(value, pattern, locale=formats["locale"])


def hour(value: datetime | str, lang: str) -> str:
    """A time of day: « 9 h », « 9 h 30 », “9:00”, “9:30”."""
    local = moment_of(value)
    pattern = _of(lang)["hour_minutes" if local.minute else "hour"]
    return pattern.format(hour=local.hour, minute=local.minute)


def span(start: datetime | str, end: datetime | str, lang: str, *, year: bool = False) -> str:
    """A block of a day: « le mardi 12 janvier de 9 h à 17 h », “Tuesday 12 January, 9:00–17:00”."""
    parts = {"day": day(start, lang, year=year), "start": hour(start, lang), "end": hour(end, lang)}
    return _of(lang)["span"].format(**parts)


def language_name(code: str, lang: str) -> str:
    """The name of a language: « français », “French”; the code itself where nobody knows it."""
    return str(Locale.parse(_of(lang)["locale"]).languages.get(code, code))


def as_filters() -> dict[str, Any]:
    """The functions above under the names by which templates call them."""
    return {"money": money, "percent": percent, "day": day, "hour": hour, "language_name": language_name}


def capital(text: str) -> str:
    """The text as it stands at the beginning of a line."""
    return text[:1].upper() + text[1:]
