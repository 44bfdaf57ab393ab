"""Addresses of the calendars."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from campus.catalogue import feeds
from campus.catalogue.memory import CourseEntry
from campus.catalogue.selection import Moment
from campus.catalogue.views import look
from campus.db import Db
from campus.languages import ReplyLang
from campus.problems import NotFound
from campus.responses import has_it

router = APIRouter(tags=["catalogue"])

Id = Annotated[str, Path(max_length=120)]
MEDIA_TYPE = "text/calendar; charset=utf-8"
_CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"description": "An iCalendar file", "content": {"text/calendar": {"schema": {"type": "string"}}}},
    304: {"description": "The caller has this file (If-None-Match)"},
}
_ONE = {**_CALENDAR, 404: {"description": "not-found"}}
_NAMES = {"fr": "Événements de l’EU Biotech Campus", "en": "Events of the EU Biotech Campus"}


@router.get(
    "/v1/operators/{operator_id}/calendar.ics",
    response_class=Response,
    responses=_ONE,
    summary="The calendar of an operator",
)
def operator_calendar(request: Request, operator_id: Id, db: Db, lang: ReplyLang) -> Response:
    """Public sessions and events of one operator, to subscribe to."""
    moment = look(db)
    operator = moment.catalogue.operators.get(operator_id)
    if operator is None:
        raise NotFound()
    return _answer(request, moment, lambda course: course.operator.id == operator_id, operator.name, lang)


@router.get(
    "/v1/courses/{course_id}/calendar.ics",
    response_class=Response,
    responses=_ONE,
    summary="The calendar of a course",
)
def course_calendar(request: Request, course_id: Id, db: Db, lang: ReplyLang) -> Response:
    """Public sessions of one course, to subscribe to."""
    moment = look(db)
    course = moment.catalogue.courses.get(course_id)
    if course is None or not moment.visitor.may_see(course):
        raise NotFound()
    return _answer(request, moment, lambda one: one.id == course_id, course.title[lang], lang)


@router.get(
    "/v1/events/calendar.ics", response_class=Response, responses=_CALENDAR, summary="The calendar of all events"
)
def events_calendar(request: Request, db: Db, lang: ReplyLang) -> Response:
    """Public events, to subscribe to."""
    return _answer(request, look(db), lambda course: course.kind == "event", _NAMES[lang], lang)


def _answer(request: Request, moment: Moment, wanted: Callable[[CourseEntry], bool], name: str, lang: str) -> Response:
    return answer(request, feeds.calendar(moment, feeds.planned(moment, wanted), name, lang))


def answer(request: Request, file: bytes) -> Response:
    """The file with its ETag, or 304 where the caller has it already."""
    tag = f'"{hashlib.blake2b(file, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300", "Vary": "Accept-Language"}
    if has_it(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(file, media_type=MEDIA_TYPE, headers=headers)
