"""Checks of each booking against its history: the audit log, the promised mails, the answers that were kept."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import String, column, select, table
from sqlalchemy.orm import Session

from campus.audit import AuditEntry
from campus.auditor.finding import Finding
from campus.bookings.models import Booking
from campus.bookings.states import MOVES, State, Verb
from campus.idempotency import IdempotencyKey

_outbox = table("outbox", column("reference", String), column("kind", String), column("dedupe", String))
"""Read by name: what a mail is made of does not matter here."""

_ALLOWED = {(move.source.value, move.target.value) for move in MOVES}
_BEGINNINGS = {State.HELD, State.CONFIRMED, State.WAITING}
_CHANGES = {"change", "extend", "reschedule", "undo"}
"""What is recorded without a move, and counts as a version all the same."""

_WRITTEN_TO = {State.CONFIRMED, State.WAITING, State.OFFERED}
"""Who is told by mail that a session is called off."""
_MAIL_OF = {Verb.CONFIRM.value: "confirmation", Verb.OFFER.value: "offer", Verb.WITHDRAW.value: "withdrawal"}

_BESIDE = re.compile(r":again:|:p[\w-]+:")
"""In `dedupe`: what `bookings/letters.py` writes beside the promised mails."""

History = Sequence[Any]


def histories(db: Session) -> Mapping[str, History]:
    """The rows of the audit log by reference, oldest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    columns = (AuditEntry.reference, AuditEntry.action, AuditEntry.source, AuditEntry.target)
    for row in db.execute(select(*columns).order_by(AuditEntry.seq)):
        found[row.reference].append(row)
    return found


def check_histories(db: Session, history: Mapping[str, History]) -> Iterator[Finding]:
    """Each booking's history leads to its state, and each step of it was told to whom it was promised."""
    mails: dict[str, Counter[str]] = defaultdict(Counter)
    for reference, kind, dedupe in db.execute(select(_outbox.c.reference, _outbox.c.kind, _outbox.c.dedupe)):
        if is_promised(dedupe):
            mails[reference][kind] += 1
    columns = (
        *(Booking.reference, Booking.state, Booking.version),
        *(Booking.sequence, Booking.demo, Booking.quote_reference),
    )
    by_phone = Booking.contact_email.is_(None) & Booking.contact_phone.is_not(None)
    for row in db.execute(select(*columns, by_phone.label("by_phone")).order_by(Booking.id)):
        steps = history.get(row.reference, ())
        yield from _replayed(row, steps)
        if not row.demo and not row.by_phone:  # the demonstration's people were never written to
            promised = promised_mails(steps)
            if row.quote_reference is not None:  # confirmed by the one mail about the whole quote
                promised["confirmation"] -= sum(step.action == Verb.CONFIRM for step in steps)
            for kind in sorted(promised):
                if mails[row.reference][kind] < promised[kind]:
                    found = str(mails[row.reference][kind])
                    yield Finding("mail-missing", row.reference, f"{promised[kind]} of kind {kind}", found)


def _replayed(row: Any, steps: History) -> Iterator[Finding]:
    """The history, gone through from its beginning."""
    state: str | None = State.CONFIRMED if row.demo else None
    versions = 1
    for step in steps:
        if step.action == "book" and state is None and step.target in _BEGINNINGS:
            state = step.target
        elif step.target is not None:
            versions += 1
            if step.source != state or (step.source, step.target) not in _ALLOWED:
                yield Finding("history-broken", row.reference, f"a move from {state}", f"{step.source}→{step.target}")
                return
            state = step.target
        elif step.action in _CHANGES:
            versions += 1
    if state != row.state:
        yield Finding("history-differs", row.reference, str(state), row.state)
    elif row.version < versions:
        yield Finding("version-behind", row.reference, f"{versions} at least", str(row.version))
    elif not 0 <= row.sequence < row.version:
        yield Finding("sequence-out-of-order", row.reference, f"below {row.version}", str(row.sequence))


def is_promised(dedupe: str) -> bool:
    """Whether a mail is one that a step promises to the contact: not one sent again, and not a participant's own."""
    return not _BESIDE.search(dedupe)


def promised_mails(steps: History) -> Counter[str]:
    """How many mails of each kind the steps of a booking promise to its contact."""
    promised: Counter[str] = Counter()
    state: str | None = None
    for step in steps:
        if step.action == "book":
            kinds = {State.CONFIRMED: "confirmation", State.WAITING: "waiting"}
            kind = kinds.get(step.target)
        elif step.action == Verb.CALL_OFF:
            kind = "session-cancelled" if step.source in _WRITTEN_TO else None
        elif step.action == Verb.CANCEL:
            kind = "cancellation" if step.source == State.CONFIRMED else None
        elif step.action in {"change", "reschedule"} and state == State.CONFIRMED:
            kind = "confirmation" if step.action == "change" else "move"
        else:
            kind = _MAIL_OF.get(step.action)
        if kind:
            promised[kind] += 1
        if step.action == Verb.UNDO and step.target is None and state == State.CONFIRMED:
            # the mail of the change has not left, and will not
            promised["confirmation"] -= 1
        state = step.target or state
    return promised


def check_answers(db: Session) -> Iterator[Finding]:
    """The answers that were kept for repeated requests: each is complete, and about a booking that there is."""
    known = set(db.scalars(select(Booking.reference)))
    kept = select(IdempotencyKey.reference, IdempotencyKey.status).order_by(IdempotencyKey.created_at)
    for row in db.execute(kept):
        if row.status is None:
            yield Finding("answer-missing", row.reference or "-", "an answer for the key", "none")
        if row.reference and row.reference.startswith("EBC-") and row.reference not in known:
            yield Finding("answer-without-booking", row.reference, "a booking", "none")
