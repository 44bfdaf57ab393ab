"""Finds what stands in the catalogue (courses, events, topics, operators) in what a person writes.

An alias matches whole words, whatever their accents, capitals, plural or small words between them ("intégrité de
données"). A word that nobody uses and that is a slip away from a word of the catalogue is taken for it. The longest
mention wins; of equal ones a title before a topic, a topic before a course's other names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import prod
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.nlu.sounds import sound
from bot.nlu.spans import Found, fold, overlaps, words_of

Key = tuple[str, ...]

_TOKEN = re.compile(r"[a-z0-9]+\+?")
#: Words that do not matter between the words of a name.
_SMALL = words_of(
    "le la les l un une des du de d a au aux en et ou sur pour par dans the of in and an for on to with s "
    "formation formations cours course courses training trainings"
)
#: A course's other name with one of these is a subject and a criterion ("Python le soir", "robotics for beginners").
_CRITERIA = words_of(
    "debutant debutants beginner beginners initiation introduction intro bases basics gratuit free soir evening online "
    "chomeur chomeurs chomage unemployed"
)
#: Words that are also names of the catalogue; they count only in capitals ("MES", "PAT", "IT").
_PLAIN_TOO = words_of("mes pat it as car son sub di pv ra da or as us ai ia sa ces tes ses ms amm sap lot lots pm am")
#: Never a mention on its own: everybody speaks of the campus.
_NEVER = words_of("campus")
#: Somebody who speaks so tells a problem and does not name a course.
_TELLING = words_of("je j on nous nos notre mes mon ma vous il elle i we my our us they the ne pas me m isn don")
#: Words of a name at most, and of a title.
_LONGEST, _LONGEST_TITLE = 8, 14
#: Ways to read the words of a stretch, from which on its slips are not mended.
_WAYS = 200
#: Letters from which on a word is known by its sound.
_SOUNDS = 4
_TITLE, _OPERATOR, _TOPIC_NAME, _TOPIC, _COURSE = 5, 4, 3, 2, 1
#: Intents that are about one course: its other names are not taken for the wider subject they are listed under too.
_ABOUT_ONE = words_of("book_session compare_courses course_details join_waitlist list_sessions")
#: From so many letters on words of one family begin alike ("fabriquer", "fabrication").
_STEM = 5
#: Nothing but small words stands between the words of a name, and not many.
_GAP = re.compile(r"[^.?!;\n]{0,16}")


@dataclass(frozen=True)
class Name:
    """One name of one thing; of names that are equally long the higher ``rank`` wins."""

    entity: str
    id: str
    rank: int


@dataclass(frozen=True)
class Word:
    """A word of the text that counts, as it is compared, and where it stands."""

    key: str
    start: int
    end: int
    capital: bool
    #: Words of the catalogue that this one is a slip away from, or sounds like.
    near: tuple[str, ...] = ()
    #: Words of the catalogue that sound like this one, which is one too ("asceptic" is listed beside "aseptic").
    alike: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All the words it may be meant as."""
        return self.near or (self.key, *self.alike)


class Mentions:
    """The names of one snapshot, ready to be looked for."""

    def __init__(self, snapshot: dict[str, Any], common: Collection[str] = ()) -> None:
        """``common``: words that people use every day, so that they are no slips."""
        self._names: dict[Key, list[Name]] = defaultdict(list)
        self._title_words: dict[str, set[str]] = defaultdict(set)
        self._titles: dict[Key, list[Name]] = defaultdict(list)
        for said, name in _names(snapshot):
            key = _key_of(said)
            longest = _LONGEST_TITLE if name.rank == _TITLE else _LONGEST
            if key and len(key) <= longest and name not in self._names[key]:
                self._names[key].append(name)
            if name.rank == _TITLE:
                self._title_words[name.id] |= set(key)
            if name.rank == _TITLE and 2 < len(key) <= _LONGEST:
                self._titles[_stems(key)].append(name)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        for word in {word for key in self._names for word in key if len(word) > 3 and word.isalpha()}:
            self._sounds[sound(word)].append(word)
        self._vocabulary: list[str] = sorted({word for key in self._names for word in key if len(word) > 4})
        self._own: set[str] = {word for key in self._names for word in key}
        self._known: set[str] = self._own | {_key(fold(word)) for word in common}

    def find(self, text: str, claimed: Iterable[tuple[int, int]] = (), intent: str | None = None) -> list[Found]:
        """The mentions in the order of the text; ``claimed`` stretches are left out, ``intent`` decides where the same
        words name a course and a topic."""
        claimed = list(claimed)
        words = [word for word in _words(text) if not overlaps(word.start, word.end, claimed)]
        words = [self._mend(word) for word in words]
        found: list[Found] = []
        for length in range(min(_LONGEST_TITLE, len(words)), 0, -1):
            for at in range(len(words) - length + 1):
                window = words[at : at + length]
                start, end = window[0].start, window[-1].end
                if overlaps(start, end, [(one.start, one.end) for one in found]) or _far_apart(window, text):
                    continue
                name = self._name(window, text, intent)
                if name is not None:
                    slips = sum(bool(word.near) for word in window)
                    found.append(Found(name.entity, name.id, start, end, round(1 - 0.15 * slips / length, 2)))
        found = [one for one in found if not self._of_the_title(one, words, found)]
        return _once_each(sorted(found, key=lambda one: one.start))

    def _name(self, window: list[Word], text: str, intent: str | None) -> Name | None:
        """The one thing that the words name; nothing where several courses share the name."""
        alone = len(window) == 1
        names = self._called([word.near or (word.key,) for word in window])
        if not names and not alone:
            names = self._called([word.keys for word in window])
        if not names and intent in _ABOUT_ONE and len(window) > 2:
            names = self._titles.get(_stems(tuple(word.key for word in window)), [])
        if alone and window[0].near and len(window[0].key) < 7:  # too short to be told from another word
            names = [name for name in names if name.entity == "operator"]
        if alone and not text.isupper():
            names = [name for name in names if window[0].capital or not _needs_capitals(window[0].key)]
        if not names:
            return None
        ranks = [_rank(name, len(window), intent) for name in names]
        top = [name for name, rank in zip(names, ranks, strict=True) if rank == max(ranks)]
        return top[0] if len({name.id for name in top}) == 1 else None

    def _called(self, words: list[tuple[str, ...]]) -> list[Name]:
        """The names that consist of one word of each group."""
        if prod(map(len, words)) > _WAYS:
            return []
        return [name for key in product(*words) for name in self._names.get(key, [])]

    def _mend(self, word: Word) -> Word:
        """The word with those of the catalogue that it is a slip away from."""
        if len(word.key) < 4 or not word.key.isalpha():
            return word
        if word.key in self._known:
            own = word.key in self._own
            return replace(word, alike=tuple(one for one in self._alike(word.key) if own and one != word.key))
        alike = self._alike(word.key)
        if alike:
            return replace(word, near=tuple(sorted(alike)[:3]))
        if len(word.key) < 5:
            return word
        slips = 1 if len(word.key) < 10 else 2
        near = extract(word.key, self._vocabulary, scorer=OSA.distance, score_cutoff=slips, limit=3)
        near = [one for one in near if one[0][0] == word.key[0] and one[1] == near[0][1]]
        return replace(word, near=tuple(one[0] for one in near))

    def _alike(self, key: str) -> list[str]:
        """Words of the catalogue that sound so."""
        return self._sounds.get(sound(key), []) if len(sound(key)) >= _SOUNDS else []

    def _of_the_title(self, one: Found, words: list[Word], found: list[Found]) -> bool:
        """Whether a topic is only a further word of a course's title, right beside its name."""
        said = {word.key for word in words if one.start <= word.start < one.end}
        return one.entity == "topic" and any(
            course.entity == "course"
            and min(abs(one.start - course.end), abs(course.start - one.end)) <= 1
            and said <= self._title_words.get(str(course.value), set())
            for course in found
        )


