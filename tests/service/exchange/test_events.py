"""The meeting place: events with their companies, writing to one of them, funding as information, and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import yaml
from campus.catalogue.memory import get_catalogue, raise_version
from campus.catalogue.models import CourseSession, FundingScheme
from campus.catalogue.seeding import seed_if_empty
from campus.privacy import retention
from campus.settings import REPO_ROOT, Settings
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from ..conftest import Reader
from ..privacy.conftest import token_of, traces
from .conftest import World

FIRM = {
    "id": "novacellule",
    "name": "Novacellule",
    "summary": {"fr": "Thérapie cellulaire.", "en": "Cell therapy."},
    "contact_email": "emploi@novacellule.example",
    "demo": True,
}
WISH: dict[str, Any] = {
    "exhibitor_id": "novacellule",
    "contact": {"name": "Jeanne Dubois", "email": "Jeanne@example.com", "phone": "0470 12 34 56"},
    "message": "Bonjour,\ncherchez-vous une technicienne\u202f?",
    "consent": True,
    "lang": "fr",
}
PATH = "/v1/events/open-1/contact-requests"


@pytest.fixture
def meeting(world: World) -> Iterator[World]:
    """The world of the bookings, with a company at its open day."""
    with world.database.writing() as db:
        db.execute(text("DELETE FROM contact_requests"))
        session = db.get_one(CourseSession, "open-1")
        session.exhibitors, session.state = [FIRM], "open"
    yield world
    with world.database.writing() as db:
        db.execute(text("DELETE FROM contact_requests"))
        session = db.get_one(CourseSession, "open-1")
        session.exhibitors, session.state = [], "open"


def mails(world: World) -> dict[str, EmailMessage]:
    return {mail["X-Campus-Mail-Kind"]: mail for mail in world.mails()}


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_an_event_with_its_companies(catalogue: Reader) -> None:
    [session] = catalogue.get("/v1/sessions", kind="event", lang="en")["items"]
    event = catalogue.get(f"/v1/events/{session['id']}", lang="en")
    assert event["session"] == session and event["summary"] == "Come in."
    firm = {"id": "novacellule", "name": "Novacellule", "summary": "Cell therapy.", "demo": True}
    assert event["exhibitors"] == [firm], "and not where the company is written to"
    assert catalogue.get(f"/v1/sessions/{session['id']}", lang="en")["exhibitors"] == [firm]
    assert catalogue.client.get("/v1/events/gmp-basics-20261214").status_code == 404
    assert catalogue.client.get("/v1/events/nothing").status_code == 404


def test_a_message_goes_to_that_company_and_a_copy_to_the_person(meeting: World) -> None:
    answer = meeting.post(PATH, WISH)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert told["state"] == "queued" and told["exhibitor_id"] == "novacellule"
    sent = mails(meeting)
    assert set(sent) == {"contact-request", "contact-copy"}
    company, copy = sent["contact-request"], sent["contact-copy"]
    assert company["To"] == "Novacellule <emploi@novacellule.example>"
    assert copy["To"] == "Jeanne Dubois <jeanne@example.com>"
    assert {mail["X-Campus-Reference"] for mail in sent.values()} == {told["reference"]}
    for mail in sent.values():
        assert "cherchez-vous une technicienne" in words(mail) and "Démonstration" in words(mail)
    assert "jeanne@example.com" in words(company) and "+32470123456" in words(company)
    rows = meeting.rows("SELECT exhibitor_id, email, message FROM contact_requests")
    assert rows == [("novacellule", "jeanne@example.com", WISH["message"])]


def test_the_same_key_sends_once(meeting: World) -> None:
    first = meeting.post(PATH, WISH, key="the-same-key-twice-1")
    again = meeting.post(PATH, WISH, key="the-same-key-twice-1")
    assert first.json() == again.json() and len(meeting.mails()) == 2
    assert meeting.post(PATH, WISH, key="").status_code == 400


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"consent": False}, "consent"),
        ({"exhibitor_id": "nobody"}, "exhibitor_id"),
        ({"message": " "}, "message"),
        ({"contact": {"name": "J", "email": "x"}}, "contact.email"),
    ],
)
def test_what_is_refused(meeting: World, change: dict[str, Any], field: str) -> None:
    answer = meeting.post(PATH, {**WISH, **change})
    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == [field]
    without = {name: value for name, value in WISH.items() if name != "consent"}
    assert meeting.post(PATH, without).status_code == 422
    assert meeting.mails() == [] and meeting.scalar("SELECT count(*) FROM contact_requests") == 0


def test_only_of_an_event_that_takes_place(meeting: World) -> None:
    assert meeting.post("/v1/events/gmp-1/contact-requests", WISH).status_code == 404
    with meeting.database.writing() as db:
        db.get_one(CourseSession, "open-1").state = "cancelled"
    assert meeting.post(PATH, WISH).json()["code"] == "session-cancelled"
    with meeting.database.writing() as db:
        db.get_one(CourseSession, "open-1").state = "open"
    meeting.clock.forward(days=60)
    assert meeting.post(PATH, WISH).json()["code"] == "session-closed"


def test_numbers_that_nobody_should_write_are_not_kept(meeting: World) -> None:
    account = "BE68 5390 0754 7034"
    assert meeting.post(PATH, {**WISH, "message": f"Mon compte: {account}"}).status_code == 202
    assert traces(meeting, account, "7034") == []
    assert "▮▮▮" in words(mails(meeting)["contact-copy"])


def test_it_is_not_kept_for_long(meeting: World) -> None:
    meeting.post(PATH, WISH)
    meeting.mails()
    meeting.clock.forward(days=29)
    retention.run(meeting.database)
    assert meeting.scalar("SELECT count(*) FROM contact_requests") == 1
    meeting.clock.forward(days=2)
    retention.run(meeting.database)
    assert meeting.scalar("SELECT count(*) FROM contact_requests") == 0


def test_a_person_gets_and_erases_what_they_wrote(meeting: World) -> None:
    reference = meeting.post(PATH, WISH).json()["reference"]
    bearer = token_of(meeting, "jeanne@example.com")
    told = meeting.post("/v1/me/export", {}, bearer=bearer).json()
    [kept] = told["contact_requests"]
    assert kept["reference"] == reference and kept["message"] == WISH["message"]
    done = meeting.post("/v1/me/erase", {"confirmed": True}, bearer=bearer).json()
    assert done["counts"]["contact_requests"] == 1
    meeting.mails()
    assert traces(meeting, "jeanne@example.com", "Jeanne Dubois", "technicienne") == []


def test_funding_is_information_with_its_source(catalogue: Reader) -> None:
    [item] = catalogue.get("/v1/funding", lang="en")["items"]
    assert item == {
        "scheme": "covalent",
        "name": "Co-valent",
        "status": "open",
        "text": "The fund of the sector.",
        "unknown": "Please ask first.",
        "source": "https://co-valent.be/category/faq-fr",
        "checked_on": "2026-11-20",
    }
    assert catalogue.get("/v1/funding")["items"][0]["unknown"] == "Demandez d’abord."
    [of_course] = catalogue.get("/v1/courses/gmp-basics")["funding"]
    assert of_course["note"] == "Renseignez-vous." and of_course["checked_on"] == "2026-11-20"


def test_a_catalogue_older_than_the_schemes_gets_them_once(app: FastAPI, settings: Settings) -> None:
    """What a campus changed or took out afterwards stays so at the next start."""
    database = app.state.database

    def schemes_after_start() -> list[str]:
        with database.writing() as db:
            seed_if_empty(db, settings.demo_dir)
        with database.reading() as db:
            return list(get_catalogue(db).schemes)

    with database.writing() as db:
        db.execute(text("DELETE FROM funding_schemes"))
        raise_version(db)
    assert schemes_after_start() == ["covalent"]
    with database.writing() as db:
        db.get_one(FundingScheme, "covalent").scheme = "other"
    assert schemes_after_start() == ["other"]


@pytest.mark.one_database
def test_every_scheme_of_a_course_is_described() -> None:
    folder = REPO_ROOT / "service" / "demo"
    schemes = {row["scheme"]: row for row in yaml.safe_load((folder / "funding.yml").read_text(encoding="utf-8"))}
    used = set()
    for path in folder.glob("courses/*.yml"):
        for course in yaml.safe_load(path.read_text(encoding="utf-8")):
            used |= {one["scheme"] for one in course.get("funding", [])}
    assert used and used <= set(schemes)
    for row in schemes.values():
        assert row["checked_on"] and (row["source"] or row["status"] == "unknown")
        for name in ("name", "text", "unknown"):
            assert row[name]["fr"] and row[name]["en"]


def test_the_pages_are_served_where_people_look_for_them(client: TestClient, tmp_path: Path) -> None:
    web = tmp_path / "web"
    (web / "events").mkdir(parents=True)
    for name in ("events", "alerts", "manage", "index"):
        (web / f"{name}.html").write_text(f'<main data-now="">{name}</main>', encoding="utf-8")
    (web / "events" / "page.js").write_text("1", encoding="utf-8")
    for path in ("/events", "/events/open-day-20261219", "/events/any.thing"):
        answer = client.get(path)
        assert answer.status_code == 200 and ">events<" in answer.text and "2026-11-23" in answer.text
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert client.get("/events/page.js").text == "1"
    for path in ("/events/missing.js", "/events/a/b", "/events/", "/eventsx"):
        assert client.get(path).status_code == 404, path
    answer = client.get("/alerts")
    assert ">alerts<" in answer.text and answer.headers["cache-control"] == "no-store"
