"""Accounts of the staff and the channels they are linked to: read; rights are given by the rules of `campus.staff`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from campus.admin.base import View
from campus.speakers.speaker import Speaker
from campus.staff import accounts, links
from campus.staff.models import StaffAccount, StaffLink


class AccountView(View, model=StaffAccount):
    key = "account"
    order = 84
    reads = accounts.SCOPE
    column_list = ("name", "email", "scopes", "operators", "active", "created_at")
    column_details_list = ("id", "name", "email", "scopes", "operators", "active", "version", "created_at")
    column_searchable_list = ("id", "name", "email")
    column_sortable_list = ("name", "email", "active", "created_at")
    column_default_sort = "name"

    def of_speaker(self, db: Session, speaker: Speaker) -> ColumnElement[bool]:
        if speaker.may_everywhere(self.reads):
            return true()
        managed = accounts.visible(db, speaker) if self.is_open_to(speaker) else []
        return StaffAccount.id.in_([account.id for account in managed])


class LinkView(View, model=StaffLink):
    key = "link"
    order = 86
    column_list = ("subject", "account_id", "created_at")
    column_details_list = ("id", "subject", "account_id", "created_at")
    column_searchable_list = ("subject", "account_id")
    column_sortable_list = ("subject", "account_id", "created_at")
    column_default_sort = ("created_at", True)

    def is_open_to(self, speaker: Speaker) -> bool:
        """Everybody sees where they are signed in themselves."""
        return speaker.account is not None or speaker.may_everywhere(accounts.SCOPE)

    def of_speaker(self, db: Session, speaker: Speaker) -> ColumnElement[bool]:
        return links.of_speaker(speaker)
