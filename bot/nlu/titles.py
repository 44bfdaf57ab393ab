"""The titles of courses in what people write, put short for whoever reads what is wanted.

A title is made of words that mean something of their own ("Visualiser ses données de labo", "Managing a team"), and
would drown what is said about it. Where a meaning is read, each counts as the name of one subject that the training
data speak of a hundred times. What is named is read from the message itself (`bot.nlu.catalogue`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot import snapshot
from bot.nlu.mentions import Mentions

#: What stands for a title, in either language.
SHORT = "GMP"


class Titles:
    """The courses of the catalogue as it is now; events stay, since what they are is said of them."""

    def __init__(self, common: Collection[str] = ()) -> None:
        """``common``: words that people use every day, so that they are no slips in a title."""
        self._common = common
        self._index: tuple[dict[str, Any], Mentions, frozenset[str]] | None = None

    def short(self, text: str) -> str:
        """The text with ``SHORT`` for whatever names a course; the same where nothing does."""
        mentions, courses = self._current()
        found = [one for one in mentions.find(text) if one.entity == "course" and one.value in courses]
        for one in reversed(found):
            text = text[: one.start] + SHORT + text[one.end :]
        return text

    def _current(self) -> tuple[Mentions, frozenset[str]]:
        catalogue = snapshot.load()
        if self._index is None or self._index[0] is not catalogue:
            courses = frozenset(one["id"] for one in catalogue["courses"] if one.get("kind") != "event")
            self._index = (catalogue, Mentions(catalogue, self._common), courses)
        return self._index[1:]
