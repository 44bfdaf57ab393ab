"""The waiting list of a session that is full: joining it, and leaving it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk.events import SlotSet

from bot.actions import criteria as crit
from bot.actions import formatting
from bot.actions.bookings import people
from bot.actions.bookings.own import OnBooking, booked
from bot.actions.bookings.picking import on_the_dates, picked
from bot.actions.bookings.telling import summary
from bot.actions.bookings.words import has, only
from bot.actions.courses.focus import course_in_focus, named_course, only_course
from bot.actions.courses.lists import COURSES, SESSIONS
from bot.actions.references import shown_items
from bot.actions.showing import (
    alert_button,
    bookable,
    booking_card,
    session_card,
    session_item,
    session_line,
    short_title,
    shown,
)
from bot.actions.tasks import YES, Kind, Over, Task, yes_and_no
from bot.actions.turn import DOUBTFUL, Button, Event, Turn
from bot.service import Json, Problem


class Joining(Kind):
    """First come, first served; an offer lasts a day, and waiting costs nothing."""

    name = "join_waitlist"
    intents: ClassVar[frozenset[str]] = frozenset({"join_waitlist"})
    stopped = "utter_not_queued"

    def steps(self, task: Task) -> Sequence[str]:
        which = [] if "session" in task.values or "course" in task.values else ["course"]
        return [*which, "session", "seats", "name", "email"]

    async def begin(self, task: Task) -> None:
        turn = task.turn
        other = has(turn.text, "for_other") or turn.first("email") not in (None, turn.slot("contact_email"))
        for step, slot in (("name", "contact_name"), ("email", "contact_email")):
            if turn.slot(slot) and not other:  # a colleague waits under a name of their own
                task.values[step] = turn.slot(slot)
        if turn.slot("seats") and turn.slot("booking_started"):
            task.values["seats"] = turn.slot("seats")
        course = named_course(turn) or course_in_focus(turn) or await only_course(turn, crit.read(turn))
        if course and not turn.first("session"):
            task.values["course"] = course

    async def read(self, task: Task) -> Json:
        turn = task.turn
        given: Json = {}
        if task.asked == "course":
            course = named_course(turn) or await only_course(turn, crit.read(turn))
            if course:
                task.values["course"] = given["course"] = course
        session = turn.first("session") or await self._pointed_at(task)
        if session:
            given["session"] = str(session)
        if turn.first("seats") is not None and 1 <= int(turn.first("seats")) <= 100:
            given["seats"] = int(turn.first("seats"))
        elif task.asked == "seats" and only(turn.text, "just_one", "me", "polite"):
            given["seats"] = 1
        elif task.asked == "seats" and not (turn.pressed or turn.question) and 1 <= (turn.only_number or 0) <= 100:
            given["seats"] = turn.only_number
        if turn.first("email"):
            given["email"] = str(turn.first("email"))
        name = _name(turn, task)
        if name:
            given["name"] = name
        return given

    async def _pointed_at(self, task: Task) -> str | None:
        turn = task.turn
        if task.asked not in (None, "session"):
            return None
        course = task.values.get("course")
        items = [item for item in shown_items(turn, "session") if course in (None, item["course"])]
        if course and not items:
            items = [session_item(session) for session in await _sessions(turn, str(course))]
        full = [item for item in items if not item["bookable"]]
        item = None
        if turn.values("reference") or turn.values("period") or task.asked:
            item = picked(turn, items) or on_the_dates(turn, items)
        if item is None and len(full) == 1:
            item = full[0]
        return str(item["id"]) if item else None

    async def check(self, task: Task) -> None:
        turn, wanted = task.turn, task.values.get("session")
        if wanted is None:
            return
        try:
            session = await turn.service.session(wanted, access_code=turn.slot("access_code"))
        except Problem as problem:
            if problem.status != 404:
                raise
            turn.say("utter_session_gone")
            raise Over from None
        if session["state"] in ("closed", "cancelled"):
            state = turn.part(f"state_{session['state']}")
            turn.say("utter_wait_closed", buttons=await _instead(turn, session), state=state, **_told(turn, session))
            raise Over
        if bookable(session) and session["seats_free"] >= task.values.get("seats", 1):
            free = formatting.plural("utter_part_seats_left", session["seats_free"], turn.lang)
            turn.say("utter_wait_has_room", buttons=[_book(turn, session)], free=free, **_told(turn, session))
            raise Over

    async def ask(self, task: Task) -> list[Event]:
        turn = task.turn
        if task.asked == "course":
            turn.say("utter_wait_for_which_course", buttons=await _courses(turn))
            return []
        if task.asked == "seats":
            session = await turn.service.session(task.values["session"], access_code=turn.slot("access_code"))
            turn.say("utter_ask_wait_seats", **_told(turn, session))
            return []
        if task.asked != "session":
            turn.say(f"utter_ask_wait_{task.asked}")
            return []
        sessions = await _sessions(turn, str(task.values["course"]))
        full = [session for session in sessions if not bookable(session) and session["state"] in ("open", "full")]
        if not full:
            free = [_book(turn, one) for one in sessions if bookable(one)][:3]
            turn.say("utter_wait_none_full" if free else "utter_wait_no_date", buttons=free)
            return []
        alert = [] if any(map(bookable, sessions)) else [alert_button(turn, str(task.values["course"]))]
        turn.say(
            "utter_ask_wait_session",
            buttons=[*(_wait(turn, session) for session in full), *alert],
            cards=[session_card(session) for session in full],
            lines="\n".join(session_line(turn, one, place, with_title=False) for place, one in enumerate(full, 1)),
        )
        return [shown([session_item(session) for session in full])]

    async def summarise(self, task: Task) -> list[Event]:
        turn, values = task.turn, task.values
        session = await turn.service.session(values["session"], access_code=turn.slot("access_code"))
        turn.say(
            "utter_ask_wait",
            buttons=yes_and_no(turn, "wait_yes", "wait_no"),
            cards=[session_card(session)],
            seats=formatting.plural("utter_part_seats", values["seats"], turn.lang),
            name=values["name"],
            email=values["email"],
            **_told(turn, session),
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, values = task.turn, task.values
        contact = {"name": values["name"], "email": values["email"]}
        code = turn.slot("access_code")
        try:
            booking = await turn.service.wait(task.key(), values["session"], values["seats"], contact, code)
        except Problem as problem:
            if problem.code == "already-booked":
                turn.say("utter_already_booked", email=values["email"])
            elif problem.code in (
                "not-eligible",
                "session-closed",
                "session-cancelled",
                "session-full",
                "invalid",
                "rate-limited",
            ):
                turn.say("utter_wait_refused", why=problem.document.get("detail", ""))
            else:
                raise
            return []
        if booking["state"] != "waiting":  # a seat came free meanwhile: it is held, and nothing is bought unasked
            await turn.service.cancel(turn.key("release", booking["reference"]), booking["reference"])
            session = booking["session"]
            free = formatting.plural("utter_part_seats_left", booking["seats"], turn.lang)
            turn.say("utter_wait_has_room", buttons=[_book(turn, session)], free=free, **_told(turn, session))
            return []
        turn.say("utter_waiting", cards=[booking_card(booking)], email=values["email"], **summary(turn, booking))
        if turn.slot("hold"):
            return [booked(booking)]
        known = (
            [] if turn.slot("contact_name") else [("contact_name", values["name"]), ("contact_email", values["email"])]
        )
        kept = [SlotSet(name, value) for name, value in [("course", booking["session"]["course_id"]), *known]]
        return [booked(booking), *kept, *(SlotSet(name, None) for name in ("booking_started", "session_id", "seats"))]


class Leaving(OnBooking):
    """Off the list; nothing is owed."""

    name = "leave_waitlist"
    intents: ClassVar[frozenset[str]] = frozenset({"leave_waitlist"})
    states = ("waiting", "offered")
    which = "utter_ask_which_to_leave"
    nothing = "utter_nothing_to_leave"
    stopped = "utter_still_waiting"

    async def summarise(self, task: Task) -> list[Event]:
        turn, booking = task.turn, await self.booking(task)
        turn.say("utter_ask_leave", buttons=yes_and_no(turn, "leave_yes", "leave_no"), **summary(turn, booking))
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, reference = task.turn, task.values["reference"]
        booking = await turn.service.booking(reference)
        if booking["state"] in self.states:  # an offer that was taken meanwhile is a booking, and is not given up here
            try:
                booking = await turn.service.cancel(task.key(), reference)
            except Problem as problem:
                if problem.code not in ("wrong-state", "offer-lapsed"):
                    raise
                booking = await turn.service.booking(reference)
        if booking["state"] in ("left", "declined"):
            turn.say("utter_left", cards=[booking_card(booking)], **summary(turn, booking))
        else:
            turn.say("utter_not_in_state", reference=reference, state=turn.part(f"booking_{booking['state']}"))
        return [booked(booking)]


def _name(turn: Turn, task: Task) -> str | None:
    """The name that a message gives where it was asked for, or announces; a part of it corrects that part."""
    if turn.pressed or turn.question:
        return None
    known = task.values.get("name")
    announced = people.announced_name(turn.text)
    if announced:
        return people.with_part(known, announced) if known else announced.name
    if known and task.asked == YES and (has(turn.text, "meant") or has(turn.text, "change")):
        return people.respelled(known, turn.text)
    if task.asked == "name" and turn.first("email") and turn.first("person"):
        return people.capitalised(str(turn.first("person")))
    return people.given_name(turn.text, turn.first("person")) if task.asked == "name" else None


async def _courses(turn: Turn) -> list[Button]:
    """Courses on what the message speaks of."""
    named = crit.read(turn)
    if not any(subject in named for subject in crit.SUBJECT):
        return []
    found = await turn.service.courses(**crit.query(named), kind="course", limit=COURSES)
    return [
        {"title": short_title(course["title"]), "payload": f'/inform{{"course": "{course["id"]}"}}'}
        for course in found["items"]
    ]


def wants_to_queue(turn: Turn) -> bool:
    """Whether what was taken for a booking is a wish to wait for a seat."""
    surely = turn.intent == "join_waitlist" and turn.confidence >= DOUBTFUL
    return not turn.pressed and not turn.question and (surely or has(turn.text, "queueing"))


async def _sessions(turn: Turn, course: str) -> list[Json]:
    try:
        found = await turn.service.course_sessions(
            course, access_code=turn.slot("access_code"), state=["open", "full"], limit=SESSIONS, sort="start"
        )
    except Problem as problem:
        if problem.status != 404:
            raise
        return []
    return list(found["items"])


async def _instead(turn: Turn, session: Json) -> list[Button]:
    """The other dates on which there is room; where there is none, being told of new ones."""
    others = [one for one in await _sessions(turn, session["course_id"]) if bookable(one)]
    return [_book(turn, one) for one in others][:3] or [alert_button(turn, session["course_id"])]


def _told(turn: Turn, session: Json) -> Json:
    return {"title": session["title"], "when": formatting.when(session["meetings"], turn.lang)}


def _day(turn: Turn, session: Json) -> str:
    return formatting.day(formatting.moment(session["start"]).date(), turn.lang)


def _book(turn: Turn, session: Json) -> Button:
    title = turn.part("button_session", day=_day(turn, session))
    return {"title": title, "payload": f'/book_session{{"session": "{session["id"]}"}}'}


def _wait(turn: Turn, session: Json) -> Button:
    return {"title": _day(turn, session), "payload": f'/inform{{"session": "{session["id"]}"}}'}
