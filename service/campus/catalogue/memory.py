"""The catalogue in memory: what changes seldom is read once for each version of it, seats are read each time."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Result, event, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction

from campus import clock
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
from campus.db import Base, Database
from campus.knowledge.models import Answer

Texts = dict[str, str]
Lists = dict[str, list[str]]
WATCHED = (Operator, Topic, Course, CourseTopic, CourseSession, Meeting, FundingScheme, Answer)
LIVE = {"taken", "state", "capacity", "version"}
"""Columns of a session that are read each time, so their change does not make a new version."""
_CHANGED = "catalogue_changed"


@dataclass(frozen=True, slots=True)
class OperatorEntry:
    """An operator as every request sees it."""

    id: str
    name: str
    summary: Texts
    aliases: Lists
    vat_regime: str
    vat_rate: Decimal
    email_domains: frozenset[str]
    free_working_days: int
    fee_percent: Decimal
    fee_minimum: Decimal
    withdrawal_days: int
    demo: bool


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A topic as every request sees it."""

    id: str
    name: Texts
    aliases: Lists


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session without its seats (see `campus.catalogue.seats`)."""

    id: str
    course_id: str
    start: datetime
    end: datetime
    booking_deadline: datetime
    meetings: tuple[tuple[datetime, datetime], ...]
    format: str
    language: str
    place: Texts
    audience: str
    access_code: str | None
    minimum: int | None
    changed_at: datetime
    exhibitors: list[dict[str, Any]]
    demo: bool


@dataclass(frozen=True, slots=True)
class CourseEntry:
    """A course or the parent of events, with its sessions in the order of their start."""

    id: str
    kind: str
    operator: OperatorEntry
    topics: tuple[TopicEntry, ...]
    title: Texts
    summary: Texts
    content: Lists
    prerequisites: Texts
    audience_text: Texts
    certificate: Texts
    trainers: Texts
    funding: list[dict[str, Any]]
    aliases: Lists
    languages: list[str]
    level: str
    format: str
    days: float
    hours: float
    price: Decimal
    audience: str
    access_code: str | None
    requirements: list[dict[str, Any]]
    demo: bool
    sessions: tuple[SessionEntry, ...]


@dataclass(frozen=True, slots=True)
class SchemeEntry:
    """A funding scheme as every request sees it."""

    scheme: str
    name: Texts
    status: str
    text: Texts
    unknown: Texts
    source: str | None
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the whole catalogue. Nothing in it may be changed."""

    version: int
    operators: Mapping[str, OperatorEntry]
    topics: Mapping[str, TopicEntry]
    courses: Mapping[str, CourseEntry]
    sessions: Mapping[str, SessionEntry] = field(default_factory=dict)
    schemes: Mapping[str, SchemeEntry] = field(default_factory=dict)


class _Cache:
    """The last version read, for one database."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.catalogue: Catalogue | None = None


_caches: dict[str, _Cache] = {}


def get_catalogue(db: Session) -> Catalogue:
    """The catalogue as this transaction sees it, read again only when its version rose."""
    version = catalogue_version(db)
    if db.info.get(_CHANGED):  # its own changes, which may yet be rolled back, are for nobody else
        return read_catalogue(db, version)
    cache = _caches.setdefault(str(db.get_bind().engine.url), _Cache())
    known = cache.catalogue
    if known is not None and known.version == version:
        return known
    with cache.lock:
        if cache.catalogue is None or cache.catalogue.version != version:
            cache.catalogue = read_catalogue(db, version)
        return cache.catalogue


def catalogue_version(db: Session) -> int:
    """The version of catalogue and knowledge base, as this transaction sees it."""
    return db.scalar(select(CatalogueState.version).where(CatalogueState.id == 1)) or 0


def forget(database: Database | None = None) -> None:
    """Drop what is remembered (of one database, or all): for tests that put another content under the same address."""
    if database is None:
        _caches.clear()
    else:
        _caches.pop(str(database.engine.url), None)


def read_catalogue(db: Session, version: int) -> Catalogue:
    """Read everything, in one query a table. Rows, not objects: nothing stale stays behind in the session."""
    operators = {row.id: _operator(row) for row in _rows(db, Operator, Operator.position)}
    topics = {row.id: TopicEntry(row.id, row.name, row.aliases) for row in _rows(db, Topic, Topic.position)}
    of_course: dict[str, list[TopicEntry]] = defaultdict(list)
    for link in _rows(db, CourseTopic, CourseTopic.position):
        of_course[link.course_id].append(topics[link.topic_id])
    blocks: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for meeting in _rows(db, Meeting, Meeting.start):
        blocks[meeting.session_id].append((meeting.start, meeting.end))
    sessions: dict[str, SessionEntry] = {}
    given: dict[str, list[SessionEntry]] = defaultdict(list)
    for row in _rows(db, CourseSession, CourseSession.start, CourseSession.id):
        block = tuple(blocks[row.id]) or ((row.start, row.end),)
        sessions[row.id] = SessionEntry(meetings=block, **_columns(row, SessionEntry, "meetings"))
        given[row.course_id].append(sessions[row.id])
    courses = {
        row.id: CourseEntry(
            operator=operators[row.operator_id],
            topics=tuple(of_course[row.id]),
            sessions=tuple(given[row.id]),
            **_columns(row, CourseEntry, "operator", "topics", "sessions"),
        )
        for row in _rows(db, Course, Course.id)
    }
    schemes = {
        row.scheme: SchemeEntry(**_columns(row, SchemeEntry))
        for row in _rows(db, FundingScheme, FundingScheme.position)
    }
    return Catalogue(version, operators, topics, courses, sessions, schemes)


def _rows(db: Session, model: type[Base], *order: Any) -> Result[Any]:
    return db.execute(select(model.__table__).order_by(*order))


def _columns(row: Any, entry: type, *but: str) -> dict[str, Any]:
    """The columns of a row that the entry has under the same name."""
    return {name: row._mapping[name] for name in entry.__dataclass_fields__ if name not in but}  # type: ignore[attr-defined]


def _operator(row: Any) -> OperatorEntry:
    domains = frozenset(domain.lower() for domain in row.email_domains)
    return OperatorEntry(email_domains=domains, **_columns(row, OperatorEntry, "email_domains"))


@event.listens_for(Session, "before_flush")
def _raise_version(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """A change of the catalogue through the ORM raises the version, in the same transaction."""
    for row in session.dirty:
        if isinstance(row, CourseSession) and _shows_in_calendars(row):
            row.version += 1
            row.changed_at = clock.now()
    changed = [row for row in (*session.new, *session.deleted) if isinstance(row, WATCHED)]
    changed += [row for row in session.dirty if isinstance(row, WATCHED) and _changes(row)]
    if changed:
        raise_version(session)


def _shows_in_calendars(row: CourseSession) -> bool:
    """Whether a calendar that has this session must be told, and nobody has raised its version yet."""
    attributes = inspect(row).attrs
    changed = any(attributes[name].history.has_changes() for name in ("start", "end", "place", "state", "meetings"))
    return changed and not attributes["version"].history.has_changes()


def _changes(row: Any) -> bool:
    state = inspect(row)
    names = (attribute.key for attribute in state.mapper.column_attrs)
    return any(state.attrs[name].history.has_changes() for name in names if name not in LIVE)


def raise_version(db: Session) -> None:
    """Tell every process to read the catalogue again; for changes that pass the ORM by."""
    db.info[_CHANGED] = True
    db.execute(
        update(CatalogueState)
        .where(CatalogueState.id == 1)
        .values(version=CatalogueState.version + 1)
        .execution_options(synchronize_session=False)
    )
