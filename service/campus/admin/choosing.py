"""What there is to choose in a form, each for who chooses: nothing of an operator whom they do not serve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from campus import clock
from campus.admin import shown, texts
from campus.admin.fields import Options
from campus.catalogue.models import Course, CourseSession, FundingScheme, Operator, Topic
from campus.speakers.speaker import Speaker
from campus.staff.rights import EVERYWHERE

LANGUAGES = ("fr", "en", "nl", "de")
MOST_SESSIONS = 200
"""Sessions to move to that are offered; other dates of the same course come first."""

Listed = Iterable[tuple[str, str]]


def codes(name: str, listed: Iterable[str]) -> Options:
    """A few codes with their words."""
    return lambda _db, _speaker, _row: [(code, texts.value(name, code)) for code in listed]


def operators(scope: str) -> Options:
    """The operators for whom they have the scope, by name."""

    def listed(db: Session, speaker: Speaker, _row: Any) -> Listed:
        every = db.scalars(select(Operator).order_by(Operator.position))
        return [(row.id, row.name) for row in every if speaker.may(scope, row.id)]

    return listed


def courses(scope: str) -> Options:
    """The courses of these operators, by title."""

    def listed(db: Session, speaker: Speaker, _row: Any) -> Listed:
        found = [
            (row.id, row.title[texts.lang()])
            for row in db.scalars(select(Course))
            if speaker.may(scope, row.operator_id)
        ]
        return sorted(found, key=lambda one: one[1].casefold())

    return listed


def topics(db: Session, _speaker: Speaker, _row: Any) -> Listed:
    """All topics by name: they are the campus's, and everybody's."""
    return [(row.id, row.name[texts.lang()]) for row in db.scalars(select(Topic).order_by(Topic.position))]


def schemes(db: Session, _speaker: Speaker, _row: Any) -> Listed:
    """All funding schemes by name, likewise."""
    every = db.scalars(select(FundingScheme).order_by(FundingScheme.position))
    return [(row.scheme, row.name[texts.lang()]) for row in every]


def other_sessions(scope: str) -> Options:
    """Where a booking can be moved to: sessions of these operators that take bookings now, by their start."""

    def listed(db: Session, speaker: Speaker, row: Any) -> Listed:
        now = clock.now()
        reach = speaker.reach(scope)
        found = (
            select(CourseSession)
            .join(Course)
            .where(
                CourseSession.state == "open",
                CourseSession.booking_deadline > now,
                CourseSession.start > now,
                CourseSession.id != row.session_id,
            )
        )
        if EVERYWHERE not in reach:
            found = found.where(Course.operator_id.in_(sorted(reach)))
        same = CourseSession.course_id == row.session.course_id
        chosen = found.order_by(same.desc(), CourseSession.start, CourseSession.id).limit(MOST_SESSIONS)
        chosen = chosen.options(contains_eager(CourseSession.course))
        return [(one.id, f"{shown.name_of(one.course)}, {shown.moment(one.start)}") for one in db.scalars(chosen)]

    return listed
