"""What a booking does with a message that gives it no value: a yes, a no, a question, a wish to wait or to stop."""

from __future__ import annotations

from bot.actions import formatting
from bot.actions.bookings import again, telling
from bot.actions.bookings.asking import HELPED
from bot.actions.bookings.booking import STEPS, Booking
from bot.actions.bookings.digressions import DIGRESSIONS
from bot.actions.bookings.holding import until_when
from bot.actions.bookings.pending import extend
from bot.actions.bookings.reading import CONFIRM, EMAIL, NAME, SEATS, SESSION, Kind, Reading
from bot.actions.bookings.words import has, only
from bot.actions.companies.said import means_booking
from bot.actions.knowledge import SURE, find_answer, tell
from bot.actions.turn import DOUBTFUL, Button

#: What is not begun in the middle of a booking unless it is surely meant.
_GRAVE = frozenset(["export_my_data", "erase_my_data", "withdraw_contract", "leave_waitlist", "request_document"])
_LOOKING = ("search_courses", "search_events", "refine_search", "show_more", "list_sessions", "compare_courses")


async def _undo(booking: Booking, reading: Reading) -> bool:
    """Take back the last answer: it is asked for again, and what it was stays until another one is given."""
    if booking.asked == CONFIRM and not booking.pending:
        return await _no(booking, reading)  # of a whole summary, it is asked what shall be otherwise
    if booking.pending.get("kind") in ("change", "email", "name"):
        return await _no(booking, reading) if booking.pending["kind"] == "change" else await _go_on(booking, reading)
    given = [name for name in _ANSWERED[: _ANSWERED.index(str(booking.asked))] if booking[name] is not None]
    if not given:
        return await _no(booking, reading)
    return await _change(booking, Reading(Kind.FIELD, name=given[-1]))


#: What is asked of a person, in this order.
_ANSWERED = tuple(name for name in STEPS if name != "hold")


async def _stop(booking: Booking, reading: Reading) -> bool:
    if booking.pending.get("field") == SESSION and booking["hold"] and not booking.turn.pressed:
        return await kept_date(booking)
    booking.set(CONFIRM, False)
    return True


async def to_another_course(booking: Booking, course: str) -> bool:
    """Ask for a date of another course; what is held stays until one is chosen."""
    turn = booking.turn
    held = await turn.service.booking(booking["hold"])
    wanted = await turn.service.course(course, access_code=booking["access_code"])
    turn.say("utter_other_course", title=wanted["title"], held=held["session"]["title"])
    booking.set("course", course)
    booking.set("booking_asked", None)
    booking.ask("field", field=SESSION)
    return True


async def kept_date(booking: Booking) -> bool:
    """The date stays as it is."""
    booking.set("booking_pending", None)
    held = await booking.turn.service.booking(booking["hold"])
    booking.set("course", held["session"]["course_id"])
    booking.turn.say("utter_stays", when=formatting.when(held["session"]["meetings"], booking.turn.lang))
    return True


async def _end(booking: Booking, reading: Reading) -> bool:
    """Goodbye: what is held stays held until its time is over, and that is said."""
    until = await until_when(booking)
    if until:
        booking.turn.say("utter_booking_paused", until=until)
    else:
        booking.turn.say("utter_goodbye")
    booking.set(CONFIRM, False)
    return True


async def _wait(booking: Booking, reading: Reading) -> bool:
    turn = booking.turn
    if booking.asked is None and again.is_wanted_back(turn):  # "oh wait, no, undo that"
        for name, value in (await again.as_it_was(turn)).items():
            booking.set(name, value)
        return True
    if booking.asked is None:  # "I'll think about it" begins no booking
        turn.say("utter_no_hurry")
        booking.set(CONFIRM, False)
        return True
    thinks = has(turn.text, "waiting") and not has(turn.text, "longer")  # "I have to check with my manager"
    asks_for_more = turn.intent == "extend_hold" and (turn.question or not thinks)
    if asks_for_more and booking["hold"]:
        await extend(turn, booking["hold"])
    elif until := await until_when(booking):
        turn.say("utter_time_to_think", until=until)
    elif not booking["hold"]:
        turn.say("utter_nothing_held_yet")
    booking.set("booking_pending", booking["booking_pending"])
    return True


