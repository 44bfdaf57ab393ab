"""How often one may write: per conversation, per e-mail address, and per network address for others.

Counted in memory, per process, on the real clock; ``RATE_LIMITS=off`` counts nothing.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from campus.problems import RateLimited
from campus.settings import get_settings


@dataclass(frozen=True, slots=True)
class Allowance:
    """``count`` at once, growing again evenly over ``seconds``."""

    count: int
    seconds: float


PER_CONVERSATION = Allowance(40, 60)
PER_ADDRESS = Allowance(60, 60)
PER_EMAIL = Allowance(20, 3600)
CODES_PER_EMAIL = Allowance(5, 3600)
REMEMBERED = 50_000
"""How many callers are remembered at most; the one unseen for longest is forgotten first."""

_lock = Lock()
_buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()


def count_write(kind: str, who: str) -> None:
    """Count one write of a conversation or of a network address. Raises RateLimited; staff are not counted."""
    if kind == "conversation":
        count(f"conversation:{who}", PER_CONVERSATION)
    elif kind != "staff":
        count(f"address:{who}", PER_ADDRESS)


def count_email(email: str) -> None:
    """Count one thing that will be mailed to this address. Raises RateLimited."""
    count(f"email:{email.lower()}", PER_EMAIL)


def count_code(email: str) -> None:
    """Count one code that will be mailed to this address. Raises RateLimited."""
    count(f"code:{email.lower()}", CODES_PER_EMAIL)


def count(key: str, allowance: Allowance) -> None:
    """Take one from the bucket of that key. Raises RateLimited with the seconds until there is one again."""
    if get_settings().rate_limits == "off":
        return
    now = time.monotonic()
    rate = allowance.count / allowance.seconds
    with _lock:
        left, since = _buckets.pop(key, (float(allowance.count), now))
        left = min(allowance.count, left + (now - since) * rate)
        _buckets[key] = (left - 1 if left >= 1 else left, now)
        if len(_buckets) > REMEMBERED:
            _buckets.popitem(last=False)
    if left < 1:
        raise RateLimited(math.ceil((1 - left) / rate))


def forget() -> None:
    """Begin again from nothing (tests)."""
    with _lock:
        _buckets.clear()
