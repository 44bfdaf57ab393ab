"""Every write goes through `carry_out`: one transaction, and the first answer again for the same key and body.

The row of the key is inserted before anything else. A second delivery that arrives meanwhile
waits for it at the unique index (PostgreSQL) or at the write lock (SQLite), and then finds the
answer. Refusals by a rule are kept as well, so that every delivery of one request is told the
same; what says nothing about the request itself (limits, no right, a part that is down) is not.
"""

from __future__ import annotations

import json
import logging
import random
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.dependencies.models import Dependant
from sqlalchemy import JSON, CursorResult, String, Text, cast, delete, func, or_, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from campus import clock
from campus.db import BUSY_SECONDS, Base, Database, Moment
from campus.inserts import insert_if_absent
from campus.languages import DEFAULT, Lang, supported
from campus.privacy.forgetting import forget_in
from campus.problems import (
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InProgress,
    NotFound,
    Problem,
    Unavailable,
    language_of,
)
from campus.speakers.speaker import Caller, Speaker

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 16, 255
KEY_PATTERN = r"^[!-~]([ -~]*[!-~])?$"
"""What a key is made of: signs that every part of the way leaves alone."""
KEPT_FOR = timedelta(days=7)
TRIES = 4
LOCK_TIMEOUT_MS = BUSY_SECONDS * 1000
"""On PostgreSQL, as long as on SQLite: a whole queue of 40 in flight passes, even on a machine that is busy."""
KEPT_REFUSALS = frozenset({403, 409, 410})


class IdempotencyKey(Base):
    """The first answer to a request; whose key it is belongs to the key, so that nobody gets another's answer.

    ``body`` is JSON and not JSONB, which would forget the order of its members.
    """

    __tablename__ = "idempotency_keys"

    principal: Mapped[str] = mapped_column(String(600), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reference: Mapped[str | None] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule answers. ``reference`` tells whose personal data the stored answer holds."""

    body: dict[str, Any]
    status: int = 200
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """A request that writes: who, with which key, saying what, and the language of the reply."""

    database: Database
    speaker: Speaker
    key: str | None
    fingerprint: str
    lang: Lang


class Refusal(Exception):
    """A problem that leaves something behind all the same (a mail sent again), written although the rest is undone."""

    def __init__(self, problem: Problem, leave: Callable[[Session], None]) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.leave = leave


async def _write(
    request: Request,
    caller: Caller,
    idempotency_key: Annotated[
        str | None, Header(description="16 to 255 characters; the same key and body give the first answer again.")
    ] = None,
) -> Write:
    """What a route that writes takes. Raises IdempotencyKeyMissing for a key of the wrong length or other signs."""
    if idempotency_key is not None and not _fits(idempotency_key):
        raise IdempotencyKeyMissing()
    fingerprint = _fingerprint(request.method, request.url.path, await request.body())
    lang = supported(await language_of(request)) or DEFAULT
    return Write(request.app.state.database, caller, idempotency_key, fingerprint, lang)


Writing = Annotated[Write, Depends(_write)]


def _fits(key: str) -> bool:
    return SHORTEST <= len(key) <= LONGEST and re.fullmatch(KEY_PATTERN, key) is not None


def _with_key(write: Writing) -> Write:
    if write.key is None:
        raise IdempotencyKeyMissing()
    return write


KeyedWriting = Annotated[Write, Depends(_with_key)]
"""For routes where the key is required: IdempotencyKeyMissing without one."""


def needs_key(dependant: Dependant) -> bool:
    """Whether a route takes `KeyedWriting`."""
    return dependant.call is _with_key or any(needs_key(part) for part in dependant.dependencies)


def carry_out(write: Write, rule: Callable[[Session], Outcome]) -> Outcome:
    """Run the rule in one transaction with its key, and commit before anything is answered.

    A transaction that the database broke off to untie a deadlock is tried again from the start.
    Raises the rule's Problem (the first one again for a repeated key), IdempotencyKeyReused,
    InProgress, Unavailable.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _once(write, rule)
        except IntegrityError:  # a reference that was drawn twice: draw again
            if attempt == TRIES:
                raise
        except OperationalError as exc:
            if attempt == TRIES or not _worth_another_try(exc, write):
                if _is_lock_wait(exc) or _is_away(exc):
                    raise Unavailable(headers={"Retry-After": "2"}) from exc
                raise
            log.info("transaction broken off, attempt %d: %s", attempt, type(exc.orig).__name__)
            time.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")


def _once(write: Write, rule: Callable[[Session], Outcome]) -> Outcome:
    refused: Problem | None = None
    with write.database.writing() as db:
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
        if write.key is not None and not _claim(db, write):
            return _first_answer(db, write)
        try:
            with db.begin_nested():
                outcome = rule(db)
        except Refusal as refusal:
            refusal.leave(db)
            refused = refusal.problem
        except Problem as problem:
            if problem.status not in KEPT_REFUSALS:
                raise
            refused = problem
        if refused is not None:
            outcome = Outcome(refused.document(write.lang), refused.status)
        if write.key is not None:
            _keep(db, write, outcome)
    if refused is not None:
        raise refused
    return outcome


def _claim(db: Session, write: Write) -> bool:
    """Insert the key's row; False where it is there already. Raises InProgress when its owner takes too long."""
    row = {
        "principal": write.speaker.principal,
        "key": write.key,
        "fingerprint": write.fingerprint,
        "created_at": clock.real_now(),
    }
    try:
        return insert_if_absent(db, IdempotencyKey, row)
    except OperationalError as exc:
        if _is_lock_wait(exc):
            raise InProgress(headers={"Retry-After": "1"}) from exc
        raise


def _first_answer(db: Session, write: Write) -> Outcome:
    """The first answer to this key; raised where it was a refusal. Raises IdempotencyKeyReused for another body."""
    row = db.get(IdempotencyKey, (write.speaker.principal, write.key))
    if row is None or row.status is None:
        raise InProgress(headers={"Retry-After": "1"})
    if row.fingerprint != write.fingerprint:
        raise IdempotencyKeyReused()
    body = row.body or {}
    if row.status >= 400:
        raise _problem_again(body)
    return Outcome(body, row.status, row.reference)


def _problem_again(document: dict[str, Any]) -> Problem:
    """The problem that a stored document tells."""
    kind = next(kind for kind in Problem.__subclasses__() if kind.code == document["code"])
    problem = kind.__new__(kind)
    known = {"type", "title", "status", "code", "detail"}
    Problem.__init__(problem, **{name: value for name, value in document.items() if name not in known})
    return problem


def _keep(db: Session, write: Write, outcome: Outcome) -> None:
    db.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.principal == write.speaker.principal, IdempotencyKey.key == write.key)
        .values(status=outcome.status, body=outcome.body, reference=outcome.reference)
    )


