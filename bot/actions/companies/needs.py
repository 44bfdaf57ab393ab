"""What a company needs, in a few questions; then public sessions and a private academy side by side.

What was said is not asked again, and everything but the subject and the number of people may stay open. Nothing is
written: from the answer a quote is asked for, or the operator's contact takes over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from rasa_sdk.events import SlotSet

from bot.actions import criteria as crit
from bot.actions import formatting, subjects
from bot.actions.companies.lines import candidates
from bot.actions.companies.places import place_of
from bot.actions.companies.quoting import TOLD
from bot.actions.courses.focus import named_course, on_screen
from bot.actions.courses.lists import demo, words
from bot.actions.showing import bookable, session_card, session_item, shown
from bot.actions.tasks import Kind, Over, Task
from bot.actions.turn import Button, Event, Turn
from bot.nlu.counted import PROFESSIONS
from bot.nlu.number_words import numbers
from bot.nlu.spans import fold
from bot.service import Json

#: Public sessions that are told, and letters of what is said freely.
SESSIONS, LONGEST = 3, 120
_FUNCTIONS = re.compile(
    rf"\b(?:{PROFESSIONS}|chefs? d'equipe|superviseurs?|laborantine?s?|qualiticien(?:ne)?s?|magasiniers?|"
    rf"mainteneurs?|"
    r"shift leaders?|supervisors?|analysts?|analystes?|managers?|newcomers|new hires|nouveaux engages|interimaires)"
    r"(?: (?:de|du|d'|en|of) ?(?:la |le |l')?(?:production|maintenance|laboratoire|labo|qualite|ligne|lab|"
    r"quality|nuit)\b)?"
)
_WHATEVER = re.compile(
    r"^\W*(?:peu importe|n'importe\w*.{0,12}|(?:je )?(?:ne )?sais? pas(?: encore)?|aucune idee|"
    r"pas (?:encore )?(?:decide|fixe|de (?:budget|date|preference))(?: fixee?| precise| encore)?|no (?:budget|"
    r"date)(?: set| yet| fixed)?|"
    r"(?:ca|cela) (?:m'est|nous est) egal|les deux|comme vous (?:voulez|preferez)|a voir|flexible|no preference|"
    r"(?:i )?(?:don'?t|do not) (?:know|mind)"
    r"(?: yet)?|not (?:sure|decided|yet)(?: yet)?|either|any(?: time| will do)?|both|no idea|whenever|open|"
    r"whatever)\W*$"
)
#: What is wanted instead of an answer, whatever the words.
_NO_DATA = frozenset({"talk_to_human", "help", "bot_challenge", "switch_language", "ask_campus", "request_quote"})


class Needing(Kind):
    """Subject, people, functions, time, place, language, budget: one question for each that was not said."""

    name = "company_needs"
    intents: ClassVar[frozenset[str]] = frozenset()
    optional: ClassVar[frozenset[str]] = frozenset({"functions", "period", "place", "language", "budget"})
    confirms: ClassVar[bool] = False
    stopped = "utter_no_needs"

    def steps(self, task: Task) -> Sequence[str]:
        return ["subject", "people", "functions", "period", "place", "language", "budget"]

    async def read(self, task: Task) -> Json:
        turn, asked = task.turn, task.asked
        if asked in self.optional and not turn.pressed and _WHATEVER.search(fold(turn.text)):
            return {asked: ""}
        if asked is not None and not turn.pressed and _STOP.search(fold(turn.text)):
            turn.say(self.stopped)
            raise Over
        given: Json = {}
        aside = turn.question and turn.intent == "ask_campus"  # "where can one park at your place?"
        for step, value in (
            ("people", _people(turn)),
            ("period", turn.first("period")),
            ("budget", turn.first("max_price")),
            ("place", turn.first("place") if turn.pressed else None if aside else place_of(turn.text)),
            (
                "language",
                turn.first("course_language") or (turn.first("requested_language") if asked == "language" else None),
            ),
            ("functions", _functions(turn)),
        ):
            if value is not None:
                given[step] = value
        if "people" in given and not 1 <= int(given["people"]) <= 10_000:
            given.pop("people")
        if asked in (None, "subject") or turn.first("course") or turn.first("topic"):
            subject = await _subject(turn, asked)
            given.update({"subject": subject} if subject else {})
        free = not turn.pressed and not turn.question and turn.intent not in _NO_DATA and turn.intent != "deny"
        if asked in ("functions", "period", "budget") and asked not in given and free:
            given[asked] = " ".join(turn.text.split())[:LONGEST]
        return given

    async def ask(self, task: Task) -> list[Event]:
        turn, asked = task.turn, task.asked
        buttons: list[Button] = []
        if asked == "place":
            buttons = [turn.button(f"needs_{one}", f'/inform{{"place": "{one}"}}') for one in ("client", "campus")]
        elif asked == "language":
            buttons = [turn.button(f"needs_{one}", f'/inform{{"course_language": "{one}"}}') for one in ("fr", "en")]
        if asked in self.optional:
            buttons.append(turn.button("needs_open", "/deny"))
        turn.say(f"utter_ask_needs_{asked}", buttons=buttons)
        return []

    async def summarise(self, task: Task) -> list[Event]:
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, values = task.turn, task.values
        wanted = _criteria(values)
        sessions, lacking = await _sessions(turn, wanted)
        operators = await _operators(turn, values["subject"], sessions)
        people = int(values["people"])
        text = _in_words(turn, values)
        turn.say(
            "utter_company_plan",
            buttons=_next(turn, sessions, people, operators),
            cards=[session_card(session) for session in sessions],
            needs=text,
            public=_public(turn, sessions, people, lacking),
            private=_private(turn, operators),
            demo=demo(turn, sessions),
        )
        schemes = [
            _scheme(turn, one) for one in (await turn.service.funding())["items"] if one["status"] != "abolished"
        ]
        if schemes:
            turn.say("utter_company_funding", lines="\n".join(schemes))
        told = SlotSet(TOLD, {"text": text.replace("\n", " ; "), "people": people})
        return [told, *([shown([session_item(session) for session in sessions])] if sessions else [])]


_STOP = re.compile(r"^\W*(?:stop|laissez? tomber|annulez?|never ?mind|cancel|forget it|plus tard|later)\W*$")


def is_specific(turn: Turn) -> bool:
    """Whether a message of a company tells something of what it needs."""
    named = crit.read(turn)
    return bool(turn.first("course") or set(named) - {"access_code", "q"} or _functions(turn)) or (
        place_of(turn.text) is not None and len(turn.text.split()) > 2
    )


def _people(turn: Turn) -> int | None:
    """How many, also where the trade stands between ("20 maintenance technicians")."""
    if turn.first("seats") is not None:
        return int(turn.first("seats"))
    folded = fold(turn.text)
    trade = None if turn.pressed else _FUNCTIONS.search(folded)
    for number in reversed(numbers(folded[: trade.start()]) if trade else []):
        if not number.article and len(folded[number.end : trade.start() if trade else 0].split()) <= 2:
            return int(number.value)
    return None


def _functions(turn: Turn) -> str | None:
    found = None if turn.pressed else _FUNCTIONS.search(fold(turn.text))
    return turn.text[found.start() : found.end()] if found else None


async def _subject(turn: Turn, asked: str | None) -> Json | None:
    """What it is about: a course, a topic, or words on which something is taught."""
    course = named_course(turn, whole_name=asked is None) or (on_screen(turn) if asked is None else None)
    if course:
        title = (await turn.service.course(course, access_code=turn.slot("access_code")))["title"]
        return {"course": course, "words": title}
    named = crit.read(turn)
    if "topic" in named:
        return {"topic": named["topic"], "words": words(turn, {"topic": named["topic"]})}
    if asked == "subject" and not turn.pressed and turn.intent not in _NO_DATA and turn.intent != "deny":
        said = subjects.said(turn) or turn.text.strip()
        return {"q": [said], "words": said[:LONGEST]} if any(sign.isalpha() for sign in said) else None
    said = subjects.said(turn)
    trade = set(fold(" ".join([_functions(turn) or "", *map(str, turn.values("profile"))])).split())
    if asked is None and said and set(fold(said).split()) - trade and subjects.is_certain(turn, said):
        return {"q": [said], "words": said} if await candidates(turn) else None
    return None


def _criteria(values: Json) -> crit.Criteria:
    """The needs as criteria of public sessions; a budget is the whole team's, and said rather than searched by."""
    wanted: crit.Criteria = {name: values["subject"][name] for name in crit.SUBJECT if name in values["subject"]}
    if "/" in str(values.get("period") or ""):
        wanted["period"] = [values["period"]]
    if values.get("language"):
        wanted["language"] = [values["language"]]
    wanted["seats"] = [int(values["people"])]
    if values["subject"].get("course"):
        wanted["course"] = [values["subject"]["course"]]
    return wanted


