"""Training for a team: what is needed is asked in a few questions, or what there is for companies is said."""

from __future__ import annotations

import re

from rasa_sdk.events import FollowupAction

from bot.actions import criteria as crit
from bot.actions.companies.asked import by_that_word
from bot.actions.companies.needs import Needing, is_specific, is_team
from bot.actions.companies.places import place_of
from bot.actions.companies.quoting import Quoting
from bot.actions.courses.focus import course_in_focus
from bot.actions.courses.telling import tell_course
from bot.actions.knowledge import SURE, find_answer, tell
from bot.actions.tasks import KINDS, begin, current
from bot.actions.turn import CampusAction, Event, Turn
from bot.nlu.spans import fold

#: Answers about the campus that are none to what it offers a company.
_BESIDE = frozenset({"partners", "operators", "what_is_the_campus", "takeda", "siemens", "staubli", "group_discount"})


#: A course that was booked for the team is put off.
_POSTPONES = re.compile(
    r"\b(?:reporter|reportee?|postposer|decaler|(?<!vous )(?<!nous )(?<!se )deplacer|repousser|postpone|put off|"
    r"push(?:ed)? back|reschedule)\b"
)


class CompanyTraining(CampusAction):
    """For a team: the questions of its needs, or, where nothing was said of them, what there is for companies."""

    action = "action_company_training"
    yields = "utter_courses_found"

    def stands(self, turn: Turn) -> bool:
        return is_team(turn)

    async def act(self, turn: Turn) -> list[Event]:
        task = current(turn)
        if task is not None and task.kind.name == Needing.name:
            return [FollowupAction("task_form")]  # more of the same: the question that is open is asked again
        if not turn.pressed and place_of(turn.text) is None and _POSTPONES.search(fold(turn.text)):
            return begin(turn, KINDS["move"])
        course = course_in_focus(turn)
        if course and turn.first("course_attribute") == "price" and turn.first("seats"):
            return await tell_course(turn, course, crit.read(turn))
        if by_that_word(turn):
            return begin(turn, KINDS[Quoting.name])
        if turn.pressed and turn.first("needs"):
            return begin(turn, KINDS[Needing.name])
        answer = await find_answer(turn, SURE) if turn.asks else None
        if answer is not None and not crit.read(turn) and answer["key"] not in _BESIDE:
            tell(turn, answer)
            return []
        if is_specific(turn):
            return begin(turn, KINDS[Needing.name])
        turn.say("utter_company_training")
        return []


def for_a_team(turn: Turn) -> list[Event] | None:
    """The questions of a company's needs for who looks for a course at their own place, for several people."""
    several = turn.first("seats") is not None and int(turn.first("seats")) > 1
    if turn.pressed or not several or place_of(turn.text) != "client":
        return None
    return begin(turn, KINDS[Needing.name])
