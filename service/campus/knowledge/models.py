"""Table of the knowledge base."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from campus.db import Base, Json


class Answer(Base):
    """An answer with the ways people ask for it; `source` and `checked_on` where it states a fact of the world."""

    __tablename__ = "answers"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    group: Mapped[str] = mapped_column(String(64))
    questions: Mapped[dict[str, list[str]]] = mapped_column(Json)
    text: Mapped[dict[str, str]] = mapped_column(Json)
    source: Mapped[str | None] = mapped_column(String(500))
    checked_on: Mapped[date | None]
