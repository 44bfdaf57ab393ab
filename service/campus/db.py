"""The database: engine, sessions, column types. SQLite and PostgreSQL behave alike above this line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import JSON, BigInteger, Connection, DateTime, Dialect, Engine, MetaData, Numeric, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator, TypeEngine

from campus.clock import BRUSSELS
from campus.settings import get_settings
from campus.turns import Turns

CENT = Decimal("0.01")
WRITES = "campus_writes"
"""Execution option of connections whose transactions write: on SQLite they begin with the write lock."""

BUSY_SECONDS = 15
"""How long a writer waits for its turn on SQLite."""

Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Base of every table; constraints are named alike on both databases, so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """An aware time: stored in UTC, read back in Europe/Brussels. A naive one is refused (TypeError)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"a time without zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(BRUSSELS)


class Money(TypeDecorator[Decimal]):
    """EUR as a Decimal with two digits: NUMERIC(10,2), and whole cents on SQLite, which has no decimals."""

    impl = Numeric(10, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(10, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = Decimal(value).quantize(CENT, ROUND_HALF_UP)
        return int(exact * 100) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return (Decimal(value) / 100 if dialect.name == "sqlite" else Decimal(value)).quantize(CENT)


def make_engine(url: str) -> Engine:
    """An engine for that address; the folder of a SQLite file is made."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=30, pool_timeout=20, pool_pre_ping=True)
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=10, max_overflow=40, pool_timeout=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """The driver begins nothing by itself (`_begin_sqlite` does); writers wait for one another, readers for nobody."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A transaction that will write takes the lock at once: one that reads first cannot take it later (SQLITE_BUSY)."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """One engine with its two kinds of sessions, for reading and for writing."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        self._write = sessionmaker(self.engine.execution_options(**{WRITES: True}), expire_on_commit=False)
        self._turns = Turns() if self.engine.dialect.name == "sqlite" else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database; nothing is committed."""
        with self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._own_turn(), self._write() as session, session.begin():
            yield session

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        """SQLite's writers of one process queue here, in the order in which they came.

        SQLite itself lets a writer sleep and look again: whoever slept longest sleeps longest again, and with
        40 in flight some wait in vain while the lock lies idle. Raises OperationalError as SQLite would.
        """
        if self._turns is None:
            yield
            return
        if not self._turns.acquire(BUSY_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        try:
            yield
        finally:
            self._turns.release()


_in_use: list[Database] = []


def get_database() -> Database:
    """The database of this process: the one given to `use_database`, else that of the settings."""
    if not _in_use:
        _in_use.append(Database(get_settings().database_url))
    return _in_use[0]


def use_database(database: Database | None) -> None:
    """Make `database` that of the process (`create_app` does); None: made again from the settings when asked for."""
    _in_use[:] = [database] if database else []


def get_db(request: Request) -> Iterator[Session]:
    """A request's session. GET and HEAD only read; the others write, and are committed before the answer leaves."""
    database: Database = request.app.state.database
    with database.reading() if request.method in {"GET", "HEAD"} else database.writing() as session:
        yield session


Db = Annotated[Session, Depends(get_db, scope="function")]
"""What a route takes. With the function scope a commit that fails is an error and never a 201."""
