"""Courses in place of a shrug: an unclear message, or one that is no wish at all, may name a subject that is taught.

Who writes "our people keep failing the gown test" asks for no course, and is helped by one. The service tells how well
a course fits; how well it must fit was read off held-out sentences (of problems that a course solves nine in ten, of
what is foreign to a campus one in ten, those near misses, reach `LIKELY`; eight in ten and one in a hundred `SURE`).
Less will do where the message names something of the catalogue besides.
"""

from __future__ import annotations

from bot.actions.courses.lists import COURSES, say_courses
from bot.actions.turn import Event, Turn

LIKELY, SURE = 0.36, 0.45
#: From here on a course is more to the point than an answer of the knowledge base to what may be no question.
FITS_WELL = 0.55
_NAMED = 0.1


async def courses_instead(turn: Turn, key: str, least: float) -> list[Event] | None:
    """Say the courses that the words of the message fit at least so well (0 to 1); None where there are none."""
    if turn.pressed or not any(character.isalpha() for character in turn.text):
        return None
    if turn.first("course") or turn.first("topic"):
        least -= _NAMED
    found = await turn.service.courses(q=[turn.text], kind="course", limit=COURSES)
    if not found["items"] or float(found["items"][0].get("score") or 0.0) < least:
        return None
    return say_courses(turn, found, {"q": [turn.text]}, key, None)
