"""The queue: rows are put in with the facts, claimed by one worker at a time, and marked when they have left.

A *lane* is a channel with one destination. Lanes know nothing of one another, so that a receiver
that is down holds up nobody else; within a lane the messages of one reference keep their order.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from campus import clock
from campus.inserts import insert_if_absent
from campus.outbox.models import MAIL, Outbox

LEASE = timedelta(seconds=180)
"""How long a claimed row belongs to its worker; a worker that died gives it up with the lease."""
BATCH = 10
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0
"""Seconds before the second attempt, doubled for each further one up to an hour."""
GIVE_UP_AFTER = timedelta(days=3)
WRITTEN = "outbox_written"
"""Under this name a session of the database knows the ids of what it put in."""
PURGED = frozenset({"code", "erasure"})
"""Kinds of which nothing is kept once they have left or were given up: a code, the receipt of an erasure."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A channel with one of its destinations."""

    channel: str = MAIL
    destination: str | None = None


Condition = Callable[[Session, Outbox], bool]
_conditions: dict[tuple[str, str], Condition] = {}


def only_while(channel: str, kind: str) -> Callable[[Condition], Condition]:
    """Decorates the rule that says, just before a message of that kind leaves, whether it is still true."""

    def register(condition: Condition) -> Condition:
        _conditions[channel, kind] = condition
        return condition

    return register


def is_still_true(db: Session, row: Outbox) -> bool:
    """Whether this message may leave now; only reads."""
    condition = _conditions.get((row.channel, row.kind))
    return condition is None or condition(db, row)


GivenUp = Callable[[Session, Outbox], None]
_given_up: dict[str, GivenUp] = {}


def when_given_up(channel: str) -> Callable[[GivenUp], GivenUp]:
    """Decorates what is done, in the same transaction, with a message of that channel that will never leave."""

    def register(given_up: GivenUp) -> GivenUp:
        _given_up[channel] = given_up
        return given_up

    return register


def put(
    db: Session,
    *,
    kind: str,
    reference: str,
    lang: str,
    dedupe: str,
    payload: dict[str, Any],
    channel: str = MAIL,
    destination: str | None = None,
    id: str | None = None,
) -> bool:
    """Queue a message in the caller's transaction; False where one with this ``dedupe`` was queued before.

    ``id`` is drawn unless the payload must know it before.
    """
    now = clock.real_now()
    row = {
        "id": id or str(uuid.uuid4()),
        "channel": channel,
        "destination": destination,
        "kind": kind,
        "reference": reference,
        "dedupe": dedupe,
        "lang": lang,
        "payload": payload,
        "created_at": now,
        "next_attempt_at": now,
        "attempts": 0,
    }
    if not insert_if_absent(db, Outbox, row):
        return False
    db.info.setdefault(WRITTEN, []).append(row["id"])
    return True


def is_any_due(db: Session, lane: Lane) -> bool:
    """Whether something waits to be sent in that lane; only reads."""
    return db.scalar(select(_due(clock.real_now(), lane).exists())) or False


def due_lanes(db: Session, channel: str) -> list[Lane]:
    """The lanes of a channel in which something waits to be sent; only reads."""
    now = clock.real_now()
    found = select(Outbox.destination).where(Outbox.channel == channel, *_ready(now)).distinct()
    return [Lane(channel, destination) for destination in db.scalars(found)]


def claim(db: Session, lane: Lane, limit: int = BATCH) -> Sequence[Outbox]:
    """Take rows that are due, for `LEASE`; two workers never get the same one, nor two rows of one reference."""
    now = clock.real_now()
    chosen = _due(now, lane).order_by(Outbox.seq).limit(limit).with_for_update(skip_locked=True)
    statement = (
        update(Outbox)
        .where(Outbox.seq.in_(chosen))
        .values(claimed_until=now + LEASE, attempts=Outbox.attempts + 1)
        .returning(Outbox)
        .execution_options(synchronize_session=False)
    )
    return sorted(db.scalars(statement).all(), key=lambda row: row.seq)


def give_back(db: Session, rows: Sequence[Outbox]) -> None:
    """Rows that were claimed and not tried, because the worker stops: the next one need not wait for the lease."""
    for row in rows:
        _set(db, row.seq, claimed_until=None, attempts=row.attempts - 1)


def mark_sent(db: Session, seq: int) -> None:
    """It has left."""
    _set(db, seq, sent_at=clock.real_now(), claimed_until=None, last_error=None)
    _purge(db, seq)


def mark_failed(db: Session, row: Outbox, error: str, *, for_good: bool = False) -> None:
    """It did not leave: try again later, longer each time, and give up after `GIVE_UP_AFTER`.

    What its channel does with what was given up (see `when_given_up`) is done once.
    """
    now = clock.real_now()
    doubled = 2.0 ** min(row.attempts - 1, 20)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * doubled) * random.uniform(0.8, 1.2)
    over = for_good or now - row.created_at > GIVE_UP_AFTER
    marked = _set(
        db,
        row.seq,
        claimed_until=None,
        next_attempt_at=now + timedelta(seconds=pause),
        failed_at=now if over else None,
        last_error=error[:500],
    )
    if over and marked and (given_up := _given_up.get(row.channel)):
        given_up(db, row)
    if over:
        _purge(db, row.seq)


def drop(db: Session, row: Outbox) -> None:
    """Take out a message that nobody wants any more; one that has left stays."""
    db.execute(delete(Outbox).where(Outbox.seq == row.seq, Outbox.sent_at.is_(None)))


def drop_waiting(db: Session, lane: Lane) -> int:
    """Take out what waits in that lane; how many they were."""
    done = db.execute(delete(Outbox).where(_in(lane), Outbox.sent_at.is_(None)))
    assert isinstance(done, CursorResult)
    return done.rowcount


def _in(lane: Lane) -> ColumnElement[bool]:
    return and_(Outbox.channel == lane.channel, Outbox.destination.is_not_distinct_from(lane.destination))


def _ready(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Not sent, not given up, due, and nobody's."""
    return (
        Outbox.sent_at.is_(None),
        Outbox.failed_at.is_(None),
        Outbox.next_attempt_at <= now,
        or_(Outbox.claimed_until.is_(None), Outbox.claimed_until < now),
    )


def _due(now: datetime, lane: Lane) -> Select[int]:
    """The rows to send: ready, and first of their reference in the lane, so that a booking's mails keep their order."""
    before = aliased(Outbox)
    earlier = exists().where(
        before.reference == Outbox.reference,
        before.channel == Outbox.channel,
        before.destination.is_not_distinct_from(Outbox.destination),
        before.seq < Outbox.seq,
        before.sent_at.is_(None),
        before.failed_at.is_(None),
    )
    return select(Outbox.seq).where(_in(lane), *_ready(now), ~earlier)


def _set(db: Session, seq: int, **values: Any) -> bool:
    """Whether it was still waiting."""
    done = db.execute(
        update(Outbox)
        .where(Outbox.seq == seq, Outbox.sent_at.is_(None), Outbox.failed_at.is_(None))  # given up is given up
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)


def _purge(db: Session, seq: int) -> None:
    purged = update(Outbox).where(Outbox.seq == seq, Outbox.kind.in_(PURGED)).values(payload={})
    db.execute(purged.execution_options(synchronize_session=False))
