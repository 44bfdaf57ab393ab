"""Staff accounts at /admin: how they come in, what is there for them, and how long."""

from __future__ import annotations

import re

from campus.mail.transport import Folder
from campus.mail.workers import deliver_due
from campus.settings import use_settings

from ..conftest import STAFF_TOKEN
from .conftest import GMP, TWINS, Desk, Office, wrong


def menu(desk: Desk) -> list[str]:
    """What is in the menu, by the addresses."""
    return re.findall(r'href="/admin/([a-z-]+)/list"', desk.get("/staff-link/list").partition("</nav>")[0])


def mailed_code(office: Office, email: str) -> str:
    """The newest code that was mailed to this address."""
    folder = office.settings.var_dir / "outbox"
    while deliver_due(office.database, Folder(folder)):
        pass
    mails = [
        file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.eml"), key=lambda one: one.stat().st_mtime)
    ]
    found = [code for mail in mails if email in mail and (code := re.search(r"\b\d{6}\b", mail.partition("\n\n")[2]))]
    return found[-1][0]


def sign_in_by_mail(office: Office, email: str, status: int = 303) -> Desk:
    """Ask for a code and give it."""
    desk = office.new_desk()
    asked = desk.post("/login", {"csrf": desk.form("/login")["csrf"], "email": email})
    assert f"Si {email} donne accès" in asked.text
    code = mailed_code(office, email)
    answer = desk.post("/login", {"csrf": desk.form("/login")["csrf"], "email": email, "code": code})
    assert answer.status_code == status, answer.text
    return desk


def test_a_code_to_the_address_of_an_account_opens_what_the_account_may(office: Office) -> None:
    """The name is in the menu, and not in the cookie; somebody without an account stays outside."""
    desk = sign_in_by_mail(office, "takeda@desk.example")
    page = desk.get("/booking/list")
    assert "Takeda Desk" in page
    mine, theirs = office.book(GMP), office.book(TWINS)
    page = desk.get("/booking/list")
    assert mine["reference"] in page and theirs["reference"] not in page
    assert "desk.example" not in desk.http.cookies["campus_admin"]
    assert menu(desk) == [
        *("course", "course-session", "operator", "booking", "quote", "enquiry", "handoff"),
        *("staff-account", "staff-link", "audit-entry"),
    ]
    sign_in_by_mail(office, "nobody@desk.example", status=401)


def test_a_personal_token_opens_what_it_may_and_no_more(office: Office) -> None:
    """Narrowed to some scopes; ended, it ends the session."""
    wish = {"account_id": office.accounts["everywhere"], "label": "narrow"}
    narrow = {"scopes": ["bookings.read"], "operators": ["siemens"]}
    token = office.call("staff/tokens", {**wish, **narrow}, STAFF_TOKEN)
    desk = office.new_desk()
    desk.sign_in(token["token"])
    mine, theirs = office.book(TWINS), office.book(GMP)
    page = desk.get("/booking/list")
    assert mine["reference"] in page and theirs["reference"] not in page
    assert menu(desk) == ["booking", "quote", "enquiry", "staff-link"]
    assert token["token"] not in str(desk.http.cookies)
    ended = office.http.delete(f"/v1/staff/tokens/{token['id']}", headers={"Authorization": f"Bearer {STAFF_TOKEN}"})
    assert ended.status_code == 204
    desk.get("/booking/list", status=303)
    assert wrong(desk.sign_in(token["token"], status=401).text) == ["Cette clé ne convient pas."]


def test_other_rights_count_from_the_next_page_and_a_closed_account_is_out(office: Office) -> None:
    account = office.hire("changing", ["takeda"])
    desk = sign_in_by_mail(office, "changing@desk.example")
    assert "operator" in menu(desk)
    office.call(f"staff/accounts/{account}", {"scopes": []}, STAFF_TOKEN, method="PATCH")
    assert menu(desk) == ["staff-link"]
    assert desk.http.get("/admin/", follow_redirects=False).headers["location"].endswith("/admin/staff-link/list")
    assert "Vous n’avez pas accès à cette page." in desk.get("/booking/list", status=403)
    office.call(f"staff/accounts/{account}", {"email": "moved@desk.example"}, STAFF_TOKEN, method="PATCH")
    desk.get("/staff-link/list", status=303)
    desk = sign_in_by_mail(office, "moved@desk.example")
    office.call(f"staff/accounts/{account}", {"active": False}, STAFF_TOKEN, method="PATCH")
    desk.get("/staff-link/list", status=303)
    sign_in_by_mail(office, "moved@desk.example", status=401)


def test_who_may_only_read_has_no_button_and_no_way_around_it(office: Office) -> None:
    """Neither in the list nor on the page of a row, nor by its address."""
    desk, booking = office.desk("reader"), office.book(GMP)
    page = desk.get(f"/booking/details/{booking['id']}")
    assert "/do/" not in page and "Annuler l’inscription" not in page
    secret = {"csrf": desk.form("/booking/list")["csrf"]}
    for deed in ("cancel", "move", "send", "confirm"):
        answer = desk.post(f"/booking/do/{deed}/{booking['id']}", {**secret, "reason": "", "new_session": GMP})
        assert answer.status_code == 403
    assert menu(desk) == ["booking", "quote", "enquiry", "staff-link"]
    assert office.audited(booking["reference"])[1:] == []


def test_an_operator_is_edited_by_its_own_staff_and_made_by_nobody_but_the_campus(office: Office) -> None:
    desk = office.desk("takeda")
    desk.change("/operator/edit/takeda", fee_percent="35")
    for path in ("/operator/create", "/operator/edit/siemens", "/topic/list", "/answer/list", "/webhook/list"):
        assert desk.http.get(f"/admin{path}", follow_redirects=False).status_code in {403, 404}, path
    secret = {"csrf": desk.form("/operator/edit/takeda")["csrf"]}
    assert desk.post("/operator/remove/takeda", secret).status_code == 403
    assert "Supprimer" not in desk.get("/operator/details/takeda")
    actor = f"staff:{office.accounts['takeda']}"
    assert office.audited("takeda")[-1] == (actor, "admin-edit")
    office.desk("everywhere").get("/operator/create")


def test_an_account_whose_address_is_in_admin_emails_has_every_right_by_its_own_name(office: Office) -> None:
    account = office.hire("head", [], ())
    use_settings(office.settings.model_copy(update={"admin_emails": ["Head@desk.example"]}))
    desk = sign_in_by_mail(office, "head@desk.example")
    desk.change("/answer/edit/parking", text__fr="Au sous-sol.")
    assert office.audited("parking")[-1] == (f"staff:{account}", "admin-edit")
    use_settings(office.settings)
    desk.get("/answer/list", status=403)


def test_the_site_is_there_for_accounts_alone(office: Office) -> None:
    """Without STAFF_TOKEN and ADMIN_EMAILS both ways in are offered."""
    use_settings(office.settings.model_copy(update={"staff_token": None}))
    page = office.new_desk().get("/login")
    assert 'name="email"' in page and 'name="token"' in page
    desk = office.new_desk()
    desk.sign_in(office.tokens["takeda"])
    desk.get("/booking/list")
