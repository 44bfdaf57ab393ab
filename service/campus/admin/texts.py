"""The words of the site in the language of the request (`words.yml`); French where nothing else was asked for."""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from campus.languages import DEFAULT, Lang

_lang: ContextVar[Lang] = ContextVar("admin_lang", default=DEFAULT)


def use(lang: Lang) -> None:
    """Speak this language for the rest of the request."""
    _lang.set(lang)


def lang() -> Lang:
    """The language of the request."""
    return _lang.get()


def say(part: str, key: str, **facts: Any) -> str:
    """A sentence of that part of the words file; the key itself where there is none."""
    found = _words()[part].get(key)
    return str(found[lang()]).format(**facts) if found else key


def error(code: str) -> str:
    """What is said about a value that does not fit, by its code."""
    return say("errors", code if code in _words()["errors"] else "does_not_fit")


def deed(view: str, name: str, part: str, **facts: Any) -> str:
    """The words of a deed: its ``label``, the question (``sure``), and what is on its button (``yes``)."""
    words = _words()["deeds"][f"{view}.{name}"]
    found = words.get(part) or _words()["site"][part]
    return str(found[lang()]).format(**facts)


def column(view: str, name: str) -> str:
    """What a column is called: in that view, else everywhere."""
    names = _words()["columns"]
    found = names.get(f"{view}.{name}") or names.get(name)
    return str(found[lang()]) if found else name


def hint(view: str, name: str) -> str:
    """What helps to fill a field in; empty where nothing needs to be said."""
    hints = _words()["hints"]
    found = hints.get(f"{view}.{name}") or hints.get(name)
    return str(found[lang()]) if found else ""


def value(name: str, code: object) -> str:
    """A code of the database (`onsite`, `confirmed`) in words."""
    found = _words()["values"].get(name, {}).get(str(code))
    return str(found[lang()]) if found else str(code)


class Said:
    """A text that is looked up whenever it is shown: names of views stand in classes, languages in requests."""

    def __init__(self, part: str, key: str) -> None:
        self.part, self.key = part, key

    def __str__(self) -> str:
        return say(self.part, self.key)


@lru_cache
def _words() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "words.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]
