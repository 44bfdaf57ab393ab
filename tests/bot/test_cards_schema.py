"""The neutral message format: its schema, the examples in it, and the cards that the actions make."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.actions import showing

SCHEMA = json.loads((Path(showing.__file__).parents[1] / "channels" / "cards.schema.json").read_text(encoding="utf-8"))
CARDS = Draft202012Validator(SCHEMA)
EXAMPLES = [
    (name, example) for name, definition in SCHEMA["$defs"].items() for example in definition.get("examples", [])
]
TYPES = SCHEMA["$defs"]["card"]["properties"]["type"]["enum"]

PRICE = {"amount": "1210.00", "currency": "EUR", "vat_rate": "21.00", "vat_included": True}
BLOCK = {"start": "2027-01-12T09:00:00+01:00", "end": "2027-01-12T17:00:00+01:00"}
# as the service answers: with fields that cards leave out
SESSION: dict[str, Any] = {
    "id": "gmp-fundamentals-20270112",
    "kind": "course",
    "course_id": "gmp-fundamentals",
    "operator": {"id": "takeda", "name": "Takeda Academy"},
    "title": "GMP fundamentals",
    **BLOCK,
    "meetings": [BLOCK],
    "timezone": "Europe/Brussels",
    "format": "onsite",
    "place": "Curie room, 2nd floor",
    "language": "en",
    "capacity": 12,
    "seats_free": 0,
    "waiting": 2,
    "state": "full",
    "booking_deadline": BLOCK["start"],
    "audience": "public",
    "price": PRICE,
    "demo": True,
}
COURSE: dict[str, Any] = {
    "id": "gmp-fundamentals",
    "kind": "course",
    "operator": {"id": "takeda", "name": "Takeda Academy"},
    "title": "GMP fundamentals",
    "summary": "Why the rules exist, and how to apply them at work.",
    "topics": [{"id": "gmp", "name": "GMP"}],
    "level": "beginner",
    "format": "onsite",
    "languages": ["fr", "en"],
    "days": 0.5,
    "price": PRICE,
    "certificate": "Certificate of attendance",
    "audience": "public",
    "aliases": {"fr": [], "en": []},
    "next_sessions": [SESSION],
    "demo": True,
}
BOOKING: dict[str, Any] = {
    "reference": "EB-7K3M-Q9TA",
    "state": "confirmed",
    "session": SESSION,
    "seats": 2,
    "contact": {"name": "Jeanne Dubois", "email": "jeanne@example.com", "phone": None},
    "participants": [],
    "company": None,
    "total": {"net": "2000.00", "vat": "420.00", "gross": "2420.00", "currency": "EUR"},
    "hold_expires_at": None,
    "offer_expires_at": None,
    "terms": {},
    "version": 2,
    "created_at": BLOCK["start"],
}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_each_type_has_an_example() -> None:
    assert sorted(example["type"] for _, example in EXAMPLES) == sorted(TYPES)


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_examples_are_cards(name: str, example: dict[str, Any]) -> None:
    CARDS.validate([example])
    assert not CARDS.is_valid([{**example, "surprise": 1}]), "what is not described must not pass"


@pytest.mark.parametrize(
    "card",
    [
        showing.course_card(COURSE),
        showing.course_card({**COURSE, "next_sessions": []}),
        showing.session_card(SESSION),
        showing.booking_card(BOOKING),
        showing.booking_card({**BOOKING, "state": "held", "hold_expires_at": BLOCK["start"]}),
    ],
    ids=["course", "course without a date", "session", "booking", "held booking"],
)
def test_the_actions_make_cards(card: dict[str, Any]) -> None:
    CARDS.validate([card])
    json.dumps(card)


def test_a_card_tells_nothing_about_a_person() -> None:
    said = json.dumps(showing.booking_card(BOOKING))
    assert "Jeanne" not in said and "jeanne@example.com" not in said


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("type",), "banner"),
        (("state",), "paid"),
        (("total", "gross"), 2420.0),
        (("session", "meetings"), []),
        (("session", "language"), "French"),
        (("session", "capacity"), 12),
        (("hold_expires_at",), "tomorrow"),
    ],
)
def test_what_is_no_card_is_refused(path: tuple[str, ...], wrong: object) -> None:
    card = copy.deepcopy(showing.booking_card(BOOKING))
    place = card
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = wrong
    assert not CARDS.is_valid([card])
