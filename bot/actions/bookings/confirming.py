"""The summary before a booking is confirmed, and the confirmation itself."""

from __future__ import annotations

import json

from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions import formatting
from bot.actions.bookings.asking import HELPED, STUCK, asked_times, silent
from bot.actions.bookings.booking import FREE, forgotten
from bot.actions.bookings.changing import seats_given
from bot.actions.bookings.holding import part_in_words, release
from bot.actions.bookings.known import known_booking
from bot.actions.bookings.moving import another_date
from bot.actions.bookings.pending import takes_offer, tell_offer
from bot.actions.bookings.queueing import wants_to_queue
from bot.actions.bookings.telling import summary
from bot.actions.bookings.words import has
from bot.actions.companies.asked import is_wanted
from bot.actions.companies.standing import takes
from bot.actions.showing import booking_card, room
from bot.actions.tasks import KINDS, begin
from bot.actions.turn import Button, CampusAction, Event, Turn
from bot.service import Json, Problem

#: Numbers on buttons, at most.
OFFERED = 3
#: After these the form is left as it is, for the person to come back to.
PAUSED = ("utter_booking_paused",)
#: After these nothing more is said.
SAID = ("utter_too_many_holds", "utter_no_hurry", "utter_goodbye")


class AskSeats(CampusAction):
    """Ask for how many people, saying how much room there is."""

    action = "action_ask_booking_form_seats"

    async def act(self, turn: Turn) -> list[Event]:
        if silent(turn):
            return []
        times, counted = asked_times(turn, "seats")
        session = await turn.service.session(turn.slot("session_id"), access_code=turn.slot("access_code"))
        free = session["seats_free"]
        if turn.slot("hold"):
            held = await turn.service.booking(turn.slot("hold"))
            free += held["seats"]
            key = "utter_ask_other_seats"
        elif times >= STUCK:
            key = "utter_ask_seats_stuck"
        elif times == HELPED:
            key = "utter_ask_seats_again"
        else:
            key = "utter_ask_only_seat" if free == 1 else "utter_ask_seats"
        turn.say(
            key,
            buttons=seat_buttons(turn, free),
            title=session["title"],
            when=formatting.when(session["meetings"], turn.lang),
            room=room(turn, session),
            free=formatting.plural("utter_part_free_seats", free, turn.lang),
        )
        return [SlotSet("course", session["course_id"]), counted]


def seat_buttons(turn: Turn, free: int) -> list[Button]:
    """Never more than there are."""
    return [
        {
            "title": formatting.plural("utter_part_people", count, turn.lang),
            "payload": f'/inform{{"seats": {count}}}',
        }
        for count in range(1, min(OFFERED, free) + 1)
    ]


class AskName(CampusAction):
    """Ask in which name; for the rest of one; or for the right one."""

    action = "action_ask_booking_form_contact_name"

    async def act(self, turn: Turn) -> list[Event]:
        if silent(turn):
            return []
        times, counted = asked_times(turn, "contact_name")
        pending = turn.slot("booking_pending") or {}
        if times >= STUCK:
            turn.say("utter_ask_name_stuck")
        elif turn.slot("booking_people") and not pending:
            names = [one["name"] for one in turn.slot("booking_people")][:OFFERED]
            buttons = [{"title": name, "payload": f"/inform{json.dumps({'person': name})}"} for name in names]
            turn.say("utter_ask_name_of_contact", buttons=buttons)
        elif pending.get("kind") == "name":
            turn.say("utter_ask_rest_of_name", name=pending["value"])
        elif pending.get("kind") == "field":
            turn.say("utter_ask_right_name", name=turn.slot("contact_name"))
        else:
            turn.say("utter_ask_name_again" if times == HELPED else "utter_ask_booking_form_contact_name")
        return [counted]


