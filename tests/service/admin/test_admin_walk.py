"""One walk over every route of the site, every view, row and button that is registered, by somebody of one operator.

Whose a row is, is worked out here from the tables themselves; a view whose rows cannot be told apart fails the walk.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any

import campus.admin
import pytest
from campus.admin.base import View
from campus.admin.registry import all_views
from campus.admin.site import build
from campus.audit import AuditEntry
from campus.bookings.models import Booking
from campus.catalogue.models import Course, CourseSession, FundingScheme, Operator, Topic
from campus.companies.models import Enquiry, Quote
from campus.db import Base
from campus.handoffs.models import Handoff
from campus.knowledge.models import Answer
from campus.notices.kinds import Kind
from campus.notices.models import Webhook
from campus.staff.models import StaffAccount, StaffLink
from sqladmin.helpers import get_object_identifier
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from starlette.routing import Mount, Route

from ..conftest import STAFF_TOKEN
from .conftest import GMP, GMP_LATER, TWINS, Desk, Office, forms

WORDS = (Path(campus.admin.__file__).parent / "words.yml").read_text(encoding="utf-8")
BRUSSELS_TIME = {"fr": "Toutes les heures sont celles de Bruxelles.", "en": "All times are Brussels time."}
BRAND = "EU Biotech Campus"
"""On every page, and an operator's name."""
FEW = 4
"""Rows of a view that are walked over, of hers and of others: one by one they are alike."""
CAMPUS = frozenset({"*"})
"""Whose it is that belongs to the campus as a whole."""
EVERYBODYS = (Topic, FundingScheme)
"""The campus's, and offered to everybody who describes a course."""


def owners(db: Session, row: Any) -> frozenset[str]:
    """The operators to which a row belongs; a request to the campus's desk is everybody's who serves it: none."""
    match row:
        case Operator():
            return frozenset({row.id})
        case Course() | Enquiry():
            return frozenset({row.operator_id}) if row.operator_id else CAMPUS
        case Handoff():
            return frozenset({row.operator_id} - {None})
        case CourseSession():
            return frozenset({row.course.operator_id})
        case Quote():
            return frozenset(line.booking.session.course.operator_id for line in row.lines) or CAMPUS
        case StaffAccount():
            return frozenset(row.operators)
        case StaffLink():
            return owners(db, db.get_one(StaffAccount, row.account_id))
        case Answer() | Topic() | FundingScheme() | Webhook():
            return CAMPUS
        case AuditEntry():
            return _spoken_of(db, row)
        case Booking():
            return frozenset({row.session.course.operator_id})
    raise AssertionError(f"whose is a {type(row).__name__}?")


def _spoken_of(db: Session, row: AuditEntry) -> frozenset[str]:
    """Whose the booking or session is of which a row of the audit log tells; anything else is the campus's."""
    booking = db.scalar(select(Booking).where(Booking.reference == row.reference))
    session = booking.session if booking else db.get(CourseSession, row.reference)
    return frozenset({session.course.operator_id}) if session else CAMPUS


@dataclass
class Rows:
    """The rows of a view: those that are there for the walker, and all others."""

    view: type[View]
    mine: dict[str, Any] = field(default_factory=dict)
    foreign: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def rows(_office: Office) -> list[Rows]:
    """Something in every table, of both operators and of none."""
    _furnish(_office)
    return list(_sort(_office))


def _furnish(office: Office) -> None:
    for session in (GMP, TWINS):
        office.book(session)
        office.quote(session)
    office.quote(GMP_LATER, TWINS)
    office.quote()
    for operator in ("takeda", "siemens", None):
        office.ask(operator)
        contact = {"name": f"Chef {operator}", "email": f"chef@{operator}.example"}
        enquiry = {"company": f"Société {operator}", "contact": contact, "subject": f"Sujet {operator}"}
        office.call("enquiries", {**enquiry, **({"operator": operator} if operator else {})})
    for name in ("everywhere", "takeda", "siemens"):
        office.link(name)
    webhook = {"url": "http://127.0.0.1:9/hook", "kinds": [next(iter(Kind)).value]}
    office.call("staff/webhooks", webhook, STAFF_TOKEN)


