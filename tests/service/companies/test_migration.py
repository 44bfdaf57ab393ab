"""The tables of the companies come to a database that has bookings and people already."""

from __future__ import annotations

from ..migrating import OldDatabase


def test_the_migration_on_a_database_that_has_rows(old_database: OldDatabase) -> None:
    old = old_database
    old.to("0004_rules")
    old.insert_session()
    old.insert("bookings", id=1, session_id="gmp-1", state="confirmed", customer="consumer", reference="EBC-1")
    old.insert("participants", id=1, booking_id=1)
    old.to("0005_companies")
    assert old.rows("SELECT name, invited FROM participants") == [("x", False)]
    assert old.rows("SELECT reference, quote_reference FROM bookings") == [("EBC-1", None)]
    assert {"enquiries", "quotes", "quote_lines"} <= old.tables()
    old.to("0004_rules", up=False)
    assert old.rows("SELECT name FROM participants") == [("x",)]
    assert "quotes" not in old.tables()
