"""Several courses in one quote ("4 pour X et 2 pour Y"), and the courses that a subject may mean."""

from __future__ import annotations

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


def several(turn: Turn) -> list[Json]:
    """The courses of a message with how many seats each, where it names two or more; else nothing."""
    lines: list[Json] = []
    folded, before = fold(turn.text), 0
    spans = [one for one in turn.entities if one["entity"] in ("course", "topic") and one.get("start") is not None]
    for entity in sorted(spans, key=lambda one: int(one["start"])):
        start, end = int(entity["start"]), int(entity["end"])
        course = str(entity["value"]) if entity["entity"] == "course" else _only(called(turn.text[start:end]))
        counts = [one for one in numbers(folded[before:start]) if not one.article and 1 <= one.value <= _MOST]
        before = end
        if course is None or not counts or course in [line["course"] for line in lines]:
            return []
        lines.append({"course": course, "seats": int(counts[-1].value)})
    return lines if len(lines) > 1 else []


async def candidates(turn: Turn) -> list[Json]:
    """The courses that the subject of a message may mean: ``{id, title}`` each, the best first."""
    named = crit.read(turn)
    subject = {name: named[name] for name in crit.SUBJECT if name in named}
    words = subjects.said(turn, keep=("topic",))
    for wanted in ([{"q": [words]}] if words and not subjects.describes(words) else []) + (
        [subject] if subject else []
    ):
        found = await turn.service.courses(**crit.query(wanted), kind="course", limit=OFFERED)
        if found["items"]:
            return [{"id": course["id"], "title": course["title"]} for course in found["items"]]
    return []


def _only(courses: set[str]) -> str | None:
    return next(iter(courses)) if len(courses) == 1 else None
