"""For those who do not know what to choose: three questions at most, then three courses, each with its reason.

Any question may be left out. What is compared is the catalogue with what was said: nobody is assessed.
"""

from __future__ import annotations

import re

from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions import criteria as crit
from bot.actions import subjects
from bot.actions.bookings.words import has
from bot.actions.courses.advice import (
    FIRST_STEPS,
    FREE,
    LITTLE,
    PROFILE,
    QUESTIONS,
    SKIPPED,
    SUBJECT,
    TIME,
    three_courses,
    told,
)
from bot.actions.courses.focus import about, topic_buttons
from bot.actions.courses.instead import SURE, courses_instead
from bot.actions.courses.lists import demo
from bot.actions.courses.searching import show_courses
from bot.actions.courses.telling import tell_item
from bot.actions.distress import distressed, offer_person
from bot.actions.references import pointed_at, shown_items
from bot.actions.showing import course_buttons, course_card, course_item, shown
from bot.actions.turn import DOUBTFUL, CampusAction, Event, Turn
from bot.nlu.spans import fold

#: Stands in the last slot where the questions are broken off for something else.
LEFT = "left"
#: Characters of an answer that are kept.
_LONGEST = 120
#: Somebody who doubts of themselves is answered kindly first.
_WORRIED = re.compile(
    r"\b(?:peur|stress\w*|angoiss\w*|inquiet\w*|honte|nulle?|bete|capable|pas assez|trop (?:vieux|vieille|age\w*|dur|"
    r"difficile)|perdue?s?|depasse\w*|rien compr\w*|sais (?:vraiment |meme )?pas|scared|afraid|nervous|anxious|worried|"
    r"ashamed|stupid|dumb|not (?:good|smart|clever|young) enough|too (?:old|hard|difficult|late)|lost|confused|"
    r"overwhelmed|idk|dunno|no idea|don't know)\b"
)
_SKIPS = re.compile(
    r"^\W*(?:passe[rz]?|suivante?|sauter?|peu importe|aucune? (?:idee|preference)|n'importe\b.*|rien|non|nsp|jsp|bof|"
    r"(?:je )?(?:ne )?sais (?:pas|plus)(?: trop| encore)?|skip|pass|next|no idea|none|whatever|not sure|no|dunno|idk|"
    r"(?:i )?(?:don't|do not|dont) (?:know|mind|care)|no preference|anything|any)\W*$"
)
#: What ends the questions, and the form that takes over; without one the intent's own action answers.
_INSTEAD: dict[str, str] = {
    **dict.fromkeys(["search_courses", "search_events", "refine_search", "list_sessions"], ""),
    **dict.fromkeys(["company_training", "request_quote", "start_over"], ""),
    "book_session": "booking_form",
    "cancel_booking": "cancel_form",
    "talk_to_human": "action_talk_to_human",
}
#: Words of a search that is no answer to what somebody would like to learn.
_SEARCHES = re.compile(
    r"\b(?:cherch\w*|trouv\w*|montr\w*|formations?|cours|stages?|courses?|trainings?|looking for|search\w*|find|show)\b"
)
#: Said to the assistant, and nothing of oneself ("I need help", "I only speak English").
_OF_THE_BOT = frozenset({"help", "bot_challenge", "switch_language", "talk_to_human", "ask_campus", "start_over"})
#: What somebody's life is taken for, however surely.
_OF_A_LIFE = frozenset({"inform", "search_courses", "refine_search", "chitchat", "give_feedback", "out_of_scope"})
#: Who speaks of what they are or did, and of nothing that they want.
_OF_THEMSELVES = re.compile(
    r"\W*(?:euh |ben |well |um )?(?:je |j'|j |jai |jsuis |chuis? |moi |en fait je |ancien|ex[- ]|"
    r"en reconversion|jamais |i |i'm |i've |im |ive |my |mon |ma |never |former |currently |actuellement |avant )"
)
_WANTS = re.compile(
    r"\b(?:veux|voudrais|voulais|aimerais|souhait\w*|prefer\w*|want|would|like|need|besoin|interess\w*|interested|learn|"
    r"apprendre|i'd|jveux|jvoudrais)\b"
)
#: Answered by their own rule; the question comes again.
_ASIDE = frozenset(
    ["ask_campus", "help", "bot_challenge", "chitchat", "thank", "greet", "switch_language", "give_feedback"]
)
#: Also answered by their own rule, where they are surely that and no answer.
_BESIDE = frozenset(["course_details", "compare_courses", "show_more", "check_booking"])
_SURE = 0.8


