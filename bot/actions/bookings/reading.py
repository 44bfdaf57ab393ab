"""What a message means inside a booking.

One place decides, from what was asked and what is known, what a message is: data for a field (the one that was asked or
another, new or corrected), a wish to change a field, a question, a yes, a no, a wish to wait or to stop. The form acts
on the reading and never looks at the words again.

A yes books and a stop lets a seat go: both are read only where a message says that and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.actions.bookings import mailboxes, people, picking, telling
from bot.actions.bookings.cancelling import is_kept
from bot.actions.bookings.participants import participants_in, seated, spelt_otherwise
from bot.actions.bookings.words import has, only, plain
from bot.actions.turn import Turn
from bot.nlu.addresses import unsure
from bot.nlu.spans import fold, words_of

NAME, EMAIL, SESSION, SEATS, CONFIRM = "contact_name", "contact_email", "session_id", "seats", "booking_confirmed"
PEOPLE = "booking_people"
#: A word that changes a number, also in a question.
_CHANGES = re.compile(r"\b(?:chang\w+|modif\w+|corrig\w+|correct|update|fix|make (?:it|that)|mett\w+|passe[rz]?)\b")
#: The fields that a person may change, each with the words that name it.
FIELDS = {EMAIL: "of_email", NAME: "of_name", SESSION: "of_date", SEATS: "of_seats"}
#: The same on buttons.
BUTTONS = {"name": NAME, "email": EMAIL, "date": SESSION, "seats": SEATS}
#: Intents of messages that may be nothing but data.
_OPEN = frozenset({"inform", "out_of_scope", "nlu_fallback", "affirm", "greet", "book_session", "confirm_booking"})
#: Intents of wishes to stop, when the words alone do not say it.
_LEAVING = frozenset({"cancel_booking", "deny", "decline_offer"})
_UNSURE, _SURE = 0.6, 0.8
#: Words of an agreement at most.
SHORT = 8
_COUNTS = words_of(
    "1:un 1:une 1:one 1:a 1:an 1:another 1:autre 2:deux 2:two 3:trois 3:three 4:quatre 4:four 5:cinq 5:five 6:six "
    "7:sept 7:seven 8:huit 8:eight 9:neuf 9:nine 10:dix 10:ten"
)
_COUNT: dict[str, int] = {word: int(count) for count, _, word in (pair.partition(":") for pair in _COUNTS)}
_MORE = re.compile(
    r"\b(?:ajout\w*|rajout\w*|add|adding|bring)(?: (?:encore|juste|aussi|just|also|in|une?(?= autre)))? "
    rf"(?P<count>\d{{1,2}}|{'|'.join(_COUNT)})(?: (?:more|other|extra|autres?))?"
    r"(?: (?:personnes?|places?|people|persons?|seats?|collegues?|colleagues?|participants?|amie?s?|friends?)\b|$)"
    rf"|\b(?P<more>\d{{1,2}}|{'|'.join(_COUNT)})(?: (?:personnes?|places?|people|persons?|seats?))? "
    r"(?:de plus|en plus|supplementaires?|more|extra)\b"
)
_LESS = re.compile(
    rf"\b(?:enleve\w*|retire\w*|remove|drop) (?P<count>\d{{1,2}}|{'|'.join(_COUNT)})"
    r"(?: (?:personnes?|places?|people|persons?|seats?|collegues?|colleagues?|participants?)\b|$)"
    rf"|\b(?P<more>\d{{1,2}}|{'|'.join(_COUNT)})(?: (?:personnes?|places?|people|persons?|seats?))? "
    r"(?:de moins|en moins|less|fewer)\b"
)


#: Nobody but who writes; and a number that is said of how many there are.
_ALONE = re.compile(
    r"\b(?:que|juste|seulement|uniquement|rien que|just|only) (?:pour |for )?(?:moi|me|myself)\b"
    r"|\bmoi(?: meme)? (?:toute? )?(?:seule?|seulement|uniquement)\b"
    r"|\b(?:je|j|m inscris|viens|suis|serai) (?:y )?(?:vais |viens |suis |serai )?(?:toute? )?seule?\b"
    r"|\b(?:by myself|on my own|(?:une|a|one) (?:seule |single )(?:place|personne|seat|person))\b"
)
#: One place or person, and nothing else.
_JUST_ONE = re.compile(r"(?:(?:pour|for|c est|it s) )?(?:une?|one|a) (?:place|personne|participante?|seat|person)")
_NOT_ALONE = re.compile(r"\b(?:et|and|avec|with|plus|pas|not|sauf|except|nous|us|we)\b")
#: A no, and at once how many.
_NO_SO_MANY = re.compile(
    r"(?:non|no|nope)(?: pas \d+| not \d+)?(?: (?:sorry|pardon|plutot|rather|mais|but))? "
    r"\d{1,2} (?!h\b|euros?\b|am\b|pm\b)[a-z]+"
)
#: "The total is now 1".
_TOTAL = re.compile(r"\b(?:total|headcount|effectif)\b")
#: "Mettez 2": so many, whatever else is said.
_PUTS = re.compile(
    r"\b(?:mett\w+|mets|passe[rz]?(?: a)?|make it|put|change (?:it )?to) (?P<count>\d{1,2})"
    r"(?: (?:svp|stp|please|alors|then))?$"
)
_COUNTED = re.compile(r"\b(?:compt\w+|nombre|chiffre|combien|number|count\w*|miscount\w*)\b")


class Kind(Enum):
    """What a message is inside a booking."""

    VALUES = "values"
    UNSURE_EMAIL = "unsure_email"
    FIRST_NAME = "first_name"
    FIELD = "field"
    ABOUT = "about"
    WHY = "why"
    YES = "yes"
    NO = "no"
    WAIT = "wait"
    UNDO = "undo"
    STOP = "stop"
    END = "end"
    GO_ON = "go_on"
    SPLIT = "split"
    QUESTION = "question"
    OTHER = "other"


@dataclass(frozen=True)
class SoFar:
    """What the form knows when a message comes.

    Attributes:
        asked: the field that was asked last, None where the booking only begins.
        pending: what was asked beside the fields (``kind``: `field`, `change`, `email`, `name`, `full`).
        people: who sits on the seats, as far as they were named.
        free: nothing is to be paid, so that any clear agreement books.
    """

    asked: str | None = None
    name: str | None = None
    email: str | None = None
    seats: int | None = None
    held: bool = False
    session: str | None = None
    pending: dict[str, Any] = field(default_factory=dict)
    people: list[dict[str, Any]] | None = None
    free: bool = False

    def waits_for(self, kind: str) -> bool:
        """Whether the last question was of this kind."""
        return self.pending.get("kind") == kind


@dataclass(frozen=True)
class Reading:
    """A message, read.

    Attributes:
        values: field → value, for `VALUES`; the e-mail that is not sure is in `options`.
        name: the field that is to be changed, or what a question is about.
        options: what an unsure e-mail address may be, the likeliest first.
    """

    kind: Kind
    values: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    options: tuple[str, ...] = ()


def read(turn: Turn, so_far: SoFar) -> Reading:
    """What the message means."""
    if turn.pressed:
        return _pressed(turn)
    if turn.intent == "talk_to_human" and turn.confidence >= _UNSURE and not people.announced_name(turn.text):
        return Reading(Kind.QUESTION)  # no wish for time, and "a person" is no number of seats
    return _set_phrase(turn, so_far) or _data(turn, so_far) or _wish(turn, so_far)


def _pressed(turn: Turn) -> Reading:
    chosen = turn.first("booking_field")
    if chosen == Kind.SPLIT.value:
        return Reading(Kind.SPLIT)
    if chosen in BUTTONS:
        return Reading(Kind.FIELD, name=BUTTONS[str(chosen)])
    values = _entities(turn, email=True, name=True)
    if values:
        return Reading(Kind.VALUES, values)
    if turn.intent == "deny":
        return Reading(Kind.STOP)
    if turn.intent in ("affirm", "confirm_booking"):
        return Reading(Kind.YES)
    return Reading(Kind.QUESTION)


def _set_phrase(turn: Turn, so_far: SoFar) -> Reading | None:
    """A message that consists of set phrases only: what books, lets go or ends must not say anything else."""
    text = turn.text
    if only(text, "go_on", "polite", "yes", all_of=("go_on",)):  # also put as a question: "can we continue?"
        return Reading(Kind.GO_ON)
    if so_far.asked == SESSION and not so_far.held and turn.first("course") and _books(text):
        return Reading(Kind.GO_ON)  # the same wish again, or another course: its dates are shown
    if picking.asks(turn):
        return None
    if so_far.asked and is_kept(text):
        return Reading(Kind.GO_ON)
    meant = _meant_email(turn, so_far)
    if meant:
        return Reading(Kind.VALUES, {EMAIL: meant})
    if only(text, "stop", "no", "polite", "stopping_filler", all_of=("stop",)):
        return Reading(Kind.STOP)
    agrees = only(text, "yes", "polite", all_of=("yes",))
    if not agrees and only(text, "end", "polite", "yes", "no", all_of=("end",)):
        return Reading(Kind.END)
    if so_far.asked is None or (turn.first("seats") is not None and so_far.asked == SEATS):
        return None
    if agrees and so_far.asked == CONFIRM and has(text, "thanks") and not has(text, "firm_yes"):
        return Reading(Kind.GO_ON)  # "ok, thanks" ends a conversation as often as it orders something
    if agrees and so_far.asked == CONFIRM and turn.hesitates:
        return Reading(Kind.GO_ON)  # "yes but is it refundable?": that is answered, and then it is asked again
    if agrees:
        return _yes(so_far)
    if so_far.pending.get("parts") and has(text, "splitting"):
        return Reading(Kind.SPLIT)
    if so_far.waits_for("change") and only(text, "nothing", "no", "polite", all_of=("nothing",)):
        return Reading(Kind.GO_ON)
    if only(text, "no", "polite", all_of=("no",)):
        return _no(so_far)
    if only(text, "waiting", "later", "polite", "yes", "no", all_of=("waiting",)):
        return Reading(Kind.WAIT)
    return None


def _books(text: str) -> bool:
    return has(text, "books_me") or has(text, "books")


def _meant_email(turn: Turn, so_far: SoFar) -> str | None:
    """The one of two addresses whose provider is said ("yes, it's gmail")."""
    if not so_far.waits_for("email") or turn.first("email") or "@" in turn.text or has(turn.text, "no"):
        return None
    places = [str(one) for one in turn.values("reference")]
    options = so_far.pending.get("options") or []
    if len(places) == 1 and places[0].isdigit() and 0 < int(places[0]) <= len(options):
        return str(options[int(places[0]) - 1])
    said = set(plain(turn.text).split())
    named = [
        option
        for option in so_far.pending.get("options") or []
        if option.partition("@")[2].rpartition(".")[0].casefold() in said
    ]
    return str(named[0]) if len(named) == 1 else None


def _yes(so_far: SoFar) -> Reading:
    if so_far.waits_for("email") and so_far.pending.get("options"):
        return Reading(Kind.VALUES, {EMAIL: so_far.pending["options"][0]})
    return Reading(Kind.GO_ON if so_far.pending else Kind.YES)


def _no(so_far: SoFar) -> Reading:
    if so_far.waits_for("email"):
        said = so_far.pending.get("said")
        return Reading(Kind.VALUES, {EMAIL: said}) if said else Reading(Kind.FIELD, name=EMAIL)
    return Reading(Kind.NO)


# -- data -------------------------------------------------------------------------------------------------------------


def _data(turn: Turn, so_far: SoFar) -> Reading | None:
    """The fields that a message fills or corrects."""
    values: dict[str, Any] = {}
    team = _team(turn, so_far)
    if PEOPLE in team:
        return Reading(Kind.VALUES, team)
    email = _email(turn, so_far)
    if isinstance(email, tuple):
        return Reading(Kind.UNSURE_EMAIL, values=_named(turn, so_far), options=email)
    if email:
        values[EMAIL] = email
        slip = mailboxes.meant(email)
        if slip and email != so_far.email:
            return Reading(Kind.UNSURE_EMAIL, values=_named(turn, so_far), options=(slip, email))
    seats = _seats(turn, so_far)
    if seats is not None:
        values[SEATS] = seats
    if not picking.asks(turn) or (has(turn.text, "change") and so_far.asked != NAME):
        values.update(team or _named(turn, so_far, values.get(EMAIL)))
    if turn.first("session"):
        values[SESSION] = turn.first("session")
    first = values.pop("first_name", None)
    if first and not values:
        return Reading(Kind.FIRST_NAME, {NAME: first})
    if first:
        values[NAME] = first
    changed = {name: value for name, value in values.items() if value != _known(so_far, name)}
    return Reading(Kind.VALUES, changed or values) if values else None


def _known(so_far: SoFar, name: str) -> Any:
    known = {NAME: so_far.name, EMAIL: so_far.email, SEATS: so_far.seats, SESSION: so_far.session}
    return {**known, PEOPLE: so_far.people}[name]


def _team(turn: Turn, so_far: SoFar) -> dict[str, Any]:
    """Who comes, where a message lists or announces it; somebody alone on the only seat is the one who books."""
    if picking.asks(turn):
        return {}
    if so_far.people:
        respelt = spelt_otherwise(turn.text, so_far.people)
        if respelt and not mailboxes.marked(turn.text):
            return {PEOPLE: respelt}
    named = participants_in(turn)
    if not named:
        return {}
    said = turn.first("seats")
    seats = int(said) if said is not None else so_far.seats or len(named)
    if len(named) == 1 and seats == 1 and so_far.name is None:
        return {NAME: named[0]["name"]}
    announced = people.announced_name(turn.text) if len(named) == 1 and so_far.name and not so_far.people else None
    if announced and announced.name == named[0]["name"] and has(turn.text, "of_name"):
        return {NAME: announced.name}  # "the participant is someone else, make the name …"
    if so_far.people:  # "replace Anne by Luc"
        named = seated(named, {"participants": so_far.people, "seats": seats}, turn.text) or named
    found: dict[str, Any] = {PEOPLE: named}
    if seats != so_far.seats:
        found[SEATS] = seats
    email = turn.first("email")
    if email and not any(one.get("email") for one in named):
        found[EMAIL] = str(email)
    if turn.first("session"):
        found[SESSION] = turn.first("session")
    return found


def _entities(turn: Turn, email: bool, name: bool) -> dict[str, Any]:
    """What the language understanding found, as fields."""
    found: dict[str, Any] = {}
    if turn.first("seats") is not None:
        found[SEATS] = int(turn.first("seats"))
    if email and turn.first("email"):
        found[EMAIL] = turn.first("email")
    if name and turn.first("person"):
        found[NAME] = turn.first("person")
    if turn.first("session"):
        found[SESSION] = turn.first("session")
    return found


def _email(turn: Turn, so_far: SoFar) -> str | tuple[str, ...] | None:
    """An address; several that it may be; or None."""
    if turn.first("email"):
        question = picking.asks(turn) and turn.intent == "ask_campus"
        return None if question else str(turn.first("email"))
    options = unsure(turn.text)
    if options:
        return tuple(options)
    if so_far.email and not picking.asks(turn) and so_far.asked != NAME:
        corrects = has(turn.text, "change") or has(turn.text, "of_email") or people.about_spelling(turn.text)
        other = mailboxes.respelled(so_far.email, turn.text)
        if (
            other
            and (mailboxes.marked(turn.text) or has(turn.text, "of_email") or has(turn.text, "mark"))
            and (corrects or len(plain(turn.text).split()) < 8)
        ):
            return other
    return None


def _seats(turn: Turn, so_far: SoFar) -> int | None:
    said = turn.first("seats")
    words = plain(turn.plain)
    if so_far.seats and so_far.asked not in (None, SESSION):
        for pattern, sign in ((_MORE, 1), (_LESS, -1)):
            found = pattern.search(words)
            if found:
                count = found["count"] or found["more"]
                number = int(count) if count.isdigit() else _COUNT.get(count, 1)
                return so_far.seats + sign * number
    if said is None:
        return _counted(turn, so_far, words)
    bare = turn.text.strip().rstrip(".").isdigit()
    if bare and so_far.asked in (NAME, EMAIL):
        return None
    if bare and so_far.asked in (None, SESSION) and picking.picked(turn) is not None:
        return None  # a position in the list, or the day of a month
    if picking.asks(turn) and not has(turn.text, "change") and so_far.asked != SEATS:
        return None
    if picking.asks(turn) and so_far.asked == SEATS and turn.intent in ("ask_campus", "course_details"):
        return None
    return int(said)


def _counted(turn: Turn, so_far: SoFar, words: str) -> int | None:
    """A number of people that is not said as one: "moi tout seul", "I miscounted, it is 3"."""
    if so_far.asked in (None, SESSION) and turn.values("reference"):
        return None  # "number 2" is a place in the list
    wanted = so_far.asked == SEATS
    if wanted and any(only(turn.text, key, "polite", all_of=(key,)) for key in ("just_one", "me")):
        return 1
    changes = so_far.seats is not None and bool(_CHANGES.search(words))  # also put as a question
    if picking.asks(turn) and not changes:
        return None
    if wanted and (_ALONE.search(words) or _JUST_ONE.fullmatch(plain(turn.plain))) and not _NOT_ALONE.search(words):
        return 1
    figures = re.findall(r"(?<![\w.,/-])\d{1,2}(?![\w/-])", turn.text) if wanted else []
    if len(figures) == 1 and all(entity.get("entity") == "language" for entity in turn.entities):
        return int(figures[0])
    put = _PUTS.search(words) if so_far.seats and so_far.asked in (NAME, EMAIL, CONFIRM) else None
    if put and not turn.values("period") and not _of_another_field(turn):
        return int(put["count"])
    of_seats = bool(_COUNTED.search(words) or _TOTAL.search(words))
    refuses = bool(_NO_SO_MANY.match(words))  # "no, 2 pepole, not what I said earlier"
    if so_far.asked == CONFIRM and (changes or refuses) and not _of_another_field(turn):
        of_seats = True
    count = turn.only_number if of_seats and so_far.seats else None
    return count if count and 1 <= count <= 99 and not turn.values("period") else None


def _of_another_field(turn: Turn) -> bool:
    return any(has(turn.text, words) for field, words in FIELDS.items() if field != SEATS)


def _named(turn: Turn, so_far: SoFar, email: str | None = None) -> dict[str, Any]:
    """The name that a message gives or corrects; `first_name` where the rest is still to be asked."""
    text = _without_addresses(turn)
    if not text.strip(" ,;.-"):
        return {}
    asked = so_far.asked == NAME
    waits = has(text, "waiting")
    if so_far.name and email:  # an address that is corrected corrects no name
        announced = people.announced_name(text)
        if announced:
            return {NAME: people.with_part(so_far.name, announced)}
        person = str(turn.first("person") or "")
        begins = so_far.asked is None and len(person.split()) > 1  # another booking, for somebody else
        return {NAME: people.capitalised(person)} if begins else {}
    whole = people.given_name(text) if asked and so_far.waits_for("field") and turn.first("person") else None
    if whole and len(whole.split()) > 1 and fold(whole) == fold(text.strip(" .,!")):
        return {NAME: whole}  # asked for the whole name, this is it
    if so_far.name and not (asked and not so_far.waits_for("field")):
        other = _corrected_name(turn, so_far, text)
        if other or not asked:
            return {NAME: other} if other and other != so_far.name else {}
    announced = people.announced_name(text)
    part = so_far.pending.get("value") if so_far.waits_for("name") else None
    name = announced.name if announced else None
    if name is None and (asked or so_far.asked in (None, SESSION, SEATS, EMAIL)):
        name = _bare_name(turn, text, asked, waits, email is not None)
    if not name:
        return {}
    if part:
        return {NAME: people.completed(str(part), name)}
    one = len(name.split()) == 1
    if so_far.name and one:
        return {NAME: people.with_part(so_far.name, announced or people.Named(name))}
    return {"first_name" if one else NAME: name}


#: "Actually put it under …".
_PUT_UNDER = re.compile(
    r"\b(?:put|make|book|note|mettez|mets|notez|ecrivez|inscrivez)\b.{0,12}"
    r"\b(?:under|out to|au nom|sous|plutot|rather)\b"
)


def _corrected_name(turn: Turn, so_far: SoFar, text: str) -> str | None:
    name = str(so_far.name)
    if mailboxes.marked(text):  # the words of an address are nobody's name
        return None
    announced = people.announced_name(text)
    if announced:
        return people.with_part(name, announced)
    anew = has(text, "change") or has(text, "of_name") or bool(_PUT_UNDER.search(turn.plain))
    if so_far.asked == EMAIL and not (people.about_spelling(text) or anew):
        return None
    if turn.values("person") and (has(text, "meant") or anew) and len(str(turn.first("person")).split()) > 1:
        return str(turn.first("person"))
    return people.respelled(name, text)


def _bare_name(turn: Turn, text: str, asked: bool, waits: bool, beside: bool) -> str | None:
    """A name that nothing announces."""
    name = people.given_name(text)
    person = turn.first("person")
    if asked and name and (not waits or (person and people.likeness(str(person), name) > people.LIKE)):
        led_to = fold(name) != fold(text.strip(" .,!"))  # "c'est compliqué" is nobody
        if led_to and len(name.split()) == 1 and not (person or people.is_first(name) or name in text):
            return None
        likely = turn.intent in _OPEN or turn.confidence < _UNSURE or bool(person) or name == text.strip(" .,")
        return name if likely else None
    if person and (len(str(person).split()) > 1 or asked) and (turn.intent in _OPEN or asked):
        return people.capitalised(str(person))
    if not asked and name and turn.intent == "inform" and (person or beside or name == text.strip(" .,!")):
        return name if person or len(name.split()) > 1 else None
    return None


def _without_addresses(turn: Turn) -> str:
    """The text without its addresses, numbers of seats and references."""
    left = re.sub(r"\s+", " ", turn.without("email", "phone", "seats")).strip(" ,;.-")
    return re.sub(r"\S*@\S*", "", left)


# -- wishes -----------------------------------------------------------------------------------------------------------


def _wish(turn: Turn, so_far: SoFar) -> Reading:
    """What a message without data asks for."""
    text = turn.text
    if so_far.asked is None:
        thinks = has(text, "waiting") and turn.intent not in ("book_session", "search_courses", "list_sessions")
        return Reading(Kind.WAIT if thinks else Kind.OTHER)
    if has(text, "refusing") and (
        has(text, "of_email") or has(text, "of_name") or (so_far.asked in (EMAIL, NAME) and "?" in text)
    ):
        return Reading(Kind.WHY, name=EMAIL if has(text, "of_email") or so_far.asked == EMAIL else NAME)
    if so_far.waits_for("field") and has(text, "is_right"):
        return Reading(Kind.NO)  # what is known stays
    changed = _field(turn, so_far)
    if changed:
        return Reading(Kind.FIELD, name=changed)
    if turn.intent == "switch_language" and turn.confidence >= _UNSURE:
        return Reading(Kind.QUESTION)  # to be spoken to in it, not taught in it
    about = telling.asked_about(turn) if so_far.session and so_far.asked != SESSION else None
    if turn.intent == "extend_hold" and turn.confidence >= _UNSURE and so_far.held and about != telling.UNTIL:
        return Reading(Kind.WAIT)  # also put as a question: "can you keep it a bit longer?"
    if about:
        return Reading(Kind.ABOUT, name=about)
    other_day = so_far.asked == CONFIRM and turn.values("period") and has(text, "change")  # "no wait, the 24th instead"
    if has(text, "waiting") and not picking.asks(turn) and so_far.asked != SESSION and not other_day:
        return Reading(Kind.WAIT)
    if has(text, "later") and so_far.held and len(text.split()) <= 4:
        return Reading(Kind.WAIT)
    if _stops_first(text):
        return Reading(Kind.STOP)
    if picking.asks(turn):
        return Reading(Kind.QUESTION)
    if turn.intent == "start_over" and turn.confidence >= _SURE:
        return Reading(Kind.STOP)
    if turn.intent == "undo" and turn.confidence >= _UNSURE:
        return Reading(Kind.UNDO)
    if turn.intent in _LEAVING and turn.confidence >= _UNSURE:
        return Reading(Kind.NO)
    if turn.intent == "goodbye" and turn.confidence >= _UNSURE:
        return Reading(Kind.END)
    if so_far.free and so_far.asked == CONFIRM and not so_far.pending and _agrees(turn):
        return Reading(Kind.YES)
    if turn.intent in ("extend_hold",):
        return Reading(Kind.WAIT)
    return Reading(Kind.OTHER)


def _stops_first(text: str) -> bool:
    """Whether a sentence of a message gives it up, and the others give it no data: "not that one. I don't want it"."""
    sentences = [one for one in _SENTENCES.split(text) if one.strip()]
    ends = (only(one, "stop", "no", "polite", "stopping_filler", all_of=("stop",)) for one in sentences)
    return len(sentences) > 1 and any(ends)


_SENTENCES = re.compile(r"[.!?;\n]+")


def _agrees(turn: Turn) -> bool:
    """Whether a message agrees in words of its own; what adds a wish to change something does not."""
    agreeing = turn.intent in ("affirm", "confirm_booking") and turn.confidence >= _SURE
    return (
        agreeing
        and not turn.hesitates
        and len(turn.text.split()) <= SHORT
        and not has(turn.text, "change")
        and not has(turn.text, "no")
    )


_INSTEAD_OF = re.compile(r"\b(?:a la place|en lieu et place|in place)\b")


def _field(turn: Turn, so_far: SoFar) -> str | None:
    """The field that a message wants to change without saying to what."""
    text = turn.text
    if so_far.asked == SESSION and not so_far.held:
        return None
    said = _INSTEAD_OF.sub(" ", fold(text))  # whose "place" is no seat
    named = [name for name, words in FIELDS.items() if has(said, words)]
    if so_far.waits_for("change") and len(named) == 1:
        return named[0]
    if people.about_spelling(text) and not named:
        return EMAIL if so_far.asked == EMAIL and so_far.email else NAME if so_far.name else None
    if not named or not (has(text, "change") or turn.intent in ("reschedule_booking", "change_booking")):
        return None
    known = [name for name in named if _known(so_far, name) is not None]
    return known[0] if known else None
