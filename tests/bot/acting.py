"""What the tests of actions share: a service that answers as it is told, and a turn to act in."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.turn import CampusAction, Turn
from bot.service import Problem, Service

Json = dict[str, Any]

PRICE: Json = {"amount": "1210.00", "currency": "EUR", "vat_rate": "21.00", "vat_included": True}
BLOCK: Json = {"start": "2027-01-12T09:00:00+01:00", "end": "2027-01-12T17:00:00+01:00"}

#: The snapshot that mentions are read against.
SNAPSHOT: Json = {
    "operators": [
        {"id": "takeda", "name": "Takeda Academy", "aliases": {"fr": [], "en": []}},
        {"id": "siemens", "name": "Siemens", "aliases": {"fr": [], "en": []}},
    ],
    "topics": [
        {"id": "gmp", "name": {"fr": "Bonnes pratiques", "en": "Good practice"}, "aliases": {"fr": [], "en": []}},
        {"id": "robotics", "name": {"fr": "Robotique", "en": "Robotics"}, "aliases": {"fr": [], "en": []}},
    ],
    "courses": [
        {
            "id": "gmp-basics",
            "kind": "course",
            "title": {"fr": "Les BPF en pratique", "en": "GMP in practice"},
            "operator": "takeda",
            "topics": ["gmp"],
            "aliases": {"fr": [], "en": []},
        },
        {
            "id": "robots",
            "kind": "course",
            "title": {"fr": "Robots en salle blanche", "en": "Clean-room robots"},
            "operator": "siemens",
            "topics": ["robotics"],
            "aliases": {"fr": [], "en": []},
        },
        {
            "id": "open-day",
            "kind": "event",
            "title": {"fr": "Portes ouvertes", "en": "Open day"},
            "operator": "takeda",
            "topics": [],
            "aliases": {"fr": [], "en": []},
        },
    ],
    "answers": [],
}


def session(number: int = 1, **changes: Any) -> Json:
    """A session as the service answers; ``number`` makes its day in January 2027."""
    day = f"2027-01-{11 + number:02d}"
    block = {"start": f"{day}T09:00:00+01:00", "end": f"{day}T17:00:00+01:00"}
    whole: Json = {
        "id": f"gmp-basics-2027{number:02d}",
        "kind": "course",
        "course_id": "gmp-basics",
        "title": "Les BPF en pratique",
        **block,
        "meetings": [block],
        "timezone": "Europe/Brussels",
        "format": "onsite",
        "place": "Salle Sambre",
        "language": "fr",
        "capacity": 12,
        "seats_free": 5,
        "waiting": 0,
        "state": "open",
        "booking_deadline": block["start"],
        "audience": "public",
        "price": PRICE,
        "demo": True,
    }
    return {**whole, **changes}


def course(**changes: Any) -> Json:
    """A course as the service answers when it is asked for alone."""
    whole: Json = {
        "id": "gmp-basics",
        "kind": "course",
        "operator": {"id": "takeda", "name": "Takeda Academy"},
        "title": "Les BPF en pratique",
        "summary": "Pourquoi les règles existent.",
        "topics": [{"id": "gmp", "name": "Bonnes pratiques"}],
        "level": "beginner",
        "format": "onsite",
        "languages": ["fr", "en"],
        "days": 2,
        "hours": 14,
        "price": PRICE,
        "certificate": "Attestation de participation",
        "audience": "public",
        "aliases": {"fr": [], "en": []},
        "next_sessions": [session()],
        "content": ["Hygiène", "Documents"],
        "prerequisites": "Aucun prérequis.",
        "trainers": "Une qualiticienne",
        "funding": [],
        "demo": True,
    }
    return {**whole, **changes}


def booking(**changes: Any) -> Json:
    """A booking as the service answers."""
    whole: Json = {
        "reference": "EBC-7K2M9Q",
        "state": "held",
        "session": session(),
        "seats": 2,
        "contact": None,
        "participants": [],
        "company": None,
        "total": {"net": "2000.00", "vat": "420.00", "gross": "2420.00", "currency": "EUR"},
        "hold_expires_at": "2026-11-24T10:15:00+01:00",
        "offer_expires_at": None,
        "terms": {"free_until": "2027-01-05T00:00:00+01:00", "cancel_fee": "0.00", "refund": "2420.00"},
        "version": 3,
        "created_at": "2026-11-24T10:00:00+01:00",
    }
    return {**whole, **changes}


def listed(*items: Json, cursor: str | None = None, total: int | None = None) -> Json:
    """A list as the service answers."""
    return {"items": list(items), "total": len(items) if total is None else total, "next": cursor}


def problem(status: int, code: str, **more: Any) -> Problem:
    """A refusal of the service."""
    return Problem(status, {"type": "about:blank", "title": code, "status": status, "code": code, **more})


class FakeService:
    """Answers each call as it was told to, and holds callers to the signatures of the real client."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self._answers: dict[str, list[Any]] = {}

    def says(self, name: str, *answers: Any) -> None:
        """The answers of a call, one after the other, the last for good: a value, an exception or a function."""
        assert callable(getattr(Service, name)), f"the client has no {name}"
        self._answers[name] = list(answers)

    def called(self, name: str) -> list[Json]:
        """The arguments of each call of that name."""
        return [arguments for called, arguments in self.calls if called == name]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        signature = inspect.signature(getattr(Service, name))

        async def call(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(self, *args, **kwargs)
            arguments = dict(bound.arguments)
            arguments.pop("self")
            arguments.update(arguments.pop("criteria", {}))
            self.calls.append((name, arguments))
            answers = self._answers.get(name)
            assert answers, f"nobody said what {name} answers"
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer(arguments) if callable(answer) else answer

        return call


@dataclass
class Outcome:
    """What an action did."""

    events: list[Json]
    replies: list[Json]
    slots: Json = field(init=False)

    def __post_init__(self) -> None:
        self.slots = {event["name"]: event["value"] for event in self.events if event["event"] == "slot"}

    @property
    def keys(self) -> list[str]:
        """Keys of the replies, in order."""
        return [reply["utter_action"] for reply in self.replies]

    @property
    def text(self) -> str:
        """All that was said."""
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def payloads(self) -> list[str]:
        """Payloads of all buttons, in order."""
        return [button["payload"] for reply in self.replies for button in reply["buttons"]]

    @property
    def next_action(self) -> str | None:
        """The action that is to follow."""
        return next((event["name"] for event in self.events if event["event"] == "followup"), None)


def entity(name: str, value: Any, role: str | None = None, at: tuple[int, int] | None = None) -> Json:
    """An entity as Rasa hands it to an action."""
    found: Json = {"entity": name, "value": value}
    if role:
        found["role"] = role
    if at:
        found["start"], found["end"] = at
    return found


def user(text: str, message_id: str = "m1") -> Json:
    """The event of a message."""
    return {"event": "user", "text": text, "message_id": message_id}


def said(key: str) -> Json:
    """The event of a reply."""
    return {"event": "bot", "text": "…", "metadata": {"utter_action": key}}


def ran(action: str) -> Json:
    """The event of an action."""
    return {"event": "action", "name": action}


def tracker(
    text: str = "",
    intent: str = "inform",
    entities: Sequence[Json] = (),
    slots: Mapping[str, Any] | None = None,
    *,
    lang: str = "fr",
    before: Sequence[Json] = (),
    after: Sequence[Json] = (),
    loop: str | None = None,
    confidence: float = 1.0,
    ranking: Sequence[str] = (),
    answer_key: Json | None = None,
    second: Json | None = None,
    auth: str | None = None,
    sender: str = "rest:alice",
    message_id: str = "m1",
) -> Tracker:
    """A tracker whose last message is the given one."""
    return Tracker.from_dict(
        {
            "sender_id": sender,
            "slots": {"language": lang, **(slots or {})},
            "latest_message": {
                "text": text,
                "intent": {"name": intent, "confidence": confidence},
                "intent_ranking": [{"name": name, "confidence": 0.1} for name in ranking],
                "entities": list(entities),
                "answer_key": answer_key,
                "second": second,
                "metadata": {"auth": auth},
                "message_id": message_id,
            },
            "events": [*before, user(text, message_id), *after],
            "paused": False,
            "active_loop": {"name": loop} if loop else {},
            "latest_action_name": "action_listen",
        }
    )


def turn(*args: Any, **kwargs: Any) -> Turn:
    """The turn of a message: arguments as of `tracker`."""
    return Turn(CollectingDispatcher(), tracker(*args, **kwargs))


def act(action: type[CampusAction], *args: Any, **kwargs: Any) -> Outcome:
    """Run an action on a message: arguments as of `tracker`."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(action().run(dispatcher, tracker(*args, **kwargs), {}))
    return Outcome(list(events), dispatcher.messages)


def course_shown(*numbers: int) -> Json:
    """The slot `shown` after courses were said."""
    ids = [("gmp-basics", "takeda", "1210.00", 2), ("robots", "siemens", "600.00", 1)]
    return {
        "items": [
            {"kind": "course", "id": name, "operator": operator, "price": price, "days": days, "start": None}
            for name, operator, price, days in (ids[number - 1] for number in numbers)
        ]
    }


def session_shown(*numbers: int) -> Json:
    """The slot `shown` after sessions of one course were said."""
    return {
        "items": [
            {
                "kind": "session",
                "id": whole["id"],
                "course": whole["course_id"],
                "price": "1210.00",
                "start": whole["start"],
                "language": whole["language"],
                "format": whole["format"],
                "days": 1,
                "bookable": True,
            }
            for whole in (session(number) for number in numbers)
        ]
    }
