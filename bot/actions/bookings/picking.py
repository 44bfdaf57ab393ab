"""Which of the sessions that were shown a message chooses."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk.events import FollowupAction

from bot.actions import criteria as crit
from bot.actions.bookings.words import has, only
from bot.actions.references import Item, pointed_at, shown_items, within
from bot.actions.showing import bookable
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold

#: Right before a reference: it is the one that is not wanted.
_REFUSED = re.compile(r"(?:\bpas|\bnot|\bsauf|\bexcept|\bn['’]est pas|\bni)\s+(?:pour\s+|for\s+)?$", re.IGNORECASE)


def picked(turn: Turn, items: list[Item] | None = None, current: str | None = None) -> Item | None:
    """The session that a message chooses among those that were shown, or None.

    Args:
        items: the sessions; else what was last shown.
        current: the session that is being booked, beside which "the next one" is meant.
    """
    items = shown_items(turn, "session") if items is None else items
    if not items:
        return None
    refuse(turn)
    beside = _beside(turn, items, current)
    if beside:
        return beside
    if turn.values("reference") == ["current"] and (dated := on_the_dates(turn, items)):
        return dated  # "the 1st of December is my day off, so that one"
    item = pointed_at(turn, items)
    if item:
        return item
    free = [item for item in items if item.get("bookable", True)]
    refused = any(entity.get("role") == "not" for entity in turn.entities)  # "not in May either" takes no date
    if (has(turn.text, "any_date") and not refused) or (
        turn.values("dropped_criterion") == ["period"] and has(turn.text, "of_date")
    ):
        return min(free, key=_start) if free else None
    bare = turn.text.strip().rstrip(".")
    if bare.isdigit():
        on_that_day = [item for item in items if datetime.fromisoformat(item["start"]).day == int(bare)]
        return on_that_day[0] if len(on_that_day) == 1 and int(bare) > len(items) else None
    if len(free) == 1 and only(turn.text, "yes", "that_one", "me", "polite"):
        return free[0] if any(has(turn.text, key) for key in ("yes", "that_one", "me")) else None
    return None


def on_the_dates(turn: Turn, items: list[Item]) -> Item | None:
    """The one session that begins within the only period that a message names, or None."""
    periods = turn.values("period")
    fitting = [item for item in items if len(periods) == 1 and within(item.get("start"), str(periods[0]))]
    return fitting[0] if len(fitting) == 1 else None


def chooses(turn: Turn) -> bool:
    """Whether a message outside the form chooses a session that was just offered, rather than asking about one."""
    return bool(shown_items(turn, "session")) and not asks(turn) and picked(turn) is not None


def wants_seat(turn: Turn) -> bool:
    """Whether a message asks for a seat by course and day, or in so many words, whatever it was taken for."""
    if turn.pressed or any(has(turn.text, key) for key in ("is_left", "cancelling", "queueing", "own_seat")):
        return False
    if turn.first("course") and has(turn.text, "books_me"):
        return True  # also put as a question: "could you sign me up?"
    subject, day, seats = turn.first("course") or turn.first("topic"), turn.first("period"), turn.first("seats")
    books = seats or has(turn.text, "books") or _BOOKS.match(fold(turn.text))
    named = (subject and day and seats) or (turn.first("course") and books)
    return bool(named) and not asks(turn) and has(turn.text, "a_seat")


#: What begins with that word wants a seat ("book GMP on the shop floor").
_BOOKS = re.compile(r"\W*(?:please |svp |hi |bonjour )?(?:book|reserve[rz]?|inscri\w+|enrol\w*|register|places?)\b")


#: The lists of sessions below which one is chosen in any words.
_LISTS = frozenset(
    {
        "utter_sessions_of_course",
        "utter_sessions_found",
        "utter_sessions_relaxed",
        "utter_events_found",
        "utter_events_other_dates",
        "utter_one_session",
    }
)
#: What a message that chooses may be taken for beside what it is.
_CHOOSING = frozenset(
    {
        "inform",
        "ask_advice",
        "reschedule_booking",
        "search_events",
        "refine_search",
        "out_of_scope",
        "chitchat",
        "affirm",
    }
)


#: Criteria that look for other sessions.
_NARROWING = ("course_language", "format", "day_part", "level", "max_price", "max_days", "dropped_criterion")
#: A day that is named because it does not suit, or of which somebody is not sure.
_REFUSES = re.compile(
    r"\b(?:pas|jamais|non|no|not|never|sais|sure|certain|travaille|bosse|occupee?s?|vacances|anniversaire|busy|working|"
    r"holidays?|vacation|birthday|absente?|away|ask|demander|tell you|vous dirai)\b|n't\b"
)


def is_refused(text: str) -> bool:
    """Whether what a message names does not suit, or is not sure to."""
    return bool(_REFUSES.search(fold(text)))


async def chosen(turn: Turn) -> list[Event] | None:
    """Begin the booking of the one session that a message chooses of those that were shown right before it.

    Returns:
        the events that begin it, or None where it chooses none.
    """
    if turn.pressed or asks(turn) or turn.intent not in _CHOOSING or not turn.told_last & _LISTS:
        return None
    if has(turn.text, "change") or has(turn.text, "cancelling") or turn.values("comparative"):
        return None
    if is_refused(turn.text) or any(turn.values(criterion) for criterion in _NARROWING):
        return None  # "in English, in December": other dates are wanted
    item = picked(turn, shown_items(turn, "session")) if turn.values("reference") else None
    chooses_day = item is None and names_a_day(turn) and settles(turn)
    if not chooses_day and (item is None or not item.get("bookable", True)):
        return None
    return [FollowupAction("booking_form")]


async def seats_on_screen(turn: Turn) -> list[Event] | None:
    """Begin to book the course that was just told about, where a message is nothing but a number of seats."""
    if turn.pressed or turn.question or not _told_of_one(turn) or turn.first("seats") is None:
        return None
    others = any(entity.get("entity") not in ("language", "seats") for entity in turn.entities)
    left = [
        word for word in _WORDS.findall(fold(turn.without("seats"))) if not has(word, "polite") and word not in _FOR
    ]
    seat = has(turn.text, "a_seat") or has(turn.text, "me")
    return None if others or left or not seat else [FollowupAction("booking_form")]


async def day_on_screen(turn: Turn) -> list[Event] | None:
    """Begin to book the course that was just told about, on the one day with room that a message names.

    Returns:
        the events that begin it, or None where the message names no such day, or more beside it.
    """
    course, named = turn.slot("course"), {str(one.get("entity")) for one in turn.entities}
    if turn.pressed or asks(turn) or not (course and _told_of_one(turn)) or turn.intent not in _NAMING_A_DAY:
        return None
    if "period" not in named or named - {"period", "seats", "language"} or is_refused(turn.text):
        return None
    wanted: dict[str, Any] = {"period": turn.values("period")}
    found = await turn.service.course_sessions(
        str(course), access_code=turn.slot("access_code"), limit=2, **crit.query(wanted)
    )
    return [FollowupAction("booking_form")] if len([one for one in found["items"] if bookable(one)]) == 1 else None


#: What a day below a course may be taken for.
_NAMING_A_DAY = frozenset({"inform", "refine_search", "list_sessions", "book_session", "out_of_scope", "affirm"})


def _told_of_one(turn: Turn) -> bool:
    """Whether one course was told about right before."""
    return any(key.startswith("utter_course_") and key != "utter_course_gone" for key in turn.told_last)


_WORDS = re.compile(r"[^\W\d_]+")
_FOR = frozenset(
    [
        "pour",
        "for",
        "et",
        "and",
        "alors",
        "then",
        "ok",
        "donc",
        "so",
        "prends",
        "prend",
        "take",
        "je",
        "i",
        "we",
        "on",
        "nous",
        "les",
        "la",
        "le",
        "the",
        "veux",
        "want",
    ]
)


def settles(turn: Turn) -> bool:
    """Whether asking for dates chooses one of those that were just offered: its very day, or the only one there was."""
    items = shown_items(turn, "session")
    item = on_the_dates(turn, items)
    if item is None or not item.get("bookable", True):
        return False
    return len(items) == 1 or (not asks(turn) and _is_one_day(str(turn.first("period"))))


def names_a_day(turn: Turn) -> bool:
    """Whether a message names one time only, and that a single day."""
    return len(turn.values("period")) == 1 and _is_one_day(str(turn.first("period")))


def _is_one_day(period: str) -> bool:
    first, _, end = period.partition("/")
    try:
        return datetime.fromisoformat(end[:10]) - datetime.fromisoformat(first[:10]) == timedelta(days=1)
    except ValueError:  # an open end
        return False


def asks(turn: Turn) -> bool:
    """Whether a message is put as a question."""
    return not turn.pressed and (turn.question or "?" in turn.text)


def refuse(turn: Turn) -> None:
    """Mark what a message points at to refuse it ("pas la deuxième") as refused."""
    for entity in turn.entities:
        start = entity.get("start")
        if entity.get("entity") == "reference" and start is not None and _REFUSED.search(turn.text[:start]):
            entity["role"] = "not"


def _beside(turn: Turn, items: list[Item], current: str | None) -> Item | None:
    """The session after or before the one that is being booked."""
    at = next((item for item in items if item["id"] == current), None)
    if at is None:
        return None
    free = [item for item in items if item.get("bookable", True)]
    later = sorted((item for item in free if _start(item) > _start(at)), key=_start)
    earlier = sorted((item for item in free if _start(item) < _start(at)), key=_start)
    if has(turn.text, "next"):
        return later[0] if later else None
    if has(turn.text, "previous"):
        return earlier[-1] if earlier else None
    return None


def _start(item: dict[str, Any]) -> str:
    return str(item["start"])
