"""Which words of a message may name a subject: what is left of it when everything that people say anyway is taken out.

Three lists decide. `request_words.yml` has the words of the request itself ("je cherche une formation"). What people
say every day is read from the training examples, so that "comme", "ok" and "en fait" are no subjects. And what a course
or topic of the catalogue is called is one ("GMP"); a word among others of its name too ("shop floor"), unless
everybody says it whatever they are after ("c'est", "people").
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any

from bot import responses, snapshot, yaml_files
from bot.actions import criteria as crit
from bot.actions.turn import Turn
from bot.nlu.sounds import sound
from bot.nlu.spans import fold, words_of
from bot.settings import ROOT

#: Words from which on a message describes a problem rather than naming a subject.
DESCRIPTION = 6
#: Intents whose examples are full of subjects, or of what the campus does not teach.
_ABOUT_SUBJECTS = words_of(
    "search_courses refine_search course_details list_sessions compare_courses search_events alert_me company_training "
    "request_quote ask_advice"
)
_FOREIGN = words_of("out_of_scope chitchat inform")
#: In how many examples a word stands before it is one of every day: of intents about subjects, and of the others.
_OFTEN, _REPEATED = 8, 3
#: In how many other intents a word stands before it is one even where the catalogue has it.
_EVERYWHERE = 6
_ANNOTATION = re.compile(r"\[[^\]]*\](\([^)]*\)|\{[^}]*\})")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


#: What stands before a subject ("a course on", "quelque chose sur"), and what ends it.
_MARKED = re.compile(
    r"\b(?:(?:formations?|cours|stages?|ateliers?|modules?|infos?|truc|trucs|chose|qqch|qqchose|former|forme) "
    r"(?:en|sur|de|d'|a propos de|concernant|autour d[eu]|au sujet d[eu])|sur|a propos d[eu]|concernant|apprendre|"
    r"(?:courses?|trainings?|class(?:es)?|workshops?|modules?|something|anything|stuff) "
    r"(?:on|in|about|regarding|around|for learning)|about|regarding|learn(?: about)?)\s+"
    r"(?:(?:la|le|les|l'|du|des|the|une?|an?|d'|de)\s*)*(?P<subject>[^,.;:?!()]+)"
)


def said(turn: Turn, *, booking: bool = False, keep: tuple[str, ...] = ()) -> str:
    """The words of a message that may name a subject, or nothing.

    What follows "a course on", "sur" is one before everything else that is left.

    Args:
        booking: leave out the words that ask for a seat as well.
        keep: entities whose words are left in.
    """
    dropped = request_words() | (booking_words() if booking else frozenset())
    certain = _named(turn, keep)
    words = crit.words_left(turn, dropped, keep).split()
    telling = [word for word in words if folded(word) in certain or _tells(folded(word))]
    if len(words) >= DESCRIPTION and len(telling) >= DESCRIPTION / 2:
        return turn.text.strip()  # a problem is told in a whole sentence
    marked = _marked(turn)
    chosen = [word for word in telling if folded(word) in marked]
    return " ".join(chosen or telling)


def names_courses(turn: Turn) -> bool:
    """Whether a message speaks of courses at all ("what do you teach?", "une formation svp")."""
    return turn.pressed or bool(_COURSES.search(fold(turn.text)))


_COURSES = re.compile(
    r"\b(?:formations?|cours|stages?|ateliers?|modules?|catalogue?|programmes?|sessions?|propose[rz]?|offre[zs]?|"
    r"enseigne[zr]?|apprendre|courses?|trainings?|class(?:es)?|workshops?|programs?|offer|teach|learn|tout(?:es)?|all|"
    r"everything)\b"
)


def describes(words: str) -> bool:
    """Whether these words describe a problem rather than name a subject."""
    return len(words.split()) >= DESCRIPTION


def tells_more(turn: Turn, words: str) -> bool:
    """Whether these words say more than the topics that the message names, by far: half of them at least are others."""
    named = _named(turn, ("topic",))
    others = [word for word in words.split() if folded(word) not in named]
    return describes(words) or (len(others) >= 2 and len(others) * 2 >= len(words.split()))


def is_certain(turn: Turn, words: str) -> bool:
    """Whether the message says by its form that these words are the subject, or describes a problem at length."""
    marked = _marked(turn)
    return describes(words) or bool(turn.first("topic")) or any(folded(word) in marked for word in words.split())


def _marked(turn: Turn) -> set[str]:
    """The words that stand where a subject stands."""
    found = _MARKED.search(fold(turn.text))
    return _words(found["subject"]) if found else set()


def _named(turn: Turn, keep: tuple[str, ...]) -> set[str]:
    """The words of what was recognised in the catalogue: all of them belong to its name."""
    named: set[str] = set()
    for entity in turn.entities:
        if entity["entity"] in ("topic", "course") and entity["entity"] in keep and entity.get("start") is not None:
            named |= _words(turn.text[entity["start"] : entity["end"]])
    return named


def _tells(word: str) -> bool:
    everyday, known = everyday_words(), vocabulary()
    if word in known:
        return known[word] or not (everyday.get(word, False) or word in small_words())
    if word in everyday or word in small_words():
        return False
    return len(word) < 4 or sound(word) not in _sounds_of_requests()


@lru_cache(maxsize=1)
def small_words() -> frozenset[str]:
    """Words that every sentence has, and those of telephones ("qqch", "pls"), folded."""
    return frozenset(folded(word) for word in (*_lists()["sentence"], *_lists()["small"]))


@lru_cache(maxsize=1)
def _sounds_of_requests() -> frozenset[str]:
    words = (*request_words(), *booking_words(), *small_words())
    return frozenset(sound(word) for word in words if len(word) > 3)


@lru_cache(maxsize=1)
def request_words() -> frozenset[str]:
    """Words that ask for a course without saying on what, in both languages."""
    return frozenset(word for language in responses.LANGUAGES for word in _lists()[language])


@lru_cache(maxsize=1)
def booking_words() -> frozenset[str]:
    """Words that ask for a seat without saying on what, in both languages."""
    return frozenset(_lists()["booking"])


@lru_cache(maxsize=1)
def everyday_words() -> dict[str, bool]:
    """What people say whatever they are after, folded, and whether everywhere; from the training examples."""
    subjects: Counter[str] = Counter()
    others: Counter[str] = Counter()
    spread: dict[str, set[str]] = defaultdict(set)
    for file in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        for block in yaml_files.read(file).get("nlu", []):
            intent = str(block.get("intent", "")).split("/")[0]
            if not intent or intent in _FOREIGN or intent.startswith("staff_"):
                continue  # what the staff say of their sessions is what visitors say of subjects
            for example in str(block.get("examples", "")).splitlines():
                words = _words(_ANNOTATION.sub(" ", example))  # names and values left out
                if intent in _ABOUT_SUBJECTS:
                    subjects.update(words)
                else:
                    others.update(words)
                    for word in words:
                        spread[word].add(intent)
    everyday = {word for word, count in subjects.items() if count >= _OFTEN}
    everyday |= {word for word, count in others.items() if count >= _REPEATED}
    return {word: len(spread[word]) >= _EVERYWHERE for word in everyday}


def vocabulary() -> dict[str, bool]:
    """The words of what courses and topics are called now, folded, and whether something is called just that."""
    current = snapshot.load()
    global _known
    if _known is None or _known[0] is not current:
        names = [
            name
            for kind, field in (("courses", "title"), ("topics", "name"))
            for thing in current.get(kind, [])
            for lang in responses.LANGUAGES
            for name in (thing[field][lang], *thing["aliases"][lang])
        ]
        words = {word: False for name in names for word in _words(name)}
        words.update({folded(name): True for name in names if name.isalnum()})
        for word in request_words():
            words.pop(folded(word), None)
        _known = (current, words)
    return _known[1]


_known: tuple[Any, dict[str, bool]] | None = None


def folded(text: str) -> str:
    """Lower case, without accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "").replace("'", ""))
    return "".join(character for character in plain if not unicodedata.combining(character))


def _words(text: str) -> set[str]:
    """The words of a text, folded: those around an apostrophe apart, and as one for who types none ("cest")."""
    found = set()
    for word in _WORD.findall(text):
        found.add(folded(word))
        found.update(folded(part) for part in re.split("['’]", word))
    return found


@lru_cache(maxsize=1)
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = yaml_files.read(ROOT / "bot" / "actions" / "request_words.yml")
    return lists
