"""Reads the name that begins at, or ends before, a place in a message."""

from __future__ import annotations

from dataclasses import dataclass

from bot.nlu.name_words import JOINING, NameWords, Word, run

Span = tuple[int, int]
#: Legal forms that are words of every day when in small letters.
_CAPITALS_ONLY = frozenset(
    {"sa", "se", "sc", "ag", "kg", "nv", "bv", "ab", "oy", "sas", "inc", "corp", "limited", "sasu", "sca"}
)


@dataclass(frozen=True)
class Reader:
    """The words of one message and the lists they are judged by."""

    text: str
    words: list[Word]
    lists: NameWords

    def from_place(self, place: int) -> int:
        """The index of the first word at or after a position."""
        return next((i for i, word in enumerate(self.words) if word.start >= place), len(self.words))

    def adjoining(self, place: int, at: int) -> bool:
        """Whether nothing but spaces, a colon or quotes stands between a position and a word."""
        return at < len(self.words) and not self.text[place : self.words[at].start].strip(' :«»"“”\u00a0\u202f-')

    def opens(self, place: int) -> bool:
        """Whether a message or a sentence begins at a position, after a greeting perhaps."""
        before = self.text[:place].rstrip()
        last = self.words[self.from_place(place) - 1] if self.from_place(place) else None
        return not before or before[-1] in ',.;:!-\n…"«“(' or (last is not None and last.folded in _GREETINGS)

    def addressed(self, name: list[Word]) -> bool:
        """Whether it is somebody who is greeted or thanked ("Merci Marie")."""
        at = self.words.index(name[0]) - 1
        polite = any(word.folded in _GREETINGS | _THANKS for word in self.words[max(0, at - 1) : at + 1])
        return polite and not self.text[self.words[at].end : name[0].start].strip()

    def span(self, name: list[Word]) -> Span:
        """From the first to the last word."""
        return name[0].start, name[-1].end

    # -- people ------------------------------------------------------------------------------------------------------

    def person_at(self, at: int, small: bool = False) -> list[Word]:
        """The words of a name from an index on; in capitals, or with ``small`` in small letters too."""
        name: list[Word] = []
        for word in run(self.words, self.text, at):
            capital = word.capital or self.lists.particle(word) or (small and self._may_be_small(word, name))
            part = self.lists.particle(word) or self._inside(word, name)
            if not capital or (self.lists.refused(word) and not part):
                break
            name.append(word)
        name = self.lists.trimmed(name)
        return name if any(not self.lists.particle(word) or self.lists.first(word) for word in name) else []

    def _inside(self, word: Word, name: list[Word]) -> bool:
        """Whether a short word in capitals stands inside a name, where it means nothing else ("Aoife Ní Bhriain")."""
        after = self.words[self.words.index(word) + 1 :][:1]
        return bool(name and after) and word.capital and len(word.text) < 4 and after[0].capital and not word.taken

    def small_person_at(self, at: int) -> list[Word]:
        """A name in small letters with a first name that is known, up to the end of what is said."""
        name = self.person_at(at, small=True)
        known = any(self.lists.first(word) for word in name)
        unusual = all(self.lists.unusual(word) or self.lists.particle(word) for word in name[1:])
        ends = not name or not self.text[name[-1].end :].lstrip()[:1].isalnum()
        return name if known and unusual and ends else []

    def _may_be_small(self, word: Word, before: list[Word]) -> bool:
        """The first word after "je m'appelle" is a name whatever it is; further ones if they mean nothing else."""
        if before and before[0].capital:
            return False
        return not before or self.lists.unusual(word)

    def strong_person_at(self, at: int, alone: bool = False) -> list[Word]:
        """The same where it looks like a person's name; ``alone``: one unusual word in capitals will do."""
        name = self.person_at(at)
        while name and not self.lists.like_a_person(name):
            if alone and len(name) == 1 and self.lists.unusual(name[0]) and not name[0].abbreviation:
                return name
            name = self.lists.trimmed(name[:-1])
        return name

    def person_before(self, place: int) -> list[Word]:
        """The words of a name that end right before a position."""
        end = self.from_place(place)
        for start in range(max(0, end - 5), end):
            name = self.strong_person_at(start, alone=True)
            if name and name[-1] is self.words[end - 1] and not self.text[name[-1].end : place].strip():
                return name
        return []

    def and_more(self, name: list[Word]) -> list[list[Word]]:
        """The people who follow in the same list ("Tom De Smet, Ilse Claes et Ana Costa")."""
        found: list[list[Word]] = []
        while name:
            at = self.words.index(name[-1]) + 1
            between = self.text[name[-1].end : self.words[at].start].strip() if at < len(self.words) else "."
            if at < len(self.words) and self.words[at].folded in JOINING and between in ("", ","):
                at += 1
            elif between not in (",", ";", "/", "+"):
                break
            name = self.strong_person_at(at, alone=False)
            if name:
                found.append(name)
        return found

    def and_before(self, name: list[Word]) -> list[Word]:
        """The person named before in the same list ("Luc and Sofie")."""
        at = self.words.index(name[0]) - 1
        joined = at > 0 and self.words[at].folded in JOINING
        return self.person_before(self.words[at].start) if joined else []

    # -- companies ---------------------------------------------------------------------------------------------------

    def is_legal_form(self, word: Word) -> bool:
        """Whether the word is "SA", "Ltd", …"""
        form = word.folded.rstrip(".")
        return form in self.lists.legal_forms and (word.capital or form not in _CAPITALS_ONLY)

    def company_at(self, at: int, small: bool = False, operators: bool = False) -> list[Word]:
        """The words of a company's name from an index on."""
        name: list[Word] = []
        for word in run(self.words, self.text, at):
            free = not word.taken or (operators and word.operator)
            legal = bool(name) and self.is_legal_form(word)
            joins = bool(name) and word.folded in self.lists.company_joins
            first_small = not name and (word.operator or (small and self._may_name_a_company(word)))
            if not free or not (word.capital or word.text[:1].isdigit() or legal or joins or first_small):
                break
            if not name and not word.taken and word.folded in self.lists.never:
                break
            if name and word.capital and not legal and not name[0].capital:
                break
            name.append(word)
            if legal:
                break
        if not any(letter.isalpha() for word in name for letter in word.text):
            return []
        while name and name[-1].folded in self.lists.company_joins and not self.is_legal_form(name[-1]):
            name.pop()
        return name

    def _may_name_a_company(self, word: Word) -> bool:
        return self.lists.unusual(word) or word.folded in self.lists.companies

    def strong_company_at(self, at: int, alone: bool) -> list[Word]:
        """The same where it is a known company, has its legal form or (``alone``) an unusual name."""
        name = self.company_at(at)
        known = name and (name[0].folded in self.lists.companies or self.is_legal_form(name[-1]))
        return name if known or (alone and name and self.lists.company_like(name[0])) else []

    def companies_by_form(self) -> list[list[Word]]:
        """Every company named with its legal form, before it ("Biolys SRL") or after it ("SRL Labo du Sud")."""
        found = []
        for i, word in enumerate(self.words):
            if self.is_legal_form(word):
                name = self._company_until(i)
                if len(name) < 2 and word.capital and self.company_at(i + 1):
                    name = [word, *self.company_at(i + 1)]
                if len(name) > 1:
                    found.append(name)
        return found

    def _company_until(self, last: int) -> list[Word]:
        name = [self.words[last]]
        for word in reversed(self.words[max(0, last - 5) : last]):
            small = len(name) == 1 and self.lists.unusual(word)
            named = (word.capital or small) and not (self.opens(word.start) and word.folded in self.lists.common)
            joins = word.folded in self.lists.company_joins and len(name) > 1
            apart = self.text[word.end : name[0].start].strip()
            if apart or word.taken or not (named or joins) or (word.folded in _NO_COMPANY and not joins):
                break
            name.insert(0, word)
        while name and name[0].folded in self.lists.company_joins:
            name.pop(0)
        return name


def bare_parts(reader: Reader) -> list[list[Word]] | None:
    """The message cut at commas and "and"; None where anything else stands between its words."""
    parts: list[list[Word]] = [[]]
    place = 0
    for i, word in enumerate(reader.words):
        between = reader.text[place : word.start].strip()
        within = word.taken and i > 0 and reader.words[i - 1].taken  # the signs of an address
        if between.strip(",;/+.-:()") and not within:
            return None
        if word.taken or word.folded in JOINING or (between and between != "."):
            parts.append([])
        if not word.taken and word.folded not in JOINING:
            parts[-1].append(word)
        place = word.end
    return None if reader.text[place:].strip(" .,!\n") else [part for part in parts if part]


_GREETINGS = frozenset(
    {"bonjour", "bonsoir", "salut", "hello", "hi", "hey", "allo", "coucou", "oui", "yes", "non", "no"}
)
_THANKS = frozenset({"merci", "thanks", "thank", "dear", "cher", "chere", "bye", "ciao", "revoir", "goodbye", "bravo"})
_NO_COMPANY = frozenset(
    {"pour", "for", "de", "chez", "la", "societe", "company", "firme", "entreprise", "the", "a", "notre", "our"}
)
