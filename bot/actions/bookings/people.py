"""Names as people give and correct them: whole, in parts, spelled otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.actions import subjects
from bot.actions.bookings.words import has, reserved
from bot.nlu.name_words import name_words
from bot.nlu.spans import fold

#: Words of a name, and letters.
MOST_WORDS, MOST_LETTERS = 6, 80
#: From which likeness on a word is another spelling of one that is known.
LIKE = 0.7

_NAME = re.compile(r"[^\W\d_](?:[\w'’.-]*[^\W_.]|\.)?(?: [^\W\d_](?:[\w'’.-]*[^\W_.]|\.)?)*")
_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-'’][^\W\d_]+)*")
_SIGNS = ' \t\n,;:!.=«»"“”()-–'
#: What may stand before a name that was asked for.
_BEFORE = re.compile(
    r"^(?:(?:non|no|oui|yes|ok|okay|ah|oh|euh|pardon|sorry|desolee?|attend[sz]?|attendez|wait|bonjour|hello|hi|salut|"
    r"alors|voila|well|so|bien sur|sure|of course|reservez|book it|book|mettez|put it|put|notez|avec plaisir|d'accord)"
    r"[ ,.!:;]+)*"
    r"(?:(?:je m'? ?ap+el+e?|jm'? ?ap+el+e?|je me nomme|je suis|moi c'? ?est|moi[- ]meme|moi|c'? ?est|cest|ce sera|"
    r"ca sera|i ?'?a?m|it'?s|it is|that'?s|(?:it|that)(?: woul|')d be|this is|you can call me|call me|appelez[- ]moi|"
    r"myself|(?:you can|you may|vous pouvez|tu peux) (?:put|use|write|note|mettre|noter|ecrire|inscrire)|"
    r"(?:the (?:booking|quote|seat|place)|la (?:reservation|place)|le devis) (?:is|goes|est|sera|c'? ?est)|"
    r"(?:c'? ?est |it'?s )?(?:au|a|under|in) (?:the |le )?(?:nom|name)(?: d[eu']| of)?|under|"
    r"(?:mon |le |my |the )?(?:nom complet|full name|nom et prenom|prenom et nom|name|nom|prenom|first name|last name|"
    r"surname)(?: de famille)?(?: c'? ?est| est|'?s| is| sera)?|pour|for)(?:[ :,]+|(?<=')))*"
)
_AFTER = re.compile(
    r"[ ,.!]+(?:merci(?: beaucoup| bien)?|svp|stp|s'il (?:vous|te) plait|please|pls|thanks?(?: you)?|alors|voila|"
    r"in full|(?:c'? ?est|cest|is|est) (?:mon|my|le|the) "
    r"(?:nom(?: de famille)?|name|prenom|last name|surname|first name)|"
    r"(?:as|like|just as) (?:it is )?(?:on|in) (?:my|the) [\w' ]+|"
    r"comme (?:sur|dans|ecrit sur) (?:ma|mon|la|le) [\w' ]+|"
    r"ici|here)[ .!]*$"
)
#: A name announced as one, wherever it stands in a booking; which part of it.
_ANNOUNCED = re.compile(
    r"(?:je m'? ?ap+el+e?|jm'? ?ap+el+e?|je me nomme|au nom de|a(?:u)? nom d'|in the name of|under the name(?: of)?|"
    r"call me|appelez[- ]moi|(?P<first>(?:mon |le |my |the )?(?:prenom|first name|given name))|"
    r"(?P<family>(?:mon |le |my |the )?(?:nom de famille|surname|last name|family name))|"
    r"(?:mon |le |my |the )?(?:nom complet|full name|nom|name))"
    r"(?: ?(?:c'? ?est|est|is|'s|should be|devrait etre|:|=|to|en|plutot|actually|in fact|sera))* ?[:,]? +"
    r"(?P<name>.+)$"
)
_ANNOUNCED_AFTER = re.compile(
    r"^(?P<name>.+?)[ ,]+(?:c'? ?est|cest|is|est) (?:mon|my) "
    r"(?:(?P<family>nom de famille|last name|surname|family name)|(?P<first>prenom|first name)|nom|name)\b"
)
#: Particles that begin with a capital ("Ben Salem", "El Amrani").
_CAPITAL = frozenset({"ben", "el", "al", "bin", "bint", "ould"})
_MORE_THAN_A_NAME = re.compile(r"\s+(?:et|and)\s+(?:son|sa|mon|ma|l'|le|la|his|her|my|the|e-?mail)\b|[\s,;]+\S+@")
#: Words drawn together that are said of a name and are none: "c'est", "s'appelle", "I'm", "that'd".
_NOT_IN_A_NAME = re.compile(
    r"(?:c|s|j|t|m|n|l|qu)['’](?:est|etai|ap+el|ecri|ai\b|no[mt]).*|(?:i|it|that|he|she)['’](?:m|s|d|ll)"
    r"|.+-(?:moi|nous|toi|vous)"  # "inscrivez-moi"
)
#: What a name is talked about with.
_ABOUT_A_NAME = re.compile(
    r"\b(?:nom|prenom|name|ap+el\w*|called|ortho\w*|mis-?spel\w*|spel+\w*|frappe|typo|s'ecri\w*|ecrit)\b"
)
#: A particle stays as people write it.
_ELIDED = re.compile(r"^([dol])['’](?=\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """A name, and which part of one (``first``, ``family``) where that was said."""

    name: str
    part: str | None = None


def given_name(text: str, person: str | None = None) -> str | None:
    """The name that a message gives where a name was asked for.

    Args:
        person: what was read as somebody's name; taken where it is a whole one, however it is led to.
    """
    folded = fold(text).rstrip(_SIGNS)
    after = _AFTER.search(folded)
    end = after.start() if after else len(folded)
    before = _BEFORE.match(folded[:end])
    start = before.end() if before else 0
    return a_name(text[start:end]) or a_name(_behind_a_word(text)) or _standing_out(text) or _whole(person)


def _behind_a_word(text: str) -> str:
    """What follows one small word that is no part of a name, or a slip in one: "msyelf Rosie Novak"."""
    first, _, rest = text.strip(_SIGNS).partition(" ")
    words = [word for word in rest.split() if fold(word) not in name_words().particles]
    led = first.islower() and fold(first) not in name_words().particles and not _first(fold(first))
    return rest if led and len(words) > 1 and all(word[0].isupper() for word in words) else ""


def _whole(person: str | None) -> str | None:
    """A person's name of two words or more, each with its capital."""
    words = (person or "").split()
    capitals = [word for word in words if word[0].isupper()]
    return a_name(str(person)) if len(capitals) > 1 else None