def _sort(office: Office) -> Iterator[Rows]:
    me = office.accounts["takeda"]
    with office.database.reading() as db:
        for view in all_views():
            found = Rows(view)
            for row in db.scalars(select(view.model)):
                own = owners(db, row) <= {"takeda"} or getattr(row, "actor", "") == f"staff:{me}"
                (found.mine if own else found.foreign)[str(get_object_identifier(row))] = row
                db.refresh(row)
            yield found


def routes(office: Office) -> list[Route]:
    """The routes of the site, as they are mounted behind its doors."""
    inside: Any = build(office.database)
    while not hasattr(inside, "routes"):
        inside = inside.app
    [site] = [mount.app for mount in inside.routes if isinstance(mount, Mount)]
    return [route for route in site.routes if isinstance(route, Route)]


def addresses(route: Route, identity: str, view: type[View], pks: list[str]) -> Iterator[str]:
    """The addresses of a route in a view, for these rows. Fails for a part of an address that it does not know."""
    known = {"identity", "pk", "deed"}
    assert set(route.param_convertors) <= known, f"how is {route.path} filled in?"
    for pk in pks if "pk" in route.param_convertors else [""]:
        for deed in [one.name for one in view.deeds] if "deed" in route.param_convertors else [""]:
            filled = route.path.replace("{pk:path}", pk).replace("{identity}", identity).replace("{deed}", deed)
            assert "{" not in filled, filled
            yield filled


def picture(office: Office) -> dict[str, Any]:
    """Everything that stands in the database, but for when a token was last used."""
    tables = [one for one in Base.metadata.sorted_tables if one.name not in {"staff_tokens", "idempotency_keys"}]
    with office.database.reading() as db:
        return {table.name: [tuple(row) for row in db.execute(select(table))] for table in tables}


