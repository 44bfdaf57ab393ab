"""Seats held for a booking: taken, exchanged, let go; where that is refused, why, and what is possible."""

from __future__ import annotations

import contextlib
import json

from bot.actions import formatting
from bot.actions.bookings.booking import MOST_SEATS, Booking
from bot.actions.bookings.reading import CONFIRM, NAME, SEATS, SESSION
from bot.actions.showing import alert_button, bookable, session_item, shown
from bot.actions.turn import Button, Turn
from bot.service import Json, Problem


async def still_held(booking: Booking) -> None:
    """Taken up again after a while: what was held may have lapsed, and is taken again."""
    if booking["hold"]:
        await until_when(booking)


async def until_when(booking: Booking) -> str | None:
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


async def has_room(booking: Booking) -> None:
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


async def release(turn: Turn, reference: str) -> None:
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
    """Say how much room there is, and every way that is open: fewer seats, two dates, the queue, another date."""
    turn, wanted = booking.turn, booking[SEATS]
    session = await turn.service.session(booking[SESSION], access_code=booking["access_code"])
    free, ways = max(0, session["seats_free"]), document.get("choices")
    parts: list[Json] = next((way["parts"] for way in ways or [] if way["kind"] == "split"), [])
    queue = ways is None or any(way["kind"] == "queue" for way in ways)
    wait = [_wait_button(turn, session, wanted)] if queue else []
    booking.set("course", session["course_id"])
    if 0 < free < wanted:
        seats = formatting.plural("utter_part_seats", free, turn.lang)
        buttons = [turn.button("take_fewer", f'/inform{{"seats": {free}}}', seats=seats)]
        if parts:
            said = await _said_parts(booking, parts)
            buttons.append(turn.button("take_split", '/inform{"booking_field": "split"}', parts=said))
        turn.say(
            "utter_only_some_seats",
            buttons=[*buttons, *wait],
            wanted=wanted,
            free=formatting.plural("utter_part_seats_left", free, turn.lang),
        )
        booking.ask("full", session=booking[SESSION], free=free, wanted=wanted, parts=parts)
    else:
        alert = [] if document.get("sessions") else [alert_button(turn, session["course_id"])]
        when = formatting.when(session["meetings"], turn.lang)
        turn.say("utter_session_full", buttons=[*wait, *alert], when=when)
        booking.ask("full", session=booking[SESSION], free=free, wanted=wanted)
    others = document.get("sessions") or []
    booking.set(SESSION, None)
    if others and all(isinstance(other, dict) and "meetings" in other for other in others):
        booking.events.append(shown([session_item(other) for other in others]))


async def _said_parts(booking: Booking, parts: list[Json]) -> str:
    """ "9 places le mercredi 7 avril et 3 places le jeudi 24 juin"."""
    turn, said = booking.turn, []
    for part in parts:
        session = await turn.service.session(part["session_id"], access_code=booking["access_code"])
        said.append(part_in_words(turn, session, part["seats"]))
    return formatting.joined(said, turn.lang)


def part_in_words(turn: Turn, session: Json, seats: int) -> str:
    """So many seats on that day."""
    day = formatting.day(formatting.moment(session["start"]).date(), turn.lang)
    return turn.part("seats_on_day", seats=formatting.plural("utter_part_seats", seats, turn.lang), day=day)


def of_the_full(booking: Booking, values: Json) -> Json:
    """The values of a message after a session was told to be too small.

    Another number is meant for that very session; another date ends the question.
    """
    full = booking.pending
    if full.get("kind") != "full":
        return values
    if SESSION not in values and values.get(SEATS):
        values = {**values, SESSION: full["session"]}
    if SESSION in values:
        booking.set("booking_pending", None)
    return values


async def other_seats(booking: Booking, seats: int) -> None:
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
    booking.set("booking_rest", None)
    booking.set(CONFIRM, None)
    turn.say("utter_seats_changed", seats=formatting.plural("utter_part_seats", seats, turn.lang))


async def other_session(booking: Booking, session_id: str) -> None:
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
    await release(turn, before)
    booking.set(SESSION, session_id)
    booking.set("booking_rest", None)
    booking.set("booking_started", turn.message_id)
    booking.set("booking_pending", None)
    _say_held(booking, held, "utter_held_instead")
