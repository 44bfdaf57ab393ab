"""The small world of the bookings, and a company that asks for quotes in it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from campus.companies.workers import tidy_up
from pypdf import PdfReader

from ..bookings.conftest import World, contact
from ..bookings.conftest import _shared as _shared
from ..bookings.conftest import make_world as make_world
from ..bookings.conftest import pytest_collection_modifyitems as pytest_collection_modifyitems
from ..bookings.conftest import pytest_configure as pytest_configure
from ..bookings.conftest import world as world

COMPANY = {
    "name": "Łukasz & Ångström Bioscale SA",
    "enterprise_number": "BE 0403.170.701",
    "vat_number": "BE0403170701",
    "peppol_id": "0208:0403170701",
    "address": "Rue des Frères Wright 29, 6041 Gosselies",
}
LINES = [
    {"session_id": "gmp-1", "seats": 3},
    {"session_id": "gmp-2", "seats": 2},
    {"session_id": "first-1", "seats": 4},
]
YES = {"terms_accepted": True}


class Firm:
    """A company that talks to the service."""

    def __init__(self, world: World) -> None:
        self.world = world

    def ask(self, lines: Any = LINES, *, bearer: str | None = None, key: str | None = None, **more: Any) -> Any:
        """POST /v1/quotes."""
        wish = {"company": COMPANY, "contact": contact("hr@example.com", "Zoë Peeters"), "lang": "fr", **more}
        if lines is not None:
            wish["lines"] = lines
        return self.world.post("/v1/quotes", wish, bearer=bearer, key=key)

    def quote(self, lines: Any = LINES, **more: Any) -> dict[str, Any]:
        """A quote that was made."""
        answer = self.ask(lines, **more)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def say(self, quote: dict[str, Any], verb: str, body: Any = None, key: str | None = None) -> Any:
        """POST …/<verb> with the quote's own token."""
        path = f"/v1/quotes/{quote['reference']}/{verb}"
        return self.world.post(path, body or {}, bearer=quote["manage_token"], key=key)

    def read(self, quote: dict[str, Any]) -> Any:
        """GET, with the quote's own token."""
        return self.world.get(f"/v1/quotes/{quote['reference']}", bearer=quote["manage_token"])

    def bookings(self, quote: dict[str, Any]) -> list[dict[str, Any]]:
        """The bookings that the quote's token opens, oldest first."""
        items = self.world.get("/v1/bookings", bearer=quote["manage_token"]).json()["items"]
        return sorted(items, key=lambda one: one["session"]["id"])

    def tidy(self) -> None:
        """A round of the quotes' worker, and one of the sweeper."""
        tidy_up(self.world.database)
        self.world.sweep()

    def mails(self, kind: str) -> list[EmailMessage]:
        """The mails of that kind that left, oldest first."""
        return [mail for mail in self.world.mails() if mail["X-Campus-Mail-Kind"] == kind]


@pytest.fixture
def firm(world: World) -> Firm:
    """A company."""
    return Firm(world)


def words(mail: EmailMessage) -> str:
    """The text part."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def files(mail: EmailMessage, subtype: str) -> list[Any]:
    """The contents of the attachments of that kind."""
    return [part.get_content() for part in mail.iter_attachments() if part.get_content_subtype() == subtype]


def calendars(mail: EmailMessage) -> list[str]:
    """The calendar files of a mail, unfolded."""
    return [content.decode().replace("\r\n ", "") for content in files(mail, "ics")]


def read_pdf(content: bytes) -> str:
    """Everything a PDF says, with its white space as single spaces."""
    reader = PdfReader(BytesIO(content))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
