"""Telling what is new: at most one mail a day for each alert, with everything that came since the last one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.alerts.criteria import matching
from campus.alerts.models import ACTIVE, Alert, AlertTelling
from campus.alerts.rules import NEWS, facts
from campus.audit import SERVICE, record
from campus.catalogue.memory import CourseEntry, SessionEntry
from campus.catalogue.models import CourseSession
from campus.catalogue.views import look, session_view
from campus.db import Database
from campus.outbox import queue
from campus.settings import get_settings

MOST = 20
"""Dates that one mail lists; the others are told on the next day."""


def tell_due(database: Database, stopping: Callable[[], bool] = lambda: False) -> int:
    """Queue the mails that are due, each in a transaction of its own; how many they were."""
    with database.reading() as db:
        due = [alert.id for alert in _due(db) if _news(db, alert)]
    told = 0
    for alert_id in due:
        if stopping():
            break
        with database.writing() as db:
            told += _tell(db, alert_id)
    return told


def _due(db: Session) -> list[Alert]:
    """Active alerts that were not told anything today, if any session was made since the first was confirmed."""
    today = clock.now().date()
    active = db.scalars(select(Alert).where(Alert.state == ACTIVE).order_by(Alert.id)).all()
    waiting = [one for one in active if one.told_at is None or one.told_at.date() < today]
    if not waiting:
        return []
    newest = db.scalar(select(func.max(CourseSession.created_at)))
    return [one for one in waiting if newest and one.confirmed_at and one.confirmed_at < newest]


def _news(db: Session, alert: Alert) -> list[tuple[CourseEntry, SessionEntry]]:
    """Sessions made since the alert was confirmed, that it has not told of."""
    told = select(AlertTelling.session_id).where(AlertTelling.alert_id == alert.id)
    made = select(CourseSession.id).where(CourseSession.created_at > alert.confirmed_at, CourseSession.id.not_in(told))
    new = set(db.scalars(made))
    return matching(look(db), alert, new)[:MOST] if new else []


def _tell(db: Session, alert_id: str) -> bool:
    """Look again under the lock: another process may have told it, or its owner ended it."""
    wanted = select(Alert).where(Alert.id == alert_id, Alert.state == ACTIVE)
    alert = db.scalar(wanted)
    if alert is None:
        return False
    addresses.use(db, alert.email)
    alert = db.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    now = clock.now()
    if alert is None or (alert.told_at and alert.told_at.date() >= now.date()):
        return False
    news = _news(db, alert)
    if not news:
        return False
    rows = [{"alert_id": alert.id, "session_id": session.id, "told_at": now} for _, session in news]
    db.execute(insert(AlertTelling), rows)
    alert.told_at = now
    record(db, SERVICE, "alert-tell", alert.id, count=len(news))
    queue.put(
        db,
        kind=NEWS,
        reference=alert.id,
        lang=alert.lang,
        dedupe=f"{NEWS}:{alert.id}:{now:%Y%m%d}",
        payload=_payload(db, alert, news),
    )
    return True


def _payload(db: Session, alert: Alert, news: list[tuple[CourseEntry, SessionEntry]]) -> dict[str, Any]:
    moment = look(db, only={session.id for _, session in news})
    return {
        "to": {"name": "", "email": alert.email},
        "alert": facts(db, alert, alert.lang),
        "sessions": [session_view(moment, course, session, alert.lang) for course, session in news],
        "home": f"{get_settings().public_url}/",
        "written_at": clock.iso(moment.now),
    }
