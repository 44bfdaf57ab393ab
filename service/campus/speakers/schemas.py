"""What callers send and get around one-time codes."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel

from campus.bookings.schemas import Email, LangTag
from campus.texts import Line


class Figures(Line):
    """A code as people copy it: with a space or a dash in the middle."""

    @staticmethod
    def clean(text: str) -> str:
        """The code without what stands between its figures."""
        return re.sub(r"[\s\-–.]", "", text)


class NewCode(BaseModel):
    """`POST /v1/codes`."""

    model_config = {"json_schema_extra": {"examples": [{"email": "jeanne.dubois@example.com", "lang": "fr"}]}}

    email: Email
    lang: LangTag | None = None


class CodeOut(BaseModel):
    """The same answer for every address. `expires_at` is a real time, whatever the business clock says."""

    expires_at: str


class Proof(BaseModel):
    """`POST /v1/codes/verify`."""

    model_config = {"json_schema_extra": {"examples": [{"email": "jeanne.dubois@example.com", "code": "042917"}]}}

    email: Email
    code: Annotated[str, Figures(12, shortest=1)]


class TokenOut(BaseModel):
    """`token` as bearer opens the bookings of the address for two hours."""

    token: str
    expires_at: str
