"""Rules of admission as data: what a course asks of who books it. Named kinds, each with its data, and nothing else.

- ``{rule: completed-course, course_id}``: has attended that course, or declares to know what it teaches;
- ``{rule: declaration, id, text: {fr, en}}``: declares something (to be fit for the clean room);
- ``{rule: business-only}``: books as a company;
- ``{rule: max-seats, seats}``: so many seats a booking at most.

They are carried out by ``campus.bookings.requirements``. Nobody is scored or compared with anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from campus.catalogue.memory import Catalogue

Requirement = Mapping[str, Any]

KINDS: dict[str, frozenset[str]] = {
    "completed-course": frozenset({"course_id"}),
    "declaration": frozenset({"id", "text"}),
    "business-only": frozenset(),
    "max-seats": frozenset({"seats"}),
}
"""Each kind with the data it needs."""


def declared_as(requirement: Requirement) -> str | None:
    """The id under which a person declares to fulfil it: the declaration's, or the course's; None for other kinds."""
    return requirement.get("id") or requirement.get("course_id")


def requirement_view(catalogue: Catalogue, requirement: Requirement, lang: str) -> dict[str, Any]:
    """A rule in that language: its kind, what it says, and its data."""
    view: dict[str, Any] = {"rule": requirement["rule"]}
    if ident := declared_as(requirement):
        view["id"] = ident
    if course_id := requirement.get("course_id"):
        course = catalogue.courses.get(course_id)
        view |= {"course_id": course_id, "title": course.title[lang] if course else course_id}
    if seats := requirement.get("seats"):
        view["seats"] = seats
    words = requirement.get("text") or _words()[requirement["rule"]]
    return {**view, "text": words[lang].format(**view) if "text" not in requirement else words[lang]}


def mistakes(requirements: object, courses: Collection[str]) -> Iterable[str]:
    """What is wrong with the rules of a course; `courses` are the ids that exist."""
    if not isinstance(requirements, list):
        yield "requirements: a list was expected"
        return
    for one in requirements:
        kind = one.get("rule") if isinstance(one, dict) else None
        if kind not in KINDS:
            yield f"unknown requirement {kind}"
        elif set(one) != {"rule", *KINDS[kind]}:
            yield f"requirement {kind}: needs {', '.join(sorted(KINDS[kind])) or 'nothing else'}"
        elif kind == "completed-course" and one["course_id"] not in courses:
            yield f"requirement {kind}: unknown course {one['course_id']}"
        elif kind == "declaration" and not (isinstance(one["text"], dict) and {"fr", "en"} <= set(one["text"])):
            yield f"requirement {kind}: a text in both languages was expected"
        elif kind == "max-seats" and not (isinstance(one["seats"], int) and one["seats"] >= 1):
            yield f"requirement {kind}: a number of seats was expected"


@lru_cache
def _words() -> dict[str, dict[str, str]]:
    text = (Path(__file__).parent / "requirements.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]
