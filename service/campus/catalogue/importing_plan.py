"""What a file would change: each row against what is there. Nothing is written here.

A course or session is known by its operator and its reference (`external_id`; its id where it has none). What a file
leaves out is left alone: nothing vanishes because a row is not there. What people who booked would have to be told
(another time, called off) is refused and left to the management of sessions, which tells them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from campus import clock
from campus.catalogue.importing_cells import Block, CellError, read
from campus.catalogue.importing_columns import COURSE, SESSION, Column, columns, columns_of
from campus.catalogue.importing_files import Row, Table
from campus.catalogue.importing_known import Key, Known, read_known
from campus.catalogue.requirements import mistakes
from campus.catalogue.schedule import booking_deadline
from campus.staff.rights import EVERYWHERE
from campus.words import plain

TEXTS = ("title", "summary", "prerequisites", "audience_text", "certificate", "trainers")
LISTS = ("content", "aliases")
EMPTY: dict[str, Any] = {"text": "", "lines": [], "names": [], "line": ""}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong where; ``facts`` fill the words of its code."""

    sheet: str | None
    row: int
    column: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Item:
    """A row that was understood: what it will be, and what of that is new. ``id`` is None for a new one."""

    row: Row
    key: Key
    id: str | None
    values: dict[str, Any]
    changed: dict[str, Any]


