"""About one course: what was asked, in a sentence, or the whole at a glance."""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rasa_sdk.events import SlotSet

from bot import snapshot
from bot.actions import criteria as crit
from bot.actions import formatting, subjects
from bot.actions.bookings.telling import MayBeAboutBooking
from bot.actions.courses.asked import Asked, asked_of_course, is_it, two_wishes
from bot.actions.courses.focus import course_in_focus, keep_code, named_course, session_criteria, topic_buttons
from bot.actions.courses.lists import COURSES, demo, heading, say_courses, say_sessions
from bot.actions.courses.sessions import show_sessions
from bot.actions.criteria import Criteria
from bot.actions.knowledge import (
    ASKED,
    GENERAL,
    KNOWN,
    OF_ITSELF,
    OF_NO_COURSE,
    SURE,
    answered_surely,
    find_answer,
    tell,
)
from bot.actions.references import shown_items
from bot.actions.showing import bookable, course_card, course_item, session_buttons, short_title, shown
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: "When is it?" in front of a course's name asks for its dates, whatever else the words resemble.
_WHEN = re.compile(
    r"(?:c'?est |ca se donne |et |elle est |il est )*(?:quand|a quelles? dates?|quelles? (?:est la |sont les )?"
    r"(?:prochaines? )?dates?)\b|(?:and )?(?:when|which dates?|what dates?|(?:next|upcoming) dates?)\b"
)


_WHICH = re.compile(r"\b(?:which one|laquelle|lequel|lesquelles)\b")


class CourseDetails(MayBeAboutBooking):
    """Something about one course: the attribute asked for, or the whole at a glance."""

    action = "action_course_details"

    async def answer(self, turn: Turn) -> list[Event]:
        asks = turn.asks or float(turn.answer_key.get("confidence") or 0.0) >= KNOWN
        if asks and turn.answer_key.get("key") in OF_NO_COURSE and not turn.first("course_attribute"):
            answer = await find_answer(turn, SURE)
            if answer is not None:
                tell(turn, answer)
                return []
        from bot.actions.courses.comparing import MOST, CompareCourses, compares

        if _looks_for_courses(turn):
            from bot.actions.courses.searching import SearchCourses

            return await SearchCourses().act(turn)
        before = turn.slot("course")
        course = course_in_focus(turn)
        if course and before and course != before and compares(turn):
            return await CompareCourses().act(turn)  # "and flow cytometry, is that dearer?"
        if course is None and await answered_surely(turn, KNOWN if is_it(turn) else ASKED):
            return []
        if course is None and _WHICH.search(fold(turn.text)) and 1 < len(shown_items(turn, "course")) <= MOST:
            return await CompareCourses().act(turn)  # "which one is free?"
        if course is None:
            return await in_general(turn) or await which_course(turn)
        if not turn.pressed and not turn.first("course_attribute") and _WHEN.match(fold(turn.text).strip()):
            return await show_sessions(turn, course, crit.read(turn))
        asked = asked_of_course(turn)
        general = GENERAL.get(str(turn.answer_key.get("key")))
        if general and not asked.attributes and turn.question and turn.answer_key["confidence"] >= ASKED:
            asked.attributes.append(general)  # "do we get some paper for our CV?"
        events = await tell_course(turn, course, crit.read(turn), asked)
        if turn.answer_key.get("key") not in (None, *GENERAL, *OF_ITSELF) and two_wishes(turn):
            answer = await find_answer(turn, SURE)
            if answer is not None:
                tell(turn, answer)
        return events


async def in_general(turn: Turn) -> list[Event] | None:
    """What holds of courses in general, where one asks about none of them: "is there a diploma at the end?"."""
    subject = subjects.said(turn) and not turn.first("course_attribute")
    if turn.pressed or shown_items(turn) or crit.read(turn) or subject:
        return None
    asked = asked_of_course(turn).attributes
    if "price" in asked:
        return None  # "how much is it?" is about one that they have in mind
    key = next((key for key, attribute in GENERAL.items() if attribute in asked), None)
    if key is None:
        return None
    tell(turn, await turn.service.answer(key))
    return [SlotSet("course", None)]


def _looks_for_courses(turn: Turn) -> bool:
    """Whether a doubtful message that asks nothing of a course may as well describe what is looked for."""
    named = any(turn.values(entity) for entity in ("course", "course_attribute", "reference"))
    likeliest = [reading["name"] for reading in turn.ranking[:2]]
    return turn.doubtful and not named and not turn.question and "search_courses" in likeliest


