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
_FIRM = re.compile(r"\b(?:SA|S\.A\.|SRL|SPRL|NV|BV|BVBA|ASBL|VZW|Ltd|GmbH|Inc|SAS)\b\.?$")
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
        name = None if _FIGURE.search(_HEAD.sub("", words)) else people.given_name(_HEAD.sub("", words).strip(" .-–\t"))
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
    named = text[said.start("names") : said.end("names")] if said else ""
    listed = listed_people(named)
    if len(listed) == 1 and named[:1].islower() and len(named.split()) == 1 and not people.is_first(named.strip(" .!")):
        return []  # "1 attendee will be joining"
    return listed


def participants_in(turn: Turn) -> list[Json]:
    """The participants that a message names: announced, or two and more of them in a list or in a sentence."""
    if turn.pressed:
        return []
    # "Cell and gene therapy, the essentials" is nobody
    text = turn.without("course", "topic", "operator")
    announced = announced_people(text)
    if announced:
        return announced
    listed = _once(listed_people(text))
    if len(listed) > 1 and (len(listed) >= _MANY or all(len(one["name"].split()) > 1 for one in listed)):
        return listed
    named = list(dict.fromkeys(str(name) for name in turn.values("person")))
    whole = _once([{"name": people.capitalised(people.given_name(name) or name)} for name in named])
    if len(whole) > 1 and all(len(one["name"].split()) > 1 for one in whole):
        return whole
    return []


def _once(listed: list[Json]) -> list[Json]:
    """A list without those whose whole name follows ("Sofia, Sofia Rossi")."""
    names = [fold(one["name"]).split() for one in listed]
    return [
        one
        for at, one in enumerate(listed)
        if not any(
            at != other and len(names[at]) < len(longer) and set(names[at]) <= set(longer)
            for other, longer in enumerate(names)
        )
    ]


def may_leave(text: str) -> bool:
    """Whether a message gives up somebody's seat."""
    return bool(_LEAVES.search(fold(text)))


def leaving(text: str, names: list[str]) -> list[str]:
    """Those of the participants who do not come any more, where a message says so of them."""
    return mentioned(text, names) if may_leave(text) else []


def mentioned(text: str, names: list[str]) -> list[str]:
    """Those of some people whom a text names: whole, or the only one with that first name by it alone."""
    whole = [name for name in names if fold(name) in fold(text)]
    return whole or [one["name"] for one in _by_first_name(text, [{"name": name} for name in names])]


#: A seat is given up, rather than taken by somebody else.
_LEAVES = re.compile(
    r"\b(?:annul\w*|retir\w*|enlev\w*|supprim\w*|sans|"
    r"(?:ne )?(?:vient|viennent|viendra|viendront|sera|seront) (?:plus|pas)|"
    r"desist\w*|cancel\w*|"
    r"remov\w*|without|drop|(?:is|are)(?: not|n't) coming|(?:can'?t|cannot|won'?t) (?:come|make it))\b"
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


def replacing(text: str) -> str | None:
    """The whole name of whoever comes in somebody's place ("replace Anna Boel with Lotte De Vos"), or None."""
    said = _REPLACES.search(text)
    words = takewhile(lambda word: fold(word).strip(",.") not in _AFTER_A_NAME, said["new"].split()) if said else ()
    name = people.a_name(" ".join(words))
    return name if name and len(name.split()) > 1 else None


_REPLACES = re.compile(
    r"\b(?:replac\w*|remplac\w*|swap|substitu\w*)\b.{2,60}?\b(?:by|with|par|for)\s+"
    r"(?P<new>[^\W\d_][\w'’-]*(?: [\w'’-]+){1,3})",
    re.IGNORECASE,
)
#: Words after a name that are none of it.
_AFTER_A_NAME = words_of("please pls plz svp stp s'il thanks merci in for on at pour dans sur and et the it is")
#: A name that is written otherwise; "replace" brings somebody else.
RENAMES = re.compile(
    r"\b(?:chang\w*|corrig\w*|correct|rename|renomm\w*|modifi\w*) (?:aussi |also |the name |le nom |of |de )*"
    r"(?P<old>[\w'’-]+(?: [\w'’-]+)?) (?:to|into|en|par) (?P<new>[\w'’-]+(?: [\w'’-]+){0,2})",
    re.IGNORECASE,
)


def _respelt(text: str, named: list[Json], before: list[Json], listed: list[Json]) -> list[Json] | None:
    """Those on the seats with one name as it is spelt now ("Anna Peeters is misspelled, it's Hanna Peeters")."""
    known = {fold(one["name"]) for one in before}
    new = [one for one in named if fold(one["name"]) not in known]
    if len(new) != 1 or len(listed) > 1 or len(named) > 2 or not _CORRECTS.search(fold(text)):
        return None
    meant = [
        one
        for one in listed or before
        if people.alike(one["name"], new[0]["name"]) and len(one["name"].split()) == len(new[0]["name"].split())
    ]
    if len(meant) != 1 or (not listed and len(named) > 1):
        return None
    return [{**one, "name": new[0]["name"]} if one is meant[0] else one for one in before]


def spelt_otherwise(text: str, before: list[Json]) -> list[Json] | None:
    """Those on the seats with a name corrected that a message tells the first part of ("Nadia c'est El Amrany")."""
    meant = _by_first_name(text, before)
    if not meant or not _CORRECTS.search(fold(text)) or _INSTEAD.search(fold(text)):
        return None
    name = people.respelled(str(meant[0]["name"]), text)
    return [{**one, "name": name} if one is meant[0] else one for one in before] if name else None


#: A name is said to be another than it was written.
_CORRECTS = re.compile(
    r"\b(?:c'? ?est|cest|s'ecrit|s'appelle|orthograph\w*|spel\w*|mis-?spel\w*|it'?s|faute|erreur|corrig\w*|correct\w*|"
    r"wrong|mal ecrit\w*)\b"
)


def seated(named: list[Json], booking: Json, text: str) -> list[Json] | None:
    """Who sits on the seats then; None where it is not clear who leaves."""
    before = [{k: one[k] for k in ("name", "email") if one.get(k)} for one in booking["participants"]]
    listed = [one for one in before if fold(one["name"]) in fold(text)]
    respelt = _respelt(text, named, before, listed)
    if respelt:
        return respelt
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