async def _sessions(turn: Turn, wanted: crit.Criteria) -> tuple[list[Json], crit.Criteria]:
    """Public sessions with room that fit, or those that fit all but what is given up, which comes second."""
    held = dict(wanted)
    lacking: crit.Criteria = {}
    course = held.pop("course", None)
    for name in (None, "seats", "language", "period"):
        if name is not None and name in held:
            lacking[name] = held.pop(name)
        elif name is not None:
            continue
        query: Json = {**crit.query(held), "limit": 10, "sort": "start"}
        found = await (
            turn.service.course_sessions(course[0], **query)
            if course
            else turn.service.sessions(kind="course", **query)
        )
        free = [session for session in found["items"] if bookable(session)][:SESSIONS]
        if free:
            return free, lacking
    return [], lacking


async def _operators(turn: Turn, subject: Json, sessions: list[Json]) -> list[Json]:
    """Who gives courses on it: ``{id, name}`` each, the one of the sessions first."""
    if subject.get("course"):
        return [(await turn.service.course(subject["course"], access_code=turn.slot("access_code")))["operator"]]
    named = {name: subject[name] for name in crit.SUBJECT if name in subject}
    found = await turn.service.courses(**crit.query(named), kind="course", limit=10)
    order = [session["course_id"] for session in sessions]
    courses = sorted(found["items"], key=lambda one: order.index(one["id"]) if one["id"] in order else len(order))
    return list({course["operator"]["id"]: course["operator"] for course in courses}.values())


