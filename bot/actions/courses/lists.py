"""Lists of courses and of sessions: how they are said, and what is remembered of them."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from bot import snapshot
from bot.actions import criteria as crit
from bot.actions import formatting
from bot.actions.criteria import Criteria
from bot.actions.showing import (
    alert_button,
    bookable,
    course_buttons,
    course_card,
    course_item,
    course_line,
    session_buttons,
    session_card,
    session_item,
    session_line,
    shown,
)
from bot.actions.turn import Button, Event, Turn
from bot.service import Json

#: Courses of one reply, and sessions.
COURSES = 3
SESSIONS = 5
#: Sessions looked through for a day that is named, also beyond those that are told.
EVERY = 50


def words(turn: Turn, criteria: Criteria) -> str:
    """The criteria as a person would say them: "robotique, en avril, en français, pour 7 personnes"."""
    return ", ".join(crit.spoken(criteria, turn.lang, snapshot.names(turn.lang)))


def heading(turn: Turn, criteria: Criteria) -> str:
    """The same behind what a list is called, or nothing."""
    said = words(turn, criteria)
    return turn.part("for_criteria", criteria=said) if said else ""


def demo(turn: Turn, items: list[Json]) -> str:
    """The mark of the demonstration, where something of it is said."""
    return turn.part("demo") if any(item.get("demo") for item in items) else ""


def say_courses(
    turn: Turn,
    found: Json,
    criteria: Criteria,
    key: str,
    sort: str | None,
    *,
    focus: str | None = None,
    **variables: Any,
) -> list[Event]:
    """Say a list of courses.

    Args:
        focus: the course that is talked about from now on, though others are listed with it.
    """
    courses = found["items"]
    lines = "\n".join(course_line(turn, course, place) for place, course in enumerate(courses, 1))
    buttons = course_buttons(courses)
    if found.get("next"):
        buttons.append(turn.button("more", "/show_more"))
    turn.say(
        key,
        buttons=buttons,
        cards=[course_card(course) for course in courses],
        found=formatting.plural("utter_part_courses", found["total"], turn.lang),
        criteria=heading(turn, criteria),
        lines=lines,
        demo=demo(turn, courses),
        **variables,
    )
    meant = courses[0]["id"] if len(courses) == 1 else focus
    events = [SlotSet("criteria", criteria)]
    if not (_booking(turn) and turn.slot("course")):  # looked at in between: what is being booked stays
        events.append(SlotSet("course", meant))
    if criteria.get("access_code"):
        events.append(SlotSet("access_code", criteria["access_code"][0]))
    nxt = {"cursor": found["next"], "sort": sort} if found.get("next") else None
    return [*events, SlotSet("shown", {"items": [course_item(course) for course in courses], "next": nxt})]


def _when_none_is_free(turn: Turn, sessions: list[Json]) -> list[Button]:
    """The waiting list of a course whose dates are full, and being told of new ones."""
    courses = {session["course_id"] for session in sessions}
    if len(courses) != 1:
        return []
    course = str(courses.pop())
    full = any(session["state"] in ("open", "full") for session in sessions)
    wait = [turn.button("wait_for_it", f'/join_waitlist{{"course": "{course}"}}')] if full else []
    return [*wait, alert_button(turn, course)]


def _booking(turn: Turn) -> bool:
    """Whether a booking is under way that has its course."""
    return bool(turn.tracker.active_loop.get("name") == "booking_form" and turn.slot("booking_started"))


def say_sessions(
    turn: Turn,
    sessions: list[Json],
    key: str,
    criteria: Criteria,
    *,
    with_title: bool,
    given_up: Criteria | None = None,
) -> list[Event]:
    """Say a list of sessions.

    Args:
        criteria: what they fulfil; the subject is left out of the heading.
        given_up: what they do not fulfil though it was asked for.
    """
    lines = "\n".join(session_line(turn, session, place, with_title) for place, session in enumerate(sessions, 1))
    turn.say(
        key,
        buttons=session_buttons(turn, sessions) or _when_none_is_free(turn, sessions),
        cards=[session_card(session) for session in sessions],
        title=sessions[0]["title"],
        criteria=heading(turn, {name: held for name, held in criteria.items() if name not in crit.SUBJECT}),
        asked=words(turn, given_up or {}),
        lines=lines,
        next=turn.part("next_book" if any(map(bookable, sessions)) else "next_none_free"),
        demo=demo(turn, sessions),
    )
    events = [shown([session_item(session) for session in sessions])]
    courses = {session["course_id"] for session in sessions}
    if len(courses) == 1:
        events.append(SlotSet("course", courses.pop()))
    return events
