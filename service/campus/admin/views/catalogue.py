"""Operators, topics, courses with their rules of admission, and the ways to pay for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, object_session

from campus.admin import texts
from campus.admin.base import Values, View
from campus.admin.changes import Refused
from campus.admin.choosing import LANGUAGES, codes, courses, operators, schemes, topics
from campus.admin.fields import SIDES, Both, BothLines, Choice, Choices, Day, Field, Ident, Lines, Link, Mail, Number
from campus.admin.parts import Notes, Rules
from campus.catalogue.importing_routes import SCOPE
from campus.catalogue.memory import get_catalogue
from campus.catalogue.models import (
    AUDIENCES,
    FORMATS,
    KINDS,
    LEVELS,
    SCHEME_STATES,
    Course,
    CourseSession,
    CourseTopic,
    FundingScheme,
    Operator,
    Topic,
)
from campus.catalogue.requirements import requirement_view
from campus.speakers.speaker import Speaker

TOPICS = 8


class OperatorView(View, model=Operator):
    key = "operator"
    order = 50
    reads = writes = SCOPE
    can_create = True
    removable = True
    column_list = ("name", "summary", "vat_regime", "id")
    column_details_list = (
        *("id", "name", "summary", "aliases", "vat_regime", "vat_rate", "email", "email_domains"),
        *("free_working_days", "fee_percent", "fee_minimum", "withdrawal_days", "position", "demo"),
    )
    column_searchable_list = ("id", "name", "aliases")
    column_sortable_list = ("name", "id")
    column_default_sort = "position"
    fields = (
        Ident(name="id"),
        Field(name="name", longest=120),
        Both(name="summary"),
        BothLines(name="aliases", required=False, each=80),
        Choice(name="vat_regime", options=codes("vat_regime", ("taxable", "exempt"))),
        Number(name="vat_rate", digits=2, most=100),
        Mail(name="email"),
        Lines(name="email_domains", required=False),
        Number(name="free_working_days", most=365),
        Number(name="fee_percent", digits=2, most=100),
        Number(name="fee_minimum", digits=2, most=100_000),
        Number(name="withdrawal_days", most=365),
        Number(name="position", most=10_000),
    )

    def may_add(self, speaker: Speaker) -> bool:
        return self.can_create and speaker.may_everywhere(self.writes)

    def may_remove(self, speaker: Speaker) -> bool:
        return self.removable and speaker.may_everywhere(self.writes)

    def of_operators(self, operators: frozenset[str]) -> ColumnElement[bool]:
        return Operator.id.in_(sorted(operators))

    def why_not_remove(self, db: Session, row: Operator) -> str | None:
        return "operator_in_use" if _any(db, Course.operator_id == row.id) else None


class TopicView(View, model=Topic):
    key = "topic"
    order = 40
    reads = writes = SCOPE
    whole = True
    can_create = True
    removable = True
    column_list = ("name", "aliases", "id")
    column_details_list = ("id", "name", "aliases", "position")
    column_searchable_list = ("id", "name", "aliases")
    column_sortable_list = ("id", "position")
    column_default_sort = "position"
    fields = (
        Ident(name="id"),
        Both(name="name", longest=120, rows=1),
        BothLines(name="aliases", required=False, each=80),
        Number(name="position", most=10_000),
    )

    def why_not_remove(self, db: Session, row: Topic) -> str | None:
        return "topic_in_use" if _any(db, CourseTopic.topic_id == row.id) else None


class CourseView(View, model=Course):
    key = "course"
    order = 20
    reads = writes = SCOPE
    can_create = True
    removable = True
    column_list = ("title", "operator", "level", "format", "days", "price", "audience")
    column_details_list = (
        *("id", "kind", "operator", "topics", "title", "summary", "content", "aliases", "prerequisites"),
        *("audience_text", "certificate", "trainers", "funding", "requirements", "languages", "level", "format"),
        *("days", "hours", "price", "audience", "access_code", "demo"),
    )
    column_searchable_list = ("id", "title", "summary", "aliases")
    column_sortable_list = ("level", "format", "days", "price", "audience")
    column_default_sort = "id"
    fields = (
        Ident(name="id", longest=80),
        Choice(name="kind", options=codes("kind", KINDS)),
        Choice(name="operator_id", options=operators(SCOPE)),
        Choices(name="topics", options=topics, places=TOPICS),
        Both(name="title", longest=200, rows=2),
        Both(name="summary"),
        BothLines(name="content", required=False, each=400),
        BothLines(name="aliases", required=False, each=80),
        Both(name="prerequisites", required=False),
        Both(name="audience_text", required=False),
        Both(name="certificate", required=False, rows=2),
        Both(name="trainers", required=False, rows=2, secret=True),
        Rules(name="requirements", options=courses(SCOPE)),
        Notes(name="funding", options=schemes),
        Choices(name="languages", options=codes("language", LANGUAGES), places=len(LANGUAGES)),
        Choice(name="level", options=codes("level", LEVELS)),
        Choice(name="format", options=codes("format", FORMATS)),
        Number(name="days", digits=2, most=1000, real=True),
        Number(name="hours", digits=2, most=10_000, real=True),
        Number(name="price", digits=2, most=1_000_000),
        Choice(name="audience", options=codes("audience", AUDIENCES)),
        Field(name="access_code", required=False, longest=64, secret=True),
    )

    def current(self, row: Course, field: Field) -> Any:
        if field.name == "topics":
            return [link.topic_id for link in sorted(row.topic_links, key=lambda link: link.position)]
        return super().current(row, field)

    def of_operators(self, operators: frozenset[str]) -> ColumnElement[bool]:
        return Course.operator_id.in_(sorted(operators))

    def full(self, row: Course, name: str) -> list[tuple[str, str]]:
        db = object_session(row)
        assert db is not None
        if name == "requirements" and row.requirements:
            catalogue = get_catalogue(db)
            rules = [requirement_view(catalogue, rule, texts.lang())["text"] for rule in row.requirements]
            return [("", "\n".join(rules))]
        if name == "funding" and row.funding:
            known = get_catalogue(db).schemes
            names = {ident: scheme.name[texts.lang()] for ident, scheme in known.items()}
            told = [(names.get(one["scheme"], one["scheme"]), one["note"]) for one in row.funding]
            return [(side, "\n".join(f"{scheme} — {note[side]}" for scheme, note in told)) for side in SIDES]
        return super().full(row, name)

    def apply(self, db: Session, speaker: Speaker, row: Course, values: Values) -> None:
        plain = dict(values)
        if "topics" in plain:
            known = {link.topic_id: link for link in row.topic_links}
            row.topic_links = [known.get(topic) or CourseTopic(topic_id=topic) for topic in plain.pop("topics")]
            for position, link in enumerate(row.topic_links):
                link.position = position
        if "requirements" in plain:  # the rules keep their order: the first that is not fulfilled is told
            before, after = list(row.requirements or []), plain["requirements"]
            kept = [rule for rule in before if rule in after]
            plain["requirements"] = kept + [rule for rule in after if rule not in kept]
            if {"rule": "completed-course", "course_id": row.id} in plain["requirements"]:
                raise Refused.because("requirements", "itself")
        super().apply(db, speaker, row, plain)

    def why_not_remove(self, db: Session, row: Course) -> str | None:
        if _any(db, CourseSession.course_id == row.id):
            return "course_in_use"
        rules = (rule for course in db.scalars(select(Course)) for rule in course.requirements)
        return "course_required" if any(rule.get("course_id") == row.id for rule in rules) else None


class SchemeView(View, model=FundingScheme):
    key = "scheme"
    order = 45
    reads = writes = SCOPE
    whole = True
    can_create = True
    removable = True
    column_list = ("name", "status", "text", "checked_on")
    column_details_list = ("scheme", "name", "status", "text", "unknown", "source", "checked_on", "position")
    column_searchable_list = ("scheme", "name", "text", "unknown")
    column_sortable_list = ("scheme", "status", "checked_on", "position")
    column_default_sort = "position"
    fields = (
        Ident(name="scheme"),
        Both(name="name", longest=120, rows=1),
        Choice(name="status", options=codes("status", SCHEME_STATES)),
        Both(name="text", rows=6),
        Both(name="unknown", rows=4),
        Link(name="source", required=False),
        Day(name="checked_on", required=False),
        Number(name="position", most=10_000),
    )

    def why_not_remove(self, db: Session, row: FundingScheme) -> str | None:
        told = (item["scheme"] for course in db.scalars(select(Course)) for item in course.funding)
        return "scheme_in_use" if row.scheme in told else None


def _any(db: Session, *conditions: Any) -> bool:
    return db.scalar(select(1).where(*conditions).limit(1)) is not None
