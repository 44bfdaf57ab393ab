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
from bot.nlu.spans import fold

#: What stands for a name, in either language.
SHORT = "GMP"


class Titles:
    """The catalogue as it is now; events stay, since what they are is said of them."""

    def __init__(self, common: Collection[str] = ()) -> None:
        """``common``: words that people use every day, so that they are no slips in a title."""
        self._common = common
        self._index: tuple[dict[str, Any], Mentions, frozenset[str], str] | None = None

    def short(self, text: str) -> str:
        """The text with ``SHORT`` for whatever names a course, or a topic in more than one word; the same where nothing
        does. Topics that one also asks about without wanting a course stay ("what do I wear in the clean room?"), and
        so do those of a single word: it may be one of every day ("communication", "inspection").
        """
        mentions, courses, asked = self._current()
        for one in reversed(mentions.find(text)):
            said = fold(text[one.start : one.end])
            topic = one.entity == "topic" and (" " in said or "-" in said) and said not in asked
            if topic or (one.entity == "course" and one.value in courses):
                text = text[: one.start] + SHORT + text[one.end :]
        return text

    def _current(self) -> tuple[Mentions, frozenset[str], str]:
        """What may be mentioned, which of it are courses, and all questions of the knowledge base, folded."""
        catalogue = snapshot.load()
        if self._index is None or self._index[0] is not catalogue:
            courses = frozenset(one["id"] for one in catalogue["courses"] if one.get("kind") != "event")
            questions = (each for one in catalogue.get("answers", []) for each in one["questions"].values())
            asked = "\n".join(fold(question) for each in questions for question in each)
            self._index = (catalogue, Mentions(catalogue, self._common), courses, asked)
        return self._index[1:]
