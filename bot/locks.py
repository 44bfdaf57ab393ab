"""Whose turn it is in a conversation: Rasa handles one message of it at a time, in the order they came.

In memory for one process; in Redis (`REDIS_URL`) for several. Rasa's own store in Redis reads a lock, changes it and
writes it back: two processes that do so at once get the same ticket. Here a turn is a place in a list, which Redis
appends to by itself, and a sign of life of who holds it; the place of a process that died is taken away.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.settings import get_settings

logger = logging.getLogger(__name__)

#: Seconds that a sign of life counts, and between two of them.
ALIVE_SECONDS, SIGN_SECONDS = 15.0, 4.0
#: Seconds between two looks at whose turn it is, and that one waits for it at most.
LOOK_SECONDS = 0.02
LONGEST_WAIT = 120.0
#: Seconds that Redis may take to answer.
PATIENCE = 2.0


class Turns(InMemoryLockStore):
    """Rasa's lock store, as `endpoints.yml` names it."""

    def __init__(self, endpoint_config: Any = None) -> None:
        super().__init__()
        self._url = get_settings().redis_url
        self._redis: Redis[str] | None = None

    @asynccontextmanager
    async def lock(  # type: ignore[override]
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncIterator[TicketLock | None]:
        """Wait for one's turn, and keep it for the block. Raises LockError."""
        if not self._url:
            async with super().lock(conversation_id, lock_lifetime, wait_time_in_seconds) as held:
                yield held
            return
        if self._redis is None:  # made here: it belongs to the event loop
            self._redis = Redis.from_url(
                self._url, decode_responses=True, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
            )
        async with _turn(self._redis, conversation_id):
            yield None


@asynccontextmanager
async def _turn(redis: Redis[str], conversation: str) -> AsyncIterator[None]:
    row, me = f"campus:turns:{conversation}", uuid.uuid4().hex
    over = asyncio.Event()
    living = asyncio.ensure_future(_live(redis, me, over))
    try:
        try:
            await redis.set(_sign(me), "1", px=int(ALIVE_SECONDS * 1000))  # before the place, which is empty without
            await redis.rpush(row, me)
            await _wait(redis, row, me)
        except (RedisError, OSError) as error:
            raise LockError(f"the turns of a conversation cannot be reached: {error}") from error
        yield
    finally:
        over.set()
        await living
        with contextlib.suppress(RedisError, OSError):  # else the place is empty in a while
            await redis.lrem(row, 0, me)
            await redis.delete(_sign(me))


async def _wait(redis: Redis[str], row: str, me: str) -> None:
    """Until one's place is the first whose holder lives."""
    until = time.monotonic() + LONGEST_WAIT
    while (first := await redis.lindex(row, 0)) != me:
        if first is None:
            raise LockError("a place among the turns was lost")
        if not await redis.exists(_sign(first)):
            logger.warning("a turn's holder has died")
            await redis.lrem(row, 0, first)
            continue
        if time.monotonic() > until:
            raise LockError("the turn before takes too long")
        await asyncio.sleep(LOOK_SECONDS)


async def _live(redis: Redis[str], me: str, over: asyncio.Event) -> None:
    while not over.is_set():
        try:
            await asyncio.wait_for(over.wait(), SIGN_SECONDS)
        except asyncio.TimeoutError:
            with contextlib.suppress(RedisError, OSError):
                await redis.set(_sign(me), "1", px=int(ALIVE_SECONDS * 1000))


def _sign(holder: str) -> str:
    return f"campus:turn:{holder}"
