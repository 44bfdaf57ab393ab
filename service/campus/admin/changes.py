"""Writing what somebody edited: one transaction with its row of the audit log, or nothing.

The rows go through the ORM, whose events raise the version of the catalogue; that is how the bot and every search
hear of a change within seconds. A form carries the stamp of what it showed, so that nobody's change is undone by
somebody who had the page open before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campus.admin import texts
from campus.admin.base import Deed, View, choices
from campus.admin.fields import Field, Sent, Wrong
from campus.audit import record
from campus.db import Database
from campus.idempotency import Outcome, Write, carry_out
from campus.problems import Forbidden, Invalid, NotFound, Problem
from campus.speakers.speaker import Speaker

ONCE = "once"
"""The input of a deed's form that makes it one deed, however often its button is pressed."""


Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Refused(Exception):
    """The form does not fit: sentences by field name, `""` for the whole."""

    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def because(cls, name: str, code: str, **facts: Any) -> Refused:
        """For one field."""
        return cls({name: str(Wrong(code, **facts))})

    @classmethod
    def by_rule(cls, problem: Problem, fields: Sequence[Field]) -> Refused:
        """What a rule said, beside the field that it is about where the form has it."""
        if not isinstance(problem, Invalid):
            return cls({"": str(problem.document(texts.lang())["detail"])})
        names = {one.name for one in fields}
        errors: dict[str, str] = {}
        for error in problem.extra["errors"]:
            name = error["field"].rpartition(".")[2]
            errors[name if name in names else ""] = texts.error(error["code"])
        return cls(errors)


def wish(model: type[Model], **values: Any) -> Model:
    """What a rule takes, made of what was read from a form. Raises Invalid, as the same values over HTTP would."""
    try:
        return model(**values)
    except ValidationError as exc:
        errors = [{"field": ".".join(map(str, one["loc"])), "code": str(one["type"])} for one in exc.errors()]
        raise Invalid(errors) from exc


def save(database: Database, who: Speaker, view: View, pk: str | None, sent: Sent) -> Any:
    """Make a row (no ``pk``) or change one; the row, detached. Raises Refused, NotFound, Forbidden."""
    if not (view.may_edit(who) if pk is not None else view.may_add(who)):
        raise Forbidden()
    values = _read([one for one in view.fields if pk is None or not one.fixed], sent)
    saved: list[Any] = []

    def rule(db: Session) -> Outcome:
        row = None if pk is None else _locked(db, who, view, pk)
        if row is not None and stamp(view, row) != sent.get("stamp", [""])[0]:
            raise Refused({"": texts.say("errors", "changed_meanwhile")})
        _check_choices(view.fields, values, view.options(db, who, row))
        before = {one.name: one.show(view.current(row, one)) if row else None for one in view.fields}
        if row is None:
            _must_be_new(db, view, values)
            row = view.model()
            view.made(row)
        changed = {one.name: values[one.name] for one in view.fields if _differs(one, values, before)}
        view.apply(db, who, row, changed)
        if pk is None:
            db.add(row)
        db.flush()
        _record(db, who, view, row, "admin-create" if pk is None else "admin-edit", before)
        saved[:] = [row]
        return Outcome({})

    try:
        _carry_out(Write(database, who, None, "", texts.lang()), rule, view.fields)
    except IntegrityError:
        raise Refused({"": texts.say("errors", "does_not_fit")}) from None
    return saved[0]


def remove(database: Database, who: Speaker, view: View, pk: str) -> None:
    """Take a row out that nothing depends on. Raises Refused, NotFound, Forbidden."""
    if not view.removable:
        raise NotFound()
    if not view.may_remove(who):
        raise Forbidden()

    def rule(db: Session) -> Outcome:
        row = _locked(db, who, view, pk)
        if reason := view.why_not_remove(db, row):
            raise Refused({"": texts.say("errors", reason)})
        record(db, who.principal, "admin-remove", reference_of(row), table=view.table)
        db.delete(row)
        db.flush()
        return Outcome({})

    try:
        _carry_out(Write(database, who, None, "", texts.lang()), rule)
    except IntegrityError:  # something that this view does not know of
        raise Refused({"": texts.say("errors", "in_use")}) from None


