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

from bot import snapshot
from bot.actions import criteria as crit
from bot.actions import formatting, subjects
from bot.actions.companies.lines import candidates
from bot.actions.companies.places import CAMPUS, CLIENT, named_place, place_of
from bot.actions.companies.quoting import TOLD
from bot.actions.courses.focus import gist, named_course, on_screen
from bot.actions.courses.lists import demo, words
from bot.actions.showing import bookable, session_card, session_item, shown
from bot.actions.tasks import KINDS, Kind, Over, Task, begin
from bot.actions.turn import DOUBTFUL, Button, Event, Turn
from bot.nlu.counted import PROFESSIONS
from bot.nlu.number_words import numbers
from bot.nlu.spans import fold
from bot.responses import LANGUAGES
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
        if asked is not None and turn.question and turn.intent == "ask_campus":
            return {}  # "where can one park at your place?"
        given: Json = {}
        for step, value in (
            ("people", _people(turn)),
            ("period", turn.first("period")),
            ("budget", turn.first("max_price")),
            ("place", turn.first("place") if turn.pressed else place_of(turn.text)),
            ("language", turn.first("course_language") or _asked_language(turn, asked)),
            ("functions", _functions(turn)),
        ):
            if value is not None:
                given[step] = value
        if "people" in given and not 1 <= int(given["people"]) <= 10_000:
            given.pop("people")
        known = "subject" in task.values
        if (asked in (None, "subject") and not known) or turn.first("course") or _topics(turn):
            subject = await _subject(turn, asked)
            given.update({"subject": subject} if subject else {})
        free = not (turn.pressed or turn.question or given) and turn.intent not in _NO_DATA and turn.intent != "deny"
        contact = any(turn.first(one) for one in ("email", "phone", "company", "person"))
        if asked in ("functions", "period", "budget") and free and not contact:
            given[asked] = " ".join(turn.text.split())[:LONGEST]
        elif asked == "place" and "place" not in given and (somewhere := named_place(turn, alone=free)):
            given["place"] = somewhere
        return given

    async def check(self, task: Task) -> None:
        """One person alone needs no academy, only the courses that are open to all. Raises Over."""
        values = task.values
        if values.get("people") == 1 and "subject" in values and values.get("place") != CLIENT:
            raise Over(await _open_to_all(task.turn, values))

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
        schemes = [
            _scheme(turn, one) for one in (await turn.service.funding())["items"] if one["status"] != "abolished"
        ]
        buttons = _next(turn, sessions, people, operators)
        turn.say(
            "utter_company_plan",
            buttons=None if schemes else buttons,  # they stand below what is said last
            cards=[session_card(session) for session in sessions],
            needs=text,
            public=_public(turn, sessions, people, lacking),
            private=_private(turn, operators),
            demo=demo(turn, sessions),
        )
        if schemes:
            turn.say("utter_company_funding", buttons=buttons, lines="\n".join(schemes))
        told = SlotSet(TOLD, {"text": text.replace("\n", " ; "), "people": people, "values": values})
        return [told, *([shown([session_item(session) for session in sessions])] if sessions else [])]


#: "Ce n'est plus 12 mais 14".
_INSTEAD = re.compile(r"\b(?:pas|plus|not|no longer) \d{1,4} (?:personnes |people )?(?:mais|but) (?P<people>\d{1,4})\b")
_STOP = re.compile(r"^\W*(?:stop|laissez? tomber|annulez?|never ?mind|cancel|forget it|plus tard|later)\W*$")


def _asked_language(turn: Turn, asked: str | None) -> Any:
    """A language to be taught in that reads like one to be spoken to in, beside a date or where it was asked for."""
    return turn.first("requested_language") if asked == "language" or turn.first("period") else None


def is_team(turn: Turn) -> bool:
    """Whether a message counts people and says what they do ("12 operators in GMP")."""
    return (_people(turn) or 0) > 1 and _functions(turn) is not None


def is_specific(turn: Turn) -> bool:
    """Whether a message of a company tells something of what it needs."""
    named = crit.read(turn)
    return bool(turn.first("course") or set(named) - {"access_code", "q"} or _functions(turn)) or (
        place_of(turn.text) is not None and len(turn.text.split()) > 2
    )


async def described(turn: Turn) -> list[Event] | None:
    """What is told after what there is for companies was said, or changed after the plan: the needs go on from there.

    Returns:
        the events that go on with the needs, or None where the message tells or changes none of them.
    """
    last = turn.told_last
    told = dict((turn.slot(TOLD) or {}).get("values") or {}) if "utter_company_plan" in last else {}
    if not (told or "utter_company_training" in last) or turn.pressed:
        return None
    if told and _TAILORED.search(fold(turn.text)) and not turn.asks:
        return begin(turn, KINDS["quote"], needs=str((turn.slot(TOLD) or {}).get("text") or "-"))
    if turn.intent not in _TELLING and turn.confidence >= DOUBTFUL:
        return None
    kind = KINDS[Needing.name]
    read = await kind.read(Task(turn, kind, dict(told)))
    if not (turn.first("course") or _topics(turn) or subjects.said(turn)):
        read.pop("subject", None)  # that of the course on screen is told by nobody
    if all(told.get(step) == value for step, value in read.items()):
        return None
    return begin(turn, kind, **told)


