"""What notices tell, and who may hear it."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of notices."""

    HOLD_LAPSING = "hold-lapsing"
    HOLD_EXPIRED = "hold-expired"
    OFFER = "offer"
    OFFER_LAPSED = "offer-lapsed"
    BOOKING_CONFIRMED = "booking-confirmed"
    BOOKING_CANCELLED = "booking-cancelled"
    BOOKING_MOVED = "booking-moved"
    HANDOFF_MESSAGE = "handoff-message"
    HANDOFF_TAKEN = "handoff-taken"
    HANDOFF_RELEASED = "handoff-released"
    HANDOFF_CLOSED = "handoff-closed"
    SESSION_CANCELLED = "session-cancelled"


TO_THE_CONVERSATION = frozenset(
    {
        *(Kind.HOLD_LAPSING, Kind.HOLD_EXPIRED, Kind.OFFER, Kind.OFFER_LAPSED, Kind.SESSION_CANCELLED),
        *(Kind.HANDOFF_MESSAGE, Kind.HANDOFF_TAKEN, Kind.HANDOFF_RELEASED, Kind.HANDOFF_CLOSED),
    }
)
"""What a conversation cannot know by itself; what it did itself it need not be told."""
