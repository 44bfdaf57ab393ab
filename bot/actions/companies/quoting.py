"""A quote: seats of a session, or needs from which a person makes an offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk.events import SlotSet

from bot.actions import formatting
from bot.actions.bookings import people
from bot.actions.bookings.picking import on_the_dates, picked
from bot.actions.bookings.words import has
from bot.actions.companies.said import company_said
from bot.actions.courses.focus import course_in_focus, named_course
from bot.actions.courses.lists import SESSIONS
from bot.actions.references import shown_items
from bot.actions.showing import bookable, session_card, session_item, session_line, shown
from bot.actions.tasks import Kind, Task, yes_and_no
from bot.actions.turn import DOUBTFUL, Button, Event, Turn
from bot.service import Json, Problem

#: Letters of a company's name and of what is needed, at most (the service's own limits are wider).
_COMPANY, _NEEDS = 120, 2000
#: What is wanted instead of giving a name or a need, whatever the words.
_NO_DATA = frozenset({"talk_to_human", "help", "bot_challenge", "switch_language", "ask_campus"})
#: Words from which on a message tells what is needed.
ENOUGH = 7


class Quoting(Kind):
    """Seats are held with the quote until its day; nothing is owed before it is accepted."""

    name = "quote"
    intents: ClassVar[frozenset[str]] = frozenset({"request_quote"})
    optional: ClassVar[frozenset[str]] = frozenset({"po"})
    stopped = "utter_no_quote"

    def steps(self, task: Task) -> Sequence[str]:
        who = ["company", "name", "email"]
        if "needs" in task.values or not ("course" in task.values or "session" in task.values):
            return ["needs", *who]
        return ["session", "seats", *who, "po"]

    async def begin(self, task: Task) -> None:
        turn = task.turn
        course = named_course(turn) or course_in_focus(turn)
        if has(turn.text, "in_house") and len(turn.text.split()) > ENOUGH:
            task.values["needs"] = turn.text.strip()[:_NEEDS]
        elif course:
            task.values["course"] = course
        for step, slot in (("name", "contact_name"), ("email", "contact_email")):
            if turn.slot(slot):
                task.values[step] = turn.slot(slot)

    async def read(self, task: Task) -> Json:
        turn, asked = task.turn, task.asked
        given: Json = {}
        course = named_course(turn) if asked in ("needs", "session") and not has(turn.text, "in_house") else None
        if course and course != task.values.get("undated"):
            task.values["course"] = course
            task.values.pop("needs", None)
        else:
            course = None
        session = turn.first("session") or await self._pointed_at(task)
        if session:
            given["session"] = str(session)
        seats = turn.first("seats") if turn.first("seats") is not None else _number(turn, asked)
        if seats is not None and 1 <= int(seats) <= 100:
            given["seats"] = int(seats)
        if turn.first("email"):
            given["email"] = str(turn.first("email"))
        if turn.first("po_number"):
            given["po"] = str(turn.first("po_number"))
        other = turn.intent in _NO_DATA and turn.confidence >= DOUBTFUL
        free = not turn.pressed and not turn.question and turn.intent not in ("deny", "start_over", "undo", "goodbye")
        free = free and not (other and asked != "needs") and any(sign.isalnum() for sign in turn.text)
        if turn.first("company"):
            given["company"] = str(turn.first("company"))[:_COMPANY]
        elif asked == "company" and free and len(turn.text) <= _COMPANY and not turn.first("email"):
            given["company"] = company_said(turn.text)
        if asked == "name" and not (turn.pressed or turn.question):
            name = people.given_name(turn.text)
            whole = bool(name) and people.is_first(str(name).split()[0]) and len(str(name).split()) > 1
            given.update({"name": name} if name and (free or whole) else {})
        if asked == "po" and free and "po" not in given and is_number(turn.text):
            given["po"] = turn.text.strip()[:60]
        if asked == "needs" and free and not course and len(turn.text.split()) > 1:
            given["needs"] = turn.text.strip()[:_NEEDS]
        return given

    async def _pointed_at(self, task: Task) -> str | None:
        turn, course = task.turn, task.values.get("course")
        if task.asked not in (None, "session", "po", "yes"):
            return None
        items = [item for item in shown_items(turn, "session") if course in (None, item["course"])]
        if course and not items:
            items = [session_item(session) for session in await _open(turn, str(course))]
        if task.asked != "session" and not (turn.values("reference") or turn.values("period")):
            free = [item for item in items if item["bookable"]]
            return str(free[0]["id"]) if task.asked is None and len(free) == 1 else None
        item = picked(turn, items) or on_the_dates(turn, items)
        return str(item["id"]) if item and item["bookable"] else None

    async def ask(self, task: Task) -> list[Event]:
        turn = task.turn
        if task.asked != "session":
            turn.say(f"utter_ask_quote_{task.asked}")
            return []
        sessions = [session for session in await _open(turn, str(task.values["course"])) if bookable(session)]
        if not sessions:
            turn.say("utter_quote_no_date")
            task.values["undated"] = task.values.pop("course")
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
        who = {name: values[name] for name in ("company", "name", "email")}
        if values.get("needs"):
            turn.say("utter_ask_quote_by_needs", buttons=yes_and_no(turn, "quote_yes"), needs=values["needs"], **who)
            return []
        session = await turn.service.session(values["session"], access_code=turn.slot("access_code"))
        turn.say(
            "utter_ask_quote",
            buttons=yes_and_no(turn, "quote_yes"),
            cards=[session_card(session)],
            title=session["title"],
            when=formatting.when(session["meetings"], turn.lang),
            seats=formatting.plural("utter_part_seats", values["seats"], turn.lang),
            price=formatting.price(session["price"]["amount"], turn.lang),
            po=turn.part("quote_po", po=values["po"]) if values.get("po") else "",
            **who,
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, values = task.turn, task.values
        body: Json = {"company": values["company"], "contact": {"name": values["name"], "email": values["email"]}}
        if values.get("needs"):
            body["needs"] = values["needs"]
        else:
            body["lines"] = [{"session_id": values["session"], "seats": values["seats"]}]
        body |= {"po_number": values["po"]} if values.get("po") else {}
        body |= {"access_code": turn.slot("access_code")} if turn.slot("access_code") else {}
        try:
            quote = await turn.service.quote(task.key(), body)
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
        return [SlotSet("last_quote", quote["reference"])]


def quote_lines(turn: Turn, quote: Json) -> str:
    """A line of text for each line of a quote."""
    return "\n".join(
        turn.part(
            "quote_line",
            seats=formatting.plural("utter_part_seats", line["seats"], turn.lang),
            title=line["session"]["title"],
            when=formatting.when(line["session"]["meetings"], turn.lang),
            total=formatting.money(line["total"]["gross"], turn.lang),
        )
        for line in quote["lines"]
    )


def totals(turn: Turn, quote: Json) -> Json:
    """The amounts of a quote in words."""
    return {name: formatting.money(quote["total"][name], turn.lang) for name in ("net", "vat", "gross")}


def offered(turn: Turn, quote: Json) -> tuple[Json, list[Button]]:
    """A quote in words, and the buttons that take or leave it."""
    ends = formatting.moment(quote["valid_until"])
    day, hour = formatting.day(ends, turn.lang), formatting.hour(ends, turn.lang)
    until = turn.part("day_and_hour", day=day, hour=hour)
    meant = f'{{"quote_reference": "{quote["reference"]}"}}'
    told = {"reference": quote["reference"], "lines": quote_lines(turn, quote), "until": until, **totals(turn, quote)}
    return told, [
        turn.button("quote_accept", f"/accept_quote{meant}"),
        turn.button("quote_decline", f"/decline_offer{meant}"),
    ]


def quote_card(quote: Json) -> Json:
    """A quote in the neutral message format."""
    total = {name: quote["total"][name] for name in ("net", "vat", "gross", "currency")}
    return {
        "type": "quote",
        "reference": quote["reference"],
        "state": quote["state"],
        "lines": [
            {
                "session_id": line["session"]["id"],
                "title": line["session"]["title"],
                "seats": line["seats"],
                "total": {name: line["total"][name] for name in ("net", "vat", "gross", "currency")},
            }
            for line in quote["lines"]
        ],
        "total": total,
        "valid_until": quote["valid_until"],
        "pdf_url": quote["pdf_url"],
    }


async def _open(turn: Turn, course: str) -> list[Json]:
    try:
        found = await turn.service.course_sessions(
            course, access_code=turn.slot("access_code"), limit=SESSIONS, sort="start"
        )
    except Problem as problem:
        if problem.status != 404:
            raise
        return []
    return list(found["items"])


def is_number(text: str) -> bool:
    """Whether a text is one word with a figure in it, as purchase orders are numbered."""
    return len(text.split()) == 1 and any(sign.isdigit() for sign in text)


def _number(turn: Turn, asked: str | None) -> int | None:
    bare = turn.text.strip().rstrip(".")
    return int(bare) if asked == "seats" and bare.isdigit() and len(bare) < 4 else None


def _choose(turn: Turn, session: Json) -> Button:
    day = formatting.day(formatting.moment(session["start"]).date(), turn.lang)
    return {"title": day, "payload": f'/inform{{"session": "{session["id"]}"}}'}
