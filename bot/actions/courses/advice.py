"""Three courses for what somebody answered who did not know what to choose, each with its reason.

The answers are compared with the fields of the catalogue: nobody is assessed.
"""

from __future__ import annotations

import re
from typing import Any

from bot import snapshot
from bot.actions import criteria as crit
from bot.actions import formatting
from bot.actions.courses.lists import COURSES
from bot.actions.criteria import Criteria
from bot.actions.showing import course_line
from bot.actions.turn import Turn
from bot.nlu.spans import fold
from bot.service import Json

#: Where somebody begins who has not begun yet: the same for everybody, nobody is judged.
FIRST_STEPS: Criteria = {"topic": ["first-steps"], "level": ["beginner"]}
PROFILE, SUBJECT, TIME = "advice_profile", "advice_subject", "advice_time"
QUESTIONS = (PROFILE, SUBJECT, TIME)
SKIPPED = "-"
_BEGINS = re.compile(
    r"\b(?:to start|debut\w*|jamais|reconver\w*|sans experience|chomage|demandeu\w+ d'emploi|etudiante?|begin\w*|"
    r"starting|new to|"
    r"never|"
    r"no experience|career change|unemployed|job ?seeker|student)\b"
)
FREE = re.compile(
    r"\b(?:gratuit\w*|free|rien (?:a )?payer|nothing to pay|pas (?:de budget|d'argent)|no (?:budget|money))\b"
)
#: Little time or money, without a figure.
LITTLE = re.compile(
    r"\b(?:(?:pas|moins) (?:trop |tres )?(?:cher|chere|long|longue|longtemps)|bon marche|petit budget|"
    r"peu de (?:temps|moyens|budget)|court(?:e|s)?|vite|rapide|(?:not|nothing) (?:too |very )?(?:expensive|dear|long)|"
    r"cheap|low budget|(?:little|not much) (?:time|money)|short|quick|"
    r"(?:a|one|un|une) (?:day|jour|journee) (?:or two|ou deux))\b"
)


async def three_courses(turn: Turn) -> tuple[list[Json], dict[str, Any]]:
    """The first three courses that fit what was said, what was said last being given up first; and what fits which."""
    asked = _asked(turn)
    subject, profile, limits = asked["subject"], asked["profile"], asked["limits"]
    level = asked["level"]
    ways: list[Criteria] = []
    for base in (subject, profile, FIRST_STEPS if level or not (subject or profile) else {}):
        if base:
            ways += [{**base, **level, **limits}, {**base, **limits}, {**base, **level}, base]
    ways += [{**FIRST_STEPS, **limits}, FIRST_STEPS]
    chosen: list[Json] = []
    seen: list[Criteria] = []
    for way in ways:
        if way in seen or len(chosen) >= COURSES:
            continue
        seen.append(way)
        sort = None if "q" in way else "price"
        found = await turn.service.courses(**crit.query(way), kind="course", limit=COURSES, sort=sort)
        for course in found["items"]:
            if len(chosen) < COURSES and course["id"] not in {one["id"] for one in chosen}:
                chosen.append({**course, "asked": way})
    return chosen, asked


def _asked(turn: Turn) -> dict[str, Any]:
    """The answers as criteria of the catalogue."""
    profile, subject, time = (str(turn.slot(name) or SKIPPED) for name in QUESTIONS)
    topics = snapshot.names(turn.lang)["topic"]
    begins = subject not in topics and bool(_BEGINS.search(fold(subject)))  # "something to start with"
    level = {"level": ["beginner"]} if begins or profile == "beginning" or _BEGINS.search(fold(profile)) else {}
    words = turn.part(f"advice_words_{profile}") if profile in ("lab", "production") else profile
    return {
        "subject": {}
        if subject == SKIPPED or begins
        else {"topic": [subject]}
        if subject in topics
        else {"q": [subject]},
        "profile": {} if profile in (SKIPPED, "beginning") or level else {"q": [words]},
        "level": level,
        "limits": _limits(time),
    }


def _limits(time: str) -> Criteria:
    """How long or how dear a course may be, from the last answer."""
    known: dict[str, Criteria] = {"free": {"max_price": [0]}, "day": {"max_days": [1]}, "days": {"max_days": [3]}}
    if time in known:
        return known[time]
    text = fold(time)
    found: Criteria = {}
    if FREE.search(text):
        found["max_price"] = [0]
    amount = re.search(r"(\d[\d .]*)\s*(?:€|euros?|eur)", text)
    if amount:
        found["max_price"] = [float(amount[1].replace(" ", "").replace(".", "") or 0)]
    days = re.search(
        r"\b(\d+|une?|one|a|deux|two|trois|three|quatre|four|cinq|five)[ -]*(?:jours?|journees?|days?)\b", text
    )
    if re.search(r"\b(?:demi[- ]?jour\w*|half[- ](?:a )?day)\b", text):
        found["max_days"] = [0.5]
    elif days:
        found["max_days"] = [int(days[1]) if days[1].isdigit() else _COUNT[days[1]]]
    elif re.search(r"\b(?:semaine|week)\b", text):
        found["max_days"] = [5]
    return found


_COUNT = {
    **{"un": 1, "une": 1, "one": 1, "a": 1, "deux": 2, "two": 2, "trois": 3, "three": 3},
    **{"quatre": 4, "four": 4, "cinq": 5, "five": 5},
}


def told(turn: Turn, course: Json, place: int, asked: dict[str, Any]) -> str:
    """A course with the reason for it, and what it does not keep to."""
    line = course_line(turn, course, place)
    reason = formatting.joined(_reasons(turn, course, asked), turn.lang)
    but = _unmet(turn, course, asked["limits"])
    if but:
        return turn.part("advice_line_but", line=line, reason=reason, but=but)
    return turn.part("advice_line", line=line, reason=reason)


def _unmet(turn: Turn, course: Json, limits: Criteria) -> str:
    """What of the last answer a course does not keep to, or nothing."""
    if "max_days" in limits and course["days"] > limits["max_days"][0]:
        return turn.part("advice_but_days", days=formatting.days(course["days"], turn.lang))
    if "max_price" in limits and float(course["price"]["amount"]) > limits["max_price"][0]:
        return turn.part("advice_but_price", price=formatting.price(course["price"]["amount"], turn.lang))
    return ""


def _reasons(turn: Turn, course: Json, asked: dict[str, Any]) -> list[str]:
    """Why this course, in fields of the catalogue."""
    way: Criteria = course["asked"]
    reasons = []
    topics = {topic["id"]: topic["name"] for topic in course["topics"]}
    for topic in way.get("topic", []):
        if topic in topics:
            reasons.append(turn.part("reason_topic", topic=topics[topic]))
    if "q" in way:
        named = next((course_topic["name"] for course_topic in course["topics"]), course["operator"]["name"])
        reasons.append(turn.part("reason_topic", topic=named))
    if course["level"] == "beginner":
        reasons.append(turn.part("level_beginner"))
    if not float(course["price"]["amount"]) and "max_price" in asked["limits"]:
        reasons.append(turn.part("free"))
    elif "max_price" in way:
        reasons.append(turn.part("reason_price", price=formatting.price(course["price"]["amount"], turn.lang)))
    if "max_days" in way or ("max_days" in asked["limits"] and course["days"] <= asked["limits"]["max_days"][0]):
        reasons.append(turn.part("reason_days", days=formatting.days(course["days"], turn.lang)))
    if not reasons:
        reasons.append(turn.part(f"level_{course['level']}"))
    return list(dict.fromkeys(reasons))
