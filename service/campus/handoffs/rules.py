"""Asking for a person: written down, mailed to the desk, and readable by the conversation that asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import addresses, clock, notices, states
from campus.audit import record
from campus.bookings.references import new_reference, normalise
from campus.catalogue.memory import get_catalogue
from campus.handoffs.hours import is_staffed, next_opening
from campus.handoffs.models import Handoff, HandoffMessage
from campus.handoffs.schemas import NewHandoff
from campus.languages import DEFAULT, supported
from campus.mail.settings import get_mail_settings
from campus.notices.kinds import Kind
from campus.outbox import queue
from campus.outbox.models import Outbox
from campus.paging import Slice, fetch_page
from campus.problems import Forbidden, Invalid, NotFound, WrongState
from campus.speakers.speaker import Speaker

PREFIX = "HND"
SCOPE = "handoffs"
_MAILS = {Kind.HANDOFF_MESSAGE: "handoff-answer"}
"""How the mail is called where it has another name than the notice."""


def ask(db: Session, speaker: Speaker, wish: NewHandoff, lang: str) -> Handoff:
    """Open a request; `queued` while the desk is staffed, else `offline`. The desk gets a mail either way.

    Raises Invalid for an operator that there is not.
    """
    if wish.operator is not None and wish.operator not in get_catalogue(db).operators:
        raise Invalid(operator="unknown")
    addresses.use(db, wish.contact.email if wish.contact else None)
    now = clock.now()
    handoff = Handoff(
        id=new_reference(PREFIX),
        state="queued" if is_staffed(now) else "offline",
        owner=speaker.owner,
        reason=wish.reason,
        summary=wish.summary,
        lang=supported(wish.lang) or lang,
        contact_name=wish.contact.name if wish.contact else None,
        contact_email=wish.contact.email if wish.contact else None,
        contact_phone=wish.contact.phone if wish.contact else None,
        operator_id=wish.operator,
        created_at=now,
    )
    db.add(handoff)
    db.flush()
    record(db, speaker.principal, "handoff", handoff.id, target=handoff.state)
    desk = get_mail_settings()
    queue.put(
        db,
        kind="desk",
        reference=handoff.id,
        lang=DEFAULT,
        dedupe=f"desk:{handoff.id}",
        payload={
            "to": {"name": desk.mail_from_name, "email": desk.desk_email},
            "handoff": {
                **handoff_view(handoff),
                "summary": wish.summary,
                "contact": wish.contact.model_dump() if wish.contact else None,
            },
        },
    )
    return handoff


def find(db: Session, speaker: Speaker, handoff_id: str) -> Handoff:
    """The request, for the conversation that made it, whose address its contact has, and staff with the right.

    Raises NotFound, and Forbidden for staff without it.
    """
    wanted = normalise(handoff_id, PREFIX)
    handoff = db.get(Handoff, wanted) if wanted else None
    if handoff is not None and is_own(speaker, handoff):
        return handoff
    if speaker.is_staff and not speaker.may(SCOPE):
        raise Forbidden()
    if handoff is None or not speaker.may(SCOPE, handoff.operator_id):
        raise NotFound()
    return handoff


def is_own(speaker: Speaker, handoff: Handoff) -> bool:
    """Whether this speaker asked, and so speaks as the visitor."""
    return speaker.owns(handoff.id, handoff.owner, handoff.contact_email)


def may_speak(speaker: Speaker, handoff: Handoff) -> bool:
    """Whether they may say something in it as it is: not once it is closed, nor, as staff, in a colleague's."""
    taken = handoff.state == "active" and handoff.taken_by != speaker.principal
    return handoff.state != "closed" and (is_own(speaker, handoff) or not taken)


def say(db: Session, speaker: Speaker, handoff_id: str, text: str) -> HandoffMessage:
    """Add what the visitor says, or what a person answers: of that the conversation is told.

    Raises NotFound, Forbidden, and WrongState once it is closed, or for a person where a colleague has taken it.
    """
    handoff = find(db, speaker, handoff_id)
    db.refresh(handoff, with_for_update=True)
    if not may_speak(speaker, handoff):
        raise WrongState(handoff.state)
    said_by = "visitor" if is_own(speaker, handoff) else "person"
    message = HandoffMessage(handoff_id=handoff.id, speaker=said_by, text=text, created_at=clock.now())
    db.add(message)
    db.flush()
    record(db, speaker.principal, "handoff-message", handoff.id)
    if said_by == "person":
        facts = {"message": message.id, "text": message.text, "from": message.speaker}
        tell(db, handoff, Kind.HANDOFF_MESSAGE, f"m{message.id}", **facts)
    return message


