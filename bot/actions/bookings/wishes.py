"""A wish that could not be seen to because the booking was made elsewhere: it goes on once a code has opened it."""

from __future__ import annotations

import copy
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions.bookings.checking import LIVING
from bot.actions.bookings.own import meant_by
from bot.actions.tasks import KINDS, begin
from bot.actions.turn import Event, Turn
from bot.service import Json

#: The slot, and the wishes that are no kind of task.
SLOT = "waiting_wish"
CANCEL, DOCUMENT = "cancel", "document"


def waiting(turn: Turn, wish: str) -> Event:
    """The event that remembers what the message wants to be done to a booking that is not seen here."""
    said = {"text": turn.text, "entities": turn.entities}
    event: Event = SlotSet(SLOT, {"wish": wish, "said": said})
    return event


async def go_on(turn: Turn, bookings: list[Json]) -> list[Event] | None:
    """Go on with the wish that waits, now that bookings are seen; None where none waits."""
    kept: dict[str, Any] | None = turn.slot(SLOT)
    if not kept:
        return None
    before = copy.copy(turn)
    before.text, before.entities = kept["said"]["text"], kept["said"]["entities"]
    done: list[Event] = [SlotSet(SLOT, None)]
    if kept["wish"] == DOCUMENT:
        from bot.actions.bookings.documents import RequestDocument

        return [*done, *(await RequestDocument().answer(before))]
    if kept["wish"] == CANCEL:
        return [*done, SlotSet("cancel_reference", _one(before, bookings)), FollowupAction("cancel_form")]
    known = {"reference": str(before.first("booking_reference"))} if before.first("booking_reference") else {}
    return [*done, *begin(turn, KINDS[kept["wish"]], said=kept["said"], **known)]


def _one(before: Turn, bookings: list[Json]) -> str | None:
    """The booking to cancel, where the wish told which one."""
    if before.first("booking_reference"):
        return str(before.first("booking_reference"))
    living = [booking for booking in bookings if booking["state"] in LIVING]
    meant = living if len(living) == 1 else meant_by(before, living)
    return str(meant[0]["reference"]) if len(meant) == 1 else None
