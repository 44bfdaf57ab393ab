"""Bringing a catalogue in: what is written, what is refused, and that nothing is written by halves."""

from __future__ import annotations

import io
import time as stopwatch
import zipfile
from datetime import datetime, time
from typing import Any

import pytest
from campus.catalogue import importing
from campus.catalogue.importing_columns import columns, message
from campus.catalogue.models import Course, CourseSession, Meeting
from campus.settings import REPO_ROOT
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from ..conftest import Reader
from ..numbers import FULL
from .conftest import (
    COURSE,
    IMPORT,
    SESSION,
    STAFF,
    XLSX,
    World,
    as_csv,
    as_workbook,
    bearer_of,
    done,
    read_csv,
    send,
    wrong,
)

NOTHING = {"created": 0, "changed": 0, "unchanged": 0, "errors": 0}


def count(app: FastAPI) -> tuple[int, int, int]:
    """Courses, sessions and blocks in the database."""
    with app.state.database.reading() as db:
        return tuple(db.scalar(select(func.count()).select_from(table)) for table in (Course, CourseSession, Meeting))  # type: ignore[return-value]


def session_of(app: FastAPI, external_id: str) -> CourseSession:
    with app.state.database.reading() as db:
        found: CourseSession = db.scalars(select(CourseSession).where(CourseSession.external_id == external_id)).one()
        assert found.meetings
        return found


def test_a_course_with_a_session_is_brought_in_once(client: TestClient, app: FastAPI) -> None:
    file = as_csv([COURSE, SESSION])
    before = count(app)
    tried = send(client, file).json()
    assert tried == {"errors": [], "counts": {**NOTHING, "created": 2}, "dry_run": True}
    assert count(app) == before
    assert done(client, file) == {**NOTHING, "created": 2}
    assert done(client, file) == {**NOTHING, "unchanged": 2}
    assert count(app) == (before[0] + 1, before[1] + 1, before[2] + 1)
    course = client.get("/v1/courses/takeda-bpf-1?lang=en").json()
    assert (course["title"], course["summary"]) == ("The basics", "To begin with.")
    assert course["price"]["amount"] == "1250.50" and course["level"] == "beginner" and course["days"] == 1
    [session] = course["next_sessions"]
    assert (session["start"], session["end"]) == ("2027-01-12T09:30:00+01:00", "2027-01-12T17:00:00+01:00")
    assert (session["language"], session["place"], session["seats_free"]) == ("fr", "Curie room", 12)
    assert session["booking_deadline"] == "2027-01-11T12:00:00+01:00" and session["demo"] is False


def test_a_change_is_a_change_and_the_rest_stays(client: TestClient, app: FastAPI) -> None:
    done(client, as_csv([COURSE, SESSION]))
    first = session_of(app, "BPF-1-A")
    only = {name: SESSION[name] for name in ("kind", "operator", "external_id")}
    assert done(client, as_csv([{**only, "capacity": 20}])) == {**NOTHING, "changed": 1}
    bigger = session_of(app, "BPF-1-A")
    assert (bigger.capacity, bigger.place, bigger.version) == (20, first.place, first.version)
    moved = {**only, "meetings": "13/01/2027 9h-12h30\n12/01/2027 13:00-17:00"}
    assert done(client, as_csv([moved])) == {**NOTHING, "changed": 1}
    again = session_of(app, "BPF-1-A")
    assert [block.start.isoformat() for block in again.meetings] == [
        "2027-01-12T13:00:00+01:00",
        "2027-01-13T09:00:00+01:00",
    ]
    assert again.version == first.version + 1 and again.end.isoformat() == "2027-01-13T12:30:00+01:00"
    assert client.get("/v1/sessions/" + again.id).json()["booking_deadline"] == "2027-01-11T12:00:00+01:00"


