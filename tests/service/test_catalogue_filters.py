"""Every filter of the contract over HTTP, on both databases. The demonstration: fixtures/demo."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Reader

PUBLIC = {"gmp-basics", "digital-twins", "python-bio", "team-talk"}
CODE = "TAKEDA-2027"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, PUBLIC),
        ({"operator": "takeda"}, {"gmp-basics"}),
        ({"operator": ["takeda", "campus"]}, {"gmp-basics", "python-bio", "team-talk"}),
        ({"operator": "!takeda"}, PUBLIC - {"gmp-basics"}),
        ({"operator": ["campus", "!takeda"]}, {"python-bio", "team-talk"}),
        ({"operator": "unknown"}, set()),
        ({"operator": "!unknown"}, PUBLIC),
        ({"topic": "gmp"}, {"gmp-basics"}),
        ({"topic": ["gmp", "soft-skills"]}, {"gmp-basics", "team-talk"}),
        ({"topic": ["gmp", "!quality-assurance"]}, set()),
        ({"topic": "nothing"}, set()),
        ({"level": "beginner"}, {"gmp-basics", "team-talk"}),
        ({"level": ["!beginner", "!advanced"]}, {"python-bio"}),
        ({"max_price": "450"}, {"python-bio", "team-talk"}),
        ({"max_price": "449.99"}, {"team-talk"}),
        ({"max_price": "0"}, {"team-talk"}),
        ({"max_days": "1"}, {"python-bio", "team-talk"}),
        ({"max_days": "0.5"}, {"team-talk"}),
        ({"format": "hybrid"}, {"gmp-basics"}),
        ({"format": "online"}, {"digital-twins", "python-bio"}),
        ({"format": ["online", "hybrid"]}, {"digital-twins", "python-bio", "gmp-basics"}),
        ({"format": "!online"}, {"gmp-basics"}),
        ({"language": "en"}, {"gmp-basics", "digital-twins", "python-bio"}),
        ({"language": "!en"}, {"gmp-basics", "digital-twins"}),
        ({"language": "nl"}, set()),
        ({"day_part": "evening"}, {"digital-twins"}),
        ({"day_part": "weekend"}, {"python-bio"}),
        ({"day_part": "saturday"}, {"python-bio"}),
        ({"day_part": "morning"}, {"python-bio"}),
        ({"day_part": "thursday"}, {"digital-twins"}),
        ({"day_part": "monday"}, {"gmp-basics"}),  # the block of 25 December moved to Monday the 28th
        ({"day_part": ["monday", "wednesday"]}, {"gmp-basics", "digital-twins"}),
        ({"day_part": ["weekday", "!evening"]}, {"gmp-basics", "digital-twins", "python-bio"}),
        ({"seats": "8"}, {"gmp-basics", "digital-twins", "python-bio"}),
        ({"seats": "10"}, {"gmp-basics", "python-bio"}),
        ({"seats": "9999"}, set()),
        ({"language": "en", "seats": "2"}, {"digital-twins", "python-bio"}),
        ({"kind": "event"}, {"open-day"}),
        ({"kind": ["course", "event"]}, PUBLIC | {"open-day"}),
        ({"kind": "!course"}, {"open-day"}),
        ({"from": "2026-12-12", "to": "2026-12-14"}, {"python-bio"}),
        ({"from": "2026-12-12", "to": "2026-12-12"}, set()),
        ({"from": "2027-03-01"}, {"gmp-basics"}),
        ({"to": "2026-12-08"}, {"gmp-basics"}),
        ({"to": "2026-12-07T09:00:00+01:00"}, set()),
        ({"to": "2026-12-07T08:00:01Z"}, {"gmp-basics"}),
        ({"from": ["2026-12-12", "2027-03-01"], "to": ["2026-12-14", "2027-04-01"]}, {"python-bio", "gmp-basics"}),
        ({"from": "!2026-12-01", "to": "!2027-03-01"}, {"gmp-basics"}),
        ({"access_code": CODE}, PUBLIC | {"takeda-onboarding"}),
        ({"access_code": "takeda-2027 "}, PUBLIC | {"takeda-onboarding"}),
        ({"access_code": [CODE, "SIEMENS-2027"]}, PUBLIC | {"takeda-onboarding", "siemens-batch"}),
        ({"access_code": "wrong"}, PUBLIC),
        ({"q": "bpf"}, {"gmp-basics"}),
        ({"q": "onboarding"}, set()),
        ({"q": "onboarding", "access_code": CODE}, {"takeda-onboarding"}),
        ({"q": "  "}, PUBLIC),
    ],
)
def test_courses(catalogue: Reader, filters: dict[str, Any], expected: set[str]) -> None:
    assert set(catalogue.ids("/v1/courses", **filters)) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"course": None}, 11),  # full, cancelled and closed ones too; no closed audience
        ({"access_code": CODE}, 13),
        ({"kind": "event"}, 1),
        ({"kind": "course"}, 10),
        ({"seats": "1"}, 9),
        ({"state": "full"}, 1),
        ({"state": "cancelled"}, 1),
        ({"state": ["open", "full"], "language": "fr", "topic": "gmp"}, 4),
        ({"operator": "unknown"}, 0),
        ({"from": "2026-12-01", "to": "2026-12-02"}, 0),  # the only one is full
        ({"from": "2026-12-01", "to": "2026-12-02", "state": "full"}, 1),
    ],
)
def test_sessions(catalogue: Reader, filters: dict[str, Any], expected: int) -> None:
    assert catalogue.get("/v1/sessions", **filters)["total"] == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", "expert"),
        ("format", "vr"),
        ("language", "english"),
        ("language", ""),
        ("from", "yesterday"),
        ("from", "2027-02-30"),
        ("to", "20270101"),
        ("to", "0001-01-01T00:00:00+14:00"),
        ("max_price", "cheap"),
        ("max_price", "-1"),
        ("max_price", "nan"),
        ("max_days", "1e99"),
        ("seats", "0"),
        ("seats", "-3"),
        ("seats", "2.5"),
        ("seats", "9" * 50),
        ("day_part", "dawn"),
        ("kind", "party"),
        ("sort", "beauty"),
        ("topic", ""),
        ("operator", "x" * 300),
        ("seats", "!3"),
    ],
)
def test_a_malformed_value_is_named(catalogue: Reader, field: str, value: str) -> None:
    for path in ("/v1/courses", "/v1/sessions", "/v1/courses/gmp-basics/sessions"):
        answer = catalogue.client.get(path, params={field: value})
        assert answer.status_code == 422, (path, answer.text)
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("field", ["q", "topic", "operator", "access_code"])
@pytest.mark.parametrize(
    "value", ["<script>", "'; DROP TABLE courses; --", "\u202eשלום", "🧬", "../../x", "%", "\x00", "\x1f", "\x85"]
)
def test_odd_values_find_nothing_and_break_nothing(catalogue: Reader, field: str, value: str) -> None:
    answer = catalogue.client.get("/v1/courses", params={field: value})
    assert answer.status_code == 200
    if field in {"topic", "operator"}:
        assert answer.json()["items"] == []


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["team-talk", "python-bio", "gmp-basics", "digital-twins"]),
        ("days", ["team-talk", "python-bio", "gmp-basics", "digital-twins"]),
        ("start", ["gmp-basics", "digital-twins", "python-bio", "team-talk"]),
    ],
)
def test_sort(catalogue: Reader, sort: str, expected: list[str]) -> None:
    assert catalogue.ids("/v1/courses", sort=sort) == expected


def test_sessions_are_sorted_by_start(catalogue: Reader) -> None:
    items = catalogue.get("/v1/sessions", limit=100)["items"]
    assert [item["start"] for item in items] == sorted(item["start"] for item in items)


def test_pages(catalogue: Reader) -> None:
    whole = catalogue.ids("/v1/sessions")
    got: list[str] = []
    cursor = None
    for _ in range(10):
        page = catalogue.get("/v1/sessions", limit=4, **({"cursor": cursor} if cursor else {}))
        assert page["total"] == len(whole) and len(page["items"]) <= 4
        got += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert got == whole


def test_next_sessions_are_the_three_earliest_that_match(catalogue: Reader) -> None:
    (course,) = catalogue.get("/v1/courses", operator="takeda")["items"]
    starts = [session["start"][:10] for session in course["next_sessions"]]
    assert starts == ["2026-12-07", "2026-12-15", "2026-12-28"], "neither the full one nor the cancelled one"
    (course,) = catalogue.get("/v1/courses", operator="takeda", seats=5)["items"]
    assert [session["start"][:10] for session in course["next_sessions"]] == ["2026-12-15", "2026-12-28", "2027-03-30"]
    (course,) = catalogue.get("/v1/courses", operator="takeda", access_code=CODE, from_="2027-01-01")["items"]
    assert [session["audience"] for session in course["next_sessions"]] == ["staff", "public"]


def test_filters_must_hold_for_one_session_together(catalogue: Reader) -> None:
    """The English session is hybrid and has one seat; the French ones have more: no session is both."""
    assert catalogue.ids("/v1/courses", topic="gmp", language="en", seats="2") == []
    assert catalogue.ids("/v1/courses", topic="gmp", language="en", format="onsite") == []
    assert catalogue.ids("/v1/courses", topic="gmp", language="en", seats="1") == ["gmp-basics"]


def test_the_clock_closes_sessions(catalogue: Reader) -> None:
    def state_at(moment: str) -> tuple[str, int]:
        catalogue.clock.set(moment)
        session = catalogue.get("/v1/sessions/gmp-basics-20261215")
        return session["state"], session["seats_free"]

    assert state_at("2026-12-14T11:59:59") == ("open", 9)
    assert state_at("2026-12-14T12:00:00") == ("closed", 0)
    assert state_at("2027-02-01T12:00:00") == ("closed", 0)
    assert "gmp-basics-20261215" not in catalogue.ids("/v1/sessions")
    assert "gmp-basics" in catalogue.ids("/v1/courses")
    catalogue.clock.set("2027-06-01T12:00:00")
    assert set(catalogue.ids("/v1/courses")) == PUBLIC, "a course that is not planned shows all the same"
    assert catalogue.ids("/v1/courses", seats=1) == []
