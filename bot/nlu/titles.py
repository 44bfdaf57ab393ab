"""The names of courses and topics in what people write, put short for whoever reads what is wanted.

They are made of words that mean something of their own ("Visualiser ses données de labo", "Managing a team",
"compétences humaines"), and would drown what is said about them. Where a meaning is read, each counts as the name of
one subject that the training data speak of a hundred times. What is named is read from the message itself
(`bot.nlu.catalogue`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot import snapshot
from bot.nlu.mentions import Mentions
from bot.nlu.spans import Found

#: What stands for a name, in either language.
SHORT = "GMP"


class Titles:
    """The catalogue as it is now; events stay, since what they are is said of them."""

    def __init__(self, common: Collection[str] = ()) -> None:
        """``common``: words that people use every day, so that they are no slips in a title."""
        self._common = common
        self._index: tuple[dict[str, Any], Mentions, frozenset[str]] | None = None

    def short(self, text: str) -> str:
        """The text with ``SHORT`` for whatever names a course, or a topic in more than one word (a single word may be
        one of every day: "communication", "inspection"); the same where nothing does."""
        mentions, courses = self._current()
        for one in reversed(mentions.find(text)):
            if one.value in courses if one.entity == "course" else _is_long_topic(one, text):
                text = text[: one.start] + SHORT + text[one.end :]
        return text

    def _current(self) -> tuple[Mentions, frozenset[str]]:
        catalogue = snapshot.load()
        if self._index is None or self._index[0] is not catalogue:
            courses = frozenset(one["id"] for one in catalogue["courses"] if one.get("kind") != "event")
            self._index = (catalogue, Mentions(catalogue, self._common), courses)
        return self._index[1:]


def _is_long_topic(one: Found, text: str) -> bool:
    said = text[one.start : one.end]
    return one.entity == "topic" and (" " in said or "-" in said)