@dataclass(slots=True)
class Plan:
    """All that a file would do."""

    courses: list[Item] = field(default_factory=list)
    sessions: list[Item] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many rows are new, changed and as they were; and how many mistakes there are."""
        items = [*self.courses, *self.sessions]
        created = sum(item.id is None for item in items)
        changed = sum(item.id is not None and bool(item.changed) for item in items)
        unchanged = len(items) - created - changed
        return {"created": created, "changed": changed, "unchanged": unchanged, "errors": len(self.mistakes)}


def make_plan(db: Session, tables: Sequence[Table], operators: frozenset[str]) -> Plan:
    """Compare the whole file with the database; every mistake is found, not only the first."""
    return _Planner(read_known(db, clock.now()), operators).plan(tables)


class _Planner:
    def __init__(self, known: Known, operators: frozenset[str]) -> None:
        self.known = known
        self.operators = operators
        self.made = Plan()
        self.seen: dict[tuple[str, Key], int] = {}
        self.courses: dict[Key, dict[str, Any] | None] = {}
        """Courses of the file with what they will be; None where their row has a mistake."""

    def plan(self, tables: Sequence[Table]) -> Plan:
        rows: list[tuple[str, str | None, Table, Row]] = []
        for table in tables:
            for column, code in table.mistakes:
                self.wrong(Row(1, table.sheet, {}), column, code)
            for row in table.rows:
                kind, said = self.kind_of(table, row)
                if kind and not self.is_of_another(row):
                    rows.append((kind, said, table, row))
        for wanted, step in ((COURSE, self.course), (SESSION, self.session)):
            for kind, said, table, row in rows:
                if kind == wanted:
                    step(table, row, said)
        order = {None: -1, **{table.sheet: at for at, table in enumerate(tables)}}
        places = {key: at for at, key in enumerate(columns())}
        self.made.mistakes.sort(key=lambda one: (order[one.sheet], one.row, places.get(one.column, -1)))
        return self.made

    def wrong(self, row: Row, column: str, code: str, **facts: Any) -> None:
        self.made.mistakes.append(Mistake(row.sheet, row.number, column, code, facts))

    def is_of_another(self, row: Row) -> bool:
        """Whether the row is of an operator whom who brings the file does not serve: then that is all that is said."""
        try:
            said = read(columns()["operator"], row.cells.get("operator"))
        except CellError:  # told with the rest of the row
            return False
        operator = self.known.operators.get(plain(said)) if said else None
        if operator is None or not self.operators.isdisjoint({operator, EVERYWHERE}):
            return False
        self.wrong(row, "operator", "other_operator")
        return True

    def kind_of(self, table: Table, row: Row) -> tuple[str | None, str | None]:
        """Course (events too) or session; and what the row itself says to be."""
        try:
            said = read(columns()["kind"], row.cells.get("kind"))
        except CellError as exc:
            self.wrong(row, "kind", exc.code, **exc.facts)
            return None, None
        if said is None:
            if table.kind is None:
                self.wrong(row, "kind", "required")
            return table.kind, None
        return (SESSION if said == SESSION else COURSE), said

    def cells(self, row: Row, of: Iterable[Column]) -> tuple[dict[str, Any], set[str]]:
        """The values of the cells that are there, and the columns whose cells are wrong."""
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for column in of:
            if column.key not in row.cells or column.key == "kind":
                continue
            try:
                values[column.key] = read(column, row.cells[column.key])
            except CellError as exc:
                bad.add(column.key)
                self.wrong(row, column.key, exc.code, **exc.facts)
        return values, bad

    def key(self, row: Row, kind: str, values: dict[str, Any], bad: set[str]) -> Key | None:
        """Whose row this is, and which; None where it cannot be told, which is a mistake."""
        operator = None
        if said := values.get("operator"):
            operator = self.known.operators.get(plain(said))
            if operator is None:
                bad.add("operator")
                self.wrong(row, "operator", "unknown_operator")
        for name in ("operator", "external_id"):
            if name not in bad and not values.get(name):
                bad.add(name)
                self.wrong(row, name, "required")
        if operator is None or not values.get("external_id"):
            return None
        key = (operator, values["external_id"])
        if (kind, key) in self.seen:
            self.wrong(row, "external_id", "duplicate", other=self.seen[kind, key])
            return None
        self.seen[kind, key] = row.number
        return key

    def needed(self, table: Table, row: Row, kind: str, values: dict[str, Any], bad: set[str], new: bool) -> None:
        """Cells that must be filled: all such of a new row, those that are there of a known one."""
        for column in columns_of(kind):
            empty = column.key not in bad and values.get(column.key) is None
            if not column.required or not empty or column.key in {"operator", "external_id"}:
                continue
            if column.key in row.cells:
                bad.add(column.key)
                self.wrong(row, column.key, "required")
            elif new:
                bad.add(column.key)
                missing = (column.key, "missing_column")
                if missing not in table.mistakes:
                    table.mistakes.append(missing)
                    self.wrong(Row(1, table.sheet, {}), *missing)

    def course(self, table: Table, row: Row, said: str | None) -> None:
        values, bad = self.cells(row, columns_of(COURSE))
        key = self.key(row, COURSE, values, bad)
        before = self.known.courses.get(key) if key else None
        self.needed(table, row, COURSE, values, bad, new=before is None)
        if before and said and said != before["kind"]:
            bad.add("kind")
            self.wrong(row, "kind", "kind_changed")
        made = self.course_values(row, values, bad, before)
        made["kind"] = before["kind"] if before else said or "course"
        if key is None:
            return
        self.courses[key] = None if bad else made
        if not bad:
            id_ = before["id"] if before else None
            self.made.courses.append(Item(row, key, id_, made, _changes(made, before)))

    def course_values(
        self, row: Row, values: dict[str, Any], bad: set[str], before: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name in (*TEXTS, *LISTS):
            made[name] = _pair(name, values, before)
        for name in ("level", "format", "languages", "days", "hours", "price", "audience", "access_code", "demo"):
            made[name] = _single(columns()[name], values, before)
        made["days"], made["hours"] = float(made["days"]), float(made["hours"])
        made["topics"] = self.topics(row, values, bad, before)
        made["funding"] = self.funding(row, values, bad, before)
        made["requirements"] = _single(columns()["requirements"], values, before) or []
        for what in mistakes(made["requirements"], self.known.course_ids):
            bad.add("requirements")
            self.wrong(row, "requirements", "not_requirements", what=what)
            break
        self.access(row, bad, made)
        return made

    def access(self, row: Row, bad: set[str], made: dict[str, Any]) -> None:
        if made["audience"] == "public":
            made["access_code"] = None
        elif not made["access_code"] and not bad & {"access_code", "audience"}:
            bad.add("access_code")
            self.wrong(row, "access_code", "access_code_needed")

    def topics(self, row: Row, values: dict[str, Any], bad: set[str], before: Mapping[str, Any] | None) -> list[str]:
        said = values.get("topics")
        if not said:
            return list(before["topics"]) if before else []
        found: list[str] = []
        for one in said:
            topic = self.known.topics.get(plain(one))
            if topic is None:
                bad.add("topics")
                self.wrong(row, "topics", "unknown_topic", what=one[:80])
                break
            found.append(topic)
        return list(dict.fromkeys(found))

    def funding(
        self, row: Row, values: dict[str, Any], bad: set[str], before: Mapping[str, Any] | None
    ) -> list[dict[str, Any]]:
        had: list[dict[str, Any]] = list(before["funding"]) if before else []
        told = {}
        for lang in ("fr", "en"):
            name = f"funding_{lang}"
            told[lang] = (values[name] or []) if name in values else [(one["scheme"], one["note"][lang]) for one in had]
        if bad & {"funding_fr", "funding_en"}:
            return had
        if [scheme for scheme, _ in told["fr"]] != [scheme for scheme, _ in told["en"]]:
            bad.add("funding_en")
            self.wrong(row, "funding_en", "not_funding")
            return had
        pairs = zip(told["fr"], told["en"], strict=True)
        return [{"scheme": scheme, "note": {"fr": fr, "en": en}} for (scheme, fr), (_, en) in pairs]

    def session(self, table: Table, row: Row, said: str | None) -> None:
        values, bad = self.cells(row, columns_of(SESSION))
        key = self.key(row, SESSION, values, bad)
        before = self.known.sessions.get(key) if key else None
        self.needed(table, row, SESSION, values, bad, new=before is None)
        course_key, course = self.course_of(row, key, values, bad, before)
        made = self.session_values(row, values, bad, before, course)
        if before and not bad:
            self.people(row, bad, made, before, course_key)
        if key is not None and not bad and course_key is not None:
            made["course"] = course_key
            known = {**before, "course": before["course_key"]} if before else None
            self.made.sessions.append(Item(row, key, before["id"] if before else None, made, _changes(made, known)))

    def course_of(
        self, row: Row, key: Key | None, values: dict[str, Any], bad: set[str], before: Mapping[str, Any] | None
    ) -> tuple[Key | None, Mapping[str, Any] | None]:
        """The course of a session; one whose own row is wrong is a mistake there and not here."""
        said = values.get("course")
        if said is None or key is None:
            course_key: Key | None = before["course_key"] if before else None
        else:
            course_key = (key[0], said)
            if course_key in self.known.courses:
                course_key = self.known.courses[course_key]["key"]
            elif course_key not in self.courses:
                faulty = (COURSE, course_key) in self.seen
                if not faulty:
                    bad.add("course")
                    self.wrong(row, "course", "unknown_course")
                return None, None
        if course_key is None:
            return None, None
        return course_key, self.courses.get(course_key) or self.known.courses.get(course_key)

    def session_values(
        self,
        row: Row,
        values: dict[str, Any],
        bad: set[str],
        before: Mapping[str, Any] | None,
        course: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        made: dict[str, Any] = {"place": _pair("place", values, before)}
        of_course = {"format": course["format"], "audience": course["audience"]} if course else {}
        for name in ("format", "audience", "access_code", "capacity", "minimum", "state", "demo"):
            made[name] = _single(columns()[name], values, before, of_course.get(name))
        self.minimum(row, values, bad, made)
        spoken = course["languages"][0] if course and course["languages"] else "fr"
        made["language"] = _single(columns()["language"], values, before, spoken)
        if made["audience"] != "public" and not made["access_code"] and course:
            made["access_code"] = course["access_code"]
        self.access(row, bad, made)
        made["meetings"] = self.meetings(row, values, bad, before)
        if made["meetings"]:
            start = made["start"] = made["meetings"][0][0]
            made["end"] = made["meetings"][-1][1]
            moved = before is None or before["start"] != start
            kept = None if moved or "booking_deadline" in values else before["booking_deadline"] if before else None
            deadline = values.get("booking_deadline") or kept or booking_deadline(start)
            made["booking_deadline"] = deadline
            if deadline > start and "booking_deadline" not in bad:
                bad.add("booking_deadline")
                self.wrong(row, "booking_deadline", "deadline_after_start")
        return made

    def minimum(self, row: Row, values: dict[str, Any], bad: set[str], made: dict[str, Any]) -> None:
        """Never above the capacity: refused where the file says so, brought down where only the capacity changed."""
        if made["minimum"] is None or "capacity" in bad or made["minimum"] <= made["capacity"]:
            return
        if values.get("minimum") is None:
            made["minimum"] = made["capacity"]
            return
        bad.add("minimum")
        self.wrong(row, "minimum", "above_capacity", capacity=made["capacity"])

    def meetings(
        self, row: Row, values: dict[str, Any], bad: set[str], before: Mapping[str, Any] | None
    ) -> list[Block]:
        """The blocks: from `meetings`, else from start and end on one day, else as they were."""
        if bad & {"start", "end", "meetings"}:
            return []
        start, end, blocks = values.get("start"), values.get("end"), values.get("meetings")
        if blocks:
            ends = (blocks[0][0], blocks[-1][1])
            for name, said, meant in (("start", start, ends[0]), ("end", end, ends[1])):
                if said is not None and said != meant:
                    return self.no_meetings(row, bad, name, "contradiction")
            return list(blocks)
        if before and start is None and end is None:
            return list(before["meetings"])
        if before and len(before["meetings"]) == 1 and "meetings" not in values:
            start, end = start or before["start"], end or before["end"]
        if start is None or end is None:
            return self.no_meetings(row, bad, "start" if start is None else "end", "required")
        if start >= end:
            return self.no_meetings(row, bad, "end", "end_before_start")
        if before and "meetings" not in values and (start, end) == (before["start"], before["end"]):
            return list(before["meetings"])
        if start.date() != end.date():
            return self.no_meetings(row, bad, "meetings", "meetings_needed")
        return [(start, end)]

    def no_meetings(self, row: Row, bad: set[str], column: str, code: str) -> list[Block]:
        bad.add(column)
        self.wrong(row, column, code)
        return []

    def people(
        self, row: Row, bad: set[str], made: dict[str, Any], before: Mapping[str, Any], course_key: Key | None
    ) -> None:
        """What concerns people who have booked, or wait."""
        taken = before["taken"] or before["waiting"]
        if made["capacity"] < before["taken"]:
            bad.add("capacity")
            self.wrong(row, "capacity", "below_taken", taken=before["taken"])
        if not taken:
            return
        moves = {
            "course": course_key != before["course_key"],
            "meetings": made["meetings"] != before["meetings"],
            "state": made["state"] == "cancelled" and before["state"] != "cancelled",
        }
        for column, moved in moves.items():
            if moved:
                where = "start" if column == "meetings" and "meetings" not in row.cells else column
                bad.add(where)
                self.wrong(row, where, "has_bookings", taken=taken)


def _pair(name: str, values: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """A text in both languages: what the file says, else what was there."""
    told = {}
    for lang in ("fr", "en"):
        column = columns()[f"{name}_{lang}"]
        if column.key in values:
            told[lang] = values[column.key] if values[column.key] is not None else EMPTY[column.type]
        else:
            told[lang] = before[name][lang] if before else EMPTY[column.type]
    return told


def _single(column: Column, values: Mapping[str, Any], before: Mapping[str, Any] | None, default: Any = None) -> Any:
    """What the file says, else what was there, else what a new one has."""
    if values.get(column.key) is not None:
        return values[column.key]
    if before and column.key not in values:
        return before[column.key]
    if default is not None:
        return default
    if column.required and column.type in {"decimal", "money", "whole"}:
        return Decimal(0)
    return column.default if column.type != "languages" or column.default else []


def _changes(made: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    if before is None:
        return dict(made)
    return {name: value for name, value in made.items() if value != before[name]}


def slug(text: str) -> str:
    """A reference as a part of an id."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-")[:40] or "x"


def day_of(start: datetime) -> str:
    """The day in a session's id."""
    return f"{start.astimezone(clock.BRUSSELS):%Y%m%d}"
