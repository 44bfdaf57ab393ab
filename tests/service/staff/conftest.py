"""The small world of the bookings with staff in it: of `aseptia`, of `campus`, and of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from campus import clock
from campus.catalogue.memory import raise_version
from sqlalchemy import text

from ..bookings.conftest import STAFF_TOKEN, Channel, World, _session, _sessions, contact
from ..bookings.conftest import _shared as _shared
from ..bookings.conftest import make_world as make_world
from ..bookings.conftest import pytest_collection_modifyitems as pytest_collection_modifyitems
from ..bookings.conftest import pytest_configure as pytest_configure
from ..bookings.conftest import world as _world

EVERY_SCOPE = [
    *("bookings.read", "bookings.write", "sessions.read", "sessions.write", "messages.write"),
    *("handoffs", "audit.read", "accounts", "catalogue.write"),
]
SLACK = "slack:T1:U1"


empty_world = _world


@pytest.fixture
def world(empty_world: World) -> World:
    """The service with its sessions as they were at first, and one of the campus that is for its own staff."""
    world = empty_world
    with world.database.writing() as db:
        db.execute(text("DELETE FROM meetings"))
        db.execute(text("DELETE FROM sessions"))
        january = datetime(2027, 1, 12, 9, 0, tzinfo=clock.BRUSSELS)
        inside: dict[str, Any] = {"audience": "staff", "access_code": "CAMPUS-77"}
        db.add_all([*_sessions(), _session("campus-inside", "first-steps", january, 1, **inside)])
        raise_version(db)
    return world


@dataclass
class Person:
    """Somebody of the staff, with a token."""

    world: World
    account: str
    token: str
    token_id: str

    def get(self, path: str, **more: Any) -> Any:
        """A GET below `/v1/staff`."""
        return self.world.get(f"/v1/staff{path}", bearer=self.token, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """A POST below `/v1/staff`."""
        return self.world.post(f"/v1/staff{path}", body, bearer=self.token, **more)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Another request below `/v1/staff`."""
        return self.world.call(method, f"/v1/staff{path}", body, bearer=self.token, **more)

    def session(self, ident: str) -> dict[str, Any]:
        """A session as staff see it."""
        answer = self.get(f"/sessions/{ident}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def change(self, ident: str, **wish: Any) -> Any:
        """PATCH of a session at its present version."""
        return self.call("PATCH", f"/sessions/{ident}", {"version": self.session(ident)["version"], **wish})


def hire(
    world: World,
    email: str = "claire@campus.example",
    operators: tuple[str, ...] = ("*",),
    scopes: list[str] | None = None,
    name: str = "Claire Lambert",
) -> Person:
    """A new account with a personal token."""
    wish = {
        "name": name,
        "email": email,
        "operators": list(operators),
        "scopes": EVERY_SCOPE if scopes is None else scopes,
    }
    account = world.post("/v1/staff/accounts", wish, bearer=STAFF_TOKEN)
    assert account.status_code == 201, account.text
    ident = account.json()["id"]
    token = world.post("/v1/staff/tokens", {"account_id": ident, "label": "test"}, bearer=STAFF_TOKEN)
    assert token.status_code == 201, token.text
    return Person(world, ident, token.json()["token"], token.json()["id"])


def channel(world: World, platform: str = "slack") -> Channel:
    """A staff channel with a key of its own."""
    return Channel(platform, world.settings.var_dir / "keys")


def staff_of(world: World, operator: str, scopes: list[str] | None = None) -> Person:
    """Somebody who serves one operator."""
    return hire(world, f"desk@{operator}.example", (operator,), scopes, name=f"Desk {operator}")


def call_at_desk(world: World, operator: str | None = None, **more: Any) -> dict[str, Any]:
    """A request for a person."""
    wish = {"reason": "asked", "summary": "Une question", "lang": "fr", **more}
    answer = world.post("/v1/handoffs", {**wish, **({"operator": operator} if operator else {})})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def mails_of(world: World, kind: str) -> list[Any]:
    """The mails of that kind that were delivered."""
    return [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == kind]


def body_of(mail: Any) -> str:
    """The text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


__all__ = ["STAFF_TOKEN", "contact"]
