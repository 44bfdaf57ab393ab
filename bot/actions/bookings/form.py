"""The booking form: what a message gives it, what it holds, and what it asks next.

Rasa's form machinery asks for one slot after the other; this action acts on what `reading` makes of the last message.
It returns no slot at all for a message that is not for the form (a question, a search): Rasa then rejects the form,
answers the digression by its own rule, and the form asks again.

The seats are held as soon as session and number are known, before any personal datum is asked. What is held is let go
only where a person says so and nothing else, and a seat on another date replaces it only once that one is held.
"""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from bot.actions import formatting
from bot.actions.bookings import picking
from bot.actions.bookings.booking import Booking
from bot.actions.bookings.changing import seats_given
from bot.actions.bookings.choosing import another_course, chosen_session, course_beside, on_another_day, on_each_date
from bot.actions.bookings.filling import ask_for_the_rest, ask_which_email, put_all
from bot.actions.bookings.holding import has_room, hold, of_the_full, part_in_words, still_held
from bot.actions.bookings.moving import another_date
from bot.actions.bookings.pending import takes_offer
from bot.actions.bookings.queueing import wants_to_queue
from bot.actions.bookings.reading import CONFIRM, EMAIL, NAME, SEATS, SESSION, Kind, Reading, read
from bot.actions.bookings.replies import ACTS, kept_date, otherwise, to_another_course
from bot.actions.bookings.words import has
from bot.actions.companies.asked import is_wanted
from bot.actions.companies.said import gives_invoice_details
from bot.actions.companies.standing import takes
from bot.actions.turn import CampusAction, Event, Turn
from bot.nlu.spans import fold

#: What a notice's buttons decide, of this booking or another.
PENDING = ("extend_hold", "accept_offer", "decline_offer")
#: Confidence from which what the staff ask is no answer to the form.
_SURELY = 0.9


class ValidateBookingForm(CampusAction):
    """Takes what the message gives, holds the seats, and says what to ask next."""

    action = "validate_booking_form"
    offers_person = True

    async def act(self, turn: Turn) -> list[Event]:
        booking = Booking(turn)
        begins = not booking["booking_started"]
        if begins and await _is_another_wish(turn):
            return [SlotSet(CONFIRM, False), SlotSet("requested_slot", None)]
        if booking.asked == SESSION and not booking["hold"] and turn.fresh and wants_to_queue(turn):
            return [SlotSet(CONFIRM, False), SlotSet("requested_slot", None)]  # rather than one of the other dates
        if begins:
            booking.set("booking_started", turn.message_id)
        elif not booking.asked:
            await still_held(booking)
        if (turn.fresh or begins) and not await take(booking) and booking.asked:
            return []  # not for this form
        await has_room(booking)
        await hold(booking)
        if not booking.events:
            booking.set("booking_pending", booking["booking_pending"])  # without any value Rasa takes it for rejected
        return [*booking.events, SlotSet("requested_slot", booking.next())]

    def after_failure(self, turn: Turn) -> list[Event]:
        """The service is away: keep what is known, wait at the same step, and try again at the next message."""
        booking = Booking(turn)
        reading = read(turn, booking.so_far)
        if reading.kind is Kind.VALUES:
            for name, value in reading.values.items():
                if not (name in (SESSION, SEATS) and booking["hold"]):
                    booking.set(name, value)
        step = booking.next()
        return [
            *booking.events,
            SlotSet(step, booking[step]) if step else SlotSet("hold", booking["hold"]),
            SlotSet("requested_slot", "hold"),
        ]


async def _is_another_wish(turn: Turn) -> bool:
    """Whether what was taken for a booking is a place in a queue, a quote, an offered seat, more seats, another date.

    The form ends then, and what was meant begins where it is submitted.
    """
    return (
        wants_to_queue(turn)
        or is_wanted(turn)
        or takes(turn)
        or await takes_offer(turn)
        or await seats_given(turn) is not None
        or await another_date(turn) is not None
    )


# -- acting on a message ----------------------------------------------------------------------------------------------


