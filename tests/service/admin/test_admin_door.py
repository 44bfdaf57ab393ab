"""Who comes in at /admin, and what no other site can make a browser do there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from campus.app import create_app
from campus.catalogue import memory
from campus.db import use_database
from campus.mail.transport import Folder
from campus.mail.workers import deliver_due
from campus.settings import Settings, use_settings
from campus.speakers import limits
from fastapi.testclient import TestClient

from ..conftest import STAFF_TOKEN
from .conftest import HOST, ORIGIN, Desk, wrong

DESK = "secretariat@campus.example"
Open = Callable[..., Desk]


@pytest.fixture
def open_with(settings: Settings) -> Iterator[Open]:
    """The site with other settings; not started, so that no worker takes the mails away."""
    made = []

    def build(**more: Any) -> Desk:
        other = settings.model_copy(update=more)
        app = create_app(other)
        made.append(app)
        return Desk(app, TestClient(app, raise_server_exceptions=False))

    limits.forget()
    yield build
    limits.forget()
    for app in made:
        app.state.database.engine.dispose()
        memory.forget(app.state.database)
    use_database(None)
    use_settings(None)


def test_the_token_opens_and_a_wrong_one_does_not(open_with: Open) -> None:
    """Until then every page leads to the form; afterwards the cookie opens, for this site alone."""
    desk = open_with()
    for path in ("/", "/answer/list", "/answer/edit/parking", "/booking/details/1"):
        answer = desk.http.get(f"/admin{path}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{HOST}/admin/login")
    assert desk.http.get("/admin", follow_redirects=False).headers["location"] == "/admin/"
    assert wrong(desk.sign_in("nothing like it", status=401).text) == ["Cette clé ne convient pas."]
    desk.get("/answer/list", status=303)
    answer = desk.sign_in()
    cookie = SimpleCookie(answer.headers["set-cookie"])["campus_admin"]
    assert cookie["httponly"] and cookie["samesite"] == "strict" and not cookie["secure"]
    assert (cookie["path"], cookie["max-age"]) == ("/admin", str(8 * 3600))
    assert "Réponses" in desk.get("/answer/list")
    assert STAFF_TOKEN not in str(desk.http.cookies)
    desk.post("/logout", {"csrf": desk.form("/answer/list")["csrf"]})
    desk.get("/answer/list", status=303)


def test_in_production_the_cookie_goes_over_https_only(open_with: Open) -> None:
    answer = open_with(campus_env="production").http.get("/admin/login")
    assert "secure" in answer.headers["set-cookie"].lower()


def test_a_session_lasts_eight_hours_and_not_longer_than_what_opened_it(
    open_with: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_with()
    desk.sign_in()
    now = time.time()
    monkeypatch.setattr("campus.admin.identity.time.time", lambda: now + 8 * 3600 - 60)
    desk.get("/answer/list")
    monkeypatch.setattr("campus.admin.identity.time.time", lambda: now + 8 * 3600 + 60)
    desk.get("/answer/list", status=303)
    monkeypatch.undo()
    desk.get("/answer/list")
    use_settings(desk.app.state.settings.model_copy(update={"staff_token": "another-token-since-today"}))
    desk.get("/answer/list", status=303)


def test_a_work_address_opens_with_the_code_that_was_mailed(open_with: Open) -> None:
    """Any address is asked and answered alike; only one of the staff opens, once, with the right code."""
    desk = open_with(staff_token=None, admin_emails=[DESK])
    for email in (DESK, "somebody@else.example"):
        answer = desk.post("/login", {**desk.form("/login"), "email": email})
        assert answer.status_code == 200 and f"Si {email} donne accès" in answer.text
    codes = _mailed_codes(desk)
    csrf = desk.form("/login")["csrf"]
    not_it = f"{(int(codes[DESK]) + 1) % 10**6:06d}"
    for email, code in ((DESK, not_it), ("somebody@else.example", codes["somebody@else.example"])):
        answer = desk.post("/login", {"csrf": csrf, "email": email, "code": code})
        assert (answer.status_code, wrong(answer.text)) == (401, ["Ce code ne convient pas."])
    assert desk.post("/login", {"csrf": csrf, "email": DESK.upper(), "code": codes[DESK]}).status_code == 303
    desk.get("/answer/list")
    answer = desk.post("/login", {"csrf": desk.form("/answer/list")["csrf"], "email": DESK, "code": codes[DESK]})
    assert answer.status_code == 410
    assert DESK not in desk.http.cookies["campus_admin"]
    use_settings(desk.app.state.settings.model_copy(update={"admin_emails": ["other@campus.example"]}))
    desk.get("/answer/list", status=303)


def test_attempts_are_limited(open_with: Open) -> None:
    """Ten of one network address, the right one included."""
    desk = open_with(rate_limits="on")
    for _ in range(10):
        desk.sign_in("guess", status=401)
    answer = desk.sign_in(status=429)
    assert wrong(answer.text) == ["Trop de tentatives\u00a0: patientez un quart d’heure."]


def test_there_is_no_site_where_nobody_could_sign_in(open_with: Open) -> None:
    desk = open_with(staff_token=None)
    for path in ("", "/", "/login", "/answer/list", "/statics/css/tabler.min.css"):
        answer = desk.http.get(f"/admin{path}", follow_redirects=False)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert desk.http.post("/admin/login", data={"token": ""}).status_code == 404


FORGED: tuple[tuple[dict[str, str], str | None], ...] = (
    (ORIGIN, ""),
    (ORIGIN, "guessed"),
    ({"Origin": "https://evil.example"}, None),
    ({"Origin": "null"}, None),
    ({"Sec-Fetch-Site": "cross-site"}, None),
    ({"Origin": HOST, "Sec-Fetch-Site": "same-site"}, None),
)
"""What a browser says, and which secret is sent; None: the right one."""


def test_what_another_site_could_cause_is_refused(open_with: Open) -> None:
    """Without the secret of the session, and with it from elsewhere: nothing is written."""
    desk = open_with()
    desk.sign_in()
    told = desk.form("/answer/edit/parking")
    for headers, secret in FORGED:
        csrf = told["csrf"] if secret is None else secret
        changed = {**told, "text-fr": "Tout est changé.", "csrf": csrf}
        assert desk.post("/answer/edit/parking", changed, headers).status_code == 403
        for path in ("/answer/remove/parking", "/booking/do/cancel/1", "/logout", "/login"):
            assert desk.post(path, {"csrf": csrf}, headers).status_code == 403
    assert "Tout est changé." not in desk.get("/answer/details/parking")
    multipart = desk.http.post("/admin/answer/edit/parking", files={"csrf": (None, told["csrf"])}, headers=ORIGIN)
    assert multipart.status_code == 403


def test_reading_changes_nothing_and_what_sqladmin_would_do_is_not_there(open_with: Open) -> None:
    """Its deleting by an address, its import and export, its logging out by a link."""
    desk = open_with()
    desk.sign_in()
    csrf = {"X-CSRF-Token": desk.form("/answer/edit/parking")["csrf"], **ORIGIN}
    assert desk.http.delete("/admin/answer/delete?pks=parking", headers=csrf).status_code in {404, 405}
    assert desk.http.post("/admin/answer/import", headers=csrf).status_code in {404, 405}
    for path in ("/answer/export/csv", "/answer/ajax/lookup?name=a&term=b", "/answer/remove/parking", "/logout"):
        assert desk.http.get(f"/admin{path}", follow_redirects=False).status_code in {404, 405}
    desk.get("/answer/details/parking")


def test_headers_keep_everything_at_home(open_with: Open) -> None:
    """No script at all, nothing foreign, in no frame, in no cache."""
    desk = open_with()
    desk.sign_in()
    for path in ("/login", "/answer/list", "/answer/edit/parking", "/no-such-view/list"):
        answer = desk.http.get(f"/admin{path}", follow_redirects=False)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
        assert "form-action 'self'" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-frame-options"] == "DENY" and answer.headers["cache-control"] == "no-store"
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", answer.text)
        assert "<script" not in answer.text
    for style in re.findall(r'rel="stylesheet" href="([^"]+)"', desk.get("/answer/list")):
        sheet = desk.http.get(style)
        assert sheet.status_code == 200
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", sheet.text)


def _mailed_codes(desk: Desk) -> dict[str, str]:
    folder: Path = desk.app.state.settings.var_dir / "outbox"
    while deliver_due(desk.app.state.database, Folder(folder)):
        pass
    found = {}
    for file in folder.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        code = re.search(r"\b\d{6}\b", body.get_content())
        assert code
        found[str(mail["To"].addresses[0].addr_spec)] = code[0]
    return found
