"""One booking made through the service, the link in its mail, and the page that it opens."""

from __future__ import annotations

import itertools
import json
import re
import urllib.request
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.outbox import kind, text
from tests.support.running import Running

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Made:
    """A booking as the service answered it, and the link that opens it."""

    reference: str
    answer: dict[str, Any]
    link: str


class Desk:
    """Who books through the service's own interface, reads the mails, and looks into the database."""

    def __init__(self, stack: Running) -> None:
        self.stack = stack
        self.course = self._course()
        self.sessions = self._far(self.course["id"])

    def call(self, method: str, path: str, body: Any = None, bearer: str = "", lang: str = "fr") -> Any:
        """A request to the service; the answer's JSON."""
        headers = {"Accept-Language": lang, "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": f"browser-test-{next(_numbers):08d}"} if method != "GET" else {}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.stack.page_url}{path}", data, headers, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.load(answer)

    def book(self, email: str, session: str | None = None, **wish: Any) -> Made:
        """A booking confirmed at once, with the link out of its mail."""
        body = {
            "session_id": session or self.sessions[0]["id"],
            "hold": False,
            "contact": {"name": "Jeanne Dubois", "email": email},
            "terms_accepted": True,
            "lang": "fr",
            **wish,
        }
        answer = self.call("POST", "v1/bookings", body)
        return Made(answer["reference"], answer, self.link(answer["reference"]))

    def hold(self, session: str | None = None, **wish: Any) -> Made:
        """A hold, which has no contact and so no mail: the link is made of the answer's token."""
        answer = self.call("POST", "v1/bookings", {"session_id": session or self.sessions[0]["id"], **wish})
        return Made(answer["reference"], answer, f"{self.stack.page_url}manage#{answer['manage_token']}")

    def mail(self, reference: str, wanted: str) -> str:
        """The text of the newest mail of that kind about a booking."""

        def about(mails: list[Any]) -> list[Any]:
            return [mail for mail in mails if mail["X-Campus-Reference"] == reference and kind(mail) == wanted]

        found = about(self.stack.outbox.wait(lambda mails: bool(about(mails))))
        assert found, f"no {wanted} for {reference}"
        return text(found[-1])

    def link(self, reference: str, wanted: str = "confirmation") -> str:
        """The link in that mail, as a person would click on it."""
        [link] = re.findall(r"https?://\S+/manage#\S+", self.mail(reference, wanted))
        return str(link)

    def row(self, reference: str) -> dict[str, Any]:
        """The booking in the database."""
        rows = self.stack.database.picture()["bookings"].values()
        return next(row for row in rows if row["reference"] == reference)

    def people(self, reference: str) -> list[tuple[str, str | None]]:
        """The participants in the database."""
        ident = self.row(reference)["id"]
        rows = [row for row in self.stack.database.picture()["participants"].values() if row["booking_id"] == ident]
        return [(row["name"], row["email"]) for row in sorted(rows, key=lambda row: row["position"])]

    def taken(self, session: str) -> int:
        """The counter of a session."""
        return int(self.stack.database.picture()["sessions"][(session,)]["taken"])

    def event(self) -> dict[str, Any]:
        """A free event with room."""
        found: list[dict[str, Any]] = self.call("GET", "v1/sessions?kind=event&seats=4&limit=100")["items"]
        return next(session for session in found if session["price"]["amount"] == "0.00")

    def _course(self) -> dict[str, Any]:
        """A taxed course for everybody, with several dates that have room."""
        for course in self.call("GET", "v1/courses?seats=4&limit=100")["items"]:
            if course["price"]["vat_rate"] == "21.00" and len(self._far(course["id"])) >= 2:
                return dict(course)
        raise AssertionError("the demonstration has no such course")

    def dates(self, course: str, seats: int) -> list[dict[str, Any]]:
        """The dates of a course where so many seats are free."""
        found: list[dict[str, Any]] = self.call("GET", f"v1/courses/{course}/sessions?seats={seats}&limit=100")["items"]
        return found

    def _far(self, course: str) -> list[dict[str, Any]]:
        """Its dates so far away that cancelling is free, and longer than the period of withdrawal."""
        return [session for session in self.dates(course, 4) if session["start"] > "2027-01-04"]


class ManagePage:
    """The page of one booking as a person uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.main = page.locator("main")
        self.status = page.locator("#status")
        self.state = page.locator("#state")
        self.trouble = self.main.locator(".trouble").locator("visible=true")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button by its whole name, or by a pattern."""
        return self.main.get_by_role("button", name=name, exact=isinstance(name, str))

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button by its whole name, or by a pattern."""
        self.button(name).click()

    def fact(self, label: str) -> str:
        """What stands beside a label."""
        return self.main.locator("dl > div", has=self.page.locator("dt", has_text=label)).locator("dd").inner_text()

    def said(self, text: str | re.Pattern[str]) -> None:
        """The result is told, and the focus went to it."""
        expect(self.status).to_contain_text(text)
        expect(self.status).to_be_focused()