def secrets_of(rows: list[Rows]) -> set[str]:
    """What identifies rows of others: their keys, names, addresses and texts, where nothing of hers says the same."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from texts(one)

    def told(row: Any) -> Iterator[str]:
        for column in inspect(type(row)).column_attrs:
            yield from texts(getattr(row, column.key))

    mine, theirs = [BRAND], set()
    for found in rows:
        for row in found.mine.values():
            mine += told(row)
        for row in found.foreign.values():
            if isinstance(row, EVERYBODYS):
                mine += told(row)
            else:
                theirs |= set(told(row))
    known = " ".join([*mine, WORDS])
    return {text for text in theirs if len(text) >= 6 and text not in known}


def test_everything_of_others_is_out_of_reach(office: Office, rows: list[Rows]) -> None:
    """Nothing of another operator can be opened or written at any address, and nothing has changed afterwards."""
    desk = office.desk("takeda")
    secret = {"csrf": desk.form("/staff-link/list")["csrf"], "stamp": "", "confirmed": "yes"}
    before, asked = picture(office), 0
    for route in routes(office):
        for found in rows:
            if "identity" not in route.param_convertors or "pk" not in route.param_convertors:
                continue
            for path in addresses(route, found.view.identity, found.view, list(found.foreign)[:FEW]):
                for method in (route.methods or set()) - {"HEAD"}:
                    headers = {"Origin": "http://testserver"}
                    answer = desk.http.request(
                        method, f"/admin{path}", data=secret, headers=headers, follow_redirects=False
                    )
                    assert answer.status_code in {403, 404}, (method, path, answer.status_code)
                    asked += 1
    assert asked > 100
    assert all(found.foreign for found in rows), "a view without a row of others proves nothing"
    assert picture(office) == before


def test_nothing_of_others_stands_on_any_page(office: Office, rows: list[Rows]) -> None:
    """Lists, whatever they are searched for and sorted by, pages of rows, and forms with what there is to choose."""
    desk = office.desk("takeda")
    markers = secrets_of(rows)
    assert {"siemens-batch", "slack:Tsiemens:Usiemens", "chef@siemens.example", "SIEMENS-2027"} <= markers
    pattern = re.compile("|".join(re.escape(one) for one in sorted(markers, key=len, reverse=True)))
    seen = 0
    for path in pages(office, rows):
        answer = desk.http.get(f"/admin{path}", follow_redirects=False)
        if answer.status_code in {403, 404}:
            continue
        assert answer.status_code in {200, 303}, (path, answer.status_code)
        page = unescape(answer.text)
        searched = path.partition("search=")[2]
        if searched:  # what was typed is shown again
            page = page.replace(f'value="{searched}"', "").replace(f"search={searched}", "")
        told = pattern.search(page)
        assert not told, (path, told)
        seen += 1
    assert seen > 50


def pages(office: Office, rows: list[Rows]) -> Iterator[str]:
    """Every address that is read: of each view, and of each row that is hers (and some that are not)."""
    for route in routes(office):
        if "GET" not in (route.methods or set()):
            continue
        if "identity" not in route.param_convertors:
            yield route.path
            continue
        for found in rows:
            pks = [*list(found.mine)[:FEW], *list(found.foreign)[:1]]
            for path in addresses(route, found.view.identity, found.view, pks):
                yield path
                if route.name == "list":
                    yield f"{path}?pageSize=100"
                    yield f"{path}?sortBy={found.view.column_sortable_list[0]}&sort=desc"
                    yield from (f"{path}?search={pk}" for pk in list(found.foreign)[:2])


def test_hers_is_there(office: Office, rows: list[Rows]) -> None:
    """The same rows that the tables say are hers, each view with some: what is kept from her is not simply all."""
    desk = office.desk("takeda")
    for found in rows:
        for pk in list(found.mine)[:FEW]:
            desk.get(f"/{found.view.identity}/details/{pk}")
        if found.mine:
            listed = desk.get(f"/{found.view.identity}/list?pageSize=100")
            counted = re.search(r"Total\s*:\s*(\d+)", listed)
            assert counted and int(counted[1]) == len(found.mine), found.view.identity
    without = {found.view.identity for found in rows if not found.mine}
    assert without == {"answer", "topic", "funding-scheme", "webhook"}


def test_what_is_chosen_must_be_hers(office: Office, rows: list[Rows]) -> None:
    """Every box to choose in, of every form of her rows, refuses what is another operator's, however it is sent."""
    desk = office.desk("takeda")
    foreign = itertools.cycle(["siemens", "siemens-batch", TWINS])
    before, tried = picture(office), 0
    for found in rows:
        for pk in list(found.mine)[:1]:
            for page in (f"/{found.view.identity}/details/{pk}", f"/{found.view.identity}/edit/{pk}"):
                answer = desk.http.get(f"/admin{page}")
                if answer.status_code == 200:
                    tried += sum(_refused(desk, page, answer.text, foreign))
    assert tried > 20
    course = {**desk.form("/course/edit/gmp-basics"), "id": "mine-or-not", "operator_id": "siemens"}
    assert desk.post("/course/create", course).status_code == 400
    session = {**desk.form(f"/course-session/edit/{GMP_LATER}"), "id": "mine-or-not", "course_id": "digital-twins"}
    assert desk.post("/course-session/create", session).status_code == 400
    assert picture(office) == before


def _refused(desk: Desk, page: str, html: str, foreign: Iterator[str]) -> Iterator[int]:
    boxes = set(re.findall(r'<select[^>]* name="([^"]+)"', html))
    for address, fields in forms(html).items():
        for name in boxes & fields.keys():
            answer = desk.post(address or page, {**fields, name: next(foreign)})
            assert answer.status_code == 400, (page, address, name, answer.status_code)
            yield 1


