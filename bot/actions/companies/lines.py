"""Several courses in one quote ("4 pour X et 2 pour Y"), and the courses that a subject may mean."""

from __future__ import annotations

import re

from bot.actions import criteria as crit
from bot.actions import subjects
from bot.actions.courses.focus import called
from bot.actions.turn import Turn
from bot.nlu.number_words import numbers
from bot.nlu.spans import fold
from bot.service import Json

#: Courses on the buttons of a question, at most.
OFFERED = 5
#: Seats of a line, at most.
_MOST = 100
_FOR = re.compile(
    r"^\s*(?:(?:places?|seats?|personnes?|people|pers\.?|participants?|operateurs?|operators?|techniciens?|technicians?|"
    r"collegues?|colleagues?) (?:(?:pour|for|en|in|sur|on|au|aux|a la|to|of|de|du|des) |a l'|d'|(?=l'|les? |la ))"
    r"|(?:pour|for|en|in|sur|on|au|aux|a la|to) |a l')"
)
#: Where the words of a course end: courtesies and prices follow.
_ENDS = re.compile(r"[,;]|\b(?:svp|stp|please|pls|htva|hors tva|excl\w*|without vat|merci|thanks)\b")
_JOINED = re.compile(r"(?:\b(?:et|and|puis|then)\b|[,;.!?\s])+$")


def counted(turn: Turn) -> list[tuple[int, str]]:
    """Each number of seats of a message with the words of what they are for, where it counts two or more times."""
    folded = fold(turn.text)
    found = [one for one in numbers(folded) if not one.article and 1 <= one.value <= _MOST]
    found = [one for one in found if _FOR.match(folded[one.end :])]
    if len(found) < 2:
        return []
    ends = [*(one.start for one in found[1:]), len(folded)]
    return [(int(one.value), turn.text[one.end : end]) for one, end in zip(found, ends, strict=True)]


def several(turn: Turn) -> list[Json]:
    """The courses of a message with how many seats each, where it names two or more; else nothing."""
    lines: list[Json] = []
    for seats, words in counted(turn):
        course = _entity_in(turn, words) or _only(called(_JOINED.sub("", _ENDS.split(_FOR.sub("", fold(words)))[0])))
        if course is None or course in [line["course"] for line in lines]:
            return []
        lines.append({"course": course, "seats": seats})
    return lines


def _entity_in(turn: Turn, words: str) -> str | None:
    """The course that was recognised in a part of the message."""
    at = turn.text.find(words)
    inside = [one for one in turn.entities if one["entity"] == "course" and one.get("start") is not None]
    return next((str(one["value"]) for one in inside if at <= int(one["start"]) < at + len(words)), None)


async def candidates(turn: Turn) -> list[Json]:
    """The courses that the subject of a message may mean: ``{id, title}`` each, the best first."""
    named = crit.read(turn)
    subject = {name: named[name] for name in crit.SUBJECT if name in named}
    words = subjects.said(turn, keep=("topic",))
    for wanted in ([{"q": [words]}] if words and not subjects.describes(words) else []) + (
        [subject] if subject else []
    ):
        code = turn.slot("access_code")
        found = await turn.service.courses(**crit.query(wanted), kind="course", limit=OFFERED, access_code=code)
        if found["items"]:
            return [{"id": course["id"], "title": course["title"]} for course in found["items"]]
    return []


def _only(courses: set[str]) -> str | None:
    return next(iter(courses)) if len(courses) == 1 else None
