"""What a mail tells and a table must not: kept encrypted until the mail is written."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet

from campus import clock
from campus.mail.transport import Refused
from campus.speakers.keys import manage_secret


def seal(facts: dict[str, Any], until: datetime) -> dict[str, Any]:
    """These facts as a part of a payload; after ``until`` (a real time) the mail is of no use and does not leave."""
    return {"sealed": _cipher().encrypt(json.dumps(facts).encode()).decode(), "until": until.isoformat()}


def opened(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload with what was sealed in it. Raises Refused once its time is over."""
    if "sealed" not in payload:
        return payload
    if datetime.fromisoformat(payload["until"]) <= clock.real_now():
        raise Refused("its time is over")
    rest = {name: value for name, value in payload.items() if name not in {"sealed", "until"}}
    facts: dict[str, Any] = json.loads(_cipher().decrypt(payload["sealed"]))
    return rest | facts


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.digest(manage_secret(), b"sealed", sha256)))