def _names(snapshot: dict[str, Any]) -> Iterator[tuple[str, Name]]:
    for operator in snapshot.get("operators", []):
        for said in [operator["name"], *_both(operator.get("aliases"))]:
            yield said, Name("operator", operator["id"], _OPERATOR)
    for topic in snapshot.get("topics", []):
        for said in _both(topic.get("name")):  # "Bonnes pratiques de fabrication (BPF)": both halves are names
            for half in (said, *re.split(r"[()]", said)):
                yield half, Name("topic", topic["id"], _TOPIC_NAME)
        for said in _both(topic.get("aliases")):
            yield said, Name("topic", topic["id"], _TOPIC)
    for course in snapshot.get("courses", []):
        for said in _both(course.get("title")):
            yield said, Name("course", course["id"], _TITLE)
            yield re.split(r"[,:(]", said)[0], Name("course", course["id"], _COURSE)
        shunned = _TELLING if course.get("kind") == "event" else _TELLING | _CRITERIA
        for said in _both(course.get("aliases")):
            if not shunned.intersection(_TOKEN.findall(fold(said))):
                yield said, Name("course", course["id"], _COURSE)


def _both(said: dict[str, Any] | None) -> list[str]:
    """The French and English names of something, one or several in each."""
    values = (said or {}).values()
    return [one for value in values for one in ([value] if isinstance(value, str) else value)]


def _key_of(said: str) -> Key:
    """The words of a name that count; none where nearly all of it are small words ("infos sur les formations")."""
    key = tuple(word.key for word in _words(said))
    whole = _TOKEN.findall(fold(said))
    if len(key) == 1 and (len(whole) > 3 or _NEVER.intersection(whole) or len(whole[-1]) == 1):
        return ()
    return key


def _words(text: str) -> list[Word]:
    folded = fold(text)
    words = []
    for match in _TOKEN.finditer(folded):
        if match.group() not in _SMALL or text[match.start() : match.end()] in ("IT", "AI"):
            capital = text[match.start() : match.end()].isupper()
            words.append(Word(_key(match.group()), match.start(), match.end(), capital))
    return words


def _key(word: str) -> str:
    """The word without the sign of a plural."""
    return word[:-1] if len(word) > 4 and word[-1] in "sx" and word[-2:] != "ss" else word


def _needs_capitals(key: str) -> bool:
    return key in _PLAIN_TOO


def _far_apart(window: list[Word], text: str) -> bool:
    """Whether many small words (or the end of a sentence) stand between two words."""
    return any(not _GAP.fullmatch(text, left.end, right.start) for left, right in pairwise(window))


def _stems(key: Key) -> Key:
    return tuple(word[:_STEM] for word in key)


def _rank(name: Name, length: int, intent: str | None) -> float:
    """How near a name of so many words lies to what a message with that intent is about."""
    if name.rank == _COURSE and length > 1 and intent in _ABOUT_ONE:
        return _TOPIC + 0.5
    return name.rank


def _once_each(found: list[Found]) -> list[Found]:
    kept: dict[tuple[str, str], Found] = {}
    for one in found:
        kept.setdefault((one.entity, str(one.value)), one)
    return list(kept.values())
