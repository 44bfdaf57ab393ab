"""The people who will sit on the seats, as they are typed, pasted or announced: not the one who books for them."""

from __future__ import annotations

import re
from itertools import takewhile

from bot.actions.bookings import people
from bot.actions.turn import Turn
from bot.nlu.spans import fold, words_of
from bot.service import Json

#: Between people who are named in a list.
_BETWEEN = re.compile(r"[\n;,•]+|\s+(?:et|and|&)\s+", re.IGNORECASE)
_ADDRESS = re.compile(r"<?\(?([\w.+-]+@[\w-]+(?:\.[\w-]+)+)\)?>?")
#: What stands before a list, or before a place in it.
_HEAD = re.compile(r"^(?:.*?:|\s*\d+\s*[.)-]|\s*[-*–])\s*", re.DOTALL)
#: A company by its legal form, and what has a number in it.
_FIRM = re.compile(r"\b(?:SA|S\.A\.|SRL|SPRL|NV|BV|BVBA|ASBL|VZW|Ltd|GmbH|Inc|SAS)\b\.?$", re.IGNORECASE)
_FIGURE = re.compile(r"\d")
#: People announced as those who come.
_ANNOUNCED = re.compile(
    r"\b(?:participante?s?|attendees?|stagiaires?|inscrite?s?|"
    r"(?:leurs? |their |the |les )?(?:noms|names)(?: (?:des|of the) (?:participants|people|personnes))?)"
    r"(?:(?: ?:| (?:is|are|est|sont|sera|seront|will be|ce sera|ce seront|s'appellent?))\s*:?)\s*(?P<names>.+)$",
    re.DOTALL,
)
#: In place of somebody.
_INSTEAD = re.compile(r"\b(?:au lieu|a la place|remplac\w*|instead|replac\w*|by|swap\w*)\b")
#: From so many on, names of one word are a list too ("Ann, Bob, Cem").
_MANY = 3


def listed_people(text: str) -> list[Json]:
    """The people of a list that was typed or pasted: ``{name, email?}``, one a line or between commas.

    A text that is no list of names gives an empty one.
    """
    found: list[Json] = []
    for part in _BETWEEN.split(text):
        address = _ADDRESS.search(part)
        words = _ADDRESS.sub(" ", part)
        name = people.given_name(_HEAD.sub("", words).strip(" .-–\t"))
        if name and _FIRM.search(name):
            continue  # who pays sits on no seat
        if not name and words.strip():
            if len(found) > 1 and _FIGURE.search(words):
                continue  # "…, bon de commande BC-2026-0457"
            if found or address:
                return []
            continue
        if name:
            found.append({"name": name, **({"email": address[1].lower()} if address else {})})
    return found


def announced_people(text: str) -> list[Json]:
    """Those whom a message calls participants ("the participants are …"), be it one."""
    said = _ANNOUNCED.search(fold(text))
    return listed_people(text[said.start("names") : said.end("names")]) if said else []


def participants_in(turn: Turn) -> list[Json]:
    """The participants that a message names: announced, or two and more of them in a list or in a sentence."""
    if turn.pressed:
        return []
    # "Cell and gene therapy, the essentials" is nobody
    text = turn.without("course", "topic", "operator")
    announced = announced_people(text)
    if announced:
        return announced
    listed = listed_people(text)
    if len(listed) > 1 and (len(listed) >= _MANY or all(len(one["name"].split()) > 1 for one in listed)):
        return listed
    named = list(dict.fromkeys(str(name) for name in turn.values("person")))
    if len(named) > 1 and all(len(name.split()) > 1 for name in named):
        return [{"name": people.capitalised(name)} for name in named]
    return []


def may_leave(text: str) -> bool:
    """Whether a message gives up somebody's seat."""
    return bool(_LEAVES.search(fold(text)))


def leaving(text: str, names: list[str]) -> list[str]:
    """Those of the participants who do not come any more, where a message says so of them."""
    return [name for name in names if fold(name) in fold(text)] if may_leave(text) else []


#: A seat is given up, rather than taken by somebody else.
_LEAVES = re.compile(
    r"\b(?:annul\w*|retir\w*|enlev\w*|supprim\w*|sans|(?:ne )?(?:vient|viendra|sera) (?:plus|pas)|desist\w*|cancel\w*|"
    r"remov\w*|without|drop|(?:is|are)(?: not|n't) coming|(?:can't|cannot|won't) (?:come|make it))\b"
)


def _by_first_name(text: str, before: list[Json]) -> list[Json]:
    """The one participant whose first name a text has, where no other is called so."""
    words = set(re.findall(r"[\w'’-]+", fold(text)))
    found = [one for one in before if fold(one["name"].split()[0]) in words]
    return found if len(found) == 1 else []


def renamed(text: str, names: list[str]) -> list[str] | None:
    """The names with the one that is spelt otherwise from now on ("change Jon to John"); None where none is."""
    said = RENAMES.search(text)
    if not said:
        return None
    old = said["old"]
    new = " ".join(takewhile(lambda word: fold(word) not in _AFTER_A_NAME, said["new"].split()))
    if not new:
        return None
    for place, name in enumerate(names):
        words = name.split()
        named = any(fold(word) == fold(old) for word in words) or fold(name) == fold(old)
        spelt = " ".join(new if fold(word) == fold(old) else word for word in words)
        whole = name if not named else new if len(new.split()) > 1 or fold(name) == fold(old) else spelt
        if whole != name:
            return [*names[:place], people.capitalised(whole), *names[place + 1 :]]
    return None


#: Words after a name that are none of it.
_AFTER_A_NAME = words_of("please pls plz svp stp s'il thanks merci in for on at pour dans sur and et the it is")
#: A name that is written otherwise; "replace" brings somebody else.
RENAMES = re.compile(
    r"\b(?:chang\w*|corrig\w*|correct|rename|renomm\w*|modifi\w*) (?:aussi |also |the name |le nom |of |de )*"
    r"(?P<old>[\w'’-]+(?: [\w'’-]+)?) (?:to|into|en|par) (?P<new>[\w'’-]+(?: [\w'’-]+){0,2})",
    re.IGNORECASE,
)


def seated(named: list[Json], booking: Json, text: str) -> list[Json] | None:
    """Who sits on the seats then; None where it is not clear who leaves."""
    before = [{k: one[k] for k in ("name", "email") if one.get(k)} for one in booking["participants"]]
    listed = [one for one in before if fold(one["name"]) in fold(text)]
    leaving = (listed or _by_first_name(text, before)) if _INSTEAD.search(fold(text)) else []
    short = {fold(one["name"].split()[0]) for one in leaving}
    known = {fold(one["name"]) for one in before} | short
    coming = [one for one in named if fold(one["name"]) not in known]
    if leaving and coming:
        return [*(one for one in before if one not in leaving), *coming]
    if listed and coming and not leaving and len(named) > 1:  # the whole team again, with who is new
        return [*listed, *coming]
    if len(coming) == booking["seats"] or (booking["seats"] == 1 and len(coming) == 1):
        return coming
    if coming and len(before) + len(coming) <= booking["seats"]:
        return [*before, *coming]
    return coming if len(coming) > booking["seats"] else None
