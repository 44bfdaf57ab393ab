"""The slots of a booking that is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.events import SlotSet

from bot.actions.bookings.reading import CONFIRM, EMAIL, NAME, PEOPLE, SEATS, SESSION, SoFar
from bot.actions.turn import Event, Turn
from bot.service import Json

#: In this order; the first that is missing is asked.
STEPS = (SESSION, SEATS, "hold", NAME, EMAIL, CONFIRM)
#: Seats that a conversation may hold at a time (the service's own limit).
MOST_SEATS = 12


#: Stands in the slot of what a summary said where nothing is to be paid.
FREE = "free"
#: Slots that the form keeps beside what it asks.
_BESIDE = (
    "course",
    "access_code",
    "booking_started",
    "booking_pending",
    "booking_rest",
    "booking_told",
    "requested_slot",
)

#: What a booking leaves behind; name and e-mail stay for the next one, which shows them before anything is written.
FORGOTTEN = (
    "session_id",
    "seats",
    "hold",
    "booking_confirmed",
    "booking_started",
    "booking_pending",
    "booking_asked",
    "booking_told",
    "booking_people",
    "booking_rest",
)


def forgotten() -> list[Event]:
    """Events that clear the form."""
    return [SlotSet(name, None) for name in FORGOTTEN]


@dataclass
class Booking:
    """The slots of the form while a turn works on them."""

    turn: Turn
    values: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in (*STEPS, PEOPLE, *_BESIDE):
            self.values[name] = self.turn.slot(name)
        if self.values["requested_slot"] == "hold":  # the service was away: what was asked before still is
            self.values["requested_slot"] = self.next()

    def set(self, name: str, value: Any) -> None:
        self.values[name] = value
        self.events = [event for event in self.events if event.get("name") != name] + [SlotSet(name, value)]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def asked(self) -> str | None:
        """What the form asked last, None when it has only begun."""
        return self.values["requested_slot"]

    @property
    def pending(self) -> Json:
        """What was asked beside the fields."""
        return self["booking_pending"] or {}

    @property
    def so_far(self) -> SoFar:
        """What the reading of a message depends on."""
        return SoFar(
            asked=self.asked,
            name=self[NAME],
            email=self[EMAIL],
            seats=self[SEATS],
            held=bool(self["hold"]),
            session=self[SESSION],
            pending=self.pending,
            people=self[PEOPLE],
            free=bool(self["booking_told"]) and FREE in self["booking_told"],
        )

    def ask(self, kind: str, **more: Any) -> None:
        """Remember what is asked beside the fields."""
        self.set("booking_pending", {"kind": kind, **more})

    def next(self) -> str | None:
        if self[CONFIRM] is False:
            return None
        if self.pending.get("kind") in ("field", "email", "name") and (
            self.values[SESSION] or self.pending["field"] != SEATS
        ):
            return str(self.pending["field"])
        return next((name for name in STEPS if self.values[name] is None), None)
