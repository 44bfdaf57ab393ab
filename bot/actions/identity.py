"""Who a person is: a six-figure code, mailed to an address, opens what was booked with it.

The service remembers for this conversation that the address was proved; the bot keeps neither code nor token.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.actions.bookings.checking import own_bookings, tell_bookings
from bot.actions.bookings.wishes import go_on
from bot.actions.tasks import KINDS, Kind, Over, Task, begin
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

_FIGURES = re.compile(r"(?<!\d)(?:\d[ .\-–]?){5}\d(?!\d)")
#: Whoever got no code is sent another one.
_NOT_COME = re.compile(
    r"\b(?:(?:recois|recu|arrive|eu|trouve|vois) (?:pas|rien|aucun)|(?:pas|rien|jamais) (?:encore )?(?:recu|"
    r"arrive|eu|trouve)|"
    r"(?:not|never|nothing|no code|\w+n'?t) (?:yet )?(?:received?|got|get|came?|arrived?|see|find|found)|"
    r"autre code|another code|"
    r"new code|nouveau code|renvoy\w*|resend|send it again)\b"
)
#: Stands in place of a code: proved, or asked for once more.
PROVED, AGAIN = "proved", "again"


class Proof(Kind):
    """Base of tasks that begin with a code: ``email``, then ``code``."""

    #: Asks for the address.
    asks_email: ClassVar[str] = "utter_ask_code_email"

    def steps(self, task: Task) -> Sequence[str]:
        return ["email", "code"]

    async def begin(self, task: Task) -> None:
        if task.turn.slot("contact_email") and not task.turn.first("email"):
            task.values["email"] = task.turn.slot("contact_email")

    async def read(self, task: Task) -> Json:
        turn = task.turn
        if turn.first("email"):
            email = str(turn.first("email"))
            if email != task.values.get("email"):
                task.values.pop("code", None)
                task.values.pop("sent", None)
            return {"email": email}
        if task.asked != "code":
            return {}
        if turn.first("code") == AGAIN or (not turn.pressed and _NOT_COME.search(fold(turn.text))):
            return {"code": AGAIN}
        figures = _FIGURES.search(turn.text)
        return {"code": re.sub(r"\D", "", figures[0])} if figures else {}

    async def check(self, task: Task) -> None:
        code = task.values.pop("code", None)
        if code == PROVED:
            task.values["code"] = PROVED
        elif code == AGAIN:
            task.values.pop("sent", None)
        elif code is not None and await self._verified(task, code):
            task.values["code"] = PROVED

    async def _verified(self, task: Task, code: str) -> bool:
        turn, email = task.turn, task.values["email"]
        try:
            await turn.service.verify_code(turn.key("verify", turn.message_id, email), email, code)
        except Problem as problem:
            if problem.code == "code-expired":
                task.values.pop("sent", None)
                turn.say("utter_code_expired")
            elif problem.code == "invalid":
                turn.say("utter_code_wrong")
            elif problem.code == "rate-limited":
                turn.say("utter_code_wait")
                raise Over from None
            else:
                raise
            return False
        return True

    async def ask(self, task: Task) -> list[Event]:
        turn = task.turn
        if task.asked == "email":
            turn.say(self.asks_email)
            return []
        email = task.values["email"]
        again = [turn.button("code_again", f'/inform{{"code": "{AGAIN}"}}')]
        if task.values.get("sent") == email:
            turn.say("utter_ask_code", buttons=again, email=email)
            return []
        try:
            await turn.service.ask_code(turn.key("code", turn.message_id, email), email)
        except Problem as problem:
            if problem.code == "invalid":
                task.values.pop("email")
                task.asked = "email"
                turn.say("utter_invalid_email")
                turn.say(self.asks_email)
                return [task.event()]
            if problem.code != "rate-limited":
                raise
            turn.say("utter_code_wait")
            return []
        task.values["sent"] = email
        turn.say("utter_code_sent", buttons=again, email=email)
        return [task.event()]


class Proving(Proof):
    """Opens the bookings of an address, and shows them."""

    name = "prove"
    confirms = False
    stopped: ClassVar[str] = "utter_code_stopped"

    async def summarise(self, task: Task) -> list[Event]:
        return []

    async def do(self, task: Task) -> list[Event]:
        turn = task.turn
        bookings = await own_bookings(turn)
        if not bookings:
            turn.say("utter_no_bookings_of_address", email=task.values["email"])
            return []
        gone_on = await go_on(turn, bookings)
        return tell_bookings(turn, bookings) if gone_on is None else gone_on


def ask_for_code(turn: Turn) -> list[Event]:
    """Begin to ask for a code, so that bookings made elsewhere are seen here: the events that follow."""
    return begin(turn, KINDS[Proving.name])
