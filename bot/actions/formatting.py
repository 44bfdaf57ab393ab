"""Money, dates and times as people write them; the words between stand in `data/responses/formats.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from bot import responses
from bot.clock import BRUSSELS

_LOCALES = {"fr": "fr_BE", "en": "en_GB"}


def money(amount: str | Decimal, lang: str) -> str:
    """``1 250,00 €`` or ``€1,250.00``."""
    return format_currency(Decimal(amount), "EUR", locale=_LOCALES[lang])


def price(amount: str, lang: str) -> str:
    """A price, or the word for free."""
    return responses.text("utter_part_free", lang) if Decimal(amount) == 0 else money(amount, lang)


def number(value: float | str, lang: str) -> str:
    """``0,5`` or ``0.5``; whole numbers without decimals."""
    return format_decimal(Decimal(str(value)), locale=_LOCALES[lang])


def moment(iso: str) -> datetime:
    """An ISO 8601 time of the service as an aware time in Brussels."""
    return datetime.fromisoformat(iso.replace("Z", "+00:00")).astimezone(BRUSSELS)


def day(when: date, lang: str) -> str:
    """``mardi 12 janvier`` or ``Tuesday 12 January``; the first of a month is ``1er`` in French."""
    text = format_date(when, "EEEE d MMMM", locale=_LOCALES[lang])
    return text.replace(" 1 ", " 1er ", 1) if lang == "fr" and when.day == 1 else text


def calendar_day(iso: str, lang: str) -> str:
    """``20 novembre 2026`` or ``20 November 2026``."""
    text = format_date(date.fromisoformat(iso), "d MMMM y", locale=_LOCALES[lang])
    return f"1er{text[1:]}" if lang == "fr" and text.startswith("1 ") else text


def hour(when: datetime, lang: str) -> str:
    """``9 h``, ``13 h 30`` or ``9:00``."""
    when = when.astimezone(BRUSSELS)
    if lang == "fr":
        pattern = "H\u202f'h'" if when.minute == 0 else "H\u202f'h'\u202fmm"
        return format_time(when, pattern, tzinfo=BRUSSELS, locale="fr_BE")
    return format_time(when, "H:mm", tzinfo=BRUSSELS, locale="en_GB")


def when(meetings: Sequence[Mapping[str, str]], lang: str) -> str:
    """The blocks of a session in one phrase: ``le mardi 12 janvier de 9 h à 17 h``."""
    starts = [moment(meeting["start"]) for meeting in meetings]
    first, last = starts[0], starts[-1]
    times = {"start": hour(first, lang), "end": hour(moment(meetings[0]["end"]), lang)}
    if first.date() == last.date():
        times["end"] = hour(moment(meetings[-1]["end"]), lang)
        return responses.text("utter_part_when_one", lang, day=day(first, lang), **times)
    days_between = (last.date() - first.date()).days
    key = "utter_part_when_days" if days_between == len(starts) - 1 else "utter_part_when_blocks"
    same_month = (first.year, first.month) == (last.year, last.month)
    opening = _day_alone(first, lang) if same_month else day(first, lang)
    hours = {(moment(meeting["start"]).time(), moment(meeting["end"]).time()) for meeting in meetings}
    if len(hours) > 1:  # they differ from block to block: rather none than the wrong ones
        return responses.text("utter_part_between", lang, first=opening, last=day(last, lang))
    return responses.text(key, lang, count=len(meetings), first=opening, last=day(last, lang), **times)


def _day_alone(when: date, lang: str) -> str:
    """``mardi 12``: the month stands with the other end of the stretch."""
    return day(when, lang).rsplit(" ", 1)[0]


def plural(key: str, count: float, lang: str, **variables: Any) -> str:
    """The response ``<key>_one`` or ``<key>_many``; French counts 0 and 1.5 as one, English does not."""
    one = abs(count) < 2 if lang == "fr" else count == 1
    return responses.text(f"{key}_{'one' if one else 'many'}", lang, count=number(count, lang), **variables)


def days(value: float, lang: str) -> str:
    """``2 jours``, ``une demi-journée``."""
    if value == 0.5:
        return responses.text("utter_part_half_day", lang)
    return plural("utter_part_days", int(value) if float(value).is_integer() else float(value), lang)


def joined(parts: Sequence[str], lang: str) -> str:
    """``a, b et c`` or ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return responses.text("utter_part_and", lang, first=", ".join(parts[:-1]), last=parts[-1])


def language_name(code: str, lang: str) -> str:
    """``en français``, ``in English``; the code where we have no word for it."""
    key = f"utter_part_in_{code}"
    return responses.text(key, lang) if responses.exists(key) else code
