"""Writing a notice: one row of the outbox for each who is to be told, in the transaction of the fact."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import clock
from campus.notices.kinds import TO_THE_CONVERSATION, Kind
from campus.notices.models import Webhook
from campus.outbox import queue
from campus.outbox.models import NOTICE, Outbox
from campus.settings import get_settings

NOTIFY = "notify"
"""The destination that stands for `NOTIFY_URL`."""

Data = Mapping[str, Any]
Instead = Callable[[Session, Outbox], None]
_instead: dict[str, Instead] = {}


def unread(*kinds: Kind) -> Callable[[Instead], Instead]:
    """Decorates what is done instead where nobody was in the conversation to read a notice of these kinds."""

    def register(instead: Instead) -> Instead:
        _instead.update(dict.fromkeys(kinds, instead))
        return instead

    return register


def do_instead(db: Session, row: Outbox) -> None:
    """Nobody read this notice: tell it another way, where there is one."""
    if instead := _instead.get(row.kind):
        instead(db, row)


@queue.when_given_up(NOTICE)
def _given_up(db: Session, row: Outbox) -> None:
    """The bot was away for days: what it should have said there is told another way."""
    if row.destination == NOTIFY:
        do_instead(db, row)


def who_wants(db: Session, kind: str, conversation: str | None) -> list[str]:
    """The destinations of a notice about that conversation; mostly none, and then nothing need be written."""
    found = []
    if kind in TO_THE_CONVERSATION and _known(conversation) and get_settings().notify_url:
        found.append(NOTIFY)
    active = select(Webhook).where(Webhook.active.is_(True)).order_by(Webhook.created_at, Webhook.id)
    return found + [webhook.id for webhook in db.scalars(active) if kind in webhook.kinds]


def tell(
    db: Session,
    *,
    kind: str,
    conversation: str | None,
    reference: str,
    lang: str,
    data: Data | Callable[[], Data],
    once: str | None = None,
) -> int:
    """Queue a notice for `NOTIFY_URL` and for every webhook that wants its kind; how many rows were written.

    ``conversation`` is the owner of the booking or handoff (`platform:tenant:sid`), None where
    nobody's. ``data`` is a booking as the contract spells it, or `{handoff, state, …}`; given as
    a function it is only asked for when somebody is told. The conversation is told all of it, an
    outside system ids and states only (it may ask for the rest), and not whose conversation it is.
    With ``once`` the same thing is told to nobody a second time.
    """
    kind = Kind(kind)
    destinations = who_wants(db, kind, conversation)
    if not destinations:
        return 0
    facts = data() if callable(data) else data
    what = once or uuid.uuid4().hex
    written = 0
    for destination in destinations:
        to_the_bot = destination == NOTIFY
        ident = str(uuid.uuid4())
        written += queue.put(
            db,
            id=ident,
            channel=NOTICE,
            destination=destination,
            kind=kind,
            reference=reference,
            lang=lang,
            dedupe=f"{kind}:{reference}:{what}:{destination}",
            payload={
                "id": ident,
                "kind": kind,
                "conversation": conversation if to_the_bot else None,
                "reference": reference,
                "lang": lang,
                "at": clock.iso(clock.now()),
                "data": dict(facts) if to_the_bot else ids_and_states(facts),
            },
        )
    return written


def ids_and_states(data: Data) -> dict[str, Any]:
    """What of a notice says nothing about a person."""
    if "handoff" in data:
        return {name: data[name] for name in ("handoff", "state", "message", "from") if name in data}
    told = {name: data[name] for name in ("reference", "state", "seats", "version") if name in data}
    if session := data.get("session"):
        told["session"] = {name: session[name] for name in ("id", "course_id", "state", "start") if name in session}
    return told


def _known(conversation: str | None) -> bool:
    """Whether a channel can find it again; what begins with `@` marks a network address (see `Speaker.holder`)."""
    return bool(conversation) and not str(conversation).startswith("@")
