"""A first step for those who do not know what to choose."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from bot.actions import criteria as crit
from bot.actions.courses.focus import topic_buttons
from bot.actions.courses.lists import COURSES, demo
from bot.actions.courses.searching import show_courses
from bot.actions.showing import course_buttons, course_card, course_item, course_line, shown
from bot.actions.turn import CampusAction, Event, Turn
from bot.nlu.spans import fold

#: Where somebody begins who has not begun yet: the same for everybody, nobody is judged.
FIRST_STEPS = {"topic": ["first-steps"], "level": ["beginner"]}
#: Somebody who doubts of themselves is answered kindly first.
_WORRIED = re.compile(
    r"\b(?:peur|stress\w*|angoiss\w*|inquiet\w*|honte|nulle?|bete|capable|pas assez|trop (?:vieux|vieille|age\w*|dur|"
    r"difficile)|perdue?s?|depasse\w*|rien compr\w*|sais (?:vraiment |meme )?pas|scared|afraid|nervous|anxious|worried|"
    r"ashamed|stupid|dumb|not (?:good|smart|clever|young) enough|too (?:old|hard|difficult|late)|lost|confused|"
    r"overwhelmed|idk|dunno|no idea|don't know)\b"
)


class AskAdvice(CampusAction):
    """The courses that ask for nothing beforehand, the free ones first; and the fields, for those who have begun."""

    action = "action_ask_advice"
    yields = "utter_courses_found"

    async def act(self, turn: Turn) -> list[Event]:
        criteria = crit.read(turn)
        if any(subject in criteria for subject in crit.SUBJECT) and criteria.get("topic") != FIRST_STEPS["topic"]:
            return await show_courses(turn, criteria, None)
        found = await turn.service.courses(**FIRST_STEPS, kind="course", limit=COURSES, sort="price")
        courses = found["items"]
        if not courses:
            turn.say("utter_ask_field", buttons=topic_buttons(turn))
            return []
        turn.say(
            "utter_ask_advice",
            buttons=course_buttons(courses),
            cards=[course_card(course) for course in courses],
            lead=turn.part("advice_worried" if _WORRIED.search(fold(turn.text)) else "advice"),
            lines="\n".join(course_line(turn, course, place) for place, course in enumerate(courses, 1)),
            demo=demo(turn, courses),
        )
        return [SlotSet("criteria", {}), SlotSet("course", None), shown([course_item(course) for course in courses])]
