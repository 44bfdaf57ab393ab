"""Alerts: nothing before the button is pressed, each date once, one mail a day, and an end by the link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from campus import clock
from campus.alerts.telling import tell_due
from campus.catalogue.models import CourseSession, Meeting
from campus.privacy import retention
from sqlalchemy import text

from ..conftest import STAFF_TOKEN
from ..privacy.conftest import token_of, traces
from .conftest import World

EMAIL = "jeanne@example.com"


@pytest.fixture
def alerted(world: World) -> Iterator[World]:
    """The world of the bookings, without the alerts and sessions that a test made."""

    def tidy() -> None:
        with world.database.writing() as db:
            for table in ("alert_tellings", "alerts", "outbox"):
                db.execute(text(f"DELETE FROM {table}"))
            made = "(SELECT id FROM sessions WHERE id LIKE 'new-%')"
            db.execute(text(f"DELETE FROM meetings WHERE session_id IN {made}"))
            db.execute(text("DELETE FROM sessions WHERE id LIKE 'new-%'"))
            from campus.catalogue.memory import raise_version

            raise_version(db)

    tidy()
    yield world
    tidy()


def ask(world: World, email: str = EMAIL, **wish: Any) -> Any:
    return world.post("/v1/alerts", {"email": email, "lang": "fr", **wish})


def mails(world: World, kind: str) -> list[EmailMessage]:
    return [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == kind]


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link(mail: EmailMessage) -> str:
    """The token of the link in a mail."""
    [token] = re.findall(r"https://campus\.example/alerts#(\S+)", words(mail))
    return str(token)


def confirmed(world: World, **wish: Any) -> tuple[str, str]:
    """An alert that is active: its id and its token."""
    answer = ask(world, **wish)
    assert answer.status_code == 202, answer.text
    mail = mails(world, "alert-request")[-1]
    answer = world.post("/v1/alerts/confirm", {"token": link(mail)})
    assert answer.status_code == 200 and answer.json()["state"] == "active"
    return mail["X-Campus-Reference"], link(mail)


def new_session(world: World, ident: str, course: str = "gmp", **more: Any) -> None:
    start = datetime(2027, 3, 9, 9, 0, tzinfo=clock.BRUSSELS)
    end = start + timedelta(hours=8)
    values: dict[str, Any] = {"language": "fr", "capacity": 12, "state": "open", "audience": "public", **more}
    with world.database.writing() as db:
        db.add(
            CourseSession(
                id=f"new-{ident}",
                course_id=course,
                start=start,
                end=end,
                booking_deadline=start - timedelta(days=1),
                format="onsite",
                place={"fr": "Ici", "en": "Here"},
                taken=0,
                demo=True,
                meetings=[Meeting(start=start, end=end)],
                **values,
            )
        )


def test_nothing_is_told_before_the_button_is_pressed(alerted: World) -> None:
    assert ask(alerted, criteria={"topic": ["x"], "language": "fr", "max_price": 2000}).json() == {
        "state": "unconfirmed"
    }
    [mail] = mails(alerted, "alert-request")
    assert (
        mail["To"] == EMAIL
        and "Langue\u00a0: français" in words(mail)
        and "Prix maximum (€)\u00a0: 2000" in words(mail)
    )
    alert = mail["X-Campus-Reference"]
    seen = alerted.get(f"/v1/alerts/{alert}", bearer=link(mail)).json()
    assert seen["state"] == "unconfirmed", "opening the link changes nothing"
    new_session(alerted, "a")
    alerted.clock.forward(days=1)
    assert tell_due(alerted.database) == 0
    assert alerted.post("/v1/alerts/confirm", {"token": link(mail)[:-1] + "x"}).status_code == 404
    assert alerted.scalar("SELECT state FROM alerts") == "unconfirmed"
    for _ in range(2):
        assert alerted.post("/v1/alerts/confirm", {"token": link(mail)}).json()["state"] == "active"
    assert tell_due(alerted.database) == 0, "what was there before is no news"


def test_new_dates_are_told_once_and_once_a_day(alerted: World) -> None:
    alert, token = confirmed(alerted, course_id="gmp")
    alerted.clock.forward(minutes=5)
    new_session(alerted, "a")
    new_session(alerted, "b")
    new_session(alerted, "other", course="first-steps")
    new_session(alerted, "inside", audience="staff", access_code="X")
    new_session(alerted, "closed", state="closed")
    assert tell_due(alerted.database) == 1 and tell_due(alerted.database) == 0
    [mail] = mails(alerted, "alert")
    assert mail["Subject"] == "2 nouvelles dates pour vous" and words(mail).count("Les bases des BPF") >= 2
    assert "mardi 9 mars 2027 de 9\u00a0h à 17\u00a0h" in words(mail) and "1\u202f250,00\u00a0€" in words(mail)
    assert link(mail) == token and "Démonstration" in words(mail)
    alerted.clock.forward(hours=2)
    new_session(alerted, "c")
    assert tell_due(alerted.database) == 0, "one mail a day"
    alerted.clock.forward(days=1)
    assert tell_due(alerted.database) == 1
    last = mails(alerted, "alert")[-1]
    assert last["Subject"] == "Nouvelle date\u00a0: Les bases des BPF"
    told = {row[0] for row in alerted.rows("SELECT session_id FROM alert_tellings WHERE alert_id = :id", id=alert)}
    assert told == {"new-a", "new-b", "new-c"}
    alerted.clock.forward(days=1)
    assert tell_due(alerted.database) == 0


def test_criteria_are_those_of_the_catalogue(alerted: World) -> None:
    confirmed(alerted, email="a@example.com", criteria={"language": ["en"]})
    confirmed(alerted, email="b@example.com", criteria={"q": "BPF", "from": "2027-03-01", "to": "2027-04-01"})
    confirmed(alerted, email="c@example.com", kind="event")
    confirmed(alerted, email="d@example.com", criteria={"max_price": "10", "kind": "course"})
    confirmed(alerted, email="e@example.com", criteria={"seats": 13})
    confirmed(alerted, email="f@example.com")
    alerted.clock.forward(minutes=5)
    new_session(alerted, "gmp")
    new_session(alerted, "open", course="open-day", language="en")
    tell_due(alerted.database)
    told = {mail["To"]: mail["Subject"] for mail in mails(alerted, "alert")}
    assert set(told) == {f"{name}@example.com" for name in "abcf"}
    assert "BPF" in told["b@example.com"] and "ortes ouvertes" in told["c@example.com"]
    assert told["f@example.com"] == "2 nouvelles dates pour vous"


def test_a_full_session_is_told_when_there_is_room(alerted: World) -> None:
    confirmed(alerted)
    alerted.clock.forward(minutes=5)
    new_session(alerted, "a", capacity=1)
    held = alerted.book("new-a").json()
    assert tell_due(alerted.database) == 0
    alerted.post(f"/v1/bookings/{held['reference']}/cancel", bearer=held["manage_token"])
    with alerted.database.writing() as db:
        db.execute(text("DELETE FROM bookings"))
    assert tell_due(alerted.database) == 1


def test_it_ends_by_the_link_and_nothing_is_kept(alerted: World) -> None:
    alert, token = confirmed(alerted)
    other, other_token = confirmed(alerted, email="x@example.com", course_id="first-steps")
    alerted.clock.forward(minutes=5)
    new_session(alerted, "a")
    assert tell_due(alerted.database) == 1
    assert alerted.call("DELETE", f"/v1/alerts/{alert}").status_code == 401
    assert alerted.call("DELETE", f"/v1/alerts/{alert}", bearer=other_token).status_code == 404
    assert alerted.call("DELETE", f"/v1/alerts/{alert}", bearer=token).status_code == 204
    assert mails(alerted, "alert") == [], "what had not left does not leave any more"
    assert alerted.call("DELETE", f"/v1/alerts/{alert}", bearer=token).status_code == 404
    assert alerted.rows("SELECT id FROM alerts") == [(other,)] and not alerted.rows("SELECT * FROM alert_tellings")
    assert alerted.call("DELETE", f"/v1/alerts/{other}", bearer=STAFF_TOKEN).status_code == 204


def test_asking_again_for_the_same(alerted: World) -> None:
    ask(alerted, course_id="gmp")
    ask(alerted, email="JEANNE@example.com", course_id="gmp")
    assert len(mails(alerted, "alert-request")) == 1, "one link an hour"
    alerted.post("/v1/alerts/confirm", {"token": link(mails(alerted, "alert-request")[0])})
    assert ask(alerted, course_id="gmp").json() == {"state": "unconfirmed"}, "the answer tells nobody anything"
    assert alerted.scalar("SELECT count(*) FROM alerts") == 1 and len(mails(alerted, "alert-request")) == 1


def test_what_is_refused(alerted: World) -> None:
    def fields(answer: Any) -> list[str]:
        assert answer.status_code == 422, answer.text
        return [error["field"] for error in answer.json()["errors"]]

    assert fields(ask(alerted, email="nobody")) == ["email"]
    assert fields(ask(alerted, course_id="inside")) == ["course_id"]
    assert fields(ask(alerted, course_id="nothing")) == ["course_id"]
    assert fields(ask(alerted, criteria={"level": "expert", "seats": "many"})) == ["criteria.level", "criteria.seats"]
    assert fields(ask(alerted, criteria={"access_code": "X"})) == ["criteria.access_code"]
    assert alerted.scalar("SELECT count(*) FROM alerts") == 0


def test_limits(alerted: World, make_world: Any) -> None:
    strict = make_world(rate_limits="on")
    answers = [ask(strict, criteria={"q": f"word {number}"}).status_code for number in range(21)]
    assert answers == [202] * 20 + [429]


def test_unconfirmed_ones_go_after_a_week(alerted: World) -> None:
    ask(alerted)
    token = link(mails(alerted, "alert-request")[0])
    kept, _ = confirmed(alerted, email="x@example.com")
    alerted.clock.forward(days=6, hours=23)
    retention.run(alerted.database)
    assert alerted.scalar("SELECT count(*) FROM alerts") == 2
    alerted.clock.forward(hours=1)
    assert alerted.post("/v1/alerts/confirm", {"token": token}).status_code == 404
    retention.run(alerted.database)
    alerted.clock.forward(days=400)
    retention.run(alerted.database)
    assert alerted.rows("SELECT id FROM alerts") == [(kept,)], "who confirmed is told until they end it"


def test_a_person_gets_and_erases_their_alerts(alerted: World) -> None:
    alert, _ = confirmed(alerted, course_id="gmp")
    alerted.clock.forward(minutes=5)
    new_session(alerted, "a")
    tell_due(alerted.database)
    bearer = token_of(alerted, EMAIL)
    told = alerted.post("/v1/me/export", {}, bearer=bearer).json()
    assert [(one["id"], one["state"], one["course"]["id"]) for one in told["alerts"]] == [(alert, "active", "gmp")]
    done = alerted.post("/v1/me/erase", {"confirmed": True}, bearer=bearer).json()
    assert done["counts"]["alerts"] == 1
    alerted.mails()
    assert traces(alerted, EMAIL) == []


def test_two_workers_tell_once(alerted: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for number in range(5):
        confirmed(alerted, email=f"p{number}@example.com")
    alerted.clock.forward(minutes=5)
    new_session(alerted, "a")
    with ThreadPoolExecutor(4) as pool:
        told = sum(pool.map(lambda _: tell_due(alerted.database), range(4)))
    assert told == 5 and len(mails(alerted, "alert")) == 5
