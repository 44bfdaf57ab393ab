"""Every button of /admin: the rule of the staff API carried out, in the audit log by the name of who pressed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from campus.admin.registry import all_views
from campus.auditor.audit import audit
from campus.notices.kinds import Kind

from ..conftest import STAFF_TOKEN
from .conftest import GMP, GMP_LATER, TWINS, Desk, Office, told, wrong

PYTHON, OPEN_DAY, SPRING = "python-bio-20261212", "open-day-20261226", "gmp-basics-20270330"


def mails(office: Office, reference: str, kind: str) -> int:
    """How many mails of a kind were written about a booking."""
    statement = "SELECT COUNT(*) FROM outbox WHERE kind = :kind AND reference = :it"
    return int(office.rows(statement, kind=kind, it=reference)[0][0])


def state(office: Office, table: str, ident: object, key: str = "id") -> Any:
    """The state of a row."""
    return office.rows(f"SELECT state FROM {table} WHERE {key} = :it", it=ident)[0][0]


def taken(office: Office, session: str) -> int:
    """The counter of a session."""
    return int(office.rows("SELECT taken FROM sessions WHERE id = :it", it=session)[0][0])


def me(office: Office) -> str:
    """How the audit log names who presses the buttons here."""
    return f"staff:{office.accounts['everywhere']}"


def confirm_a_hold(office: Office, desk: Desk) -> None:
    """With what the caller says; without their agreement, or a way to reach them, nothing is done."""
    hold = office.call("bookings", {"session_id": PYTHON, "lang": "fr"})["reference"]
    [(ident,)] = office.rows("SELECT id FROM bookings WHERE reference = :it", it=hold)
    wish = {"name": "Luc Petit", "email": "luc@example.com", "phone": "0470 12 34 56"}
    refused = desk.do("booking", "confirm", ident, 400, **wish)
    assert "Sans l’accord de la personne, rien ne peut être fait." in wrong(refused.text)
    assert "luc@example.com" in refused.text and "<details open>" in refused.text
    refused = desk.do("booking", "confirm", ident, 400, name="Luc", terms_accepted="yes")
    assert "Une adresse e-mail ou un numéro de téléphone est nécessaire." in wrong(refused.text)
    refused = desk.do("booking", "confirm", ident, 400, name="Luc", phone="12", terms_accepted="yes")
    assert "Ce numéro de téléphone n’est pas correct." in wrong(refused.text)
    assert state(office, "bookings", ident) == "held"
    desk.do("booking", "confirm", ident, **wish, terms_accepted="yes")
    row = office.rows("SELECT state, contact_name, contact_phone FROM bookings WHERE id = :it", it=ident)
    assert row == [("confirmed", "Luc Petit", "+32470123456")]
    assert office.audited(hold)[-1] == (me(office), "confirm") and mails(office, hold, "confirmation") == 1


def move_a_booking(office: Office, desk: Desk) -> None:
    """The seat changes its session, the person is told; a dearer course wants the person's agreement."""
    booking = office.book(GMP)
    before = taken(office, GMP), taken(office, GMP_LATER)
    desk.do("booking", "move", booking["id"], new_session=GMP_LATER)
    assert (taken(office, GMP), taken(office, GMP_LATER)) == (before[0] - 1, before[1] + 1)
    assert mails(office, booking["reference"], "move") == 1
    assert office.audited(booking["reference"])[-1] == (me(office), "reschedule")
    refused = desk.do("booking", "move", booking["id"], 400, new_session=TWINS)
    assert "Sans l’accord de la personne, rien ne peut être fait." in wrong(refused.text)
    desk.do("booking", "move", booking["id"], new_session=TWINS, terms_accepted="yes")
    refused = desk.do("booking", "move", booking["id"], 400, new_session="gmp-basics-20261201")
    assert wrong(refused.text)[0] == "Il ne reste pas assez de places dans cette session."
    desk.do("booking", "move", booking["id"], 400, new_session="gmp-basics-20270105")  # called off: not offered
    assert office.rows("SELECT session_id FROM bookings WHERE id = :it", it=booking["id"]) == [(TWINS,)]


def send_again(office: Office, desk: Desk) -> None:
    booking = office.book(OPEN_DAY)
    desk.do("booking", "send", booking["id"])
    assert mails(office, booking["reference"], "confirmation") == 2
    assert office.audited(booking["reference"])[-1] == (me(office), "send")


