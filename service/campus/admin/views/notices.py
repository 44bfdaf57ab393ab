"""Webhooks of outside systems: read without their secrets, and ended."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campus.admin.base import Deed, Values, View
from campus.notices import subscriptions
from campus.notices.models import Webhook
from campus.speakers.speaker import Speaker
from campus.staff.accounts import SCOPE


def _is_active(_speaker: Speaker, row: Webhook) -> bool:
    return row.active


def _end(db: Session, speaker: Speaker, row: Webhook, _values: Values) -> None:
    subscriptions.unsubscribe(db, speaker.principal, row.id)


class WebhookView(View, model=Webhook):
    key = "webhook"
    order = 80
    reads = SCOPE
    whole = True  # a webhook hears of every operator
    column_list = ("id", "url", "active", "last_status", "last_status_at")
    column_details_list = (
        *("id", "url", "kinds", "active", "created_at", "ended_at", "last_status", "last_status_at"),
    )
    column_searchable_list = ("id", "url")
    column_sortable_list = ("id", "active", "created_at")
    column_default_sort = ("created_at", True)
    deeds = (Deed("end", SCOPE, _is_active, _end, ends=True),)