def _public(turn: Turn, sessions: list[Json], people: int, lacking: crit.Criteria) -> str:
    if not sessions:
        return turn.part("plan_no_public")
    lines = [_line(turn, session, people) for session in sessions]
    if lacking:
        lines.insert(0, turn.part("plan_lacking", lacking=words(turn, lacking)))
    return "\n".join(lines)


def _line(turn: Turn, session: Json, people: int) -> str:
    total = Decimal(session["price"]["amount"]) * people
    return turn.part(
        "plan_session",
        title=session["title"],
        when=formatting.when(session["meetings"], turn.lang),
        language=formatting.language_name(session["language"], turn.lang),
        room=formatting.plural("utter_part_seats_left", session["seats_free"], turn.lang),
        total=formatting.price(str(total), turn.lang),
        people=formatting.plural("utter_part_people", people, turn.lang),
    )


def _private(turn: Turn, operators: list[Json]) -> str:
    if not operators:
        return turn.part("plan_private_campus")
    return turn.part("plan_private", operators=formatting.joined([one["name"] for one in operators[:3]], turn.lang))


def _in_words(turn: Turn, values: Json) -> str:
    """The needs, a line each; what stayed open is left out."""
    people = int(values["people"])
    told: dict[str, Any] = {
        "subject": values["subject"]["words"],
        "people": formatting.plural("utter_part_people", people, turn.lang),
        "functions": values.get("functions"),
        "period": crit.period(values["period"], turn.lang)
        if "/" in str(values.get("period"))
        else values.get("period"),
        "place": turn.part(f"needs_{values['place']}") if values.get("place") else None,
        "language": formatting.language_name(values["language"], turn.lang) if values.get("language") else None,
        "budget": _budget(turn, values.get("budget"), people),
    }
    return "\n".join(turn.part(f"needs_line_{name}", value=value) for name, value in told.items() if value)


def _budget(turn: Turn, budget: Any, people: int) -> str | None:
    if budget in (None, "") or isinstance(budget, str):
        return budget or None
    each = formatting.money(str(round(Decimal(str(budget)) / people, 2)), turn.lang)
    return turn.part("needs_budget", total=formatting.money(str(budget), turn.lang), each=each)


def _scheme(turn: Turn, scheme: Json) -> str:
    day = formatting.calendar_day(scheme["checked_on"], turn.lang) if scheme.get("checked_on") else "–"
    return turn.part(
        "funding_line",
        name=scheme["name"],
        status=turn.part(f"funding_{scheme['status']}"),
        day=day,
        source=scheme.get("source") or turn.part("funding_no_source"),
    )


def _next(turn: Turn, sessions: list[Json], people: int, operators: list[Json]) -> list[Button]:
    buttons = [
        turn.button(
            "plan_quote",
            f'/request_quote{{"session": "{session["id"]}", "seats": {people}}}',
            day=formatting.day(formatting.moment(session["start"]).date(), turn.lang),
        )
        for session in sessions
        if session["seats_free"] >= people
    ]
    buttons.append(turn.button("plan_private", '/request_quote{"needs": "told"}'))
    if operators:
        payload = f'/talk_to_human{{"operator": "{operators[0]["id"]}"}}'
        buttons.append(turn.button("plan_operator", payload, operator=operators[0]["name"]))
    return buttons