def cancel_for_somebody(office: Office, desk: Desk) -> None:
    """On the terms, which the question tells, or without a fee; the reason is in the mail."""
    office.clock.set("2026-12-14T09:00")
    paying, forgiven = office.book(GMP_LATER), office.book(GMP_LATER)
    office.clock.set("2026-12-24T09:00")
    assert "363,00\u00a0€" in desk.get(f"/booking/details/{paying['id']}")
    desk.do("booking", "cancel", paying["id"])
    desk.do("booking", "cancel", forgiven["id"], waive_fee="yes", reason="Une panne de train.")
    fees = "SELECT CAST(cancel_fee AS INTEGER) FROM bookings WHERE id = :it"
    owed = [office.rows(fees, it=one["id"])[0][0] for one in (paying, forgiven)]
    assert owed[0] in {363, 36300} and owed[1] == 0
    assert office.audited(paying["reference"])[-1] == (me(office), "cancel")
    assert office.audited(forgiven["reference"])[-2:] == [(me(office), "cancel"), (me(office), "waive-fee")]
    mail = "SELECT payload FROM outbox WHERE kind = 'cancellation' AND reference = :it"
    assert "Une panne de train." in str(office.rows(mail, it=forgiven["reference"]))


def take_and_put_back(office: Office, desk: Desk) -> None:
    """A colleague can neither answer nor close what is taken, and is not offered it."""
    ident = office.ask("takeda")
    desk.do("handoff", "take", ident)
    assert office.rows("SELECT state, taken_by FROM handoffs WHERE id = :it", it=ident) == [("active", me(office))]
    other = office.desk("takeda")
    assert "/do/answer/" not in other.get(f"/handoff/details/{ident}")
    secret = {"csrf": other.form("/staff-link/list")["csrf"], "text": "Moi !"}
    assert other.post(f"/handoff/do/answer/{ident}", secret).status_code == 400
    desk.do("handoff", "release", ident)
    assert office.rows("SELECT state, taken_by FROM handoffs WHERE id = :it", it=ident) == [("queued", None)]
    assert office.audited(ident)[1:] == [(me(office), "take"), (me(office), "release")]


def answer_once(office: Office, desk: Desk) -> None:
    """Mailed to who asked, and said once, though the button was pressed twice; an empty answer is none."""
    ident = office.ask(None, contact={"email": "qui@example.com"})
    desk.do("handoff", "answer", ident, 400, text="  ")
    form = {**desk.form(f"/handoff/details/{ident}"), "text": "Bonjour,\nc’est au 2e étage."}
    for _ in range(2):
        assert desk.post(f"/handoff/do/answer/{ident}", form).status_code == 303
    said = office.rows("SELECT text FROM handoff_messages WHERE handoff_id = :it", it=ident)
    assert said == [("Bonjour,\nc’est au 2e étage.",)]
    assert mails(office, ident, "handoff-answer") == 1
    assert "c’est au 2e étage." in desk.get(f"/handoff/details/{ident}")
    assert office.audited(ident)[1:] == [(me(office), "handoff-message")]


def close_a_request(office: Office, desk: Desk) -> None:
    ident = office.ask("siemens")
    desk.do("handoff", "close", ident)
    assert state(office, "handoffs", ident) == "closed"
    assert office.audited(ident)[-1] == (me(office), "close")
    assert "/do/" not in desk.get(f"/handoff/details/{ident}")


def close_and_open_a_session(office: Office, desk: Desk) -> None:
    """Closed, it takes no bookings; opened again, it does. Twice from two pages is said once."""
    late = desk.get(f"/course-session/details/{SPRING}")
    desk.do("course-session", "close", SPRING)
    assert office.http.get(f"/v1/sessions/{SPRING}").json()["state"] == "closed"
    assert office.audited(SPRING)[-1] == (me(office), "session-change")
    assert "/do/close/" in late and "/do/close/" not in desk.get(f"/course-session/details/{SPRING}")
    desk.do("course-session", "open", SPRING)
    assert office.http.get(f"/v1/sessions/{SPRING}").json()["state"] == "open"


def call_a_session_off(office: Office, desk: Desk) -> None:
    """Not without a reason, which everybody is told."""
    booking = office.book(PYTHON)
    refused = desk.do("course-session", "call-off", PYTHON, 400)
    assert "Ce champ est nécessaire." in wrong(refused.text)
    desk.do("course-session", "call-off", PYTHON, reason="La formatrice est malade.")
    assert state(office, "sessions", PYTHON) == "cancelled" and taken(office, PYTHON) == 0
    assert state(office, "bookings", booking["id"]) == "cancelled"
    assert mails(office, booking["reference"], "session-cancelled") == 1
    assert (me(office), "call-off") in office.audited(PYTHON)
    refused = desk.post(f"/course-session/do/open/{PYTHON}", {"csrf": desk.form("/staff-link/list")["csrf"]})
    assert (refused.status_code, wrong(refused.text)) == (400, ["L’état actuel ne permet pas cette action."])


