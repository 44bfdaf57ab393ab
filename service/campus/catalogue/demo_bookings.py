"""Bookings of invented people for the seats that are taken in the demonstration."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campus.bookings.models import Booking, Participant, Standing
from campus.bookings.references import new_reference
from campus.bookings.states import State
from campus.bookings.terms import Terms
from campus.catalogue.models import Course, CourseSession, Operator

LARGEST = 3
"""Seats of one demonstration booking: 1 to 3."""


@dataclass(frozen=True, slots=True)
class People:
    """Names to draw from."""

    first_names: list[str]
    last_names: list[str]
    companies: list[str]


def read_people(folder: Path) -> People:
    """The invented names of the demonstration; placeholders where the file is not there."""
    path = folder / "people.yml"
    if not path.is_file():
        return People(["Demo"], ["Person"], ["Demo"])
    return People(**yaml.safe_load(path.read_text(encoding="utf-8")))


def book_demonstration(db: Session, taken: Mapping[str, int], people: People, now: datetime) -> None:
    """Confirmed bookings of 1 to 3 seats for so many seats of each session, which are then counted as taken.

    The same seats are booked by the same people at every first start; only the references are drawn anew.
    """
    drawn = random.Random(5)
    facts = {
        row.id: row
        for row in db.execute(
            select(CourseSession.id, Course.price, Operator).join(CourseSession.course).join(Course.operator)
        )
    }
    persons = _persons(people)
    bookings: list[dict[str, Any]] = []
    standing: list[tuple[str, list[tuple[str, str]]]] = []
    references: set[str] = set()
    for session_id, wanted in taken.items():
        left = wanted
        while left > 0:
            seats = min(left, drawn.randint(1, LARGEST))
            left -= seats
            reference = _unused(references)
            group = [next(persons) for _ in range(seats)]
            company = drawn.choice(people.companies) if seats > 1 else None
            operator: Operator = facts[session_id].Operator
            bookings.append(
                _booking(reference, session_id, group, company, operator, now) | {"unit_price": facts[session_id].price}
            )
            standing.append((session_id, group))
    if not bookings:
        return
    db.execute(insert(Booking), bookings)
    ids = {row.reference: row.id for row in db.execute(select(Booking.reference, Booking.id))}
    participants: list[dict[str, Any]] = []
    standings: list[dict[str, Any]] = []
    for booking, (session_id, group) in zip(bookings, standing, strict=True):
        booking_id = ids[booking["reference"]]
        for position, (name, email) in enumerate(group):
            participants.append({"booking_id": booking_id, "position": position, "name": name, "email": email})
            standings.append({"session_id": session_id, "person": email, "booking_id": booking_id})
    db.execute(insert(Participant), participants)
    db.execute(insert(Standing), standings)
    for session_id, seats in taken.items():
        if seats:
            db.execute(update(CourseSession).where(CourseSession.id == session_id).values(taken=seats))


def _booking(
    reference: str,
    session_id: str,
    group: list[tuple[str, str]],
    company: str | None,
    operator: Operator,
    now: datetime,
) -> dict[str, Any]:
    name, email = group[0]
    terms = Terms(operator.free_working_days, operator.fee_percent, operator.fee_minimum, operator.withdrawal_days)
    return {
        "reference": reference,
        "session_id": session_id,
        "state": State.CONFIRMED.value,
        "seats": len(group),
        "contact_name": name,
        "contact_email": email,
        "company": company,
        "customer": "business" if company else "consumer",
        "lang": "fr",
        "vat_rate": operator.vat_rate,
        "terms": terms.as_json(),
        "terms_accepted_at": now,
        "confirmed_at": now,
        "created_at": now,
        "demo": True,
    }


def _unused(references: set[str]) -> str:
    while (reference := new_reference()) in references:
        pass
    references.add(reference)
    return reference


def _persons(people: People) -> Iterator[tuple[str, str]]:
    """Names with addresses that are all different."""
    number = 0
    while True:
        first = people.first_names[number % len(people.first_names)]
        last = people.last_names[(number // len(people.first_names) + number) % len(people.last_names)]
        number += 1
        yield f"{first} {last}", f"{_plain(first)}.{_plain(last)}.{number}@demo.example"


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", "", ascii_only.lower())
