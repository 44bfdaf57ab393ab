"""The course that was booked last, once more: for a second group, on another date, or after it was cancelled."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions.bookings.known import known_booking
from bot.actions.bookings.words import has
from bot.actions.showing import shown
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold

_AGAIN = re.compile(
    r"\b(?:the same (?:again|thing|one|course|training)|same (?:again|thing|course|training|for)|once more|"
    r"(?:la )?meme (?:chose|formation|cours)|le meme (?:cours|stage)|idem|pareil|rebelote)\b"
)


async def same_again(turn: Turn) -> list[Event] | None:
    """Begin another booking of the course that was booked last, where a message asks for the same once more.

    Returns:
        the events that begin it, or None where the message asks for nothing of the kind.
    """
    reference = turn.slot("last_booking")
    named = any(turn.values(entity) for entity in ("course", "topic", "booking_reference"))
    more = any(turn.values(entity) for entity in ("seats", "period"))
    if turn.asks or "?" in turn.text:
        return None  # "is it the same course in English?"
    if not reference or turn.pressed or named or not more or not _AGAIN.search(fold(turn.text)):
        return None
    if has(turn.text, "cancelling") or has(turn.text, "no_longer"):
        return None
    booking = await known_booking(turn, str(reference))
    if booking is None:
        return None
    course = SlotSet("course", booking["session"]["course_id"])
    return [course, SlotSet("criteria", {}), shown([]), FollowupAction("booking_form")]


def is_wanted_back(turn: Turn) -> bool:
    """Whether a message wants back, in so many words, what was cancelled just before."""
    told = "utter_cancelled" in turn.told_last and turn.slot("last_booking")
    return bool(told) and not turn.pressed and bool(_BACK.search(fold(turn.text)))


async def restored(turn: Turn) -> list[Event] | None:
    """Book again what was cancelled just before, where a message wants it back."""
    return await back(turn) if is_wanted_back(turn) else None


#: What was done is wanted undone.
_BACK = re.compile(
    r"\b(?:undo|un-?cancel|restore|reinstate|put (?:me|us) back|(?:want|need|get|have) (?:it|my \w+|that) back|"
    r"by mistake|remett\w*|remets?|rends|rendez|retabli\w*|revenir en arriere|"
    r"revenez en arriere|recuper\w+|par erreur|pas expres)\b"
)


async def back(turn: Turn) -> list[Event]:
    """Begin the booking anew that was cancelled just before: what it was is known, and it is confirmed again."""
    return [*(SlotSet(*one) for one in (await as_it_was(turn)).items()), FollowupAction("booking_form")]


async def as_it_was(turn: Turn) -> dict[str, Any]:
    """The slots of a booking that is like the one that was talked about last."""
    booking = await turn.service.booking(str(turn.slot("last_booking")))
    session = booking["session"]
    return {"course": session["course_id"], "session_id": session["id"], "seats": booking["seats"]}