class AskAdvice(CampusAction):
    """Begin the questions, unless the message names a subject already."""

    action = "action_ask_advice"
    yields = "utter_courses_found"

    async def act(self, turn: Turn) -> list[Event]:
        if distressed(turn):
            offer_person(turn)
            return []
        item = pointed_at(turn, shown_items(turn)) if turn.values("reference") else None
        if item:
            return await tell_item(turn, item)  # "I think the third one suits me best"
        criteria = crit.read(turn)
        if any(subject in criteria for subject in crit.SUBJECT) and criteria.get("topic") != FIRST_STEPS["topic"]:
            return await show_courses(turn, criteria, None)
        if criteria.get("topic") == FIRST_STEPS["topic"]:  # "I want to see what biotech is": nothing need be asked
            return await show_courses(turn, {**criteria, **FIRST_STEPS}, "price")
        profile = turn.first("profile")
        names = profile is None and subjects.said(turn)
        instead = await courses_instead(turn, "utter_courses_on_subject", SURE) if names else None
        if instead is not None:
            return instead
        turn.say("utter_advice_begins_worried" if _WORRIED.search(fold(turn.text)) else "utter_advice_begins")
        return [
            SlotSet(PROFILE, str(profile)[:_LONGEST] if profile else None),
            SlotSet(SUBJECT, None),
            SlotSet(TIME, None),
            FollowupAction("advice_form"),
        ]


class ValidateAdviceForm(CampusAction):
    """Takes an answer, lets a question be left out, and makes way for whatever else is wanted."""

    action = "validate_advice_form"
    offers_person = True

    async def act(self, turn: Turn) -> list[Event]:
        asked = turn.slot("requested_slot")
        if asked not in QUESTIONS or not turn.fresh:
            return [SlotSet("requested_slot", _next(turn, {}))]
        if turn.intent in ("undo",) and not turn.pressed:
            before = QUESTIONS[max(0, QUESTIONS.index(asked) - 1)]
            return [SlotSet(before, None), SlotSet(asked, None), SlotSet("requested_slot", before)]
        if turn.question and not turn.first("topic") and _WORRIED.search(fold(turn.text)):
            turn.say("utter_advice_reassured")
            # a value is set again as it is: without one Rasa takes the form for rejected
            return [SlotSet(asked, turn.slot(asked)), SlotSet("requested_slot", asked)]
        answer = _answer(turn, asked)
        if answer is None and turn.intent in _INSTEAD:
            return [SlotSet(TIME, LEFT), SlotSet("requested_slot", None)]
        if answer is None and (_leaves(turn) or turn.intent == "decline_offer"):
            return [SlotSet(TIME, LEFT), SlotSet("requested_slot", None)]
        if answer is None:
            return []
        given = _placed(turn, asked, answer)
        return [*(SlotSet(*one) for one in given.items()), SlotSet("requested_slot", _next(turn, given))]


def _placed(turn: Turn, asked: str, answer: str) -> dict[str, str]:
    """The answer under the question that it answers: a subject, or a time, may be told before it is asked for."""
    if turn.pressed or answer == SKIPPED:
        return {asked: answer}
    told = _of_themselves(fold(turn.text).strip())
    if asked == PROFILE and turn.values("topic") and not (turn.first("profile") or told):
        return {PROFILE: SKIPPED, SUBJECT: str(turn.values("topic")[0])}
    only_time = {"max_days", "max_price"} & set(crit.read(turn)) or LITTLE.search(fold(turn.text))
    if asked == SUBJECT and only_time and not turn.values("topic"):
        return {SUBJECT: SKIPPED, TIME: answer}
    return {asked: answer}


def _leaves(turn: Turn) -> bool:
    """Whether a message says goodbye, and does not only resemble one ("I was a cashier")."""
    return turn.intent == "goodbye" and (turn.confidence >= _SURE or has(turn.text, "end"))


def _next(turn: Turn, given: dict[str, str]) -> str | None:
    return next((name for name in QUESTIONS if (given.get(name) or turn.slot(name)) is None), None)


