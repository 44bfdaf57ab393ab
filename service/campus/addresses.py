"""An e-mail address stands for a person: comparing two of them, and the lock that erasing one takes.

Whatever writes somebody's address down holds that address's lock shared (`use`) until it commits; the erasure holds
it alone (`close`). So everything that was begun before an erasure is committed, and seen by it, or begins after it.
The lock comes after the idempotency key and before conversations and sessions (see ``bookings/seats.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, func, text
from sqlalchemy.orm import Session

FORGOTTEN = "▮▮▮"
"""What stands where the name of a person was who is not known any more."""


def normal(email: str) -> str:
    """An address as it is compared: without regard to case and outer spaces."""
    return email.strip().lower()


def is_of(column: Any, email: str) -> ColumnElement[bool]:
    """Whether a column holds this address (given as `normal` does), as an expression that is never unknown."""
    return func.coalesce(func.lower(column), "") == email


def use(db: Session, *emails: str | None) -> None:
    """Before these addresses are written down, until the end of the transaction. SQLite writes alone anyway."""
    _lock(db, "pg_advisory_xact_lock_shared", {normal(email) for email in emails if email})


def close(db: Session, email: str) -> None:
    """Wait until nobody is writing this address down, and let nobody until the end of the transaction."""
    _lock(db, "pg_advisory_xact_lock", {normal(email)})


def _lock(db: Session, function: str, emails: Iterable[str]) -> None:
    if db.get_bind().dialect.name != "postgresql":
        return
    numbers = sorted(int.from_bytes(sha256(f"email:{one}".encode()).digest()[:8], "big", signed=True) for one in emails)
    if numbers:
        db.execute(text(f"SELECT {function}(n) FROM unnest(CAST(:numbers AS bigint[])) n"), {"numbers": numbers})