class AskEmail(CampusAction):
    """Ask for the address of the confirmation, or for the right one."""

    action = "action_ask_booking_form_contact_email"

    async def act(self, turn: Turn) -> list[Event]:
        if silent(turn):
            return []
        times, counted = asked_times(turn, "contact_email")
        pending = turn.slot("booking_pending") or {}
        if times >= STUCK:
            turn.say("utter_ask_email_stuck")
        elif pending.get("kind") == "field":
            turn.say("utter_ask_right_email", email=turn.slot("contact_email"))
        else:
            turn.say("utter_ask_email_again" if times == HELPED else "utter_ask_booking_form_contact_email")
        return [counted]


class AskConfirmation(CampusAction):
    """The whole booking on one page, where it is new; else only the question.

    What, when, where, price with VAT, who is paid and how, terms.
    """

    action = "action_ask_booking_form_booking_confirmed"

    async def act(self, turn: Turn) -> list[Event]:
        if silent(turn):
            return []
        booking = await turn.service.booking(turn.slot("hold"))
        times, counted = asked_times(turn, "booking_confirmed")
        told = [
            booking["reference"],
            booking["seats"],
            turn.slot("contact_name"),
            turn.slot("contact_email"),
            turn.slot("booking_people"),
            turn.lang,
        ]
        free = float(booking["total"]["gross"]) == 0
        if free:
            told.append(FREE)
        amount = formatting.money(booking["total"]["gross"], turn.lang)
        buttons = [
            turn.button("book_free" if free else "book_paid", "/confirm_booking", amount=amount),
            turn.button("not_now", "/deny"),
        ]
        if told == turn.slot("booking_told"):
            key = "utter_ask_confirm_stuck" if times > STUCK else "utter_ask_confirm"
            who = {"name": turn.slot("contact_name"), "email": turn.slot("contact_email")}
            turn.say(key, buttons=buttons, **who, **summary(turn, booking))
            return [counted]
        turn.say(
            "utter_booking_summary",
            cards=[booking_card(booking)],
            buttons=buttons,
            name=turn.slot("contact_name"),
            email=turn.slot("contact_email"),
            people=_who_comes(turn),
            **summary(turn, booking),
        )
        return [SlotSet("booking_told", told), counted]


def _who_comes(turn: Turn) -> str:
    named = [one["name"] for one in turn.slot("booking_people") or []]
    return "\n" + turn.part("summary_people", who=formatting.joined(named, turn.lang)) if named else ""


