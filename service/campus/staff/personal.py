"""What is kept of staff, and what staff kept of others: forgotten at the person's wish, and not kept too long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, Text, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.addresses import FORGOTTEN
from campus.privacy.parts import Limits, Who
from campus.staff import accounts
from campus.staff.models import StaffAccount, StaffLink, StaffToken, Undoable


def export(db: Session, who: Who, lang: str) -> dict[str, Any]:
    """`staff_accounts`: the person's own, with tokens and links."""
    own = db.scalars(select(StaffAccount).where(addresses.is_of(StaffAccount.email, who.email))).all()
    return {"staff_accounts": accounts.account_views(db, own)}


def erase(db: Session, who: Who, actor: str) -> dict[str, int]:
    """Close the account and forget whose it was; what could be taken back for the person's sake no longer can.

    `bookings` was asked before, and knows which references are theirs.
    """
    ids = list(db.scalars(select(StaffAccount.id).where(addresses.is_of(StaffAccount.email, who.email))))
    for ident in ids:
        nobody = {"name": FORGOTTEN, "email": f"{ident.lower()}@forgotten.invalid", "active": False}
        db.execute(
            update(StaffAccount).where(StaffAccount.id == ident).values(version=StaffAccount.version + 1, **nobody)
        )
        for table in (StaffToken, StaffLink):
            db.execute(delete(table).where(table.account_id == ident))
    mentions = func.lower(cast(Undoable.before, Text)).contains(who.email, autoescape=True)
    kept = _count(db, delete(Undoable).where(or_(mentions, Undoable.reference.in_(sorted(who.own)))))
    return {"staff_accounts": len(ids), "undoable": kept}


def expire(db: Session, limits: Limits) -> dict[str, int]:
    """Remove what nobody can take back any more for a day; attendance goes with the booking's people."""
    return {"undoable": _count(db, delete(Undoable).where(Undoable.at < clock.now() - timedelta(days=1)))}


def _count(db: Session, statement: Any) -> int:
    done = db.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount
