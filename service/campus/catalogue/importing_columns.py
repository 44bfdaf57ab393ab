"""The columns of the file that operators fill in: their names in both languages, and the words about mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from campus.words import plain

COURSE, SESSION = "course", "session"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``of`` says in which rows it counts, ``default`` what a new row has where it is empty."""

    key: str
    of: str
    type: str
    fr: str
    en: str
    help: Mapping[str, str]
    required: bool = False
    default: Any = None
    max: int = 200
    most: int = 0

    def belongs_to(self, kind: str) -> bool:
        """Whether a row of that kind (`course`, which stands for events too, or `session`) has this column."""
        return self.of in {"both", kind}

    @property
    def header(self) -> str:
        """How the template calls it: in both languages."""
        return self.fr if self.fr == self.en else f"{self.fr} / {self.en}"


@lru_cache
def _file() -> dict[str, Any]:
    text = (Path(__file__).parent / "importing.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]


@lru_cache
def columns() -> dict[str, Column]:
    """All columns by their keys, in their order."""
    return {one["key"]: Column(**one) for one in _file()["columns"]}


def columns_of(kind: str) -> list[Column]:
    """The columns of rows of that kind."""
    return [column for column in columns().values() if column.belongs_to(kind)]


@lru_cache
def _names() -> dict[str, str]:
    named: dict[str, str] = {}
    for column in columns().values():
        for name in (column.key, column.fr, column.en, column.header):
            named[_same(name)] = column.key
    return named


def key_of(header: str) -> str | None:
    """The column that a header names: by its key, or in either language."""
    return _names().get(_same(header))


@lru_cache
def choices(name: str) -> dict[str, str]:
    """What a cell may say, as it is compared (`plain`), with what it means."""
    return {plain(said): value for value, words in _file()["choices"][name].items() for said in (value, *words)}


def kind_of_sheet(title: str) -> str | None:
    """Which rows a sheet of that name holds; None for others, which are not read."""
    for kind in (COURSE, SESSION):
        if plain(title) in {plain(name) for name in _file()["sheets"][kind].values()}:
            return kind
    return None


def sheet_title(kind: str) -> str:
    """The name of a sheet, as the template has it."""
    names = _file()["sheets"][kind]
    return str(names["fr"] if names["fr"] == names["en"] else f"{names['fr']} - {names['en']}")


def message(code: str, lang: str, **facts: Any) -> str:
    """What is said about a mistake."""
    return str(_file()["errors"][code][lang].format(**facts))


def _same(text: str) -> str:
    return " ".join(plain(text).replace("_", " ").split())