def test_a_minimum_is_set_kept_brought_down_and_taken_away(client: TestClient, app: FastAPI) -> None:
    done(client, as_csv([COURSE, {**SESSION, "minimum": "6"}]))
    first = session_of(app, "BPF-1-A")
    assert first.minimum == 6
    only = {name: SESSION[name] for name in ("kind", "operator", "external_id")}
    for cells, minimum in (({"capacity": 20}, 6), ({"capacity": 4}, 4), ({"minimum": 2}, 2), ({"minimum": ""}, None)):
        assert done(client, as_csv([{**only, **cells}])) == {**NOTHING, "changed": 1}
        now = session_of(app, "BPF-1-A")
        assert (now.minimum, now.version) == (minimum, first.version), "no calendar shows it"
    assert session_of(app, "BPF-1-A").capacity == 4


def test_headers_in_both_languages_and_belgian_cells(client: TestClient, app: FastAPI) -> None:
    french = {column.key: column.fr for column in columns().values()}
    values = {**COURSE, "kind": "Formation", "level": "Avancé", "format": "à distance", "days": "0,5", "demo": "oui"}
    values |= {"audience": "Clients", "access_code": "X-1", "languages": "français, EN", "operator": "Takeda Academy"}
    values |= {"topics": "Good manufacturing practice, quality-assurance", "content_fr": "Un\n\nDeux"}
    file = as_csv([{french[key]: value for key, value in values.items()}], encoding="cp1252")
    assert done(client, file)["created"] == 1
    with app.state.database.reading() as db:
        made = db.scalars(select(Course).where(Course.external_id == "BPF-1")).one()
        assert (made.level, made.format, made.days, made.demo) == ("advanced", "online", 0.5, True)
        assert (made.audience, made.access_code, made.languages) == ("customers", "X-1", ["fr", "en"])
        assert [topic.id for topic in made.topics] == ["gmp", "quality-assurance"]
        assert made.content == {"fr": ["Un", "Deux"], "en": []}


def test_a_workbook_with_excel_dates(client: TestClient) -> None:
    session = {**SESSION, "start": datetime(2027, 3, 9, 9, 0), "end": datetime(2027, 3, 9, 16, 30), "capacity": 8.0}
    course = {**COURSE, "price": 99.9, "external_id": 2027}
    file = as_workbook({"Formations": [course], "Sessions": [{**session, "course": 2027}]})
    answer = client.post(f"{IMPORT}?dry_run=false", headers=STAFF, files={"file": ("catalogue.xlsx", file, XLSX)})
    assert answer.status_code == 200 and answer.json()["counts"]["created"] == 2, answer.text
    told = client.get("/v1/courses/takeda-2027").json()
    assert told["price"]["amount"] == "99.90"
    assert told["next_sessions"][0]["end"] == "2027-03-09T16:30:00+01:00"


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("price", "1.250", "ambiguous"),
        ("price", "douze", "not_a_number"),
        ("price", "12,345", "ambiguous"),
        ("price", "12,3456", "decimals"),
        ("price", "-3", "out_of_range"),
        ("price", "", "required"),
        ("title_fr", "x" * 201, "too_long"),
        ("title_en", '=HYPERLINK("http://x")', "formula"),
        ("title_en", "@SUM(A1)", "formula"),
        ("level", "expert", "unknown_value"),
        ("topics", "gmp, alchimie", "unknown_topic"),
        ("operator", "nobody", "unknown_operator"),
        ("languages", "klingon", "unknown_language"),
        ("audience", "staff", "access_code_needed"),
        ("demo", "peut-être", "not_boolean"),
        ("funding_fr", "covalent sans note", "not_funding"),
        ("funding_fr", "covalent: note", "not_funding"),
        ("requirements", '[{"rule": "good-impression"}]', "not_requirements"),
        ("kind", "stage", "unknown_value"),
        ("external_id", "", "required"),
    ],
)
def test_a_wrong_cell_of_a_course(catalogue: Reader, column: str, cell: str, code: str) -> None:
    told_at = {"staff": "access_code", "covalent: note": "funding_en"}
    expected = told_at.get(cell, column)
    assert wrong(catalogue.client, [{**COURSE, column: cell}]) == [(2, expected, code)]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"start": "31/02/2027 9h"}, "start", "not_a_date"),
        ({"start": "12/01/2027"}, "start", "not_a_date"),
        ({"start": "28/03/2027 2h30", "end": "28/03/2027 10h"}, "start", "no_such_time"),
        ({"end": "12/01/2027 8h"}, "end", "end_before_start"),
        ({"end": "14/01/2027 17h"}, "meetings", "meetings_needed"),
        ({"end": ""}, "end", "required"),
        ({"meetings": "12/01/2027 9h30-17h\n12/01/2027 16h-18h"}, "meetings", "overlap"),
        ({"meetings": "mardi"}, "meetings", "not_meetings"),
        ({"meetings": "13/01/2027 9h30-17h"}, "start", "contradiction"),
        ({"booking_deadline": "13/01/2027 9h"}, "booking_deadline", "deadline_after_start"),
        ({"capacity": "0"}, "capacity", "out_of_range"),
        ({"capacity": "2,5"}, "capacity", "out_of_range"),
        ({"minimum": "0"}, "minimum", "out_of_range"),
        ({"minimum": "13"}, "minimum", "above_capacity"),
        ({"course": "BPF-9"}, "course", "unknown_course"),
        ({"place_en": ""}, "place_en", "required"),
    ],
)
def test_a_wrong_cell_of_a_session(catalogue: Reader, cells: dict[str, str], column: str, code: str) -> None:
    assert wrong(catalogue.client, [COURSE, {**SESSION, **cells}]) == [(3, column, code)]


