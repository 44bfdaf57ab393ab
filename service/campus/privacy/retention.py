"""Nothing is kept longer than it is needed for: `python -m campus.privacy.retention`, and daily in the service.

The business clock decides what is old; codes and stored answers go by the real one.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from campus import clock, idempotency
from campus.audit import SERVICE, AuditEntry, record
from campus.db import Database, get_database
from campus.privacy import parts
from campus.privacy.parts import Limits
from campus.privacy.settings import get_privacy_settings

ACTION = "retention"
ONE_AT_A_TIME = 0x72657461696E
"""Number of the PostgreSQL advisory lock of a run; on SQLite the write lock does."""


def run(database: Database) -> dict[str, int]:
    """Forget what is too old, in one transaction with its audit row; how many of each."""
    with database.writing() as db:
        _alone(db)
        return _forget(db)


def run_if_due(database: Database) -> dict[str, int] | None:
    """The same, once a business day whatever the number of processes; None where today's was done."""
    with database.reading() as db:
        if not _is_due(db):
            return None
    with database.writing() as db:
        _alone(db)
        return _forget(db) if _is_due(db) else None


def _forget(db: Session) -> dict[str, int]:
    limits = _limits(clock.now())
    counts: dict[str, int] = {}
    for name, expire in parts.collect("expire"):
        parts.add(counts, name, expire(db, limits))
    counts["answers"] = idempotency.forget_old_keys(db)
    record(db, SERVICE, ACTION, ACTION, counts=counts)
    return counts


def _limits(now: datetime) -> Limits:
    kept = get_privacy_settings()
    return Limits(
        brief=now - timedelta(days=kept.retention_days),
        took_part=_years_before(now, kept.retention_years),
        billed=_years_before(now, kept.billing_years),
        codes=clock.real_now() - timedelta(days=1),
    )


def _years_before(moment: datetime, years: int) -> datetime:
    """The same day so many years before; 28 February for a 29th that is not there."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def _is_due(db: Session) -> bool:
    last = db.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.reference == ACTION))
    return last is None or last.date() < clock.now().date()


def _alone(db: Session) -> None:
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})


if __name__ == "__main__":
    print(json.dumps(run(get_database())))
