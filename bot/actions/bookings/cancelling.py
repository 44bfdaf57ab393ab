"""Cancelling: which booking, what it costs, a yes, and only then."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from bot.actions import formatting
from bot.actions.bookings.again import back, is_wanted_back
from bot.actions.bookings.checking import LIVING, booking_line, one_booking, own_bookings
from bot.actions.bookings.digressions import DIGRESSIONS
from bot.actions.bookings.moving import another_date
from bot.actions.bookings.own import meant_by
from bot.actions.bookings.telling import summary, told_of_booking
from bot.actions.bookings.wishes import CANCEL, waiting
from bot.actions.bookings.words import has, only
from bot.actions.knowledge import answer_question
from bot.actions.showing import booking_card
from bot.actions.turn import CampusAction, Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

_AGREES = ("affirm", "confirm_booking")
_QUEUE = re.compile(r"\b(?:attente|file|waiting|waitlist|queue|offre|offer)\b")
ENDED_BY_CANCELLING = ("cancelled", "released", "left", "declined")
#: Who keeps the seat cancels nothing, whatever else the words resemble.
_KEEPS = re.compile(
    r"\b(?:(?:je|on|nous) (?:la |le )?(?:garde|gardons|conserve|maintiens)|(?:garder|gardez|conserver|maintenir)|"
    r"keep(?:ing)?|leave it|hold on to)\b"
)
#: Somebody does not want it cancelled, and asked for nothing of the kind.
_NOT_AT_ALL = re.compile(
    r"\b(?:(?:don'?t|do not|never) (?:you dare )?cancel|(?:n'?|ne (?:l'|la |le )?)annul\w+ (?:pas|rien|surtout pas)|"
    r"(?:surtout )?pas annuler|pas (?:besoin |question )d'annuler)\b"
)
FORGOTTEN = ("cancel_reference", "cancel_confirmed")


def is_kept(text: str) -> bool:
    """Whether somebody says that nothing is to be cancelled ("don't cancel it")."""
    return bool(_NOT_AT_ALL.search(fold(text)))


class ValidateCancelForm(CampusAction):
    """Takes the reference and the yes; says what to ask next."""

    action = "validate_cancel_form"
    offers_person = True

    async def act(self, turn: Turn) -> list[Event]:
        asked = turn.slot("requested_slot")
        if asked not in ("cancel_reference", "cancel_confirmed"):
            asked = None  # that was the question of another form, out of which this one is come to
        reference, confirmed = turn.slot("cancel_reference"), turn.slot("cancel_confirmed")
        events: list[Event] = []
        if turn.fresh and asked is None and (is_wanted_back(turn) or await another_date(turn)):
            return [SlotSet("cancel_confirmed", None), SlotSet("requested_slot", None)]
        if turn.fresh and asked is None and not turn.pressed and is_kept(turn.text):
            turn.say("utter_nothing_is_cancelled")
            return [SlotSet("cancel_confirmed", None), SlotSet("requested_slot", None)]
        if turn.fresh and asked is None and await told_of_booking(turn):
            return [SlotSet("cancel_confirmed", None), SlotSet("requested_slot", None)]
        if asked == "cancel_confirmed" and turn.fresh and await _of_one(turn, str(reference)):
            return [SlotSet("cancel_confirmed", None), SlotSet("requested_slot", None)]
        if turn.fresh:
            named = turn.first("booking_reference") or _by_position(turn) or await _by_course(turn)
            if named:
                reference, events = str(named), [SlotSet("cancel_reference", str(named))]
            elif asked == "cancel_confirmed" and turn.hesitates and has(turn.text, "yes"):
                return [SlotSet(asked, None)]  # "yes but is it free?"
            elif asked == "cancel_confirmed" and only(turn.text, "yes", "polite", "end", all_of=("yes",)):
                # "c'est tout bon" is no goodbye
                confirmed, events = True, [SlotSet("cancel_confirmed", True)]
            elif asked and _declines(turn):
                return [SlotSet("cancel_confirmed", False), SlotSet("requested_slot", None)]
            elif asked and turn.intent == "cancel_booking" and turn.question:
                await answer_question(turn)  # "can I cancel for free?" is no yes
                return [SlotSet(asked, None)]
            elif turn.intent in (*_AGREES, "cancel_booking") and asked == "cancel_confirmed":
                confirmed, events = True, [SlotSet("cancel_confirmed", True)]
            elif asked:
                return [] if turn.intent in DIGRESSIONS or turn.question else [SlotSet(asked, None)]
        if not reference:
            own = await own_bookings(turn)
            own = _firm(turn, own)
            if len(own) == 1:
                reference = own[0]["reference"]
                events.append(SlotSet("cancel_reference", reference))
            elif not own:
                turn.say("utter_nothing_to_cancel")
                return [
                    *events,
                    waiting(turn, CANCEL),
                    SlotSet("cancel_confirmed", None),
                    SlotSet("requested_slot", None),
                ]
        if reference and not confirmed and turn.fresh and await _of_one(turn, str(reference)):
            ended = [SlotSet("cancel_reference", reference), SlotSet("cancel_confirmed", None)]
            return [*ended, SlotSet("requested_slot", None)]
        if reference and not confirmed:
            booking = await one_booking(turn, str(reference))
            if booking is None or not _can_end(turn, booking):
                waits = [waiting(turn, CANCEL)] if booking is None else []
                return [*events, *waits, SlotSet("cancel_reference", None), SlotSet("requested_slot", None)]
        step = "cancel_reference" if not reference else None if confirmed else "cancel_confirmed"
        return [*events, SlotSet("requested_slot", step)]


async def _of_one(turn: Turn, reference: str) -> list[Event] | None:
    """The events that give up the seats of some on a booking, where a message means those alone."""
    from bot.actions.bookings.changing import part_given_up

    return None if turn.pressed else await part_given_up(turn, reference)


def _declines(turn: Turn) -> bool:
    """Whether nothing is to be cancelled."""
    keeps = not turn.pressed and bool(_KEEPS.search(fold(turn.text)))
    return keeps or turn.intent in ("deny", "undo", "start_over", "goodbye")


def _can_end(turn: Turn, booking: Json) -> bool:
    """Whether a booking still stands; where not, that is said."""
    if booking["state"] in LIVING:
        return True
    state = turn.part(f"booking_{booking['state']}")
    turn.say("utter_already_ended", reference=booking["reference"], state=state)
    return False


def _firm(turn: Turn, bookings: list[Json]) -> list[Json]:
    """Who cancels a seat means the one that they have, and no place in a queue."""
    firm = [booking for booking in bookings if booking["state"] in ("held", "confirmed")]
    return firm if len(firm) == 1 and not _QUEUE.search(fold(turn.text)) else bookings


async def _by_course(turn: Turn) -> str | None:
    """The one of several bookings that a message means by its course or its day."""
    if turn.pressed or turn.question or not any(turn.values(entity) for entity in ("course", "topic", "period")):
        return None
    meant = _firm(turn, meant_by(turn, await own_bookings(turn)))
    return str(meant[0]["reference"]) if len(meant) == 1 else None


def _by_position(turn: Turn) -> str | None:
    references = turn.slot("cancel_choices") or []
    for reference in turn.values("reference"):
        if reference == "last" and references:
            return str(references[-1])
        if str(reference).isdigit() and 1 <= int(reference) <= len(references):
            return str(references[int(reference) - 1])
    return None


class AskWhichBooking(CampusAction):
    """Several could be meant: ask which."""

    action = "action_ask_cancel_form_cancel_reference"

    async def act(self, turn: Turn) -> list[Event]:
        bookings = await own_bookings(turn)
        lines = "\n".join(f"{place}. {booking_line(turn, booking)}" for place, booking in enumerate(bookings, 1))
        buttons = [
            {"title": booking["reference"], "payload": f'/inform{{"booking_reference": "{booking["reference"]}"}}'}
            for booking in bookings[:5]
        ]
        turn.say("utter_ask_which_booking", buttons=buttons, lines=lines)
        return [SlotSet("cancel_choices", [booking["reference"] for booking in bookings])]


class AskCancelConfirmation(CampusAction):
    """Say what cancelling costs as of now, and ask."""

    action = "action_ask_cancel_form_cancel_confirmed"

    async def act(self, turn: Turn) -> list[Event]:
        reference = str(turn.slot("cancel_reference"))
        booking = await turn.service.booking(reference)
        fee = booking["terms"].get("cancel_fee") or "0"
        costs = booking["state"] == "confirmed" and float(fee) > 0
        turn.say(
            "utter_ask_cancel",
            cards=[booking_card(booking)],
            buttons=[
                turn.button(
                    "cancel_paid" if costs else "cancel_yes", "/affirm", amount=formatting.money(fee, turn.lang)
                ),
                turn.button("cancel_no", "/deny"),
            ],
            cost=turn.part("cancel_fee", fee=formatting.money(fee, turn.lang)) if costs else turn.part("cancel_free"),
            **summary(turn, booking),
        )
        return []


class SubmitCancel(CampusAction):
    """Cancel; or say that nothing was cancelled."""

    action = "action_submit_cancel"

    async def act(self, turn: Turn) -> list[Event]:
        events = [SlotSet(name, None) for name in (*FORGOTTEN, "cancel_choices")]
        if turn.fresh and turn.slot("cancel_reference") is None and not turn.slot("cancel_confirmed"):
            instead = await (back(turn) if is_wanted_back(turn) else another_date(turn))
            if instead:
                return [*events, *instead]
        reference = turn.slot("cancel_reference")
        if not turn.slot("cancel_confirmed"):
            some = await _of_one(turn, str(reference)) if reference and turn.slot("cancel_confirmed") is None else None
            if some:
                return [*events, *some]
            if turn.slot("cancel_confirmed") is False and reference:
                turn.say("utter_not_cancelled", reference=reference)
            return events
        try:
            booking = await turn.service.cancel(turn.key("cancel", str(reference)), str(reference))
        except Problem as problem:
            if problem.status == 404:
                turn.say("utter_booking_unknown", reference=reference)
                return events
            if problem.code == "session-closed":
                turn.say("utter_too_late_to_cancel", reference=reference)
                return events
            if problem.code not in ("wrong-state", "hold-expired", "offer-lapsed"):
                raise
            booking = await turn.service.booking(str(reference))
            if booking["state"] not in ENDED_BY_CANCELLING:  # else an earlier try, whose answer was lost, did it
                state = turn.part(f"booking_{booking['state']}")
                turn.say("utter_already_ended", reference=reference, state=state)
                return events
        fee = booking["terms"].get("cancel_fee") or "0"
        key = "utter_cancelled" if booking.get("contact") else "utter_released"
        turn.say(
            key,
            cards=[booking_card(booking)],
            cost=turn.part("cancel_fee", fee=formatting.money(fee, turn.lang))
            if booking["state"] == "cancelled" and float(fee) > 0
            else turn.part("cancelled_free"),
            **summary(turn, booking),
        )
        return [*events, SlotSet("last_booking", booking["reference"])]

    def after_failure(self, turn: Turn) -> list[Event]:
        """Nobody knows whether it was cancelled: the same button asks again under the same key."""
        return [
            SlotSet("cancel_confirmed", None),
            SlotSet("requested_slot", "cancel_confirmed"),
            {"event": "active_loop", "name": "cancel_form", "timestamp": None},
        ]
