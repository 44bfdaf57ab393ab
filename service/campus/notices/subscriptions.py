"""Making, ending and reading subscriptions."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import record
from campus.bookings.references import new_reference, normalise
from campus.notices import addresses
from campus.notices.models import Webhook
from campus.outbox import queue
from campus.outbox.models import NOTICE
from campus.outbox.queue import Lane
from campus.problems import Invalid, NotFound

PREFIX = "WHK"
MAX_ACTIVE = 20
"""Active subscriptions; each may keep a thread of the workers busy while its receiver hangs."""


def subscribe(db: Session, actor: str, url: str, kinds: list[str]) -> Webhook:
    """A new subscription with a secret of its own. Raises Invalid for an address that may not be told."""
    addresses.check(url)
    active = db.scalar(select(func.count()).select_from(Webhook).where(Webhook.active.is_(True))) or 0
    if active >= MAX_ACTIVE:
        raise Invalid(url="too_many")
    webhook = Webhook(
        id=new_reference(PREFIX),
        url=url,
        secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        kinds=kinds,
        created_at=clock.now(),
    )
    db.add(webhook)
    db.flush()
    record(db, actor, "webhook", webhook.id, target="active", kinds=kinds)
    return webhook


def unsubscribe(db: Session, actor: str, ident: str) -> None:
    """End a subscription. Raises NotFound; nothing more happens to one that has ended."""
    wanted = normalise(ident, PREFIX)
    if wanted is None or db.get(Webhook, wanted) is None:
        raise NotFound()
    end(db, actor, wanted)


def end(db: Session, actor: str, ident: str, **why: Any) -> None:
    """Send it nothing any more, and drop what waits for it."""
    ended = db.scalar(
        update(Webhook)
        .where(Webhook.id == ident, Webhook.active.is_(True))
        .values(active=False, ended_at=clock.now())
        .returning(Webhook.id)
    )
    if ended:
        dropped = queue.drop_waiting(db, Lane(NOTICE, ident))
        record(db, actor, "webhook", ident, source="active", target="ended", dropped=dropped, **why)


def note_status(db: Session, ident: str, status: str) -> None:
    """Keep how the last attempt ended."""
    values = {"last_status": status, "last_status_at": clock.real_now()}
    db.execute(update(Webhook).where(Webhook.id == ident).values(**values))


def newest_first() -> Select[Webhook]:
    """All subscriptions, those that have ended too."""
    return select(Webhook).order_by(Webhook.created_at.desc(), Webhook.id)


def view(webhook: Webhook) -> dict[str, Any]:
    """As an answer, without the secret."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "kinds": webhook.kinds,
        "active": webhook.active,
        "created_at": clock.iso(webhook.created_at),
        "ended_at": _time(webhook.ended_at),
        "last_status": webhook.last_status,
        "last_status_at": _time(webhook.last_status_at),
    }


def _time(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None