async def _yes(booking: Booking, reading: Reading) -> bool:
    if _is_known(booking):  # the button of the summary above: what was known stays
        booking.set("booking_pending", None)
    elif booking.asked == CONFIRM and not booking.pending:
        booking.set(CONFIRM, True)
    elif booking.asked == SEATS and booking[SEATS] is None and await _only_one_left(booking):
        booking.set(SEATS, 1)
    else:
        booking.set("booking_pending", booking["booking_pending"])
    return True


def _is_known(booking: Booking) -> bool:
    """Whether a name or an address is asked for again that is known: it stays until another one is given."""
    field = booking.pending.get("field") if booking.pending.get("kind") == "field" else None
    return field in (NAME, EMAIL) and bool(booking[str(field)])


async def _only_one_left(booking: Booking) -> bool:
    session = await booking.turn.service.session(booking[SESSION], access_code=booking["access_code"])
    return bool(session["seats_free"] == 1)


async def _no(booking: Booking, reading: Reading) -> bool:
    """A bare no lets nothing go that is held: it is asked what is to be changed."""
    if booking.pending.get("field") == SESSION and booking["hold"]:
        return await kept_date(booking)
    if booking.pending.get("kind") == "name":
        booking.set(NAME, booking.pending["value"])
        booking.set("booking_pending", None)
        return True
    if not booking["hold"]:
        booking.set(CONFIRM, False)
        return True
    if booking.pending.get("kind") == "change" or _is_known(booking):
        booking.set("booking_pending", None)
        return True
    asked = booking.turn.slot("booking_asked") or {}
    if booking.asked == CONFIRM and asked.get("step") == CONFIRM and asked.get("times", 1) >= HELPED:
        return await _stop(booking, reading)  # no again, after it was asked what should be otherwise
    booking.ask("change")
    booking.turn.say("utter_ask_what_to_change", buttons=change_buttons(booking))
    return True


def change_buttons(booking: Booking) -> list[Button]:
    """A button for each field that is known, and one to let it all go."""
    turn = booking.turn
    buttons = []
    if booking[NAME]:
        buttons.append(turn.button("change_name", '/inform{"booking_field": "name"}'))
    if booking[EMAIL]:
        buttons.append(turn.button("change_email", '/inform{"booking_field": "email"}'))
    buttons.append(turn.button("change_date", '/inform{"booking_field": "date"}'))
    buttons.append(turn.button("change_seats", '/inform{"booking_field": "seats"}'))
    return [*buttons, turn.button("let_go", "/deny")]


async def _change(booking: Booking, reading: Reading) -> bool:
    """A field that is to be changed is asked for by name; what is known stays until the new value is there."""
    name = reading.name
    booking.set("booking_asked", None)
    if name == SESSION and not booking["hold"]:
        booking.set(SESSION, None)
        booking.set("booking_pending", None)
        return True
    if name is None or booking[name] is None:
        booking.set("booking_pending", None)
        return True
    if name == SESSION and booking["hold"]:
        booking.turn.say("utter_other_date")
    booking.ask("field", field=name)
    return True


async def _about(booking: Booking, reading: Reading) -> bool:
    """A question about what is being booked, answered from the service."""
    turn = booking.turn
    if reading.name == telling.RECAP:
        booking.set("booking_told", None)
        return True
    booking.set("booking_pending", booking["booking_pending"])
    if not booking["hold"]:
        session = await turn.service.session(booking[SESSION], access_code=booking["access_code"])
        if reading.name == telling.PRICE:
            return False
        if reading.name == telling.UNTIL:
            turn.say("utter_not_held_yet")
        else:
            telling.tell_session(turn, session)
        return True
    held = await turn.service.booking(booking["hold"])
    if reading.name == telling.UNTIL:
        until = await until_when(booking)
        if until:
            turn.say("utter_about_hold", until=until)
    elif reading.name == telling.PRICE:
        telling.tell_price(turn, held)
    else:
        telling.tell_session(turn, held["session"])
    return True


