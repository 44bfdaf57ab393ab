"""The search as a state: criteria that a message adds, changes or removes, and how they read.

Criteria are kept in the slot `criteria` as a plain dict: for each name of `NAMES` a list of values, an excluded one
written with a leading ``!``, as in the service's query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from bot import responses
from bot.actions import formatting
from bot.actions.turn import Turn
from bot.nlu.spans import fold

Criteria = dict[str, list[Any]]

#: Entity → criterion. Only `q` has no entity of its own: the words that nothing else explains.
NAMES = {
    "topic": "topic",
    "operator": "operator",
    "level": "level",
    "format": "format",
    "course_language": "language",
    "period": "period",
    "max_price": "max_price",
    "max_days": "max_days",
    "seats": "seats",
    "day_part": "day_part",
    "access_code": "access_code",
}
#: Given up first where nothing fits; what it is about is never given up.
RELAXED_FIRST = ("day_part", "max_days", "format", "max_price", "level", "period", "language", "seats", "operator")
#: The order in which a person would name them.
SPOKEN = (
    "topic",
    "q",
    "level",
    "period",
    "day_part",
    "format",
    "language",
    "max_price",
    "max_days",
    "seats",
    "operator",
)
SUBJECT = ("topic", "q")
#: Words up to which what is looked for is repeated; a longer description is called that.
NAMED_BY = 3
_LISTS = {"topic", "operator", "level", "format", "language", "day_part"}
#: "April works too": beside what was asked for, not in its place.
_TOO = re.compile(
    r"\b(?:too|as well|also|(?:also )?(?:works|fine|ok|possible) too|aussi|egalement|ou bien|ou alors|or else|either)\b"
    r"|^(?:ou|or) "
)


#: What was refused is not any more.
_FINE = re.compile(
    r"\b(?:fine|ok|okay|all right|alright|works|possible|acceptable|c'est bon|ca va|me va|convient|ca ira|"
    r"va aussi|egal)\b"
)


def read(turn: Turn) -> Criteria:
    """The criteria that the message itself names."""
    found: Criteria = {}
    for entity in turn.entities:
        name = NAMES.get(entity.get("entity", ""))
        if not name or (name == "seats" and turn.text.strip().isdigit()):
            continue  # a bare number is a position in what was shown, or the answer to a form
        value = entity["value"]
        if name == "topic" and not re.fullmatch(r"[a-z0-9-]+", str(value)):
            name = "q"  # words that are no topic of the catalogue
        if entity.get("role") == "not":
            if name not in _LISTS and not (name == "period" and ".." not in str(value)):
                continue
            value = f"!{value}"
        values = found.setdefault(name, [])
        if name not in _LISTS and not _excluded(value):
            values[:] = [other for other in values if _excluded(other)]
        if value not in values:
            values.append(value)
    return found


def changed(before: Criteria, turn: Turn, named: Criteria | None = None) -> Criteria:
    """The criteria after a message that refines the last search.

    Args:
        named: what the message names, where that is known already.
    """
    after = {name: list(values) for name, values in before.items()}
    for dropped in turn.values("dropped_criterion"):
        after.pop(NAMES.get(dropped, dropped), None)
    named = read(turn) if named is None else named
    too = bool(_TOO.search(fold(turn.text)))
    if any(not _excluded(value) for subject in SUBJECT for value in named.get(subject, [])):
        for subject in SUBJECT:  # another subject takes the place of the last one
            after.pop(subject, None)
    lifted = bool(_FINE.search(fold(turn.text)))
    for name, values in named.items():
        held = after.get(name, [])
        if lifted and values and all(f"!{value}" in held for value in values):
            after[name] = [value for value in held if value[1:] not in values]
            if not after[name]:
                del after[name]
            continue  # "Siemens is fine after all" asks for nothing, it only refuses no more
        kept = [value for value in held if _excluded(value) and value[1:] not in values]
        wanted = [value for value in values if not _excluded(value)]
        excluded = [value for value in values if _excluded(value)]
        if (name in _LISTS or name == "period") and not wanted:  # "not in English" beside what was wanted before
            still = [value for value in after.get(name, []) if f"!{value}" not in excluded]
            after[name] = [*still, *(value for value in excluded if value not in still)]
        elif too and _joins(name, after.get(name, []), wanted):
            after[name] = [*after[name], *(value for value in wanted if value not in after[name])]
        else:
            after[name] = [*wanted, *excluded, *(value for value in kept if value not in excluded)]
    return after


def _joins(name: str, held: list[Any], wanted: list[Any]) -> bool:
    """Whether what is wanted too can stand beside what is held: any of them will do."""
    if name == "period":
        return bool(held) and not any(".." in str(value) for value in (*held, *wanted))
    return bool(held) and name in _LISTS and name != "topic"


def compared(turn: Turn, shown: list[dict[str, Any]]) -> tuple[Criteria, str | None]:
    """What "cheaper", "shorter", "earlier" and "later" mean beside what was last shown, and how to sort."""
    found: Criteria = {}
    sort = None
    for comparative in turn.values("comparative"):
        if comparative == "cheaper":
            sort, prices = "price", [float(item["price"]) for item in shown if item.get("price") is not None]
            if prices and min(prices) > 0:
                found["max_price"] = [round(min(prices) - 0.01, 2)]
        elif comparative == "shorter":
            sort, lengths = "days", [float(item["days"]) for item in shown if item.get("days")]
            if lengths and min(lengths) > 0.5:
                found["max_days"] = [min(lengths) - 0.5]
        else:
            sort, starts = "start", sorted(item["start"][:10] for item in shown if item.get("start"))
            if starts and comparative == "earlier":
                found["period"] = [f"../{starts[0]}"]
            elif starts:
                found["period"] = [f"{date.fromisoformat(starts[-1]) + timedelta(days=1)}/.."]
    return found, sort


def query(criteria: Criteria) -> dict[str, Any]:
    """The criteria as parameters of the service."""
    parameters: dict[str, Any] = {name: values for name, values in criteria.items() if name != "period" and values}
    pairs = [_bounds(str(interval)) for interval in criteria.get("period") or []]
    if len(pairs) == 1:
        parameters["from"], parameters["to"] = pairs[0]
    elif pairs:  # the n-th start goes with the n-th end
        parameters["from"], parameters["to"] = [start for start, _ in pairs], [end for _, end in pairs]
    return parameters


def _bounds(interval: str) -> tuple[str | None, str | None]:
    """The start and the end of a stretch of time, both marked where it is to be avoided; None where it is open."""
    mark, plain = ("!", interval[1:]) if _excluded(interval) else ("", interval)
    start, _, end = plain.partition("/")
    return (mark + start if start != ".." else None), (mark + end if end != ".." else None)


def spoken(criteria: Criteria, lang: str, names: dict[str, dict[str, str]]) -> list[str]:
    """Each criterion that holds, in words.

    Args:
        names: for `topic` and `operator`, id → name as the service has it.
    """
    parts = []
    for name in sorted(criteria, key=lambda name: SPOKEN.index(name) if name in SPOKEN else len(SPOKEN)):
        if name in ("access_code", "kind"):
            continue
        wanted = [_spoken(name, value, lang, names) for value in criteria[name] if not _excluded(value)]
        if len(wanted) > 1:
            wanted = [responses.text("utter_part_or", lang, first=", ".join(wanted[:-1]), last=wanted[-1])]
        parts += wanted + [_spoken(name, value, lang, names) for value in criteria[name] if _excluded(value)]
    return [part for part in parts if part]


def _spoken(name: str, value: Any, lang: str, names: dict[str, dict[str, str]]) -> str:
    excluded = _excluded(value)
    if excluded:
        value = value[1:]
    if name == "period":
        words = period(str(value), lang)
    elif name in ("topic", "operator"):
        words = responses.text(f"utter_part_criterion_{name}", lang, value=names.get(name, {}).get(value, value))
    elif name == "max_price":
        free = float(value) == 0
        words = (
            responses.text("utter_part_free", lang)
            if free
            else responses.text("utter_part_criterion_max_price", lang, value=formatting.money(str(value), lang))
        )
    elif name == "max_days":
        words = responses.text("utter_part_criterion_max_days", lang, value=formatting.days(float(value), lang))
    elif name == "seats":
        people = formatting.plural("utter_part_people", int(value), lang)
        words = responses.text("utter_part_criterion_seats", lang, value=people)
    elif name == "q" and len(value.split()) > NAMED_BY:
        words = responses.text("utter_part_criterion_description", lang)
    elif name == "q":
        words = responses.text("utter_part_criterion_q", lang, value=value)
    elif name == "language":
        words = formatting.language_name(value, lang)
    else:
        key = f"utter_part_{name}_{value}"
        words = responses.text(key, lang) if responses.exists(key) else str(value)
    return responses.text("utter_part_not", lang, value=words) if excluded else words


def period(interval: str, lang: str) -> str:
    """An ISO half-open interval in words: a day, a whole month, or from … to …; the end is said inclusive."""
    start, _, end = interval.partition("/")
    if start == "..":
        last = date.fromisoformat(end[:10]) - timedelta(days=1)
        if end[8:10] == "01":
            return responses.text("utter_part_until_end", lang, month=_month(last, lang))
        return responses.text("utter_part_before", lang, day=_day(end, lang))
    if end == "..":
        if start[8:10] == "01":
            return responses.text("utter_part_from_month", lang, month=_month(date.fromisoformat(start[:10]), lang))
        return responses.text("utter_part_from", lang, day=_day(start, lang))
    first, after = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    last = after - timedelta(days=1)
    if first >= last:
        return responses.text("utter_part_on", lang, day=formatting.day(first, lang))
    if first.day == 1 and after.day == 1 and (after - first).days <= 31:
        return responses.text("utter_part_in_month", lang, month=_month(first, lang))
    return responses.text(
        "utter_part_between", lang, first=formatting.day(first, lang), last=formatting.day(last, lang)
    )


def _month(day: date, lang: str) -> str:
    return format_date(day, "LLLL y", locale=lang)


def _day(iso: str, lang: str) -> str:
    return formatting.day(date.fromisoformat(iso[:10]), lang)


def _excluded(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("!")


def words_left(turn: Turn, request_words: Iterable[str], keep: tuple[str, ...] = ()) -> str:
    """The words of a message that no entity explains and that are not the request itself.

    Args:
        keep: entities whose words are left in.
    """
    explained = {str(entity.get("entity")) for entity in turn.entities} - {"language", *keep}
    text = turn.without(*explained)
    dropped = {"", *request_words}
    words = re.findall(r"[\w+&/.-]+", text.replace("’", "'").replace("'", " "))
    left = [word.strip(".-") for word in words if not dropped.issuperset(word.casefold().strip(".").split("-"))]
    return " ".join(word for word in left if len(word) > 1)
