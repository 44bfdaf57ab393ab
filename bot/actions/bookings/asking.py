"""What asking a question of the form has in common: how often it was asked, and when it is better not asked at all."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from bot.actions.turn import Event, Turn

#: The second time a question comes with help, from the third on with a way out.
HELPED, STUCK = 2, 3
#: After these nothing is asked: they say that the assistant waits, or ask something themselves.
LAST_WORDS = (
    "utter_nothing_held_yet",
    "utter_time_to_think",
    "utter_ask_what_to_change",
    "utter_ask_email_meant",
    "utter_ask_email_meant_words",
)


def silent(turn: Turn) -> bool:
    """Whether the form's question is left out this time."""
    return any(turn.said(key) for key in LAST_WORDS)


#: Answers to questions in the middle, after which the form's own question comes again through nobody's fault.
ASIDES = (
    "utter_about_session",
    "utter_about_price",
    "utter_about_hold",
    "utter_not_held_yet",
    "utter_why_email",
    "utter_why_name",
    "utter_answer",
    "utter_no_answer",
    "utter_language_switched",
    "utter_person_at_once",
    "utter_feedback",
    "utter_help",
    "utter_hold_extended",
    "utter_hold_longest",
    "utter_hold_expired",
)


def asked_times(turn: Turn, step: str) -> tuple[int, Event]:
    """The how-manieth time in a row a question is asked now, and the event that remembers it.

    After an answered question it is not the next time: the plain words and those with help take turns.
    """
    before = turn.slot("booking_asked") or {}
    if before.get("step") != step:
        return 1, SlotSet("booking_asked", {"step": step, "times": 1, "asides": 0})
    times, asides = before.get("times", 1), before.get("asides", 0)
    courteous = turn.intent in ("thank", "chitchat", "greet")
    if not turn.fresh or courteous or any(turn.said(key) for key in ASIDES):
        remembered = {"step": step, "times": times, "asides": asides + 1}
        return (HELPED if asides % 2 else 1), SlotSet("booking_asked", remembered)
    return times + 1, SlotSet("booking_asked", {"step": step, "times": times + 1, "asides": asides})
