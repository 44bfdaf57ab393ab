"""A database that was there before there were accounts of staff, and before sessions had a minimum."""

from __future__ import annotations

from ..migrating import OldDatabase

_TABLES = {"staff_accounts", "staff_tokens", "staff_links", "staff_undoable", "attendance"}


def test_what_there_was_stays(old_database: OldDatabase) -> None:
    old = old_database
    old.to("0005_companies")
    old.insert("handoffs", id="HND-4T8W2K", state="queued")
    old.to("0006_staff")
    rows = old.rows("SELECT id, state, operator_id, taken_by FROM handoffs")
    assert rows == [("HND-4T8W2K", "queued", None, None)]
    assert old.tables() >= _TABLES
    old.to("0005_companies", up=False)
    assert not _TABLES & old.tables()
    assert old.rows("SELECT id FROM handoffs") == [("HND-4T8W2K",)]


def test_sessions_that_were_there_have_no_minimum(old_database: OldDatabase) -> None:
    old = old_database
    old.to("0009_funding")
    old.insert_session()
    old.insert("bookings", id=1, session_id="gmp-1", state="confirmed", customer="consumer", reference="EBC-1")
    old.to("0010_minimum")
    assert old.rows("SELECT id, minimum FROM sessions") == [("gmp-1", None)]
    old.to("0009_funding", up=False)
    assert "minimum" not in old.columns("sessions")
    assert old.rows("SELECT reference, session_id FROM bookings") == [("EBC-1", "gmp-1")]
