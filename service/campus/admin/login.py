"""Signing in: with `STAFF_TOKEN` or a personal token, or with a one-time code that goes to a work address.

A code is mailed to whichever address is given, as everywhere (`campus.speakers.codes`), so that nobody learns from
the answer or its time who may come in; only the address of a staff account or of `ADMIN_EMAILS` opens the door with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from starlette.requests import Request

from campus.admin import identity, texts
from campus.db import Database
from campus.problems import Problem
from campus.speakers import codes, limits
from campus.speakers.limits import Allowance
from campus.speakers.speaker import Speaker

ATTEMPTS = Allowance(10, 15 * 60)
"""Attempts of one network address."""
ALL_ATTEMPTS = Allowance(100, 15 * 60)
"""Attempts of everybody together: guessing from many addresses is guessing."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where somebody stands: ``done``, or what the page asks next; ``error`` is a key of the words file."""

    done: bool = False
    email: str | None = None
    error: str | None = None
    status: int = 200


def attempt(request: Request, database: Database, sent: Mapping[str, str]) -> Step:
    """One attempt with a token, an address, or an address and its code. Raises RateLimited."""
    limits.count(f"admin:{request.client.host if request.client else ''}", ATTEMPTS)
    limits.count("admin", ALL_ATTEMPTS)
    if "token" in sent:
        if identity.sign_in_by_token(request, database, sent["token"]):
            return Step(done=True)
        return Step(error="wrong_token", status=401)
    email = _address(sent.get("email", ""))
    if email is None:
        return Step(error="malformed_email", status=400)
    if "code" in sent:
        return _prove(request, database, email, sent["code"])
    with database.writing() as db:
        codes.ask(db, email, texts.lang())
    return Step(email=email)


def _prove(request: Request, database: Database, email: str, code: str) -> Step:
    """The code as it was mailed; one that is right for an address without the right is as wrong as any other."""
    try:
        with database.writing() as db:
            outcome = codes.verify(db, Speaker("anonymous", ""), email, "".join(code.split()), texts.lang())
    except Problem as problem:
        return Step(error=problem.code, status=problem.status)
    if outcome.status < 400 and identity.sign_in_by_mail(request, database, email):
        return Step(done=True)
    return Step(email=email, error="wrong_code", status=401)


def _address(text: str) -> str | None:
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None
