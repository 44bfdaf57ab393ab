"""What is open in a conversation and may be decided by a word, whatever that word was taken for.

A quote that was just shown is refused ("non merci, trop cher"), a request for a person is taken back ("I'll go on with
you"), or the time of a call is said once it is known that the desk is closed. Asked before the action that a message
leads to, and only while no form waits for an answer.
"""

from __future__ import annotations

from rasa_sdk.events import FollowupAction

from bot.actions import callbacks, contacting
from bot.actions.companies import declining, quoting
from bot.actions.turn import Event, Turn


async def taken_up(turn: Turn) -> list[Event] | None:
    """The events of what a message decides, or None where it decides nothing that is open."""
    for decided in (callbacks.decided, declining.decided, quoting.named, contacting.asked_at_an_event):
        events = await decided(turn)
        if events is not None:
            ended = any(event.get("event") == "followup" for event in events)
            return events if ended else [*events, FollowupAction("action_listen")]
    return None
