"""What waits for a word of the person: a hold that may get more time, a seat that was offered."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from bot.actions import formatting
from bot.actions.bookings.checking import one_booking, own_bookings
from bot.actions.bookings.telling import offer, summary
from bot.actions.bookings.words import has, only
from bot.actions.courses.instead import SURE as FITS
from bot.actions.courses.instead import courses_instead
from bot.actions.knowledge import SURE, answered_surely
from bot.actions.showing import booking_card
from bot.actions.turn import CampusAction, Event, Turn
from bot.service import Json, Problem


class ExtendHold(CampusAction):
    """More time for what is held: what was named, what is being booked, or the only hold there is."""

    action = "action_extend_hold"

    async def act(self, turn: Turn) -> list[Event]:
        reference = turn.first("booking_reference") or turn.slot("hold")
        if not reference:
            held = await own_bookings(turn, ("held",))
            reference = held[0]["reference"] if held else None
        if not reference:
            if await answered_surely(turn, SURE):
                return []  # "how long do you hold a seat?"
            instead = await courses_instead(turn, "utter_courses_on_subject", FITS)
            if instead is not None:  # who holds nothing speaks of a subject rather than of a hold
                return instead
            turn.say("utter_nothing_held_yet")
        else:
            await extend(turn, str(reference))
        return []


async def extend(turn: Turn, reference: str) -> None:
    """Ask for another quarter of an hour, and say until when; or why not."""
    try:
        held = await turn.service.extend(turn.key("extend", turn.message_id, reference), reference)
    except Problem as problem:
        if problem.code not in ("not-eligible", "hold-expired", "wrong-state", "not-found"):
            raise
        await _not_extended(turn, reference, problem)
        return
    turn.say("utter_hold_extended", cards=[booking_card(held)], **_until(turn, held))


async def _not_extended(turn: Turn, reference: str, problem: Problem) -> None:
    booking = await one_booking(turn, reference)
    if booking is None:
        return
    if problem.code == "not-eligible":
        turn.say("utter_hold_longest", cards=[booking_card(booking)], **_until(turn, booking))
    elif booking["state"] == "expired":
        session = booking["session"]
        told = {**summary(turn, booking), "session": session["id"], "course": session["course_id"]}
        turn.say("utter_notice_hold_expired", cards=[booking_card(booking)], **told)
    else:
        turn.say("utter_already_ended", reference=reference, state=turn.part(f"booking_{booking['state']}"))


def _until(turn: Turn, booking: Json) -> Json:
    return {
        **summary(turn, booking),
        "until": formatting.hour(formatting.moment(booking["hold_expires_at"]), turn.lang),
    }


class AcceptOffer(CampusAction):
    """Take the seat that was offered; only the button that says what it costs does so."""

    action = "action_accept_offer"

    async def act(self, turn: Turn) -> list[Event]:
        reference = _pressed(turn)
        if reference is None:
            return await tell_offer(turn)
        try:
            booking = await turn.service.confirm(turn.key("accept", reference), reference)
        except Problem as problem:
            return await _refused(turn, reference, problem)
        return _booked(turn, booking)


class DeclineOffer(CampusAction):
    """Leave the seat that was offered to others."""

    action = "action_decline_offer"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.pressed and turn.first("quote_reference"):
            from bot.actions.companies.accepting import decline

            return await decline(turn, str(turn.first("quote_reference")))
        reference = _pressed(turn)
        if reference is None:
            return await tell_offer(turn)
        before = await one_booking(turn, reference)
        if before is None:
            return []
        if before["state"] != "offered":  # taken meanwhile, perhaps elsewhere: an old button gives back no seat
            return _told(turn, reference, before)
        try:
            booking = await turn.service.cancel(turn.key("decline", reference), reference)
        except Problem as problem:
            return await _refused(turn, reference, problem)
        turn.say("utter_offer_declined", cards=[booking_card(booking)], **summary(turn, booking))
        return [SlotSet("last_booking", reference)]


async def takes_offer(turn: Turn) -> bool:
    """Whether "I'll take the seat" is about one that the waiting list offers."""
    beside = any(entity.get("entity") not in ("language", "seats") for entity in turn.entities)
    if turn.pressed or beside or not has(turn.text, "takes_it"):
        return False
    return bool(await own_bookings(turn, ("offered",)))


def _pressed(turn: Turn) -> str | None:
    """The booking of the button, for a word that was typed may mean anything."""
    named = turn.first("booking_reference")
    return str(named) if turn.pressed and named else None


async def tell_offer(turn: Turn) -> list[Event]:
    """Show again what is offered, with the buttons that take or leave it."""
    offered = await own_bookings(turn, ("offered",))
    if not offered and (turn.doubtful or only(turn.text, "a_seat", "polite")):
        from bot.actions.conversation import lost

        return await lost(turn)  # a bare "seat" may mean anything
    if not offered:
        turn.say("utter_no_offer")
        return []
    told, buttons = offer(turn, offered[0])
    turn.say("utter_notice_offer", buttons=buttons, cards=[booking_card(offered[0])], **told)
    return [SlotSet("last_booking", offered[0]["reference"])]


#: Codes of what was decided before, by an earlier press (in another language too) or elsewhere.
_OVER = frozenset(
    ["offer-lapsed", "wrong-state", "not-found", "session-closed", "session-cancelled", "idempotency-key-reused"]
)


async def _refused(turn: Turn, reference: str, problem: Problem) -> list[Event]:
    """The offer is over, or was decided before; what nobody foresaw goes on as a failure."""
    if problem.code == "not-eligible":
        turn.say("utter_not_eligible", why=problem.document.get("detail", ""))
        return []
    if problem.code not in _OVER:
        raise problem
    booking = await one_booking(turn, reference)
    return [] if booking is None else _told(turn, reference, booking)


def _told(turn: Turn, reference: str, booking: Json) -> list[Event]:
    """How it stands with what was offered."""
    if booking["state"] == "confirmed":  # an earlier try whose answer was lost
        return _booked(turn, booking)
    if booking["state"] == "lapsed":
        course = booking["session"]["course_id"]
        turn.say("utter_notice_offer_lapsed", course=course, **summary(turn, booking))
    elif booking["state"] == "offered":
        turn.say("utter_session_closed")
    else:
        turn.say("utter_already_ended", reference=reference, state=turn.part(f"booking_{booking['state']}"))
    return []


def _booked(turn: Turn, booking: Json) -> list[Event]:
    email = (booking.get("contact") or {}).get("email", "")
    turn.say("utter_booking_confirmed", cards=[booking_card(booking)], email=email, **summary(turn, booking))
    return [SlotSet("last_booking", booking["reference"])]
