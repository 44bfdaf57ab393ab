"""Which answers of the knowledge base fit a question, in either language."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import words
from campus.catalogue.memory import catalogue_version
from campus.encoder import Encoder, get_encoder
from campus.knowledge.models import Answer

WORDS = 0.12
"""What common words add to the meaning."""
FLOOR = 0.58
"""Below this the question is not one that the knowledge base knows."""
NEAR = 0.85
"""Share of the best score that the others need."""
MOST = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as every request sees it."""

    key: str
    questions: dict[str, list[str]]
    text: dict[str, str]
    source: str | None
    checked_on: date | None

    def view(self, lang: str, score: float | None) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "key": self.key,
            "text": self.text[lang],
            "source": self.source,
            "checked_on": self.checked_on.isoformat() if self.checked_on else None,
            "score": score,
        }


class Index:
    """All answers, ready to be searched."""

    def __init__(self, entries: Sequence[Entry], encoder: Encoder) -> None:
        self.entries = {entry.key: entry for entry in entries}
        self._keys = list(self.entries)
        self._encoder = encoder
        asked = [
            (number, question)
            for number, entry in enumerate(entries)
            for lang in ("fr", "en")
            for question in entry.questions[lang]
        ]
        self._owners = np.array([number for number, _ in asked], dtype=np.int64)
        self._starts = np.flatnonzero(np.diff(self._owners, prepend=-1))
        self.encoded = [question for _, question in asked]
        self._vectors = encoder.encode(self.encoded)
        self._word_sets = [frozenset(words.all_stems(question)) for _, question in asked]
        self._remembered: OrderedDict[str, list[tuple[str, float]]] = OrderedDict()
        self._lock = threading.Lock()

    def search(self, question: str) -> list[tuple[str, float]]:
        """Keys with their scores (0 to 1), best first; empty where the knowledge base does not know."""
        key = " ".join(question.split()).casefold()
        with self._lock:
            if (known := self._remembered.get(key)) is not None:
                return known
        found = self._search(key)
        with self._lock:
            self._remembered[key] = found
            if len(self._remembered) > 2048:
                self._remembered.popitem(last=False)
        return found

    def _search(self, question: str) -> list[tuple[str, float]]:
        if not words.split(question) or not self._keys:
            return []
        meaning = self._vectors @ self._encoder.encode([question])[0]
        asked = frozenset(words.all_stems(question))
        shared = np.array([_overlap(asked, other) for other in self._word_sets])
        scores = np.maximum.reduceat(np.clip(meaning + WORDS * shared, 0, 1), self._starts)
        best = float(scores.max())
        if best < FLOOR:
            return []
        order = [int(number) for number in np.argsort(-scores) if scores[number] >= max(FLOOR, NEAR * best)]
        return [(self._keys[number], round(float(scores[number]), 4)) for number in order[:MOST]]


def _overlap(asked: frozenset[str], other: frozenset[str]) -> float:
    """Share of common words: 1 where both say the same."""
    union = len(asked | other)
    return len(asked & other) / union if union else 0.0


_built: list[tuple[tuple[str, int], Index]] = []
_building = threading.Lock()


def get_index(db: Session) -> Index:
    """The index of the answers, built again when the version of the catalogue rose."""
    stamp = (str(db.get_bind().engine.url), catalogue_version(db))
    if _built and _built[0][0] == stamp:
        return _built[0][1]
    with _building:
        if not _built or _built[0][0] != stamp:
            rows = db.scalars(select(Answer).order_by(Answer.group, Answer.key))
            entries = [Entry(row.key, row.questions, row.text, row.source, row.checked_on) for row in rows]
            _built[:] = [(stamp, Index(entries, get_encoder()))]
        return _built[0][1]
