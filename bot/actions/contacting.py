"""Writing to a company that is at an event, because the person wants it: nobody is matched or proposed to anybody."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import ClassVar

from bot.actions import formatting
from bot.actions.bookings import people
from bot.actions.tasks import KINDS, Kind, Task, begin, yes_and_no
from bot.actions.turn import DOUBTFUL, Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: Events looked through for companies, and letters of a message.
_EVENTS, _LONGEST = 10, 1500
#: Letters from which on a word of a company's name is enough to mean it.
_TELLING = 6
_WANTS = re.compile(
    r"\b(?:contact\w*|recontact\w*|ecri(?:re|s|vez|vent)|write|rappel\w*|appel\w*|call|phone|parler|talk|speak|"
    r"reach|message|"
    r"mettre en (?:contact|relation)|in touch|coordonnees|joindre)\b"
)
_WHO = re.compile(
    r"\b(?:quelles? (?:entreprises?|societes?|boites?)|(?:which|what) (?:compan(?:y|ies)|firms?|employers?)|"
    r"exposants?|exhibitors?|"
    r"(?:entreprises|societes|recruteurs|employeurs) (?:presentes?|qui (?:viennent|seront|recrutent))|"
    r"qui (?:sera|recrute|vient)|"
    r"who (?:will be|is|are) (?:there|coming|hiring|recruiting)|(?:companies|recruiters|employers) (?:that|who|"
    r"there|coming))\b"
)
_AT_AN_EVENT = re.compile(
    r"\b(?:job ?dating|salon|bourse a l'emploi|job fair|career fair|evenements?|events?|rencontres?)\b"
)
_NO_DATA = frozenset({"talk_to_human", "help", "bot_challenge", "switch_language", "ask_campus"})


async def exhibitors(turn: Turn) -> list[Json]:
    """The companies at the events to come, each with the event's session, the nearest event first."""
    events = (await turn.service.sessions(kind="event", limit=_EVENTS, sort="start"))["items"]
    told = await asyncio.gather(*(turn.service.event(one["id"]) for one in events if one["state"] in ("open", "full")))
    return [{**company, "session": event["session"]} for event in told for company in event["exhibitors"]]


async def wanted(turn: Turn) -> list[Event] | None:
    """The events that begin to write to the company which a message names, or None where it names none."""
    if turn.pressed or not _WANTS.search(fold(turn.text)):
        return None
    named = _named(turn, await exhibitors(turn))
    return begin(turn, KINDS[Contacting.name], **_chosen(named)) if named else None


async def who_comes(turn: Turn) -> list[Event] | None:
    """The companies that an event brings together, where that is asked."""
    if turn.pressed or not _WHO.search(fold(turn.text)):
        return None
    found = await exhibitors(turn)
    if not found:
        return None
    first = found[0]["session"]
    here = [company for company in found if company["session"]["id"] == first["id"]]
    turn.say(
        "utter_exhibitors",
        title=first["title"],
        when=formatting.when(first["meetings"], turn.lang),
        lines="\n".join(turn.part("exhibitor_line", name=one["name"], summary=one["summary"]) for one in here),
        demo=turn.part("demo") if any(one.get("demo") for one in here) else "",
    )
    return []


async def asked_at_an_event(turn: Turn) -> list[Event] | None:
    """The same, where a message that was taken for something else asks it of an event."""
    if turn.pressed or not _AT_AN_EVENT.search(fold(turn.text)):
        return None
    return await who_comes(turn)


def _named(turn: Turn, found: list[Json]) -> Json | None:
    text = fold(turn.text)
    for company in found:
        name = fold(company["name"])
        if name in text or any(len(word) >= _TELLING and word in text for word in name.split()):
            return company
    return None


def _chosen(company: Json) -> Json:
    return {"company": {"id": company["id"], "name": company["name"]}, "event": company["session"]["id"]}


class Contacting(Kind):
    """Name, address and the words that the company gets; a copy comes to the person."""

    name = "contact_company"
    intents: ClassVar[frozenset[str]] = frozenset()
    stopped = "utter_no_contact"

    def steps(self, task: Task) -> Sequence[str]:
        return ["name", "email", "message"]

    async def begin(self, task: Task) -> None:
        for step, slot in (("name", "contact_name"), ("email", "contact_email")):
            if task.turn.slot(slot):
                task.values[step] = task.turn.slot(slot)

    async def read(self, task: Task) -> Json:
        turn, asked = task.turn, task.asked
        given: Json = {"email": str(turn.first("email"))} if turn.first("email") else {}
        other = turn.intent in _NO_DATA and turn.confidence >= DOUBTFUL
        stops = turn.intent in ("deny", "start_over", "undo", "goodbye")
        if asked == "name" and not (turn.pressed or turn.question or other or stops):
            name = people.given_name(turn.text, turn.first("person"))
            given.update({"name": name} if name else {})
        if asked == "message" and not (turn.pressed or stops) and len(turn.text.split()) > 1 and not given:
            given["message"] = turn.text.strip()[:_LONGEST]
        return given

    async def ask(self, task: Task) -> list[Event]:
        task.turn.say(f"utter_ask_contact_{task.asked}", company=task.values["company"]["name"])
        return []

    async def summarise(self, task: Task) -> list[Event]:
        turn, values = task.turn, task.values
        told = {name: values[name] for name in ("name", "email", "message")}
        turn.say(
            "utter_ask_contact", buttons=yes_and_no(turn, "contact_yes"), company=values["company"]["name"], **told
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, values = task.turn, task.values
        body = {
            "exhibitor_id": values["company"]["id"],
            "contact": {"name": values["name"], "email": values["email"]},
            "message": values["message"],
        }
        try:
            await turn.service.write_to_company(task.key(), values["event"], body)
        except Problem as problem:
            if problem.status not in (404, 409, 422, 429):
                raise
            turn.say("utter_contact_refused", company=values["company"]["name"])
            return []
        turn.say("utter_contact_made", company=values["company"]["name"], email=values["email"])
        return []