#: The offer that a person makes, as the button below the plan has it.
_TAILORED = re.compile(
    r"\b(?:offre|proposition|devis) sur mesure\b|\b(?:tailor|custom)[ -]?made (?:offer|quote|proposal)\b"
)
#: What a message that tells or corrects a need may be taken for.
_TELLING = frozenset(
    {"search_courses", "refine_search", "inform", "list_sessions", "company_training", "change_booking", "deny", "undo"}
)


def _people(turn: Turn) -> int | None:
    """How many, also where the trade stands between ("20 maintenance technicians"), or one number was another."""
    folded = fold(turn.text)
    instead = None if turn.pressed else _INSTEAD.search(folded)
    if instead:
        return int(instead["people"])
    if turn.first("seats") is not None:
        return int(turn.first("seats"))
    trade = None if turn.pressed else _FUNCTIONS.search(folded)
    for number in reversed(numbers(folded[: trade.start()]) if trade else []):
        if not number.article and len(folded[number.end : trade.start() if trade else 0].split()) <= 2:
            return int(number.value)
    return None


def _functions(turn: Turn) -> str | None:
    """The jobs that a message names, from the first to the last, in its own words ("operators, not managers")."""
    found = [] if turn.pressed else list(_FUNCTIONS.finditer(fold(turn.text)))
    if not found:
        return None
    start, end = found[0].start(), found[-1].end()
    counted = _COUNTED.search(turn.text[:start]) if _FIGURE.search(turn.text[start:end]) else None
    return turn.text[counted.start() if counted else start : end]  # "8 operators and 4 technicians"


_COUNTED = re.compile(r"\d+ $")
_FIGURE = re.compile(r"\d")


async def _subject(turn: Turn, asked: str | None) -> Json | None:
    """What it is about: a course, a topic, or words on which something is taught."""
    topics = _topics(turn)
    course = turn.first("course")
    if course is None and not _names_field(turn, topics):
        course = named_course(turn, whole_name=asked is None)
    if course is None and asked is None and not topics:
        course = on_screen(turn)
    if course:
        title = (await turn.service.course(course, access_code=turn.slot("access_code")))["title"]
        return {"course": course, "words": title}
    if topics:
        return {"topic": topics, "words": words(turn, {"topic": topics})}
    if asked == "subject" and not turn.pressed and turn.intent not in _NO_DATA and turn.intent != "deny":
        said = subjects.said(turn) or turn.text.strip()
        return {"q": [said], "words": said[:LONGEST]} if any(sign.isalpha() for sign in said) else None
    said = subjects.said(turn)
    trade = set(fold(" ".join([_functions(turn) or "", *map(str, turn.values("profile"))])).split())
    if asked is None and said and set(fold(said).split()) - trade and subjects.is_certain(turn, said):
        return {"q": [said], "words": said} if await candidates(turn) else None
    return None


def _topics(turn: Turn) -> list[str]:
    """The fields that a message names; "not managers" names a job and none."""
    jobs = [] if turn.pressed else [found.span() for found in _FUNCTIONS.finditer(fold(turn.text))]
    named = crit.read(turn).get("topic", [])
    of_jobs = {
        entity["value"]
        for entity in turn.entities
        if entity.get("entity") == "topic" and any(start <= entity.get("start", -1) < end for start, end in jobs)
    }
    return [str(topic) for topic in named if not str(topic).startswith("!") and topic not in of_jobs]


def _names_field(turn: Turn, topics: list[str]) -> bool:
    """Whether the words of a field are what it is called ("GMP"), rather than one course of it too ("TIA Portal")."""
    for entity in turn.entities:
        if entity.get("entity") != "topic" or entity.get("start") is None or entity["value"] not in topics:
            continue
        said = set(gist(turn.text[entity["start"] : entity["end"]]).split())
        if any(said <= set(gist(snapshot.names(lang)["topic"][entity["value"]]).split()) for lang in LANGUAGES):
            return True
    return False


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


async def _open_to_all(turn: Turn, values: Json) -> list[Event]:
    """The course that is needed, or the courses on the subject."""
    from bot.actions.courses.searching import show_courses
    from bot.actions.courses.telling import tell_course

    turn.say("utter_needs_for_one")
    wanted = _criteria(values)
    wanted.pop("seats")
    course = wanted.pop("course", None)
    return await (tell_course(turn, course[0], wanted) if course else show_courses(turn, wanted, None))


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
        "place": _place(turn, values.get("place")),
        "language": formatting.language_name(values["language"], turn.lang) if values.get("language") else None,
        "budget": _budget(turn, values.get("budget"), people),
    }
    return "\n".join(turn.part(f"needs_line_{name}", value=value) for name, value in told.items() if value)


def _place(turn: Turn, place: Any) -> str | None:
    return turn.part(f"needs_{place}") if place in (CLIENT, CAMPUS) else place or None


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