def end_a_webhook(office: Office, desk: Desk) -> None:
    wish = {"url": "http://127.0.0.1:9/hook", "kinds": [next(iter(Kind)).value]}
    ident = office.call("staff/webhooks", wish, STAFF_TOKEN)["id"]
    desk.do("webhook", "end", ident)
    assert office.audited(ident)[-1] == (me(office), "webhook")
    assert "/do/" not in desk.get(f"/webhook/details/{ident}")


PLAYED: dict[tuple[str, str], Callable[[Office, Desk], None]] = {
    ("booking", "confirm"): confirm_a_hold,
    ("booking", "move"): move_a_booking,
    ("booking", "send"): send_again,
    ("booking", "cancel"): cancel_for_somebody,
    ("handoff", "take"): take_and_put_back,
    ("handoff", "release"): take_and_put_back,
    ("handoff", "answer"): answer_once,
    ("handoff", "close"): close_a_request,
    ("session", "close"): close_and_open_a_session,
    ("session", "open"): close_and_open_a_session,
    ("session", "call-off"): call_a_session_off,
    ("webhook", "end"): end_a_webhook,
}


def test_every_button_does_what_it_says_and_the_log_has_who_pressed_it(office: Office) -> None:
    """All that are registered; afterwards seats, states and the audit log agree with one another."""
    assert set(PLAYED) == {(view.key, deed.name) for view in all_views() for deed in view.deeds}
    desk = office.desk("everywhere")
    for play in dict.fromkeys(PLAYED.values()):
        office.clock.set("2026-11-23T09:00")
        play(office, desk)
    assert audit(office.database) == []


def test_what_cannot_be_taken_back_asks_first() -> None:
    """Everything but taking a request and opening and closing a session."""
    at_once = {(view.key, deed.name) for view in all_views() for deed in view.deeds if not deed.asks}
    assert at_once == {("handoff", "take"), ("handoff", "release"), ("session", "open"), ("session", "close")}


def test_a_change_of_a_session_goes_through_the_rules(office: Office) -> None:
    """A seat more goes to who waits, at once and before the public; another place is mailed to who is expected."""
    desk, session = office.desk("takeda"), "gmp-basics-20261207"
    seated = office.book(session)
    contact = {"name": "Qui Attend", "email": "attend@example.com"}
    waiting = office.call("bookings", {"session_id": session, "waitlist": True, "contact": contact, "lang": "fr"})
    assert waiting["state"] == "waiting"
    desk.change(f"/course-session/edit/{session}", capacity="13")
    assert state(office, "bookings", waiting["reference"], "reference") == "offered"
    assert mails(office, waiting["reference"], "offer") == 1
    before = mails(office, seated["reference"], "confirmation")
    desk.change(f"/course-session/edit/{session}", place__fr="Salle Curie, 3e étage", place__en="Curie room, 3rd floor")
    assert mails(office, seated["reference"], "confirmation") == before + 1
    actor = f"staff:{office.accounts['takeda']}"
    assert office.audited(session)[-2:] == [(actor, "session-change"), (actor, "admin-edit")]
    for written, kept in (("8", 8), ("", None)):
        desk.change(f"/course-session/edit/{session}", minimum=written)
        assert office.rows("SELECT minimum FROM sessions WHERE id = :it", it=session)[0][0] == kept
    refused = desk.change(f"/course-session/edit/{session}", 400, minimum="14")
    assert wrong(refused.text)[1:] == ["Le minimum ne peut pas dépasser le nombre de places."]
    refused = desk.change(f"/course-session/edit/{session}", 400, capacity="12")
    assert wrong(refused.text)[1].startswith("13 places sont déjà prises")
    assert audit(office.database) == []


def test_what_was_pressed_too_late_is_said_on_the_page(office: Office) -> None:
    """Two have the page open: the second is told, and nothing happens twice."""
    desk, booking = office.desk("everywhere"), office.book(GMP)
    page = f"/booking/details/{booking['id']}"
    form = desk.form(page)
    assert desk.post(f"/booking/do/cancel/{booking['id']}", form).status_code == 303
    assert told(desk.get(page)) == "C’est fait."
    late = desk.post(f"/booking/do/cancel/{booking['id']}", {**form, "once": "another-page"})
    assert (late.status_code, wrong(late.text)) == (400, ["L’état actuel ne permet pas cette action."])
    assert office.audited(booking["reference"])[1:] == [(me(office), "cancel")]
