"""The small world of the bookings, and people in it who prove their address."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import MetaData, select

from ..bookings.conftest import World
from ..bookings.conftest import _shared as _shared
from ..bookings.conftest import make_world as make_world
from ..bookings.conftest import pytest_collection_modifyitems as pytest_collection_modifyitems
from ..bookings.conftest import pytest_configure as pytest_configure
from ..bookings.conftest import world as world


def code_of(world: World, email: str, bearer: str | None = None) -> str:
    """Ask for a code, and read it in the mail as the person does: the only six figures of its text."""
    answer = world.post("/v1/codes", {"email": email, "lang": "fr"}, bearer=bearer)
    assert answer.status_code == 202, answer.text
    return read_code(world, email)


def read_code(world: World, email: str) -> str:
    """The code of the newest mail to this address."""
    codes = [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == "code"]
    mail = [mail for mail in codes if email.lower() in mail["To"].lower()][-1]
    body = mail.get_body(("plain",))
    assert body is not None
    [code] = re.findall(r"(?<!\d)\d{6}(?!\d)", body.get_content())
    return str(code)


def verify(world: World, email: str, code: str, bearer: str | None = None) -> Any:
    """POST /v1/codes/verify."""
    return world.post("/v1/codes/verify", {"email": email, "code": code}, bearer=bearer)


def token_of(world: World, email: str, bearer: str | None = None) -> str:
    """The token of somebody who proved this address."""
    answer = verify(world, email, code_of(world, email), bearer)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


def traces(world: World, *secrets: str) -> list[tuple[str, str, str]]:
    """Where one of these texts stands in the database, in whatever column of whatever table: (table, column, text)."""
    found = []
    with world.database.reading() as db:
        tables = MetaData()
        tables.reflect(db.connection())
        assert len(tables.tables) > 15
        for table in tables.sorted_tables:
            for row in db.execute(select(table)).mappings():
                for column, value in row.items():
                    told = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
                    found += [(table.name, str(column), secret) for secret in secrets if secret.lower() in told.lower()]
    return found
