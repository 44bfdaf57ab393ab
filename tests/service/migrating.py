"""A database as it once was: tables of an older revision, with rows that fit them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alembic import command
from alembic.config import Config
from campus.db import Database
from campus.startup import MIGRATIONS
from sqlalchemy import JSON, Boolean, DateTime, Float, Integer, MetaData, Numeric, String, Table, inspect, text

LATER = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)
EARLIER = datetime(2025, 12, 1, 10, 0, tzinfo=UTC)


class OldDatabase(Database):
    """A database that goes from revision to revision."""

    def to(self, revision: str, *, up: bool = True) -> None:
        """Upgrade or downgrade to that revision."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.writing() as db:
            config.attributes["connection"] = db.connection()
            (command.upgrade if up else command.downgrade)(config, revision)

    def insert(self, name: str, **given: Any) -> None:
        """A row with these values and anything at all in what else must not be empty."""
        with self.writing() as db:
            table = Table(name, MetaData(), autoload_with=db.connection())
            row = {
                column.name: given.get(column.name, _anything(column.type))
                for column in table.columns
                if column.name in given or not column.nullable
            }
            db.execute(table.insert(), row)

    def insert_session(self) -> None:
        """The session `gmp-1` of the course `gmp` of `aseptia`."""
        self.insert("operators", id="aseptia", vat_regime="exempt")
        self.insert("courses", id="gmp", operator_id="aseptia", kind="course", level="beginner", **_OPEN)
        self.insert("sessions", id="gmp-1", course_id="gmp", state="open", taken=0, end=LATER, **_OPEN)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds."""
        with self.reading() as db:
            return [tuple(row) for row in db.execute(text(statement))]

    def tables(self) -> set[str]:
        """The tables there are."""
        return set(inspect(self.engine).get_table_names())

    def columns(self, table: str) -> set[str]:
        """The columns of a table."""
        return {column["name"] for column in inspect(self.engine).get_columns(table)}


_OPEN = {"format": "onsite", "audience": "public"}


def _anything(kind: Any) -> Any:
    values = ((JSON, {}), (DateTime, EARLIER), (Boolean, False), (Integer, 1), ((Numeric, Float), 1), (String, "x"))
    return next(value for known, value in values if isinstance(kind, known))
