"""The sentences of `data/responses`, for code that must choose one itself: actions and channels.

Rasa reads the same files with the domain. A response has one variation a language, told apart by a condition on the
slot `language`; a variable is written ``{name}`` and anything else in braces (a button's payload) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot import yaml_files
from bot.settings import ROOT

FOLDER = ROOT / "data" / "responses"
LANGUAGES = ("fr", "en")
DEFAULT = "fr"
#: Appended to a language in the slot `language` to make it hold: ``en!`` (see `bot.slots`).
FIXED = "!"
_VARIABLE = re.compile(r"\{([a-z_]+)\}")

Variation = dict[str, Any]


class MissingResponse(KeyError):
    """No such response, or not in this language, or a variable of it was not given."""


def load(folder: Path = FOLDER) -> dict[str, dict[str, Variation]]:
    """All responses of a folder: key → language → variation."""
    found: dict[str, dict[str, Variation]] = {}
    for path in sorted(folder.glob("*.yml")):
        document = yaml_files.read(path) or {}
        for key, variations in (document.get("responses") or {}).items():
            found[key] = {language_of(variation): variation for variation in variations}
    return found


def language_of(variation: Mapping[str, Any]) -> str:
    """The language that a variation's condition names; the default where it names none."""
    for condition in variation.get("condition") or []:
        if condition.get("name") == "language":
            return str(condition.get("value"))
    return DEFAULT


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, Variation]]:
    return load()


def text(key: str, lang: str, **variables: Any) -> str:
    """The text of a response in a language, its variables filled in.

    Raises:
        MissingResponse: the key, the language or a variable is missing (a fault of ours, found by the tests).
    """
    return fill(_variation(key, lang).get("text", "").rstrip("\n"), variables, key)


def buttons(key: str, lang: str, **variables: Any) -> list[dict[str, str]]:
    """The buttons of a response: ``[{title, payload}]``."""
    return [
        {name: fill(value, variables, key) for name, value in button.items()}
        for button in _variation(key, lang).get("buttons") or []
    ]


def exists(key: str) -> bool:
    """Whether there is a response of that key."""
    return key in _all()


def fill(template: str, variables: Mapping[str, Any], key: str = "") -> str:
    """Replace each ``{name}`` by its variable."""

    def value(match: re.Match[str]) -> str:
        try:
            return str(variables[match.group(1)])
        except KeyError:
            raise MissingResponse(f"{key}: no value for {match.group(0)}") from None

    return _VARIABLE.sub(value, template)


def _variation(key: str, lang: str) -> Variation:
    try:
        by_language = _all()[key]
        return by_language.get(lang) or by_language[DEFAULT]
    except KeyError:
        raise MissingResponse(key) from None
