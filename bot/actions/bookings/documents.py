"""Papers of a booking: the confirmation again, the attendance certificate, the invoice."""

from __future__ import annotations

from bot.actions import formatting
from bot.actions.bookings.checking import one_booking, own_bookings
from bot.actions.bookings.own import booked
from bot.actions.bookings.telling import MayBeAboutBooking, summary
from bot.actions.bookings.wishes import DOCUMENT, waiting
from bot.actions.bookings.words import has
from bot.actions.courses.instead import SURE, courses_instead
from bot.actions.knowledge import LEAST, find_answer, tell
from bot.actions.turn import Event, Turn
from bot.service import Json

#: The states of a booking that has papers.
_WITH_PAPERS = ("confirmed", "attended")


class RequestDocument(MayBeAboutBooking):
    """Mails what there is, and says honestly when and from whom the rest comes."""

    action = "action_request_document"

    async def answer(self, turn: Turn) -> list[Event]:
        booking = await self._booking(turn)
        if booking is None and _in_general(turn) and (answer := await find_answer(turn, LEAST)) is not None:
            tell(turn, answer)
            return []
        if booking is None and not turn.first("booking_reference"):
            instead = await courses_instead(turn, "utter_courses_on_subject", SURE)
            if instead is not None:  # who has booked nothing speaks of a subject rather than of a paper
                return instead
            turn.say("utter_no_papers")
        if booking is None:
            return [waiting(turn, DOCUMENT)]
        wanted, reference = turn.first("document"), booking["reference"]
        told = {**summary(turn, booking), "operator": (booking["session"].get("operator") or {}).get("name", "")}
        if booking["state"] not in _WITH_PAPERS:
            turn.say("utter_nothing_to_send", reference=reference)
        elif wanted == "invoice":
            free = float(booking["total"]["gross"]) == 0
            turn.say("utter_no_invoice" if free else "utter_about_invoice", **told)
        elif wanted == "certificate":
            end = formatting.day(formatting.moment(booking["session"]["end"]).date(), turn.lang)
            over = booking["state"] == "attended"
            turn.say("utter_certificate_soon" if over else "utter_certificate_after", end=end, **told)
        elif wanted == "confirmation" and booking["state"] == "confirmed":
            await turn.service.send(turn.key("send", turn.message_id, reference), reference, "confirmation")
            email = (booking.get("contact") or {}).get("email", "")
            turn.say("utter_confirmation_sent", reference=reference, email=email)
        else:
            turn.say("utter_ask_which_document", buttons=_papers(turn, reference), **told)
        return [booked(booking)]

    async def _booking(self, turn: Turn) -> Json | None:
        named = turn.first("booking_reference")
        if named:
            return await one_booking(turn, str(named))
        own = await own_bookings(turn, _WITH_PAPERS)
        if not own:
            return None
        talked = [booking for booking in own if booking["reference"] == turn.slot("last_booking")]
        return (talked or own)[0]


def _in_general(turn: Turn) -> bool:
    """Whether a message asks what papers there are, rather than for one's own."""
    asks = not turn.pressed and (turn.question or "?" in turn.text)
    return asks and not turn.first("booking_reference") and not has(turn.text, "own_paper")


def _papers(turn: Turn, reference: str) -> list[dict[str, str]]:
    return [
        turn.button(f"paper_{paper}", f'/request_document{{"booking_reference": "{reference}", "document": "{paper}"}}')
        for paper in ("confirmation", "certificate", "invoice")
    ]
