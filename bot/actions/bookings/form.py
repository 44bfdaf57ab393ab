"""The booking form: what a message gives it, what it holds, and what it asks next.

Rasa's form machinery asks for one slot after the other; this action acts on what `reading` makes of the last message.
It returns no slot at all for a message that is not for the form (a question, a search): Rasa then rejects the form,
answers the digression by its own rule, and the form asks again.

The seats are held as soon as session and number are known, before any personal datum is asked. What is held is let go
only where a person says so and nothing else, and a seat on another date replaces it only once that one is held.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.events import SlotSet

from bot.actions import formatting
from bot.actions.bookings import picking, telling
from bot.actions.bookings.choosing import chosen_session
from bot.actions.bookings.pending import extend
from bot.actions.bookings.reading import CONFIRM, EMAIL, NAME, SEATS, SESSION, Kind, Reading, SoFar, read
from bot.actions.bookings.words import has, only
from bot.actions.knowledge import SURE, find_answer, tell
from bot.actions.showing import bookable, session_item, shown
from bot.actions.turn import DOUBTFUL, Button, CampusAction, Event, Turn
from bot.service import Json, Problem

#: In this order; the first that is missing is asked.
STEPS = (SESSION, SEATS, "hold", NAME, EMAIL, CONFIRM)
#: Seats that a conversation may hold at a time (the service's own limit).
MOST_SEATS = 12
#: What a person asks or wants in the middle of a booking; answered by its own rule, unless it also gives a value.
DIGRESSIONS = frozenset(
    [
        "ask_campus",
        "course_details",
        "search_courses",
        "search_events",
        "refine_search",
        "show_more",
        "list_sessions",
        "help",
        "bot_challenge",
        "chitchat",
        "check_booking",
        "talk_to_human",
        "switch_language",
        "thank",
        "greet",
        "out_of_scope",
        "compare_courses",
        "ask_advice",
        "give_feedback",
        "company_training",
        "request_quote",
        "accept_quote",
        "join_waitlist",
        "leave_waitlist",
        "alert_me",
        "request_document",
        "withdraw_contract",
        "export_my_data",
        "erase_my_data",
    ]
)
#: What a notice's buttons decide, of this booking or another.
PENDING = ("extend_hold", "accept_offer", "decline_offer")
#: Confidence from which what the staff ask is no answer to the form.
_SURELY = 0.9
#: What is not begun in the middle of a booking unless it is surely meant.
_GRAVE = frozenset(["export_my_data", "erase_my_data", "withdraw_contract", "leave_waitlist", "request_document"])
_LOOKING = ("search_courses", "search_events", "refine_search", "show_more", "list_sessions", "compare_courses")


@dataclass
class Booking:
    """The slots of the form while a turn works on them."""

    turn: Turn
    values: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in (*STEPS, "course", "access_code", "booking_started", "booking_pending", "requested_slot"):
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
        )

    def ask(self, kind: str, **more: Any) -> None:
        """Remember what is asked beside the fields."""
        self.set("booking_pending", {"kind": kind, **more})

    def next(self) -> str | None:
        if self[CONFIRM] is False:
            return None
        if self.pending.get("kind") in ("field", "email", "name"):
            return str(self.pending["field"])
        return next((name for name in STEPS if self.values[name] is None), None)


class ValidateBookingForm(CampusAction):
    """Takes what the message gives, holds the seats, and says what to ask next."""

    action = "validate_booking_form"
    offers_person = True

    async def act(self, turn: Turn) -> list[Event]:
        booking = Booking(turn)
        begins = not booking["booking_started"]
        if begins:
            booking.set("booking_started", turn.message_id)
        elif not booking.asked:
            await _still_held(booking)
        if (turn.fresh or begins) and not await take(booking) and booking.asked:
            return []  # not for this form
        await _has_room(booking)
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


async def _still_held(booking: Booking) -> None:
    """Taken up again after a while: what was held may have lapsed, and is taken again."""
    if booking["hold"]:
        await _until(booking)


# -- acting on a message ----------------------------------------------------------------------------------------------


async def take(booking: Booking) -> bool:
    """Fill the form from the message; whether it was meant for the form."""
    turn = booking.turn
    if turn.pressed and turn.intent in (*PENDING, "join_waitlist", "request_quote", "accept_quote", "alert_me"):
        return False
    if booking.asked and turn.intent.startswith("staff_") and turn.confidence >= _SURELY and not turn.first("person"):
        return False  # "call off Tuesday's session" chooses no date
    reading = read(turn, booking.so_far)
    if turn.first("access_code"):
        booking.set("access_code", turn.first("access_code"))
    values = dict(reading.values)
    session = await _session(booking, reading)
    if session and session != booking[SESSION]:
        values[SESSION] = session
    elif session and booking.pending.get("field") == SESSION:  # the date that is held already
        return await _kept(booking)
    values = {name: value for name, value in values.items() if booking[name] != value}
    if reading.kind is Kind.UNSURE_EMAIL:
        await _put_all(booking, values)
        return _ask_which_email(booking, reading.options)
    if reading.kind is Kind.FIRST_NAME and NAME in values and not booking[NAME]:
        return await _ask_for_the_rest(booking, values)
    if values:
        await _put_all(booking, values)
        return True
    if reading.values:  # what is known already was said again: that answers what was asked about it
        booking.set("booking_pending", None)
        return True
    act = _ACTS.get(reading.kind)
    if act:
        return await act(booking, reading)
    return await _otherwise(booking, reading)


async def _session(booking: Booking, reading: Reading) -> str | None:
    """The session that the message chooses, where it may choose one."""
    turn, asked = booking.turn, booking.asked
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
    if picking.asks(turn) and not changes:
        return None
    points = bool(turn.values("reference") or turn.values("period"))
    dated = has(turn.text, "of_date") or (points and (has(turn.text, "meant") or has(turn.text, "change")))
    if (
        changes
        or dated
        or (asked in (SEATS, CONFIRM) and (points or turn.intent == "book_session"))
        or turn.first("session")
    ):
        return await chosen_session(turn, asked, booking[SESSION])
    return None


async def _put_all(booking: Booking, values: Json) -> None:
    """Take values; say what was taken beside what was asked."""
    asked, held = booking.asked, booking["hold"]
    for name in (SESSION, SEATS, NAME, EMAIL):
        if name in values:
            await _put(booking, name, values[name])
    kept = [name for name in (NAME, EMAIL) if values.get(name) and booking[name] == values[name]]
    if values.get(SEATS) and booking[SEATS] == values[SEATS] and not held and asked == SESSION:
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
        await _other_seats(booking, value)
        return
    if booking["hold"] and name == SESSION:
        await _other_session(booking, str(value))
        return
    booking.set(name, value)


async def _other_seats(booking: Booking, seats: int) -> None:
    turn, reference = booking.turn, booking["hold"]
    held = await turn.service.booking(reference)
    try:
        await turn.service.change_seats(
            turn.key("seats", turn.message_id, reference, str(seats)), reference, seats, held["version"]
        )
    except Problem as problem:
        if problem.code == "session-full":
            free = held["session"]["seats_free"] + held["seats"]
            turn.say(
                "utter_not_enough_seats",
                wanted=seats,
                free=formatting.plural("utter_part_free_seats", free, turn.lang),
                kept=formatting.plural("utter_part_seats", held["seats"], turn.lang),
            )
            booking.set(SEATS, held["seats"])
            return
        if problem.code in ("hold-expired", "wrong-state", "not-found"):
            booking.set("hold", None)
            booking.set(SEATS, seats)
            return
        if problem.code == "rate-limited":
            turn.say("utter_too_many_seats", most=MOST_SEATS)
            booking.set(SEATS, held["seats"])
            return
        raise
    booking.set(SEATS, seats)
    booking.set(CONFIRM, None)
    turn.say("utter_seats_changed", seats=formatting.plural("utter_part_seats", seats, turn.lang))


async def _other_session(booking: Booking, session_id: str) -> None:
    """Hold seats on another date, then let go of those that were held; where it is refused, they stay."""
    turn, before = booking.turn, booking["hold"]
    key = turn.key("hold", turn.message_id, session_id, str(booking[SEATS]))
    try:
        held = await turn.service.hold(key, session_id, booking[SEATS], booking["access_code"])
    except Problem as problem:
        if problem.status in (400, 401) or problem.status >= 500:
            raise
        old = await turn.service.booking(before)
        turn.say(
            "utter_other_date_two_holds" if problem.code == "rate-limited" else "utter_other_date_refused",
            kept=formatting.when(old["session"]["meetings"], turn.lang),
        )
        booking.set("booking_pending", None)
        return
    await _release(turn, before)
    booking.set(SESSION, session_id)
    booking.set("booking_started", turn.message_id)
    booking.set("booking_pending", None)
    _say_held(booking, held, "utter_held_instead")


def _ask_which_email(booking: Booking, options: tuple[str, ...]) -> bool:
    """An address that may be meant otherwise is asked about once, with both on buttons."""
    slip = len(options) == 2 and options[0].partition("@")[2] != options[1].partition("@")[2]
    booking.ask("email", field=EMAIL, options=list(options), said=options[1] if slip else None)
    buttons = [{"title": option, "payload": f"/inform{json.dumps({'email': option})}"} for option in options]
    key = "utter_ask_email_meant" if slip else "utter_ask_email_meant_words"
    booking.turn.say(key, buttons=buttons, meant=options[0], said=options[1])
    return True


async def _ask_for_the_rest(booking: Booking, values: Json) -> bool:
    """A first name alone is asked once for the rest; what comes then is the whole."""
    name = str(values.pop(NAME))
    if booking.pending.get("kind") == "name" and booking.asked == NAME:
        await _put_all(booking, {**values, NAME: name})
        return True
    if values:
        await _put_all(booking, values)
    booking.set("booking_asked", None)
    booking.ask("name", field=NAME, value=name)
    if booking.asked != NAME:
        booking.turn.say("utter_noted", what=name)
        if booking.asked in (None, SESSION, SEATS):  # the rest is asked when its turn comes
            booking.set("booking_pending", {"kind": "name_later", "value": name})
    return True


async def _undo(booking: Booking, reading: Reading) -> bool:
    """Take back the last answer: it is asked for again, and what it was stays until another one is given."""
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
        return await _kept(booking)
    booking.set(CONFIRM, False)
    return True


async def _kept(booking: Booking) -> bool:
    """The date stays as it is."""
    booking.set("booking_pending", None)
    held = await booking.turn.service.booking(booking["hold"])
    booking.turn.say("utter_stays", when=formatting.when(held["session"]["meetings"], booking.turn.lang))
    return True


async def _end(booking: Booking, reading: Reading) -> bool:
    """Goodbye: what is held stays held until its time is over, and that is said."""
    until = await _until(booking)
    if until:
        booking.turn.say("utter_booking_paused", until=until)
    else:
        booking.turn.say("utter_goodbye")
    booking.set(CONFIRM, False)
    return True


async def _wait(booking: Booking, reading: Reading) -> bool:
    turn = booking.turn
    if booking.asked is None:  # "I'll think about it" begins no booking
        turn.say("utter_no_hurry")
        booking.set(CONFIRM, False)
        return True
    if turn.intent == "extend_hold" and booking["hold"]:
        await extend(turn, booking["hold"])
    elif until := await _until(booking):
        turn.say("utter_time_to_think", until=until)
    elif not booking["hold"]:
        turn.say("utter_nothing_held_yet")
    booking.set("booking_pending", booking["booking_pending"])
    return True


async def _until(booking: Booking) -> str | None:
    """Until when the seats are held; where that is over it is said, and they are taken again."""
    turn = booking.turn
    if not booking["hold"]:
        return None
    held = await turn.service.booking(booking["hold"])
    if held["state"] != "held":
        turn.say("utter_hold_expired")
        booking.set("hold", None)
        booking.set("booking_started", turn.message_id)
        return None
    return formatting.hour(formatting.moment(held["hold_expires_at"]), turn.lang)


async def _yes(booking: Booking, reading: Reading) -> bool:
    if booking.asked == CONFIRM and not booking.pending:
        booking.set(CONFIRM, True)
    elif booking.asked == SEATS and booking[SEATS] is None and await _only_one_left(booking):
        booking.set(SEATS, 1)
    else:
        booking.set("booking_pending", booking["booking_pending"])
    return True


async def _only_one_left(booking: Booking) -> bool:
    session = await booking.turn.service.session(booking[SESSION], access_code=booking["access_code"])
    return bool(session["seats_free"] == 1)


async def _no(booking: Booking, reading: Reading) -> bool:
    """A bare no lets nothing go that is held: it is asked what is to be changed."""
    if booking.pending.get("field") == SESSION and booking["hold"]:
        return await _kept(booking)
    if booking.pending.get("kind") == "name":
        booking.set(NAME, booking.pending["value"])
        booking.set("booking_pending", None)
        return True
    if not booking["hold"]:
        booking.set(CONFIRM, False)
        return True
    if booking.pending.get("kind") == "change":
        booking.set("booking_pending", None)
        return True
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
        until = await _until(booking)
        if until:
            turn.say("utter_about_hold", until=until)
    elif reading.name == telling.PRICE:
        telling.tell_price(turn, held)
    else:
        telling.tell_session(turn, held["session"])
    return True


async def _why(booking: Booking, reading: Reading) -> bool:
    booking.turn.say("utter_why_email" if reading.name == EMAIL else "utter_why_name")
    booking.set("booking_pending", booking["booking_pending"])
    return True


async def _go_on(booking: Booking, reading: Reading) -> bool:
    if booking.pending.get("kind") in ("change", "email"):
        booking.set("booking_pending", None)
    else:
        booking.set("booking_pending", booking["booking_pending"])
    return True


async def _question(booking: Booking, reading: Reading) -> bool:
    """A question is never data: its own rule answers it, else the knowledge base."""
    turn = booking.turn
    if booking.asked and not turn.pressed and has(turn.text, "invoice"):
        tell(turn, await turn.service.answer("invoice"))  # whoever else could be invoiced: said where it is known
        booking.set("booking_pending", booking["booking_pending"])
        return True
    if turn.intent in DIGRESSIONS or not booking.asked:
        return not booking.asked
    answer = await find_answer(turn, 0.0 if turn.answer_key else SURE)
    if answer is not None:
        tell(turn, answer)
    else:
        turn.say("utter_no_answer")
    booking.set("booking_pending", booking["booking_pending"])
    return True


async def _otherwise(booking: Booking, reading: Reading) -> bool:
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
    if turn.intent in DIGRESSIONS and turn.intent != "out_of_scope" and not _doubtful(booking):
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


_ACTS = {
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
    Kind.QUESTION: _question,
}


# -- holding ----------------------------------------------------------------------------------------------------------


async def _has_room(booking: Booking) -> None:
    """A session that cannot be booked is said to be so before anybody is asked for how many."""
    turn = booking.turn
    if not booking[SESSION] or booking["hold"] or booking[CONFIRM] is False or booking[SEATS]:
        return
    try:
        session = await turn.service.session(booking[SESSION], access_code=booking["access_code"])
    except Problem as problem:
        if problem.status not in (403, 404, 422):
            raise
        await _refused(booking, problem)
        return
    if bookable(session):
        return
    booking.set("course", session["course_id"])
    key = {"closed": "utter_session_closed", "cancelled": "utter_session_cancelled"}.get(session["state"])
    when = formatting.when(session["meetings"], turn.lang)
    if key:
        turn.say(key, when=when)
    else:
        turn.say("utter_session_full", buttons=[_wait_button(turn, session)], when=when)
    booking.set(SESSION, None)


def _wait_button(turn: Turn, session: Json, seats: int | None = None) -> Button:
    """The button that puts somebody on the waiting list of a session."""
    meant = {"session": session["id"], **({"seats": seats} if seats else {})}
    return turn.button("wait_for_it", f"/join_waitlist{json.dumps(meant)}")


async def hold(booking: Booking) -> None:
    """Hold the seats once session and number are known; where that is refused, say why and what is possible."""
    turn = booking.turn
    session_id, seats = booking[SESSION], booking[SEATS]
    if not session_id or not seats or booking["hold"] or booking[CONFIRM] is False:
        return
    key = turn.key("hold", booking["booking_started"], session_id, str(seats))
    try:
        held = await turn.service.hold(key, session_id, seats, booking["access_code"])
        if held["state"] != "held":  # the answer of an earlier, lapsed hold under this key
            booking.set("booking_started", turn.message_id)
            key = turn.key("hold", turn.message_id, session_id, str(seats))
            held = await turn.service.hold(key, session_id, seats, booking["access_code"])
    except Problem as problem:
        await _refused(booking, problem)
        return
    _say_held(booking, held, "utter_held")
    if booking.pending.get("kind") == "name_later":
        booking.ask("name", field=NAME, value=booking.pending["value"])


def _say_held(booking: Booking, held: Json, key: str) -> None:
    turn = booking.turn
    booking.set("hold", held["reference"])
    booking.set("course", held["session"]["course_id"])
    booking.set(CONFIRM, None)
    turn.say(
        key,
        seats=formatting.plural("utter_part_seats", held["seats"], turn.lang),
        title=held["session"]["title"],
        when=formatting.when(held["session"]["meetings"], turn.lang),
        until=formatting.hour(formatting.moment(held["hold_expires_at"]), turn.lang),
    )


async def _release(turn: Turn, reference: str) -> None:
    with contextlib.suppress(Problem):  # lapsed meanwhile: nothing is held any more, which is what was wanted
        await turn.service.cancel(turn.key("release", reference), reference)


async def _refused(booking: Booking, problem: Problem) -> None:
    turn, code = booking.turn, problem.code
    if code == "rate-limited" and booking["seats"] > MOST_SEATS:
        turn.say("utter_too_many_seats", most=MOST_SEATS)
        booking.set("seats", None)
        return
    if code == "rate-limited":
        turn.say("utter_too_many_holds")
        booking.set("booking_confirmed", False)
        return
    if code == "invalid" and "seats" in problem.fields:
        turn.say("utter_invalid_seats", most=MOST_SEATS)
        booking.set("seats", None)
        return
    if problem.status in (400, 401) or problem.status >= 500:
        raise problem  # a fault of ours, not of the session
    if code == "session-full":
        await _full(booking, problem.document)
        return
    if code == "not-eligible" and problem.document.get("requirement"):
        turn.say("utter_not_eligible", why=problem.document.get("detail", ""))
        booking.set("session_id", None)
        return
    key = {
        "session-closed": "utter_session_closed",
        "session-cancelled": "utter_session_cancelled",
        "not-eligible": "utter_needs_access_code",
        "already-booked": "utter_already_booked",
    }.get(code, "utter_session_unknown")
    turn.say(key)
    booking.set("session_id", None)


async def _full(booking: Booking, document: Json) -> None:
    turn, wanted = booking.turn, booking["seats"]
    session = await turn.service.session(booking["session_id"], access_code=booking["access_code"])
    free = max(0, session["seats_free"])
    booking.set("course", session["course_id"])
    if 0 < free < wanted:
        turn.say(
            "utter_only_some_seats",
            buttons=[_wait_button(turn, session, wanted)],
            wanted=wanted,
            free=formatting.plural("utter_part_seats_left", free, turn.lang),
        )
    else:
        when = formatting.when(session["meetings"], turn.lang)
        turn.say("utter_session_full", buttons=[_wait_button(turn, session, wanted)], when=when)
    others = document.get("sessions") or []
    booking.set("session_id", None)
    if others and all(isinstance(other, dict) and "meetings" in other for other in others):
        booking.events.append(shown([session_item(other) for other in others]))
