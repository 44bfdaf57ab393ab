"""What was said in each conversation, who is listening, and what the channels must remember beside it.

An event is a JSON object with an `id` that grows: a listener that was away asks for what came after the last one it
saw. For one process in a file (`kept.py`); in Redis (`REDIS_URL`) for several, where each tells the others that there
is something new. Bounded in number and in time: it is for reading on after a reload, not an archive.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.settings import get_settings

logger = logging.getLogger(__name__)

#: Events that are kept of a conversation, and seconds after the last one until all are forgotten.
HISTORY = 300
KEPT_SECONDS = 24 * 3600
#: Conversations and other notes that are kept in memory.
REMEMBERED = 5000
NOTES = 50_000
#: Seconds that Redis may take to answer.
PATIENCE = 2.0
#: The note of what somebody is doing just now; a process that ends does none of it any more.
AT_WORK = "at work"
_ID = re.compile(r"\d{1,15}-\d{1,10}")

Json = dict[str, Any]


class Away(Exception):
    """What several processes share cannot be reached."""


def is_event_id(text: str) -> bool:
    """Whether this is the id of an event, whoever has it."""
    return _ID.fullmatch(text) is not None


def order_of(event_id: str) -> tuple[int, int]:
    """What events are sorted by; (0, 0) for the empty id, which comes before all."""
    moment, _, number = event_id.partition("-")
    return int(moment or 0), int(number or 0)


class Hub(ABC):
    """The events of conversations, and notes that run out."""

    def __init__(self) -> None:
        self._bells: dict[str, set[asyncio.Event]] = {}

    @abstractmethod
    async def say(self, conversation: str, *events: Json) -> None:
        """Add events, all at once, and tell who listens."""

    @abstractmethod
    async def since(self, conversation: str, after: str = "") -> list[Json]:
        """The events after that one, oldest first; all of them where it is empty."""

    @abstractmethod
    async def note(self, name: str, value: str, seconds: float) -> None:
        """Remember a note for so long."""

    @abstractmethod
    async def noted(self, name: str) -> str | None:
        """The note of that name, while it lasts."""

    @abstractmethod
    async def forget(self, name: str) -> None:
        """Remove a note."""

    @abstractmethod
    async def claim(self, name: str, value: str, seconds: float) -> bool:
        """Remember a note if there is none of that name; whether there was none. Of many who claim one gets it."""

    @abstractmethod
    async def count(self, name: str, seconds: int) -> tuple[int, int]:
        """Count once more within a stretch of so many seconds; the count, and the seconds until it begins anew."""

    @contextlib.contextmanager
    def listening(self, conversation: str) -> Iterator[asyncio.Event]:
        """A bell that rings when something is said in the conversation."""
        bell = asyncio.Event()
        self._bells.setdefault(conversation, set()).add(bell)
        try:
            yield bell
        finally:
            bells = self._bells[conversation]
            bells.discard(bell)
            if not bells:
                del self._bells[conversation]

    def listeners(self, conversation: str) -> int:
        """How many listen to it in this process."""
        return len(self._bells.get(conversation, ()))

    def _ring(self, conversation: str) -> None:
        for bell in self._bells.get(conversation, ()):
            bell.set()

    def ring_all(self) -> None:
        """Let every listener look again."""
        for conversation in self._bells:
            self._ring(conversation)


class MemoryHub(Hub):
    """Nothing outlives the process. Ids are times, so that they go on growing over a restart."""

    def __init__(self) -> None:
        super().__init__()
        self._said: OrderedDict[str, list[Json]] = OrderedDict()
        self._spoken_at: dict[str, float] = {}
        self._notes: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def say(self, conversation: str, *events: Json) -> None:
        self._forget_old()
        said = self._said.setdefault(conversation, [])
        for event in events:
            moment, number = int(time.time() * 1000), 0
            if said and order_of(said[-1]["id"]) >= (moment, number):
                moment, number = order_of(said[-1]["id"])
                number += 1
            said.append({"id": f"{moment}-{number}", **event})
        del said[:-HISTORY]
        self._said.move_to_end(conversation)
        self._spoken_at[conversation] = time.monotonic()
        self._ring(conversation)

    async def since(self, conversation: str, after: str = "") -> list[Json]:
        self._forget_old()
        return [event for event in self._said.get(conversation, []) if order_of(event["id"]) > order_of(after)]

    async def note(self, name: str, value: str, seconds: float) -> None:
        self._notes.pop(name, None)
        self._notes[name] = (value, time.monotonic() + seconds)
        while len(self._notes) > NOTES:
            self._notes.popitem(last=False)

    async def noted(self, name: str) -> str | None:
        value, until = self._notes.get(name, ("", 0.0))
        return value if until > time.monotonic() else None

    async def forget(self, name: str) -> None:
        self._notes.pop(name, None)

    async def claim(self, name: str, value: str, seconds: float) -> bool:
        if await self.noted(name) is not None:
            return False
        await self.note(name, value, seconds)
        return True

    async def count(self, name: str, seconds: int) -> tuple[int, int]:
        stretch, gone = divmod(int(time.time()), seconds)
        counted = int(await self.noted(f"{name}:{stretch}") or 0) + 1
        await self.note(f"{name}:{stretch}", str(counted), seconds)
        return counted, seconds - gone

    def _forget_old(self) -> None:
        while self._said:
            longest_silent = next(iter(self._said))
            silence = time.monotonic() - self._spoken_at[longest_silent]
            if len(self._said) <= REMEMBERED and silence < KEPT_SECONDS:
                return
            del self._said[longest_silent], self._spoken_at[longest_silent]


class RedisHub(Hub):
    """For several processes: a stream a conversation, and one channel on which each tells the others."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis: Redis[str] = Redis.from_url(
            url, decode_responses=True, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        self._hearing: asyncio.Task[None] | None = None

    async def say(self, conversation: str, *events: Json) -> None:
        with _away():
            async with self._redis.pipeline() as steps:
                key = f"campus:said:{conversation}"
                for event in events:
                    steps.xadd(key, {"event": json.dumps(event)}, maxlen=HISTORY, approximate=False)
                steps.expire(key, KEPT_SECONDS)
                steps.publish("campus:said", conversation)
                await steps.execute()
        self._ring(conversation)

    async def since(self, conversation: str, after: str = "") -> list[Json]:
        with _away():
            found = await self._redis.xrange(f"campus:said:{conversation}", f"({after}" if after else "-")
        return [{"id": event_id, **json.loads(fields["event"])} for event_id, fields in found]

    async def note(self, name: str, value: str, seconds: float) -> None:
        with _away():
            await self._redis.set(f"campus:{name}", value, px=int(seconds * 1000))

    async def noted(self, name: str) -> str | None:
        with _away():
            value: str | None = await self._redis.get(f"campus:{name}")
        return value

    async def forget(self, name: str) -> None:
        with _away():
            await self._redis.delete(f"campus:{name}")

    async def claim(self, name: str, value: str, seconds: float) -> bool:
        with _away():
            return bool(await self._redis.set(f"campus:{name}", value, px=int(seconds * 1000), nx=True))

    async def count(self, name: str, seconds: int) -> tuple[int, int]:
        stretch, gone = divmod(int(time.time()), seconds)
        with _away():
            async with self._redis.pipeline() as steps:
                steps.incr(f"campus:{name}:{stretch}")
                steps.expire(f"campus:{name}:{stretch}", seconds)
                counted, _ = await steps.execute()
        return int(counted), seconds - gone

    @contextlib.contextmanager
    def listening(self, conversation: str) -> Iterator[asyncio.Event]:
        """A bell that also rings for what another process said."""
        if self._hearing is None or self._hearing.done():
            self._hearing = asyncio.ensure_future(self._hear())
        with super().listening(conversation) as bell:
            yield bell

    async def _hear(self) -> None:
        """Ring for what the others say; after a broken connection for everybody, for something may have been missed."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as others:
                    await others.subscribe("campus:said")
                    self.ring_all()
                    while True:
                        message = await others.get_message(timeout=PATIENCE / 2)
                        if message is not None:
                            self._ring(message["data"])
            except RedisError as error:
                logger.warning("Redis: %s", error)
                await asyncio.sleep(1)


@contextlib.contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise Away(str(error)) from error


@lru_cache(maxsize=1)
def get_hub() -> Hub:
    """The hub of this process, shared by its channels."""
    from bot.channels.kept import KeptHub

    settings = get_settings()
    return RedisHub(settings.redis_url) if settings.redis_url else KeptHub(settings.var_dir / "conversations.db")
