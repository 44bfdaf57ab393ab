"""What may be edited at /admin, what may not, and what stands in the audit log afterwards."""

from __future__ import annotations

import re
from typing import Any

import pytest
from campus.audit import AuditEntry
from campus.auditor.audit import audit
from campus.catalogue.models import Course, CourseSession, Meeting, Operator
from campus.catalogue.requirements import mistakes
from campus.knowledge.models import Answer
from sqlalchemy import text
from sqlalchemy.orm import Session

from .conftest import Desk, told, wrong

FREE = "gmp-basics-20261215"


@pytest.fixture
def booked(signed_in: Desk) -> dict[str, Any]:
    """Two seats, booked over the service's own address."""
    return book(signed_in)


def book(desk: Desk, **more: Any) -> dict[str, Any]:
    """A confirmed booking in the session FREE."""
    contact = {"name": "Jeanne Dubois", "email": "jeanne@example.com"}
    wish = {"session_id": FREE, "seats": 2, "hold": False, "terms_accepted": True, "contact": contact, **more}
    answer = desk.http.post("/v1/bookings", json=wish, headers={"Idempotency-Key": "a-key-of-the-tests-1"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def entries(db: Session) -> list[tuple[Any, ...]]:
    """What the site wrote into the audit log, oldest first."""
    db.rollback()
    wanted = "SELECT actor, action, reference FROM audit WHERE action LIKE 'admin-%' ORDER BY seq"
    return [tuple(row) for row in db.execute(text(wanted))]


def details(db: Session) -> dict[str, Any]:
    """The details of its last row."""
    db.rollback()
    return dict(db.query(AuditEntry).order_by(AuditEntry.seq.desc()).first().details)  # type: ignore[union-attr]


def test_a_search_finds_accents_in_both_languages(signed_in: Desk) -> None:
    """JSON columns as well, which SQLite keeps with `\\u00e9`."""
    assert ">parking<" in signed_in.get("/answer/list?search=où se garer")
    assert ">parking<" in signed_in.get("/answer/list?search=CAR PARK")
    assert ">parking<" not in signed_in.get("/answer/list?search=100%")


def test_an_answer_is_edited_and_known_at_once(signed_in: Desk, db: Session) -> None:
    """Texts side by side, a question a line; the snapshot changes, the search finds, the log has old and new."""
    tag = signed_in.http.get("/v1/snapshot").headers["etag"]
    form = signed_in.form("/answer/edit/parking")
    assert form["questions-fr"] == "où se garer\ny a-t-il un parking"
    asked = form["questions-fr"] + "\r\n  peut-on laisser   sa trottinette \r\n\r\npeut-on laisser sa trottinette"
    answer = signed_in.change(
        "/answer/edit/parking", questions__fr=asked, text__fr="Une question ? C’est « au sous-sol » <b>."
    )
    assert told(signed_in.get(answer.headers["location"].partition("/admin")[2])).startswith("C’est enregistré.")
    row = db.get_one(Answer, "parking")
    assert row.questions["fr"] == ["où se garer", "y a-t-il un parking", "peut-on laisser sa trottinette"]
    assert row.text == {"fr": "Une question ? C’est « au sous-sol » <b>.", "en": form["text-en"]}
    again = signed_in.http.get("/v1/snapshot", headers={"If-None-Match": tag})
    assert again.status_code == 200 and "trottinette" in again.text
    found = signed_in.http.get("/v1/answers", params={"q": "où puis-je laisser ma trottinette ?"}).json()["items"]
    assert found[0]["text"] == "Une question ? C’est « au sous-sol » <b>."
    assert entries(db) == [("staff:", "admin-edit", "parking")]
    assert details(db)["table"] == "answers"
    assert details(db)["fields"]["text"]["old"]["text-fr"] == form["text-fr"]
    assert details(db)["fields"].keys() == {"questions", "text"}
    assert "trottinette" in details(db)["fields"]["questions"]["new"]["questions-fr"]
    assert "&lt;b&gt;" in signed_in.get("/answer/details/parking")


def test_what_did_not_change_is_not_recorded(signed_in: Desk, db: Session) -> None:
    """Each form of the catalogue, saved as it was opened, leaves everything as it was."""
    tag = signed_in.http.get("/v1/snapshot").headers["etag"]
    before = picture(db)
    for view in ("answer", "course", "course-session", "topic", "operator", "funding-scheme"):
        page = signed_in.get(f"/{view}/list")
        for path in re.findall(rf'href="/admin(/{view}/edit/[^"]+)"', page):
            signed_in.change(path)
    after = picture(db)
    assert before == after
    assert entries(db) == []
    assert signed_in.http.get("/v1/snapshot").headers["etag"] == tag


def picture(db: Session) -> dict[str, dict[Any, dict[str, Any]]]:
    """The rows of the catalogue."""
    db.rollback()
    tables = ("operators", "topics", "courses", "course_topics", "sessions", "meetings", "answers", "funding_schemes")
    rows = {name: db.execute(text(f"SELECT * FROM {name}")).all() for name in tables}
    return {name: {str(tuple(row)[:2]): dict(row._mapping) for row in found} for name, found in rows.items()}


def test_an_answer_is_added_and_removed(signed_in: Desk, db: Session) -> None:
    """And both languages are asked for, in the language of the reader."""
    signed_in.lang = "en"
    new: dict[str, Any] = {
        "key": "lockers",
        "group": "place",
        "questions__fr": "y a-t-il des casiers",
        "text__fr": "Oui.",
    }
    refused = signed_in.change("/answer/create", 400, **new)
    assert wrong(refused.text)[1:] == ["Both French and English are needed."] * 2
    assert "y a-t-il des casiers" in refused.text
    new |= {"questions__en": "are there lockers", "text__en": "Yes."}
    signed_in.change("/answer/create", **new)
    assert signed_in.http.get("/v1/answers/lockers", params={"lang": "en"}).json()["text"] == "Yes."
    assert wrong(signed_in.change("/answer/create", 400, **new).text)[1:] == ["This id exists already."]
    signed_in.post("/answer/remove/lockers", signed_in.form("/answer/details/lockers"))
    assert signed_in.http.get("/v1/answers/lockers").status_code == 404
    assert [row[1:] for row in entries(db)] == [("admin-create", "lockers"), ("admin-remove", "lockers")]


def test_an_alias_of_a_course_is_found_by_the_search(signed_in: Desk, db: Session) -> None:
    """Courses, topics and operators carry the names that people use, one a line."""
    assert signed_in.http.get("/v1/courses", params={"q": "zorbatron"}).json()["items"] == []
    form = signed_in.form("/course/edit/gmp-basics")
    signed_in.change("/course/edit/gmp-basics", aliases__fr=form["aliases-fr"] + "\nle zorbatron")
    items = signed_in.http.get("/v1/courses", params={"q": "zorbatron"}).json()["items"]
    assert [one["id"] for one in items] == ["gmp-basics"]
    assert details(db)["fields"].keys() == {"aliases"}


def test_secrets_and_addresses_are_not_told_to_the_log(signed_in: Desk, db: Session) -> None:
    """That they changed is; what they were and are is not."""
    signed_in.change(
        "/operator/edit/takeda", email="New@Takeda.example", fee_percent="12,5", email_domains="a.be\nb.be"
    )
    row = db.get_one(Operator, "takeda")
    assert (row.email, str(row.fee_percent), row.email_domains) == ("New@takeda.example", "12.50", ["a.be", "b.be"])
    fields = details(db)["fields"]
    assert fields["email"] is None and fields["fee_percent"]["new"] == "12.50"
    signed_in.change("/course/edit/gmp-basics", access_code="SECRET-CODE", audience="customers")
    assert details(db)["fields"]["access_code"] is None
    assert "SECRET-CODE" not in str(details(db))


ASKED: dict[str, Any] = {
    "requirements__business": "yes",
    "requirements__seats": "6",
    "requirements__course__0": "python-bio",
    "requirements__says__0__id": "fit",
    "requirements__says__0__fr": "Je suis apte au travail en salle blanche.",
    "requirements__says__0__en": "I am fit for the clean room.",
}
TEXTS = {"funding__1__fr": "Oui.", "funding__1__en": "Yes."}
NOT_FITTING: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("/course/edit/gmp-basics", {"price": "-1"}, "De 0 à 1000000."),
    ("/course/edit/gmp-basics", {"price": "12,345"}, "Au plus 2 chiffre(s) après la virgule."),
    ("/course/edit/gmp-basics", {"price": "NaN"}, "Un nombre, s’il vous plaît."),
    ("/course/edit/gmp-basics", {"price": "1e400"}, "Un nombre, s’il vous plaît."),
    ("/course/edit/gmp-basics", {"days": ""}, "Ce champ est nécessaire."),
    ("/course/edit/gmp-basics", {"level": "expert"}, "Choisissez dans la liste."),
    ("/course/edit/gmp-basics", {"operator_id": "nobody"}, "Choisissez dans la liste."),
    ("/course/edit/gmp-basics", {"topics__1": "nothing"}, "Choisissez dans la liste."),
    ("/course/edit/gmp-basics", {"title__en": ""}, "Il faut le français et l’anglais."),
    ("/operator/edit/takeda", {"email": "nobody"}, "Cette adresse e-mail n’est pas correcte."),
    ("/course/edit/gmp-basics", {"requirements__seats": "0"}, "De 1 à 100."),
    ("/course/edit/gmp-basics", {"requirements__course__0": "nothing"}, "Choisissez dans la liste."),
    ("/course/edit/gmp-basics", {"requirements__course__0": "gmp-basics"}, "Une formation ne peut pas se demander"),
    ("/course/edit/gmp-basics", {"requirements__says__0__id": "Not An Id"}, "Donnez à chaque déclaration un id"),
    ("/course/edit/gmp-basics", {"requirements__says__0__id": "fit"}, "Il faut le français et l’anglais."),
    ("/course/edit/gmp-basics", {**ASKED, "requirements__says__0__id": "python-bio"}, "Une même règle"),
    ("/course/edit/gmp-basics", {"funding__0__scheme": ""}, "Choisissez le financement de cette remarque."),
    ("/course/edit/gmp-basics", {"funding__1__scheme": "nothing", **TEXTS}, "Choisissez dans la liste."),
    ("/course/edit/gmp-basics", {"funding__1__scheme": "covalent", **TEXTS}, "Un même financement s’y trouve"),
    ("/funding-scheme/edit/covalent", {"status": "perhaps"}, "Choisissez dans la liste."),
    ("/answer/edit/parking", {"source": "javascript:alert(1)"}, "Une adresse qui commence par https://."),
    ("/answer/edit/parking", {"checked_on": "2026-02-30"}, "Cette date n’existe pas."),
    ("/topic/create", {"id": "Not An Id"}, "Seulement des minuscules sans accent et des chiffres"),
)


def test_what_does_not_fit_is_said_beside_its_field(signed_in: Desk) -> None:
    """And nothing is written."""
    for path, changed, says in NOT_FITTING:
        refused = signed_in.change(path, 400, **changed)
        assert any(one.startswith(says) for one in wrong(refused.text)), (changed, wrong(refused.text))


def test_a_session_keeps_its_seats_states_and_counters(signed_in: Desk, booked: dict[str, Any], db: Session) -> None:
    """A forged form may send what it likes; and there are never fewer seats than are taken."""
    db.rollback()
    row = db.get_one(CourseSession, FREE)
    taken, version = row.taken, row.version
    forged: dict[str, Any]
    forged = {"taken": "0", "state": "cancelled", "version": "99", "demo": "", "id": "other", "course_id": "other"}
    path = f"/course-session/edit/{FREE}"
    signed_in.change(path, **{**forged, "capacity": str(taken + 3)})
    db.rollback()
    db.refresh(row)
    assert (row.taken, row.state, row.version, row.id) == (taken, "open", version + 1, FREE)
    assert row.capacity == taken + 3 and row.course_id == "gmp-basics" and row.demo
    refused = signed_in.change(path, 400, capacity=str(taken - 1))
    assert wrong(refused.text)[1] == (
        f"{taken} places sont déjà prises\u00a0: la capacité ne peut pas être plus petite."
    )
    signed_in.change(path, capacity=str(taken))
    assert audit(signed_in.app.state.database) == []


def test_the_dates_of_a_session_and_its_meetings_move_together(signed_in: Desk, db: Session) -> None:
    """By the clocks of Brussels, in order, without overlap; the deadline follows where none is given."""
    path = f"/course-session/edit/{FREE}"
    blocks: dict[str, Any] = {
        "meetings__0__start": "2027-03-29T09:00",
        "meetings__0__end": "2027-03-29T17:00",
        "meetings__1__start": "2027-03-26T13:00",
        "meetings__1__end": "2027-03-26T17:30",
    }
    with signed_in.app.state.database.writing() as writing:
        writing.execute(text("DELETE FROM standings WHERE session_id = :id"), {"id": FREE})
        writing.execute(text("DELETE FROM bookings WHERE session_id = :id"), {"id": FREE})
        writing.execute(text("UPDATE sessions SET taken = 0 WHERE id = :id"), {"id": FREE})
    signed_in.change(path, booking_deadline="", **blocks)
    db.rollback()
    row = db.get_one(CourseSession, FREE)
    assert [(one.start.isoformat(), one.end.isoformat()) for one in row.meetings] == [
        ("2027-03-26T13:00:00+01:00", "2027-03-26T17:30:00+01:00"),
        ("2027-03-29T09:00:00+02:00", "2027-03-29T17:00:00+02:00"),
    ]
    assert (row.start, row.end) == (row.meetings[0].start, row.meetings[1].end)
    assert row.booking_deadline.isoformat() == "2027-03-25T12:00:00+01:00"
    seen = signed_in.http.get(f"/v1/sessions/{FREE}").json()
    assert seen["start"] == "2027-03-26T13:00:00+01:00"
    refusals: tuple[tuple[dict[str, Any], str], ...] = (
        ({"meetings__0__end": "2027-03-26T12:00"}, "Une séance finit avant de commencer."),
        ({"meetings__1__start": "2027-03-26T17:00"}, "Deux séances se chevauchent."),
        ({"meetings__1__start": "2027-03-28T02:30"}, "Cette date ou cette heure n’existe pas."),
        ({"meetings__1__start": ""}, "Cette date ou cette heure n’existe pas."),
        ({"booking_deadline": "2027-03-26T14:00"}, "Les inscriptions se terminent au plus tard"),
    )
    for wish, says in refusals:
        assert wrong(signed_in.change(path, 400, **wish).text)[1].startswith(says), wish
    signed_in.change(path, meetings__0__start="", meetings__0__end="")
    db.rollback()
    assert db.query(Meeting).filter(Meeting.session_id == FREE).count() == 1
    new = {**blocks, "id": "gmp-basics-extra", "course_id": "gmp-basics", "place__fr": "Ici", "place__en": "Here"}
    new |= {"format": "onsite", "language": "fr", "capacity": "8", "audience": "public", "access_code": ""}
    past = {name: "2026-11-20" + value[10:] for name, value in new.items() if name.startswith("meetings__0")}
    assert wrong(signed_in.change("/course-session/create", 400, **{**new, **past}).text)[1] == (
        "Cette date est déjà passée."
    )
    signed_in.change("/course-session/create", **new)
    assert signed_in.http.get("/v1/sessions/gmp-basics-extra").json()["seats_free"] == 8
    assert audit(signed_in.app.state.database) == []


def test_dates_that_people_have_booked_do_not_move_silently(signed_in: Desk, booked: dict[str, Any]) -> None:
    refused = signed_in.change(f"/course-session/edit/{FREE}", 400, meetings__0__start="2026-12-15T08:00")
    assert wrong(refused.text)[1].startswith("Des personnes sont inscrites à ces dates.")


def test_nobody_undoes_what_somebody_else_changed_meanwhile(signed_in: Desk, db: Session) -> None:
    """The form that was opened first is refused, and what was written in it is not lost."""
    first = signed_in.form("/answer/edit/parking")
    signed_in.change("/answer/edit/parking", text__fr="La première.")
    late = signed_in.post("/answer/edit/parking", {**first, "text-fr": "La seconde."})
    assert late.status_code == 400 and wrong(late.text)[0].startswith("Quelqu’un a modifié cette fiche")
    assert "La seconde." in late.text
    assert db.get_one(Answer, "parking").text["fr"] == "La première."


def test_topics_of_a_course_keep_their_order(signed_in: Desk, db: Session) -> None:
    form = signed_in.form("/course/edit/gmp-basics")
    chosen = [form[f"topics-{place}"] for place in range(8) if form[f"topics-{place}"]]
    other = "quality-assurance" if chosen[0] != "quality-assurance" else "gmp"
    signed_in.change("/course/edit/gmp-basics", topics__0=other, topics__1="", topics__2=chosen[0])
    assert [one.id for one in db.get_one(Course, "gmp-basics").topics] == [other, chosen[0]]


def test_what_is_in_use_is_not_removed(signed_in: Desk, booked: dict[str, Any], db: Session) -> None:
    """Kindly refused, whatever depends on it; what is free goes."""
    for path, says in (
        (f"/course-session/remove/{FREE}", "Des inscriptions existent pour cette session"),
        ("/course/remove/gmp-basics", "Cette formation a encore des sessions"),
        ("/operator/remove/takeda", "Cet organisateur propose encore des formations"),
        ("/topic/remove/gmp", "Des formations portent encore sur ce thème"),
    ):
        page = path.replace("/remove/", "/details/")
        assert signed_in.post(path, signed_in.form(page)).status_code == 303
        assert told(signed_in.get(page)).startswith(says)
    secret = {"csrf": signed_in.form("/answer/details/parking")["csrf"]}
    for path in ("/booking/remove/1", "/audit-entry/remove/1", "/handoff/remove/1", "/answer/remove/nothing"):
        assert signed_in.post(path, secret).status_code == 404
    assert entries(db) == []


def test_a_booking_is_cancelled_by_the_rule_and_by_nothing_else(
    signed_in: Desk, booked: dict[str, Any], db: Session
) -> None:
    """The button frees the seats, writes the mail and the log; no form reaches states or seats."""
    db.rollback()
    ident = db.scalar(text("SELECT id FROM bookings WHERE reference = :it"), {"it": booked["reference"]})
    taken = db.get_one(CourseSession, FREE).taken
    page = f"/booking/details/{ident}"
    form = signed_in.form(page)
    forged = signed_in.post(f"/booking/edit/{ident}", {**form, "state": "attended", "seats": "1"})
    assert forged.status_code == 404
    assert signed_in.post(f"/booking/do/attend/{ident}", form).status_code == 404
    assert signed_in.post(f"/booking/do/cancel/{ident}", form).status_code == 303
    assert told(signed_in.get(page)) == "C’est fait."
    db.expire_all()
    db.rollback()
    state = "SELECT state FROM bookings WHERE reference = :it"
    assert db.scalar(text(state), {"it": booked["reference"]}) == "cancelled"
    assert db.get_one(CourseSession, FREE).taken == taken - 2
    mails = "SELECT COUNT(*) FROM outbox WHERE kind = 'cancellation' AND reference = :it"
    assert db.scalar(text(mails), {"it": booked["reference"]}) == 1
    again = signed_in.post(f"/booking/do/cancel/{ident}", {**form, "once": "another"})
    assert (again.status_code, wrong(again.text)) == (400, ["L’état actuel ne permet pas cette action."])
    assert "Annuler l’inscription" not in signed_in.get(page)
    assert audit(signed_in.app.state.database) == []


def test_a_request_for_a_person_is_closed(signed_in: Desk, db: Session) -> None:
    asked = signed_in.http.post("/v1/handoffs", json={"reason": "une question", "summary": "Où ?", "lang": "fr"}).json()
    page = f"/handoff/details/{asked['id']}"
    form = signed_in.form(page)
    assert signed_in.post(f"/handoff/do/close/{asked['id']}", form).status_code == 303
    assert told(signed_in.get(page)) == "C’est fait."
    again = signed_in.post(f"/handoff/do/close/{asked['id']}", {**form, "once": "another"})
    assert (again.status_code, wrong(again.text)) == (400, ["L’état actuel ne permet pas cette action."])
    assert db.scalar(text("SELECT state FROM handoffs WHERE id = :id"), {"id": asked["id"]}) == "closed"
    closings = "SELECT source, target FROM audit WHERE action = 'close' AND reference = :id"
    assert db.execute(text(closings), {"id": asked["id"]}).all() == [("queued", "closed")]


def test_rules_of_admission_are_edited_and_carried_out(signed_in: Desk, db: Session) -> None:
    """Stored as the rules that booking carries out; saved again they keep their order, and so does what was there."""
    page = "/course/edit/gmp-basics"
    signed_in.change(page, **ASKED)
    rules = db.get_one(Course, "gmp-basics").requirements
    assert [one["rule"] for one in rules] == ["business-only", "max-seats", "completed-course", "declaration"]
    assert list(mistakes(rules, {"python-bio"})) == []
    assert details(db)["fields"]["requirements"]["new"]["requirements-seats"] == "6"
    refused = signed_in.http.post(
        "/v1/bookings",
        json={"session_id": FREE, "seats": 7, "lang": "fr"},
        headers={"Idempotency-Key": "a-key-of-the-tests-7"},
    )
    assert (refused.status_code, refused.json()["rule"]) == (403, "max-seats")
    told_of = signed_in.get("/course/details/gmp-basics")
    assert "place(s) au plus par inscription." in told_of and "Python pour biologistes" in told_of
    with signed_in.app.state.database.writing() as writing:
        writing.get_one(Course, "gmp-basics").requirements = [rules[3], rules[1], rules[2], rules[0]]
    signed_in.change(page)
    signed_in.change(page, requirements__seats="")
    db.expire_all()
    db.rollback()
    assert db.get_one(Course, "gmp-basics").requirements == [rules[3], rules[2], rules[0]]
    form = signed_in.form(page)
    del form["requirements-business"]
    assert signed_in.post(page, {**form, "requirements-course-0": "", "requirements-says-0-id": ""}).status_code == 400
    empty = {name: "" for name in form if name.startswith("requirements-")}
    assert signed_in.post(page, {**form, **empty}).status_code == 303
    db.expire_all()
    db.rollback()
    assert db.get_one(Course, "gmp-basics").requirements == []


def test_what_a_course_says_of_funding_is_edited(signed_in: Desk, db: Session) -> None:
    """A note for each scheme, in both languages; it is told with the source of the scheme."""
    page = "/course/edit/python-bio"
    note: dict[str, Any] = {"funding__0__scheme": "covalent", "funding__0__fr": "Demandez-nous."}
    refused = signed_in.change(page, 400, **note)
    assert wrong(refused.text)[1] == "Il faut le français et l’anglais."
    signed_in.change(page, **note, funding__0__en="Ask us.")
    [said] = signed_in.http.get("/v1/courses/python-bio").json()["funding"]
    assert (said["name"], said["note"], said["checked_on"]) == ("Co-valent", "Demandez-nous.", "2026-11-20")
    assert "Co-valent — Demandez-nous." in signed_in.get("/course/details/python-bio")
    signed_in.change(page, funding__0__scheme="", funding__0__fr="", funding__0__en="")
    assert signed_in.http.get("/v1/courses/python-bio").json()["funding"] == []
    assert [row[1:] for row in entries(db)] == [("admin-edit", "python-bio")] * 2


def test_a_funding_scheme_is_edited_added_and_removed_unless_a_course_tells_of_it(signed_in: Desk, db: Session) -> None:
    tag = signed_in.http.get("/v1/courses/gmp-basics").headers["etag"]
    signed_in.change("/funding-scheme/edit/covalent", status="frozen", checked_on="2026-11-23", name__fr="Co-valent !")
    [scheme] = signed_in.http.get("/v1/funding").json()["items"]
    assert (scheme["status"], scheme["checked_on"], scheme["name"]) == ("frozen", "2026-11-23", "Co-valent !")
    course = signed_in.http.get("/v1/courses/gmp-basics", headers={"If-None-Match": tag})
    assert course.status_code == 200 and course.json()["funding"][0]["name"] == "Co-valent !"
    assert details(db)["fields"].keys() == {"name", "status", "checked_on"}
    form = signed_in.form("/funding-scheme/edit/covalent")
    signed_in.post("/funding-scheme/create", {**form, "scheme": "vouchers", "position": "1"})
    assert [one["scheme"] for one in signed_in.http.get("/v1/funding").json()["items"]] == ["covalent", "vouchers"]
    for scheme, says in (("covalent", "Des formations en parlent encore"), ("vouchers", "La fiche est supprimée.")):
        page = f"/funding-scheme/details/{scheme}"
        sent = signed_in.post(f"/funding-scheme/remove/{scheme}", signed_in.form(page))
        assert told(signed_in.get(sent.headers["location"].partition("/admin")[2])).startswith(says)
    assert [row[1:] for row in entries(db)] == [
        ("admin-edit", "covalent"),
        ("admin-create", "vouchers"),
        ("admin-remove", "vouchers"),
    ]


def test_a_course_that_others_ask_for_is_not_removed(signed_in: Desk, db: Session) -> None:
    with signed_in.app.state.database.writing() as writing:
        for table in ("standings", "participants", "bookings", "meetings", "sessions"):
            writing.execute(text(f"DELETE FROM {table}"))
    signed_in.change("/course/edit/gmp-basics", requirements__course__0="python-bio")
    signed_in.post("/course/remove/python-bio", signed_in.form("/course/details/python-bio"))
    assert told(signed_in.get("/course/details/python-bio")).startswith("D’autres formations la demandent")
