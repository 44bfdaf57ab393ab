"""What the entity components share: what they find, and texts folded so that accents and capitals do not matter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

#: Letters and signs that come in several shapes, each to one character so that positions stay.
_ONE_SHAPE = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "\u00a0": " ", "\u202f": " ", "–": "-", "—": "-"})

NOT = "not"


def words_of(said: str) -> frozenset[str]:
    """A set of words, written one after the other."""
    return frozenset(said.split())


@dataclass(frozen=True)
class Found:
    """An entity found between two positions of the text; ``role`` is ``not`` where it is refused."""

    entity: str
    value: Any
    start: int
    end: int
    confidence: float = 1.0
    role: str | None = None

    def refused(self) -> Found:
        """The same, refused."""
        return replace(self, role=NOT)

    def as_rasa(self) -> dict[str, Any]:
        """The form in which Rasa carries entities."""
        entity = {
            "entity": self.entity,
            "value": self.value,
            "start": self.start,
            "end": self.end,
            "confidence_entity": self.confidence,
        }
        return {**entity, "role": self.role} if self.role else entity


@lru_cache(maxsize=10_000)
def fold(text: str) -> str:
    """Lower case, no accents, one kind of apostrophe and space; every character keeps its position."""
    return "".join(_fold_character(character) for character in text.translate(_ONE_SHAPE))


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


def in_another_script(text: str) -> bool:
    """Whether it is written in letters, and none of them is Latin: Arabic, Cyrillic, Chinese, …"""
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and not any("LATIN" in unicodedata.name(character, "") for character in letters)


def overlaps(start: int, end: int, spans: Iterable[Sequence[int]]) -> bool:
    """Whether the stretch touches any of the spans (half-open positions)."""
    return any(start < other[1] and other[0] < end for other in spans)


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """The longest first; of those that overlap only the longest stays. In the order of the text."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if not overlaps(one.start, one.end, [(other.start, other.end) for other in kept]):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)
