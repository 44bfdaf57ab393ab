"""Accounts of the staff and their personal tokens. Nobody gives, or takes away, more than they have themselves."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings.references import new_reference, normalise
from campus.catalogue.memory import get_catalogue
from campus.idempotency import Outcome
from campus.problems import Forbidden, Invalid, NotFound, VersionConflict
from campus.speakers import tokens
from campus.speakers.speaker import Speaker
from campus.staff.models import StaffAccount, StaffLink, StaffToken
from campus.staff.rights import EVERYWHERE, Rights
from campus.staff.schemas import AccountChange, NewAccount, NewToken

SCOPE = "accounts"
TOKEN_LASTS = timedelta(days=365)
"""Real time; a token that is to last longer is made again."""


def create(db: Session, speaker: Speaker, wish: NewAccount) -> StaffAccount:
    """A new account. Raises Invalid for an address that has one, Forbidden for rights that the speaker has not."""
    email = addresses.normal(wish.email)
    _check_operators(db, wish.operators)
    if not speaker.rights.include(Rights.of(wish.scopes, wish.operators)):
        raise Forbidden()
    addresses.use(db, email)
    if of_email(db, email) is not None:
        raise Invalid(email="taken")
    account = StaffAccount(
        id=new_reference("STF"),
        name=wish.name,
        email=email,
        operators=sorted(set(wish.operators)),
        scopes=sorted(set(wish.scopes)),
        active=wish.active,
        created_at=clock.now(),
    )
    db.add(account)
    db.flush()
    record(db, speaker.principal, "account", account.id, target="active" if account.active else "closed")
    return account


def change(db: Session, speaker: Speaker, account_id: str, wish: AccountChange) -> StaffAccount:
    """Other rights, another name or address, closed or opened again: what it opens changes with the next request.

    Raises NotFound, Forbidden, Invalid, and VersionConflict where a version is given and is not the present one.
    """
    account = find(db, speaker, account_id, lock=True)
    if wish.version is not None and wish.version != account.version:
        raise VersionConflict(version=account.version)
    scopes: list[str] = account.scopes if wish.scopes is None else sorted(str(one) for one in set(wish.scopes))
    operators = account.operators if wish.operators is None else sorted(set(wish.operators))
    _check_operators(db, operators)
    for rights in (rights_of(account), Rights.of(scopes, operators)):
        if not speaker.rights.include(rights):
            raise Forbidden()
    if wish.email is not None:
        email = addresses.normal(wish.email)
        addresses.use(db, email)
        other = of_email(db, email)
        if other is not None and other.id != account.id:
            raise Invalid(email="taken")
        account.email = email
    before = account.active
    account.name = wish.name or account.name
    account.scopes, account.operators = scopes, operators
    account.active = account.active if wish.active is None else wish.active
    account.version += 1
    db.flush()
    states = {True: "active", False: "closed"}
    record(db, speaker.principal, "account", account.id, source=states[before], target=states[account.active])
    return account


def find(db: Session, speaker: Speaker, account_id: str, *, lock: bool = False) -> StaffAccount:
    """An account that the speaker may manage. Raises NotFound, also where it serves another operator."""
    wanted = normalise(account_id, "STF")
    chosen = select(StaffAccount).where(StaffAccount.id == wanted)
    account = db.scalar(chosen.with_for_update() if lock else chosen) if wanted else None
    if account is None or not _is_visible(speaker, account):
        raise NotFound()
    return account


def visible(db: Session, speaker: Speaker) -> list[StaffAccount]:
    """The accounts that the speaker may manage, by name."""
    every = db.scalars(select(StaffAccount).order_by(StaffAccount.name, StaffAccount.id))
    return [account for account in every if _is_visible(speaker, account)]


def of_email(db: Session, email: str) -> StaffAccount | None:
    """The account with this lower-case work address."""
    return db.scalar(select(StaffAccount).where(StaffAccount.email == email))


def rights_of(account: StaffAccount) -> Rights:
    """What the account may do."""
    return Rights.of(account.scopes, account.operators)


def make_token(db: Session, speaker: Speaker, wish: NewToken) -> Outcome:
    """A personal token for one's own account, or for another with the scope `accounts`.

    The answer that is kept holds the ident from which the token is made, never the token. Raises NotFound, Invalid,
    and Forbidden for more rights than the account, or the speaker, has.
    """
    account = _for_token(db, speaker, wish.account_id)
    scopes: Collection[str] | None = wish.scopes
    operators: Collection[str] | None = wish.operators
    whole = rights_of(account)
    if not whole.include(Rights(frozenset(scopes or ()), frozenset(operators or ()))):
        raise Forbidden()
    if not speaker.rights.include(whole):  # what is not said is what the speaker has
        scopes = sorted(whole.scopes & speaker.rights.scopes) if scopes is None else scopes
        shared = whole.narrowed(None, speaker.rights.operators).operators
        operators = sorted(shared) if operators is None else operators
    if not speaker.rights.include(whole.narrowed(scopes, operators)):
        raise Forbidden()
    now = clock.real_now()
    until = wish.expires_at or now + TOKEN_LASTS
    if clock.has_come(until, now) or until > now + TOKEN_LASTS:
        raise Invalid(expires_at="out_of_range")
    ident = secrets.token_urlsafe(24)
    token = StaffToken(
        id=new_reference("TOK"),
        mark=tokens.token_mark(tokens.personal_token(ident)),
        account_id=account.id,
        label=wish.label,
        scopes=None if scopes is None else sorted(scopes),
        operators=None if operators is None else sorted(operators),
        expires_at=until,
        created_at=now,
    )
    db.add(token)
    db.flush()
    record(db, speaker.principal, "token", token.id, target="active", account=account.id)
    return Outcome({**token_view(token), "ident": ident}, 201, token.id)


def end_token(db: Session, speaker: Speaker, token_id: str) -> None:
    """The token opens nothing any more. One's own, or with the scope `accounts`. Raises NotFound."""
    wanted = normalise(token_id, "TOK")
    token = db.get(StaffToken, wanted) if wanted else None
    if token is None:
        raise NotFound()
    if token.account_id != speaker.account:
        account = db.get_one(StaffAccount, token.account_id)
        if not speaker.may(SCOPE) or not _is_visible(speaker, account):
            raise NotFound()
        if not speaker.rights.include(rights_of(account)):
            raise Forbidden()
    db.execute(delete(StaffToken).where(StaffToken.id == token.id))
    record(db, speaker.principal, "token", token.id, source="active", target="ended", account=token.account_id)


