"""Whose bearer this is: a personal token's or a linked channel user's account, with its rights as of now."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from campus import clock
from campus.db import Database
from campus.staff.models import StaffAccount, StaffLink, StaffToken
from campus.staff.rights import Rights

NOTED_EVERY = timedelta(minutes=5)
"""How exactly it is known when a token was last used: not every reading shall be a write."""
NEVER_LINKED = frozenset({"web", "rest"})
"""Platforms of visitors: whoever speaks there is never staff."""


@dataclass(frozen=True, slots=True)
class Known:
    """An active account as a bearer opens it; ``via`` is the id of the token or of the link."""

    account: str
    rights: Rights
    via: str


def of_token(database: Database, mark: str) -> Known | None:
    """The account of the token with this mark, or None where it is unknown, over, or the account is closed."""
    now = clock.real_now()
    wanted = select(StaffToken, StaffAccount).join(StaffAccount, StaffAccount.id == StaffToken.account_id)
    with database.reading() as db:
        row = db.execute(wanted.where(StaffToken.mark == mark, StaffAccount.active.is_(True))).first()
    if row is None:
        return None
    token, account = row
    if token.expires_at is not None and clock.has_come(token.expires_at, now):
        return None
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        _note(database, token.id)
    rights = Rights.of(account.scopes, account.operators).narrowed(token.scopes, token.operators)
    return Known(account.id, rights, token.id)


def of_subject(database: Database, subject: str) -> Known | None:
    """The account to which who speaks on a channel is linked."""
    if not may_link(subject):
        return None
    wanted = select(StaffLink.id, StaffAccount).join(StaffAccount, StaffAccount.id == StaffLink.account_id)
    with database.reading() as db:
        row = db.execute(wanted.where(StaffLink.subject == subject, StaffAccount.active.is_(True))).first()
    if row is None:
        return None
    link, account = row
    return Known(account.id, Rights.of(account.scopes, account.operators), link)


def may_link(subject: str) -> bool:
    """Whether who is called so (`platform:tenant:user`) could ever be staff."""
    platform, _, rest = subject.partition(":")
    return bool(platform and rest) and platform not in NEVER_LINKED


def _note(database: Database, token_id: str) -> None:
    """Write down that the token is in use; a database that is busy is not waited for twice."""
    used = update(StaffToken).where(StaffToken.id == token_id).values(last_used_at=clock.real_now())
    with contextlib.suppress(OperationalError), database.writing() as db:
        db.execute(used)
