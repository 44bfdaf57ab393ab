"""Insert a row unless one is there: alike on both databases, and without breaking the transaction off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from campus.db import Base


def insert_if_absent(db: Session, table: type[Base], row: Mapping[str, Any]) -> bool:
    """Insert, or leave what is there: True where it was inserted.

    On PostgreSQL this waits for another transaction that is inserting the same key, and gives
    False once that one has committed; on SQLite writers are alone anyway.
    """
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    key = inspect(table).primary_key[0]
    inserted = dialect.insert(table.__table__).values(**row).on_conflict_do_nothing().returning(key)
    return db.execute(inserted).first() is not None
