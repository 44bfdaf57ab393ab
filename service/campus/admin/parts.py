"""Fields of a course that hold several things at once: its rules of admission, and what it says about funding.

What is stored is what `campus.catalogue.requirements` and `campus.catalogue.funding` carry out and tell. A place that
is left empty is none, so that the pages do without a script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from campus.admin.fields import SIDES, Field, Number, Options, Sent, Wrong, one
from campus.bookings.models import MAX_SEATS
from campus.catalogue.requirements import declared_as

NOTE = 400
"""Signs of a sentence that somebody declares, or of a note about a scheme."""


@dataclass(frozen=True, kw_only=True)
class Rules(Field):
    """Rules of admission: who may book, how many seats at once, what must be known and what is declared before.

    Each kind has inputs of its own. `options` are the courses that may be asked for.
    """

    kind: ClassVar[str] = "rules"
    options: Options
    required: bool = False
    places: ClassVar[int] = 20
    """For courses that must be known, and for sentences that are declared."""

    def inputs(self) -> list[str]:
        known = [f"{self.name}-course-{place}" for place in range(self.places)]
        declared = [f"{self.name}-says-{place}-{part}" for place in range(self.places) for part in ("id", *SIDES)]
        return [f"{self.name}-business", f"{self.name}-seats", *known, *declared]

    def chosen(self, value: Any) -> list[str]:
        return [rule["course_id"] for rule in value or [] if "course_id" in rule]

    def show(self, value: Any) -> dict[str, Any]:
        rules = value or []
        shown = dict.fromkeys(self.inputs(), "")
        if any(rule["rule"] == "business-only" for rule in rules):
            shown[f"{self.name}-business"] = "yes"
        if limits := [rule["seats"] for rule in rules if rule["rule"] == "max-seats"]:
            shown[f"{self.name}-seats"] = str(min(limits))
        for place, course in enumerate(self.chosen(rules)[: self.places]):
            shown[f"{self.name}-course-{place}"] = course
        declared = [rule for rule in rules if rule["rule"] == "declaration"]
        for place, rule in enumerate(declared[: self.places]):
            shown[f"{self.name}-says-{place}-id"] = rule["id"]
            shown |= {f"{self.name}-says-{place}-{side}": rule["text"][side] for side in SIDES}
        return shown

    def read(self, sent: Sent) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = []
        if f"{self.name}-business" in sent:
            rules.append({"rule": "business-only"})
        seats = Number(name=f"{self.name}-seats", required=False, least=1, most=MAX_SEATS).read(sent)
        if seats is not None:
            rules.append({"rule": "max-seats", "seats": seats})
        places = [f"{self.name}-course-{place}" for place in range(self.places)]
        courses = [one(sent, place) for place in places if place in sent]  # the page shows one more than there are
        rules += [{"rule": "completed-course", "course_id": course} for course in dict.fromkeys(courses) if course]
        rules += self._declarations(sent)
        ids = [ident for rule in rules if (ident := declared_as(rule))]
        if len(set(ids)) < len(ids):
            raise Wrong("declared_twice")
        return rules

    def _declarations(self, sent: Sent) -> list[dict[str, Any]]:
        found = []
        for place in range(self.places):
            if f"{self.name}-says-{place}-id" not in sent:
                break
            ident, *texts = (one(sent, f"{self.name}-says-{place}-{part}") for part in ("id", *SIDES))
            if not any((ident, *texts)):
                continue
            if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", ident) or len(ident) > 64:
                raise Wrong("declaration_id")
            found.append({"rule": "declaration", "id": ident, "text": _both(texts)})
        return found


@dataclass(frozen=True, kw_only=True)
class Notes(Field):
    """What a course says about each funding scheme, in both languages. `options` are the schemes."""

    kind: ClassVar[str] = "notes"
    options: Options
    required: bool = False
    places: ClassVar[int] = 20

    def inputs(self) -> list[str]:
        return [f"{self.name}-{place}-{part}" for place in range(self.places) for part in ("scheme", *SIDES)]

    def chosen(self, value: Any) -> list[str]:
        return [item["scheme"] for item in value or []]

    def show(self, value: Any) -> dict[str, Any]:
        shown = dict.fromkeys(self.inputs(), "")
        for place, item in enumerate((value or [])[: self.places]):
            shown[f"{self.name}-{place}-scheme"] = item["scheme"]
            shown |= {f"{self.name}-{place}-{side}": item["note"][side] for side in SIDES}
        return shown

    def read(self, sent: Sent) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for place in range(self.places):
            if f"{self.name}-{place}-scheme" not in sent:  # the page shows one more than there are
                break
            scheme, *texts = (one(sent, f"{self.name}-{place}-{part}") for part in ("scheme", *SIDES))
            if not any((scheme, *texts)):
                continue
            if not scheme:
                raise Wrong("scheme_missing")
            if scheme in self.chosen(found):
                raise Wrong("scheme_twice")
            found.append({"scheme": scheme, "note": _both(texts)})
        return found


def _both(texts: list[str]) -> dict[str, str]:
    """A sentence in both languages. Raises Wrong."""
    if not all(texts):
        raise Wrong("both_languages")
    if any(len(text) > NOTE for text in texts):
        raise Wrong("too_long", most=NOTE)
    return dict(zip(SIDES, texts, strict=True))
