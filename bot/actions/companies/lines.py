"""Several courses in one quote ("4 pour X et 2 pour Y"), and the courses that a subject may mean."""

from __future__ import annotations

from bot.actions import criteria as crit
from bot.actions import subjects
from bot.actions.courses.focus import called
from bot.actions.turn import Turn
from bot.service import Json

#: Courses on the buttons of a question, at most.
OFFERED = 5


def several(turn: Turn) -> list[Json]:
    """The courses of a message with how many seats each, where it names two or more; else nothing."""
    named: list[tuple[int, str]] = []
    counted: list[tuple[int, int]] = []
    for entity in turn.entities:
        at = entity.get("start")
        if at is None:
            continue
        if entity["entity"] in ("course", "topic"):
            words = turn.text[at : entity["end"]]
            course = str(entity["value"]) if entity["entity"] == "course" else _only(called(words))
            if course and course not in [known for _, known in named]:
                named.append((at, course))
        elif entity["entity"] == "seats":
            counted.append((at, int(entity["value"])))
    if len(named) < 2 or len(counted) != len(named):
        return []
    seats = [count for _, count in sorted(counted)]
    return [{"course": course, "seats": count} for (_, course), count in zip(sorted(named), seats, strict=True)]


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
