"""Taking what a message gives into the booking, and asking about what is not sure."""

from __future__ import annotations

import json
from typing import Any

from bot.actions import formatting
from bot.actions.bookings.booking import MOST_SEATS, Booking
from bot.actions.bookings.holding import other_seats, other_session
from bot.actions.bookings.reading import CONFIRM, EMAIL, NAME, PEOPLE, SEATS, SESSION
from bot.service import Json


async def put_all(booking: Booking, values: Json) -> None:
    """Take values; say what was taken beside what was asked."""
    asked, held = booking.asked, booking["hold"]
    for name in (SESSION, SEATS, PEOPLE, NAME, EMAIL):
        if name in values:
            await _put(booking, name, values[name])
    if SEATS in values and PEOPLE not in values and len(booking[PEOPLE] or []) > (booking[SEATS] or MOST_SEATS):
        booking.set(PEOPLE, None)
        booking.turn.say(
            "utter_names_dropped", seats=formatting.plural("utter_part_seats", booking[SEATS], booking.turn.lang)
        )
    kept = [name for name in (NAME, EMAIL) if values.get(name) and booking[name] == values[name]]
    counted = values.get(SEATS) and booking[SEATS] == values[SEATS]
    if counted and not held and asked == SESSION and SESSION not in values:
        kept.insert(0, SEATS)
    if booking.pending.get("field") in values:
        booking.set("booking_pending", None)
    if booking["booking_pending"] and booking.pending.get("kind") == "name" and EMAIL in values and not booking[NAME]:
        booking.set(NAME, booking.pending["value"])  # asked once for the rest
        booking.set("booking_pending", None)
    if values and booking.pending.get("kind") == "change":
        booking.set("booking_pending", None)
    booking.set("booking_asked", None)
    beside = [name for name in kept if name != asked]
    following = booking.next()
    if beside and asked and following not in (CONFIRM, None) and not (following == SEATS and SEATS in beside):
        _say_noted(booking, beside)
    if values.get(PEOPLE):
        _note_people(booking)


def _note_people(booking: Booking) -> None:
    """Say who is noted; where they are more than the seats, it is asked how many there shall be."""
    turn, named = booking.turn, booking[PEOPLE]
    who = formatting.joined([one["name"] for one in named], turn.lang)
    if booking[SEATS] and len(named) > booking[SEATS] and not booking[SESSION]:
        booking.set(SEATS, len(named))  # nothing is held yet: what is held next is said
    if booking[SEATS] and len(named) > booking[SEATS]:
        seats = formatting.plural("utter_part_seats", booking[SEATS], turn.lang)
        turn.say("utter_people_more_than_seats", who=who, count=len(named), seats=seats)
        booking.ask("field", field=SEATS)
    elif booking.next() != CONFIRM:  # else they stand in the summary
        turn.say("utter_noted", what=who)


def _say_noted(booking: Booking, names: list[str]) -> None:
    turn = booking.turn
    told = [
        formatting.plural("utter_part_people", booking[name], turn.lang) if name == SEATS else str(booking[name])
        for name in names
    ]
    turn.say("utter_noted", what=formatting.joined(told, turn.lang))


async def _put(booking: Booking, name: str, value: Any) -> None:
    """Take one value; a correction of an earlier one too."""
    turn = booking.turn
    if name == SEATS and value < 1:
        turn.say("utter_invalid_seats", most=MOST_SEATS)
        booking.set(SEATS, booking[SEATS])
        return
    if name == SEATS and value > MOST_SEATS:
        turn.say("utter_too_many_seats", most=MOST_SEATS)
        booking.set(SEATS, booking[SEATS])
        return
    if booking["hold"] and name == SEATS:
        await other_seats(booking, value)
        return
    if booking["hold"] and name == SESSION:
        await other_session(booking, str(value))
        return
    booking.set(name, value)


def ask_which_email(booking: Booking, options: tuple[str, ...]) -> bool:
    """An address that may be meant otherwise is asked about once, with both on buttons."""
    slip = len(options) == 2 and options[0].partition("@")[2] != options[1].partition("@")[2]
    booking.ask("email", field=EMAIL, options=list(options), said=options[1] if slip else None)
    buttons = [{"title": option, "payload": f"/inform{json.dumps({'email': option})}"} for option in options]
    key = "utter_ask_email_meant" if slip else "utter_ask_email_meant_words"
    booking.turn.say(key, buttons=buttons, meant=options[0], said=options[1])
    return True


async def ask_for_the_rest(booking: Booking, values: Json) -> bool:
    """A first name alone is asked once for the rest; what comes then is the whole."""
    name = str(values.pop(NAME))
    if booking.pending.get("kind") == "name" and booking.asked == NAME:
        await put_all(booking, {**values, NAME: name})
        return True
    if values:
        await put_all(booking, values)
    booking.set("booking_asked", None)
    booking.ask("name", field=NAME, value=name)
    if booking.asked != NAME:
        booking.turn.say("utter_noted", what=name)
        if booking.asked in (None, SESSION, SEATS):  # the rest is asked when its turn comes
            booking.set("booking_pending", {"kind": "name_later", "value": name})
    return True