async def _split(booking: Booking, reading: Reading) -> bool:
    """A group on two dates: the first seats now, the others once these are booked."""
    first, *rest = booking.pending.get("parts") or [None]
    booking.set("booking_pending", None)
    if first:
        booking.set(SESSION, first["session_id"])
        booking.set(SEATS, first["seats"])
        booking.set("booking_rest", rest)
    return True


async def _why(booking: Booking, reading: Reading) -> bool:
    booking.turn.say("utter_why_email" if reading.name == EMAIL else "utter_why_name")
    booking.set("booking_pending", booking["booking_pending"])
    return True


async def _go_on(booking: Booking, reading: Reading) -> bool:
    ended = booking.pending.get("kind") in ("change", "email")
    booking.set("booking_pending", None if ended else booking["booking_pending"])
    await until_when(booking)  # a hold that ran out meanwhile is taken again
    return True


async def _question(booking: Booking, reading: Reading) -> bool:
    """A question is never data: its own rule answers it, else the knowledge base."""
    turn = booking.turn
    if booking.asked and not turn.pressed and has(turn.text, "invoice"):
        tell(turn, await turn.service.answer("invoice"))  # whoever else could be invoiced: said where it is known
        booking.set("booking_pending", booking["booking_pending"])
        return True
    if (turn.intent in DIGRESSIONS and not means_booking(turn)) or not booking.asked:
        return not booking.asked
    answer = await find_answer(turn, 0.0 if turn.answer_key else SURE)
    if answer is not None:
        tell(turn, answer)
    else:
        turn.say("utter_no_answer")
    booking.set("booking_pending", booking["booking_pending"])
    return True


async def otherwise(booking: Booking, reading: Reading) -> bool:
    """Neither data nor a set phrase: a digression, or an answer that does not fit and is asked again."""
    turn, asked = booking.turn, booking.asked
    if asked is None or any(event.get("name") == "access_code" for event in booking.events):
        return True
    if booking.pending.get("kind") == "name" and asked == NAME:  # asked once for the rest
        booking.set(NAME, booking.pending["value"])
        booking.set("booking_pending", None)
        return True
    booking.set("booking_pending", booking["booking_pending"])
    if only(turn.text, "yes", "polite") or (turn.intent == "thank" and asked == CONFIRM):
        return True
    if asked == EMAIL and ("@" in turn.text or turn.intent in ("inform", "give_feedback")):
        turn.say("utter_invalid_email")
        return True
    digresses = turn.intent in DIGRESSIONS and not means_booking(turn)
    if digresses and turn.intent != "out_of_scope" and not _doubtful(booking):
        booking.events.clear()
        return False
    if asked == CONFIRM or booking.pending.get("kind") == "change":
        if turn.intent == "out_of_scope":
            booking.events.clear()
            return False
        return True
    if asked == NAME:
        turn.say("utter_invalid_name")
    elif asked == EMAIL:
        turn.say("utter_invalid_email")
    return True


def _doubtful(booking: Booking) -> bool:
    """Whether a message is taken for a search in the middle of a booking, without being sure."""
    turn = booking.turn
    if turn.intent in _GRAVE and turn.confidence < DOUBTFUL and not turn.pressed:
        return True
    return turn.intent in _LOOKING and turn.confidence < 0.5 and booking.asked != SESSION


ACTS = {
    Kind.UNDO: _undo,
    Kind.STOP: _stop,
    Kind.END: _end,
    Kind.WAIT: _wait,
    Kind.YES: _yes,
    Kind.NO: _no,
    Kind.FIELD: _change,
    Kind.ABOUT: _about,
    Kind.WHY: _why,
    Kind.GO_ON: _go_on,
    Kind.SPLIT: _split,
    Kind.QUESTION: _question,
}
