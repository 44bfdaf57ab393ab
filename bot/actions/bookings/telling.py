"""What a booking is, in words, and what is asked about one that is held or made: read from the service in that turn."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from bot.actions import formatting
from bot.actions.bookings.known import known_booking
from bot.actions.bookings.words import has
from bot.actions.showing import booking_card
from bot.actions.turn import Button, CampusAction, Event, Turn, Words
from bot.service import Json

#: What may be asked about a booking.
UNTIL, SESSION, PRICE, RECAP = "until", "session", "price", "recap"
CALENDAR, INVOICE, FEE, STATE = "calendar", "invoice", "fee", "state"


def summary(words: Words, booking: Json) -> dict[str, Any]:
    """A booking in words."""
    lang, session, total, terms = words.lang, booking["session"], booking["total"], booking["terms"]
    free = float(total["gross"]) == 0
    until = terms.get("free_until")
    return {
        "reference": booking["reference"],
        "title": session["title"],
        "when": formatting.when(session["meetings"], lang),
        "place": session.get("place") or words.part(f"format_{session['format']}"),
        "language": formatting.language_name(session["language"], lang),
        "seats": formatting.plural("utter_part_seats", booking["seats"], lang),
        "price": words.part("price_free")
        if free
        else words.part(
            "price_paid",
            gross=formatting.money(total["gross"], lang),
            vat=words.part("of_which_vat", vat=formatting.money(total["vat"], lang))
            if float(total["vat"])
            else words.part("vat_exempt"),
        ),
        "terms": words.part("terms_free")
        if free
        else words.part("terms_paid", until=formatting.day(formatting.moment(until).date(), lang))
        if until
        else words.part("terms_late", fee=formatting.money(terms.get("cancel_fee") or "0", lang)),
        "demo": words.part("demo") if session.get("demo") else "",
    }


def offer(words: Words, booking: Json) -> tuple[dict[str, Any], list[Button]]:
    """A seat that is offered, for `utter_notice_offer`, and the buttons that take or leave it.

    Whoever presses the first accepts the duty to pay: price and terms stand above it, and the price on it.
    """
    ends, gross = formatting.moment(booking["offer_expires_at"]), booking["total"]["gross"]
    day, hour = formatting.day(ends, words.lang), formatting.hour(ends, words.lang)
    told = {**summary(words, booking), "until": words.part("day_and_hour", day=day, hour=hour)}
    meant = f'{{"booking_reference": "{booking["reference"]}"}}'
    accept = "accept_free" if float(gross) == 0 else "accept_paid"
    return told, [
        words.button(accept, f"/accept_offer{meant}", amount=formatting.money(gross, words.lang)),
        words.button("decline", f"/decline_offer{meant}"),
    ]


def asked_about(turn: Turn) -> str | None:
    """What a message asks about a session that is being booked, or was."""
    text = turn.text
    if has(text, "how_long") and has(text, "holding"):
        return UNTIL
    if has(text, "recap"):
        return RECAP
    if has(text, "price") and not has(text, "cancelling") and not _asks_the_campus(turn):
        return PRICE
    if has(text, "again") and (has(text, "when") or has(text, "of_date")):
        return SESSION
    asks = turn.question or turn.intent in ("list_sessions", "course_details", "ask_campus")
    where = has(text, "where") or has(text, "online") or has(text, "teaching_language")
    short = len(text.split()) <= SHORT
    where = where and not has(text, "has_room")
    if where and _asks_the_campus(turn):
        return None
    if asks and (where or (has(text, "when") and short and not has(text, "of_email"))):
        return SESSION
    return None


def _asks_the_campus(turn: Turn) -> bool:
    """Whether a question has an answer of its own: "where is the station?", "is lunch in the price?"."""
    sure = float(turn.answer_key.get("confidence") or 0.0)
    return turn.intent in ("ask_campus", "course_details") and turn.answer_key.get("key") in _WHERE and sure >= _KNOWN


#: Answers about a place other than where the course is given.
_WHERE = frozenset(["public_transport", "parking", "bike", "catering"])
#: Confidence from which an answer is the one that is asked for.
_KNOWN = 0.8


#: Words up to which "when" asks for the date of the booking and not for something else that happens some time.
SHORT = 8


def asked_about_booked(turn: Turn) -> str | None:
    """What a message asks about a booking that is made."""
    text = turn.text
    if has(text, "calendar"):
        return CALENDAR
    if has(text, "invoice") and not has(text, "company") and len(text.split()) <= SHORT:
        return INVOICE
    if has(text, "cancelling") and (has(text, "price") or turn.intent == "ask_campus"):
        return FEE
    if has(text, "cancelling") and turn.question and turn.intent in ("cancel_booking", "check_booking", "undo"):
        return STATE
    about = asked_about(turn)
    return None if about in (UNTIL, RECAP) else about


def tell_session(turn: Turn, session: Json) -> None:
    """When, where, in which language and how a session is given."""
    way = turn.part(f"format_{session['format']}")
    turn.say(
        "utter_about_session",
        buttons=_way_on(turn),
        title=session["title"],
        when=formatting.when(session["meetings"], turn.lang),
        language=formatting.language_name(session["language"], turn.lang),
        where=way
        if session["format"] == "online" or not session.get("place")
        else turn.part("where", format=way, place=session["place"]),
    )


def tell_price(turn: Turn, booking: Json) -> None:
    """What all seats of a booking cost together."""
    told = summary(turn, booking)
    turn.say("utter_about_price", buttons=_way_on(turn), seats=told["seats"], price=told["price"])


def _way_on(turn: Turn) -> list[Button]:
    """What can be done next, where no form goes on by itself."""
    return [] if turn.tracker.active_loop.get("name") else [turn.button("my_bookings", "/check_booking")]


async def told_of_booking(turn: Turn) -> bool:
    """Answer a question about the booking that was made last, where the message is one and names nothing else."""
    reference = turn.slot("last_booking")
    named = any(turn.values(entity) for entity in ("course", "topic", "operator", "reference", "booking_reference"))
    if not reference or turn.pressed or turn.tracker.active_loop.get("name") or (named and not turn.question):
        return False
    if any(turn.values(entity) for entity in ("course", "topic", "operator", "booking_reference", "period")):
        return False
    about = asked_about_booked(turn)
    if about is None:
        return False
    booking = await known_booking(turn, str(reference))
    if booking is None:
        return False
    if turn.slot("course") not in (None, booking["session"]["course_id"]):
        return False  # another course is talked about by now
    await _tell(turn, booking, about)
    return True


async def _tell(turn: Turn, booking: Json, about: str) -> None:
    reference = booking["reference"]
    told = summary(turn, booking)
    if about in (SESSION, PRICE) and booking["state"] == "confirmed":
        tell_session(turn, booking["session"]) if about == SESSION else tell_price(turn, booking)
    elif about == CALENDAR and booking["state"] == "confirmed":
        await turn.service.send(turn.key("send", turn.message_id, reference), reference, "confirmation")
        turn.say("utter_calendar_sent", reference=reference, email=(booking.get("contact") or {}).get("email", ""))
    elif about == INVOICE and booking["state"] == "confirmed":
        free = float(booking["total"]["gross"]) == 0
        turn.say("utter_no_invoice" if free else "utter_about_invoice", reference=reference, price=told["price"])
    elif about == FEE and booking["state"] == "confirmed":
        fee = booking["terms"].get("cancel_fee") or "0"
        turn.say(
            "utter_about_cancelling",
            buttons=[cancel_button(turn, reference)],
            reference=reference,
            cost=turn.part("cancel_fee", fee=formatting.money(fee, turn.lang))
            if float(fee) > 0
            else turn.part("cancel_free"),
        )
    else:
        turn.say(
            "utter_about_state",
            cards=[booking_card(booking)],
            reference=reference,
            title=told["title"],
            when=told["when"],
            state=turn.part(f"booking_{booking['state']}"),
        )


def cancel_button(turn: Turn, reference: str) -> Button:
    """The button that begins to cancel a booking."""
    return turn.button("cancel", f'/cancel_booking{{"booking_reference": "{reference}"}}')


class MayBeAboutBooking(CampusAction):
    """Base of actions whose question may be about the booking that was just made ("when is it again?")."""

    async def act(self, turn: Turn) -> list[Event]:
        if turn.slot("last_booking"):
            from bot.actions.bookings.changing import seats_given
            from bot.actions.tasks import KINDS, begin

            if await told_of_booking(turn):
                return []
            moves = has(turn.text, "no_longer") or turn.intent == "change_booking"
            if moves and has(turn.text, "another_date") and not turn.values("course"):
                return begin(turn, KINDS["move"])
            changed = await seats_given(turn)
            if changed is not None:
                return changed
        return await self.answer(turn)

    @abstractmethod
    async def answer(self, turn: Turn) -> list[Event]:
        """Answer the turn where it is about something else."""
        raise NotImplementedError
