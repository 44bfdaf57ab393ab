"""Finding courses: a search, its refinements, and what is given up where nothing has it all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from bot import snapshot
from bot.actions import criteria as crit
from bot.actions import subjects
from bot.actions.bookings.picking import chooses, wants_seat
from bot.actions.bookings.telling import MayBeAboutBooking
from bot.actions.courses.asked import asked_of_course
from bot.actions.courses.focus import (
    OF_A_SESSION,
    about,
    called,
    keep_code,
    named_course,
    on_screen,
    session_criteria,
    topic_buttons,
)
from bot.actions.courses.instead import courses_instead
from bot.actions.courses.lists import COURSES, say_courses, words
from bot.actions.courses.sessions import show_sessions
from bot.actions.courses.telling import CourseDetails, answer_on_screen, in_general, tell_course, tell_item
from bot.actions.criteria import Criteria
from bot.actions.knowledge import ASKED, KNOWN, SURE, answered_surely
from bot.actions.references import extreme, pointed_at, shown_items
from bot.actions.showing import shown
from bot.actions.turn import CampusAction, Event, Turn
from bot.nlu.spans import fold
from bot.service import Json

#: Courses looked through for those that a subject names.
MANY = 100
#: "Montrez-m'en plus": more of the same, and no other criterion.
_MORE = re.compile(
    r"\ben (?:plus|davantage)\b|\bm'en (?:plus|d'autres)\b|\b(?:show|see|any) (?:me )?more\b|\bla suite\b"
)


class SearchCourses(CampusAction):
    """Find courses by all that the message says."""

    action = "action_search_courses"

    async def act(self, turn: Turn) -> list[Event]:
        from bot.actions.companies.training import for_a_team

        if wants_seat(turn):
            return [FollowupAction("booking_form")]
        answered = await answer_on_screen(turn)
        if answered is not None:
            return answered
        team = for_a_team(turn)
        if team is not None:
            return team
        told = await in_general(turn) if turn.question and turn.first("course_attribute") else None
        if told is not None:
            return told  # "what proof do you get once it is over?"
        course = turn.first("course")
        criteria = about(turn)
        if course and "topic" not in criteria:
            return await tell_course(turn, str(course), criteria)
        if not criteria and await answered_surely(turn, ASKED):
            return []
        here = on_screen(turn)
        if here and not criteria and asked_of_course(turn).attributes:
            return await tell_course(turn, here, criteria)  # "what exactly do you learn there?"
        if not criteria and turn.slot("criteria") and not subjects.names_courses(turn):
            return await RefineSearch().act(turn)  # nothing to search by, and no request either
        keep_code(turn, criteria)
        dear = turn.values("comparative") == ["cheaper"]  # "your courses are too expensive"
        return await show_courses(turn, criteria, "price" if dear else None)


class RefineSearch(MayBeAboutBooking):
    """Change the last search by what the message adds, changes or drops; a bare criterion begins one."""

    action = "action_refine_search"

    async def answer(self, turn: Turn) -> list[Event]:
        if chooses(turn):
            return [FollowupAction("booking_form")]
        answered = await answer_on_screen(turn)
        if answered is not None:
            return answered
        before: Criteria = turn.slot("criteria") or {}
        last = shown_items(turn)
        item = pointed_at(turn, last)
        if item and not turn.values("comparative") and not turn.values("dropped_criterion"):
            return await tell_item(turn, item)
        course = turn.slot("course")
        named = about(turn, free_words=False)
        after = crit.changed(before, turn, named)
        compared, sort = crit.compared(turn, last)
        after.update(compared)
        dates = last and last[0]["kind"] == "session" and (not compared or "period" in compared)
        if course and dates and not {"topic", "q", "operator"} & set(named):
            return await show_sessions(turn, str(course), after)  # "and in March?" after the dates of one course
        if sort in ("price", "days") and last:
            return await show_better(turn, before, after, sort, limited=bool(compared))
        if after == before and not sort:
            course = turn.first("course")
            if course:
                return await tell_course(turn, str(course), after)
            if turn.values("dropped_criterion") and before:  # given up already: what holds is said again
                return await show_courses(turn, before, None)
            if turn.values("course_attribute"):
                return await CourseDetails().act(turn)  # "not the dates, the price"
            if _MORE.search(fold(turn.text)) and (turn.slot("shown") or {}).get("next"):
                return await ShowMore().act(turn)
            said = subjects.said(turn)
            if not said:
                turn.say("utter_ask_criterion", buttons=topic_buttons(turn))
                return []
            after["q"] = [said]
            after.pop("topic", None)
        return await show_courses(turn, after, sort)


class ShowMore(CampusAction):
    """The next courses of the same search."""

    action = "action_show_more"
    yields = "utter_courses_on_subject"
    asks_first = KNOWN

    async def act(self, turn: Turn) -> list[Event]:
        item = pointed_at(turn, shown_items(turn)) if turn.values("reference") else None
        if item:
            return await tell_item(turn, item)  # "and the last one on the list?"
        cursor = (turn.slot("shown") or {}).get("next")
        if not cursor:
            turn.say("utter_no_more", buttons=topic_buttons(turn))
            return []
        criteria: Criteria = turn.slot("criteria") or {}
        found = await turn.service.courses(
            **crit.query(criteria), kind="course", limit=COURSES, cursor=cursor["cursor"], sort=cursor.get("sort")
        )
        return say_courses(turn, found, criteria, "utter_more_courses", cursor.get("sort"))


async def show_courses(turn: Turn, criteria: Criteria, sort: str | None) -> list[Event]:
    """Say the courses that fit; where none does, give up one criterion and say which, but never the subject."""
    meant = called(str(criteria["q"][0])) if "q" in criteria else set()
    found = await _courses(turn, criteria, sort)
    if meant and found["items"] and not meant & _ids(found):  # others of the field are no answer to "HPLC"
        found = _only(await _courses(turn, criteria, sort, MANY), meant)
    if found["items"]:
        focus = meant & _ids(found)
        return say_courses(
            turn, found, criteria, "utter_courses_found", sort, focus=focus.pop() if len(focus) == 1 else None
        )
    subject = {name: values for name, values in criteria.items() if name in (*crit.SUBJECT, "access_code")}
    if set(subject) & set(crit.SUBJECT):
        taught = (await _courses(turn, subject, sort))["items"] if subject != criteria else []
        title = _title_of(turn, meant) or _title_of(turn, {str(named_course(turn, whole_name=True))})
        if not taught and title and criteria.get("q") != [title]:  # found by its whole name, where one word is too few
            return await show_courses(turn, {**criteria, "q": [title]}, sort)
        if not taught:
            return await _not_taught(turn, subject)
    for relaxed, given_up in _relaxed(criteria):
        found = await _courses(turn, relaxed, sort, MANY if meant else COURSES)
        found = _only(found, meant) if meant else found
        if not found["items"]:
            continue
        if len(found["items"]) == 1 and set(given_up) <= set(OF_A_SESSION):
            events = await show_sessions(turn, found["items"][0]["id"], session_criteria(criteria))
            return [*events, SlotSet("criteria", relaxed)]
        found["items"] = found["items"][:COURSES]
        return say_courses(
            turn,
            found,
            relaxed,
            "utter_courses_relaxed",
            sort,
            asked=words(turn, criteria),
            given_up=words(turn, given_up),
        )
    turn.say("utter_nothing_fits", criteria=words(turn, criteria), buttons=topic_buttons(turn))
    return [SlotSet("criteria", subject), shown([])]


async def show_better(turn: Turn, before: Criteria, after: Criteria, sort: str | None, *, limited: bool) -> list[Event]:
    """ "Cheaper", "shorter": what is so beside what was shown; where nothing is, say that it is the least already.

    Args:
        limited: something could be less; nothing is cheaper than free.
    """
    course = on_screen(turn)
    if course and not set(crit.SUBJECT) & set(after):  # beside the one course on screen: others of its field
        topics = [topic for item in shown_items(turn, "course") for topic in item.get("topics", [])]
        after = {"topic": list(dict.fromkeys(topics)), **after} if topics else after
    found = await _courses(turn, after, sort) if limited else {"items": []}
    if found["items"]:
        return say_courses(turn, found, after, "utter_courses_found", sort)
    last = shown_items(turn)
    wanted = {"price": "cheapest", "days": "shortest"}.get(str(sort))
    best = extreme(last, wanted) if wanted else None
    if best is None:
        return await show_courses(turn, after, sort)
    held = {name: values for name, values in before.items() if name not in ("max_price", "max_days")}
    found = await _courses(turn, held, sort)
    key = "utter_already_cheapest" if sort == "price" else "utter_already_shortest"
    if not found["items"]:
        return await show_courses(turn, before, sort)
    return say_courses(turn, found, held, key, sort, focus=course)


async def _not_taught(turn: Turn, subject: Criteria) -> list[Event]:
    """The subject is not taught here; a topic that the same words name is, though the words find nothing."""
    if turn.question and await answered_surely(turn, SURE):
        return []
    topics = [str(topic) for topic in turn.values("topic")]
    if topics and "q" in subject:
        by_topic = {"topic": topics, **{name: held for name, held in crit.read(turn).items() if name != "topic"}}
        if (await _courses(turn, {"topic": topics}, None))["items"]:
            return await show_courses(turn, by_topic, None)
    # the whole message, not the words picked out of it
    instead = await courses_instead(turn, "utter_courses_on_subject", 0.0)
    if instead is not None:
        return instead
    named = {name: values for name, values in subject.items() if name != "access_code"}
    if subjects.describes(" ".join(map(str, named.get("q", [])))):
        turn.say("utter_nothing_described", buttons=topic_buttons(turn))
    else:
        turn.say("utter_not_taught", criteria=words(turn, named), buttons=topic_buttons(turn))
    return [SlotSet("criteria", {}), shown([])]


def _relaxed(criteria: Criteria) -> Iterator[tuple[Criteria, Criteria]]:
    """The criteria with one given up, each in turn; then with more and more of them."""
    names = [name for name in crit.RELAXED_FIRST if name in criteria]
    ways = [*([name] for name in names), *(names[:count] for count in range(2, len(names) + 1))]
    for way in ways:
        left = {name: values for name, values in criteria.items() if name not in way}
        if set(left) - {"access_code"}:
            yield left, {name: criteria[name] for name in way}


def _title_of(turn: Turn, meant: set[str]) -> str | None:
    """The title of the one course that is meant."""
    titles = [course["title"][turn.lang] for course in snapshot.load()["courses"] if course["id"] in meant]
    return str(titles[0]) if len(titles) == 1 else None


def _only(found: Json, meant: set[str]) -> Json:
    items = [course for course in found["items"] if course["id"] in meant]
    return {"items": items, "total": len(items), "next": None}


def _ids(found: Json) -> set[str]:
    return {str(course["id"]) for course in found["items"]}


async def _courses(turn: Turn, criteria: Criteria, sort: str | None, limit: int = COURSES) -> Json:
    found: dict[str, Any] = await turn.service.courses(**crit.query(criteria), kind="course", limit=limit, sort=sort)
    return found
