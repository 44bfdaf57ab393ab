"""Giving a person their data, and forgetting them: for who has proved the address by a one-time code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import addresses, clock, idempotency
from campus.audit import AuditEntry, record
from campus.bookings import personal
from campus.bookings.references import new_reference
from campus.idempotency import Outcome
from campus.mail import sealed
from campus.outbox import queue
from campus.privacy import parts
from campus.privacy.parts import Who
from campus.privacy.schemas import EraseWish
from campus.privacy.settings import get_privacy_settings
from campus.problems import NotAuthenticated, WrongState
from campus.speakers.speaker import Speaker

MAILED_WITHIN = timedelta(hours=1)
"""How long the file of an export can be read in the outbox; its mail leaves within it or not at all."""


def export(db: Session, speaker: Speaker, lang: str, *, mail: bool = False, once: str | None = None) -> Outcome:
    """Everything that is kept of the person, and with ``mail`` also sent to the address, as a file.

    ``once`` names the request: it is mailed one time. Raises NotAuthenticated.
    """
    who = _who(speaker)
    reference = new_reference("EXP")
    told: dict[str, Any] = {"reference": reference, "exported_at": clock.iso(clock.now()), "email": who.email}
    for _name, tell in parts.collect("export"):
        told |= tell(db, who, lang)
    told["audit"] = _audit_of(db, who)
    counts = {name: len(value) for name, value in told.items() if isinstance(value, list)}
    record(db, speaker.principal, "export", reference, counts=counts)
    if mail:
        until = clock.real_now() + MAILED_WITHIN
        queue.put(
            db,
            kind="export",
            reference=reference,
            lang=lang,
            dedupe=f"export:{who.person[:12]}:{once or reference}",
            payload={"to": {"name": "", "email": who.email}, **sealed.seal({"file": told}, until)},
        )
    return Outcome(told)


def erase(db: Session, speaker: Speaker, wish: EraseWish, lang: str) -> Outcome:
    """Forget the person in one transaction, or only tell what that would do.

    What would be done is done and taken back, so that it cannot differ from what is told. Raises NotAuthenticated,
    and WrongState (+ what would be cancelled) while bookings are to come and that was not asked for.
    """
    who = _who(speaker)
    addresses.close(db, who.email)
    cancels = personal.upcoming(db, who, lang)
    if not wish.confirmed:
        with db.begin_nested() as attempt:
            counts = _forget(db, who, speaker)
            attempt.rollback()
        return Outcome(_told(counts, cancels, None))
    if cancels and not wish.cancel_bookings:
        raise WrongState("confirmed", cancels=cancels, needs="cancel_bookings")
    letters = personal.letters_of(db, who)
    counts = _forget(db, who, speaker)
    reference = new_reference("ERA")
    record(db, speaker.principal, "erase", reference, counts=counts)
    queue.put(
        db,
        kind="erasure",
        reference=reference,
        lang=lang,
        dedupe=f"erasure:{reference}",
        payload={
            "to": {"name": "", "email": who.email},
            "cancels": cancels,
            "cancelled": letters,
            "years": get_privacy_settings().billing_years,
            "written_at": clock.iso(clock.now()),
        },
    )
    return Outcome(_told(counts, cancels, reference))


def _who(speaker: Speaker) -> Who:
    """Asked inside the rule: a repeated request is told its first answer although the address is forgotten by then."""
    who = parts.who_is(speaker)
    if who is None:
        raise NotAuthenticated()
    return who


def _forget(db: Session, who: Who, speaker: Speaker) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, forget in parts.collect("erase"):
        parts.add(counts, name, forget(db, who, speaker.principal))
    counts["answers"] = idempotency.forget_person(db, who.email, who.own)
    return counts


def _told(counts: dict[str, int], cancels: list[dict[str, Any]], reference: str | None) -> dict[str, Any]:
    return {
        "erased": reference is not None,
        "reference": reference,
        "counts": counts,
        "cancels": cancels,
        "needs_cancel_bookings": bool(cancels) and reference is None,
        "kept": [
            {"what": "billing", "why": "tax-law", "years": get_privacy_settings().billing_years},
            {"what": "audit", "why": "accountability", "years": None},
        ],
    }


def _audit_of(db: Session, who: Who) -> list[dict[str, Any]]:
    rows = db.scalars(select(AuditEntry).where(AuditEntry.reference.in_(sorted(who.own))).order_by(AuditEntry.seq))
    return [
        {
            "at": clock.iso(row.at),
            "action": row.action,
            "reference": row.reference,
            "source": row.source,
            "target": row.target,
        }
        for row in rows
    ]
