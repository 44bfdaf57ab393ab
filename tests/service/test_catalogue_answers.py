"""What the catalogue says about courses, sessions, operators and topics: the shapes of the contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from campus.catalogue import snapshot
from campus.catalogue.models import Course, CourseSession
from campus.settings import use_settings
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, insert, select, update

from .conftest import Clock, Reader, Settings

COURSE = {
    *("id", "operator", "title", "summary", "topics", "level", "format", "languages", "days", "price", "certificate"),
    *("audience", "aliases", "next_sessions", "demo"),
}
ALONE = {"content", "prerequisites", "trainers", "hours", "funding"}
SESSION = {
    *("id", "kind", "course_id", "title", "start", "end", "meetings", "timezone", "format", "place", "language"),
    *("capacity", "seats_free", "waiting", "state", "booking_deadline", "audience", "price", "demo"),
}


def test_a_course(catalogue: Reader) -> None:
    for item in catalogue.get("/v1/courses")["items"]:
        assert set(item) >= COURSE and not ALONE & set(item)
    course = catalogue.get("/v1/courses/gmp-basics", lang="en")
    assert set(course) >= COURSE | ALONE
    assert course["operator"] == {"id": "takeda", "name": "Takeda Academy"}
    assert course["title"] == "GMP basics"
    assert course["topics"][0] == {"id": "gmp", "name": "Good manufacturing practice"}
    assert course["price"] == {"amount": "1210.00", "currency": "EUR", "vat_rate": "21.00", "vat_included": True}
    assert course["aliases"] == {"fr": ["formation bpf"], "en": ["gmp course"]}
    source = {"source": "https://co-valent.be/category/faq-fr", "checked_on": "2026-11-20"}
    assert course["funding"] == [{"scheme": "covalent", "name": "Co-valent", "note": "Please ask.", **source}]
    assert (course["days"], course["hours"], course["content"]) == (2, 14, ["Right-first-time records"])
    assert course["demo"] is True
    assert catalogue.get("/v1/courses/gmp-basics")["title"] == "Les bases des BPF"


def test_an_exempt_operator(catalogue: Reader) -> None:
    price = catalogue.get("/v1/courses/python-bio")["price"]
    assert price == {"amount": "450.00", "currency": "EUR", "vat_rate": "0.00", "vat_included": True}
    assert catalogue.get("/v1/courses/team-talk")["price"]["amount"] == "0.00"


def test_a_session(catalogue: Reader) -> None:
    session = catalogue.get("/v1/sessions/digital-twins-20261210", lang="en")
    assert set(session) >= SESSION
    assert session["kind"] == "course" and session["course_id"] == "digital-twins"
    assert session["start"] == "2026-12-10T09:00:00+01:00" and session["end"] == "2026-12-24T17:00:00+01:00"
    assert [meeting["start"][:10] for meeting in session["meetings"]] == ["2026-12-10", "2026-12-17", "2026-12-24"]
    assert session["timezone"] == "Europe/Brussels" and session["place"] == "Online"
    assert (session["capacity"], session["seats_free"], session["waiting"], session["state"]) == (8, 8, 0, "open")
    assert session["booking_deadline"] == "2026-12-09T12:00:00+01:00"


def test_an_event(catalogue: Reader) -> None:
    (session,) = catalogue.get("/v1/sessions", kind="event")["items"]
    assert (session["kind"], session["course_id"], session["seats_free"]) == ("event", "open-day", 55)
    assert session["booking_deadline"] == "2026-12-24T12:00:00+01:00", "the 25th is a holiday"


@pytest.mark.parametrize(
    ("session", "state", "free"),
    [
        ("gmp-basics-20261201", "full", 0),
        ("gmp-basics-20261207", "open", 1),
        ("gmp-basics-20270105", "cancelled", 0),
        ("python-bio-20261212", "open", 10),
    ],
)
def test_states(catalogue: Reader, session: str, state: str, free: int) -> None:
    shown = catalogue.get(f"/v1/sessions/{session}")
    assert (shown["state"], shown["seats_free"]) == (state, free)


def test_holidays_move_blocks(catalogue: Reader) -> None:
    assert catalogue.get("/v1/sessions/gmp-basics-20261228")["meetings"][0]["start"] == "2026-12-28T09:00:00+01:00"
    easter = catalogue.get("/v1/sessions/gmp-basics-20270330")
    assert [meeting["start"] for meeting in easter["meetings"]] == [
        "2027-03-30T09:00:00+02:00",
        "2027-03-31T09:00:00+02:00",
    ]
    assert easter["booking_deadline"] == "2027-03-26T12:00:00+01:00", "before Easter Monday, and before summer time"


def test_what_is_closed_does_not_exist_without_its_code(catalogue: Reader) -> None:
    for path in (
        "/v1/courses/takeda-onboarding",
        "/v1/courses/takeda-onboarding/sessions",
        "/v1/sessions/takeda-onboarding-20261214",
        "/v1/sessions/gmp-basics-20270119",
        "/v1/courses/siemens-batch",
    ):
        assert catalogue.client.get(path).status_code == 404
        assert catalogue.client.get(path, params={"access_code": "wrong"}).status_code == 404
        right = "SIEMENS-2027" if "siemens" in path else "TAKEDA-2027"
        assert catalogue.client.get(path, params={"access_code": right}).status_code == 200
    whole = catalogue.client.get("/v1/snapshot").text + catalogue.client.get("/v1/courses.jsonld").text
    assert "onboarding" not in whole and "TAKEDA-2027" not in whole


def test_no_access_code_is_ever_told(catalogue: Reader) -> None:
    answer = catalogue.client.get("/v1/courses", params={"access_code": "TAKEDA-2027"})
    assert "onboarding" in answer.text and "TAKEDA-2027" not in answer.text


def test_the_sessions_of_a_course(catalogue: Reader) -> None:
    sessions = catalogue.get("/v1/courses/gmp-basics/sessions")
    assert [item["state"] for item in sessions["items"]] == ["full", "open", "open", "open", "cancelled", "open"]
    assert catalogue.client.get("/v1/courses/nothing/sessions").status_code == 404


def test_operators_and_topics(catalogue: Reader) -> None:
    operators = catalogue.get("/v1/operators", lang="en")
    assert operators["total"] == 3
    takeda = operators["items"][0]
    assert takeda["vat"] == {"regime": "taxable", "rate": "21.00"} and takeda["courses"] == 1
    assert takeda["terms"]["fee_minimum"] == "50.00" and takeda["demo"] is True
    topics = catalogue.get("/v1/topics")
    assert {"id": "gmp", "name": "Bonnes pratiques de fabrication"}.items() <= topics["items"][0].items()


def test_etag(catalogue: Reader) -> None:
    for path in ("/v1/courses?limit=2", "/v1/snapshot", "/v1/sessions", "/v1/answers"):
        first = catalogue.client.get(path)
        again = catalogue.client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = catalogue.client.get(path, headers={"if-none-match": '"other"'})
        assert other.status_code == 200


def test_jsonld(catalogue: Reader) -> None:
    answer = catalogue.client.get("/v1/courses.jsonld?lang=en")
    assert answer.headers["content-type"] == "application/ld+json"
    document = answer.json()
    assert document["@type"] == "ItemList" and document["numberOfItems"] == 4
    courses = {element["item"]["courseCode"]: element["item"] for element in document["itemListElement"]}
    twins = courses["digital-twins"]
    assert twins["provider"]["name"] == "Siemens" and twins["offers"]["price"] == "2057.00"
    instance = twins["hasCourseInstance"][0]
    assert instance["courseMode"] == "Online" and instance["remainingAttendeeCapacity"] == 8
    assert instance["startDate"] == "2026-12-10T09:00:00+01:00"
    given = {item["@id"][-8:]: item for item in courses["gmp-basics"]["hasCourseInstance"]}
    assert given["20261201"]["offers"]["availability"] == "https://schema.org/SoldOut"
    assert given["20270105"]["eventStatus"] == "https://schema.org/EventCancelled"


def test_the_snapshot_from_the_files_is_the_one_of_the_database(catalogue: Reader, tmp_path: Path) -> None:
    use_settings(catalogue.settings)
    file = tmp_path / "new" / "snapshot.json"
    assert snapshot.main([str(file)]) == 0
    assert json.loads(file.read_text(encoding="utf-8")) == catalogue.get("/v1/snapshot")
    assert snapshot.main([]) == 2


def test_seats_are_read_live(client: TestClient, app: FastAPI, clock: Clock) -> None:
    """A hold takes seats, the queue comes before the public."""
    from campus.bookings.models import Booking

    session = "python-bio-20261212"

    def book(reference: str, state: str, seats: int, **expires: object) -> None:
        row = {"reference": reference, "session_id": session, "state": state, "seats": seats, "customer": "consumer"}
        row |= {"lang": "fr", "unit_price": 450, "vat_rate": 0, "terms": {}, "created_at": clock.now(), **expires}
        with app.state.database.writing() as db:
            db.execute(insert(Booking), [row])
            if state in {"held", "offered"}:
                db.execute(
                    update(CourseSession).where(CourseSession.id == session).values(taken=CourseSession.taken + seats)
                )

    def seen() -> tuple[int, int, str]:
        shown = client.get(f"/v1/sessions/{session}").json()
        return shown["seats_free"], shown["waiting"], shown["state"]

    assert seen() == (10, 0, "open")
    now = clock.now()
    from datetime import timedelta

    book("EBC-TEST01", "held", 3, hold_expires_at=now + timedelta(hours=12))
    book("EBC-TEST02", "offered", 2, offer_expires_at=now + timedelta(hours=24))
    assert seen() == (5, 0, "open")
    book("EBC-TEST03", "waiting", 4)
    assert seen() == (1, 1, "open")
    book("EBC-TEST04", "waiting", 1)
    assert seen() == (0, 2, "full")


def test_a_change_of_the_catalogue_is_seen_at_once(client: TestClient, app: FastAPI) -> None:
    assert client.get("/v1/courses?q=origami").json()["total"] == 0
    with app.state.database.writing() as db:
        course = db.scalar(select(Course).where(Course.id == "team-talk"))
        assert course is not None
        course.title = {"fr": "Origami moléculaire", "en": "Molecular origami"}
        course.aliases = {"fr": ["origami"], "en": ["origami"]}
    assert client.get("/v1/courses/team-talk").json()["title"] == "Origami moléculaire"
    assert [item["id"] for item in client.get("/v1/courses?q=origami").json()["items"]] == ["team-talk"]


def test_lists_ask_the_database_a_fixed_number_of_times(app: FastAPI) -> None:
    client = TestClient(app)  # not started: no worker asks anything in between
    client.get("/v1/courses")
    asked: list[str] = []
    event.listen(app.state.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for path in ("/v1/courses?limit=100&seats=1", "/v1/sessions?limit=100", "/v1/courses/gmp-basics"):
        asked.clear()
        assert client.get(path).status_code == 200
        assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 3


def test_the_page_and_its_script(client: TestClient, settings: Settings) -> None:
    settings.web_dir.mkdir(parents=True)
    (settings.web_dir / "index.html").write_text("<h1>Campus</h1>", encoding="utf-8")
    (settings.web_dir / "chat.js").write_text("1", encoding="utf-8")
    (settings.web_dir / ".secret.js").write_text("no", encoding="utf-8")
    (settings.var_dir / "x.js").write_text("no", encoding="utf-8")
    page = client.get("/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html") and "Campus" in page.text
    assert client.get("/chat.js").headers["content-type"].startswith("text/javascript")
    assert client.head("/chat.js").status_code == 200
    for path in ("/.secret.js", "/../var/x.js", "/%2e%2e/var/x.js", "/index", "/nothing.js"):
        assert client.get(path).status_code == 404


def test_status(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    client.get("/v1/courses/gmp-basics")
    metrics = client.get("/metrics").text
    assert 'campus_requests_total{method="GET",route="/v1/courses/{course_id}",status="200"}' in metrics


def test_openapi(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path in ("/v1/courses", "/v1/sessions/{session_id}", "/v1/answers", "/v1/snapshot", "/v1/courses.jsonld"):
        assert path in document["paths"], path
    names = {parameter["name"] for parameter in document["paths"]["/v1/courses"]["get"]["parameters"]}
    assert names >= {
        *("q", "topic", "operator", "level", "format", "language", "from", "to", "max_price", "max_days", "seats"),
        *("day_part", "kind", "access_code", "sort", "limit", "cursor", "lang"),
    }
    assert document["components"]["schemas"]["SessionOut"]["properties"]["id"]["examples"]


def test_a_real_server(app_server: str) -> None:
    import httpx

    assert httpx.get(f"{app_server}/readyz", timeout=30).json() == {"status": "ready"}
    assert httpx.get(f"{app_server}/v1/courses", timeout=30).json()["total"] == 4
