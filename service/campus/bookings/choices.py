"""What remains open to who wants more seats than a session has: another date, a split over several, the queue.

The ways are computed for this caller, under the same rules of audience as a booking; nothing is
kept for anybody by being told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from campus.catalogue.criteria import Criteria
from campus.catalogue.memory import CourseEntry, SessionEntry
from campus.catalogue.selection import Moment, select_sessions

ELSEWHERE = 3
"""So many other dates are told."""

Choice = dict[str, Any]
Part = tuple[str, int]


def elsewhere(moment: Moment, course: CourseEntry, wanted: int) -> list[SessionEntry]:
    """The next sessions of the course in which so many seats can be booked, earliest first."""
    found = select_sessions(moment, Criteria(seats=wanted), None, course.id)
    return [session for _course, session in found[:ELSEWHERE]]


def open_ways(moment: Moment, course: CourseEntry, session_id: str, wanted: int, but: Collection[str]) -> list[Choice]:
    """Every way that is open, the other dates first. `but`: sessions in which the caller sits already."""
    session = moment.catalogue.sessions[session_id]
    ways: list[Choice] = [
        {"kind": "another-date", "session_id": other.id, "seats": wanted}
        for other in elsewhere(moment, course, wanted)
        if other.id not in but
    ]
    others = [
        (one.id, moment.free(one))
        for _course, one in select_sessions(moment, Criteria(seats=1), None, course.id)
        if one.id != session_id and one.id not in but
    ]
    if parts := split(session_id, moment.free(session), others, wanted):
        ways.append({"kind": "split", "parts": [{"session_id": ident, "seats": seats} for ident, seats in parts]})
    if session.booking_deadline > moment.now and wanted <= moment.seats[session_id].capacity:
        ways.append({"kind": "queue", "session_id": session_id, "seats": wanted})
    return ways


def split(session_id: str, free: int, others: Sequence[Part], wanted: int) -> list[Part]:
    """The free seats of a session, and the rest in one other session or in two; empty where there is no such way.

    `others` are sessions with their free seats, by their start. The way whose last session is the
    earliest wins, and of those the one with the fewest sessions.
    """
    rest = wanted - free
    if free < 1 or rest < 1:
        return []
    for index, (last, room) in enumerate(others):
        if room >= rest:
            return [(session_id, free), (last, rest)]
        for between, some in others[:index]:
            if some + room >= rest:
                return [(session_id, free), (between, some), (last, rest - some)]
    return []
