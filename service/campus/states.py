"""Things that move between states: a capability declares its moves in its own ``states.py``, and they are carried out
here. Whoever finds another state than was expected lost a race: they read again and explain."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

StateT = TypeVar("StateT", bound=StrEnum)
VerbT = TypeVar("VerbT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[VerbT, StateT]):
    """One allowed move and the name of the condition under which it is allowed."""

    verb: VerbT
    source: StateT
    target: StateT
    condition: str


def find(moves: Iterable[Move[VerbT, StateT]], verb: VerbT, state: str) -> Move[VerbT, StateT] | None:
    """The move that this verb makes from this state, or None where it makes none."""
    return next((move for move in moves if move.verb == verb and move.source == state), None)


def carry_out(db: Session, row: Any, sources: Collection[str], **values: Any) -> bool:
    """Set these columns, the state among them, if the row is still in one of these states; whether it was.

    One UPDATE, so that of two at once one comes second. The row, which has ``id``, ``state`` and ``version``, is read
    again.
    """
    table = type(row)
    done = db.execute(
        update(table)
        .where(table.id == row.id, table.state.in_(sources))
        .values(version=table.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    db.refresh(row)
    return done.rowcount == 1
