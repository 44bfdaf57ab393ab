"""What a person says while somebody of the team is to answer them: when to call, on which number, or no more need."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions import formatting
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: The slot with the open request: its id, what it waits for, and what was said of a call.
SLOT = "handoff"
#: States in which nobody of the team has answered yet.
WAITING = frozenset({"queued", "offline"})
#: Words of a time that are kept with a request.
LONGEST = 160
_TIME = re.compile(
    r"\b(?:\d{1,2} ?(?:h|heures?|:|u)(?: ?\d{2})?\b|\d{1,2}(?:[.:]\d{2})? ?(?:am|pm|o'?clock)|(?:apres|avant|"
    r"after|before)[- ]"
    r"(?:midi|\d{1,2}|noon|lunch)|matin\w*|apres-?midi|midi|soir\w*|morning|afternoon|noon|evening|demain|"
    r"tomorrow|lundi|"
    r"mardi|mercredi|jeudi|vendredi|monday|tuesday|wednesday|thursday|friday|ce soir|today|aujourd'?hui)"
)
_BACK = re.compile(
    r"\b(?:continu\w*|poursui\w*|rest\w*|preferer?\w*|go on|going on|carry on|stay|stick|keep going) (?:plutot |"
    r"ici )?"
    r"(?:avec|with) (?:vous|toi|you|le robot|l'assistant|the (?:bot|assistant))"
    r"|plus besoin (?:d'|de |qu')|\b(?:no longer|don'?t|do not) need (?:a |an |any(?:one|body)?|some(?:one|body)|"
    r"the |to be )"
    r"|no need (?:to|for) (?:call|ring|phone|a call|any(?:one|body))|(?:inutile|pas la peine) (?:de|qu')"
    r"|annul\w+ (?:ma |la |le |cette )?(?:demande|rappel)|cancel (?:my |the |that )?(?:request|call)"
)
_GIVEN_UP = re.compile(
    r"\b(?:laisse[zr]?|oublie[zr]?|abandonne[zr]?)\b.{0,14}(?:tomber|ca|cela|la demande|le rappel)?|"
    r"\bnever ?mind\b|\bforget (?:it|that)\b"
)
_TOLD = ("utter_handoff_", "utter_callback_", "utter_ask_callback_")


def said_time(turn: Turn) -> str | None:
    """The words with which a message says when to call, as they were said."""
    if turn.pressed:
        part = turn.first("day_part")
        return turn.part(f"callback_{part}") if part in ("morning", "afternoon") else None
    if _TIME.search(fold(turn.text)):
        return " ".join(turn.text.split())[:LONGEST]
    return None


def opening(turn: Turn, handoff: Json) -> str:
    """When the desk opens next, in words, or that it is not known."""
    if not handoff.get("opens_at"):
        return turn.part("opens_unknown")
    opens = formatting.moment(handoff["opens_at"])
    return turn.part("opens", day=formatting.day(opens.date(), turn.lang), hour=formatting.hour(opens, turn.lang))


def kept(handoff: Json, **more: Any) -> Event:
    """The event that remembers an open request."""
    event: Event = SlotSet(SLOT, {"id": handoff["id"], **more})
    return event


async def waiting(turn: Turn) -> Json | None:
    """The request of this conversation as it stands now, or None where there is none any more."""
    open_: Json = turn.slot(SLOT) or {}
    if not open_:
        return None
    try:
        handoff = await turn.service.handoff(open_["id"])
    except Problem as problem:
        if problem.status != 404:
            raise
        return None
    return None if handoff["state"] == "closed" else {**open_, **handoff}


async def decided(turn: Turn) -> list[Event] | None:
    """What a message decides of the request that waits, or None."""
    if not turn.slot(SLOT):
        return None
    folded, just_told = fold(turn.text), last_key(turn).startswith(_TOLD)
    if not turn.pressed and (_BACK.search(folded) or (just_told and _GIVEN_UP.search(folded))):
        return await withdraw(turn)
    if not just_told or turn.intent not in ("inform", "affirm", "talk_to_human", "out_of_scope", "refine_search"):
        return None
    when, phone = said_time(turn), turn.first("phone")
    if not when and not phone:
        return None
    handoff = await waiting(turn)
    return None if handoff is None else await call(turn, handoff, when, phone and str(phone))


async def withdraw(turn: Turn) -> list[Event]:
    """Nobody of the team needs to answer any more."""
    handoff = await waiting(turn)
    if handoff is not None:
        await turn.service.close_handoff(turn.key("close-handoff", handoff["id"]), handoff["id"])
    turn.say("utter_handoff_withdrawn", handoff="")
    events = [SlotSet(SLOT, None)]
    return [*events, FollowupAction("booking_form")] if turn.slot("booking_started") else events


async def call(turn: Turn, handoff: Json, when: str | None, phone: str | None) -> list[Event]:
    """Keep the time of a call, or its number, with the request; what is still missing is asked."""
    when = when or handoff.get("when")
    number = phone or handoff.get("phone")
    told = {name: handoff.get(name) for name in ("contact", "phone")} | {"when": when, "phone": number}
    if when and not number:
        turn.say("utter_ask_callback_number", when=when)
        return [kept(handoff, **told)]
    words = " · ".join(word for word in (when, phone) if word)
    if handoff["state"] != "closed":
        await turn.service.say_to_person(turn.key("callback", handoff["id"], words), handoff["id"], words)
    if when:
        turn.say("utter_callback_noted", when=when, number=number)
    else:
        turn.say("utter_callback_number_noted", number=number)
    return [kept(handoff, **told)]


def last_key(turn: Turn) -> str:
    """The response that was said last before the message."""
    seen = False
    for event in reversed(turn.tracker.events):
        seen = seen or event.get("event") == "user"
        if seen and event.get("event") == "bot":
            return str((event.get("metadata") or {}).get("utter_action") or "")
    return ""
