"""Signing in on a channel: who speaks there is linked to a staff account, once, by a code mailed to the work address.

The code is kept for this address and this speaker together, so that nobody else can use what was mailed, and nobody
can make somebody else's conversation staff.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, select, true
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings.references import new_reference, normalise
from campus.idempotency import Outcome
from campus.problems import Forbidden, NotAuthenticated, NotFound
from campus.speakers import codes, tokens
from campus.speakers.speaker import Speaker
from campus.staff import accounts, identity
from campus.staff.models import StaffAccount, StaffLink


def subject_of(speaker: Speaker) -> str:
    """Who speaks on a channel. Raises NotAuthenticated, and Forbidden for who can never be staff."""
    if speaker.kind == "anonymous":
        raise NotAuthenticated()
    if speaker.subject is None or not identity.may_link(speaker.subject):
        raise Forbidden()
    return speaker.subject


def ask(db: Session, speaker: Speaker, email: str, lang: str) -> Outcome:
    """Mail a code to the work address if it is an active account's; nothing tells whether it is.

    Raises NotAuthenticated, Forbidden, RateLimited.
    """
    subject, email = subject_of(speaker), addresses.normal(email)
    account = accounts.of_email(db, email)
    mailed = account is not None and account.active
    return codes.ask(db, email, lang, person=_mark(subject, email), mailed=mailed)


def verify(db: Session, speaker: Speaker, email: str, code: str, lang: str) -> Outcome:
    """Link who speaks to the account, instead of the one before. Raises NotAuthenticated, Forbidden, CodeExpired.

    A wrong code is an answer and not an exception, so that the try is counted.
    """
    subject, email = subject_of(speaker), addresses.normal(email)
    fits = codes.redeem(db, _mark(subject, email), code)
    account = accounts.of_email(db, email)
    if not fits or account is None or not account.active:
        return Outcome(codes.wrong().document(lang), codes.wrong().status)
    db.execute(delete(StaffLink).where(StaffLink.subject == subject))
    ident = new_reference("LNK")
    link = {"id": ident, "subject": subject, "account_id": account.id, "created_at": clock.real_now()}
    db.execute(insert(StaffLink), [link])
    record(db, f"staff:{account.id}", "link", ident, target="linked", account=account.id)
    return Outcome({**me_view(account), "link": ident}, 200, ident)


def visible(speaker: Speaker) -> Select[StaffLink]:
    """The links that this member of staff may see, as a select."""
    return select(StaffLink).where(of_speaker(speaker)).order_by(StaffLink.created_at, StaffLink.id)


def of_speaker(speaker: Speaker) -> ColumnElement[bool]:
    """One's own links, or with the scope `accounts` for every operator all of them, as a condition."""
    if speaker.may_everywhere(accounts.SCOPE):
        return true()
    return StaffLink.account_id == (speaker.account or "")


def end(db: Session, speaker: Speaker, link_id: str) -> None:
    """Sign out on that channel. Raises NotFound for what is neither one's own nor managed."""
    wanted = normalise(link_id, "LNK")
    link = db.scalar(visible(speaker).where(StaffLink.id == wanted)) if wanted else None
    if link is None:
        raise NotFound()
    db.execute(delete(StaffLink).where(StaffLink.id == link.id))
    record(db, speaker.principal, "link", link.id, source="linked", target="ended", account=link.account_id)


def me_view(account: StaffAccount) -> dict[str, Any]:
    """Whose account it is and what it may do."""
    return {
        "account": {"id": account.id, "name": account.name, "email": account.email},
        "scopes": account.scopes,
        "operators": account.operators,
    }


def _mark(subject: str, email: str) -> str:
    return tokens.keyed("link", f"{subject}\n{email}")
