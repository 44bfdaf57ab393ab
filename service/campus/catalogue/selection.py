"""Which courses and sessions fulfil the criteria of a request, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campus.catalogue.audience import Visitor
from campus.catalogue.criteria import WEEKDAYS, Choice, Criteria
from campus.catalogue.memory import Catalogue, CourseEntry, SessionEntry
from campus.catalogue.seats import Seats

EVENING_FROM = 17
AFTERNOON_FROM = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """What a request sees: the catalogue, the seats and the time, and who asks."""

    catalogue: Catalogue
    seats: Mapping[str, Seats]
    now: datetime
    visitor: Visitor

    def free(self, session: SessionEntry) -> int:
        """Seats that could be booked now."""
        return self.seats[session.id].bookable(session, self.now) if session.id in self.seats else 0


def select_courses(
    moment: Moment, criteria: Criteria, scores: Mapping[str, float] | None
) -> list[tuple[CourseEntry, list[SessionEntry]]]:
    """Courses with their matching bookable sessions, earliest first. `scores`: what the search found, None without `q`.

    A filter on sessions must hold for one bookable session; without one, a course shows even when it is not planned.
    """
    found = []
    for course in moment.catalogue.courses.values():
        if not moment.visitor.may_see(course) or not course_fits(course, criteria, scores):
            continue
        sessions = [session for session in course.sessions if _matches(moment, course, session, criteria)]
        if sessions or not criteria.about_sessions:
            found.append((course, sessions))
    return _sort_courses(found, criteria, scores, moment.catalogue)


def select_sessions(
    moment: Moment, criteria: Criteria, scores: Mapping[str, float] | None, course_id: str | None = None
) -> list[tuple[CourseEntry, SessionEntry]]:
    """Sessions that have not begun. With a filter on sessions only bookable ones, unless `state` is given."""
    found = []
    for course in moment.catalogue.courses.values():
        if course_id is not None and course.id != course_id:
            continue
        if not moment.visitor.may_see(course) or not course_fits(course, criteria, scores):
            continue
        for session in course.sessions:
            if session.start <= moment.now or not moment.visitor.may_book(course, session):
                continue
            if criteria.state:
                fits = criteria.state.admits(moment.seats[session.id].state(session, moment.now))
                fits = fits and _session_fits(session, criteria)
                if criteria.seats is not None:
                    fits = fits and moment.seats[session.id].capacity >= criteria.seats
            else:
                fits = not criteria.about_sessions or _matches(moment, course, session, criteria)
            if fits:
                found.append((course, session))
    return _sort_sessions(found, criteria, scores)


def course_fits(course: CourseEntry, criteria: Criteria, scores: Mapping[str, float] | None) -> bool:
    """The filters that speak of the course itself."""
    return (
        (scores is None or course.id in scores)
        and criteria.kind.admits(course.kind)
        and criteria.operator.admits(course.operator.id)
        and criteria.level.admits(course.level)
        and criteria.topic.admits_any(topic.id for topic in course.topics)
        and (criteria.max_price is None or course.price <= criteria.max_price)
        and (criteria.max_days is None or course.days <= criteria.max_days)
    )


def _matches(moment: Moment, course: CourseEntry, session: SessionEntry, criteria: Criteria) -> bool:
    """Bookable by this caller now, and all filters on sessions hold for it."""
    return (
        moment.free(session) >= (criteria.seats or 1)
        and moment.visitor.may_book(course, session)
        and _session_fits(session, criteria)
    )


def _session_fits(session: SessionEntry, criteria: Criteria) -> bool:
    return (
        criteria.format.admits(session.format)
        and criteria.language.admits(session.language)
        and (not criteria.periods or any(_within(session.start, period) for period in criteria.periods))
        and not any(_within(session.start, period) for period in criteria.no_periods)
        and (not criteria.day_part or _at_these_times(session, criteria.day_part))
    )


def _within(start: datetime, period: tuple[datetime | None, datetime | None]) -> bool:
    first, last = period
    return (first is None or start >= first) and (last is None or start < last)


def _at_these_times(session: SessionEntry, parts: Choice) -> bool:
    """Every block falls into what is asked for, none into what is refused: who has only evenings needs all of them."""
    for start, end in session.meetings:
        of_block = parts_of(start, end)
        if of_block & parts.exclude or (parts.include and not of_block & parts.include):
            return False
    return True


def parts_of(start: datetime, end: datetime) -> frozenset[str]:
    """The parts of the day and week in which a block lies."""
    parts = {WEEKDAYS[start.weekday()], "weekend" if start.weekday() >= 5 else "weekday"}
    if start.hour >= EVENING_FROM:
        parts.add("evening")
    elif start.hour >= AFTERNOON_FROM:
        parts.add("afternoon")
    elif end.hour < 13 or (end.hour, end.minute) == (13, 0):
        parts.add("morning")
    return frozenset(parts)


_NEVER = datetime.max.replace(tzinfo=None)


def _sort_courses(
    found: list[tuple[CourseEntry, list[SessionEntry]]],
    criteria: Criteria,
    scores: Mapping[str, float] | None,
    catalogue: Catalogue,
) -> list[tuple[CourseEntry, list[SessionEntry]]]:
    def by_start(item: tuple[CourseEntry, list[SessionEntry]]) -> tuple[bool, float, str]:
        course, sessions = item
        return (not sessions, sessions[0].start.timestamp() if sessions else 0.0, course.id)

    order = criteria.sort or ("relevance" if scores is not None else "start")
    found.sort(key=by_start)
    if order == "price":
        found.sort(key=lambda item: item[0].price)
    elif order == "days":
        found.sort(key=lambda item: item[0].days)
    elif order == "relevance" and scores is not None:
        found.sort(key=lambda item: -scores[item[0].id])
    return found


def _sort_sessions(
    found: list[tuple[CourseEntry, SessionEntry]], criteria: Criteria, scores: Mapping[str, float] | None
) -> list[tuple[CourseEntry, SessionEntry]]:
    found.sort(key=lambda item: (item[1].start, item[1].id))
    order = criteria.sort or ("relevance" if scores is not None else "start")
    if order == "price":
        found.sort(key=lambda item: item[0].price)
    elif order == "days":
        found.sort(key=lambda item: item[0].days)
    elif order == "relevance" and scores is not None:
        found.sort(key=lambda item: -scores[item[0].id])
    return found
