"""The whole database as rows, the difference of two such pictures, and the way back to the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tests.support.audit import unlocked

Rows = dict[tuple[Any, ...], dict[str, Any]]
Picture = dict[str, Rows]


@dataclass(frozen=True)
class Change:
    """What happened to one table."""

    added: list[dict[str, Any]] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)


class Database:
    """The service's database, looked at from outside."""

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url)
        self.metadata = sa.MetaData()
        self.metadata.reflect(self.engine)

    def picture(self) -> Picture:
        """Every row of every table, by primary key."""
        taken: Picture = {}
        with self.engine.connect() as connection:
            for table in self.metadata.sorted_tables:
                keys = [column.name for column in table.primary_key] or list(table.columns.keys())
                rows = [dict(row._mapping) for row in connection.execute(sa.select(table))]
                taken[table.name] = {tuple(row[key] for key in keys): row for row in rows}
        return taken

    def restore(self, before: Picture) -> None:
        """Bring every table back to a picture, so that the next test finds what this one found."""
        now = self.picture()
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
            with unlocked(connection):
                for table in reversed(self.metadata.sorted_tables):
                    for key in now[table.name].keys() - before[table.name].keys():
                        connection.execute(sa.delete(table).where(*self._is(table, key)))
            for table in self.metadata.sorted_tables:
                for key, row in before[table.name].items():
                    if key not in now[table.name]:
                        connection.execute(sa.insert(table).values(row))
                    elif row != now[table.name][key]:
                        connection.execute(sa.update(table).where(*self._is(table, key)).values(row))

    @staticmethod
    def _is(table: sa.Table, key: tuple[Any, ...]) -> list[sa.ColumnElement[bool]]:
        columns = list(table.primary_key) or list(table.columns)
        return [column == value for column, value in zip(columns, key, strict=True)]


def difference(before: Picture, after: Picture) -> dict[str, Change]:
    """What changed, by table; tables that did not change are left out."""
    found = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name, {}), after.get(name, {})
        change = Change(
            added=[new[key] for key in new.keys() - old.keys()],
            removed=[old[key] for key in old.keys() - new.keys()],
            changed=[(old[key], new[key]) for key in old.keys() & new.keys() if old[key] != new[key]],
        )
        if change != Change():
            found[name] = change
    return found


def changed_columns(change: tuple[Mapping[str, Any], Mapping[str, Any]]) -> dict[str, tuple[Any, Any]]:
    """The columns of a row that changed: name → (before, after)."""
    old, new = change
    return {name: (old[name], new[name]) for name in new if old[name] != new[name]}