async def tell_item(turn: Turn, item: Json) -> list[Event]:
    """Tell more about an item that was shown."""
    if item["kind"] == "course":
        return await tell_course(turn, item["id"], {})
    session = await turn.service.session(item["id"], access_code=turn.slot("access_code"))
    return say_sessions(turn, [session], "utter_one_session", {}, with_title=True)


async def tell_course(turn: Turn, course_id: str, named: Criteria, asked: Asked | None = None) -> list[Event]:
    """Tell about one course: what was asked of it, or the whole at a glance.

    Args:
        asked: attributes and yes-or-no questions, where they are known already.
    """
    asked = asked or asked_of_course(turn)
    named = {name: values for name, values in named.items() if name not in asked.supposed}
    wanted = {**session_criteria(turn.slot("criteria") or {}), **session_criteria(named)}
    keep_code(turn, wanted)
    try:
        course = await turn.service.course(course_id, **crit.query(wanted))
        elsewhere = set(wanted) - {"access_code"} and not course.get("next_sessions")
        if elsewhere:
            course = await turn.service.course(course_id, access_code=wanted.get("access_code"))
    except Problem as problem:
        if problem.status != 404:
            raise
        turn.say("utter_course_gone", buttons=topic_buttons(turn))
        return []
    if course.get("kind") == "event":
        return await show_sessions(turn, course_id, session_criteria(named))
    told = _told(turn, course, wanted if elsewhere else {})
    buttons = _course_next(turn, course)
    attributes = list(asked.attributes)
    for attribute in attributes:
        name, more = await _answer(turn, course, attribute, asked)
        turn.say(f"utter_course_{name}", buttons=buttons if attribute == attributes[-1] else None, **{**told, **more})
    if not attributes:
        turn.say("utter_course_summary", buttons=buttons, cards=[course_card(course)], **told)
    events = [SlotSet("course", course_id)]
    if course_id not in [item["id"] for item in shown_items(turn)]:
        events.append(shown([course_item(course)]))
    return events


async def which_course(turn: Turn) -> list[Event]:
    """Ask which course is meant: those that were shown, or the ones that the words may mean."""
    several = shown_items(turn, "course")
    if several and not turn.first("topic") and turn.intent in ("course_details", "compare_courses", "list_sessions"):
        turn.say("utter_ask_which_of_these", buttons=_ask_of_each(turn, several))
        return []
    words = subjects.said(turn)
    topics = turn.values("topic")
    subject: Criteria = {"topic": topics} if topics else {"q": [words]} if words else {}
    if subject:
        found = await turn.service.courses(**crit.query(subject), kind="course", limit=COURSES)
        if topics and len(found["items"]) == 1:
            return await tell_course(turn, found["items"][0]["id"], crit.read(turn))
        if found["items"]:
            return say_courses(turn, found, subject, "utter_which_course", None)
    turn.say("utter_ask_which_course", buttons=topic_buttons(turn))
    return []


async def answer_on_screen(turn: Turn) -> list[Event] | None:
    """Answer a yes-or-no question about the course on screen, if the message is one."""
    asked = asked_of_course(turn)
    if not asked.supposed or turn.first("topic") or named_course(turn):
        return None
    course = course_in_focus(turn)
    return await tell_course(turn, course, crit.read(turn), asked) if course else None


def _ask_of_each(turn: Turn, items: list[Json]) -> list[dict[str, str]]:
    """The same question, of each course that was shown."""
    titles = {course["id"]: course["title"][turn.lang] for course in snapshot.load()["courses"]}
    asked = {"course_attribute": turn.first("course_attribute")} if turn.first("course_attribute") else {}
    return [
        {
            "title": short_title(titles[item["id"]]),
            "payload": f"/{turn.intent}" + json.dumps({"course": item["id"], **asked}),
        }
        for item in items
        if item["id"] in titles
    ]


