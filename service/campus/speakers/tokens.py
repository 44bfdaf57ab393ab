"""Bearer tokens that the service derives itself: no table holds them, and a replayed answer carries the same one."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

from campus.speakers.keys import manage_secret

_MARK = "m1"
ALERT = "a1"
VERIFIED = "c1_"
"""How a token begins that a one-time code gave."""
PERSONAL = "s1_"
"""How the personal token of a staff account begins."""


def manage_token(reference: str) -> str:
    """The token that opens this one booking."""
    return f"{_MARK}_{reference}_{_mac(reference)}"


def alert_token(reference: str) -> str:
    """The token of the links in the mails of this one alert."""
    return f"{ALERT}_{reference}_{keyed('alert', reference)[:32]}"


def managed_reference(token: str) -> str | None:
    """The booking that a manage token opens, or None where it is not one of ours."""
    mark, _, rest = token.partition("_")
    reference, _, mac = rest.partition("_")
    if mark != _MARK or not hmac.compare_digest(mac.encode(), _mac(reference).encode()):
        return None
    return reference


def mark(text: str) -> str:
    """A short mark that stands for this text and does not tell it."""
    digest = hmac.digest(manage_secret(), f"mark:{text}".encode(), sha256)
    return base64.urlsafe_b64encode(digest[:12]).decode()


def keyed(purpose: str, text: str) -> str:
    """A mark of 64 signs for this text that only the service can make; different for each purpose."""
    return hmac.digest(manage_secret(), f"{purpose}:{text}".encode(), sha256).hex()


def person(email: str) -> str:
    """Who has this lower-case address, without telling it."""
    return keyed("person", email)


def verified_token(ident: str) -> str:
    """The token of a verification; its ident is random, and worth nothing without the service's secret."""
    return _token(VERIFIED, ident)


def personal_token(ident: str) -> str:
    """The personal token of a staff account, made from a random ident in the same way."""
    return _token(PERSONAL, ident)


def token_mark(token: str) -> str:
    """How a token is kept. It is long and random, so that a plain hash tells nothing."""
    return sha256(token.encode()).hexdigest()


def _token(prefix: str, ident: str) -> str:
    digest = hmac.digest(manage_secret(), f"{prefix}:{ident}".encode(), sha256)
    return prefix + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _mac(reference: str) -> str:
    digest = hmac.digest(manage_secret(), f"{_MARK}:{reference}".encode(), sha256)
    return base64.urlsafe_b64encode(digest[:24]).decode()