class SubmitBooking(CampusAction):
    """Confirm what is held; or, where the person said no, let it go and say so."""

    action = "action_submit_booking"

    async def act(self, turn: Turn) -> list[Event]:
        reference = turn.slot("hold")
        if not turn.slot("booking_confirmed"):
            if any(turn.said(key) for key in PAUSED):
                return [SlotSet("booking_confirmed", None)]  # held until its time is over; a word takes it up again
            changed = None if reference else await seats_given(turn) or await another_date(turn)
            if changed is not None:
                return [*forgotten(), *changed]
            if not reference and wants_to_queue(turn):
                return [*forgotten(), *begin(turn, KINDS["join_waitlist"])]
            if not reference and takes(turn):
                return [*forgotten(), *begin(turn, KINDS["accept_quote"])]
            if not reference and is_wanted(turn):
                return [*forgotten(), *begin(turn, KINDS["quote"])]
            if not reference and await takes_offer(turn):
                return [*forgotten(), *(await tell_offer(turn))]
            if reference:
                await release(turn, reference)
            standing = turn.slot("last_booking")
            if standing and has(turn.text, "cancelling") and has(turn.text, "own_seat"):
                return [*forgotten(), FollowupAction("cancel_form")]
            if not any(turn.said(key) for key in SAID):
                await _say_stopped(turn, str(standing) if standing else None)
            return forgotten()
        contact = {"name": turn.slot("contact_name"), "email": turn.slot("contact_email")}
        people = turn.slot("booking_people")
        said = [json.dumps(people)] if people else []
        key = turn.key("confirm", reference, contact["name"], contact["email"], *said)
        try:
            booking = await turn.service.confirm(key, reference, contact, people)
        except Problem as problem:
            return await self._refused(turn, problem, reference)
        return await confirmed(turn, booking)

    async def _refused(self, turn: Turn, problem: Problem, reference: str) -> list[Event]:
        again = [SlotSet("booking_confirmed", None), FollowupAction("booking_form")]
        if problem.code == "invalid" and any(name.startswith("participants") for name in problem.fields):
            held = await turn.service.booking(reference)
            seats = formatting.plural("utter_part_seats", held["seats"], turn.lang)
            turn.say("utter_names_dropped", seats=seats)
            return [SlotSet("booking_people", None), *again]
        if problem.code == "invalid":
            field = "contact_name" if "name" in problem.fields else "contact_email"
            turn.say("utter_invalid_name" if field == "contact_name" else "utter_invalid_email")
            return [SlotSet(field, None), *again]
        if problem.code == "hold-expired" or problem.document.get("state") in ("expired", "released"):
            turn.say("utter_hold_expired")
            return [SlotSet("hold", None), SlotSet("booking_started", None), *again]
        if problem.code == "already-booked":
            await release(turn, reference)
            turn.say("utter_already_booked")
            return forgotten()
        if problem.code == "not-eligible":  # what is held stays for its time: a person of the team may decide otherwise
            turn.say("utter_not_eligible", why=problem.document.get("detail", ""))
            return forgotten()
        if problem.document.get("state") == "confirmed":  # an earlier try whose answer was lost
            return await confirmed(turn, await turn.service.booking(reference))
        if problem.code in ("session-closed", "session-cancelled", "session-full"):
            turn.say(f"utter_{problem.code.replace('-', '_')}", when="")
            return [SlotSet("session_id", None), SlotSet("hold", None), *again]
        raise problem

    def after_failure(self, turn: Turn) -> list[Event]:
        """Nobody knows whether it was confirmed: ask again, and the same key gives the same answer."""
        return [
            SlotSet("booking_confirmed", None),
            SlotSet("requested_slot", "booking_confirmed"),
            {"event": "active_loop", "name": "booking_form", "timestamp": None},
        ]


async def _say_stopped(turn: Turn, standing: str | None) -> None:
    """Say that no seat was booked or is held any more; a booking that was made before stays, which is said too."""
    booking = await known_booking(turn, standing) if standing else None
    if booking is None or booking["state"] != "confirmed":
        turn.say("utter_booking_stopped")
        return
    turn.say("utter_booking_stopped_beside", **summary(turn, booking))


async def confirmed(turn: Turn, booking: Json) -> list[Event]:
    """Say that it is booked, by the reference that is in the database; and what is left of a group on two dates."""
    turn.say(
        "utter_booking_confirmed",
        cards=[booking_card(booking)],
        email=(booking.get("contact") or {}).get("email") or turn.slot("contact_email"),
        **summary(turn, booking),
    )
    rest = [part for part in turn.slot("booking_rest") or [] if part["session_id"] != booking["session"]["id"]]
    if rest:
        await _offer_rest(turn, rest)
    return [*forgotten(), SlotSet("last_booking", booking["reference"]), SlotSet("booking_rest", rest or None)]


async def _offer_rest(turn: Turn, rest: list[Json]) -> None:
    buttons, said = [], []
    for part in rest:
        session = await turn.service.session(part["session_id"], access_code=turn.slot("access_code"))
        words = part_in_words(turn, session, part["seats"])
        meant = json.dumps({"session": part["session_id"], "seats": part["seats"]})
        buttons.append(turn.button("book_rest", f"/book_session{meant}", part=words))
        said.append(words)
    turn.say("utter_rest_to_book", buttons=buttons, rest=formatting.joined(said, turn.lang))


class ConfirmBooking(CampusAction):
    """Confirm outside the form: take the form up where something is held or a course is named ("I'll take …")."""

    action = "action_confirm_booking"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.slot("hold") or turn.first("course"):
            return [FollowupAction("booking_form")]
        turn.say("utter_nothing_to_confirm")
        return []