def test_every_mistake_is_told_in_the_language_asked_and_nothing_is_written(client: TestClient, app: FastAPI) -> None:
    rows = [COURSE, {**COURSE, "price": "x", "level": "y"}, {**SESSION, "capacity": "beaucoup", "course": "no"}]
    before = count(app)
    for lang in ("fr", "en"):
        answer = send(client, as_csv(rows), apply=True, lang=lang)
        assert answer.status_code == 422 and answer.json()["code"] == "invalid"
        assert answer.json()["counts"] == {**NOTHING, "created": 1, "errors": 5}
        told = [(one["row"], one["column"], one["code"], one["message"]) for one in answer.json()["errors"]]
        assert told == [
            (3, "external_id", "duplicate", message("duplicate", lang, other=2)),
            (3, "level", "unknown_value", message("unknown_value", lang, allowed="beginner, intermediate, advanced")),
            (3, "price", "not_a_number", message("not_a_number", lang)),
            (4, "course", "unknown_course", message("unknown_course", lang)),
            (4, "capacity", "not_a_number", message("not_a_number", lang)),
        ]
    assert message("not_a_number", "fr") != message("not_a_number", "en")
    assert count(app) == before
    answer = send(client, as_csv(rows))
    assert answer.status_code == 200 and len(answer.json()["errors"]) == 5


def test_a_mistake_in_a_course_is_not_told_again_at_its_sessions(catalogue: Reader) -> None:
    assert wrong(catalogue.client, [{**COURSE, "price": "x"}, SESSION]) == [(2, "price", "not_a_number")]


def test_headers_that_are_not_understood(catalogue: Reader) -> None:
    assert wrong(catalogue.client, [{**COURSE, "colour": "red"}]) == [(1, "colour", "unknown_column")]
    short = {name: value for name, value in COURSE.items() if name != "topics"}
    assert wrong(catalogue.client, [short, {**short, "external_id": "B"}]) == [(1, "topics", "missing_column")]
    answer = send(catalogue.client, b"a;b\n1;2\n").json()
    assert [one["code"] for one in answer["errors"]] == ["unreadable"]