def _fingerprint(method: str, path: str, body: bytes) -> str:
    """What a request says, whatever the order and spacing of its JSON."""
    try:
        said = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode() if body else b""
    except ValueError:
        said = body
    return sha256(b"\n".join((method.encode(), path.encode(), said))).hexdigest()


def _state(exc: OperationalError) -> str:
    return str(getattr(exc.orig, "sqlstate", "") or "")


def _is_lock_wait(exc: OperationalError) -> bool:
    """Waited too long for somebody else: PostgreSQL's lock_timeout, or SQLite's busy_timeout."""
    return _state(exc) == "55P03" or "database is locked" in str(exc.orig)


def _is_away(exc: OperationalError) -> bool:
    """The database is not there: no connection was got, or it broke off."""
    return exc.statement is None or exc.connection_invalidated


def _worth_another_try(exc: OperationalError, write: Write) -> bool:
    """Deadlocks and serialisation failures; a lost connection only with a key, which tells whether it was done."""
    return _state(exc) in {"40P01", "40001"} or (exc.connection_invalidated and write.key is not None)


def forget_person(db: Session, email: str, references: Collection[str]) -> int:
    """Take a person (lower-case address) out of the kept answers; how many.

    An answer about what was theirs alone becomes `not-found`, so that a delivery that comes late neither does it
    again nor is told what is forgotten; the others lose the person only.
    """
    mentions = func.lower(cast(IdempotencyKey.body, Text)).contains(email, autoescape=True)
    kept = select(IdempotencyKey).where(or_(IdempotencyKey.reference.in_(sorted(references)), mentions))
    rows = db.scalars(kept.where(IdempotencyKey.status.is_not(None))).all()
    for row in rows:
        if row.reference in references:
            row.status, row.body = NotFound.status, {"code": NotFound.code}
        else:
            row.body = forget_in(row.body, email)
    db.flush()
    return len(rows)


def forget_old_keys(db: Session) -> int:
    """Remove the answers that are no longer kept; how many they were."""
    done = db.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.real_now() - KEPT_FOR))
    assert isinstance(done, CursorResult)
    return done.rowcount