def _answer(turn: Turn, asked: str) -> str | None:
    """What a message answers, `SKIPPED` where the question is left out, None where it is no answer."""
    if turn.first("advice"):
        return str(turn.first("advice"))
    if turn.pressed:
        topics = turn.values("topic")
        return str(topics[0]) if topics and asked == SUBJECT else SKIPPED if turn.intent == "deny" else None
    text = fold(turn.text).strip()
    if _SKIPS.match(text) or (turn.intent in ("deny", "ask_advice") and not turn.first("profile")):
        return SKIPPED
    open_ = turn.intent in _OF_A_LIFE or turn.confidence < _SURE
    if asked == PROFILE and not turn.question and open_ and turn.intent not in _OF_THE_BOT and _of_themselves(text):
        return turn.text[:_LONGEST]
    aside = turn.intent in _ASIDE and turn.confidence >= DOUBTFUL
    if turn.question or (aside and not crit.read(turn) and not turn.first("profile")):
        return None
    named = crit.read(turn)
    if asked == TIME:
        if FREE.search(text) or LITTLE.search(text) or {"max_days", "max_price"} & set(named):
            return turn.text[:_LONGEST]
        return None if turn.intent in _INSTEAD and turn.confidence >= _SURE else turn.text[:_LONGEST]
    if asked == PROFILE and not turn.first("profile"):
        begun = set(about(turn)) & {*crit.SUBJECT, "operator"} or turn.first("course")
        if turn.intent in _INSTEAD and turn.confidence >= _SURE and begun:
            return None  # a search in the middle wins
    if turn.intent in _INSTEAD and turn.intent not in ("search_courses", "refine_search") and turn.confidence >= _SURE:
        return None
    if turn.intent == "start_over" or _leaves(turn):
        return None
    if turn.intent in _BESIDE and turn.confidence >= _SURE:
        return None
    if turn.intent in _INSTEAD and _SEARCHES.search(text) and not turn.first("profile"):
        return None  # a search in the middle wins
    if asked == SUBJECT and turn.values("topic"):
        return str(turn.values("topic")[0])
    if asked == PROFILE and turn.first("profile"):
        return str(turn.first("profile"))[:_LONGEST]
    return turn.text[:_LONGEST]


def _of_themselves(text: str) -> bool:
    return bool(_OF_THEMSELVES.match(text)) and not (_SEARCHES.search(text) or _WANTS.search(text))


class AskProfile(CampusAction):
    """Ask what somebody does or did; any answer will do."""

    action = "action_ask_advice_form_advice_profile"

    async def act(self, turn: Turn) -> list[Event]:
        turn.say("utter_ask_advice_profile", buttons=_offers(turn, PROFILE, ("beginning", "lab", "production")))
        return []


class AskSubject(CampusAction):
    """Ask what it is for."""

    action = "action_ask_advice_form_advice_subject"

    async def act(self, turn: Turn) -> list[Event]:
        skip = turn.button("advice_skip", "/deny")
        topics = [
            {"title": button["title"], "payload": button["payload"].replace("/search_courses", "/inform")}
            for button in topic_buttons(turn)
        ]
        turn.say("utter_ask_advice_subject", buttons=[*topics[:4], skip])
        return []


class AskTime(CampusAction):
    """Ask for how much time or money."""

    action = "action_ask_advice_form_advice_time"

    async def act(self, turn: Turn) -> list[Event]:
        turn.say("utter_ask_advice_time", buttons=_offers(turn, TIME, ("free", "day", "days")))
        return []


def _offers(turn: Turn, question: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    buttons = [turn.button(f"advice_{name}", f'/inform{{"advice": "{name}"}}') for name in names]
    return [*buttons, turn.button("advice_skip", "/deny")]


class SubmitAdvice(CampusAction):
    """Three courses and why each of them."""

    action = "action_submit_advice"

    async def act(self, turn: Turn) -> list[Event]:
        forgotten = [SlotSet(name, None) for name in QUESTIONS]
        if turn.slot(TIME) == LEFT:
            wanted = _INSTEAD.get(turn.intent)
            if wanted:
                return [*forgotten, FollowupAction(wanted)]
            if wanted is not None:
                return [*forgotten, *(await _done_instead(turn))]
            turn.say("utter_goodbye")
            return forgotten
        courses, asked = await three_courses(turn)
        if not courses:
            turn.say("utter_ask_field", buttons=topic_buttons(turn))
            return forgotten
        lines = [told(turn, course, place, asked) for place, course in enumerate(courses, 1)]
        turn.say(
            "utter_advice",
            buttons=course_buttons(courses),
            cards=[course_card(course) for course in courses],
            lines="\n".join(lines),
            demo=demo(turn, courses),
        )
        return [
            *forgotten,
            SlotSet("criteria", asked["subject"]),
            SlotSet("course", None),
            shown([course_item(course) for course in courses]),
        ]


async def _done_instead(turn: Turn) -> list[Event]:
    """What the message asks for in place of an answer."""
    from bot.actions.companies.training import CompanyTraining
    from bot.actions.conversation import StartOver
    from bot.actions.courses.searching import RefineSearch, SearchCourses
    from bot.actions.courses.sessions import ListSessions, SearchEvents

    actions: dict[str, type[CampusAction]] = {
        "search_events": SearchEvents,
        "refine_search": RefineSearch,
        "list_sessions": ListSessions,
        "company_training": CompanyTraining,
        "request_quote": CompanyTraining,
        "start_over": StartOver,
    }
    return await actions.get(turn.intent, SearchCourses)().act(turn)
