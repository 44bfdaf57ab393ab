"""Moving a booking to another date of its course."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from bot.actions import criteria as crit
from bot.actions import formatting
from bot.actions.bookings.own import OnBooking, booked, there
from bot.actions.bookings.picking import on_the_dates, picked
from bot.actions.bookings.telling import summary
from bot.actions.courses.lists import SESSIONS
from bot.actions.references import shown_items, within
from bot.actions.showing import alert_button, bookable, booking_card, session_card, session_item, session_line, shown
from bot.actions.tasks import Over, Task, yes_and_no
from bot.actions.turn import Button, Event, Turn
from bot.service import Json, Problem

#: Codes of a new date that cannot be had; the old one stays.
_REFUSED = frozenset(
    {"session-full", "session-closed", "session-cancelled", "not-eligible", "already-booked", "not-found"}
)


class Moving(OnBooking):
    """Another date: the old seats are given back only once the new ones are got."""

    name = "move"
    intents: ClassVar[frozenset[str]] = frozenset({"reschedule_booking"})
    which = "utter_ask_which_to_move"
    nothing = "utter_nothing_to_move"
    stopped = "utter_not_moved"

    def more(self, task: Task) -> Sequence[str]:
        return ["session"]

    async def read_more(self, task: Task) -> Json:
        turn = task.turn
        if turn.first("session"):
            return {"session": str(turn.first("session"))}
        if turn.first("booking_reference") and not turn.values("period"):
            return {}
        booking = await self.booking(task)
        turn.entities = [
            entity  # the day of the booking itself says which one, and not where to
            for entity in turn.entities
            if entity.get("entity") != "period" or not within(booking["session"]["start"], str(entity["value"]))
        ]
        items = [session_item(session) for session in await _dates(task, booking)]
        listed = [item["id"] for item in shown_items(turn, "session")]
        if set(listed) == {item["id"] for item in items}:
            items.sort(key=lambda item: listed.index(item["id"]))
        item = None
        if turn.values("reference") or turn.values("period") or task.asked == "session":
            item = picked(turn, items) or on_the_dates(turn, items)
        return {"session": item["id"]} if item and item["bookable"] else {}

    async def read(self, task: Task) -> Json:
        given = await super().read(task)
        if given.get("reference"):  # "move EBC-… to the one in March" says both
            named = Task(task.turn, self, {**task.values, **given})
            with_date = await self.read_more(named) if await there(named) else {}
            return {**given, **with_date}
        return given

    async def check_more(self, task: Task, booking: Json) -> None:
        dates = await _dates(task, booking)
        chosen = task.values.get("session")
        if chosen and chosen not in [session["id"] for session in dates if bookable(session)]:
            task.values.pop("session")
            task.turn.say("utter_move_not_there")
        if not any(map(bookable, dates)):
            told = summary(task.turn, booking)
            task.turn.say("utter_no_other_date", buttons=_next_steps(task.turn, booking), **told)
            raise Over

    async def ask_more(self, task: Task) -> list[Event]:
        turn, booking = task.turn, await self.booking(task)
        dates = [session for session in await _dates(task, booking) if bookable(session)]
        if task.times:
            turn.say("utter_ask_which_session", buttons=_buttons(turn, dates))  # the list itself is just above
            return []
        lines = [session_line(turn, session, place, with_title=False) for place, session in enumerate(dates, 1)]
        turn.say(
            "utter_ask_move_date",
            buttons=_buttons(turn, dates),
            cards=[session_card(session) for session in dates],
            lines="\n".join(lines),
            **summary(turn, booking),
        )
        return [shown([session_item(session) for session in dates])]

    async def summarise(self, task: Task) -> list[Event]:
        turn, booking = task.turn, await self.booking(task)
        session = await turn.service.session(task.values["session"], access_code=turn.slot("access_code"))
        dearer = _dearer(booking, session)
        amount = formatting.money(_new_total(booking, session), turn.lang)
        turn.say(
            "utter_ask_move",
            buttons=yes_and_no(turn, "move_paid" if dearer else "move_yes", "move_no", amount=amount),
            cards=[session_card(session)],
            new=formatting.when(session["meetings"], turn.lang),
            cost=turn.part("move_dearer", amount=amount) if dearer else turn.part("move_free"),
            **summary(turn, booking),
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, reference, session = task.turn, task.values["reference"], task.values["session"]
        try:
            booking = await turn.service.reschedule(task.key(), reference, session, turn.slot("access_code"))
        except Problem as problem:
            if problem.code not in {*_REFUSED, "wrong-state", "hold-expired", "invalid"}:
                raise
            booking = await turn.service.booking(reference)
            if booking["session"]["id"] != session:  # else an earlier try, whose answer was lost, did it
                key = "utter_move_refused" if problem.code in _REFUSED else "utter_move_impossible"
                turn.say(key, buttons=_next_steps(turn, booking), **summary(turn, booking))
                return [booked(booking)]
        email = (booking.get("contact") or {}).get("email", "")
        turn.say("utter_moved", cards=[booking_card(booking)], email=email, **summary(turn, booking))
        return [booked(booking)]


async def _dates(task: Task, booking: Json | None = None) -> list[Json]:
    """The other sessions of the booking's course, earliest first."""
    turn = task.turn
    booking = booking or await turn.service.booking(task.values["reference"])
    wanted = {"access_code": [turn.slot("access_code")]} if turn.slot("access_code") else {}
    course = str(booking["session"]["course_id"])
    try:
        found = await turn.service.course_sessions(
            course, **crit.query(wanted), seats=booking["seats"], limit=SESSIONS, sort="start"
        )
    except Problem as problem:
        if problem.status != 404:
            raise
        return []
    return [session for session in found["items"] if session["id"] != booking["session"]["id"]]


def _new_total(booking: Json, session: Json) -> str:
    return str(Decimal(session["price"]["amount"]) * booking["seats"])


def _dearer(booking: Json, session: Json) -> bool:
    return Decimal(_new_total(booking, session)) > Decimal(booking["total"]["gross"])


def _buttons(turn: Turn, sessions: list[Json]) -> list[Button]:
    return [
        {
            "title": formatting.day(formatting.moment(one["start"]).date(), turn.lang),
            "payload": f'/inform{{"session": "{one["id"]}"}}',
        }
        for one in sessions
    ]


def _next_steps(turn: Turn, booking: Json) -> list[Button]:
    course = booking["session"]["course_id"]
    reference = f'{{"booking_reference": "{booking["reference"]}"}}'
    return [
        alert_button(turn, course),
        turn.button("cancel", f"/cancel_booking{reference}"),
    ]
