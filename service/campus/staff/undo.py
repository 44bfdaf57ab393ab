"""Taking back one's last write, within ten minutes of the business clock.

What can be taken back: a change of a session (capacity, closing it, place, deadline, audience), attendance, and a
change of a booking's seats or participants. What cannot: anything whose mail or notice has left, a change after which
free seats were offered to the queue, whatever was changed again since, and every other write (calling a session off,
cancelling, messages): those reach people, who must be told and not un-told.

Whoever writes through the bootstrap token shares its last write with everybody who holds it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import AuditEntry
from campus.outbox.models import Outbox
from campus.outbox.queue import WRITTEN
from campus.problems import Forbidden, WrongState
from campus.speakers.speaker import Speaker
from campus.staff.models import Undoable

GOOD_FOR = timedelta(minutes=10)
SESSION, BOOKING, ATTENDANCE = "session", "booking", "attendance"
SCOPE_OF = {SESSION: "sessions.write", BOOKING: "bookings.write", ATTENDANCE: "sessions.write"}


def remember(
    db: Session, speaker: Speaker, kind: str, reference: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Keep what there was before this write; called last, in its transaction."""
    row = {
        "actor": speaker.principal,
        "kind": kind,
        "reference": reference,
        "before": before,
        "after": after,
        "sent": list(db.info.get(WRITTEN, [])),
        "audit_seq": _last_seq(db, speaker),
        "at": clock.now(),
    }
    db.execute(insert(Undoable), [row])


def claim(db: Session, speaker: Speaker) -> Undoable:
    """The speaker's last write, which is now theirs to take back. Raises WrongState, and Forbidden without its scope.

    Of two that ask at once the second finds it taken back.
    """
    newest = select(Undoable).where(Undoable.actor == speaker.principal).order_by(Undoable.id.desc()).limit(1)
    row = db.scalar(newest.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise WrongState("nothing-to-undo")
    if row.undone_at is not None:
        raise WrongState("undone")
    if row.audit_seq != _last_seq(db, speaker):
        raise WrongState("not-undoable")
    now = clock.now()
    if clock.has_come(clock.after(row.at, GOOD_FOR), now):
        raise WrongState("too-late")
    if not speaker.may(SCOPE_OF[row.kind]):
        raise Forbidden()
    _claim(db, row, now)
    _take_out(db, row.sent)
    return row


def _claim(db: Session, row: Undoable, now: datetime) -> None:
    done = db.execute(
        update(Undoable)
        .where(Undoable.id == row.id, Undoable.undone_at.is_(None))
        .values(undone_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount == 0:
        raise WrongState("undone")


def _take_out(db: Session, ids: list[str]) -> None:
    """Take what was written out of the outbox. Raises WrongState where some of it has left, or is leaving."""
    if not ids:
        return
    rows = db.scalars(select(Outbox).where(Outbox.id.in_(ids)).order_by(Outbox.seq).with_for_update()).all()
    if any(row.sent_at is not None or row.claimed_until is not None or row.attempts for row in rows):
        raise WrongState("sent")
    if len(rows) < len(ids):  # dropped by a worker, as nobody was to be told any more: what it told is no longer so
        raise WrongState("sent")
    db.execute(delete(Outbox).where(Outbox.id.in_(ids)).execution_options(synchronize_session=False))


def _last_seq(db: Session, speaker: Speaker) -> int:
    return db.scalar(select(func.max(AuditEntry.seq)).where(AuditEntry.actor == speaker.principal)) or 0