def announced_name(text: str) -> Named | None:
    """The name that a message announces as one ("mon nom c'est …", "… is my name")."""
    folded = fold(text)
    for pattern in (_ANNOUNCED_AFTER, _ANNOUNCED):
        found = pattern.search(folded)
        if not found:
            continue
        start, end = found.span("name")
        more = _MORE_THAN_A_NAME.search(folded, start, end)  # "… and his mail is …"
        end = more.start() if more else end
        raw = text[start:end]
        after = _AFTER.search(folded[start:end].rstrip(_SIGNS))
        name = a_name(_without_lead(raw[: after.start()] if after else raw), alone=True)
        if name and raw[:1].islower() and len(name.split()) == 1 and _standing_out(text):
            continue  # "Anna Okafor is how the name is spelled"
        if name:
            part = "family" if found["family"] else "first" if found["first"] else None
            return Named(name, None if _BOTH.search(folded) else part)
    standing = _standing_out(text) if _ABOUT_A_NAME.search(folded) else None
    return Named(standing) if standing else None


#: The name is announced as the whole of it.
_BOTH = re.compile(
    r"\b(?:prenom (?:et|ou|/) (?:(?:le|mon|un) )?nom|nom (?:et|/) (?:(?:le|mon|un) )?prenom|"
    r"first (?:name )?(?:and|/) (?:my |the )?(?:last|family|surname)|(?:last|family) name (?:and|/) first)\b"
)


def _without_lead(text: str) -> str:
    """A text without "c'est" or "I'm" before the name."""
    before = _BEFORE.match(fold(text))
    return text[before.end() :] if before else text


def _standing_out(text: str) -> str | None:
    """The only name that stands out by its capitals among other words, with a first name that is known."""
    particles, runs, run = name_words().particles, [], []  # type: ignore[var-annotated]
    for word in [*re.findall(r"[^\W\d_][\w'’-]*\w|[^\w\s]", text), "."]:
        if word[0].isupper() or (run and fold(word) in particles):
            run.append(word)
            continue
        runs += [run] if len(run) > 1 else []
        run = []
    found = [tuple(run) for run in runs if (_first(fold(run[0])) or _led(text, run)) and run[-1][0].isupper()]
    return a_name(" ".join(found[0])) if len(set(found)) == 1 else None


def _led(text: str, run: list[str]) -> bool:
    """Whether words with capitals that end a text are led to as somebody's name: "make it out to Imran Baker"."""
    before, _, after = text.partition(" ".join(run))
    led = _LEADS_TO_A_NAME.search(fold(before)) and not _OF_A_FIRM.search(fold(before))
    return bool(led) and not after.strip(_SIGNS) and not all(_usual(word) for word in run)


_LEADS_TO_A_NAME = re.compile(
    r"\b(?:names?|noms?)\b.*$|\bout to $|\bin(?:to)? the name of $|\b(?:for|pour) (?:my|our|ma|mon|notre) \w+,? $|"
    r"\b(?:under|mettez|put|note[rz]?|book(?:ed)? (?:for|as)|reservez (?:pour|au nom de)) $"
)
_OF_A_FIRM = re.compile(r"\b(?:compan\w+|entreprise|societe|boite|firme?|employ\w+|business|labo\w*)\b")


