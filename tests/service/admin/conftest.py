"""The site at /admin as a browser without a screen uses it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from campus.app import create_app
from campus.catalogue import memory
from campus.db import Database, use_database
from campus.settings import Settings, use_settings
from campus.speakers import limits
from campus.staff.models import StaffLink
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from ..conftest import STAFF_TOKEN, START, Clock, Templates, make_clock, make_settings

HOST = "http://testserver"
ORIGIN = {"Origin": HOST, "Sec-Fetch-Site": "same-origin"}


class _Forms(HTMLParser):
    """The forms of a page that are posted: where to, and their inputs as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._area = self._select = ""
        self._sends = False

    @property
    def fields(self) -> dict[str, str]:
        """The inputs of the last form."""
        return self.found[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name = told.get("name") or ""
        if tag == "form":
            self._sends = told.get("method") == "post"
            if self._sends:
                self.found.append((told.get("action") or "", {}))
        elif not self._sends:
            return
        elif tag == "input" and name and (told.get("type") != "checkbox" or "checked" in told):
            self.fields[name] = told.get("value") or ""
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select, self.fields[name] = name, ""
        elif tag == "option" and "selected" in told:
            self.fields[self._select] = told.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""


def forms(page: str) -> dict[str, dict[str, str]]:
    """The forms of a page by where they are posted to, below `/admin`; `""` is the page itself."""
    parser = _Forms()
    parser.feed(page)
    return {action.removeprefix("/admin"): fields for action, fields in parser.found}


@dataclass
class Desk:
    """Somebody at the site; `http` keeps the cookie."""

    app: FastAPI
    http: TestClient
    lang: str = "fr"

    def get(self, path: str, status: int = 200) -> str:
        """A page."""
        answer = self.http.get(f"/admin{path}", headers={"Accept-Language": self.lang}, follow_redirects=False)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-2000:])
        return str(answer.text)

    def form(self, path: str) -> dict[str, str]:
        """What the last form of a page would send."""
        return list(forms(self.get(path)).values())[-1]

    def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Any:
        """Send a form; redirects are not followed."""
        told = {"Accept-Language": self.lang, **(ORIGIN if headers is None else headers)}
        return self.http.post(f"/admin{path}", data=fields, headers=told, follow_redirects=False)

    def change(self, path: str, status: int = 303, /, **fields: Any) -> Any:
        """Open a form, change some of it (`__` stands for `-`), and send it."""
        told = {name.replace("__", "-"): value for name, value in fields.items()}
        answer = self.post(path, {**self.form(path), **told})
        assert answer.status_code == status, (answer.status_code, wrong(answer.text))
        return answer

    def do(self, view: str, deed: str, pk: object, status: int = 303, **fields: str) -> Any:
        """Press a button on the page of a row, which must be there, having filled in what it asks."""
        address = f"/{view}/do/{deed}/{pk}"
        offered = forms(self.get(f"/{view}/details/{pk}"))
        assert address in offered, list(offered)
        answer = self.post(address, {**offered[address], **fields})
        assert answer.status_code == status, (answer.status_code, wrong(answer.text))
        return answer

    def sign_in(self, token: str = STAFF_TOKEN, status: int = 303) -> Any:
        """With the token."""
        csrf = self.form("/login")["csrf"]
        answer = self.post("/login", {"csrf": csrf, "token": token})
        assert answer.status_code == status, answer.text
        return answer


def wrong(page: str) -> list[str]:
    """What a form complains about."""
    found = re.findall(r'class="(?:wrong|alert alert-danger)"[^>]*>([^<]*)<', page)
    return [unescape(one).strip() for one in found]


def told(page: str) -> str:
    """What the page says has happened."""
    found = re.search(r'class="alert alert-(?:success|danger)" role="status">([^<]*)<', page)
    return unescape(found[1]) if found else ""


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    """Somebody who is not signed in; the application is not started: no worker, and no time spent on it."""
    return Desk(app, TestClient(app, raise_server_exceptions=False))


@pytest.fixture
def signed_in(desk: Desk) -> Desk:
    """Somebody who signed in with the token."""
    desk.sign_in()
    return desk


GMP, GMP_LATER, TWINS = "gmp-basics-20261215", "gmp-basics-20261228", "digital-twins-20261210"
"""Sessions with room: two of a course of Takeda, and one of Siemens."""
EVERY_SCOPE = (
    *("bookings.read", "bookings.write", "sessions.read", "sessions.write", "messages.write"),
    *("handoffs", "audit.read", "accounts", "catalogue.write"),
)
_keys = itertools.count(1)


