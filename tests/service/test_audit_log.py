"""The audit log is only ever added to, whoever asks."""

from __future__ import annotations

import pytest
from campus.audit import record
from campus.db import Database
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

FORBIDDEN = {
    "UPDATE audit SET actor = 'nobody'": ("sqlite", "postgresql"),
    "DELETE FROM audit": ("sqlite", "postgresql"),
    "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)": ("sqlite", "postgresql"),
    "TRUNCATE audit": ("postgresql",),
    "INSERT OR REPLACE INTO audit (seq, at, actor, action, reference, details) "
    "SELECT seq, at, 'nobody', action, reference, details FROM audit": ("sqlite",),
    "INSERT INTO audit (seq, at, actor, action, reference, details) "
    "SELECT seq, at, actor, action, reference, details FROM audit WHERE true "
    "ON CONFLICT (seq) DO UPDATE SET actor = 'nobody'": ("sqlite", "postgresql"),
}


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses_to_change_the_audit_log(
    client: TestClient, app: FastAPI, backend: str, statement: str
) -> None:
    """And goes on taking new rows."""
    database: Database = app.state.database
    with database.writing() as db:
        record(db, "staff:", "tried", "a-thing", reason="a test")
    before = rows(database)
    if backend in FORBIDDEN[statement]:
        with pytest.raises(DBAPIError, match="only ever added to"), database.writing() as db:
            db.execute(text(statement))
    assert rows(database) == before
    with database.writing() as db:
        record(db, "staff:", "tried", "another-thing")
    assert len(rows(database)) == len(before) + 1


def rows(database: Database) -> list[tuple[object, ...]]:
    """The whole log but what others write meanwhile."""
    with database.reading() as db:
        wanted = "SELECT seq, actor, action, reference FROM audit WHERE action = 'tried' ORDER BY seq"
        return [tuple(row) for row in db.execute(text(wanted))]
