"""What the auditor found, and the one moment of the database in which it looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from campus.db import Database


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that must not be.

    Attributes:
        code: stable, so that an alarm can be tied to it.
        reference: the booking or the session; nothing personal.
        expected: what the other rows say it should be.
        found: what stands there.
    """

    code: str
    reference: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.code} {self.reference}: expected {self.expected}, found {self.found}"

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


@contextmanager
def one_moment(database: Database) -> Iterator[Session]:
    """A session whose queries all see the same moment, however much is booked meanwhile.

    SQLite's readers always do; PostgreSQL must be asked to, or a booking that is committed between
    two queries would look like a fault.
    """
    with database.reading() as db:
        if db.get_bind().dialect.name == "postgresql":
            db.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield db