@dataclass
class Office:
    """The service with staff in it, shared by the tests of a module: each makes what it needs and counts on no more."""

    app: FastAPI
    settings: Settings
    clock: Clock
    http: TestClient
    desks: dict[str, Desk] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Its database."""
        found: Database = self.app.state.database
        return found

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a statement finds."""
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(text(statement), values)]

    def call(self, path: str, body: dict[str, Any], token: str | None = None, method: str = "POST") -> dict[str, Any]:
        """A request to the service itself."""
        headers = {"Idempotency-Key": f"a-key-of-the-office-{next(_keys)}"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.http.request(method, f"/v1/{path}", json=body, headers=headers)
        assert answer.is_success, (path, answer.text)
        return dict(answer.json())

    def hire(self, name: str, operators: list[str], scopes: tuple[str, ...] = EVERY_SCOPE) -> str:
        """An account with a personal token; its id."""
        wish = {"name": f"{name.title()} Desk", "email": f"{name}@desk.example", "operators": operators}
        account = self.call("staff/accounts", {**wish, "scopes": list(scopes)}, STAFF_TOKEN)["id"]
        self.accounts[name] = account
        token = self.call("staff/tokens", {"account_id": account, "label": "test"}, STAFF_TOKEN)
        self.tokens[name] = token["token"]
        return str(account)

    def new_desk(self) -> Desk:
        """A browser in which nobody is signed in."""
        return Desk(self.app, TestClient(self.app, raise_server_exceptions=False))

    def desk(self, name: str) -> Desk:
        """Somebody who was hired, signed in with their token."""
        if name not in self.desks:
            self.desks[name] = self.new_desk()
            self.desks[name].sign_in(self.tokens[name])
        return self.desks[name]

    def book(self, session: str = GMP, **more: Any) -> dict[str, Any]:
        """A confirmed booking of one seat, by somebody new; with its primary key as `id`."""
        number = next(_keys)
        contact = {"name": f"Personne {number}", "email": f"personne{number}@{session}.example"}
        made = self.call(
            "bookings",
            {"session_id": session, "hold": False, "terms_accepted": True, "contact": contact, "lang": "fr", **more},
        )
        [(ident,)] = self.rows("SELECT id FROM bookings WHERE reference = :it", it=made["reference"])
        return {**made, "id": ident}

    def ask(self, operator: str | None = None, **more: Any) -> str:
        """A request for a person; its id."""
        reason = f"une question pour {operator or 'tous'}"
        wish = {"reason": reason, "summary": "Où ?", "lang": "fr", "operator": operator, **more}
        return str(self.call("handoffs", wish)["id"])

    def quote(self, *sessions: str) -> str:
        """A quote with a line for each session; its reference."""
        number = next(_keys)
        contact = {"name": f"Acheteuse {number}", "email": f"achats{number}@firme.example"}
        lines = [{"session_id": session, "seats": 1} for session in sessions]
        wish = {"lines": lines} if lines else {"needs": f"Une académie numéro {number}."}
        made = self.call("quotes", {**wish, "company": {"name": f"Firme {number}"}, "contact": contact, "lang": "fr"})
        return str(made["reference"])

    def link(self, name: str) -> str:
        """Somebody who was hired is signed in on Slack; the id of that link."""
        ident = f"LNK-{next(_keys):06d}"
        with self.database.writing() as db:
            made = {
                "subject": f"slack:T{name}:U{name}",
                "account_id": self.accounts[name],
                "created_at": self.clock.now(),
            }
            db.add(StaffLink(id=ident, **made))
        return ident

    def audited(self, reference: str) -> list[tuple[Any, ...]]:
        """Who did what to something, by the audit log."""
        return self.rows("SELECT actor, action FROM audit WHERE reference = :it ORDER BY seq", it=reference)


@pytest.fixture(scope="module")
def _office(backend: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    clock = make_clock(folder)
    settings = make_settings(templates.copy(backend), folder)
    app = create_app(settings)
    office = Office(app, settings, clock, TestClient(app, raise_server_exceptions=False))
    office.hire("everywhere", ["*"])
    office.hire("takeda", ["takeda"])
    office.hire("siemens", ["siemens"])
    office.hire("reader", ["takeda"], ("bookings.read",))
    yield office
    app.state.database.engine.dispose()
    memory.forget(app.state.database)
    use_settings(None)
    use_database(None)


@pytest.fixture
def office(_office: Office) -> Office:
    """The office of the module at START again; the process is set to it. No worker runs."""
    use_settings(_office.settings)
    use_database(_office.database)
    _office.clock.set(START)
    limits.forget()
    return _office