def test_who_may(client: TestClient) -> None:
    for path in (IMPORT, "/v1/staff/catalogue/export", "/v1/staff/catalogue/template.xlsx"):
        call = client.post if path == IMPORT else client.get
        assert call(path).status_code == 401
        assert call(path, headers={"Authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_whoever_serves_some_operators_brings_in_their_rows_and_no_others(
    client: TestClient, app: FastAPI, format: str
) -> None:
    mine = bearer_of(client, ["takeda"], ["catalogue.write"])

    def file(*rows: dict[str, Any]) -> bytes:
        if format == "csv":
            return as_csv(rows)
        courses = [row for row in rows if row["kind"] == "course"]
        return as_workbook({"Formations": courses, "Sessions": [row for row in rows if row["kind"] == "session"]})

    before = count(app)
    theirs = {**COURSE, "operator": "siemens", "price": "beaucoup trop"}
    said = {"fr": "Vos droits ne couvrent pas cet opérateur", "en": "Your rights do not cover this operator"}
    for lang, words in said.items():
        refused = send(client, file(COURSE, theirs, SESSION), apply=True, lang=lang, **mine)
        assert refused.status_code == 422 and refused.json()["code"] == "invalid"
        [error] = refused.json()["errors"]
        assert (error["row"], error["column"], error["code"]) == (3, "operator", "other_operator")
        assert error["message"].startswith(words) and refused.json()["counts"]["errors"] == 1
    told = send(client, file({**SESSION, "operator": "Siemens"}), **mine).json()
    assert [one["code"] for one in told["errors"]] == ["other_operator"]
    assert count(app) == before, "nothing at all was written"
    assert send(client, file(COURSE, SESSION), apply=True, **mine).json()["counts"] == {**NOTHING, "created": 2}
    [entry] = client.get("/v1/staff/audit?reference=catalogue", headers=STAFF).json()["items"]
    assert entry["action"] == "import" and entry["actor"].startswith("staff:STF-")
    taken_out = client.get(f"/v1/staff/catalogue/export?format={format}", headers=mine).content
    again = send(client, taken_out, apply=True, **mine).json()["counts"]
    with app.state.database.reading() as db:
        served = select(func.count()).select_from(Course).where(Course.operator_id == "takeda")
        courses = db.scalar(served) or 0
        sessions = db.scalar(served.join(CourseSession, CourseSession.course_id == Course.id)) or 0
    assert again == {**NOTHING, "unchanged": courses + sessions}
    template = client.get("/v1/staff/catalogue/template.xlsx", headers=mine).content
    assert send(client, template, **mine).json()["errors"] == [], "its example is of an operator whom one serves"


def test_who_serves_nobody_or_may_not_write_brings_in_nothing(client: TestClient) -> None:
    nobody = bearer_of(client, [], ["catalogue.write"])
    told = send(client, as_csv([COURSE]), **nobody).json()
    assert [one["code"] for one in told["errors"]] == ["other_operator"]
    assert read_csv(client.get("/v1/staff/catalogue/export?format=csv", headers=nobody).content) == []
    reader = bearer_of(client, ["*"], ["sessions.read", "sessions.write"])
    assert send(client, as_csv([COURSE]), apply=True, **reader).status_code == 403


def test_the_same_key_gives_the_first_answer_again(client: TestClient) -> None:
    key = {"Idempotency-Key": "import-of-the-catalogue-1"}
    file = as_csv([COURSE])
    first = send(client, file, apply=True, **key)
    again = send(client, file, apply=True, **key)
    assert first.json() == again.json() and first.json()["counts"]["created"] == 1
    other = send(client, as_csv([{**COURSE, "price": "5"}]), apply=True, **key)
    assert other.status_code == 409


def bomb() -> bytes:
    """A workbook whose sheet unpacks to 300 MB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(b"0" * 1_000_000)
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A good workbook with one more part."""
    out = io.BytesIO(as_workbook({"Courses": [COURSE]}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def test_dangerous_workbooks_are_refused(client: TestClient) -> None:
    formula = as_workbook({"Courses": [{**COURSE, "title_fr": "=1+1"}]})
    error = as_workbook({"Courses": [{**COURSE, "title_fr": "#DIV/0!"}]})
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    files = {
        "formula": formula,
        "excel_error": error,
        "too_large": bomb(),
        "unsafe": with_part("xl/more.xml", entities),
        "unreadable": b"PK\x03\x04 and nothing else",
        "empty": b"",
    }
    for code, file in files.items():
        answer = send(client, file)
        assert [one["code"] for one in answer.json()["errors"]] == [code], code
        assert send(client, file, apply=True).status_code == 422
    macros = send(client, with_part("xl/vbaProject.bin", b"x")).json()
    assert [one["code"] for one in macros["errors"]] == ["unsafe"]


def test_only_this_address_takes_large_bodies(client: TestClient) -> None:
    large = b"kind;operator\n" + b"x" * 1_500_000
    assert send(client, large).status_code == 200
    assert send(client, b"x" * 20_000_001).status_code == 413
    answer = client.post("/v1/alerts", content=large, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def only(external_id: str, **cells: Any) -> dict[str, Any]:
    return {"kind": "session", "operator": "aseptia", "external_id": external_id, **cells}


def test_what_people_have_booked_is_not_changed_under_them(world: World) -> None:
    booking = world.confirmed("jeanne@example.com", "gmp-1", seats=3, participants=[])
    call = world.http
    told = "gmp-1"
    assert wrong(call, [only(told, capacity=2)]) == [(2, "capacity", "below_taken")]
    assert wrong(call, [only(told, meetings="14/01/2027 9h-17h")]) == [(2, "meetings", "has_bookings")]
    assert wrong(call, [only(told, state="annulée")]) == [(2, "state", "has_bookings")]
    assert wrong(call, [only(told, course="first-steps")]) == [(2, "course", "unknown_course")]
    answer = send(call, as_csv([only(told, capacity=2)]), lang="en").json()["errors"][0]
    assert answer["message"].startswith("3 seats are taken")
    try:
        assert done(call, as_csv([only(told, capacity=3, place_fr="Ici")])) == {**NOTHING, "changed": 1}
        dearer = {"kind": "course", "operator": "aseptia", "external_id": "gmp", "price": "2000"}
        assert done(call, as_csv([dearer])) == {**NOTHING, "changed": 1}
        kept = world.get(f"/v1/bookings/{booking['reference']}", bearer=booking["manage_token"]).json()
        assert kept["total"]["gross"] == "3750.00" and kept["session"]["price"]["amount"] == "2000.00"
        assert world.scalar("SELECT price FROM courses WHERE id = 'gmp'") in (200000, 2000)
        world.check()
    finally:
        back = {"kind": "course", "operator": "aseptia", "external_id": "gmp", "price": "1250"}
        assert done(call, as_csv([back, only(told, capacity=12, place_fr="Salle Curie, 2e étage")]))["changed"] == 2


def test_a_session_that_is_not_in_the_file_stays(client: TestClient, app: FastAPI) -> None:
    two = {**SESSION, "external_id": "BPF-1-B", "start": "19/01/2027 9h30", "end": "19/01/2027 17h"}
    done(client, as_csv([COURSE, SESSION, two]))
    before = count(app)
    assert done(client, as_csv([COURSE, SESSION])) == {**NOTHING, "unchanged": 2}
    assert count(app) == before and session_of(app, "BPF-1-B").state == "open"


def test_two_operators_may_use_the_same_reference(client: TestClient, app: FastAPI) -> None:
    other = {**COURSE, "operator": "siemens"}
    assert done(client, as_csv([COURSE, other])) == {**NOTHING, "created": 2}
    assert wrong(client, [{**SESSION, "operator": "siemens", "external_id": "S"}]) == []
    assert done(client, as_csv([SESSION, {**SESSION, "operator": "siemens"}]))["created"] == 2


def many(courses: int) -> list[dict[str, Any]]:
    """Courses with four sessions each."""
    rows = []
    for number in range(courses):
        rows.append({**COURSE, "external_id": f"C{number}", "price": f"{100 + number},50"})
        for month in range(1, 5):
            day = number % 27 + 1
            times = {"start": f"{day:02d}/{month:02d}/2028 9h", "end": f"{day:02d}/{month:02d}/2028 16h30"}
            rows.append({**SESSION, "external_id": f"C{number}-{month}", "course": f"C{number}", **times})
    return rows


def test_many_rows_with_planted_errors(client: TestClient, app: FastAPI) -> None:
    """5,000 rows with 200 mistakes (500 with 20 in the short form): those are told, and no other."""
    rows, mistakes = many(1000 if FULL else 100), 200 if FULL else 20
    plant = [("price", "cher", "not_a_number"), ("level", "?", "unknown_value"), ("title_fr", "", "required")]
    planted = [("capacity", "-1", "out_of_range"), ("start", "demain", "not_a_date"), ("place_fr", "", "required")]
    bad = [dict(row) for row in rows]
    expected = set()
    step = len(rows) // mistakes
    for number in range(mistakes):
        at = number * step + (number % 2)
        column, cell, code = (planted if bad[at]["kind"] == "session" else plant)[number % 3]
        bad[at][column] = cell
        expected.add((at + 2, column, code))
    before = count(app)
    answer = send(client, as_csv(bad), apply=True)
    assert answer.status_code == 422
    told = [(one["row"], one["column"], one["code"]) for one in answer.json()["errors"]]
    assert len(told) == mistakes and set(told) == expected and count(app) == before
    started = stopwatch.monotonic()
    file = as_workbook(
        {
            "Courses": [row for row in rows if row["kind"] == "course"],
            "Sessions": [row for row in rows if row["kind"] == "session"],
        }
    )
    written = stopwatch.monotonic()
    assert done(client, file) == {**NOTHING, "created": len(rows)}
    applied = stopwatch.monotonic()
    assert done(client, file) == {**NOTHING, "unchanged": len(rows)}
    again = stopwatch.monotonic()
    took = (written - started, applied - written, again - applied)
    print(f"{len(rows)} rows: file {took[0]:.1f} s, applied {took[1]:.1f} s, again {took[2]:.1f} s")
    assert applied - written < 60 and again - applied < 60
    assert count(app)[1] == before[1] + len(rows) * 4 // 5


def test_the_template_imports_as_it_is(client: TestClient) -> None:
    answer = client.get("/v1/staff/catalogue/template.xlsx", headers=STAFF)
    assert answer.headers["content-type"] == XLSX
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Formations - Courses", "Sessions", "Aide - Help"]
    heads = [cell.value for cell in book.worksheets[0][1]]
    assert "Titre (fr) / Title (fr)" in heads and "Prix / Price" in heads
    assert done(client, answer.content) == {**NOTHING, "created": 2}


def test_the_command(app: FastAPI, client: TestClient, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "catalogue.csv"
    file.write_bytes(as_csv([{**COURSE, "price": "x"}]))
    assert importing.main([str(file), "--lang", "en"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == "2:price: A number was expected. [not_a_number]"
    file.write_bytes(as_csv([COURSE]))
    before = count(app)
    assert importing.main([str(file)]) == 0 and count(app) == before
    assert importing.main([str(file), "--apply"]) == 0 and count(app)[0] == before[0] + 1
    assert "created=1" in capsys.readouterr().out


@pytest.mark.one_database
def test_all_words_are_in_both_languages() -> None:
    import yaml

    words = yaml.safe_load((REPO_ROOT / "service/campus/catalogue/importing.yml").read_text(encoding="utf-8"))
    assert all(set(texts) == {"fr", "en"} for texts in words["errors"].values())
    assert all(set(column.help) == {"fr", "en"} for column in columns().values())


def test_an_empty_time_cell_is_not_a_date(client: TestClient) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sessions"
    rows = {**SESSION, "start": time(9, 0)}
    sheet.append(list(rows))
    sheet.append(list(rows.values()))
    out = io.BytesIO()
    book.save(out)
    told = send(client, out.getvalue()).json()["errors"]
    assert ("start", "not_a_date") in [(one["column"], one["code"]) for one in told]
