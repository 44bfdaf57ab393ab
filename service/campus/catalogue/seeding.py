"""Fill an empty catalogue with the demonstration. Sessions are dated once, at the first start, and stay."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campus import clock
from campus.catalogue.demo import EMPTY_TEXTS, Demo, Row, read_demo, read_schemes
from campus.catalogue.demo_bookings import People, book_demonstration, read_people
from campus.catalogue.memory import raise_version
from campus.catalogue.models import (
    CatalogueState,
    Course,
    CourseSession,
    CourseTopic,
    FundingScheme,
    Meeting,
    Operator,
    Topic,
)
from campus.catalogue.schedule import blocks, booking_deadline, first_monday
from campus.knowledge.models import Answer


def seed_if_empty(db: Session, folder: Path) -> bool:
    """Load the demonstration unless it, or another catalogue, is there. True where it was loaded."""
    state = db.get(CatalogueState, 1)
    if state is None:
        state = CatalogueState(id=1, version=1)
        db.add(state)
    if state.seeded_at is not None or db.scalar(select(Operator.id).limit(1)):
        _seed_schemes(db, folder)
        return False
    state.seeded_at = clock.now()
    seed(db, read_demo(folder), read_people(folder), clock.now())
    return True


def seed(db: Session, demo: Demo, people: People, now: datetime) -> None:
    """Insert everything, with bookings for the seats that are taken. `now` is the business clock."""
    _insert(db, Operator, [_operator(row, position) for position, row in enumerate(demo.operators)])
    topics = [
        {"id": row["id"], "name": row["name"], "aliases": as_lists(row.get("aliases")), "position": position}
        for position, row in enumerate(demo.topics)
    ]
    _insert(db, Topic, topics)
    _insert(db, Course, [_course(row) for row in demo.courses])
    links = [
        {"course_id": row["id"], "topic_id": topic, "position": position}
        for row in demo.courses
        for position, topic in enumerate(row["topics"])
    ]
    _insert(db, CourseTopic, links)
    sessions, meetings, taken = _sessions(demo, now.date())
    _insert(db, CourseSession, sessions)
    _insert(db, Meeting, meetings)
    _insert(db, Answer, [_answer(row) for row in demo.answers])
    _insert(db, FundingScheme, _schemes(demo.schemes))
    raise_version(db)
    db.flush()
    book_demonstration(db, taken, people, now)


def _seed_schemes(db: Session, folder: Path) -> None:
    """Give a catalogue that is older than their table the funding schemes that it told until then."""
    if db.scalar(select(FundingScheme.scheme).limit(1)) is None and (rows := read_schemes(folder)):
        _insert(db, FundingScheme, _schemes(rows))
        raise_version(db)


def _insert(db: Session, model: type[Any], rows: list[Row]) -> None:
    if rows:
        db.execute(insert(model), rows)


def _operator(row: Row, position: int) -> Row:
    terms = row["terms"]
    return {
        "id": row["id"],
        "name": row["name"],
        "summary": row["summary"],
        "aliases": as_lists(row.get("aliases")),
        "vat_regime": row["vat"]["regime"],
        "vat_rate": Decimal(str(row["vat"]["rate"])),
        "email": row["email"],
        "email_domains": row.get("email_domains", []),
        "free_working_days": terms["free_working_days"],
        "fee_percent": Decimal(str(terms["fee_percent"])),
        "fee_minimum": Decimal(str(terms["fee_minimum"])),
        "withdrawal_days": terms["withdrawal_days"],
        "position": position,
        "demo": True,
    }


def _course(row: Row) -> Row:
    texts = ("prerequisites", "audience_text", "certificate", "trainers")
    return {
        "id": row["id"],
        "kind": row["kind"],
        "operator_id": row["operator"],
        "title": row["title"],
        "summary": row["summary"],
        "content": as_lists(row.get("content")),
        **{name: row.get(name) or EMPTY_TEXTS for name in texts},
        "funding": row.get("funding", []),
        "aliases": as_lists(row.get("aliases")),
        "languages": row["languages"],
        "level": row.get("level", "beginner"),
        "format": row["format"],
        "days": float(row.get("days", 1)),
        "hours": float(row.get("hours", 7)),
        "price": Decimal(str(row["price"])),
        "audience": row.get("audience", "public"),
        "access_code": row.get("access_code"),
        "requirements": row.get("requirements", []),
        "demo": True,
    }


def _sessions(demo: Demo, today: date) -> tuple[list[Row], list[Row], dict[str, int]]:
    """Sessions, their meetings, and how many seats of each are taken."""
    courses = {row["id"]: row for row in demo.courses}
    first = first_monday(today)
    sessions: list[Row] = []
    meetings: list[Row] = []
    taken: dict[str, int] = {}
    for row in demo.sessions:
        course = courses[row["course"]]
        dated = blocks(first, row["week"], row["meetings"])
        start, end = dated[0][0], dated[-1][1]
        session_id = base = f"{course['id']}-{start:%Y%m%d}"
        number = 1
        while session_id in taken:
            number += 1
            session_id = f"{base}-{number}"
        taken[session_id] = 0 if row.get("cancelled") else row.get("taken", 0)
        audience = row.get("audience", course.get("audience", "public"))
        sessions.append(
            {
                "id": session_id,
                "course_id": course["id"],
                "start": start,
                "end": end,
                "booking_deadline": booking_deadline(start),
                "format": row.get("format", course["format"]),
                "language": row.get("language", course["languages"][0]),
                "place": row.get("place") or EMPTY_TEXTS,
                "capacity": row["capacity"],
                "minimum": row.get("minimum"),
                "taken": 0,
                "state": "cancelled" if row.get("cancelled") else "open",
                "audience": audience,
                "access_code": None if audience == "public" else row.get("access_code") or course.get("access_code"),
                "version": 1,
                "exhibitors": row.get("exhibitors", []),
                "demo": True,
            }
        )
        meetings += [{"session_id": session_id, "start": begin, "end": stop} for begin, stop in dated]
    return sessions, meetings, taken


def _answer(row: Row) -> Row:
    return {
        "key": row["key"],
        "group": row["group"],
        "questions": as_lists(row.get("questions")),
        "text": row["text"],
        "source": row.get("source"),
        "checked_on": row.get("checked_on"),
    }


def _schemes(rows: list[Row]) -> list[Row]:
    texts = ("scheme", "name", "status", "text", "unknown")
    return [
        {
            **{name: row[name] for name in texts},
            "source": row.get("source"),
            "checked_on": row.get("checked_on"),
            "position": position,
        }
        for position, row in enumerate(rows)
    ]


def as_lists(value: Any) -> dict[str, list[str]]:
    """`{fr: […], en: […]}`, each entry as text (YAML reads `21` as a number, `on` as a truth)."""
    given = value or {}
    return {lang: [str(item) for item in given.get(lang) or ()] for lang in ("fr", "en")}