async def _answer(turn: Turn, course: Json, attribute: str, asked: Asked) -> tuple[str, dict[str, Any]]:
    """The name of the response that answers one question about a course, and what it needs beside its fields."""
    lead = ""
    supposed = asked.supposed.get(_SUPPOSED_BY.get(attribute, ""))
    if supposed:
        lead = turn.part("yes" if await _holds(turn, course, attribute, supposed) else "no") + " "
    if attribute == "price":
        amount = float(course["price"]["amount"])
        people = turn.first("seats")
        if amount and people and int(people) > 1:
            total = formatting.money(f"{amount * int(people):.2f}", turn.lang)
            many = formatting.plural("utter_part_people", int(people), turn.lang)
            return "price_group", {"total": total, "people": many}
        return ("price" if amount else "price_free"), {"lead": lead}
    if attribute == "times":
        meetings = (course.get("next_sessions") or [{}])[0].get("meetings")
        return ("times" if meetings else "times_unknown"), {"lead": lead}
    return attribute, {"lead": lead}


#: Which criterion a yes-or-no question about an attribute supposes.
_SUPPOSED_BY = {"language": "language", "format": "format", "level": "level", "price": "max_price", "times": "day_part"}


async def _holds(turn: Turn, course: Json, attribute: str, supposed: list[Any]) -> bool:
    """Whether what a yes-or-no question supposes is so."""
    if attribute == "price":
        return float(course["price"]["amount"]) <= float(supposed[0])
    if attribute == "times":
        found = await turn.service.course_sessions(course["id"], day_part=supposed, limit=1)
        return bool(found["items"])
    if attribute == "language":
        return set(supposed) <= set(course["languages"])
    if attribute == "format":
        formats = {course["format"], *(session["format"] for session in course.get("next_sessions") or [])}
        return bool(formats.intersection(supposed))
    return bool(course[attribute] in supposed)


def _course_next(turn: Turn, course: Json) -> list[dict[str, str]]:
    sessions = [session for session in course.get("next_sessions") or [] if bookable(session)]
    buttons = session_buttons(turn, sessions)[:1]
    return [*buttons, turn.button("dates", f'/list_sessions{{"course": "{course["id"]}"}}')]


def _told(turn: Turn, course: Json, unmet: Criteria) -> dict[str, Any]:
    """Every attribute of a course in words; each response takes those that it needs.

    Args:
        unmet: what none of its dates fulfils.
    """
    lang = turn.lang
    sessions = course.get("next_sessions") or []
    price = course["price"]
    free = not float(price["amount"])
    taxed = "vat_exempt" if float(price["vat_rate"]) == 0 else "vat_included" if price["vat_included"] else "vat_added"
    net = Decimal(price["amount"]) / (1 + Decimal(price["vat_rate"]) / 100)
    exclusive = formatting.price(str(net.quantize(Decimal("0.01"), ROUND_HALF_UP)), lang)
    vat = "" if free else turn.part(taxed, rate=formatting.number(price["vat_rate"], lang), net=exclusive)
    amount = formatting.price(price["amount"], lang)
    content = course.get("content") or []
    length = formatting.days(course["days"], lang)
    funding = [note.get("note", note) if isinstance(note, dict) else str(note) for note in course.get("funding") or []]
    when = formatting.when(sessions[0]["meetings"], lang) if sessions else ""
    next_date = turn.part("next_session", when=when) if sessions else turn.part("no_date_sentence")
    if unmet:
        next_date = turn.part("no_such_date", criteria=heading(turn, unmet), next=next_date)
    return {
        "title": course["title"],
        "short_title": short_title(course["title"]),
        "operator": course["operator"]["name"],
        "summary": course["summary"],
        "content": "\n".join(f"• {line}" for line in content) if isinstance(content, list) else content,
        "prerequisites": course.get("prerequisites") or turn.part("no_prerequisites"),
        "certificate": course.get("certificate") or turn.part("no_certificate"),
        "trainers": course.get("trainers") or course["operator"]["name"],
        "audience_text": course.get("audience_text") or course["summary"],
        "level": turn.part(f"level_{course['level']}"),
        "days": length,
        "length": length[:1].upper() + length[1:],
        "hours": formatting.number(course.get("hours") or course["days"] * 7, lang),
        "languages": formatting.joined([formatting.language_name(code, lang) for code in course["languages"]], lang),
        "format": turn.part(f"format_{course['format']}"),
        "price": amount,
        "price_each": amount if free else turn.part("price_each", price=amount, vat=vat),
        "vat": vat,
        "place": (sessions[0].get("place") if sessions else None) or turn.part("no_place"),
        "funding": "\n".join(f"• {note}" for note in funding) or turn.part("no_funding"),
        "next_date": next_date,
        "when": when,
        "demo": demo(turn, [course]),
    }
