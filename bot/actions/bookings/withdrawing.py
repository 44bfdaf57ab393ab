"""The consumer's statutory withdrawal: apart from cancelling, in two steps, with a receipt by mail."""

from __future__ import annotations

from typing import ClassVar

from bot.actions import formatting
from bot.actions.bookings.own import OnBooking, booked
from bot.actions.bookings.telling import cancel_button, summary
from bot.actions.showing import booking_card
from bot.actions.tasks import Over, Task, yes_and_no
from bot.actions.turn import Event
from bot.service import Json, Problem


class Withdrawing(OnBooking):
    """Ends the contract itself; where the right does not exist, the reason is said and cancelling is offered."""

    name = "withdraw"
    intents: ClassVar[frozenset[str]] = frozenset({"withdraw_contract"})
    which = "utter_ask_which_to_withdraw"
    nothing = "utter_nothing_to_withdraw"
    stopped = "utter_not_withdrawn"

    async def check_more(self, task: Task, booking: Json) -> None:
        told = (await self._preview(task))["withdrawal"]
        if not told["allowed"]:
            turn, reference = task.turn, booking["reference"]
            why = turn.part(f"withdraw_{str(told['rule']).replace('-', '_')}")
            turn.say(
                "utter_withdraw_not_allowed", buttons=[cancel_button(turn, reference)], reference=reference, why=why
            )
            raise Over

    async def summarise(self, task: Task) -> list[Event]:
        turn = task.turn
        booking = await self._preview(task)
        until = booking["withdrawal"]["withdraw_until"]
        turn.say(
            "utter_ask_withdraw",
            buttons=yes_and_no(turn, "withdraw_yes", "withdraw_no"),
            cards=[booking_card(booking)],
            refund=formatting.money(booking["withdrawal"]["refund"], turn.lang),
            until=formatting.day(formatting.moment(until).date(), turn.lang) if until else "",
            **summary(turn, booking),
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, reference = task.turn, task.values["reference"]
        try:
            booking = await turn.service.withdraw(task.key(), reference, confirmed=True)
        except Problem as problem:
            if problem.code not in ("wrong-state", "not-eligible"):
                raise
            booking = await turn.service.booking(reference)
            if booking["state"] != "withdrawn":  # else an earlier try, whose answer was lost, did it
                state = turn.part(f"booking_{booking['state']}")
                turn.say("utter_not_in_state", reference=reference, state=state)
                return []
        email = (booking.get("contact") or {}).get("email", "")
        turn.say("utter_withdrawn", cards=[booking_card(booking)], email=email, **summary(turn, booking))
        return [booked(booking)]

    async def _preview(self, task: Task) -> Json:
        turn, reference = task.turn, task.values["reference"]
        key = turn.key("withdraw-preview", turn.message_id, reference)
        return await turn.service.withdraw(key, reference, confirmed=False)
