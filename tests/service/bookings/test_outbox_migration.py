"""An outbox that held mail before there were channels."""

from __future__ import annotations

import pytest
from campus.outbox import queue
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ..migrating import OldDatabase


def test_what_waits_is_mail_and_keeps_its_order(old_database: OldDatabase) -> None:
    old = old_database
    old.to("0001")
    for number in range(2):
        given = {"id": f"mail-{number}", "dedupe": f"mail-{number}", "payload": {"to": 1}}
        old.insert("outbox", seq=number + 1, kind="confirmation", attempts=0, **given)
    old.to("0002_outbox")
    with old.writing() as db:
        [row] = queue.claim(db, queue.Lane())
        assert (row.seq, row.id, row.channel, row.destination, row.payload) == (1, "mail-0", "mail", None, {"to": 1})
        queue.mark_sent(db, row.seq)
        assert [row.id for row in queue.claim(db, queue.Lane())] == ["mail-1"]
    with pytest.raises(IntegrityError), old.writing() as db:  # the constraints came along
        db.execute(text("UPDATE outbox SET dedupe = 'mail-0'"))
    with pytest.raises(IntegrityError), old.writing() as db:
        db.execute(text("UPDATE outbox SET channel = 'pigeon'"))
    old.to("0001", up=False)
    assert len(old.rows("SELECT id FROM outbox")) == 2
