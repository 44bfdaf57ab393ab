"""Who the simulated people are, and what there is for them to want."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.database import Picture

FIRST = {
    "fr": "Amélie Benoît Chloé Damien Élodie Farid Gaëlle Hugo Inès Jérôme Karine Loïc Manon Nathan Océane Pascal "
    "Rachid Sandrine Thibault Valérie Youssef Zélie Jean-Marc Marie-Ange",
    "en": "Aaron Beth Callum Daisy Edward Fiona Gareth Hannah Imran Jodie Keith Laura Martin Nadia Oliver Priya "
    "Quentin Rosie Simon Tara Umar Vicky William Zara",
}
LAST = {
    "fr": "Dubois|Lefèvre|Claes|Vandenberghe|Van den Broeck|De Smet|Leclercq|Haddad|El Amrani|Delvaux|Pirard|Mertens|"
    "Gérard|Bouchard|Lemaître|D'Hondt|Rousseau|Wauters",
    "en": "Baker|Clarke|Okafor|Donnelly|O'Brien|Whitfield|Sharma|Mills|Pemberton|Kowalski|Fraser|Ahmed|Bennett|"
    "Van der Meer|Hughes|McLean|Taylor|Novak",
}
HOSTS = ("exemple.be", "example.com", "example.org", "courrier.example", "labo-hainaut.example")
COMPANIES = ("Hainaut Pharma SA", "Exelyo", "Labo Delvigne SRL", "BioNorth Ltd", "Cellura NV", "Meunier & Fils")
BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True)
class Session:
    """A date of a course."""

    id: str
    day: date
    free: int


@dataclass(frozen=True)
class Course:
    """A course or an event that anybody may book."""

    id: str
    kind: str
    titles: dict[str, str]
    topics: tuple[str, ...]
    sessions: tuple[Session, ...]

    def open_for(self, seats: int) -> list[Session]:
        """The dates with that much room."""
        return [one for one in self.sessions if one.free >= seats]


@dataclass(frozen=True)
class Catalogue:
    """What people were told of the campus by a friend: titles and subjects. And what the judge looks things up in."""

    courses: tuple[Course, ...]
    topics: dict[str, dict[str, list[str]]]

    @staticmethod
    def of(picture: Picture, now: datetime) -> Catalogue:
        """The public part of what stands in the database."""
        topics_of: dict[str, list[str]] = {}
        for row in picture["course_topics"].values():
            topics_of.setdefault(row["course_id"], []).append(row["topic_id"])
        dates: dict[str, list[Session]] = {}
        for row in sorted(picture["sessions"].values(), key=lambda one: _moment(one["start"])):
            bookable = row["state"] == "open" and row["audience"] == "public" and _moment(row["booking_deadline"]) > now
            if bookable:
                day = _moment(row["start"]).astimezone(BRUSSELS).date()
                free = max(0, row["capacity"] - row["taken"] - _queued(picture, row["id"]))
                dates.setdefault(row["course_id"], []).append(Session(row["id"], day, free))
        courses = tuple(
            Course(
                row["id"],
                row["kind"],
                _json(row["title"]),
                tuple(topics_of.get(row["id"], ())),
                tuple(dates[row["id"]]),
            )
            for row in picture["courses"].values()
            if row["audience"] == "public" and row["id"] in dates and not _json(row["requirements"])
        )
        topics = {row["id"]: _json(row["aliases"]) for row in picture["topics"].values()}
        return Catalogue(courses, topics)

    def titled(self, title: str) -> Course | None:
        """The course of a title in either language."""
        return next((one for one in self.courses if same(title, one.titles.values())), None)

    def session(self, title: str, day: date) -> Session | None:
        """The date of a course by what a person saw of it."""
        course = self.titled(title)
        return next((one for one in course.sessions if one.day == day), None) if course else None


@dataclass
class Person:
    """Somebody with a name, an address and habits."""

    lang: str
    name: str
    email: str
    other_name: str
    other_email: str
    company: str
    order_number: str

    @staticmethod
    def made(lang: str, dice: random.Random) -> Person:
        """Somebody new."""
        name, other = (f"{dice.choice(FIRST[lang].split())} {dice.choice(LAST[lang].split('|'))}" for _ in range(2))
        while other == name:
            other = f"{dice.choice(FIRST[lang].split())} {dice.choice(LAST[lang].split('|'))}"
        email, other_email = (_address(one, dice) for one in (name, name))
        while other_email == email:
            other_email = _address(name, dice)
        number = f"{dice.choice(('PO', 'BC', 'CMD'))}-{dice.randrange(1000, 99999)}"
        return Person(lang, name, email, other, other_email, dice.choice(COMPANIES), number)


def same(title: str, titles: Any) -> bool:
    """Whether a title, perhaps cut short on a button, is one of these."""
    words = _letters(title)
    return bool(words) and any(_letters(one).startswith(words) for one in titles)


def _address(name: str, dice: random.Random) -> str:
    parts = _letters(name).split()
    written = dice.choice((".".join((parts[0], "".join(parts[1:]))), f"{parts[0][0]}{''.join(parts[1:])}", parts[0]))
    return f"{written}{dice.choice(('', '', dice.randrange(10, 99)))}@{dice.choice(HOSTS)}"


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(one for one in folded if not unicodedata.combining(one))))


def _queued(picture: Picture, session: str) -> int:
    waiting = [row for row in picture["bookings"].values() if row["session_id"] == session]
    return sum(row["seats"] for row in waiting if row["state"] == "waiting")


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
