"""People who write to the running bot, one or several at once."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, Lock
from typing import Any

import httpx

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Said:
    """One message and its answer: how long it took, which responses came back, and the replies themselves."""

    ms: float
    keys: tuple[str, ...]
    replies: list[dict[str, Any]]


class Person:
    """A sender with a connection of its own; each is a new conversation."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sender = f"bench-{next(_numbers)}"
        self._client = httpx.Client(trust_env=False, timeout=60)

    def say(self, message: str) -> Said:
        """Send a message over the development channel.

        Raises:
            httpx.HTTPError: no answer, or not a 200.
        """
        began = time.perf_counter()
        answer = self._client.post(self.url, json={"sender": self.sender, "message": message})
        took = (time.perf_counter() - began) * 1000
        answer.raise_for_status()
        replies = answer.json()
        keys = tuple(reply["custom"]["response"] for reply in replies)
        return Said(took, tuple(key for key in keys if key != "utter_disclosure"), replies)

    def again(self) -> None:
        """Begin a new conversation over the same connection."""
        self.sender = f"bench-{next(_numbers)}"

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()


@dataclass
class Sorted:
    """Times of the messages that were answered as expected, and a count of the others. Several may write at once."""

    ms: list[float] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def take(self, said: Said, expected: list[str]) -> None:
        """Sort one answer."""
        with self._lock:
            if said.keys and said.keys[-1] in expected:
                self.ms.append(said.ms)
            else:
                self.others[said.keys[-1] if said.keys else "nothing"] += 1

    @property
    def note(self) -> str:
        """Which other answers came."""
        named = ", ".join(f"{count} {key}" for key, count in self.others.items())
        return f"other replies, not timed: {named}" if named else ""


def together(count: int, work: Callable[[int], None]) -> float:
    """Let so many people do the same at once; the seconds until the last has done.

    Raises:
        Exception: whatever one of them met.
    """
    barrier = Barrier(count + 1)

    def one(number: int) -> None:
        barrier.wait()
        work(number)

    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(one, number) for number in range(count)]
        barrier.wait()
        began = time.perf_counter()
        for future in futures:
            future.result()
        return time.perf_counter() - began


@dataclass
class Messages:
    """What is said: the sentences of bench.yml, the subjects of the catalogue, in an order that is always the same."""

    sentences: dict[str, Any]
    subjects: dict[str, list[str]]

    def plain(self, lang: str, seed: int) -> Iterator[str]:
        """Messages that need no service call, for ever."""
        return self._shuffled(self.sentences["plain"][lang], seed)

    def searches(self, lang: str, seed: int) -> Iterator[str]:
        """First questions, for ever; hardly one twice."""
        whole = [
            sentence.format(subject=subject)
            for sentence in self.sentences["search"][lang]
            for subject in self.subjects[lang]
        ]
        return self._shuffled(whole, seed)

    def criteria(self, lang: str, seed: int) -> Iterator[str]:
        """Further criteria, for ever."""
        return self._shuffled(self.sentences["criterion"][lang], seed)

    @staticmethod
    def _shuffled(texts: list[str], seed: int) -> Iterator[str]:
        order = list(texts)
        random.Random(seed).shuffle(order)
        return itertools.cycle(order)


def subjects(service_url: str) -> dict[str, list[str]]:
    """What the topics of the catalogue are called, by language."""
    found = {}
    for lang in ("fr", "en"):
        answer = httpx.get(f"{service_url}v1/topics", params={"limit": 100, "lang": lang}, trust_env=False)
        answer.raise_for_status()
        found[lang] = [topic["name"] for topic in answer.json()["items"]]
    return found
