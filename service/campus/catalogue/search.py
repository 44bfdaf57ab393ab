"""Search over the catalogue: words and meaning together, in both languages at once.

Words match by their stems over what a course is called and what it says; meaning is compared through sentence
vectors, so that a French question finds a course that is written in English and a problem finds what solves it.
What a campus like this does not teach finds nothing: a score has a floor, and a question that means a subject of
other schools (`off_topic` of words.yml) more than any course is turned away.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campus import words
from campus.catalogue.memory import Catalogue, CourseEntry
from campus.encoder import Encoder, get_encoder

FIELDS = {
    "title": 0.9,
    "aliases": 0.85,
    "topics": 0.75,
    "operator": 0.9,
    "summary": 0.6,
    "content": 0.6,
    "audience": 0.4,
}
"""How much a word counts by where it stands."""
FLOOR, FLOOR_OF_OTHERS = 0.5, 0.4
"""How sure the gate must be of the best course, and of those that come with it."""
NEAR, WHOLE = 0.6, 0.7
"""Share of the best rank that others need, unless so much of the query is what they are called."""
BEST = 2.7
"""The highest rank there is, so that scores end at 1."""
SLIP = 0.85
"""How much a word counts that was found through a slip of the keyboard."""


Posting = tuple[NDArray[np.int32], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a query, course by course (the order of `Index.ids`)."""

    words: NDArray[np.float64]
    named: NDArray[np.float64]
    meaning: NDArray[np.float64]
    elsewhere: float


class Index:
    """One version of the catalogue, ready to be searched."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder) -> None:
        self.ids = list(catalogue.courses)
        self._encoder = encoder
        subjects: dict[str, str] = {}
        self._read: dict[str, list[str]] = {}
        found: dict[str, dict[int, float]] = defaultdict(dict)
        named: dict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
        self._spellings: dict[str, str] = {}
        meant: list[str] = []
        owners: list[int] = []
        for number, course in enumerate(catalogue.courses.values()):
            for field, text in _texts(course):
                self._add_words(found, named, number, field, text)
            for text in _meanings(course):
                if text not in subjects:
                    subjects[text] = words.subject(text)
                meant.append(subjects[text])
                owners.append(number)
        self._postings = {stem: _as_arrays(courses) for stem, courses in found.items()}
        self._phrases = {phrase: _as_arrays(courses) for phrase, courses in named.items()}
        self._longest = max(map(len, named), default=0)
        self._rarity = {stem: math.log(1 + len(self.ids) / len(courses)) for stem, courses in found.items()}
        self._unknown = math.log(1 + len(self.ids))
        self._vocabulary = frozenset(self._spellings)
        self._read = {}
        self.encoded = [*meant, *_elsewhere()]
        self._vectors = encoder.encode(meant)
        self._starts = np.flatnonzero(np.diff(owners, prepend=-1))
        self._elsewhere = encoder.encode(_elsewhere())
        self._remembered: OrderedDict[str, Features] = OrderedDict()
        self._lock = threading.Lock()

    def search(self, query: str, among: Collection[str] | None = None) -> dict[str, float]:
        """Scores (0 to 1) by course id, best first; empty where nothing fits.

        `among`: the courses that the caller can see; what fits best is measured within them.
        """
        query = words.without_language(query)
        if words.asks_for_anything(query):
            return dict.fromkeys(self.ids if among is None else among, 0.0)
        if not any(character.isalpha() for stem in words.stems(query) for character in stem):
            return {}
        if among is None:
            seen = np.ones(len(self.ids), dtype=bool)
        else:
            seen = np.fromiter((course_id in among for course_id in self.ids), dtype=bool, count=len(self.ids))
        found = combine(self._features_of(query), seen)
        return {self.ids[number]: found[number] for number in sorted(found, key=lambda number: -found[number])}

    def _features_of(self, query: str) -> Features:
        """The features of a query; those of the last 2048 queries are remembered."""
        key = " ".join(query.split()).casefold()
        with self._lock:
            if (known := self._remembered.get(key)) is not None:
                return known
        found = self.features(key)
        with self._lock:
            self._remembered[key] = found
            if len(self._remembered) > 2048:
                self._remembered.popitem(last=False)
        return found

    def features(self, query: str) -> Features:
        """Compare the query with every course."""
        by_words, named = self._compare_words(query)
        vector = self._encoder.encode([words.subject(query)])[0]
        meaning = np.maximum.reduceat(self._vectors @ vector, self._starts) if len(self.ids) else np.zeros(0)
        return Features(by_words, named, meaning.astype(np.float64), float((self._elsewhere @ vector).max()))

    def _add_words(
        self,
        postings: dict[str, dict[int, float]],
        phrases: dict[tuple[str, ...], dict[int, float]],
        number: int,
        field: str,
        text: str,
    ) -> None:
        weight = FIELDS[field]
        found = self._stems_of(text)
        for stem in found:
            postings[stem][number] = max(weight, postings[stem].get(number, 0.0))
        if found and field in {"title", "aliases", "topics", "operator"}:
            phrase = phrases[tuple(found)]
            phrase[number] = max(weight, phrase.get(number, 0.0))

    def _stems_of(self, text: str) -> list[str]:
        """The stems of a text that say something; names and aliases of topics and operators come again and again."""
        if (known := self._read.get(text)) is None:
            kept = [word for word in words.split(text) if not words.is_ignored(word)]
            known = self._read[text] = [words.stem(word) for word in kept]
            for word, stem in zip(kept, known, strict=True):
                self._spellings.setdefault(word, stem)
        return known

    def _compare_words(self, query: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How much of the query each course says, and how much of it is what the course is called; both 0 to 1."""
        said, named = np.zeros(len(self.ids)), np.zeros(len(self.ids))
        asked = [(self._known(word)) for word in words.split(query) if not words.is_ignored(word)]
        if not asked:
            return said, named
        rarity = [self._rarity.get(stem, self._unknown) for stem, _ in asked]
        whole = sum(rarity)
        for (stem, trust), weight in zip(asked, rarity, strict=True):
            if (posting := self._postings.get(stem)) is not None:
                numbers, fields = posting
                said[numbers] += fields * trust * weight / whole
        line = tuple(stem for stem, _ in asked)
        for position in range(len(line)):
            for end in range(position + 1, min(len(line), position + self._longest) + 1):
                if (posting := self._phrases.get(line[position:end])) is not None:
                    numbers, fields = posting
                    share = sum(rarity[position:end]) / whole
                    named[numbers] = np.maximum(named[numbers], fields * share)
        return said, named

    def _known(self, word: str) -> tuple[str, float]:
        """The stem of a word, or of the known word it was meant to be, and how far to trust it."""
        stem = words.stem(word)
        if stem in self._postings:
            return stem, 1.0
        near = words.nearest(word, self._vocabulary)
        return (self._spellings[near], SLIP) if near else (stem, 1.0)


