"""Lists: `{items, total, next}`, with a cursor that says nothing to the outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from campus.problems import Invalid

T = TypeVar("T")
CURSOR = "^[0-9a-f]{0,7}$"


class Page(BaseModel, Generic[T]):
    """A part of a list: `total` counts the whole, `next` is the cursor of the following part or null."""

    items: list[T]
    total: int
    next: str | None


class Slice(BaseModel):
    """Which part of a list is asked for."""

    limit: int
    offset: int

    def following(self, total: int) -> str | None:
        """The cursor after this part, or None at the end."""
        end = self.offset + self.limit
        return encode_cursor(end) if end < total else None


def encode_cursor(offset: int) -> str:
    """An opaque cursor."""
    return f"{offset:x}"


def decode_cursor(cursor: str) -> int:
    """The offset in a cursor. Raises Invalid for one that we did not make."""
    if not re.fullmatch(CURSOR, cursor):
        raise Invalid(cursor="malformed")
    return int(cursor or "0", 16)


def get_slice(
    limit: Annotated[int, Query(ge=1, le=100, description="How many items at most.")] = 20,
    cursor: Annotated[
        str | None, Query(description="`next` of the part before.", json_schema_extra={"pattern": CURSOR})
    ] = None,
) -> Slice:
    """What a route takes: `limit` and `cursor`."""
    return Slice(limit=limit, offset=decode_cursor(cursor) if cursor else 0)


Paging = Annotated[Slice, Depends(get_slice)]


def page_of(items: Sequence[Any], part: Slice) -> dict[str, Any]:
    """The page of a whole list in memory."""
    shown = items[part.offset : part.offset + part.limit]
    return {"items": list(shown), "total": len(items), "next": part.following(len(items))}


def fetch_page(db: Session, statement: Select[Any], part: Slice) -> tuple[Sequence[Any], int, str | None]:
    """The scalars of one page of an ordered select, the whole count, and the next cursor."""
    total = db.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = db.scalars(statement.limit(part.limit).offset(part.offset)).unique().all()
    return rows, total, part.following(total)
