"""One-time codes: six figures by mail that prove an address.

Asking does the same for every address, known or not, so that neither the answer nor its time tells. A code is good
for ten minutes of the real clock, for five tries and for one use; a newer one takes its place.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.idempotency import Outcome
from campus.mail import sealed
from campus.outbox import queue
from campus.problems import CodeExpired, Invalid
from campus.speakers import limits, tokens, verified
from campus.speakers.models import OneTimeCode
from campus.speakers.speaker import Speaker

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
FIGURES = 6


def wrong() -> Invalid:
    """The refusal of a code that is not the one."""
    return Invalid(code="wrong")


def ask(db: Session, email: str, lang: str, *, person: str | None = None, mailed: bool = True) -> Outcome:
    """Mail a new code to this address. Raises RateLimited.

    ``person`` is the mark under which the code is kept where it is for something else than the address's bookings.
    With ``mailed=False`` everything is done but the mail: nobody can know that code.
    """
    limits.count_code(email)
    addresses.use(db, email)
    code = f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"
    person, until = person or tokens.person(addresses.normal(email)), clock.real_now() + GOOD_FOR
    db.execute(delete(OneTimeCode).where(OneTimeCode.person == person))
    row = {"person": person, "code": _mark(person, code), "tries": 0, "expires_at": until}
    db.execute(insert(OneTimeCode), [row])
    if not mailed:
        return Outcome({"expires_at": clock.iso(until)}, 202)
    queue.put(
        db,
        kind="code",
        reference=reference_of(person),
        lang=lang,
        dedupe=f"code:{secrets.token_urlsafe(16)}",
        payload={
            "to": {"name": "", "email": email},
            "expires_at": clock.iso(until),
            **sealed.seal({"code": code}, until),
        },
    )
    return Outcome({"expires_at": clock.iso(until)}, 202)


def reference_of(person: str) -> str:
    """Under which reference the codes of a person (by their mark) are mailed, so that they keep their order."""
    return f"COD-{person[:12]}"


def verify(db: Session, speaker: Speaker, email: str, code: str, lang: str) -> Outcome:
    """Open the address to a new token, and to the conversation in which the code was given.

    A wrong code is an answer and not an exception, so that the try is counted in the transaction that holds the
    row: guesses that arrive together are counted one after the other. The answer holds the ident of the token and
    not the token. Raises CodeExpired.
    """
    email = addresses.normal(email)
    addresses.use(db, email)
    if not redeem(db, tokens.person(email), code):
        return Outcome(wrong().document(lang), wrong().status)
    until = clock.real_now() + verified.LASTS
    ident = secrets.token_urlsafe(24)
    verified.remember(db, verified.token_mark(tokens.verified_token(ident)), email, until)
    if speaker.owner is not None and speaker.subject is not None:
        verified.remember(db, verified.conversation_mark(speaker.owner, speaker.subject), email, until)
    return Outcome({"ident": ident, "expires_at": clock.iso(until)})


def redeem(db: Session, person: str, code: str) -> bool:
    """Use the code that is kept under this mark; False where it is another one, and that counts as a try.

    Raises CodeExpired.
    """
    now = clock.real_now()
    counted = db.execute(
        update(OneTimeCode)
        .where(OneTimeCode.person == person, OneTimeCode.used_at.is_(None))
        .where(OneTimeCode.expires_at > now, OneTimeCode.tries < TRIES)
        .values(tries=OneTimeCode.tries + 1)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(counted, CursorResult)
    if counted.rowcount == 0:
        raise CodeExpired()
    kept = db.scalar(select(OneTimeCode.code).where(OneTimeCode.person == person)) or ""
    if not hmac.compare_digest(kept, _mark(person, code)):
        return False
    db.execute(update(OneTimeCode).where(OneTimeCode.person == person).values(used_at=now))
    return True


def _mark(person: str, code: str) -> str:
    return tokens.keyed("code", f"{person}:{code}")
