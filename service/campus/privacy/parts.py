"""What every capability does about a person's data, in its own module `campus.<capability>.personal`.

Such a module may have any of these, all in the caller's transaction:

- `export(db, who, lang)`: what is kept of the person, as JSON under names of its own.
- `erase(db, who, actor)`: forget the person; counts under names of its own, nothing personal in them.
- `expire(db, limits)`: forget what is kept too long; counts as above.

`bookings` is asked first: it finds in which conversations the person spoke. `outbox` is last: it forgets what the
others wrote. A capability that is added is found by itself.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from campus.addresses import normal
from campus.speakers import tokens
from campus.speakers.speaker import Speaker


@dataclass(slots=True)
class Who:
    """A person by their lower-case address, and what the parts found out about them on the way.

    ``own`` are references (bookings, requests, …) that are theirs alone, ``conversations`` those in which nobody
    else gave an address, ``names`` what they called themselves.
    """

    email: str
    own: set[str] = field(default_factory=set)
    conversations: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    speaker: Speaker | None = None

    @property
    def person(self) -> str:
        """The mark that stands for the address."""
        return tokens.person(self.email)


def who_is(speaker: Speaker) -> Who | None:
    """The person that this speaker has proved to be, or None."""
    if speaker.email is None:
        return None
    who = Who(normal(speaker.email), speaker=speaker)
    if speaker.owner is not None:
        who.conversations.add(speaker.owner)
    return who


@dataclass(frozen=True, slots=True)
class Limits:
    """Moments before which things are forgotten. ``brief`` and the years go by the business clock, ``codes`` by the
    real one: moving the business clock must not take a code from somebody who is about to give it."""

    brief: datetime
    took_part: datetime
    billed: datetime
    codes: datetime


def collect(verb: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The functions of that name, each with the capability that it belongs to, in their order."""
    for name in _names():
        function = getattr(importlib.import_module(f"campus.{name}.personal"), verb, None)
        if function is not None:
            yield name, function


def add(counts: dict[str, int], name: str, more: dict[str, int]) -> None:
    """Add a capability's counts; one whose name is taken gets the capability's name before it."""
    counts |= {f"{name}_{what}" if what in counts else what: count for what, count in more.items()}


@cache
def _names() -> list[str]:
    packages = [one.name for one in pkgutil.iter_modules([str(Path(__file__).parents[1])]) if one.ispkg]
    found = [name for name in packages if importlib.util.find_spec(f"campus.{name}.personal")]
    return sorted(found, key=lambda name: (name != "bookings", name == "outbox", name))
