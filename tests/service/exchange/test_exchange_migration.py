"""A catalogue that was there before operators' references, alerts and companies at events."""

from __future__ import annotations

from campus.catalogue.models import CourseSession
from sqlalchemy import select

from ..migrating import LATER, OldDatabase

COLUMNS = {"external_id", "created_at", "changed_at", "exhibitors"}


def test_rows_stay_and_get_what_they_need(old_database: OldDatabase) -> None:
    old = old_database
    old.to("0006_staff")
    old.insert_session()
    old.insert("bookings", id=1, session_id="gmp-1", state="confirmed", customer="consumer")
    old.to("0007_exchange")
    with old.reading() as db:
        row = db.execute(select(*(getattr(CourseSession, name) for name in sorted(COLUMNS)))).one()
    assert (row.external_id, row.exhibitors) == (None, [])
    assert row.created_at == row.changed_at and row.created_at < LATER
    assert len(old.rows("SELECT id FROM bookings")) == 1
    assert {"alerts", "alert_tellings", "contact_requests"} <= old.tables()
    old.to("0006_staff", up=False)
    assert not COLUMNS & old.columns("sessions") and old.rows("SELECT id FROM sessions") == [("gmp-1",)]
    assert "alerts" not in old.tables()
