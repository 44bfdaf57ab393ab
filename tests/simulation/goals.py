"""What people come for: the steps of it, and the things that they get wrong at first."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.people import Catalogue, Course, Person

#: What is done once each step is over, as a reply tells it; steps that only ask are over with their answers.
TELLS = {
    "book": "booked",
    "event": "booked",
    "move": "moved",
    "cancel": "cancelled",
    "more_seats": "changed",
    "queue": "waiting",
    "leave_queue": "left",
    "alert": "alerted",
    "quote": "quoted",
    "accept_quote": "ordered",
    "person": "passed_on",
    "export": "exported",
}
ASIDES = ("parking", "bus", "lunch", "vat", "cancel_terms", "certificate", "robot")


@dataclass
class Goal:
    """What somebody wants.

    Attributes:
        steps: what is to be done, one after the other.
        course: what it is about, if they know; who searches finds it.
        corrected: what they first say wrongly: seats, name, email, date.
        at_once: they correct it in the next message, not at the summary.
        way: how they begin: title, everything, several, search, month.
    """

    name: str
    steps: tuple[str, ...]
    person: Person
    course: Course | None = None
    topic: str = ""
    topic_words: str = ""
    seats: int = 1
    later_seats: int = 0
    corrected: frozenset[str] = frozenset()
    at_once: bool = False
    way: str = "title"
    questions: tuple[str, ...] = ()
    switches: bool = False

    @property
    def is_cooperative(self) -> bool:
        """Booking straight on, with nothing wrong at first."""
        return self.steps == ("book",) and not self.corrected and not self.switches and self.way != "search"


def made(name: str, lang: str, catalogue: Catalogue, dice: random.Random) -> Goal:
    """A goal of a kind for somebody new, such that it can be reached."""
    goal = _KINDS[name](Person.made(lang, dice), catalogue, dice)
    goal.name = name
    goal.switches = name not in ("export", "person") and dice.random() < SWITCHING
    return goal


#: How often people go on in the other language.
SWITCHING = 0.06


def _bookable(catalogue: Catalogue, dice: random.Random, seats: int, dates: int = 1, kind: str = "course") -> Course:
    fitting = [one for one in catalogue.courses if one.kind == kind and len(one.open_for(seats)[:5]) >= dates]
    return dice.choice([one for one in fitting if len([s for s in one.sessions[:5] if s.free >= seats]) >= dates])


def _seats(dice: random.Random, at_least: int = 1) -> int:
    return dice.choice([one for one in (1, 1, 1, 1, 2, 2, 3, 4) if one >= at_least])


def _book(steps: tuple[str, ...] = ("book",), way: str = "title", corrected: bool = False, dates: int = 1) -> Kind:
    def make(person: Person, catalogue: Catalogue, dice: random.Random) -> Goal:
        seats = _seats(dice, 2 if way in ("several", "everything") else 1)
        wrong = dice.choice((("seats",), ("name",), ("email",), ("date",), ("name", "seats"))) if corrected else ()
        later = seats + dice.choice((-1, 1)) if seats > 1 else 2
        course = _bookable(catalogue, dice, max(seats, later) + 1, max(dates, 2 if "date" in wrong else 1))
        at_once = bool(corrected) and dice.random() < 0.4 and wrong != ("date",)
        return Goal("", steps, person, course, "", "", seats, later, frozenset(wrong), at_once, way)

    return make


def _search(person: Person, catalogue: Catalogue, dice: random.Random) -> Goal:
    taught = [one for one in catalogue.courses if one.kind == "course" and one.open_for(2) and one.topics]
    topic = dice.choice(dice.choice(taught).topics)
    words = dice.choice(catalogue.topics[topic][person.lang][:4])
    return Goal("", ("book",), person, None, topic, words, dice.choice((1, 1, 2)), way="search")


def _event(person: Person, catalogue: Catalogue, dice: random.Random) -> Goal:
    return Goal("", ("event",), person, None, seats=dice.choice((1, 1, 2)))


def _queue(steps: tuple[str, ...]) -> Kind:
    def make(person: Person, catalogue: Catalogue, dice: random.Random) -> Goal:
        full = [one for one in catalogue.courses if one.kind == "course" and any(not s.free for s in one.sessions[:5])]
        return Goal("", steps, person, dice.choice(full), seats=dice.choice((1, 1, 2)))

    return make


def _alert(person: Person, catalogue: Catalogue, dice: random.Random) -> Goal:
    topic = dice.choice(sorted({one for course in catalogue.courses for one in course.topics}))
    return Goal("", ("alert",), person, None, topic, dice.choice(catalogue.topics[topic][person.lang][:4]))


def _quote(steps: tuple[str, ...]) -> Kind:
    def make(person: Person, catalogue: Catalogue, dice: random.Random) -> Goal:
        seats = dice.choice((2, 3, 4))
        return Goal("", steps, person, _bookable(catalogue, dice, seats), seats=seats)

    return make


def _questions(person: Person, catalogue: Catalogue, dice: random.Random) -> Goal:
    asked = tuple(dice.sample(ASIDES, dice.choice((2, 3))))
    return Goal("", tuple(f"aside_{one}" for one in asked), person, questions=asked)


def _simple(*steps: str) -> Kind:
    return lambda person, catalogue, dice: Goal("", steps, person)


def _unsure(person: Person, catalogue: Catalogue, dice: random.Random) -> Goal:
    goal = _search(person, catalogue, dice)
    goal.steps, goal.way = ("unsure",), "advice"
    return goal


Kind = Callable[[Person, Catalogue, random.Random], Goal]
_KINDS: dict[str, Kind] = {
    "book": _book(),
    "book several": _book(way="several"),
    "book in one message": _book(way="everything"),
    "search and book": _search,
    "book and correct": _book(corrected=True),
    "book an event": _event,
    "book and cancel": _book(("book", "cancel")),
    "book and move": _book(("book", "move"), dates=2),
    "book and change seats": _book(("book", "more_seats")),
    "wait": _queue(("queue",)),
    "wait and leave": _queue(("queue", "leave_queue")),
    "alert": _alert,
    "quote": _quote(("quote",)),
    "quote and order": _quote(("quote", "accept_quote")),
    "questions": _questions,
    "a person": _simple("person"),
    "data export": _simple("export"),
    "advice": _unsure,
}
#: How often each is wanted.
WEIGHTS = {
    "book": 16,
    "book several": 6,
    "book in one message": 6,
    "search and book": 12,
    "book and correct": 12,
    "book an event": 6,
    "book and cancel": 6,
    "book and move": 6,
    "book and change seats": 4,
    "wait": 4,
    "wait and leave": 2,
    "alert": 4,
    "quote": 4,
    "quote and order": 4,
    "questions": 5,
    "a person": 3,
    "data export": 2,
    "advice": 4,
}
