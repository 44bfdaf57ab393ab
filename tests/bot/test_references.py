"""What "the second one", "the one in March" and "the cheapest" point at."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.references import pointed_at, shown_items
from tests.bot.acting import course_shown, entity, session_shown, turn

ITEMS: list[dict[str, Any]] = [
    {"kind": "course", "id": "a", "operator": "takeda", "price": "900.00", "days": 2, "start": "2027-03-02T09:00"},
    {"kind": "course", "id": "b", "operator": "siemens", "price": "1000.00", "days": 1, "start": "2027-02-01T09:00"},
    {"kind": "course", "id": "c", "operator": "siemens", "price": "0.00", "days": 3, "start": None},
]
SESSIONS: list[dict[str, Any]] = [
    {"kind": "session", "id": "s1", "start": "2027-03-31T09:00", "language": "fr", "format": "onsite"},
    {"kind": "session", "id": "s2", "start": "2027-04-01T09:00", "language": "en", "format": "onsite"},
    {"kind": "session", "id": "s3", "start": "2027-05-01T09:00", "language": "fr", "format": "online"},
]


def found(items: list[dict[str, Any]], *entities: dict[str, Any], text: str = "…", **slots: Any) -> str | None:
    item = pointed_at(turn(text, "inform", entities, slots), items)
    return item["id"] if item else None


@pytest.mark.parametrize(
    ("reference", "which"),
    [
        ("1", "a"),
        ("3", "c"),
        ("4", None),
        ("0", None),
        ("last", "c"),
        ("cheapest", "c"),
        ("earliest", "b"),
        ("shortest", "b"),
        ("current", None),
        ("newest", None),
    ],
)
def test_a_reference(reference: str, which: str | None) -> None:
    assert found(ITEMS, entity("reference", reference)) == which
    assert found([], entity("reference", reference)) is None


def test_prices_are_compared_as_numbers() -> None:
    assert found(ITEMS[:2], entity("reference", "cheapest")) == "a"


def test_this_one_is_clear_only_of_one() -> None:
    assert found(ITEMS[:1], entity("reference", "current")) == "a"


@pytest.mark.parametrize(
    ("said", "which"),
    [
        ([entity("operator", "takeda")], "a"),
        ([entity("operator", "siemens")], None),
        ([entity("operator", "siemens"), entity("period", "2027-02-01/2027-03-01")], "b"),
        ([entity("operator", "siemens", "not")], None),
        ([], None),
    ],
)
def test_a_course_by_what_it_is(said: list[dict[str, Any]], which: str | None) -> None:
    assert found(ITEMS, *said, text="celle dont on parlait") == which


def test_a_bare_criterion_after_courses_begins_another_search() -> None:
    """ "In February, at most 800" looks among all courses, and opens none of those shown."""
    said = [entity("period", "2027-02-01/2027-03-01"), entity("max_price", 800)]
    assert found(ITEMS, *said, text="en février, max 800") is None
    assert found(ITEMS, said[0], text="celle de février") == "b"


def test_a_title_among_those_shown(snapshot_file: Any) -> None:
    items = course_shown(1, 2)["items"]
    assert found(items, text="the robots one") == "robots"
    assert found(items, text="celle avec les robots") == "robots"
    assert found(items, text="celle sur la cuisine") is None


def test_the_longest_of_those_shown() -> None:
    assert found(ITEMS, entity("reference", "longest")) == "c"


@pytest.mark.parametrize(
    ("said", "which"),
    [
        ([entity("period", "2027-03-01/2027-04-01")], "s1"),  # the end day is not included
        ([entity("period", "2027-04-01/2027-04-02")], "s2"),
        ([entity("period", "2027-04-02/..")], "s3"),
        ([entity("period", "../2027-04-01")], "s1"),
        ([entity("period", "2027-06-01/2027-07-01")], None),
        ([entity("course_language", "en")], "s2"),
        ([entity("course_language", "fr")], None),
        ([entity("format", "online")], "s3"),
        ([entity("course_language", "fr"), entity("format", "onsite")], "s1"),
    ],
)
def test_a_session_by_what_it_is(said: list[dict[str, Any]], which: str | None) -> None:
    assert found(SESSIONS, *said) == which


def test_one_alone_is_not_pointed_at_by_what_it_is() -> None:
    """A criterion beside a single item is a criterion: "in French" after one result starts a search."""
    assert found(SESSIONS[:1], entity("course_language", "fr")) is None


def test_a_bare_number_is_a_position_where_no_number_is_asked_for() -> None:
    assert found(SESSIONS, text=" 2 ") == "s2"
    assert found(SESSIONS, text="2", requested_slot="session_id") == "s2"
    assert found(SESSIONS, text="2", requested_slot="seats") is None
    assert found(SESSIONS, text="9") is None


def test_a_bare_number_is_still_a_position_after_the_service_was_away() -> None:
    """The form then waits at its step `hold`, whatever it had asked."""
    assert found(SESSIONS, text="2", requested_slot="hold") == "s2"
    assert found(SESSIONS, text="2", requested_slot="hold", session_id="s1") is None


def test_what_was_shown_is_told_apart_by_kind() -> None:
    said = turn(slots={"shown": {"items": [*course_shown(1)["items"], *session_shown(1)["items"]]}})
    assert [item["kind"] for item in shown_items(said)] == ["course", "session"]
    assert [item["kind"] for item in shown_items(said, "session")] == ["session"]
    assert shown_items(turn()) == []
