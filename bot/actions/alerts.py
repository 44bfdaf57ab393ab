"""Being told by mail of new dates or new courses on something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk.events import SlotSet

from bot.actions import criteria as crit
from bot.actions.courses.focus import about, course_in_focus, named_course
from bot.actions.courses.lists import words
from bot.actions.tasks import Kind, Over, Task, yes_and_no
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: Criteria that an alert keeps; the service reads them as the catalogue does.
_KEPT = ("q", "topic", "operator", "level", "format", "language", "max_price", "max_days", "day_part")
#: The slot with the alerts that were asked for in this conversation, and how many are remembered.
SLOT, MOST = "alerts_asked", 10


#: No mails any more, rather than more of them.
_ENDS = re.compile(
    r"\b(?:stop\w*|unsubscribe|cancel|remove|delete|end|turn off|no more|arret\w*|desabonn\w*|desinscri\w*|annul\w*|"
    r"supprim\w*|enlev\w*|retir\w*|plus (?:recevoir|d'alertes?|de mails?))\b.{0,40}\b(?:alert\w*|mails?|e-?mails?|avis|"
    r"notifications?|updates?)\b|\bunsubscribe\b|\bdesabonn\w*\b"
)


class Alerting(Kind):
    """Asks the address, and says that a mail has to be confirmed first."""

    name = "alert"
    intents: ClassVar[frozenset[str]] = frozenset({"alert_me"})
    stopped = "utter_no_alert"

    def steps(self, task: Task) -> Sequence[str]:
        return ["about", "email"]

    async def begin(self, task: Task) -> None:
        if not task.turn.pressed and _ENDS.search(fold(task.turn.text)):
            task.turn.say("utter_alert_how_to_stop")
            raise Over
        if task.turn.slot("contact_email"):
            task.values["email"] = task.turn.slot("contact_email")

    async def read(self, task: Task) -> Json:
        turn: Turn = task.turn
        given: Json = {}
        if turn.first("email"):
            given["email"] = str(turn.first("email"))
        if task.asked in (None, "about") or turn.first("course") or turn.first("topic"):
            wanted = self._about(task)
            if wanted:
                given["about"] = wanted
        return given

    @staticmethod
    def _about(task: Task) -> Json | None:
        turn = task.turn
        course = named_course(turn) or (course_in_focus(turn) if task.asked is None else None)
        if course:
            return {"course": course}
        named = about(turn, free_words=task.asked == "about")
        if not any(name in named for name in (*crit.SUBJECT, "operator")) and task.asked is None:
            named = {**(turn.slot("criteria") or {}), **named}
        kept = {name: values for name, values in named.items() if name in _KEPT}
        return {"criteria": kept} if any(name in kept for name in (*crit.SUBJECT, "operator")) else None

    async def ask(self, task: Task) -> list[Event]:
        task.turn.say(f"utter_ask_alert_{task.asked}")
        return []

    async def summarise(self, task: Task) -> list[Event]:
        turn = task.turn
        turn.say(
            "utter_ask_alert",
            buttons=yes_and_no(turn, "alert_yes"),
            about=await _in_words(turn, task.values["about"]),
            email=task.values["email"],
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, about_ = task.turn, task.values["about"]
        try:
            asked = await turn.service.alert(
                task.key(), task.values["email"], about_.get("course"), crit.query(about_.get("criteria") or {})
            )
        except Problem as problem:
            if problem.code not in ("rate-limited", "invalid", "not-found"):
                raise
            turn.say("utter_alert_refused")
            return []
        this = {"email": task.values["email"], "about": about_}
        before: list[Json] = turn.slot(SLOT) or []
        told = {"about": await _in_words(turn, about_), "email": task.values["email"]}
        if asked["state"] == "active":
            turn.say("utter_alert_active", **told)
        else:
            turn.say("utter_alert_again" if this in before else "utter_alert_asked", **told)
        return [SlotSet(SLOT, [*(one for one in before if one != this), this][-MOST:])]


async def _in_words(turn: Turn, wanted: Json) -> str:
    if wanted.get("course"):
        course = await turn.service.course(wanted["course"], access_code=turn.slot("access_code"))
        return str(course["title"])
    return words(turn, wanted["criteria"])