def account_view(db: Session, account: StaffAccount) -> dict[str, Any]:
    """As an answer, with its tokens and links."""
    return account_views(db, [account])[0]


def account_views(db: Session, accounts: Sequence[StaffAccount]) -> list[dict[str, Any]]:
    """As an answer, each with its tokens and links."""
    ids = [account.id for account in accounts]
    held = db.scalars(select(StaffToken).where(StaffToken.account_id.in_(ids)).order_by(StaffToken.id)).all()
    linked = db.scalars(select(StaffLink).where(StaffLink.account_id.in_(ids)).order_by(StaffLink.id)).all()
    return [
        {
            "id": account.id,
            "name": account.name,
            "email": account.email,
            "operators": account.operators,
            "scopes": account.scopes,
            "active": account.active,
            "tokens": [token_view(token) for token in held if token.account_id == account.id],
            "links": [link_view(link) for link in linked if link.account_id == account.id],
            "version": account.version,
            "created_at": clock.iso(account.created_at),
        }
        for account in accounts
    ]


def token_view(token: StaffToken) -> dict[str, Any]:
    """As an answer, without the token itself."""
    return {
        "id": token.id,
        "account_id": token.account_id,
        "label": token.label,
        "scopes": token.scopes,
        "operators": token.operators,
        "expires_at": clock.iso(token.expires_at) if token.expires_at else None,
        "created_at": clock.iso(token.created_at),
        "last_used_at": clock.iso(token.last_used_at) if token.last_used_at else None,
    }


def link_view(link: StaffLink) -> dict[str, Any]:
    """As an answer."""
    return {
        "id": link.id,
        "account_id": link.account_id,
        "subject": link.subject,
        "created_at": clock.iso(link.created_at),
    }


def _for_token(db: Session, speaker: Speaker, account_id: str | None) -> StaffAccount:
    own = normalise(account_id, "STF") if account_id else speaker.account
    if own is not None and own == speaker.account:
        return db.get_one(StaffAccount, own)
    if not speaker.may(SCOPE):
        raise Forbidden()
    if account_id is None:
        raise Invalid(account_id="missing")
    return find(db, speaker, account_id)


def _is_visible(speaker: Speaker, account: StaffAccount) -> bool:
    theirs = Rights(frozenset(), frozenset(account.operators))
    return account.id == speaker.account or speaker.rights.include(theirs)


def _check_operators(db: Session, operators: Collection[str]) -> None:
    known = get_catalogue(db).operators
    if any(one != EVERYWHERE and one not in known for one in operators):
        raise Invalid(operators="unknown")
