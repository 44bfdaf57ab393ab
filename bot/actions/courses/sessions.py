"""Dates: of one course, on a subject, and of events."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from bot import snapshot
from bot.actions import criteria as crit
from bot.actions.bookings.picking import chooses, settles, wants_seat
from bot.actions.bookings.telling import MayBeAboutBooking
from bot.actions.bookings.words import has
from bot.actions.courses.focus import (
    OF_A_SESSION,
    course_in_focus,
    keep_code,
    only_course,
    session_criteria,
    topic_buttons,
)
from bot.actions.courses.lists import EVERY, SESSIONS, say_sessions
from bot.actions.criteria import Criteria
from bot.actions.knowledge import ASKED, answered_surely
from bot.actions.references import shown_items, within
from bot.actions.turn import CampusAction, Event, Turn
from bot.service import Json, Problem


class ListSessions(MayBeAboutBooking):
    """When a course is given, and whether there is room."""

    action = "action_list_sessions"

    async def answer(self, turn: Turn) -> list[Event]:
        from bot.actions.courses.searching import SearchCourses, show_courses
        from bot.actions.courses.telling import which_course

        if wants_seat(turn):
            return [FollowupAction("booking_form")]
        if (turn.first("seats") is not None or has(turn.text, "yes")) and chooses(turn):
            return [FollowupAction("booking_form")]  # "one person on the 18th" after the dates were shown
        if settles(turn):
            return [FollowupAction("booking_form")]  # "Saturday 18 May would be good", of those dates
        if has(turn.text, "any_date") and "period" in (turn.slot("criteria") or {}) and not turn.values("period"):
            turn.entities.append({"entity": "dropped_criterion", "value": "period"})
            return await show_courses(turn, crit.changed(turn.slot("criteria"), turn), None)
        if turn.doubtful and not turn.question and turn.first("topic") and _may_search(turn):
            return await SearchCourses().act(turn)  # "GMP, any time but January" names no course
        named = crit.read(turn)
        course = course_in_focus(turn)
        if course is None and "topic" in named:
            course = await only_course(turn, named)
        if course:
            held: Criteria = turn.slot("criteria") or {}
            listed = shown_items(turn, "course") if turn.values("reference") else []
            events = await show_sessions(turn, course, {**session_criteria(held), **named})
            for event in events:
                if event.get("name") == "shown" and listed:
                    event["value"]["courses"] = listed  # one of several: the next question may be about another
            narrowed = session_criteria(named)
            # remembered, so that it can be taken back
            return [*events, SlotSet("criteria", {**held, **narrowed})] if held and narrowed else events
        if any(name in named for name in ("topic", "q", "operator", "period", "level", "language", "day_part")):
            keep_code(turn, named)
            found = await turn.service.sessions(**crit.query(named), kind="course", limit=SESSIONS, sort="start")
            if found["items"]:
                events = say_sessions(turn, found["items"], "utter_sessions_found", named, with_title=True)
                return [*events, SlotSet("criteria", named)]
            return await show_courses(turn, named, None)
        if await answered_surely(turn, ASKED):
            return []
        return await which_course(turn)


def _may_search(turn: Turn) -> bool:
    """Whether courses may as well be looked for."""
    return "search_courses" in [reading["name"] for reading in turn.ranking[:3]]


class SearchEvents(CampusAction):
    """Open days, job dating, visits and meet-ups."""

    action = "action_search_events"
    yields = "utter_courses_on_subject"

    async def act(self, turn: Turn) -> list[Event]:
        from bot.actions import contacting

        for meant in (contacting.wanted, contacting.who_comes):
            events = await meant(turn)
            if events is not None:
                return events
        named = crit.read(turn)
        event = turn.first("course")
        if event and any(c["id"] == event and c.get("kind") == "event" for c in snapshot.load()["courses"]):
            return await show_sessions(turn, str(event), session_criteria(named))
        wanted = {name: values for name, values in named.items() if name not in crit.SUBJECT}
        found = await turn.service.sessions(**crit.query(wanted), kind="event", limit=SESSIONS, sort="start")
        if found["items"]:
            return say_sessions(turn, found["items"], "utter_events_found", wanted, with_title=True)
        if wanted:
            found = await turn.service.sessions(kind="event", limit=SESSIONS, sort="start")
        if not found["items"]:
            turn.say("utter_no_events")
            return []
        return say_sessions(turn, found["items"], "utter_events_other_dates", {}, with_title=True, given_up=wanted)


async def show_sessions(turn: Turn, course_id: str, criteria: Criteria) -> list[Event]:
    """Say the sessions of one course or event that fit; where none does, those that fit best, and what they lack."""
    keep_code(turn, criteria)
    wanted = {name: values for name, values in criteria.items() if name in OF_A_SESSION}
    try:
        found, held, given_up = await fitting_sessions(turn, course_id, wanted)
    except Problem as problem:
        if problem.status != 404:
            raise
        turn.say("utter_course_gone", buttons=topic_buttons(turn))
        return []
    events: list[Event] = [SlotSet("course", course_id)]
    if not found:
        course = await turn.service.course(course_id, access_code=turn.slot("access_code"))
        turn.say("utter_no_sessions", title=course["title"], buttons=topic_buttons(turn))
        return events
    key = "utter_sessions_relaxed" if given_up else "utter_sessions_of_course"
    if await _is_crowded(turn, course_id, wanted, given_up):
        key = "utter_sessions_crowded"
        given_up = {"period": given_up["period"]}
    return [*events, *say_sessions(turn, found, key, held, with_title=False, given_up=given_up)]


async def fitting_sessions(turn: Turn, course_id: str, wanted: Criteria) -> tuple[list[Json], Criteria, Criteria]:
    """The sessions of a course that fit, or those that fit all but what has to be given up; what holds; what not."""
    given_up: Criteria = {}
    held = dict(wanted)
    order: list[str | None] = [None, *(name for name in crit.RELAXED_FIRST if name in wanted)]
    for name in order:
        if name is not None:
            given_up[name] = held.pop(name)
        found = await turn.service.course_sessions(course_id, **crit.query(held), limit=SESSIONS, sort="start")
        if found["items"]:
            break
    return found["items"], held, _really(given_up, found["items"])


async def _is_crowded(turn: Turn, course_id: str, wanted: Criteria, given_up: Criteria) -> bool:
    """Whether there is a date at the time that was given up, and it only lacks the seats."""
    if "period" not in given_up:
        return False
    held = {name: values for name, values in wanted.items() if name in ("language", "format", "access_code")}
    found = await turn.service.course_sessions(course_id, **crit.query(held), limit=EVERY, sort="start")
    then = [one for one in found["items"] if any(within(one["start"], str(time)) for time in given_up["period"])]
    least = max(1, *(int(count) for count in wanted.get("seats", [1])))
    return bool(then) and all(one["state"] in ("open", "full") and one["seats_free"] < least for one in then)


def _really(given_up: Criteria, sessions: list[Json]) -> Criteria:
    """Of what was given up, what the sessions that were found do not fulfil anyway."""
    lacking = dict(given_up)
    if sessions and all(session["language"] in lacking.get("language", []) for session in sessions):
        lacking.pop("language", None)
    if sessions and all(session["format"] in lacking.get("format", []) for session in sessions):
        lacking.pop("format", None)
    return lacking
