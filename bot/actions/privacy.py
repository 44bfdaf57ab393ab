"""What is kept of a person: told, and forgotten. A code proves the address first."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from rasa_sdk.events import AllSlotsReset, SlotSet

from bot.actions import formatting
from bot.actions.identity import Proof
from bot.actions.tasks import Task, yes_and_no
from bot.actions.turn import Event, Turn
from bot.retention import FORGET_ME
from bot.service import Json, Problem

#: Lists of the service's export that have a name in words, in the order in which they are told.
TOLD = ("bookings", "participations", "quotes", "enquiries", "alerts", "handoffs", "mails", "verifications")


class Exporting(Proof):
    """Tells what is kept."""

    name = "export"
    intents: ClassVar[frozenset[str]] = frozenset({"export_my_data"})
    confirms = False
    stopped = "utter_data_stopped"

    async def begin(self, task: Task) -> None:
        """No code is mailed before it was said what is kept: an address that is known is offered, not taken."""

    async def ask(self, task: Task) -> list[Event]:
        turn, known = task.turn, task.turn.slot("contact_email")
        if task.asked != "email":
            return await super().ask(task)
        buttons = [{"title": str(known), "payload": f'/inform{{"email": "{known}"}}'}] if known else []
        turn.say("utter_ask_export_email", buttons=buttons, here=_here(turn))
        return []

    async def summarise(self, task: Task) -> list[Event]:
        return []

    async def do(self, task: Task) -> list[Event]:
        turn = task.turn
        try:
            told = await turn.service.export_data(task.key())
        except Problem as problem:
            if problem.status != 401:
                raise
            turn.say("utter_data_proof_over")
            return []
        lines = [_counted(turn, name, told[name]) for name in TOLD if told.get(name)]
        turn.say(
            "utter_data_exported" if lines else "utter_data_nothing",
            email=told["email"],
            reference=told["reference"],
            lines="\n".join(lines),
        )
        return []


class Erasing(Proof):
    """Says what would be forgotten, what the law keeps and which bookings would be cancelled; then forgets."""

    name = "erase"
    intents: ClassVar[frozenset[str]] = frozenset({"erase_my_data"})
    stopped = "utter_data_kept"
    asks_email = "utter_ask_data_email"

    async def summarise(self, task: Task) -> list[Event]:
        turn = task.turn
        told = await turn.service.erase_data(turn.key("erase-preview", turn.message_id), confirmed=False)
        turn.say(
            "utter_ask_erase",
            buttons=yes_and_no(turn, "erase_yes", "erase_no"),
            email=task.values["email"],
            cancels=_cancels(turn, told["cancels"]),
            years=told["kept"][0]["years"],
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn = task.turn
        try:
            told = await turn.service.erase_data(task.key(), confirmed=True)
        except Problem as problem:
            if problem.status != 401:
                raise
            turn.say("utter_data_proof_over")
            return []
        turn.say("utter_data_erased", reference=told["reference"], email=task.values["email"])
        return [AllSlotsReset(), SlotSet("language", turn.slot("language")), SlotSet(FORGET_ME, True)]


def _here(turn: Turn) -> str:
    """What this conversation itself remembers of the person."""
    kept = [str(turn.slot(name)) for name in ("contact_name", "contact_email") if turn.slot(name)]
    typed = [
        str(entity["value"])
        for event in turn.tracker.events
        if event.get("event") == "user"
        for entity in (event.get("parse_data") or {}).get("entities") or []
        if entity.get("entity") == "email"
    ]
    known = list(dict.fromkeys([*kept, *typed]))
    return (
        turn.part("data_here", known=formatting.joined(known, turn.lang)) if known else turn.part("data_here_nothing")
    )


def _counted(turn: Turn, name: str, rows: list[Json]) -> str:
    if name == "bookings":
        references = formatting.joined([row["reference"] for row in rows], turn.lang)
        return turn.part("data_bookings", references=references)
    return turn.part(f"data_{name}", count=len(rows))


def _cancels(turn: Turn, cancels: list[Json]) -> str:
    if not cancels:
        return ""
    references = formatting.joined([one["reference"] for one in cancels], turn.lang)
    fee = sum((Decimal(one["cancel_fee"]) for one in cancels), Decimal(0))
    return turn.part("erase_cancels", references=references, fee=formatting.money(str(fee), turn.lang))
