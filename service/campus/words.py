"""Words for matching: without accents and case, cut to their stems, with room for slips of the keyboard."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extractOne

_SPELLED = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "’": "'", "ʼ": "'"})
_ENDINGS = (
    *("issements", "issement", "isations", "isation", "izations", "ization", "atrices", "atrice", "ateurs", "ateur"),
    *("ations", "ation", "itions", "ition", "ements", "ement", "ments", "ment", "ating", "ated", "ator", "ives", "ive"),
    *("ings", "ing", "iques", "ique", "ical", "ics", "ic", "euses", "euse", "eurs", "eur", "ants", "ants", "antes"),
    *("ante", "ant", "ives", "ifs", "if", "iser", "izes", "ize", "ises", "ise", "ate", "ies", "ie", "ees", "ee", "er"),
    *("ez", "ed", "es", "e", "y"),
)
_SHORTEST_STEM = 4


def plain(text: str) -> str:
    """Lower case without accents: `Bioréacteurs` → `bioreacteurs`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SPELLED))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def split(text: str) -> list[str]:
    """The plain words of a text: letters and digits, `c++` and the like without their signs."""
    return re.findall(r"[a-z0-9]+", plain(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A plain word without its French or English ending; words with digits and short ones stay as they are."""
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("aux") and len(word) > 5:
        word = word[:-2] + "l"
    elif word[-1] in "sx" and word[-2:] != "ss":
        word = word[:-1]
    for _ in range(2):  # `filtering` → `filter` → `filt`, as `filter` becomes
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                word = word[: -len(ending)]
                break
    return word


@lru_cache
def lists() -> dict[str, list[str]]:
    """The word lists of `words.yml`."""
    text = (Path(__file__).parent / "words.yml").read_text(encoding="utf-8")
    return {name: [str(word) for word in words] for name, words in yaml.safe_load(text).items()}


@lru_cache
def _of(*names: str) -> frozenset[str]:
    words = [word for name in names for entry in lists()[name] for word in split(entry)]
    return frozenset(words) | frozenset(stem(word) for word in words if len(word) > 3)


def is_ignored(word: str) -> bool:
    """Whether a plain word says nothing about the subject (`the`, `pour`, `formation`, `course`)."""
    return word in _of("stopwords", "course_words", "around") or (len(word) == 1 and not word.isdigit())


def asks_for_anything(text: str) -> bool:
    """Whether the text asks for courses and names no subject: `je cherche une formation`."""
    found = split(text)
    return all(is_ignored(word) for word in found) and any(word in _of("course_words") for word in found)


def stems(text: str) -> list[str]:
    """The stems of the words that say something, in their order."""
    return [stem(word) for word in split(text) if not is_ignored(word)]


def without_language(text: str) -> str:
    """The text without `en anglais`, `in English`…, unless nothing else would be left."""
    phrases = "|".join(re.escape(phrase) for phrase in lists()["teaching_language"])
    shorter = re.sub(rf"\b(?:{phrases})\b", " ", text, flags=re.IGNORECASE)
    return shorter if split(shorter) else text


def all_stems(text: str) -> list[str]:
    """The same where `course` and `train` say something too: only the little words are left out."""
    return [stem(word) for word in split(text) if word not in _of("stopwords")]


def subject(text: str) -> str:
    """The text without what stands around its subject: `je cherche un cours de piano` → `piano`.

    Only where a word for any course is among it; a sentence that describes a problem stays whole.
    """
    parts = text.split()
    plain_parts = [split(part) for part in parts]
    keep = [any(not is_ignored(word) for word in found) for found in plain_parts]
    if not any(keep):
        return text
    first, last = keep.index(True), len(keep) - keep[::-1].index(True)
    about = _of("course_words", "around")
    if not any(word in about for found in plain_parts[:first] for word in found):
        first = 0
    if not any(word in about for found in plain_parts[last:] for word in found):
        last = len(parts)
    return " ".join([_ELIDED.sub("", parts[first]) if first else parts[first], *parts[first + 1 : last]])


_ELIDED = re.compile(r"^(?:[ldnmtsc]|qu)['’]", re.IGNORECASE)


def nearest(word: str, vocabulary: frozenset[str]) -> str | None:
    """The word of the vocabulary that a slip of the keyboard turned into `word`: one sign, two in long words."""
    if len(word) < 5 or not word.isalpha():
        return None
    allowed = 1 if len(word) < 9 else 2
    near = [other for other in vocabulary if abs(len(other) - len(word)) <= allowed and other[0] == word[0]]
    found = extractOne(word, near, scorer=DamerauLevenshtein.distance, score_cutoff=allowed)
    return found[0] if found else None
