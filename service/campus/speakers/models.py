"""Tables of one-time codes and of what they open. All times here are real ones: codes are security."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from campus.db import Base, Moment


class OneTimeCode(Base):
    """The newest code of an address; ``person`` and ``code`` are keyed marks, neither can be read back."""

    __tablename__ = "codes"

    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Verification(Base):
    """An address that was proved, and the bearer to whom it is open: the hash of a token, or a conversation's mark.

    ``email`` is lower case. It is null once the person had it erased: the bearer then opens nothing more, and is
    still known by ``person``, so that the answer to the erasure can be given again.
    """

    __tablename__ = "verifications"

    bearer: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
