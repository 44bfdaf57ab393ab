"""Which session is meant, and asking when several could be."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from bot import snapshot
from bot.actions import criteria as crit
from bot.actions import subjects
from bot.actions.bookings import picking
from bot.actions.bookings.asking import STUCK, asked_times, silent
from bot.actions.bookings.picking import is_refused, names_a_day, on_the_dates, picked
from bot.actions.bookings.words import has
from bot.actions.courses.focus import course_in_focus, named_course, only_course, session_criteria, topic_buttons
from bot.actions.courses.lists import EVERY
from bot.actions.courses.searching import show_courses
from bot.actions.courses.sessions import SearchEvents, show_sessions
from bot.actions.references import Item, pointed_at, shown_items, within
from bot.actions.showing import bookable, item_buttons, session_item
from bot.actions.turn import CampusAction, Event, Turn
from bot.nlu.number_words import numbers
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: Seats on one date, at most, where several are counted.
MOST_EACH = 100


async def chosen_session(turn: Turn, asked: str | None, current: str | None = None) -> str | None:
    """The session that the message names or points at, or the only one that there is to book.

    Args:
        asked: what the form asked last.
        current: the session that is being booked, if one is.
    """
    if turn.first("session"):
        return str(turn.first("session"))
    named = named_course(turn)
    items = await _choices(turn, named, current)
    item = picked(turn, items, current)
    if item:
        return str(item["id"])
    if asked not in (None, "session_id") and not named and turn.intent != "book_session":
        return None
    if asked is None and len(items) == 1 and not turn.first("topic"):
        return str(items[0]["id"])
    course = course_in_focus(turn)
    if course and asked is None and not items and turn.values("reference") and _OF_DATE.search(fold(turn.text)):
        return await _by_place(turn, course)
    if course is None and turn.intent == "book_session" and asked in (None, "session_id"):
        course = await only_course(turn, crit.read(turn))
    if course and not current and (asked is None or named or asked == "session_id"):
        return await _only_session(turn, course)
    return None


async def _by_place(turn: Turn, course: str) -> str | None:
    """The session of a course that a message means by its place ("on the first date"), of those with room."""
    wanted = {**session_criteria(turn.slot("criteria") or {}), **session_criteria(crit.read(turn))}
    found = await turn.service.course_sessions(course, **crit.query(wanted), limit=EVERY, sort="start")
    item = pointed_at(turn, [session_item(session) for session in found["items"] if bookable(session)])
    return str(item["id"]) if item else None


_OF_DATE = re.compile(r"\b(?:dates?|sessions?|seances?|day|jour|possible)\b")


#: A day that is wanted instead of the one that is held.
_WANTED = re.compile(
    r"\b(?:(?:ce|ca) sera(?:it)?|it(?:'ll| will| would) be|chang\w*|deplac\w*|move|switch|plutot|rather|instead|"
    r"a la place|better|mieux|convien\w*|arrange\w*|suits?|works?|prefer\w*|meant|voulais dire|finalement|actually|"
    r"mett\w+|mets|take|prends?|prenez)\b|^\W*(?:\S+\W+){0,4}\S+\W*$"
)


async def on_another_day(turn: Turn, current: str) -> str | None:
    """The other session of the course being booked that begins on the one day that a message names, or None."""
    wanted = names_a_day(turn) and not is_refused(turn.text) and bool(_WANTED.search(fold(turn.text)))
    item = None if turn.pressed or not wanted else on_the_dates(turn, await _choices(turn, named_course(turn), current))
    return str(item["id"]) if item and item["id"] != current and item.get("bookable", True) else None


async def another_course(turn: Turn, current: str) -> str | None:
    """The one other course that a message wants instead of the one that is held ("no, I prefer …"), or None."""
    if turn.pressed or picking.asks(turn) or not (turn.first("course") or turn.first("topic")):
        return None
    wants = _PREFERS.search(fold(turn.text)) or (has(turn.text, "no") and has(turn.text, "meant"))
    if not wants or is_refused(_NO.sub(" ", turn.text)):
        return None
    named = named_course(turn) or await only_course(turn, crit.read(turn))
    return named if named != current else None


def course_beside(turn: Turn, current: str) -> bool:
    """Whether a message wants another course beside the one that is held ("add chromatography for two as well")."""
    if turn.pressed or picking.asks(turn):
        return False
    topics = next((one.get("topics") or [] for one in snapshot.load()["courses"] if one["id"] == current), [])
    other = turn.first("course") not in (None, current) or any(one not in topics for one in turn.values("topic"))
    adds = bool(_ADDS.search(turn.plain))
    return (other and (adds or turn.first("seats") is not None)) or (adds and bool(_OTHER_COURSE.search(turn.plain)))


#: What comes on top.
_ADDS = re.compile(r"\b(?:aussi|egalement|en plus|ajout\w*|also|too|as well|add|adding|on top)\b")
_OTHER_COURSE = re.compile(r"\b(?:l'autre|une autre|the other|another) (?:cours|formation|course|training|one)\b")
#: What is liked better.
_PREFERS = re.compile(r"\b(?:j ?e? ?pref\w+|prefer\w*|plutot|rather|instead|a la place|voulais dire|meant)\b")
#: The no to what is held.
_NO = re.compile(r"^\W*(?:non|no|nope)\b", re.IGNORECASE)


async def on_each_date(turn: Turn) -> list[Json]:
    """What a message counts for each of two dates or more: ``{session_id, start, seats}``; else nothing."""
    days = [one for one in turn.entities if one.get("entity") == "period" and one.get("start") is not None]
    days.sort(key=lambda one: int(one["start"]))
    if turn.pressed or turn.question or len(days) < 2:
        return []
    items = await _choices(turn, named_course(turn), None)
    course = course_in_focus(turn)
    if not items and course:
        found = await turn.service.course_sessions(course, access_code=turn.slot("access_code"), limit=EVERY)
        items = [session_item(session) for session in found["items"]]
    parts: list[Json] = []
    at = 0
    for day in days:
        counted = [one for one in numbers(fold(turn.text[at : day["start"]])) if not one.article]
        fitting = [item for item in items if within(item.get("start"), str(day["value"]))]
        if len(counted) != 1 or len(fitting) != 1 or not 0 < counted[0].value <= MOST_EACH:
            return []
        item = fitting[0]
        parts.append({"session_id": item["id"], "start": item["start"], "seats": int(counted[0].value)})
        at = day["end"]
    return parts if len({part["session_id"] for part in parts}) == len(parts) else []


async def _choices(turn: Turn, named: str | None, current: str | None) -> list[Item]:
    """The sessions that a message may mean: those that were shown, or those of the course that is being booked."""
    items = shown_items(turn, "session")
    if named:
        items = [item for item in items if item["course"] == named]
    course = turn.slot("course")
    if not current or not course or named or (items and all(item["course"] == course for item in items)):
        return items
    wanted = {"access_code": [turn.slot("access_code")]} if turn.slot("access_code") else {}
    found = await turn.service.course_sessions(str(course), **crit.query(wanted), limit=EVERY, sort="start")
    return [session_item(session) for session in found["items"]]


async def _only_session(turn: Turn, course: str) -> str | None:
    """The one session of a course that fits and has room, if there is just one."""
    said = session_criteria(crit.read(turn))
    wanted = {**session_criteria(turn.slot("criteria") or {}), **said}
    if turn.slot("access_code"):
        wanted["access_code"] = [turn.slot("access_code")]
    tried = [wanted]
    if "period" in said and "seats" in wanted:  # the day that was named may be too small: that is said of that day
        tried.append({name: values for name, values in wanted.items() if name != "seats"})
    for criteria in tried:
        try:
            found = await turn.service.course_sessions(course, **crit.query(criteria), limit=EVERY, sort="start")
        except Problem as problem:
            if problem.status == 404:
                return None
            raise
        free = [session for session in found["items"] if bookable(session)]
        if free:
            return str(free[0]["id"]) if len(free) == 1 else None
    return None


class AskSession(CampusAction):
    """Ask which session: those of the course in focus, else which course."""

    action = "action_ask_booking_form_session_id"

    async def act(self, turn: Turn) -> list[Event]:
        if silent(turn):
            return []
        times, counted = asked_times(turn, "session_id")
        return [*(await self._ask(turn, times)), counted]

    async def _ask(self, turn: Turn, times: int) -> list[Event]:
        named = crit.read(turn)
        if (turn.slot("booking_pending") or {}).get("kind") == "full":
            named.pop("period", None)  # of that day it was just said how many seats it has
        if turn.slot("hold"):  # another date instead of the one that is held
            return await show_sessions(turn, str(turn.slot("course")), session_criteria(named))
        looked_aside = not turn.fresh and turn.slot("course")  # at another course, in the middle
        course = str(turn.slot("course")) if looked_aside else course_in_focus(turn)
        if course is None and turn.fresh:
            course = await only_course(turn, named)
        listed = shown_items(turn, "session")
        again = turn.slot("requested_slot") == "session_id" and not named and not turn.first("course")
        if listed and (again or not turn.fresh or turn.said("utter_noted")) and _of_one_course(listed, course):
            key = "utter_ask_which_session" if times < STUCK else "utter_ask_session_stuck"
            turn.say(key, buttons=item_buttons(turn, listed))  # the list itself is just above
            return []
        if course:
            kept = session_criteria(turn.slot("criteria") or {})
            return await show_sessions(turn, course, {**kept, **session_criteria(named)})
        if listed:
            key = "utter_ask_which_session" if times < STUCK else "utter_ask_session_stuck"
            turn.say(key, buttons=item_buttons(turn, listed))
            return []
        if turn.fresh and not turn.pressed and _EVENT.search(turn.plain) and not set(named) & set(crit.SUBJECT):
            return await SearchEvents().act(turn)  # "I want to register for an event"
        if not any(subject in named for subject in crit.SUBJECT):
            words = subjects.said(turn, booking=True)
            if words and turn.intent == "book_session":
                named["q"] = [words]
        if any(subject in named for subject in (*crit.SUBJECT, "operator")):
            return await show_courses(turn, named, None)
        if shown_items(turn, "course"):
            turn.say("utter_ask_which_shown_course")
            return []
        turn.say("utter_ask_which_course_to_book", buttons=topic_buttons(turn))
        return [SlotSet("criteria", {})]


_EVENT = re.compile(r"\b(?:events?|evenements?)\b")


def _of_one_course(items: list[Item], course: str | None) -> bool:
    return all(item["course"] == course for item in items)
