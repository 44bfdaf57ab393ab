"""Courses side by side."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from bot.actions import formatting
from bot.actions.courses.focus import course_in_focus, named_course, on_screen, topic_buttons
from bot.actions.courses.lists import demo
from bot.actions.courses.telling import tell_course, which_course
from bot.actions.references import pointed_at, shown_items
from bot.actions.showing import course_buttons, course_item, shown
from bot.actions.turn import CampusAction, Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: Courses that one comparison holds.
MOST = 3
_FIRST_FEW = re.compile(r"\b(?:les|the|ces) (?:(?P<two>deux|2|two)|(?P<three>trois|3|three))\b|\bfirst (?:two|2)\b")
#: Words of a comparison; an "and" that a message begins with is none.
_COMPARES = re.compile(
    r"\b(?:compar\w*|differen\w*|vs|versus|ou|or|(?<!^)et|(?<!^)and|entre|between|mieux|better|best|meilleure?|"
    r"laquelle|lequel|which|plus|moins|more|less|cheap\w+|short\w+|long\w+|dear\w+|soon\w+|earl\w+|les deux|both)\b"
)
_EXTREMES = {
    "longest": re.compile(r"\b(?:plus longue?|longest|longer)\b"),
    "shortest": re.compile(r"\b(?:plus courte?|moins longue?|shortest|shorter|quicker)\b"),
    "cheapest": re.compile(r"\b(?:moins chere?s?|cheaper|cheapest|less expensive)\b"),
    "dearest": re.compile(r"\b(?:plus chere?s?|dearer|more expensive|most expensive)\b"),
    "earliest": re.compile(r"\b(?:plus tot|en premier|earlier|sooner|first)\b"),
}


class CompareCourses(CampusAction):
    """The fields of two or three courses side by side, and which is the shortest, where that was asked."""

    action = "action_compare_courses"
    yields = "utter_courses_on_subject"

    async def act(self, turn: Turn) -> list[Event]:
        one = None if _COMPARES.search(fold(turn.text)) else _only_one(turn)
        if one:
            return await tell_course(turn, one, {})
        ids = _compared(turn)
        if len(ids) < 2:
            return await which_course(turn)
        courses = []
        for course_id in ids:
            try:
                courses.append(await turn.service.course(course_id, access_code=turn.slot("access_code")))
            except Problem as problem:
                if problem.status != 404:
                    raise
        if len(courses) < 2:
            turn.say("utter_course_gone", buttons=topic_buttons(turn))
            return []
        rows = [_row(turn, course) for course in courses]
        lines = "\n".join(
            turn.part("compared_line", position=place, title=course["title"], fields=", ".join(row.values()))
            for place, (course, row) in enumerate(zip(courses, rows, strict=True), 1)
        )
        verdict = _verdict(turn, courses)
        turn.say(
            "utter_compared",
            buttons=course_buttons(courses),
            cards=[_card(turn, courses, rows)],
            verdict=verdict and f"{verdict}\n",
            lines=lines,
            demo=demo(turn, courses),
        )
        # what is said next is about these: "which one is shorter?", "the second"
        return [SlotSet("course", None), shown([course_item(course) for course in courses])]


def _only_one(turn: Turn) -> str | None:
    """The one course that a message names or points at without comparing it ("and the other one, on gowning?")."""
    items = shown_items(turn, "course")
    return course_in_focus(turn) if named_course(turn) or pointed_at(turn, items) else None


def _compared(turn: Turn) -> list[str]:
    """The courses that the message compares: named, pointed at, or those on screen."""
    listed = [str(item["id"]) for item in shown_items(turn, "course")]
    named = [str(course) for course in dict.fromkeys(turn.values("course"))]
    for reference in turn.values("reference"):
        if str(reference).isdigit() and 1 <= int(reference) <= len(listed):
            named.append(listed[int(reference) - 1])
        elif str(reference) == "last" and listed:
            named.append(listed[-1])
    named = list(dict.fromkeys(named))
    if not named and named_course(turn):
        named.append(str(named_course(turn)))
    if len(named) == 1:
        here = on_screen(turn)
        named += [here] if here and here not in named else []
    if len(named) >= 2:
        return named[:MOST]
    few = _FIRST_FEW.search(fold(turn.text))
    return listed[: 3 if few and few["three"] else 2] if few else listed[:MOST]


def _row(turn: Turn, course: Json) -> dict[str, str]:
    """The fields of a course that are compared, in words."""
    lang = turn.lang
    sessions = course.get("next_sessions") or []
    day = formatting.day(formatting.moment(sessions[0]["start"]).date(), lang) if sessions else ""
    return {
        "length": formatting.days(course["days"], lang),
        "price": formatting.price(course["price"]["amount"], lang),
        "level": turn.part(f"level_{course['level']}"),
        "language": formatting.joined([formatting.language_name(code, lang) for code in course["languages"]], lang),
        "format": turn.part(f"format_{course['format']}"),
        "date": turn.part("next_date", day=day) if sessions else turn.part("no_date"),
    }


def _card(turn: Turn, courses: list[Json], rows: list[dict[str, str]]) -> Json:
    return {
        "type": "comparison",
        "subjects": [{"id": course["id"], "title": course["title"]} for course in courses],
        "rows": [{"label": turn.part(f"label_{name}"), "cells": [row[name] for row in rows]} for name in rows[0]],
        "demo": any(course.get("demo") for course in courses),
    }


def compares(turn: Turn) -> bool:
    """Whether a message asks which of two is dearer, longer, …"""
    return any(words.search(fold(turn.text)) for words in _EXTREMES.values())


def _verdict(turn: Turn, courses: list[Json]) -> str:
    """The one that is the longest, the cheapest, …, where that was asked and is one."""
    text = _FIRST_FEW.sub("", fold(turn.text))  # "the first two" asks for none that is first
    asked = next((name for name, words in _EXTREMES.items() if words.search(text)), None)
    if asked is None:
        return ""
    if asked == "earliest":
        dated = [(course["next_sessions"][0]["start"], course) for course in courses if course.get("next_sessions")]
    elif asked in ("cheapest", "dearest"):
        dated = [(float(course["price"]["amount"]), course) for course in courses]
    else:
        dated = [(float(course["days"]), course) for course in courses]
    if not dated:
        return ""
    best = (max if asked in ("longest", "dearest") else min)(value for value, _ in dated)
    chosen = [course for value, course in dated if value == best]
    if len(chosen) > 1:
        return turn.part("verdict_same")
    return turn.part(f"verdict_{asked}", title=chosen[0]["title"])
