"""What this conversation has booked; sending a confirmation again."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from bot.actions import formatting
from bot.actions.bookings.known import known_booking
from bot.actions.bookings.telling import MayBeAboutBooking, summary
from bot.actions.knowledge import answered_surely
from bot.actions.showing import booking_card
from bot.actions.turn import Button, Event, Turn
from bot.nlu.spans import fold
from bot.service import Json

#: States in which a booking still means something to a person.
LIVING = ("held", "confirmed", "waiting", "offered")
#: Confidence from which a question is answered where nothing is booked, unless it plainly asks what is.
_ASKED, _PLAIN = 0.6, 0.95
#: "Am I on a waiting list?": about their own, not how one works.
_OF_ONESELF = re.compile(r"\b(?:(?:suis|ai)[- ]je|am i|have i|do i have|est-ce que (?:j'ai|je suis))\b")


async def own_bookings(turn: Turn, states: tuple[str, ...] = LIVING) -> list[Json]:
    """The living bookings of this conversation, newest first."""
    found = await turn.service.bookings()
    return [booking for booking in found["items"] if booking["state"] in states]


async def one_booking(turn: Turn, reference: str) -> Json | None:
    """One booking by its reference, or None, said, where this conversation may not see it."""
    booking = await known_booking(turn, reference)
    if booking is None:
        turn.say("utter_booking_unknown", reference=reference)
    return booking


class CheckBooking(MayBeAboutBooking):
    """Tell what is booked; mail the confirmation again where that is asked."""

    action = "action_check_booking"
    yields = "utter_courses_on_subject"

    async def answer(self, turn: Turn) -> list[Event]:
        if turn.first("booking_field") == "email" or (turn.first("email") and not turn.first("booking_reference")):
            from bot.actions.identity import ask_for_code

            return ask_for_code(turn)
        named = turn.first("booking_reference")
        if named:
            booking = await one_booking(turn, str(named))
            bookings = [booking] if booking else []
            if not booking:
                return []
        else:
            bookings = await own_bookings(turn)
        if (
            not bookings
            and turn.confidence < _PLAIN
            and not _OF_ONESELF.search(fold(turn.text))
            and await answered_surely(turn, _ASKED)
        ):
            return []  # "what happens once I have booked?"
        if not bookings:
            turn.say("utter_no_bookings")
            return [SlotSet("waiting_wish", None)]
        if turn.first("document") == "confirmation":
            return await self._send_again(turn, bookings[0])
        return tell_bookings(turn, bookings)

    async def _send_again(self, turn: Turn, booking: Json) -> list[Event]:
        if booking["state"] != "confirmed":
            turn.say("utter_nothing_to_send", reference=booking["reference"])
            return []
        reference = booking["reference"]
        await turn.service.send(turn.key("send", turn.message_id, reference), reference, "confirmation")
        turn.say("utter_confirmation_sent", reference=reference, email=(booking.get("contact") or {}).get("email", ""))
        return [SlotSet("last_booking", reference)]


def tell_bookings(turn: Turn, bookings: list[Json]) -> list[Event]:
    """Say how bookings stand, and what can be done next."""
    turn.say(
        "utter_bookings",
        buttons=[button for booking in bookings[:3] for button in _next(turn, booking, len(bookings) > 1)],
        cards=[booking_card(booking) for booking in bookings],
        count=formatting.plural("utter_part_bookings", len(bookings), turn.lang),
        lines="\n".join(booking_line(turn, booking) for booking in bookings),
    )
    return [SlotSet("last_booking", bookings[0]["reference"])]


def booking_line(turn: Turn, booking: Json) -> str:
    """``EBC-7K2M9Q · titre, le mardi 12 janvier, 2 places, confirmée``."""
    told = summary(turn, booking)
    return turn.part(
        "booking_line",
        reference=booking["reference"],
        title=told["title"],
        when=told["when"],
        seats=told["seats"],
        state=turn.part(f"booking_{booking['state']}"),
    )


def _next(turn: Turn, booking: Json, several: bool) -> list[Button]:
    reference = booking["reference"]
    suffix = "_of" if several else ""
    buttons = []
    if booking["state"] == "confirmed":
        payload = f'/check_booking{{"booking_reference": "{reference}", "document": "confirmation"}}'
        buttons.append(turn.button(f"send_again{suffix}", payload, reference=reference))
    if booking["state"] in LIVING:
        payload = f'/cancel_booking{{"booking_reference": "{reference}"}}'
        buttons.append(turn.button(f"cancel{suffix}", payload, reference=reference))
    return buttons
