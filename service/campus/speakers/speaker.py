"""Who speaks in a request, read from its bearer token.

A channel vouches for a conversation with a JWT (EdDSA) of 120 s that it signs with its own key;
the service knows the public half as ``VAR_DIR/keys/<platform>.pub``. A channel's key speaks for
its own platform only: ``sub`` must begin with the key's id.

Staff are who holds ``STAFF_TOKEN`` or a personal token, and a conversation whose ``sub`` is linked to a
staff account. What they may do is asked by scope and operator (`Speaker.may`), never by kind.

Who has proved an e-mail address by a one-time code carries a token of its own; a conversation in
which that was done carries nothing more than before, and is remembered (see ``codes.py``).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import jwt
from fastapi import Depends, Header, Request

from campus.db import Database
from campus.problems import NotAuthenticated
from campus.settings import get_settings
from campus.speakers import keys, limits, tokens, verified
from campus.staff import identity
from campus.staff.rights import EVERY_RIGHT, EVERYWHERE, NO_RIGHT, Rights

AUDIENCE = "campus-service"

Kind = Literal["anonymous", "conversation", "manage", "verified", "staff"]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks. ``owner`` names a conversation for good; ``reference`` is the booking that a manage token opens.

    ``email`` is the lower-case address that was proved by a one-time code, in a conversation too, ``person`` the
    mark that stands for it, and ``bearer`` that of the token which the code gave.
    """

    kind: Kind
    address: str
    owner: str | None = None
    subject: str | None = None
    reference: str | None = None
    email: str | None = None
    person: str | None = None
    bearer: str | None = None
    account: str | None = None
    rights: Rights = NO_RIGHT
    via: str | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody of the staff. That alone opens nothing: `may` says what does."""
        return self.kind == "staff"

    def may(self, scope: str, operator: str | None = None) -> bool:
        """Whether this speaker has the scope for what belongs to that operator (None: to the campus as a whole)."""
        return self.rights.reach(scope, operator)

    def may_everywhere(self, scope: str) -> bool:
        """Whether this speaker has the scope for every operator there is or will be."""
        return self.may(scope) and EVERYWHERE in self.rights.operators

    def reach(self, scope: str) -> frozenset[str]:
        """The operators for which this speaker has the scope; `*` among them stands for all."""
        return self.rights.operators if self.may(scope) else frozenset()

    @property
    def as_person(self) -> Speaker:
        """The same conversation without staff rights: as it would speak if it were not linked."""
        if self.owner is None or not self.is_staff:
            return self
        return replace(self, kind="conversation", account=None, rights=NO_RIGHT, via=None)

    @property
    def holder(self) -> str | None:
        """Whose unconfirmed holds count together: a conversation's, a proved e-mail address's, or a network address's.

        The address is marked, not kept. The mark of a network address, which counts while limits are on, opens
        nothing, for no conversation is named like it.
        """
        if self.kind == "verified":
            return own_mark(self.person or "")
        if self.owner is not None or self.kind != "anonymous" or get_settings().rate_limits == "off":
            return self.owner
        return "@" + tokens.mark(self.address)

    @property
    def principal(self) -> str:
        """Whose idempotency keys these are, and who is named in the audit log."""
        if self.is_staff:
            return f"staff:{self.account or self.person or ''}"
        return f"{self.kind}:{self.owner or self.reference or self.person or ''}"

    @property
    def domains(self) -> list[str]:
        """The domain of the address that was proved, which opens what an operator keeps for its people."""
        return [self.email.rpartition("@")[2]] if self.email else []

    def owns(self, reference: str, owner: str | None, email: str | None = None) -> bool:
        """Whether a booking (or a handoff) of that owner and that contact's address is this speaker's own."""
        if self.reference == reference:
            return True
        if self.email is not None and email is not None and self.email == email.lower():
            return True
        return owner is not None and owner in self.owners

    @property
    def owners(self) -> list[str]:
        """Under which names this speaker may have made bookings."""
        if self.kind == "verified":
            return [own_mark(self.person or "")]
        return [self.owner] if self.owner is not None else []


def own_mark(person: str) -> str:
    """Whose a booking is that was made with a proved address and without a conversation."""
    return f"@person:{person}"


def speaker(request: Request, authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> Speaker:
    """What a route takes. Raises NotAuthenticated for a bearer that is broken, RateLimited when it is too much."""
    address = request.client.host if request.client else ""
    who = identify(authorization, address, request.app.state.database)
    if request.method not in {"GET", "HEAD"}:
        limits.count_write(who.kind, who.owner or address)
    return who


Caller = Annotated[Speaker, Depends(speaker)]


def guest(request: Request, authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> Speaker:
    """What a route takes that is open to everybody: a bearer that is broken opens nothing more, and that is all."""
    address = request.client.host if request.client else ""
    try:
        return identify(authorization, address, request.app.state.database)
    except NotAuthenticated:
        return Speaker("anonymous", address)


Guest = Annotated[Speaker, Depends(guest)]


def identify(authorization: str | None, address: str, database: Database) -> Speaker:
    """The speaker of an ``Authorization`` header. Raises NotAuthenticated."""
    if not authorization:
        return Speaker("anonymous", address)
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated()
    staff_token = get_settings().staff_token
    if staff_token and hmac.compare_digest(token.encode(), staff_token.encode()):
        return Speaker("staff", address, rights=EVERY_RIGHT, via="bootstrap")
    if token.startswith(tokens.PERSONAL):
        return _holder_of(database, token, address)
    if reference := tokens.managed_reference(token):
        return Speaker("manage", address, reference=reference)
    if token.startswith(tokens.VERIFIED):
        proved = verified.of_token(database, token)
        if proved is None:
            raise NotAuthenticated()
        mark = verified.token_mark(token)
        return Speaker("verified", address, email=proved.email, person=proved.person, bearer=mark)
    return _linked(database, _with_address(database, _conversation(token, address)))


def _holder_of(database: Database, token: str, address: str) -> Speaker:
    """Whose personal token this is."""
    known = identity.of_token(database, tokens.token_mark(token))
    if known is None:
        raise NotAuthenticated()
    return Speaker("staff", address, account=known.account, rights=known.rights, via=known.via)


def _linked(database: Database, who: Speaker) -> Speaker:
    """The conversation, with the rights of the staff account to which who speaks in it is linked."""
    known = identity.of_subject(database, who.subject or "")
    return replace(who, kind="staff", account=known.account, rights=known.rights, via=known.via) if known else who


def _with_address(database: Database, who: Speaker) -> Speaker:
    """The conversation, with the address that was proved in it."""
    proved = verified.of_conversation(database, who.owner or "", who.subject or "")
    return replace(who, email=proved.email, person=proved.person) if proved and proved.email else who


def _conversation(token: str, address: str) -> Speaker:
    """The conversation that a channel vouches for."""
    try:
        platform = str(jwt.get_unverified_header(token).get("kid", ""))
        key = keys.public_key(platform)
        if key is None:
            raise NotAuthenticated()
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=["EdDSA"], audience=AUDIENCE, options={"require": ["exp", "iat", "sub", "aud"]}
        )
    except (jwt.PyJWTError, ValueError) as exc:
        raise NotAuthenticated() from exc
    subject, conversation = str(claims["sub"]), claims.get("sid")
    parts = subject.split(":", 2)
    if len(parts) < 3 or parts[0] != platform or not conversation or not isinstance(conversation, str):
        raise NotAuthenticated()
    owner = f"{parts[0]}:{parts[1]}:{conversation}"
    if len(owner) > 500:
        raise NotAuthenticated()
    return Speaker("conversation", address, owner=owner, subject=subject)