def test_what_is_not_in_her_scopes_is_nowhere(office: Office, rows: list[Rows]) -> None:
    """Somebody who may read bookings only: every other view, and everything that writes, is refused, hers too."""
    desk = office.desk("reader")
    secret = {"csrf": desk.form("/staff-link/list")["csrf"]}
    opened = set()
    for route in routes(office):
        if "identity" not in route.param_convertors:
            continue
        for found in rows:
            pks = [*list(found.mine)[:1], *list(found.foreign)[:1]]
            for path in addresses(route, found.view.identity, found.view, pks):
                for method in (route.methods or set()) - {"HEAD"}:
                    headers = {"Origin": "http://testserver"}
                    answer = desk.http.request(
                        method, f"/admin{path}", data=secret, headers=headers, follow_redirects=False
                    )
                    if answer.status_code not in {403, 404}:
                        assert (method, answer.status_code) == ("GET", 200), (method, path)
                        opened.add((route.name, found.view.identity))
    lists = {"booking", "quote", "enquiry", "staff-link"}
    assert opened == {("list", one) for one in lists} | {("details", one) for one in lists - {"staff-link"}}


def test_no_button_works_without_the_secret_of_the_session(office: Office, rows: list[Rows]) -> None:
    """Nor from another site: every route that writes, each view, each button, for who may do everything."""
    desk = office.desk("everywhere")
    right = desk.form("/answer/edit/parking")["csrf"]
    before, asked = picture(office), 0
    for route in routes(office):
        if "POST" not in (route.methods or set()):
            continue
        for found in rows:
            pks = [*list(found.mine)[:1], *list(found.foreign)[:1]]
            for path in addresses(route, found.view.identity, found.view, pks):
                for secret, site in (("", "http://testserver"), (right, "https://evil.example")):
                    answer = desk.post(path, {"csrf": secret}, {"Origin": site})
                    assert answer.status_code == 403, (path, site)
                    asked += 1
    assert asked > 100
    assert picture(office) == before


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_view_lists_and_opens_in_both_languages(office: Office, rows: list[Rows], lang: str) -> None:
    """Each with something in it; no column without a name, and forms where something may be written, not elsewhere."""
    desk = replace(office.desk("everywhere"), lang=lang)
    for found in rows:
        identity, view = found.view.identity, found.view
        page = desk.get(f"/{identity}/list")
        assert f'<html lang="{lang}">' in page and BRUSSELS_TIME[lang] in page
        links = re.findall(rf'href="/admin(/{identity}/details/[^"]+)"', page)
        opened = desk.get(links[0])
        names = re.findall(r"<th[^>]*>\s*(?:<a[^>]*>)?([^<]*)", page + opened)
        assert len(names) > 6 and not [one for one in names if "_" in one or one.islower()], names
        assert "whsec_" not in opened
        desk.get(links[0].replace("/details/", "/edit/"), 200 if view.fields else 404)
        desk.get(f"/{identity}/create", 200 if view.can_create else 404)
        desk.get(f"/{identity}/list?page=1&search=e")
    desk.get("/course/list?sortBy=price&sort=desc")
    desk.get("/course/list?sortBy=requirements", status=400)
    desk.get("/course/list?page=x", status=400)
    missing = ["/nothing/list", "/course/details/nothing", "/course/edit/nothing"]
    for path in [*missing, "/booking/details/x", "/booking/details/9999999999"]:
        desk.get(path, status=404)


def test_a_quote_shows_its_lines_and_a_link_whose_it_is(office: Office, rows: list[Rows]) -> None:
    desk = office.desk("siemens")
    reference = office.quote(TWINS)
    page = desk.get(f"/quote/list?search={reference}")
    [path] = re.findall(r'href="/admin(/quote/details/[^"]+)"', page)
    page = unescape(desk.get(path))
    assert "proposé" in page and "Jumeaux numériques pour bioprocédés, 10 déc. 2026" in page and "2 057,00" in page
    assert "slack:Tsiemens:Usiemens" in desk.get("/staff-link/list")
    assert "slack:Ttakeda:Utakeda" not in desk.get("/staff-link/list")
