"""What only the staff may do, said by somebody whom nobody vouches for as staff."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction

from bot.actions.bookings.changing import names_given
from bot.actions.bookings.words import has
from bot.actions.conversation import second_reading
from bot.actions.courses.instead import SURE, courses_instead
from bot.actions.knowledge import tell
from bot.actions.tasks import begin, kind_of
from bot.actions.turn import DOUBTFUL, CampusAction, Event, Turn
from bot.service import Problem

#: Who comes to a course is told to nobody; that answer says so, and why.
_PRIVATE = "participants_private"
_WHO_COMES = frozenset({"staff_roster", "staff_waitlist", "staff_attendance", "staff_find_booking"})


#: Confidence from which what the staff ask is no answer to a form.
_SURELY = 0.9


def _queues(turn: Turn) -> list[Event] | None:
    """ "Waiting list for aseptic gowning": who asks nothing about a list wants to be on it."""
    asks = turn.question or has(turn.text, "who_waits") or bool(turn.values("operator"))
    named = turn.first("course") or turn.first("topic")
    kind = kind_of("join_waitlist")
    return begin(turn, kind) if turn.intent == "staff_waitlist" and named and not asks and kind else None


def _books(turn: Turn) -> list[Event] | None:
    """ "2 seats for that course on 18 March": of somebody who is no staff, a wish to book."""
    wanted = turn.first("course") and turn.first("seats") and turn.first("period")
    fits = turn.intent in ("staff_change_capacity", "staff_book_for", "staff_message_session")
    return [FollowupAction("booking_form")] if wanted and fits and turn.confidence < _SURELY else None


class StaffElsewhere(CampusAction):
    """Say that this is for the staff; who comes to a session stays private. A doubtful reading gives way to another."""

    action = "action_staff_elsewhere"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.tracker.active_loop.get("name"):
            if turn.confidence >= _SURELY and not turn.first("person"):  # else it may well be an answer to the form
                turn.say("utter_staff_elsewhere")
            return []
        instead = names_given(turn) or _queues(turn) or _books(turn)
        if (
            instead is None and turn.intent not in _WHO_COMES
        ):  # who speaks here is no staff: a subject is likelier, whatever the words
            instead = await courses_instead(turn, "utter_courses_on_subject", SURE)
        of_a_course = turn.values("reference") or turn.values("course_attribute") or turn.first("course")
        if instead is None and (turn.confidence < DOUBTFUL or (of_a_course and turn.confidence < _SURELY)):
            instead = await second_reading(turn)
        if instead is not None:
            return instead
        if turn.intent in _WHO_COMES:
            try:
                tell(turn, await turn.service.answer(_PRIVATE))
                return []
            except Problem as problem:
                if problem.status != 404:
                    raise  # an answer that was taken out of the knowledge base leaves the general one
        turn.say("utter_staff_elsewhere")
        return []
