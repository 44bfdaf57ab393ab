"""What staff may do: named scopes, each for some operators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal[
    "bookings.read",
    "bookings.write",
    "sessions.read",
    "sessions.write",
    "messages.write",
    "handoffs",
    "audit.read",
    "accounts",
    "catalogue.write",
]
SCOPES: tuple[str, ...] = get_args(Scope)
EVERYWHERE = "*"
"""Stands for every operator, also for those still to come."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Scopes, and the operators for which they count. No operator: nothing of any operator's."""

    scopes: frozenset[str] = frozenset()
    operators: frozenset[str] = frozenset()

    @classmethod
    def of(cls, scopes: Iterable[str], operators: Iterable[str]) -> Rights:
        """From what a table keeps."""
        return cls(frozenset(scopes) & frozenset(SCOPES), frozenset(operators))

    def reach(self, scope: str, operator: str | None = None) -> bool:
        """Whether the scope is among them, for that operator where one is named."""
        if scope not in self.scopes:
            return False
        return operator is None or not self.operators.isdisjoint({operator, EVERYWHERE})

    def narrowed(self, scopes: Collection[str] | None, operators: Collection[str] | None) -> Rights:
        """These and no others; None narrows nothing, and nothing is ever added."""
        mine, theirs = self.operators, frozenset(operators if operators is not None else {EVERYWHERE})
        both = (mine & theirs) | _shared(mine, theirs)
        return Rights(self.scopes if scopes is None else self.scopes & frozenset(scopes), both)

    def include(self, other: Rights) -> bool:
        """Whether whoever has these has those as well: nobody gives more than they have."""
        everywhere = EVERYWHERE in self.operators
        return other.scopes <= self.scopes and (everywhere or other.operators <= self.operators)


def _shared(mine: frozenset[str], theirs: frozenset[str]) -> frozenset[str]:
    """What is named on one side and meant by `*` on the other."""
    return (theirs if EVERYWHERE in mine else frozenset()) | (mine if EVERYWHERE in theirs else frozenset())


NO_RIGHT = Rights()
EVERY_RIGHT = Rights(frozenset(SCOPES), frozenset({EVERYWHERE}))
