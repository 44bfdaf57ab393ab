"""Asking for an alert, confirming it by the link in a mail, and ending it.

Nothing is told to an address whose owner has not pressed the button behind the link: opening the link alone does
nothing, for scanners of mails open every link. The answer to asking is the same for every address but one's own.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.alerts.criteria import as_lists
from campus.alerts.models import ACTIVE, UNCONFIRMED, Alert
from campus.alerts.schemas import NewAlert
from campus.alerts.words import about
from campus.audit import record
from campus.bookings.references import new_reference
from campus.catalogue.audience import NOBODY_SPECIAL
from campus.catalogue.memory import get_catalogue
from campus.idempotency import Outcome
from campus.languages import supported
from campus.outbox import queue
from campus.outbox.models import MAIL, Outbox
from campus.outbox.queue import only_while
from campus.problems import Invalid, NotFound
from campus.speakers import limits
from campus.speakers.speaker import Speaker
from campus.speakers.tokens import ALERT, alert_token

PREFIX = "ALR"
REQUEST, NEWS = "alert-request", "alert"
"""Kinds of mail: the link to confirm, and what is new."""
CONFIRM_WITHIN = timedelta(days=7)
MARK = f"{ALERT}_"
"""How the token of a link begins."""


def ask(db: Session, speaker: Speaker, wish: NewAlert, lang: str) -> Outcome:
    """Keep the wish and mail the link to confirm it; who has proved the address hears that it is active already.

    Raises Invalid, RateLimited.
    """
    email = addresses.normal(wish.email)
    limits.count_email(email)
    addresses.use(db, email)
    given = wish.criteria.model_dump(by_alias=True, exclude_none=True)
    if wish.kind:
        given["kind"] = wish.kind
    criteria = as_lists(given)
    if wish.course_id is not None:
        course = get_catalogue(db).courses.get(wish.course_id)
        if course is None or not NOBODY_SPECIAL.may_see(course):
            raise Invalid(course_id="unknown")
    spoken = supported(wish.lang) or lang
    alert = _same(db, email, criteria, wish.course_id) or _new(db, email, criteria, wish.course_id, spoken)
    alert.lang = spoken
    record(db, speaker.principal, "alert", alert.id, target=alert.state)
    if alert.state == UNCONFIRMED:
        now = clock.real_now()
        queue.put(
            db,
            kind=REQUEST,
            reference=alert.id,
            lang=spoken,
            dedupe=f"{REQUEST}:{alert.id}:{now:%Y%m%d%H}",
            payload={"to": {"name": "", "email": email}, "alert": facts(db, alert, spoken)},
        )
    proved = speaker.email is not None and speaker.email == email
    return Outcome({"state": alert.state if proved else UNCONFIRMED}, 202)


def _same(db: Session, email: str, criteria: dict[str, list[str]], course_id: str | None) -> Alert | None:
    """The alert that this address has already for the very same."""
    mine = db.scalars(select(Alert).where(Alert.email == email, Alert.course_id.is_not_distinct_from(course_id)))
    return next((one for one in mine if one.criteria == criteria and not _is_too_old(one)), None)


def _new(db: Session, email: str, criteria: dict[str, list[str]], course_id: str | None, lang: str) -> Alert:
    alert = Alert(
        id=new_reference(PREFIX),
        email=email,
        lang=lang,
        criteria=criteria,
        course_id=course_id,
        state=UNCONFIRMED,
        created_at=clock.now(),
    )
    db.add(alert)
    db.flush()
    return alert


def find(db: Session, token: str) -> Alert:
    """The alert that a link opens. Raises NotFound."""
    reference = token.split("_")[1] if token.count("_") >= 2 else ""
    if not hmac.compare_digest(token.encode(), alert_token(reference).encode()):
        raise NotFound()
    alert = db.get(Alert, reference)
    if alert is None or _is_too_old(alert):
        raise NotFound()
    return alert


def confirm(db: Session, speaker: Speaker, token: str) -> Alert:
    """From now on; a second time changes nothing. Raises NotFound."""
    alert = find(db, token)
    addresses.use(db, alert.email)
    if alert.state == UNCONFIRMED:
        alert.state, alert.confirmed_at = ACTIVE, clock.now()
        record(db, speaker.principal, "alert-confirm", alert.id, source=UNCONFIRMED, target=ACTIVE)
        db.flush()
    return alert


def end(db: Session, actor: str, alert: Alert) -> None:
    """Nothing is told any more, and nothing is kept."""
    db.delete(alert)
    record(db, actor, "alert-end", alert.id, source=alert.state, target="ended")


def view(db: Session, alert: Alert, lang: str) -> dict[str, Any]:
    """As an answer, without the address."""
    return {
        "id": alert.id,
        "state": alert.state,
        "lang": alert.lang,
        "created_at": clock.iso(alert.created_at),
        **facts(db, alert, lang),
    }


def facts(db: Session, alert: Alert, lang: str) -> dict[str, Any]:
    """What it looks for, as data and in words."""
    catalogue = get_catalogue(db)
    course = catalogue.courses.get(alert.course_id or "")
    told = {"id": course.id, "title": course.title[lang]} if course else None
    return {"criteria": alert.criteria, "course": told, "about": about(catalogue, alert, lang)}


def _is_too_old(alert: Alert) -> bool:
    return alert.state == UNCONFIRMED and alert.created_at <= clock.now() - CONFIRM_WITHIN


@only_while(MAIL, REQUEST)
def is_wanted(db: Session, row: Outbox) -> bool:
    """Whether the link may leave: the alert is there and waits for it."""
    alert = db.get(Alert, row.reference)
    return alert is not None and alert.state == UNCONFIRMED


@only_while(MAIL, NEWS)
def is_still_wanted(db: Session, row: Outbox) -> bool:
    """Whether news may leave: the alert has not been ended."""
    alert = db.get(Alert, row.reference)
    return alert is not None and alert.state == ACTIVE
