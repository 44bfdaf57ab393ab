"""The audit log: read, and nothing else, by anybody."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from campus.admin.base import View
from campus.audit import AuditEntry
from campus.speakers.speaker import Speaker
from campus.staff import audit_log


class AuditView(View, model=AuditEntry):
    key = "audit"
    order = 90
    reads = audit_log.SCOPE
    column_list = ("at", "actor", "action", "reference", "source", "target", "details")
    column_details_list = ("seq", "at", "actor", "action", "reference", "source", "target", "details")
    column_searchable_list = ("actor", "action", "reference")
    column_sortable_list = ("at", "actor", "action", "reference")
    column_default_sort = ("seq", True)

    def of_speaker(self, db: Session, speaker: Speaker) -> ColumnElement[bool]:
        return audit_log.of_speaker(speaker)
