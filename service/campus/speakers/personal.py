"""Codes and proved addresses: forgotten at the person's wish, and a day after they are over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from campus import clock
from campus.privacy.parts import Limits, Who
from campus.speakers import codes
from campus.speakers.models import OneTimeCode, Verification


def export(db: Session, who: Who, lang: str) -> dict[str, Any]:
    """`verifications`: until when the address is open to a token or a conversation."""
    who.own.add(codes.reference_of(who.person))
    kept = select(Verification.expires_at).where(Verification.person == who.person).order_by(Verification.expires_at)
    return {"verifications": [{"expires_at": clock.iso(moment)} for moment in db.scalars(kept)]}


def erase(db: Session, who: Who, actor: str) -> dict[str, int]:
    """Nothing is open any more. The token that asks loses its address and stays known until it is over, so that a
    repeated request is told the first answer again."""
    asked = _count(db, delete(OneTimeCode).where(OneTimeCode.person == who.person))
    mark = (who.speaker.bearer if who.speaker else None) or ""
    mine = Verification.person == who.person
    closed = _count(db, update(Verification).where(mine, Verification.bearer == mark).values(email=None))
    gone = _count(db, delete(Verification).where(mine, Verification.bearer != mark))
    return {"codes": asked, "verifications": closed + gone}


def expire(db: Session, limits: Limits) -> dict[str, int]:
    """Remove what is over for a day."""
    return {
        "codes": _count(db, delete(OneTimeCode).where(OneTimeCode.expires_at < limits.codes)),
        "verifications": _count(db, delete(Verification).where(Verification.expires_at < limits.codes)),
    }


def _count(db: Session, statement: Any) -> int:
    done = db.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount
