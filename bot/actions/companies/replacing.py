"""The seats of a quote, and what it takes the place of: a booking that is held, or an earlier quote."""

from __future__ import annotations

import contextlib

from bot.actions import formatting
from bot.actions.bookings.holding import release
from bot.actions.courses.focus import named_course
from bot.actions.showing import bookable
from bot.actions.tasks import Task
from bot.actions.turn import Turn
from bot.service import Json, Problem

#: The button of an offer made for them.
_TAILORED = '/inform{"needs": "told"}'


def of_what_is_held(turn: Turn) -> bool:
    """Whether a message in a booking wants a quote for the seats that are held."""
    held = turn.slot("hold") and turn.slot("session_id") and turn.slot("seats")
    others = any(turn.values(one) for one in ("session", "period", "needs")) or turn.first("seats") is not None
    return bool(held) and not others and named_course(turn) in (None, turn.slot("course"))


async def has_room(task: Task) -> bool:
    """Whether the date has room for all of them; where it has not, that is said."""
    turn, seats = task.turn, int(task.values["seats"])
    session = await turn.service.session(task.values["session"], access_code=turn.slot("access_code"))
    task.values.setdefault("course", session["course_id"])
    if session["seats_free"] >= seats and bookable(session):
        return True
    own = await _own(task)
    if own and session["state"] in ("open", "full") and session["seats_free"] + own >= seats:
        return True
    free = formatting.plural("utter_part_seats_left", session["seats_free"], turn.lang)
    when = formatting.when(session["meetings"], turn.lang)
    turn.say("utter_quote_little_room", when=when, free=free, buttons=[turn.button("plan_private", _TAILORED)])
    return False


async def _own(task: Task) -> int:
    """The seats of the date that are taken by what this quote takes the place of."""
    turn, values = task.turn, task.values
    seats = 0
    if values.get("held"):
        held = await turn.service.booking(values["held"])
        same = held["state"] == "held" and held["session"]["id"] == values["session"]
        seats += held["seats"] if same else 0
    if values.get("instead_of"):
        quote = await turn.service.quote_of(values["instead_of"])
        lines = quote["lines"] if quote["state"] == "open" else []
        seats += sum(line["seats"] for line in lines if line["session"]["id"] == values["session"])
    return seats


async def made(task: Task, body: Json) -> Json:
    """The quote, and what it takes the place of is given back: before it only where its seats are needed for it.

    Raises:
        Problem: it cannot be made.
    """
    service = task.turn.service
    try:
        quote = await service.quote(task.key(), body)
    except Problem as problem:
        if problem.code != "session-full" or not (task.values.get("held") or task.values.get("instead_of")):
            raise
        await _give_back(task)
        quote = await service.quote(task.turn.key(task.key(), "again"), body)
    else:
        await _give_back(task)
    return quote


async def _give_back(task: Task) -> None:
    """Let go of what this quote takes the place of, so that its seats are there for it."""
    turn, values = task.turn, task.values
    if values.get("needs"):
        return
    if values.get("held") and (await turn.service.booking(values["held"]))["state"] == "held":
        await release(turn, values["held"])
    if values.get("instead_of"):
        with contextlib.suppress(Problem):  # lapsed meanwhile: its seats are free
            await turn.service.decline_quote(turn.key("decline-quote", values["instead_of"]), values["instead_of"])
