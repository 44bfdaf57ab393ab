"""A quote: seats of one or more sessions, or needs from which a person makes an offer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk.events import SlotSet

from bot.actions import criteria as crit
from bot.actions import formatting
from bot.actions.bookings import people
from bot.actions.bookings.booking import forgotten
from bot.actions.bookings.picking import on_the_dates, picked
from bot.actions.bookings.words import only
from bot.actions.companies.asked import existing
from bot.actions.companies.lines import candidates, counted, several
from bot.actions.companies.places import at_their_place
from bot.actions.companies.replacing import has_room, made, of_what_is_held
from bot.actions.companies.said import company_given, company_named, company_said
from bot.actions.companies.telling import offered, quote_card, wanted_line
from bot.actions.courses.focus import course_in_focus, named_course
from bot.actions.courses.lists import SESSIONS
from bot.actions.references import shown_items
from bot.actions.showing import bookable, session_card, session_item, session_line, short_title, shown
from bot.actions.tasks import Kind, Over, Task, yes_and_no
from bot.actions.turn import DOUBTFUL, Button, Event, Turn
from bot.nlu.number_words import numbers
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: Letters of a company's name and of what is needed, at most (the service's own limits are wider).
_COMPANY, _NEEDS = 120, 2000
#: What is wanted instead of giving a name or a need, whatever the words.
_NO_DATA = frozenset({"talk_to_human", "help", "bot_challenge", "switch_language", "ask_campus"})
#: Words from which on a message tells what is needed.
ENOUGH = 7
#: Words from which on an answer tells a need; a date or a number alone tells none.
_TELLS = 5
#: The slot with what a company told of its needs.
TOLD = "company_needs"
#: Whoever has no number of a purchase order yet.
_NO_NUMBER = re.compile(
    r"\b(?:pas|aucun|sans|no|don'?t have|without|not)\b[^\d]{0,20}\b(?:bons?|commande|numero|po|purchase order|order|"
    r"number|reference)\b(?!.*\d)"
)
#: A purchase order, by its name.
_ORDER = re.compile(r"\b(?:bons? de commande|purchase orders?|po)\b")
#: "Forget the quote", in the middle of it.
_DROPS = re.compile(
    r"\b(?:laisse[zr]?|oublie[zr]?|annule[zr]?|abandonne[zr]?|forget|drop|cancel|stop)\b.{0,12}\b(?:devis|quote|"
    r"quotation|offre)\b"
    r"|\b(?:veux|voulons|souhaite|want|need)\b.{0,8}\b(?:pas|plus|no|not any)\b.{0,6}\b(?:devis|quote)\b"
    r"|\b(?:don'?t|do not) (?:want|need) (?:a|any|the|your) (?:quote|quotation)\b"
)


class Quoting(Kind):
    """Seats are held with the quote until its day; nothing is owed before it is accepted."""

    name = "quote"
    intents: ClassVar[frozenset[str]] = frozenset({"request_quote"})
    optional: ClassVar[frozenset[str]] = frozenset({"po"})
    agreed_by: ClassVar[frozenset[str]] = frozenset({"accept_quote"})
    stopped = "utter_no_quote"

    def steps(self, task: Task) -> Sequence[str]:
        who = ["company", "name", "email"]
        if "needs" in task.values or not ("course" in task.values or "session" in task.values):
            return ["needs", *who]
        return ["session", "seats", *who, "po"]

    async def begin(self, task: Task) -> None:
        turn = task.turn
        if "instead_of" in task.values:
            return
        await existing(turn)
        if of_what_is_held(turn):
            task.values.update(session=turn.slot("session_id"), seats=turn.slot("seats"), held=turn.slot("hold"))
            task.values["course"] = turn.slot("course")
        for step, slot in (("name", "contact_name"), ("email", "contact_email")):
            if turn.slot(slot):
                task.values[step] = turn.slot(slot)
        if turn.slot(TOLD) and not turn.slot("last_quote"):
            task.values["seats"] = int(turn.slot(TOLD)["people"])
        if turn.first("needs"):
            task.values["needs"] = str((turn.slot(TOLD) or {}).get("text") or "-")[:_NEEDS]
            return
        if "held" in task.values:
            return
        lines = several(turn)
        if not lines and counted(turn):
            turn.say("utter_quote_one_by_one")
        course = lines[0]["course"] if lines else named_course(turn) or course_in_focus(turn)
        if at_their_place(turn.text) and len(turn.text.split()) > ENOUGH:
            task.values["needs"] = turn.text.strip()[:_NEEDS]
        elif turn.slot("access_code") and not lines and (chosen := await self._choose(task)):
            task.values.update(chosen)  # what the code opens is in no list of names
        elif course:
            task.values["course"] = course
            if lines:
                task.values.update(seats=lines[0]["seats"], more=lines[1:])
        elif not turn.first("session"):
            task.values.update(await self._choose(task))

    @staticmethod
    async def _choose(task: Task) -> Json:
        """The one course that the subject of the message means, or those that it may mean, if it has one."""
        found = await candidates(task.turn)
        if len(found) == 1:
            return {"course": found[0]["id"]}
        return {"courses": found, "said": task.turn.text.strip()[:_NEEDS]} if found else {}

    async def read(self, task: Task) -> Json:
        turn, asked = task.turn, task.asked
        given: Json = {}
        if asked is not None and not turn.pressed and _DROPS.search(fold(turn.text)):
            turn.say(self.stopped)
            raise Over
        speaks = asked in ("needs", "session") and turn.intent not in _NO_DATA  # "am I talking with an AI?" names none
        course = named_course(turn) if speaks and not at_their_place(turn.text) else None
        if asked == "needs" and course is None:
            course = _of_those(turn, task.values.get("courses") or [])
        if course and course != task.values.get("undated"):
            given["course"] = course
            task.values.pop("needs", None)
        else:
            course = None
        session = turn.first("session") or await self._pointed_at(task)
        if session:
            given["session"] = str(session)
        seats = _seats(turn, asked)
        if seats is not None and 1 <= seats <= 100 and "more" not in task.values:
            given["seats"] = seats
        if turn.first("email"):
            given["email"] = str(turn.first("email"))
        if turn.first("po_number"):
            given["po"] = str(turn.first("po_number"))
        if asked is not None and turn.intent == "decline_offer" and turn.confidence >= DOUBTFUL:
            turn.say(self.stopped)
            raise Over
        other = _wants_else(turn, asked)
        free = not turn.pressed and not turn.question and turn.intent not in ("deny", "start_over", "undo", "goodbye")
        free = (
            free
            and not (other and (asked != "needs" or turn.intent not in _NO_DATA))
            and any(sign.isalnum() for sign in turn.text)
        )
        free = free and not (asked in ("company", "name") and _asks(turn))
        free = free and not (asked in ("company", "name") and only(turn.text, "yes", "no", "polite", "end"))
        company = company_named(turn)
        if company and not (asked == "company" and free):
            given["company"] = company[:_COMPANY]
        elif asked == "company" and free and len(turn.text) <= _COMPANY and not (_points(turn) or turn.first("email")):
            given["company"] = company_given(turn.text, company, turn.plain)
        elif asked == "company" and free and turn.first("email"):
            given.update(_all_at_once(turn))
        if asked in (None, "session") and "email" in given and len(str(turn.first("person") or "").split()) > 1:
            given["name"] = people.capitalised(str(turn.first("person")))
        if asked == "name" and not (turn.pressed or turn.question or turn.first("company")):
            name = people.given_name(turn.text, turn.first("person"))
            whole = bool(name) and people.is_first(str(name).split()[0]) and len(str(name).split()) > 1
            given.update({"name": name} if name and (free or whole) else {})
        if asked is not None and "po" not in given and not turn.pressed and _NO_NUMBER.search(fold(turn.text)):
            given.update({"po": ""} if asked == "po" or _ORDER.search(fold(turn.text)) else {})
        if asked == "po" and free and "po" not in given and is_number(turn.text):
            given["po"] = turn.text.strip()[:60]
        if turn.first("needs") and asked is not None:
            given["needs"] = str(task.values.get("said") or _said(turn))
        elif asked == "needs" and free and not course and not turn.first("session"):
            given.update(await self._needs(task))
        return given

    async def _needs(self, task: Task) -> Json:
        """What a message tells of the needs; a subject that courses are given on is chosen among them first."""
        turn = task.turn
        count = len(turn.text.split())
        if not at_their_place(turn.text) and count <= 2 * ENOUGH:
            chosen = await self._choose(task)
            if chosen:
                return chosen
        return {"needs": turn.text.strip()[:_NEEDS]} if count >= _TELLS else {}

    async def check(self, task: Task) -> None:
        """A date has room for all of them; of several courses one after the other gets its date."""
        values = task.values
        if "session" in values and "seats" in values and not await has_room(task):
            values.pop("session")
            task.asked = None
            return
        if not (values.get("more") and "session" in values and "seats" in values):
            return
        line = {"session_id": values.pop("session"), "seats": values.pop("seats")}
        following = values["more"].pop(0)
        values["lines"] = [*values.get("lines", []), line]
        values.update(course=following["course"], seats=following["seats"])
        task.asked = None

    async def _pointed_at(self, task: Task) -> str | None:
        turn, course = task.turn, task.values.get("course")
        if task.asked is None and "session" in task.values and not turn.values("period"):
            return None
        if task.asked not in (None, "session", "po", "yes"):
            return None
        items = [item for item in shown_items(turn, "session") if course in (None, item["course"])]
        if course and not items:
            items = [session_item(session) for session in await _open(turn, str(course))]
        if task.asked != "session" and not (turn.values("reference") or turn.values("period")):
            free = [item for item in items if item["bookable"]]
            return str(free[0]["id"]) if task.asked is None and len(free) == 1 else None
        item = picked(turn, items) or on_the_dates(turn, items)
        if item is None and course and turn.values("period"):  # a date that was not listed, for want of room
            then = await _open(turn, str(course), when=str(turn.first("period")))
            item = on_the_dates(turn, [session_item(session) for session in then])
        return str(item["id"]) if item and (item["bookable"] or turn.values("period")) else None

    async def ask(self, task: Task) -> list[Event]:
        turn = task.turn
        if task.asked == "needs" and task.values.get("courses"):
            turn.say("utter_ask_quote_course", buttons=[_course(one) for one in task.values["courses"]])
            return []
        if task.asked != "session":
            turn.say(f"utter_ask_quote_{task.asked}")
            return []
        wanted = int(task.values.get("seats", 1))
        course = str(task.values["course"])
        free = [one for one in await _open(turn, course) if bookable(one)]
        fitting = await _open(turn, course, wanted)  # also those beyond the first few dates
        sessions = [session for session in fitting if bookable(session) and session["seats_free"] >= wanted]
        if not sessions:
            turn.say("utter_quote_no_room" if free else "utter_quote_no_date")
            task.values["undated"] = task.values.pop("course")
            task.values.pop("courses", None)
            task.asked = "needs"
            return [task.event()]
        if task.times:
            turn.say("utter_ask_which_session", buttons=[_choose(turn, session) for session in sessions])
            return []
        turn.say(
            "utter_ask_quote_session",
            buttons=[_choose(turn, session) for session in sessions],
            cards=[session_card(session) for session in sessions],
            title=sessions[0]["title"],
            lines="\n".join(session_line(turn, one, place, with_title=False) for place, one in enumerate(sessions, 1)),
        )
        remembered = shown([session_item(session) for session in sessions])
        return [remembered, SlotSet("course", task.values["course"])]

    async def summarise(self, task: Task) -> list[Event]:
        turn, values = task.turn, task.values
        who: Json = {name: values[name] for name in ("company", "name", "email")}
        if values.get("needs"):
            turn.say("utter_ask_quote_by_needs", buttons=yes_and_no(turn, "quote_yes"), needs=values["needs"], **who)
            return []
        who["po"] = turn.part("quote_po", po=values["po"]) if values.get("po") else ""
        lines = _lines(values)
        sessions = [
            await turn.service.session(line["session_id"], access_code=turn.slot("access_code")) for line in lines
        ]
        cards = [session_card(session) for session in sessions]
        seats = [formatting.plural("utter_part_seats", line["seats"], turn.lang) for line in lines]
        if len(lines) > 1:
            told = [wanted_line(turn, session, count) for session, count in zip(sessions, seats, strict=True)]
            turn.say(
                "utter_ask_quote_lines",
                buttons=yes_and_no(turn, "quote_yes"),
                cards=cards,
                lines="\n".join(told),
                **who,
            )
            return []
        turn.say(
            "utter_ask_quote",
            buttons=yes_and_no(turn, "quote_yes"),
            cards=cards,
            title=sessions[0]["title"],
            when=formatting.when(sessions[0]["meetings"], turn.lang),
            seats=seats[0],
            price=formatting.price(sessions[0]["price"]["amount"], turn.lang),
            **who,
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, values = task.turn, task.values
        body: Json = {"company": values["company"], "contact": {"name": values["name"], "email": values["email"]}}
        if values.get("needs"):
            body["needs"] = values["needs"]
        else:
            body["lines"] = _lines(values)
        body |= {"po_number": values["po"]} if values.get("po") else {}
        body |= {"access_code": turn.slot("access_code")} if turn.slot("access_code") else {}
        try:
            quote = await made(task, body)
        except Problem as problem:
            if problem.code == "session-full":
                turn.say("utter_quote_full")
            elif problem.status in (403, 409, 422, 429):
                turn.say("utter_quote_refused", why=problem.document.get("detail", ""))
            else:
                raise
            return []
        if not quote["lines"]:
            turn.say("utter_quote_by_a_person", reference=quote["reference"], email=values["email"])
        else:
            told, buttons = offered(turn, quote)
            turn.say("utter_quote_made", buttons=buttons, cards=[quote_card(quote)], **told)
        known = {"contact_name": values["name"], "contact_email": values["email"], "last_quote": quote["reference"]}
        over = forgotten() if values.get("held") else []
        return [*over, *(SlotSet(name, value) for name, value in known.items())]


def _said(turn: Turn) -> str:
    """What the person typed in this conversation, the last words of it."""
    typed = [str(event.get("text")) for event in turn.tracker.events if event.get("event") == "user"]
    return "\n".join(text for text in typed[-5:] if not text.startswith("/"))[:_NEEDS] or "-"


def _lines(values: Json) -> list[Json]:
    return [*values.get("lines", []), {"session_id": values["session"], "seats": values["seats"]}]


async def _open(turn: Turn, course: str, seats: int | None = None, when: str | None = None) -> list[Json]:
    """The dates of a course, earliest first, those in the past left out; with so many seats, in an interval of days."""
    wanted: crit.Criteria = {"period": [when]} if when else {}
    try:
        found = await turn.service.course_sessions(
            course,
            access_code=turn.slot("access_code"),
            seats=seats,
            limit=SESSIONS,
            sort="start",
            **crit.query(wanted),
        )
    except Problem as problem:
        if problem.status != 404:
            raise
        return []
    return list(found["items"])


def _points(turn: Turn) -> bool:
    """Whether a message gives an address or points at something, and so names nobody."""
    return bool(turn.first("email") or turn.values("reference") or turn.values("period"))


def _of_those(turn: Turn, courses: list[Json]) -> str | None:
    """The one of the courses that were offered which a message points at."""
    for said in map(str, turn.values("reference")):
        place = len(courses) if said == "last" else int(said) if said.isdigit() else 0
        if 1 <= place <= len(courses):
            return str(courses[place - 1]["id"])
    return None


def _course(course: Json) -> Button:
    return {"title": short_title(course["title"]), "payload": f'/inform{{"course": "{course["id"]}"}}'}


def is_number(text: str) -> bool:
    """Whether a text is one word with a figure in it, as purchase orders are numbered."""
    return len(text.split()) == 1 and any(sign.isdigit() for sign in text)


def _all_at_once(turn: Turn) -> Json:
    """Company and name of a message that gives them with the address: "Exelyo SA, Helen Marsh, helen@…, PO-12"."""
    first, comma, _ = turn.text.partition(",")
    named = bool(comma) and first[:1].isupper() and "@" not in first and turn.first("person") != first
    name = people.given_name("", turn.first("person"))
    return {**({"company": company_said(first)} if named else {}), **({"name": name} if named and name else {})}


def _wants_else(turn: Turn, asked: str | None) -> bool:
    """Whether a message surely wants something, and is no name or need: "give me the names of who is enrolled"."""
    if turn.confidence < DOUBTFUL or turn.first("company") or turn.first("person"):
        return turn.intent in _NO_DATA and turn.confidence >= DOUBTFUL
    sentence = len(turn.text.split()) > _NAME
    looks = turn.intent in ("search_courses", "refine_search", "list_sessions") and asked in ("company", "name")
    else_ = turn.intent in _ELSE or turn.intent.startswith("staff_") or looks
    return turn.intent in _NO_DATA or (sentence and else_)


#: Words of a company's or a person's name at most.
_NAME = 4
_ELSE = frozenset(
    {
        "give_feedback",
        "cancel_booking",
        "check_booking",
        "reschedule_booking",
        "request_document",
        "export_my_data",
        "erase_my_data",
        "alert_me",
    }
)


def _seats(turn: Turn, asked: str | None) -> int | None:
    """How many people a message tells; one that asks for something else counts nobody."""
    if asked != "seats" and asked is not None and turn.intent in _NO_DATA and turn.confidence >= DOUBTFUL:
        return None
    prefers = (
        bool(turn.values("reference"))
        and asked in ("session", "po", "yes")
        and all(one.article for one in numbers(fold(turn.text)))
    )  # "pour moi la première"
    if turn.first("seats") is not None and not prefers:
        return int(turn.first("seats"))
    return turn.only_number if asked == "seats" and not (turn.pressed or turn.question) else None


def _asks(turn: Turn) -> bool:
    """Whether words that name nothing by a capital are put as a question: "can you cancel without cost"."""
    words = turn.text.split()
    return len(words) > 2 and turn.asks and not any(word[0].isupper() for word in words[1:])


def _choose(turn: Turn, session: Json) -> Button:
    day = formatting.day(formatting.moment(session["start"]).date(), turn.lang)
    return {"title": day, "payload": f'/inform{{"session": "{session["id"]}"}}'}
