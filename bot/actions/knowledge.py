"""Answers of the knowledge base."""

from __future__ import annotations

import re

from bot.actions import criteria as crit
from bot.actions import formatting
from bot.actions.bookings.telling import MayBeAboutBooking
from bot.actions.references import pointed_at, shown_items
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem
from bot.settings import get_settings

#: Below this the answer finder's first key is not said unasked.
SURE = 0.5
#: Below this it is not said though a question was asked: rather none than one beside the point.
LEAST = 0.1
#: Below this what holds of courses in general is the better guess ("Co-valent rembourse ?" is about Co-valent).
GUESSED = 0.4
#: From here on a question about courses in general is answered where none is talked about.
ASKED = 0.7
#: From here on the message surely asks for the answer that was found.
KNOWN = 0.9
#: Answers about courses in general, and the attribute that says it of the course on screen.
GENERAL = {
    "prerequisites_general": "prerequisites",
    "levels": "level",
    "teaching_languages": "language",
    "prices_general": "price",
    "online_courses": "format",
    "certificate": "certificate",
    "trainers": "trainer",
    "course_hours": "times",
    "funding_overview": "funding",
}
#: What the assistant says of itself better than the knowledge base does.
OF_ITSELF = frozenset({"is_this_ai", "what_is_the_campus"})
#: Answers about a way to the campus: "where can I park" asks nothing of the course on screen.
_WAYS = frozenset({"parking", "public_transport", "bike", "address"})
#: Criteria with which a message looks for a course, unless an answer is surer than this.
_MEANS = {"max_price": SURE, "max_days": 0.2, "day_part": KNOWN}
#: Words up to which a message is only what is left of a question ("and at Stäubli?").
_SHORT = 4
#: Answers that hold whatever course a question names: who comes to it is told to nobody.
EVENTS = "events_how"
#: Who wants to hear of events, rather than to come to one, is told the address of their calendar.
_FOLLOWS = re.compile(r"\b(?:suivre|suis|abonn\w*|flux|rss|ical\w*|agenda|follow\w*|subscri\w*|feed|calendar)\b")
OF_NO_COURSE = frozenset({"participants_private"})


class Answer(MayBeAboutBooking):
    """Answer a practical question from the knowledge base, or say that it is not known there.

    What the course on screen says itself is answered from it ("do I need a diploma?").
    """

    action = "action_answer"

    async def answer(self, turn: Turn) -> list[Event]:
        from bot.actions.courses.asked import asked_of_course, two_wishes
        from bot.actions.courses.focus import named_course, on_screen
        from bot.actions.courses.searching import RefineSearch, SearchCourses
        from bot.actions.courses.telling import answer_on_screen, in_general, tell_course

        if turn.tracker.active_loop.get("name"):
            unknown = float(turn.answer_key.get("confidence") or 0.0) < LEAST
            if turn.first("topic") and unknown:
                return await SearchCourses().act(turn)  # "do you also have Python?" in the middle of a booking
            await answer_question(turn)
            return []
        answered = await answer_on_screen(turn)
        if answered is not None:
            return answered
        if _looks_for_courses(turn):
            return await SearchCourses().act(turn)
        if turn.first("operator") and "operator" in (turn.slot("criteria") or {}) and len(turn.text.split()) <= _SHORT:
            return await RefineSearch().act(turn)  # "and at Stäubli?" after what Takeda offers
        pointed = pointed_at(turn, shown_items(turn, "course")) if turn.values("reference") else None
        named = (named_course(turn) or (pointed and pointed["id"])) if turn.values("course_attribute") else None
        course = named or on_screen(turn)
        key = str((turn.answer_key or {}).get("key"))
        asked = asked_of_course(turn)
        if key in _WAYS and "place" in asked.attributes and course != named:
            asked.attributes.remove("place")
        unsure = float(turn.answer_key.get("confidence") or 0.0) < SURE
        if course and asked.attributes and unsure:
            return await tell_course(turn, course, {}, asked)
        if named and asked.attributes:
            return await tell_course(turn, named, {}, asked)
        if float(turn.answer_key.get("confidence") or 0.0) < GUESSED and not course:
            told = await in_general(turn)
            if told is not None:
                return told
        if course and key in GENERAL and not turn.first("topic"):
            if GENERAL[key] not in asked.attributes:
                asked.attributes.append(GENERAL[key])
            return await tell_course(turn, course, {}, asked)
        events: list[Event] = []
        if course and asked.attributes and two_wishes(turn):  # "how much is it, and is there a discount?"
            events = await tell_course(turn, course, {}, asked)
        instead = await answer_question(turn, courses=True)
        return [*events, *instead]


def _looks_for_courses(turn: Turn) -> bool:
    """Whether a question says what somebody can give, rather than asking what the knowledge base knows."""
    sure = float(turn.answer_key.get("confidence") or 0.0)
    return any(sure < _MEANS.get(name, 0.0) for name in crit.read(turn))


async def answered_surely(turn: Turn, least: float) -> bool:
    """Answer a question that names nothing of the catalogue, where its answer is known; whether it was."""
    found = turn.answer_key
    named = any(turn.first(entity) for entity in ("topic", "course", "operator", "reference"))
    if (
        turn.pressed
        or named
        or not (turn.question or (least >= KNOWN and turn.asks))
        or found.get("key") in (None, *OF_ITSELF)
    ):
        return False
    answer = await find_answer(turn, least)
    if answer is not None:
        tell(turn, answer)
    return answer is not None


async def answer_question(turn: Turn, *, courses: bool = False) -> list[Event]:
    """Answer the message as a practical question, or say that it is not known.

    Args:
        courses: where it is not known, say the courses that its words fit.
    """
    from bot.actions.courses.instead import LIKELY, courses_instead

    answer = await find_answer(turn, LEAST)
    if answer is not None:
        tell(turn, answer)
        return []
    instead = await courses_instead(turn, "utter_courses_beside", LIKELY) if courses else None
    if instead is None:
        turn.say("utter_no_answer")
    return instead or []


async def find_answer(turn: Turn, least: float) -> Json | None:
    """The answer that the message asks for, read from the service now.

    Args:
        least: confidence, 0 to 1, that the answer finder must have in its first key.
    """
    key = turn.answer_key.get("key") if turn.answer_key else None
    if key:
        if float(turn.answer_key.get("confidence") or 0.0) < least:
            return None
        try:
            return await turn.service.answer(str(key))
        except Problem as problem:
            if problem.status != 404:
                raise  # an answer that was taken out since the last snapshot is looked for below
    found = (await turn.service.answers(turn.text))["items"] if not turn.pressed else []
    return found[0] if found and float(found[0]["score"]) >= max(least, SURE) else None


def tell(turn: Turn, answer: Json) -> None:
    """Say an answer, with its source and date where it states a fact of the world."""
    source = ""
    if answer.get("source"):
        checked = formatting.calendar_day(answer["checked_on"], turn.lang)
        source = turn.part("source", source=answer["source"], date=checked)
    turn.say("utter_answer", text=answer["text"], source=source)
    if answer.get("key") == EVENTS and _FOLLOWS.search(fold(turn.text)):
        turn.say("utter_events_feed", url=f"{get_settings().public_url}/v1/events/calendar.ics")
