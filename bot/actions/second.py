"""A second wish in the same message: a practical question is answered after the first wish, another one is offered."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from bot.actions.knowledge import tell
from bot.actions.turn import Event, Turn
from bot.service import Json

#: What is wanted beside what a form is filled in for; offered when that is done.
SLOT = "second_wish"
#: Characters of a button's title.
_LONGEST = 60


async def take_up(turn: Turn, action: str, events: list[Event]) -> list[Event]:
    """Follow an action that answered the first wish; return further events.

    While a form is open a question is answered before the form asks its own, and any other wish waits until the form
    is done.

    Args:
        action: the action's name.
        events: what it returned.
    """
    validates = action.startswith("validate_")
    if validates:
        if not events or not (_asks_on(events) or turn.dispatcher.messages):
            return []  # not for this form, or done with it: the action that follows answers
    elif not turn.dispatcher.messages or "_form_" in action or any(one.get("event") == "followup" for one in events):
        return []
    wish = None if turn.answered else turn.second
    if wish and wish.get("answer_key") and wish["intent"]["name"] in ("ask_campus", "course_details"):
        await _answer(turn, str(wish["answer_key"]["key"]))
        return []
    goes_on = _asks_on(events) if validates else bool(turn.tracker.active_loop.get("name"))
    if goes_on:
        return [SlotSet(SLOT, wish["text"])] if wish else []
    left = wish["text"] if wish else turn.slot(SLOT)
    if not left:
        return []
    _offer(turn, str(left))
    return [SlotSet(SLOT, None)] if turn.slot(SLOT) else []


def _asks_on(events: list[Event]) -> bool:
    """Whether a form goes on asking after these events of its validation."""
    asked = [event["value"] for event in events if event.get("name") == "requested_slot"]
    return bool(asked) and asked[-1] is not None


async def _answer(turn: Turn, key: str) -> None:
    answer: Json = await turn.service.answer(key)
    if not any(answer["text"] in (message.get("text") or "") for message in turn.dispatcher.messages):
        tell(turn, answer)


def _offer(turn: Turn, words: str) -> None:
    """A button that says the wish in the person's own words, as if they had written it alone."""
    short = words if len(words) <= _LONGEST else words[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
    turn.say("utter_second_wish", buttons=[{"title": short[:1].upper() + short[1:], "payload": words}])