def withdraw(db: Session, speaker: Speaker, handoff_id: str) -> Handoff:
    """→ closed, by who asked and goes on without a person; closed before: as it is. Raises NotFound, Forbidden."""
    handoff = find(db, speaker, handoff_id)
    if not is_own(speaker, handoff):  # the staff close theirs under their own rules
        raise Forbidden()
    db.refresh(handoff, with_for_update=True)
    before = handoff.state
    if before != "closed":
        if not states.carry_out(db, handoff, (before,), state="closed"):
            raise WrongState(handoff.state)
        record(db, speaker.principal, "close", handoff.id, source=before, target=handoff.state)
    return handoff


def tell(db: Session, handoff: Handoff, kind: Kind, once: str, **facts: Any) -> None:
    """Tell the conversation `{handoff, state, …facts}` in its language; by mail where no channel leads back to it and
    there is an address. ``once`` names what is told: it is told one time."""
    notices.tell(
        db,
        kind=kind,
        conversation=handoff.owner,
        reference=handoff.id,
        lang=handoff.lang,
        data={"handoff": handoff.id, "state": handoff.state, **facts},
        once=once,
    )
    if handoff.contact_email is None or notices.NOTIFY in notices.who_wants(db, kind, handoff.owner):
        return
    _mail(db, handoff, kind, once, facts)


@notices.unread(Kind.HANDOFF_MESSAGE, Kind.HANDOFF_TAKEN, Kind.HANDOFF_RELEASED, Kind.HANDOFF_CLOSED)
def _unread(db: Session, row: Outbox) -> None:
    """Mail what nobody was there to read, where there is an address."""
    handoff = db.get(Handoff, row.reference)
    if handoff is None or handoff.contact_email is None:
        return
    once = row.dedupe.removeprefix(f"{row.kind}:{row.reference}:").removesuffix(f":{notices.NOTIFY}")
    facts = {name: value for name, value in row.payload["data"].items() if name not in ("handoff", "state")}
    _mail(db, handoff, Kind(row.kind), once, facts)


def _mail(db: Session, handoff: Handoff, kind: Kind, once: str, facts: Mapping[str, Any]) -> None:
    mail = _MAILS.get(kind, kind.value)
    queue.put(
        db,
        kind=mail,
        reference=handoff.id,
        lang=handoff.lang,
        dedupe=f"{mail}:{handoff.id}:{once}",
        payload={
            "to": {"name": handoff.contact_name or "", "email": handoff.contact_email},
            "handoff": handoff_view(handoff),
            **facts,
        },
    )


def messages(handoff: Handoff) -> Any:
    """What was said, oldest first, as a select."""
    return select(HandoffMessage).where(HandoffMessage.handoff_id == handoff.id).order_by(HandoffMessage.id)


def conversation_view(db: Session, handoff: Handoff, part: Slice) -> dict[str, Any]:
    """What was said, oldest first, and how the request stands."""
    rows, total, following = fetch_page(db, messages(handoff), part)
    return {"state": handoff.state, "items": [message_view(row) for row in rows], "total": total, "next": following}


def asked_view(handoff: Handoff) -> dict[str, Any]:
    """As who asked sees it: with when the desk opens next, while it is closed."""
    opens = next_opening(clock.now()) if handoff.state == "offline" else None
    return {**handoff_view(handoff), "opens_at": clock.iso(opens) if opens else None}


def handoff_view(handoff: Handoff) -> dict[str, Any]:
    """As an answer."""
    return {
        "id": handoff.id,
        "state": handoff.state,
        "reason": handoff.reason,
        "lang": handoff.lang,
        "created_at": clock.iso(handoff.created_at),
    }


def message_view(message: HandoffMessage) -> dict[str, Any]:
    """As an answer."""
    return {
        "id": message.id,
        "from": message.speaker,
        "text": message.text,
        "created_at": clock.iso(message.created_at),
    }
