"""To whom an address is open that was proved by a one-time code: the bearer of a token, or a conversation.

A conversation is known by its name and by who speaks in it, so that in a group nobody sees what another has proved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from campus import clock
from campus.db import Database
from campus.speakers import tokens
from campus.speakers.models import Verification

LASTS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Proved:
    """Who proved what; no ``email`` once it was erased."""

    person: str
    email: str | None


def of_token(database: Database, token: str) -> Proved | None:
    """Whose token this is, or None where it is unknown or over."""
    return _find(database, token_mark(token))


def of_conversation(database: Database, owner: str, subject: str) -> Proved | None:
    """Whose address is open to this conversation."""
    return _find(database, conversation_mark(owner, subject))


def remember(db: Session, bearer: str, email: str, until: datetime) -> None:
    """Open the address to this bearer (a mark of the two below), instead of what was open to it before."""
    db.execute(delete(Verification).where(Verification.bearer == bearer))
    row = {"bearer": bearer, "person": tokens.person(email), "email": email, "expires_at": until}
    db.execute(insert(Verification), [row])


token_mark = tokens.token_mark


def conversation_mark(owner: str, subject: str) -> str:
    """How a conversation is kept."""
    return tokens.keyed("conversation", f"{owner}\n{subject}")


def _find(database: Database, bearer: str) -> Proved | None:
    wanted = select(Verification.person, Verification.email).where(
        Verification.bearer == bearer, Verification.expires_at > clock.real_now()
    )
    with database.reading() as db:
        row = db.execute(wanted).first()
    return Proved(*row) if row else None
