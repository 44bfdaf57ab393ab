"""Whole bookings in chat, from the first question to the reference."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
from bench_people import Person, Said, together
from bench_results import Budget, Results
from stack import Stack

MOST_MESSAGES = 12
#: What the bot asked, and which step the answer to it is.
ASKED = {
    "utter_booking_summary": "confirm",
    "utter_ask_booking_form_contact_email": "email",
    "utter_ask_booking_form_contact_name": "name",
    "utter_ask_seats": "seats",
    "utter_ask_only_seat": "seats",
}


class Stuck(RuntimeError):
    """The bot asked something that this conversation cannot answer."""


def booking(results: Results, stack: Stack, budget: Budget) -> None:
    """Figures of the part `booking`."""
    courses = {lang: _courses(stack.page_url, lang) for lang in ("fr", "en")}
    places = itertools.count()
    for people, each in ((1, results.count(8)), (8, max(1, results.count(3) - 1))):
        done: list[list[tuple[str, float]]] = []

        def one(number: int, each: int = each, done: list[list[tuple[str, float]]] = done) -> None:
            for turn in range(each):
                if not budget.left:
                    break
                lang = ("fr", "en")[(number + turn) % 2]
                title = courses[lang][next(places) % len(courses[lang])]
                try:
                    done.append(_book(Person(stack.rest_url), title, results.spec["messages"]["booking"][lang]))
                except Stuck as error:
                    results.problems.append(f"booking {title!r}: {error}")

        seconds = together(people, one)
        results.add(f"booking_rate_{people}", [len(done) / seconds], f"bookings: {len(done)}")
        if people == 1:
            _keep(results, done)


def _keep(results: Results, done: list[list[tuple[str, float]]]) -> None:
    for steps in done:
        for name, ms in steps:
            results.add(f"booking_{name}", [ms])
    results.add("booking_whole", [sum(ms for _, ms in steps) for steps in done])
    results.add("booking_messages", [float(len(steps)) for steps in done])


def _book(person: Person, title: str, words: dict[str, str]) -> list[tuple[str, float]]:
    """Book one seat; each message by the step that it answered, with its milliseconds.

    Raises:
        Stuck: no reference after `MOST_MESSAGES` messages, or nothing to answer.
    """
    step, message = "course", words["course"].format(title=title)
    steps: list[tuple[str, float]] = []
    while len(steps) < MOST_MESSAGES:
        said = person.say(message)
        steps.append((step, said.ms))
        if "utter_booking_confirmed" in said.keys:
            person.close()
            return steps
        step, message = _next(person, said, words)
    raise Stuck("too many messages")


def _next(person: Person, said: Said, words: dict[str, str]) -> tuple[str, str]:
    step = next((ASKED[key] for key in ASKED if key in said.keys), None)
    if step == "email":
        return step, f"{person.sender}@exemple.be"
    if step == "name":
        return step, words["name"]
    payloads = {"confirm": ["/confirm_booking"], "seats": ["/inform"]}
    for payload in payloads.get(step or "", ["/book_session", "/list_sessions", "/course_details"]):
        for button in (button for reply in said.replies for button in reply.get("buttons", [])):
            if button["payload"].startswith(payload):
                return step or "session", button["title"]
    raise Stuck(f"no way on after {', '.join(said.keys)}")


def _courses(url: str, lang: str) -> list[str]:
    """Titles of the courses that have a session with room for several, each once."""
    return list(dict.fromkeys(session["title"] for session in _sessions(url, lang)))


def _sessions(url: str, lang: str) -> Iterator[dict[str, Any]]:
    """Sessions of courses that anybody could book three seats of, earliest first."""
    asked: dict[str, str | int] = {"kind": "course", "seats": 3, "sort": "start", "limit": 100, "lang": lang}
    while True:
        answer = httpx.get(f"{url}v1/sessions", params=asked, trust_env=False)
        answer.raise_for_status()
        yield from answer.json()["items"]
        if not answer.json()["next"]:
            return
        asked["cursor"] = answer.json()["next"]


def in_one_request(results: Results, stack: Stack) -> None:
    """The figure `service_booking`: confirmed at once, without the bot."""
    from bench_service import timed

    sessions = sorted(_sessions(stack.page_url, "fr"), key=lambda session: -session["seats_free"])
    times = []
    with httpx.Client(trust_env=False, base_url=stack.page_url) as client:
        for number, session in zip(range(results.count(40)), itertools.cycle(sessions[:20])):
            body = {
                "session_id": session["id"],
                "hold": False,
                "terms_accepted": True,
                "contact": {"name": "Marie Dupont", "email": f"service-{number}@exemple.be"},
                "lang": "fr",
            }
            key = {"Idempotency-Key": uuid.uuid4().hex}
            times.append(timed(partial(client.post, "v1/bookings", json=body, headers=key)))
    results.add("service_booking", times)
