"""Requests for a person: read with what was said, and served by the rules of the desk (`campus.staff.handoffs`)."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session, object_session

from campus.admin import shown, texts
from campus.admin.base import Deed, Values, View
from campus.admin.changes import wish
from campus.admin.fields import Text
from campus.handoffs import rules
from campus.handoffs.models import Handoff
from campus.handoffs.schemas import StaffMessage
from campus.speakers.speaker import Speaker
from campus.staff import handoffs


def _may_take(_speaker: Speaker, row: Handoff) -> bool:
    return row.state in handoffs.WAITING


def _may_release(speaker: Speaker, row: Handoff) -> bool:
    return row.state == "active" and handoffs.may_end(speaker, row)


def _may_close(speaker: Speaker, row: Handoff) -> bool:
    return row.state in handoffs.WAITING or _may_release(speaker, row)


def _take(db: Session, speaker: Speaker, row: Handoff, _values: Values) -> None:
    handoffs.take(db, speaker, row.id)


def _answer(db: Session, speaker: Speaker, row: Handoff, values: Values) -> None:
    handoffs.answer(db, speaker, row.id, wish(StaffMessage, text=values["text"]).text)


def _release(db: Session, speaker: Speaker, row: Handoff, _values: Values) -> None:
    handoffs.release(db, speaker, row.id)


def _close(db: Session, speaker: Speaker, row: Handoff, _values: Values) -> None:
    handoffs.close(db, speaker, row.id)


class HandoffView(View, model=Handoff):
    key = "handoff"
    order = 70
    reads = handoffs.SCOPE
    column_list = ("id", "state", "reason", "contact_name", "contact_email", "lang", "created_at")
    column_details_list = (
        *("id", "state", "reason", "summary", "operator_id", "lang", "contact_name", "contact_email"),
        *("contact_phone", "created_at", "taken_by", "taken_at"),
    )
    column_searchable_list = ("id", "reason", "contact_name", "contact_email")
    column_sortable_list = ("id", "state", "created_at")
    column_default_sort = ("created_at", True)
    deeds = (
        Deed("take", handoffs.SCOPE, _may_take, _take, asks=False),
        Deed("answer", handoffs.SCOPE, rules.may_speak, _answer, fields=(Text(name="text"),)),
        Deed("release", handoffs.SCOPE, _may_release, _release, asks=False),
        Deed("close", handoffs.SCOPE, _may_close, _close, ends=True),
    )

    def of_speaker(self, db: Session, speaker: Speaker) -> ColumnElement[bool]:
        return handoffs.of_speaker(speaker)

    def parts(self, row: Handoff) -> list[tuple[str, list[str], list[list[str]]]]:
        db = object_session(row)
        assert db is not None
        said = [
            [shown.moment(one.created_at), texts.value("speaker", one.speaker), one.text]
            for one in db.scalars(rules.messages(row))
        ]
        return [("messages", ["created_at", "speaker", "text"], said)] if said else []
