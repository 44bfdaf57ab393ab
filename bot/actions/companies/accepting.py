"""Accepting a quote, and giving one back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk.events import SlotSet

from bot.actions import formatting
from bot.actions.companies.quoting import is_number
from bot.actions.companies.said import gives_invoice_details
from bot.actions.companies.telling import offered, quote_card, quote_lines, totals
from bot.actions.tasks import Kind, Over, Task, agrees, yes_and_no
from bot.actions.turn import Event, Turn
from bot.service import Json, Problem

#: How a step begins that asks for a declaration; its place among them follows.
DECLARES = "declare_"


class Accepting(Kind):
    """Every line becomes a confirmed booking; the button names what is owed."""

    name = "accept_quote"
    intents: ClassVar[frozenset[str]] = frozenset({"accept_quote"})
    optional: ClassVar[frozenset[str]] = frozenset({"po"})
    stopped = "utter_quote_stands"

    def is_possible(self, turn: Turn) -> bool:
        return bool(turn.slot("last_quote") or turn.first("quote_reference"))

    def when_stopped(self, task: Task) -> str:
        return self.stopped if "quote" in task.values else "utter_task_stopped"

    def steps(self, task: Task) -> Sequence[str]:
        asked = [f"{DECLARES}{at}" for at in range(len(task.values.get("rules") or []))]
        return ["quote", *asked, "po"]

    async def begin(self, task: Task) -> None:
        from bot.actions.companies.declining import refuses

        if not task.turn.pressed and refuses(task.turn):  # what refuses a quote is no order
            task.turn.say("utter_quote_none")
            raise Over
        reference = task.turn.first("quote_reference") or task.turn.slot("last_quote")
        if reference:
            task.values["quote"] = str(reference)
        elif not task.turn.pressed and gives_invoice_details(task.turn):
            task.turn.say("utter_invoice_details_elsewhere")  # on a booking there is no place for them
            raise Over

    async def read(self, task: Task) -> Json:
        turn = task.turn
        given: Json = {}
        if task.asked and task.asked.startswith(DECLARES):
            if agrees(turn):
                return {task.asked: True}
            if turn.intent == "deny":
                turn.say("utter_quote_undeclared")
                raise Over
        if turn.first("quote_reference"):
            given["quote"] = str(turn.first("quote_reference"))
        if turn.first("po_number"):
            given["po"] = str(turn.first("po_number"))
        elif task.asked == "po" and not turn.pressed and "quote" not in given and is_number(turn.text):
            given["po"] = turn.text.strip()[:60]
        return given

    async def check(self, task: Task) -> None:
        if "quote" not in task.values:
            return
        quote = await one_quote(task.turn, task.values["quote"])
        if quote is None:
            raise Over
        if quote["state"] != "open":
            tell_state(task.turn, quote)
            raise Over
        task.values["rules"] = await _to_declare(task.turn, quote)
        if quote["po_number"]:
            task.values.setdefault("po", quote["po_number"])

    async def ask(self, task: Task) -> list[Event]:
        turn = task.turn
        if task.asked and task.asked.startswith(DECLARES):
            rule = task.values["rules"][int(task.asked.removeprefix(DECLARES))]
            turn.say("utter_ask_declaration", buttons=yes_and_no(turn, "declare_yes", "declare_no"), text=rule["text"])
            return []
        skip = [turn.button("po_none", "/deny")] if task.asked == "po" else []
        turn.say(f"utter_ask_accept_{task.asked}", buttons=skip)
        return []

    async def summarise(self, task: Task) -> list[Event]:
        turn = task.turn
        quote = await turn.service.quote_of(task.values["quote"])
        amounts = totals(turn, quote)
        accept = "quote_accept_free" if float(quote["total"]["gross"]) == 0 else "quote_accept_paid"
        turn.say(
            "utter_ask_accept",
            buttons=yes_and_no(turn, accept, "quote_later", amount=amounts["gross"]),
            cards=[quote_card(quote)],
            reference=quote["reference"],
            lines=quote_lines(turn, quote),
            po=turn.part("quote_po", po=task.values["po"]) if task.values.get("po") else "",
            **amounts,
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, reference = task.turn, task.values["quote"]
        try:
            declared = [rule["id"] for rule in task.values.get("rules") or []]
            quote = await turn.service.accept_quote(task.key(), reference, task.values.get("po") or None, declared)
        except Problem as problem:
            if problem.code in ("not-eligible", "already-booked"):
                turn.say("utter_quote_refused", why=problem.document.get("detail", ""))
                return []
            if problem.code not in ("offer-lapsed", "wrong-state", "session-closed", "session-cancelled", "invalid"):
                raise
            quote = await turn.service.quote_of(reference)
            if quote["state"] != "accepted":  # else an earlier try, whose answer was lost, did it
                tell_state(turn, quote)
                return []
        bookings = formatting.joined([line["booking"]["reference"] for line in quote["lines"]], turn.lang)
        first = quote["lines"][0]["booking"]["reference"]
        names = [turn.button("names_now", f'/change_booking{{"booking_reference": "{first}"}}')]
        turn.say(
            "utter_quote_accepted",
            buttons=names,
            cards=[quote_card(quote)],
            reference=reference,
            bookings=bookings,
            email=_email(quote),
        )
        return [SlotSet("last_booking", first)]


def _email(quote: Json) -> str:
    return str((quote.get("contact") or {}).get("email") or "")


async def _to_declare(turn: Turn, quote: Json) -> list[Json]:
    """What the courses of a quote ask to be declared: ``{id, text}``, each once."""
    rules: dict[str, str] = {}
    for course in dict.fromkeys(line["session"]["course_id"] for line in quote["lines"]):
        found = await turn.service.course(course, access_code=turn.slot("access_code"))
        rules.update({rule["id"]: rule["text"] for rule in found.get("requirements") or [] if rule.get("id")})
    return [{"id": ident, "text": text} for ident, text in rules.items()]


async def one_quote(turn: Turn, reference: str) -> Json | None:
    """A quote by its reference, or None, said, where this conversation may not see it."""
    try:
        return await turn.service.quote_of(reference)
    except Problem as problem:
        if problem.status not in (404, 422):
            raise
    turn.say("utter_quote_unknown", reference=reference)
    return None


async def decline(turn: Turn, reference: str) -> list[Event]:
    """Give a quote and its seats back."""
    quote = await one_quote(turn, reference)
    if quote is None:
        return []
    if quote["state"] not in ("open", "requested"):
        tell_state(turn, quote)
        return []
    try:
        await turn.service.decline_quote(turn.key("decline-quote", reference), reference)
    except Problem as problem:
        if problem.code not in ("offer-lapsed", "wrong-state"):
            raise
        tell_state(turn, await turn.service.quote_of(reference))
        return []
    turn.say("utter_quote_declined" if quote["lines"] else "utter_quote_taken_back", reference=quote["reference"])
    return [SlotSet("last_quote", None)]


def tell_state(turn: Turn, quote: Json) -> None:
    """Say how a quote stands, with what can be done next."""
    if quote["state"] == "open":
        told, buttons = offered(turn, quote)
        turn.say("utter_quote_made", buttons=buttons, cards=[quote_card(quote)], **told)
        return
    if quote["state"] == "requested":
        turn.say("utter_quote_in_preparation", reference=quote["reference"], email=_email(quote))
        return
    state = turn.part(f"quote_{quote['state']}")
    turn.say("utter_quote_over", reference=quote["reference"], state=state)
