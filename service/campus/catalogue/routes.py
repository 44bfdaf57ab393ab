"""Addresses of the catalogue: open to everybody. No rule stands here: select, show, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from campus import metrics
from campus.catalogue import feeds_routes, funding, importing_routes, jsonld, search, snapshot
from campus.catalogue.audience import Visitor
from campus.catalogue.criteria import Choice, Criteria, get_criteria
from campus.catalogue.memory import CourseEntry, get_catalogue
from campus.catalogue.schemas import CourseDetails, CourseOut, OperatorOut, ProblemOut, SessionOut, TopicOut
from campus.catalogue.selection import Moment, select_courses, select_sessions
from campus.catalogue.views import (
    course_details,
    course_view,
    exhibitor_views,
    look,
    operator_view,
    session_view,
    topic_view,
)
from campus.db import Db
from campus.languages import ReplyLang
from campus.paging import Page, Paging, page_of
from campus.problems import NotFound
from campus.responses import json_answer
from campus.speakers.speaker import Guest, Speaker

router = APIRouter(tags=["catalogue"])
router.include_router(importing_routes.router)
router.include_router(feeds_routes.router)
router.include_router(funding.router)

Filters = Annotated[Criteria, Depends(get_criteria)]
Id = Annotated[str, Path(max_length=120)]
_LIST: dict[int | str, dict[str, Any]] = {
    304: {"description": "The caller has this answer (If-None-Match)"},
    422: {"model": ProblemOut, "description": "invalid (+ errors)"},
}
_ONE: dict[int | str, dict[str, Any]] = {
    **_LIST,
    404: {"model": ProblemOut, "description": "not-found"},
}


@router.get("/v1/operators", response_model=Page[OperatorOut], responses=_LIST, summary="Who teaches here")
def list_operators(request: Request, db: Db, lang: ReplyLang, part: Paging) -> Response:
    """In the order of the campus."""
    catalogue = get_catalogue(db)
    counted = _count(catalogue.courses, lambda course: [course.operator.id])
    items = [operator_view(operator, lang, counted.get(operator.id, 0)) for operator in catalogue.operators.values()]
    return json_answer(request, page_of(items, part))


@router.get("/v1/topics", response_model=Page[TopicOut], responses=_LIST, summary="What is taught here")
def list_topics(request: Request, db: Db, lang: ReplyLang, part: Paging) -> Response:
    """Topics with how many public courses are about each."""
    catalogue = get_catalogue(db)
    counted = _count(catalogue.courses, lambda course: [topic.id for topic in course.topics])
    items = [topic_view(topic, lang, counted.get(topic.id, 0)) for topic in catalogue.topics.values()]
    return json_answer(request, page_of(items, part))


@router.get("/v1/courses", response_model=Page[CourseOut], responses=_LIST, summary="Find courses")
def list_courses(request: Request, db: Db, criteria: Filters, caller: Guest, lang: ReplyLang, part: Paging) -> Response:
    """Courses that fulfil every filter; `kind=event` for the parents of events.

    Filters on sessions must hold for one session that this caller can book. Without one, a course shows even if it is
    full or not planned.
    """
    if not criteria.kind:
        criteria = replace(criteria, kind=Choice(include=frozenset({"course"})))
    moment = look(db, _visitor(caller, criteria))
    scores = _scores(moment, criteria, "courses")
    page = page_of(select_courses(moment, criteria, scores), part)
    page["items"] = [
        {**course_view(moment, course, sessions, lang), "score": scores[course.id] if scores else None}
        for course, sessions in page["items"]
    ]
    return json_answer(request, page)


@router.get("/v1/courses.jsonld", response_class=Response, summary="Public courses as schema.org JSON-LD")
def courses_as_jsonld(
    request: Request, db: Db, lang: ReplyLang, kind: Annotated[Literal["course", "event"], Query()] = "course"
) -> Response:
    """An ItemList of schema.org Course with a CourseInstance for every session to come, also full and cancelled ones;
    with `kind=event` one of Event."""
    moment = look(db)
    document = jsonld.document(moment, request.app.state.settings.public_url, lang, kind)
    return json_answer(request, document, media_type="application/ld+json")


@router.get("/v1/courses/{course_id}", response_model=CourseDetails, responses=_ONE, summary="One course")
def get_course(request: Request, course_id: Id, db: Db, criteria: Filters, caller: Guest, lang: ReplyLang) -> Response:
    """Everything about a course, with its next sessions (those that fulfil the filters, where there are any)."""
    moment = look(db, _visitor(caller, criteria))
    course = _visible(moment, course_id)
    sessions = [session for _, session in select_sessions(moment, _bookable_only(criteria), None, course.id)]
    return json_answer(request, course_details(moment, course, sessions, lang))


@router.get(
    "/v1/courses/{course_id}/sessions",
    response_model=Page[SessionOut],
    responses=_ONE,
    summary="When a course is given",
)
def list_course_sessions(
    request: Request, course_id: Id, db: Db, criteria: Filters, caller: Guest, lang: ReplyLang, part: Paging
) -> Response:
    """Sessions that have not begun, also full, closed and cancelled ones; with a filter those that can be booked."""
    moment = look(db, _visitor(caller, criteria))
    course = _visible(moment, course_id)
    return _sessions(request, moment, select_sessions(moment, criteria, None, course.id), lang, part)


@router.get("/v1/sessions", response_model=Page[SessionOut], responses=_LIST, summary="Find sessions and events")
def list_sessions(
    request: Request, db: Db, criteria: Filters, caller: Guest, lang: ReplyLang, part: Paging
) -> Response:
    """Sessions that have not begun, also full, closed and cancelled ones; with a filter those that can be booked."""
    moment = look(db, _visitor(caller, criteria))
    found = select_sessions(moment, criteria, _scores(moment, criteria, "sessions"))
    return _sessions(request, moment, found, lang, part)


@router.get("/v1/sessions/{session_id}", response_model=SessionOut, responses=_ONE, summary="One session")
def get_session(
    request: Request, session_id: Id, db: Db, criteria: Filters, caller: Guest, lang: ReplyLang
) -> Response:
    """A session as of now, also when it is over; one that this caller may not book does not exist."""
    moment = look(db, _visitor(caller, criteria), only={session_id})
    session = moment.catalogue.sessions.get(session_id)
    course = moment.catalogue.courses.get(session.course_id) if session else None
    if session is None or course is None or not moment.visitor.may_book(course, session):
        raise NotFound()
    told = session_view(moment, course, session, lang)
    if course.kind == "event":
        told["exhibitors"] = exhibitor_views(session, lang)
    return json_answer(request, told)


@router.get(
    "/v1/snapshot", summary="What a bot matches mentions against", responses={304: {"description": "Unchanged"}}
)
def get_snapshot(request: Request, db: Db) -> Response:
    """Ids, names and aliases of everything public, and the questions of the knowledge base; with an ETag."""
    return json_answer(request, snapshot.of_database(db))


def _visitor(caller: Speaker, criteria: Criteria) -> Visitor:
    """What this caller can show: what may be booked is shown, and nothing else."""
    return Visitor.of(criteria.access_codes, domains=caller.domains, operators=caller.reach("sessions.read"))


def _bookable_only(criteria: Criteria) -> Criteria:
    return replace(criteria, q="", kind=Choice(), seats=criteria.seats or 1)


def _visible(moment: Moment, course_id: str) -> CourseEntry:
    """The course, if it exists for this caller. Raises NotFound."""
    course = moment.catalogue.courses.get(course_id)
    if course is None or not moment.visitor.may_see(course):
        raise NotFound()
    return course


def _scores(moment: Moment, criteria: Criteria, what: str) -> Mapping[str, float] | None:
    """What the search finds for `q`; None where nothing was asked."""
    if not criteria.q:
        return None
    seen = {
        course.id
        for course in moment.catalogue.courses.values()
        if moment.visitor.may_see(course) and criteria.kind.admits(course.kind)
    }
    scores = search.get_index(moment.catalogue).search(criteria.q, seen)
    metrics.SEARCHES.labels(what, "yes" if scores else "no").inc()
    return scores


def _sessions(request: Request, moment: Moment, found: list[Any], lang: str, part: Paging) -> Response:
    page = page_of(found, part)
    page["items"] = [session_view(moment, course, session, lang) for course, session in page["items"]]
    return json_answer(request, page)


def _count(courses: Mapping[str, CourseEntry], ids: Callable[[CourseEntry], list[str]]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for course in courses.values():
        if course.audience == "public":
            for id_ in ids(course):
                counted[id_] = counted.get(id_, 0) + 1
    return counted
