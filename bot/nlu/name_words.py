"""The words of a message, and what tells a name from other words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot import yaml_files
from bot.nlu.spans import fold, overlaps

PATTERNS = Path(__file__).parent / "patterns"
_WORD = re.compile(r"&|[^\W_]+(?:[-'’.][^\W_]+)*")
#: "d'Olivier": the word begins after the apostrophe; "N'Diaye" and "D'Hondt" keep theirs.
#: "Marie's booking": the word ends before the apostrophe.
_POSSESSIVE = re.compile(r"['’]s$")
_ELIDED = re.compile(r"(?:[cdjlmst]|qu)['’](?=\w)")
#: Longer words in capitals may be somebody's ("DUPONT Marie"); short ones are abbreviations.
_ABBREVIATION = 5
_LONGEST = 6  # words of a name
JOINING = frozenset({"et", "and", "&", "puis", "avec", "with", "ou", "or"})


@dataclass(frozen=True)
class Word:
    """A word of a message and where it stands; ``taken`` where another component has read it, as an operator maybe."""

    text: str
    start: int
    end: int
    taken: bool = False
    operator: bool = False

    @property
    def folded(self) -> str:
        """In small letters without accents."""
        return fold(self.text)

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[:1].isupper()

    @property
    def abbreviation(self) -> bool:
        """Whether it is a short word in capitals ("GMP"), or written as no person's name is ("BioFab")."""
        inside = re.sub(r"^(?:Mc|Mac|De|Van|Le|La|Di|O'|D'|N'|M')(?=[A-Z])", "", self.text.replace("’", "'"))
        mixed = any(letter.isupper() for part in inside.split("-") for letter in part[1:]) and not self.text.isupper()
        return mixed or (self.text.isupper() and len(self.text) <= _ABBREVIATION)


def words_of(text: str, claimed: Sequence[Sequence[int]] = (), operators: Sequence[Sequence[int]] = ()) -> list[Word]:
    """The words of a text, given the stretches that other components have read, and those that name an operator."""
    found = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        elided = _ELIDED.match(text, start, end)
        start = elided.end() if elided else start
        owner = _POSSESSIVE.search(text, start, end)
        end = owner.start() if owner else end
        taken = overlaps(start, end, claimed)
        found.append(Word(text[start:end], start, end, taken, taken and overlaps(start, end, operators)))
    return found


@dataclass(frozen=True)
class NameWords:
    """What names are made of, and what they are never made of."""

    first_names: frozenset[str]
    particles: frozenset[str]
    never: frozenset[str]
    places: frozenset[str]
    companies: frozenset[str]
    legal_forms: frozenset[str]
    company_joins: frozenset[str]
    #: Words of grammar; no name either.
    function_fr: frozenset[str]
    function_en: frozenset[str]
    #: Words that people use for other things, from the training examples.
    common: frozenset[str] = field(default_factory=frozenset)

    def first(self, word: Word) -> bool:
        """Whether it is a first name, or a double one of which a part is known."""
        return any(part in self.first_names for part in (word.folded, *word.folded.split("-")))

    def particle(self, word: Word) -> bool:
        """Whether it may stand inside a surname ("van", "El")."""
        return word.folded in self.particles

    def refused(self, word: Word) -> bool:
        """Whether no person bears it."""
        if word.taken or any(letter.isdigit() or letter == "&" for letter in word.text):
            return True
        return not self.first(word) and (word.folded in self.never or self.place(word) or word.folded in self.companies)

    def place(self, word: Word) -> bool:
        """Whether it is a town or a country, or begins with one ("Charleroi-Sud")."""
        return word.folded in self.places or word.folded.partition("-")[0] in self.places

    def unusual(self, word: Word) -> bool:
        """Whether nothing else is called so, as far as is known."""
        return self.first(word) or not (self.refused(word) or word.folded in self.common or word.abbreviation)

    def like_a_person(self, name: Sequence[Word]) -> bool:
        """Whether words, none of them refused, would be taken for a person wherever they stand."""
        said = [word for word in name if not self.particle(word)]
        if any(self.first(word) for word in said):
            return len(said) > 1 or (said[0].capital and not said[0].abbreviation)
        return len(said) > 1 and all(word.capital and self.unusual(word) for word in said)

    def trimmed(self, name: list[Word]) -> list[Word]:
        """Without particles at the end ("Marie de")."""
        while name and self.particle(name[-1]) and not self.first(name[-1]):
            name = name[:-1]
        return name

    def company_like(self, word: Word) -> bool:
        """Whether a company may be called so without more: no place, no person, no word of every day."""
        if word.taken or word.folded in self.never or self.place(word) or self.first(word):
            return False
        return word.folded in self.companies or (word.capital and word.folded not in self.common)

    def language(self, words: Sequence[Word]) -> str | None:
        """The language whose words of grammar are more; None where they are as many."""
        french = sum(word.folded in self.function_fr for word in words)
        english = sum(word.folded in self.function_en for word in words)
        return None if french == english else "fr" if french > english else "en"


@lru_cache(maxsize=1)
def name_words() -> NameWords:
    """The lists of ``patterns/name_words.yml``."""
    lists: dict[str, Any] = yaml_files.read(PATTERNS / "name_words.yml")
    read = {name: frozenset(str(listed).split()) for name, listed in lists.items()}
    grammar = (read["function_fr"] | read["function_en"]) - read["particles"]
    return NameWords(**{**read, "never": read["never"] | grammar})


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """The words that stand in texts in small letters, but for first names."""
    lists = name_words()
    found = {word.folded for text in texts for word in words_of(text) if word.text.islower()}
    return frozenset(found - lists.first_names - lists.particles)


def run(words: Sequence[Word], text: str, at: int) -> list[Word]:
    """The words from a position on that only spaces part."""
    found: list[Word] = []
    for word in words[at : at + _LONGEST]:
        if found and text[found[-1].end : word.start].strip():
            break
        found.append(word)
    return found