async def take(booking: Booking) -> bool:
    """Fill the form from the message; whether it was meant for the form."""
    turn = booking.turn
    if turn.pressed and turn.intent in (*PENDING, "join_waitlist", "request_quote", "accept_quote", "alert_me"):
        return False
    if booking.asked and turn.intent.startswith("staff_") and turn.confidence >= _SURELY and not turn.first("person"):
        return False  # "call off Tuesday's session" chooses no date
    quoted = turn.slot("last_quote") or turn.first("quote_reference") or turn.pressed
    if booking.asked and turn.intent == "accept_quote" and not quoted:
        booking.set("booking_pending", booking["booking_pending"])  # there is no quote: the question is asked again
        return True
    if not booking["hold"] and booking.asked in (None, SESSION) and await on_two_dates(booking):
        return True
    if booking.asked and gives_invoice_details(turn):
        turn.say("utter_invoice_details_elsewhere")
        booking.set("booking_pending", booking["booking_pending"])
        if not any(turn.values(entity) for entity in ("person", "email", "seats", "period")):
            return True
    other = await another_course(turn, str(booking["course"])) if booking["hold"] and booking.asked else None
    if other:
        return await to_another_course(booking, other)
    if booking["hold"] and booking.asked and course_beside(turn, str(booking["course"])):
        turn.say("utter_one_course_after_the_other")
        booking.set("booking_pending", booking["booking_pending"])
        return True
    reading = read(turn, booking.so_far)
    if turn.first("access_code"):
        booking.set("access_code", turn.first("access_code"))
    values = dict(reading.values)
    session = await _session(booking, reading)
    if session and session != booking[SESSION]:
        values[SESSION] = session
    elif session and booking.pending.get("field") == SESSION:  # the date that is held already
        return await kept_date(booking)
    elif session and booking.asked == SEATS and not values:  # the same date again: it is asked for how many
        booking.set("booking_pending", booking["booking_pending"])
        return True
    values = of_the_full(booking, {name: value for name, value in values.items() if booking[name] != value})
    if reading.kind is Kind.UNSURE_EMAIL:
        await put_all(booking, values)
        return ask_which_email(booking, reading.options)
    if reading.kind is Kind.FIRST_NAME and NAME in values and not booking[NAME]:
        return await ask_for_the_rest(booking, values)
    if values:
        await put_all(booking, values)
        return True
    if (
        reading.values and booking.pending.get("kind") != "full"
    ):  # what is known already was said again: that answers what was asked about it
        booking.set("booking_pending", None)
        return True
    act = ACTS.get(reading.kind)
    if act:
        return await act(booking, reading)
    return await otherwise(booking, reading)


#: A question that changes something: "could we change that to Tuesday?".
_CHANGES = re.compile(
    r"\b(?:chang\w*|deplac\w*|move|switch|mettre|mettez|take|prendre|a la place|instead|plutot|rather)\b"
)


async def on_two_dates(booking: Booking) -> bool:
    """Whether a message wants seats on several dates ("5 on 18 January and 7 on 28 April"): one after the other."""
    parts = await on_each_date(booking.turn)
    if not parts:
        return False
    first, *rest = parts
    said = [part_in_words(booking.turn, {"start": part.pop("start")}, part["seats"]) for part in parts]
    booking.turn.say(
        "utter_one_date_after_the_other", first=said[0], rest=formatting.joined(said[1:], booking.turn.lang)
    )
    booking.set(SESSION, first["session_id"])
    booking.set(SEATS, first["seats"])
    booking.set("booking_rest", rest)
    given = read(booking.turn, booking.so_far).values
    await put_all(booking, {name: given[name] for name in (NAME, EMAIL) if name in given})
    return True


async def _session(booking: Booking, reading: Reading) -> str | None:
    """The session that the message chooses, where it may choose one."""
    turn, asked = booking.turn, booking.asked
    ends = reading.kind in (Kind.STOP, Kind.END)
    if booking["hold"] and asked and not ends and (not picking.asks(turn) or _CHANGES.search(fold(turn.text))):
        other = await on_another_day(turn, booking[SESSION])  # "I misread my diary, it will be the 19th of July"
        if other:
            return other
    if reading.kind in (Kind.STOP, Kind.END, Kind.WAIT, Kind.WHY, Kind.ABOUT, Kind.GO_ON):
        return None
    if asked in (None, SESSION) and not booking["hold"]:
        if turn.first("session"):
            return str(turn.first("session"))
        if asked and picking.asks(turn) and turn.intent != "book_session":
            return None
        return await chosen_session(turn, asked)
    if reading.kind in (Kind.YES, Kind.NO) and asked != SESSION:
        return None
    if NAME in reading.values and not has(turn.text, "of_date"):
        return None
    changes = reading.name == SESSION or booking.pending.get("field") == SESSION
    points = bool(turn.values("reference") or turn.values("period"))
    if picking.asks(turn) and not changes and not (points and has(turn.text, "rather")):
        return None
    dated = has(turn.text, "of_date") or (points and (has(turn.text, "meant") or has(turn.text, "change")))
    if (
        changes
        or dated
        or (asked in (SEATS, CONFIRM) and (points or turn.intent == "book_session"))
        or turn.first("session")
    ):
        return await chosen_session(turn, asked, booking[SESSION])
    return None