def a_name(text: str, alone: bool = False) -> str | None:
    """A text that is only a name, with its capitals, or None.

    Args:
        alone: it was announced as a name, so that words of every day may be one.
    """
    text = " ".join(text.strip(_SIGNS).split())
    if not text or len(text) > MOST_LETTERS or len(text.split()) > MOST_WORDS or not _NAME.fullmatch(text):
        return None
    lists = name_words()
    words = [fold(word).strip(".") for word in text.split()]
    if any(_NOT_IN_A_NAME.fullmatch(word) for word in words):
        return None
    small = [one for one in text.split() if one[0].islower() and fold(one) not in lists.particles]
    if small and sum(one[0].isupper() for one in text.split()) > 1 and not _first(fold(small[0])):
        return None  # "myself Anna Okafor", "La personne Luc Petit"
    known = [_first(word) for word in words]
    said = [(word, first) for word, first in zip(words, known, strict=True) if word not in lists.particles]
    if not said:
        return None
    capitals = len(said) > 1 and all(word[0].isupper() for word in text.split() if fold(word) not in lists.particles)
    if any(not first and (word in reserved() or (word in lists.never and not capitals)) for word, first in said):
        return None
    everyday = subjects.everyday_words()
    if len(said) == 1 and _ELIDED.match(said[0][0]) and said[0][0][2:] in everyday:
        return None  # "d'accord"
    usual = [not first and word in everyday for word, first in said]
    if not alone and not capitals and (all(usual) or (any(usual) and not any(known))):
        return None
    return capitalised(text)


def is_first(name: str) -> bool:
    """Whether it is a first name that is known."""
    return _first(fold(name))


def _first(word: str) -> bool:
    return any(part in name_words().first_names for part in (word, *word.split("-")))


def capitalised(name: str) -> str:
    """A name written all in small letters with its capitals; particles and everything else as people write it."""
    if any(letter.isupper() for letter in name):
        return name
    particles = name_words().particles - _CAPITAL
    words = name.split()
    return " ".join(
        word if at and word in particles and at < len(words) - 1 else "-".join(map(_capital, word.split("-")))
        for at, word in enumerate(words)
    )


def _capital(word: str) -> str:
    elided = _ELIDED.match(word)
    if elided:
        return word[0].upper() + word[1] + word[2:3].upper() + word[3:]
    return word[:1].upper() + word[1:]


def completed(first: str, given: str) -> str:
    """A name of which a part was given before: "Paul", then "Triest" or "Paul Triest"."""
    return given if fold(first) in fold(given).split() else f"{first} {given}"


def with_part(name: str, named: Named) -> str:
    """A name of which a part is given anew: the first name, or what comes after it."""
    first, _, family = name.partition(" ")
    if len(named.name.split()) > 1 and named.part is None:
        return named.name
    if named.part == "first":
        return f"{named.name} {family}".strip()
    if named.part is None and not family:
        return completed(name, named.name) if not alike(named.name, name) else named.name
    if named.part is None and alike(named.name, first) and not alike(named.name, family):
        return f"{named.name} {family}".strip()
    return f"{first} {named.name}"


def alike(one: str, other: str) -> bool:
    """Whether two words may be spellings of the same name."""
    return likeness(one, other) >= LIKE


def likeness(one: str, other: str) -> float:
    """From 0 to 1."""
    return SequenceMatcher(None, fold(one), fold(other)).ratio()


def respelled(name: str, text: str) -> str | None:
    """A known name with one of its words spelled as in the message, where the message is about that.

    "Vandenbroecke avec un e à la fin", "you wrote X but it is Y", "en deux mots : ben salem".
    """
    said = _WORD.findall(text)
    parts = name.split()
    tried: list[tuple[float, int, int, str]] = []
    for at, part in enumerate(parts):
        for i, word in enumerate(said):
            pair = " ".join(said[i : i + 2])
            if len(said[i : i + 2]) == 2 and fold(pair).replace(" ", "") == fold(part):
                tried.append((1.0, at, at, pair))
            if word != part and fold(word) not in name_words().never - set(map(fold, parts)) and len(word) > 1:
                score = likeness(word, part)
                if fold(word) == fold(part):
                    if word.casefold() == part.casefold():
                        continue  # the same word again
                    score = 0.99  # its accents
                elif any(fold(word) == fold(other) for other in parts) or _usual(word):
                    continue
                if score >= LIKE:
                    tried.append((score, at, at, word))
        if at + 1 < len(parts):  # "Ben Salem" is written in one word
            joined = fold(part + parts[at + 1])
            tried += [(1.0, at, at + 1, word) for word in said if fold(word) == joined]
    if not tried:
        return None
    _, first, last, word = max(tried, key=lambda one: (one[0], len(one[3])))
    return " ".join([*parts[:first], capitalised(word), *parts[last + 1 :]])


def _usual(word: str) -> bool:
    """Whether a word is one of every day, and so no other spelling of a name."""
    folded = fold(word)
    return folded in reserved() or (folded in subjects.everyday_words() and not _first(folded))


def about_spelling(text: str) -> bool:
    """Whether a message tells how something is written, without writing it."""
    return has(text, "written")
