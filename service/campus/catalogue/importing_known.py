"""What a file is compared with: the catalogue by operators' references, read in one query a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus.catalogue.models import Course, CourseSession, CourseTopic, Meeting, Operator, Topic
from campus.catalogue.seats import read_seats
from campus.words import plain

Key = tuple[str, str]
"""Operator's id and the operator's own reference; the id of what was not imported."""


@dataclass(frozen=True, slots=True)
class Known:
    """Operators and topics by their ids and names (as `plain` writes them), courses and sessions by their keys."""

    operators: Mapping[str, str]
    topics: Mapping[str, str]
    courses: Mapping[Key, Mapping[str, Any]]
    sessions: Mapping[Key, Mapping[str, Any]]
    course_ids: frozenset[str]
    session_ids: frozenset[str]


def read_known(db: Session, now: datetime) -> Known:
    """Everything, as this transaction sees it."""
    operators, topics = _named(db, Operator), _named(db, Topic)
    of_course: dict[str, list[str]] = defaultdict(list)
    for link in db.execute(select(CourseTopic.__table__).order_by(CourseTopic.position)):
        of_course[link.course_id].append(link.topic_id)
    courses: dict[Key, dict[str, Any]] = {}
    keys: dict[str, Key] = {}
    rows = db.execute(select(Course.__table__).order_by(Course.external_id.is_not(None), Course.id)).mappings().all()
    for row in rows:  # those with a reference of their own come last: it counts more than an id
        key = keys[row["id"]] = (row["operator_id"], row["external_id"] or row["id"])
        courses[key] = {**row, "topics": of_course[row["id"]], "key": key}
    blocks: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for meeting in db.execute(select(Meeting.__table__).order_by(Meeting.start)):
        blocks[meeting.session_id].append((meeting.start, meeting.end))
    seats = read_seats(db, now)
    sessions: dict[Key, dict[str, Any]] = {}
    ordered = select(CourseSession.__table__).order_by(CourseSession.external_id.is_not(None), CourseSession.id)
    for one in db.execute(ordered).mappings().all():
        course = keys[one["course_id"]]
        sessions[course[0], one["external_id"] or one["id"]] = {
            **one,
            "course_key": course,
            "meetings": blocks[one["id"]] or [(one["start"], one["end"])],
            "waiting": seats[one["id"]].waiting,
        }
    ids = frozenset(one["id"] for one in sessions.values())
    return Known(operators, topics, courses, sessions, frozenset(keys), ids)


def _named(db: Session, table: type[Operator] | type[Topic]) -> dict[str, str]:
    """Ids by ids and by names."""
    named: dict[str, str] = {}
    for row in db.execute(select(table.id, table.name)):
        names = row.name.values() if isinstance(row.name, dict) else [row.name]
        named |= {plain(name): row.id for name in names}
    return named | {plain(id_): id_ for id_ in db.scalars(select(table.id))}
