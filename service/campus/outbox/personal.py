"""What left or will leave the service: what it told is forgotten, that it was sent is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from campus import clock
from campus.outbox.models import MAIL, Outbox
from campus.privacy.forgetting import addressee, forget_in
from campus.privacy.parts import Limits, Who

ERASED = "erased"
"""`last_error` of a mail that was given up because its reader had their data erased."""


def export(db: Session, who: Who, lang: str) -> dict[str, Any]:
    """`mails`: which kind was sent to the person, about what, and when."""
    rows = db.scalars(select(Outbox).where(_concerns(who)).order_by(Outbox.seq))
    return {
        "mails": [
            {
                "kind": row.kind,
                "reference": row.reference,
                "written_at": clock.iso(row.created_at),
                "sent_at": clock.iso(row.sent_at) if row.sent_at else None,
            }
            for row in rows
            if row.channel == MAIL
            and (addressee(row.payload) == who.email or (not row.payload and row.reference in who.own))
        ]
    }


def erase(db: Session, who: Who, actor: str) -> dict[str, int]:
    """Blank every mail to the person or about what is theirs (one that has not left does not leave any more), and
    take them out of the mails to others in which they are named."""
    count = 0
    for row in db.scalars(select(Outbox).where(_concerns(who), _is_kept()).with_for_update()).all():
        values: dict[str, Any] = {"payload": forget_in(row.payload, who.email)}
        if row.reference in who.own or addressee(row.payload) == who.email:
            values = {"payload": {}}
            if row.sent_at is None and row.failed_at is None:
                values |= {"failed_at": clock.real_now(), "last_error": ERASED, "claimed_until": None}
        if values["payload"] != row.payload:
            count += 1
            db.execute(update(Outbox).where(Outbox.seq == row.seq).values(**values))
    return {"mails": count}


def expire(db: Session, limits: Limits) -> dict[str, int]:
    """Blank what left (or was given up) so long ago."""
    old = select(Outbox.seq).where(or_(Outbox.sent_at < limits.brief, Outbox.failed_at < limits.brief), _is_kept())
    seqs = list(db.scalars(old))
    for start in range(0, len(seqs), 1000):
        blank = update(Outbox).where(Outbox.seq.in_(seqs[start : start + 1000])).values(payload={})
        db.execute(blank.execution_options(synchronize_session=False))
    return {"mails": len(seqs)}


def _concerns(who: Who) -> ColumnElement[bool]:
    mentions = func.lower(cast(Outbox.payload, Text)).contains(who.email, autoescape=True)
    return or_(Outbox.reference.in_(sorted(who.own)), mentions)


def _is_kept() -> ColumnElement[bool]:
    return cast(Outbox.payload, Text) != literal_column("'{}'")
