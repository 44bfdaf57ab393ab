"""Moving a booking to another date of its course."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from bot.actions import criteria as crit
from bot.actions import formatting
from bot.actions.bookings.checking import own_bookings
from bot.actions.bookings.known import known_booking
from bot.actions.bookings.own import OnBooking, booked, there
from bot.actions.bookings.participants import mentioned
from bot.actions.bookings.picking import on_the_dates, picked
from bot.actions.bookings.telling import summary
from bot.actions.bookings.words import has
from bot.actions.courses.focus import named_course
from bot.actions.courses.lists import EVERY, SESSIONS
from bot.actions.references import shown_items, within
from bot.actions.showing import alert_button, bookable, booking_card, session_card, session_item, session_line, shown
from bot.actions.tasks import KINDS, Over, Task, begin, yes_and_no
from bot.actions.turn import DOUBTFUL, Button, Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: Codes of a new date that cannot be had; the old one stays.
_REFUSED = frozenset(
    {"session-full", "session-closed", "session-cancelled", "not-eligible", "already-booked", "not-found"}
)


class Moving(OnBooking):
    """Another date: the old seats are given back only once the new ones are got."""

    name = "move"
    ends_with_booking: ClassVar[bool] = True
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
        dates = {item["id"] for item in items}
        listed = [item for item in shown_items(turn, "session") if item["id"] in dates]
        item = None
        if turn.values("reference") or turn.values("period") or task.asked == "session":
            item = picked(turn, listed or items) or on_the_dates(turn, items)
        return {"session": item["id"]} if item and item["bookable"] else {}

    async def read(self, task: Task) -> Json:
        given = await super().read(task)
        if given.get("reference"):  # "move EBC-… to the one in March" says both
            named = Task(task.turn, self, {**task.values, **given})
            with_date = await self.read_more(named) if await there(named) else {}
            return {**given, **with_date}
        return given

    async def check_more(self, task: Task, booking: Json) -> None:
        if _says_whole_only(task.turn, booking):
            raise Over
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
        dates = [session for session in await _dates(task, booking) if bookable(session)][:SESSIONS]
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


#: Words with which another day is wanted.
_MOVES = re.compile(
    r"\b(?:chang(?:er|ez|e|ing)|decal\w*|deplac\w*|report(?:er|ez|e)|repouss\w*|avanc(?:er|ez)|move|moved|switch|"
    r"postpone|resched\w*|shift|transf[eé]r\w*|basculer?|"
    r"a la place|en lieu|instead|plutot|rather|autre (?:date|jour)|another (?:date|day)|other (?:date|day))\b"
)
#: The date that is given up.
_OWN = re.compile(
    r"\b(?:(?:celle|seance|session|date|place) que (?:j'ai|nous avons|on a) (?:reserv\w+|pris\w*|choisi\w*)|"
    r"(?:the )?(?:one|date|session) (?:i|we)(?:'ve| have)? (?:booked|reserved|chosen))\b"
)
#: What looks for courses rather than for another day.
_LOOKING = frozenset({"search_courses", "search_events", "list_sessions", "course_details", "alert_me", "ask_campus"})
#: A course that is wanted beside the one that is booked.
_MORE = re.compile(r"\b(?:aussi|en plus|deuxieme|seconde|encore une|as well|too|also|another seat|second)\b")


async def another_date(turn: Turn) -> list[Event] | None:
    """Begin to move the booking that is talked about, where a message names the day that is wanted instead.

    Returns:
        the events that begin it, or None where a message wants something else.
    """
    said, folded = turn.first("booking_reference"), fold(turn.text)
    reference = said or turn.slot("last_booking")
    if not reference or turn.pressed or turn.intent.startswith("staff_") or _MORE.search(folded):
        return None
    unnamed = turn.intent == "change_booking" and has(turn.text, "another_date") and turn.first("seats") is None
    if not (turn.values("period") or _OWN.search(folded) or unnamed) or not _MOVES.search(folded):
        return None
    if (said and not unnamed) or (turn.asks and not turn.values("period")):
        return None
    looks = turn.intent in _LOOKING and turn.confidence >= DOUBTFUL and not _OWN.search(folded)
    if has(turn.text, "cancelling") or turn.first("topic") or looks:
        return None
    booking = await known_booking(turn, str(reference))
    named = named_course(turn)
    if booking is None or booking["state"] != "confirmed" or named not in (None, booking["session"]["course_id"]):
        return None
    several = not said and len(await own_bookings(turn, Moving.states)) > 1  # then it is asked which
    return begin(turn, KINDS[Moving.name], **({} if several else {"reference": booking["reference"]}))


async def part_moved(turn: Turn) -> list[Event] | None:
    """Say that a booking moves as a whole, where a message wants another day for some on it alone."""
    reference = turn.slot("last_booking")
    if not reference or turn.pressed or not _MOVES.search(fold(turn.text)):
        return None
    booking = await known_booking(turn, str(reference))
    return [] if booking and booking["state"] == "confirmed" and _says_whole_only(turn, booking) else None


def _says_whole_only(turn: Turn, booking: Json) -> bool:
    """Whether another day is wanted for some on a booking alone; that this cannot be is said."""
    folded = fold(turn.text)
    named = mentioned(turn.text, [one["name"] for one in booking["participants"]])
    some = not turn.pressed and 0 < len(named) < booking["seats"] and bool(_MOVES.search(folded))
    some = some and bool(turn.values("period") or has(turn.text, "of_date") or has(turn.text, "another_date"))
    if not some or _INSTEAD_OF.search(folded):
        return False
    turn.say(
        "utter_move_whole_only",
        buttons=[turn.button("move_all", f'/reschedule_booking{{"booking_reference": "{booking["reference"]}"}}')],
        who=formatting.joined(named, turn.lang),
        **summary(turn, booking),
    )
    return True


#: Somebody comes in another's place, on the same day.
_INSTEAD_OF = re.compile(r"\b(?:remplac\w*|replac\w*|swap\w*|par|by|with)\b|@|\b(?:e-?mail|adresse|name|nom)\b")


async def _dates(task: Task, booking: Json | None = None) -> list[Json]:
    """The other sessions of the booking's course, earliest first."""
    turn = task.turn
    booking = booking or await turn.service.booking(task.values["reference"])
    wanted = {"access_code": [turn.slot("access_code")]} if turn.slot("access_code") else {}
    course = str(booking["session"]["course_id"])
    try:
        found = await turn.service.course_sessions(
            course, **crit.query(wanted), seats=booking["seats"], limit=EVERY, sort="start"
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