def _as_arrays(courses: dict[int, float]) -> Posting:
    """Numbers of courses with how much a word counts in each: a whole catalogue is weighed in one step."""
    return np.fromiter(courses, dtype=np.int32), np.fromiter(courses.values(), dtype=np.float64)


def combine(features: Features, seen: NDArray[np.bool_]) -> dict[int, float]:
    """The seen courses that fit, by their numbers, with scores from 0 to 1; none where the query means something else.

    The gate is a logistic regression over queries with known answers (tests/service/search_queries.yml): is this
    subject taught here at all. What passes is ranked by words and meaning, and what falls far behind the best is left
    out.
    """
    odds = 3.45 * features.words + 2.4 * features.named + 1.7 * features.meaning - 6.45 * features.elsewhere + 0.7
    taught = 1 / (1 + np.exp(-odds))
    rank = 0.8 * features.words + 0.4 * features.named + 1.5 * features.meaning
    sure = seen & (taught >= FLOOR)
    if not sure.any():
        return {}
    near = seen & (taught >= FLOOR_OF_OTHERS) & (rank >= NEAR * rank[sure].max())
    chosen = near | (sure & (features.named >= WHOLE))
    return {int(number): round(float(rank[number] / BEST), 4) for number in np.flatnonzero(chosen)}


def _elsewhere() -> list[str]:
    """Subjects of other schools, each line whole and each of its parts."""
    lines = words.lists()["off_topic"]
    return [*lines, *(words.subject(part) for line in lines for part in line.split(", "))]


def _texts(course: CourseEntry) -> Iterator[tuple[str, str]]:
    """The words of a course and where they stand, in both languages."""
    yield from (("operator", alias) for aliases in course.operator.aliases.values() for alias in aliases)
    yield "operator", course.operator.name
    for lang in ("fr", "en"):
        yield "title", course.title[lang]
        yield from (("aliases", alias) for alias in course.aliases[lang])
        yield "summary", course.summary[lang]
        yield from (("content", line) for line in course.content[lang])
        yield "audience", course.audience_text[lang]
        for topic in course.topics:
            yield "topics", topic.name[lang]
            yield from (("topics", alias) for alias in topic.aliases[lang])


def _meanings(course: CourseEntry) -> Iterator[str]:
    """What a course is about, as sentences to compare with (the lines of its content add no right answer)."""
    for lang in ("fr", "en"):
        yield course.title[lang]
        yield course.summary[lang]
        yield from course.aliases[lang]


_built: list[tuple[Catalogue, str, Index]] = []
_building = threading.Lock()


def get_index(catalogue: Catalogue) -> Index:
    """The index of this catalogue, built again only where its texts changed."""
    if _built and _built[0][0] is catalogue:
        return _built[0][2]
    digest = _digest(catalogue)
    with _building:
        index = _built[0][2] if _built and _built[0][1] == digest else Index(catalogue, get_encoder())
        _built[:] = [(catalogue, digest, index)]
        return index


def _digest(catalogue: Catalogue) -> str:
    texts = [
        (course.id, *(f"{field}:{text}" for field, text in _texts(course))) for course in catalogue.courses.values()
    ]
    return hashlib.blake2b(repr(texts).encode(), digest_size=16).hexdigest()
