"""Taking the catalogue out: field by field what the database holds, and the same file in again changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from campus.catalogue.importing_columns import columns, columns_of
from campus.catalogue.models import Course, CourseSession
from campus.db import Database
from campus.settings import REPO_ROOT
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from ..conftest import Reader
from .conftest import COURSE, EXPORT, SESSION, STAFF, XLSX, as_csv, done, read_csv, read_workbook, send

EVERY_OPERATOR = frozenset({"*"})
HEADERS = {column.header: column.key for column in columns().values()}


def export(client: Any, format: str) -> bytes:
    answer = client.get(f"{EXPORT}?format={format}", headers=STAFF)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    return bytes(answer.content)


def picture(database: Database) -> list[dict[str, Any]]:
    """Every column of every course, session, block and topic link."""
    from campus.catalogue.models import CourseTopic, Meeting

    with database.reading() as db:
        rows = []
        for table in (Course, CourseSession, CourseTopic, Meeting):
            found = [dict(row) for row in db.execute(select(table.__table__)).mappings()]
            rows += sorted(({"table": table.__tablename__, **row} for row in found), key=str)
        return rows


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_without_a_change(client: TestClient, app: FastAPI, format: str) -> None:
    rows = [{**COURSE, "content_fr": "'- un point\n= deux", "title_en": "'=x"}, {**SESSION, "minimum": "6"}]
    done(client, as_csv(rows))
    with app.state.database.writing() as db:
        db.execute(update(CourseSession).where(CourseSession.external_id == "BPF-1-A").values(exhibitors=[{"id": "x"}]))
    before = picture(app.state.database)
    file = export(client, format)
    answer = send(client, file, apply=True, **({"Content-Type": XLSX} if format == "xlsx" else {}))
    assert answer.status_code == 200, answer.text
    rows = [row for row in before if row["table"] in {"courses", "sessions"}]
    assert answer.json()["counts"] == {"created": 0, "changed": 0, "unchanged": len(rows), "errors": 0}
    assert picture(app.state.database) == before


def test_the_whole_demonstration_comes_in_again(catalogue: Reader, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The real data files, with every text in them."""
    from campus.catalogue import exporting, importing
    from campus.catalogue.importing_files import read_file
    from campus.startup import migrate_and_seed

    database = Database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'x.db'}")
    migrate_and_seed(database, REPO_ROOT / "service" / "demo")
    with database.reading() as db:
        files = [exporting.as_csv(db, EVERY_OPERATOR), exporting.as_workbook(db, EVERY_OPERATOR)]
    for file in files:
        with database.writing() as db:
            plan = importing.run(db, read_file(file), "service:", EVERY_OPERATOR, apply=True)
            assert plan.mistakes == [] and plan.counts()["unchanged"] > 200
            changed = [(item.key, item.changed) for item in (*plan.courses, *plan.sessions) if item.changed]
            assert changed == []
    database.engine.dispose()


def test_every_field_read_back(client: TestClient, app: FastAPI) -> None:
    done(client, as_csv([COURSE, {**SESSION, "minimum": "6"}]))
    with app.state.database.reading() as db:
        courses = {row.id: row for row in db.scalars(select(Course))}
        sessions = {row.id: row for row in db.scalars(select(CourseSession))}
        told = read_csv(export(client, "csv"))
        assert list(told[0]) == list(columns())
        assert len(told) == len(courses) + len(sessions)
        for row in told:
            if row["kind"] == "session":
                one = next(s for s in sessions.values() if row["external_id"] in (s.external_id, s.id))
                assert row["start"] == f"{one.start:%d/%m/%Y %H:%M}" and row["end"] == f"{one.end:%d/%m/%Y %H:%M}"
                assert row["booking_deadline"] == f"{one.booking_deadline:%d/%m/%Y %H:%M}"
                assert row["meetings"].split("\n") == [f"{b.start:%d/%m/%Y %H:%M}-{b.end:%H:%M}" for b in one.meetings]
                plain = (row["capacity"], row["language"], row["format"], row["state"], row["audience"])
                assert plain == (str(one.capacity), one.language, one.format, one.state, one.audience)
                assert (row["place_fr"], row["place_en"]) == (one.place["fr"], one.place["en"])
                assert row["access_code"] == (one.access_code or "")
                assert row["minimum"] == ("6" if one.external_id else "") == str(one.minimum or "")
                assert row["course"] == (one.course.external_id or one.course_id)
                assert row["title_fr"] == "" and row["operator"] == one.course.operator_id
                continue
            course = next(c for c in courses.values() if row["external_id"] in (c.external_id, c.id))
            assert (row["kind"], row["operator"]) == (course.kind, course.operator_id)
            for name in ("title", "summary", "prerequisites", "audience_text", "certificate", "trainers"):
                assert (row[f"{name}_fr"], row[f"{name}_en"]) == (
                    getattr(course, name)["fr"],
                    getattr(course, name)["en"],
                )
            for name in ("content", "aliases"):
                assert row[f"{name}_fr"].split("\n") == (getattr(course, name)["fr"] or [""])
            assert row["topics"].split(", ") == [topic.id for topic in course.topics]
            assert row["languages"].split(", ") == course.languages
            assert (row["level"], row["format"], row["audience"]) == (course.level, course.format, course.audience)
            assert float(row["price"].replace(",", ".")) == float(course.price)
            assert float(row["days"].replace(",", ".")) == course.days
            assert row["demo"] == ("oui" if course.demo else "non")
            funding = [f"{one['scheme']}: {one['note']['en']}" for one in course.funding]
            assert row["funding_en"] == "\n".join(funding)


def test_the_workbook_says_the_same_as_the_csv_file(client: TestClient) -> None:
    sheets = read_workbook(export(client, "xlsx"))
    told = read_csv(export(client, "csv"))
    by_kind = {
        "course": [row for row in told if row["kind"] != "session"],
        "session": [row for row in told if row["kind"] == "session"],
    }
    for kind, sheet in (("course", "Formations - Courses"), ("session", "Sessions")):
        assert len(sheets[sheet]) == len(by_kind[kind])
        for cells, row in zip(sheets[sheet], by_kind[kind], strict=True):
            for header, cell in cells.items():
                key = HEADERS[header]
                if columns()[key].type in {"decimal", "money", "whole"}:
                    assert cell == (float(row[key].replace(",", ".")) if row[key] else None)
                elif columns()[key].type == "moment":
                    assert f"{cell:%d/%m/%Y %H:%M}" == row[key]
                else:
                    assert (cell or "") == row[key]
        assert {HEADERS[header] for header in sheets[sheet][0]} >= {c.key for c in columns_of(kind)} - {"kind"}


def test_nothing_that_goes_out_is_a_formula(client: TestClient, app: FastAPI) -> None:
    with app.state.database.writing() as db:
        course = db.get_one(Course, "gmp-basics")
        course.title = {"fr": "=1+1", "en": "@SUM(A1:A9)"}
        course.trainers = {"fr": "+32 71 00 00 00", "en": "-1"}
    [row] = [row for row in read_csv(export(client, "csv")) if row["external_id"] == "gmp-basics"]
    told = [row[name] for name in ("title_fr", "title_en", "trainers_fr", "trainers_en")]
    assert told == ["'=1+1", "'@SUM(A1:A9)", "'+32 71 00 00 00", "'-1"]
    file = export(client, "xlsx")
    cells = [str(cell) for row in read_workbook(file)["Formations - Courses"] for cell in row.values()]
    assert "'=1+1" in cells and not any(cell.startswith(("=", "@")) for cell in cells)
    assert done(client, file)["unchanged"] > 0
