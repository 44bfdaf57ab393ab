"""What is open in a conversation and may be decided by a word, whatever that word was taken for.

A quote that was just shown is refused ("non merci, trop cher"), what a company needs is told or corrected, the course
that was booked is booked once more, a request for a person is taken back ("I'll go on with you"), or the time of a call
is said once it is known that the desk is closed. Asked before the action that a message leads to, and only while no
form waits for an answer.
"""

from __future__ import annotations

import re

from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions import callbacks, contacting, distress
from bot.actions.bookings import again, changing, moving, picking
from bot.actions.bookings.cancelling import is_kept
from bot.actions.bookings.checking import own_bookings
from bot.actions.bookings.words import has
from bot.actions.companies import asked, declining, needs, standing
from bot.actions.companies.said import gives_invoice_details, means_booking
from bot.actions.courses.focus import named_course
from bot.actions.identity import ask_for_code
from bot.actions.tasks import KINDS, begin
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold

#: Whoever asks to be on a waiting list by that name is, whatever else the message looks like.
_JOINS = re.compile(
    r"\b(?:mett\w*|mets|ajout\w*|inscri\w*|put|add|want to be|like to be|voudrais etre|aimerais etre)\b.{0,25}"
    r"\b(?:liste d'attente|waiting list|waitlist)\b"
)


async def _waits(turn: Turn) -> list[Event] | None:
    leaves = turn.pressed or turn.question or (turn.intent in ("leave_waitlist", "join_waitlist") and not turn.doubtful)
    return None if leaves or not _JOINS.search(fold(turn.text)) else begin(turn, KINDS["join_waitlist"])


async def _cancels(turn: Turn) -> list[Event] | None:
    """Whoever names a booking and says "cancel" means just that, whatever the rest resembles."""
    if turn.pressed or turn.question or not turn.doubtful or not turn.first("booking_reference"):
        return None
    if not has(turn.text, "cancelling") or is_kept(turn.text):
        return None
    return [SlotSet("cancel_reference", str(turn.first("booking_reference"))), FollowupAction("cancel_form")]


async def _cancels_own(turn: Turn) -> list[Event] | None:
    """Whoever cancels what they have booked, by its name, is no one of the staff who calls it off."""
    course = named_course(turn)
    taken = turn.doubtful or turn.intent in ("staff_cancel_session", "search_events", "list_sessions")
    if turn.pressed or turn.question or course is None or not taken:
        return None
    if not has(turn.plain, "cancelling") or is_kept(turn.text):
        return None
    own = [one for one in await own_bookings(turn) if one["session"]["course_id"] == course]
    if len(own) != 1:
        return None
    return [SlotSet("cancel_reference", own[0]["reference"]), FollowupAction("cancel_form")]


async def _books(turn: Turn) -> list[Event] | None:
    """Whoever names seats and no quote books them, though it was taken for a wish for a quote, or for the staff's."""
    surely = turn.intent.startswith("staff_") and not turn.doubtful
    return [FollowupAction("booking_form")] if means_booking(turn) and not surely else None


async def _looks(turn: Turn) -> list[Event] | None:
    """Who asks to be let know what there is wants it now, not some day."""
    if turn.pressed or turn.intent != "alert_me" or not _LET_KNOW.search(fold(turn.text)):
        return None
    from bot.actions.courses.searching import SearchCourses

    return await SearchCourses().act(turn)


_LET_KNOW = re.compile(
    r"^(?!.*\b(?:when|once|if|as soon|new|next|future|whenever|open\w*)\b).*\b(?:let me know|tell me)\b.*"
    r"\b(?:available|courses?|trainings?|options?|there is|there are|you have)\b"
)


async def _told_of_an_invoice(turn: Turn) -> list[Event] | None:
    """What is to stand on the invoice of a booking has no place on it, which is said."""
    wants_quote = turn.intent == "request_quote" or asked.by_that_word(turn)
    if wants_quote or not turn.slot("last_booking") or turn.slot("last_quote") or not gives_invoice_details(turn):
        return None
    turn.say("utter_invoice_details_elsewhere")
    return []


async def _booked_elsewhere(turn: Turn) -> list[Event] | None:
    """Whoever has no reference at hand, or booked elsewhere, proves an address, as the button does."""
    folded = fold(turn.text)
    was_asked = turn.told_last & _ASKS_REFERENCE
    if (
        turn.pressed
        or turn.slot("last_booking")
        or not (_NO_REFERENCE.search(folded) or (was_asked and _ELSEWHERE.search(folded)))
    ):
        return None
    return ask_for_code(turn)


#: Says that there is no booking here, and asks for the reference.
_ASKS_REFERENCE = frozenset(
    {"utter_nothing_to_cancel", "utter_nothing_to_move", "utter_nothing_to_change", "utter_no_bookings"}
)
_ELSEWHERE = re.compile(
    r"\b(?:elsewhere|ailleurs|autre (?:part|appareil|telephone)|another (?:phone|device|computer))\b"
)
_NO_REFERENCE = re.compile(
    r"\b(?:(?:n'?ai|ai|g|j'ai|retrouve|connais|sais) (?:plus |pas )+(?:de |la |ma |cette )?(?:ref|reference|numero)\b|"
    r"(?:perdu|oublie) (?:de |la |ma )?(?:ref|reference)\b|"
    r"(?:don'?t|do not|haven'?t|can'?t) (?:have|know|got|find|remember) (?:the |my |a |any )?(?:ref|reference)\b|"
    r"(?:lost|forgot|forgotten) (?:the |my )?(?:booking )?(?:ref|reference)\b)"
)


async def taken_up(turn: Turn) -> list[Event] | None:
    """The events of what a message decides, or None where it decides nothing that is open."""
    for decided in (
        distress.wrongly_charged,
        callbacks.decided,
        declining.decided,
        standing.decided,
        asked.asked_after,
        asked.named,
        needs.described,
        again.restored,
        again.same_again,
        moving.part_moved,
        moving.another_date,
        picking.chosen,
        picking.seats_on_screen,
        picking.day_on_screen,
        _cancels,
        _cancels_own,
        _looks,
        _books,
        _told_of_an_invoice,
        _booked_elsewhere,
        contacting.asked_at_an_event,
        changing.other_address,
        changing.name_respelt,
        changing.seat_given_up,
        changing.seats_given,
        _waits,
    ):
        events = await decided(turn)
        if events is not None:
            ended = any(event.get("event") == "followup" for event in events)
            return events if ended else [*events, FollowupAction("action_listen")]
    return None
