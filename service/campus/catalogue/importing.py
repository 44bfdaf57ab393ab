"""A catalogue out of a file: `python -m campus.catalogue.importing FILE [--apply] [--lang fr|en]`.

Without `--apply` it only tells what it would do. A file with one mistake changes nothing at all; the same file a
second time changes nothing either.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import SERVICE, record
from campus.bookings import seats
from campus.catalogue.importing_columns import message
from campus.catalogue.importing_files import FileError, Table, read_file
from campus.catalogue.importing_known import Key
from campus.catalogue.importing_plan import Item, Mistake, Plan, day_of, make_plan, slug
from campus.catalogue.memory import raise_version
from campus.catalogue.models import Course, CourseSession, CourseTopic, Meeting
from campus.db import get_database
from campus.languages import DEFAULT
from campus.staff.rights import EVERYWHERE

ONE_AT_A_TIME = 0x696D706F7274
"""Number of the PostgreSQL advisory lock of an import; on SQLite the write lock does."""
IN_CALENDARS = frozenset({"start", "end", "meetings", "place", "state"})
"""Changes of a session that its `version` counts."""


def run(db: Session, tables: Sequence[Table], actor: str, operators: frozenset[str], *, apply: bool) -> Plan:
    """Compare, and write unless there is a mistake; all in the caller's transaction. Rows of other operators than
    these (`*`: every one) are mistakes."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    plan = make_plan(db, tables, operators)
    if apply and not plan.mistakes:
        plan.mistakes += _sold_meanwhile(db, plan)
        if not plan.mistakes:
            _write(db, plan, actor)
    return plan


def report(plan: Plan, lang: str) -> dict[str, Any]:
    """The plan as an answer."""
    return {"errors": [_told(mistake, lang) for mistake in plan.mistakes], "counts": plan.counts()}


def refused(exc: FileError, lang: str) -> dict[str, Any]:
    """A file that was not read at all, as an answer."""
    mistake = Mistake(None, 1, "file", exc.code, exc.facts)
    counts = {"created": 0, "changed": 0, "unchanged": 0, "errors": 1}
    return {"errors": [_told(mistake, lang)], "counts": counts}


def _told(mistake: Mistake, lang: str) -> dict[str, Any]:
    told = {
        "row": mistake.row,
        "column": mistake.column,
        "code": mistake.code,
        "message": message(mistake.code, lang, **mistake.facts),
        "field": mistake.column,
    }
    return {"sheet": mistake.sheet, **told} if mistake.sheet else told


def _sold_meanwhile(db: Session, plan: Plan) -> list[Mistake]:
    """Take the locks of the sessions that will change: whatever was booked since they were read counts."""
    changing = {item.id: item for item in plan.sessions if item.id and item.changed}
    found: list[Mistake] = []
    ids = sorted(changing)
    for start in range(0, len(ids), 500):
        for id_, live in seats.lock(db, *ids[start : start + 500]).items():
            item = changing[id_]
            if live.taken > item.values["capacity"]:
                found.append(Mistake(item.row.sheet, item.row.number, "capacity", "below_taken", {"taken": live.taken}))
            elif live.taken and item.changed.keys() & {"start", "end", "meetings", "course"}:
                found.append(Mistake(item.row.sheet, item.row.number, "start", "has_bookings", {"taken": live.taken}))
    return found


def _write(db: Session, plan: Plan, actor: str) -> None:
    counts = plan.counts()
    if not counts["created"] and not counts["changed"]:
        return
    raise_version(db)
    ids = _write_courses(db, plan.courses)
    _write_sessions(db, plan.sessions, ids)
    record(db, actor, "import", "catalogue", counts=counts)


def _write_courses(db: Session, items: Sequence[Item]) -> dict[Key, str]:
    """Courses with their topics; the ids of all by their keys."""
    taken = set(db.scalars(select(Course.id)))
    ids: dict[Key, str] = {}
    for row in db.execute(select(Course.id, Course.operator_id, Course.external_id)):
        ids[row.operator_id, row.external_id or row.id] = row.id
    new: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for item in items:
        topics = item.changed.pop("topics", None)
        if item.id is None:
            id_ = ids[item.key] = _free(f"{item.key[0]}-{slug(item.key[1])}"[:70], taken)
            new.append({"id": id_, "operator_id": item.key[0], "external_id": item.key[1], **item.changed})
        else:
            id_ = item.id
            if item.changed:
                db.execute(update(Course.__table__).where(Course.id == id_).values(**item.changed))  # type: ignore[arg-type]
            if topics is not None:
                db.execute(delete(CourseTopic).where(CourseTopic.course_id == id_))
        for position, topic in enumerate(topics or ()):
            links.append({"course_id": id_, "topic_id": topic, "position": position})
    _insert(db, Course, new)
    _insert(db, CourseTopic, links)
    return ids


def _write_sessions(db: Session, items: Sequence[Item], courses: dict[Key, str]) -> None:
    """Sessions with their blocks. A new time, place or state is a new version, which calendars are told."""
    taken = set(db.scalars(select(CourseSession.id)))
    now = clock.now()
    new: list[dict[str, Any]] = []
    blocks: list[dict[str, Any]] = []
    for item in items:
        values = dict(item.changed)
        meetings = values.pop("meetings", None)
        if "course" in values:
            values["course_id"] = courses[values.pop("course")]
        if item.id is None:
            id_ = _free(f"{values['course_id']}-{day_of(values['start'])}", taken)
            new.append({"id": id_, "external_id": item.key[1], "created_at": now, "changed_at": now, **values})
        elif item.changed:
            id_ = item.id
            if IN_CALENDARS & item.changed.keys():
                values |= {"version": CourseSession.__table__.c.version + 1, "changed_at": now}
            if values:
                db.execute(update(CourseSession.__table__).where(CourseSession.id == id_).values(**values))  # type: ignore[arg-type]
            if meetings is not None:
                db.execute(delete(Meeting).where(Meeting.session_id == id_))
        else:
            continue
        blocks += [{"session_id": id_, "start": start, "end": end} for start, end in meetings or ()]
    _insert(db, CourseSession, new)
    _insert(db, Meeting, blocks)


def _insert(db: Session, model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(insert(model), rows)


def _free(wanted: str, taken: set[str]) -> str:
    """The id that is wanted, numbered where somebody has it."""
    id_, number = wanted, 1
    while id_ in taken:
        number += 1
        id_ = f"{wanted}-{number}"
    taken.add(id_)
    return id_


def main(arguments: Sequence[str]) -> int:
    """The command: 0 where the file is right, 1 where it is not."""
    parser = argparse.ArgumentParser(prog="python -m campus.catalogue.importing", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--apply", action="store_true", help="write, unless there is a mistake")
    parser.add_argument("--lang", choices=("fr", "en"), default=DEFAULT)
    given = parser.parse_args(arguments)
    try:
        tables = read_file(given.file.read_bytes())
    except FileError as exc:
        told = refused(exc, given.lang)
    else:
        database = get_database()
        with database.writing() if given.apply else database.reading() as db:
            told = report(run(db, tables, SERVICE, frozenset({EVERYWHERE}), apply=given.apply), given.lang)
    for error in told["errors"]:
        place = ":".join(str(error[name]) for name in ("sheet", "row", "column") if name in error)
        print(f"{place}: {error['message']} [{error['code']}]")
    print(" ".join(f"{name}={count}" for name, count in told["counts"].items()))
    return 1 if told["errors"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
