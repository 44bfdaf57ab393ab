"""Who uses the site. Everything about it is asked of `admin_identity`, in every request.

The session is a signed cookie of eight hours that holds no name and no address: only how somebody came in and the
mark of what opened the door. What that is worth is looked up at each request, so that whoever changes `STAFF_TOKEN`,
takes an address out of `ADMIN_EMAILS`, closes a staff account or ends a personal token, ends the sessions that it
opened; and other rights of an account count from the next page on.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from starlette.requests import Request

from campus.addresses import normal
from campus.db import Database
from campus.settings import get_settings
from campus.speakers import tokens
from campus.speakers.speaker import Speaker
from campus.staff import accounts
from campus.staff import identity as staff
from campus.staff.models import StaffAccount
from campus.staff.rights import EVERY_RIGHT, Rights

LASTS = 8 * 3600
"""Seconds of a session, counted from signing in."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who signed in: how the rules and the audit log know them, and how the page calls them, if it can."""

    speaker: Speaker
    name: str | None = None


def admin_identity(request: Request) -> Identity | None:
    """Who is signed in, with their rights as of now; None for anybody else. It was looked up by `gate.Known`."""
    found: Identity | None = request.scope["state"]["who"]
    return found


def look_up(database: Database, session: Mapping[str, Any]) -> Identity | None:
    """Whose session this is, as of now."""
    if not isinstance(session.get("until"), int) or session["until"] <= time.time():
        return None
    mark = str(session.get("mark", ""))
    match session.get("via"):
        case "token":
            token = get_settings().staff_token
            opens = bool(token) and hmac.compare_digest(mark, _token_mark(token or ""))
            return Identity(_speaker(EVERY_RIGHT)) if opens else None
        case "mail":
            known = mark in {tokens.person(email) for email in addresses()}
            return Identity(_speaker(EVERY_RIGHT, person=mark)) if known else None
        case "account":
            return _of_account(database, str(session.get("account", "")), mark)
        case "personal":
            return _of_personal_token(database, mark)
    return None


def is_open(database: Database) -> bool:
    """Whether there is anybody who could sign in; the site does not exist otherwise."""
    return bool(get_settings().staff_token or addresses()) or has_accounts(database)


def has_accounts(database: Database) -> bool:
    """Whether anybody of the staff has an account that is not closed."""
    with database.reading() as db:
        return db.scalar(select(StaffAccount.id).where(StaffAccount.active.is_(True)).limit(1)) is not None


def addresses() -> frozenset[str]:
    """The work addresses (lower case) that may sign in with a one-time code, with every right."""
    return frozenset(normal(email) for email in get_settings().admin_emails)


def sign_in_by_token(request: Request, database: Database, given: str) -> bool:
    """Begin the session of the bearer of `STAFF_TOKEN` or of a personal token; False where it is neither."""
    given = given.strip()
    token = get_settings().staff_token
    if token and hmac.compare_digest(token.encode(), given.encode()):
        _begin(request, via="token", mark=_token_mark(token))
        return True
    if not given.startswith(tokens.PERSONAL) or staff.of_token(database, tokens.token_mark(given)) is None:
        return False
    _begin(request, via="personal", mark=tokens.token_mark(given))
    return True


def sign_in_by_mail(request: Request, database: Database, email: str) -> bool:
    """Begin the session of who proved this address: their staff account's, or that of `ADMIN_EMAILS`."""
    email = normal(email)
    with database.reading() as db:
        account = accounts.of_email(db, email)
    if account is not None and account.active:
        _begin(request, via="account", account=account.id, mark=tokens.person(email))
        return True
    if email in addresses():
        _begin(request, via="mail", mark=tokens.person(email))
        return True
    return False


def sign_out(request: Request) -> None:
    """End the session."""
    request.session.clear()


def csrf_token(request: Request) -> str:
    """The secret that every form of this session sends back; made when it is first asked for."""
    found = request.session.setdefault("csrf", secrets.token_urlsafe(24))
    return str(found)


def _of_account(database: Database, ident: str, mark: str) -> Identity | None:
    """The account, as long as it is open and has the address that was proved."""
    with database.reading() as db:
        account = db.get(StaffAccount, ident)
    if account is None or not account.active or not hmac.compare_digest(mark, tokens.person(account.email)):
        return None
    rights = EVERY_RIGHT if account.email in addresses() else accounts.rights_of(account)
    return Identity(_speaker(rights, account=account.id), account.name)


def _of_personal_token(database: Database, mark: str) -> Identity | None:
    known = staff.of_token(database, mark)
    if known is None:
        return None
    with database.reading() as db:
        account = db.get_one(StaffAccount, known.account)
    return Identity(_speaker(known.rights, account=known.account), account.name)


def _speaker(rights: Rights, *, account: str | None = None, person: str | None = None) -> Speaker:
    return Speaker("staff", "", account=account, person=person, rights=rights, via="admin")


def _begin(request: Request, **kept: str) -> None:
    """Nothing of the session before is kept, so that nobody can have planted it."""
    request.session.clear()
    request.session.update({**kept, "until": int(time.time()) + LASTS})
    csrf_token(request)


def _token_mark(token: str) -> str:
    return tokens.keyed("admin", token)
