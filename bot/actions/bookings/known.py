"""A booking by its reference, where it may be gone: erased, or somebody else's."""

from __future__ import annotations

from bot.actions.turn import Turn
from bot.service import Json, Problem

#: Statuses with which the service answers for a booking that this conversation may not see.
_UNSEEN = (403, 404, 422)


async def known_booking(turn: Turn, reference: str) -> Json | None:
    """The booking as it is now, or None where this conversation may not see one by that reference."""
    try:
        return await turn.service.booking(reference)
    except Problem as problem:
        if problem.status not in _UNSEEN:
            raise
    return None