def perform(database: Database, who: Speaker, view: View, pk: str, deed: Deed, sent: Sent) -> None:
    """Call a rule, which writes its own rows of the audit log; once for each form that was shown.

    Raises Refused, NotFound, Forbidden, RateLimited, Unavailable.
    """
    if not who.may(deed.scope):
        raise Forbidden()
    values = _read(deed.fields, sent)

    def rule(db: Session) -> Outcome:
        row = db.scalar(view.one_row(db, who, pk))
        if row is None:
            raise NotFound()
        shows = deed.shows(row)
        options = choices(db, who, row, deed.fields, lambda one: shows.get(one.name))
        _check_choices(deed.fields, values, options)
        deed.does(db, who, row, values)
        return Outcome({})

    once = sent.get(ONCE, [""])[0]
    said = sha256(json.dumps([view.key, deed.name, pk, values], default=str).encode()).hexdigest()
    write = Write(database, who, f"{ONCE}:{once}"[:200] if once else None, said, texts.lang())
    _carry_out(write, rule, deed.fields)


def stamp(view: View, row: Any) -> str:
    """What a form showed, in short; another one after every change of its fields."""
    values = [one.show(view.current(row, one)) for one in view.fields]
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:32]


def reference_of(row: Any) -> str:
    """The primary key of a row as the audit log names it."""
    return ";".join(str(one) for one in inspect(row).identity or [])[:100]


def _read(fields: Sequence[Field], sent: Sent) -> dict[str, Any]:
    """The values of the fields that may be written. Raises Refused with all that does not fit."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in fields:
        try:
            values[one.name] = one.read(sent)
        except Wrong as wrong:
            errors[one.name] = str(wrong)
    if errors:
        raise Refused(errors)
    return values


def _carry_out(write: Write, rule: Callable[[Session], Outcome], fields: Sequence[Field] = ()) -> None:
    """Raises Refused for whatever the rule refuses; not for what was never there, or cannot be answered now."""
    try:
        carry_out(write, rule)
    except Problem as problem:
        if problem.status in {404, 429, 503} or isinstance(problem, Forbidden):
            raise
        raise Refused.by_rule(problem, fields) from problem


def _locked(db: Session, who: Speaker, view: View, pk: str) -> Any:
    row = db.scalar(view.one_row(db, who, pk).with_for_update())
    if row is None:
        raise NotFound()
    return row


def _check_choices(fields: Sequence[Field], values: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """What was chosen is among what there is to choose."""
    for one in fields:
        if one.name in options and one.name in values:
            known = {code for code, _text in options[one.name]}
            if not set(one.chosen(values[one.name])) <= known:
                raise Refused.because(one.name, "choice")


def _differs(one: Field, values: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether a field was written and shows something else than before; all of them do in a new row."""
    return one.name in values and (before[one.name] is None or one.show(values[one.name]) != before[one.name])


def _must_be_new(db: Session, view: View, values: Mapping[str, Any]) -> None:
    for column in view.pk_columns:
        if column.key in values and db.scalar(select(column).where(column == values[column.key])) is not None:
            raise Refused.because(str(column.key), "exists")


def _record(db: Session, who: Speaker, view: View, row: Any, action: str, before: Mapping[str, Any]) -> None:
    """One row with what changed: old and new as the form shows them, and only the names of what is not to be told."""
    fields: dict[str, Any] = {}
    for one in view.fields:
        old, new = before[one.name], one.show(view.current(row, one))
        if old == new:
            continue
        fields[one.name] = None if one.secret else {"old": _brief(old), "new": _brief(new)}
    if fields:
        record(db, who.principal, action, reference_of(row), table=view.table, fields=fields)


def _brief(inputs: Mapping[str, Any] | None) -> Any:
    """The only input, or those that are not empty."""
    if inputs is None:
        return None
    filled = {name: text for name, text in inputs.items() if text}
    return next(iter(inputs.values())) if len(inputs) == 1 else filled
