"""What callers send and get around one-time codes."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from campus.bookings.schemas import Email, LangTag


def _figures(value: object) -> object:
    """A code as people copy it: with a space or a dash in the middle."""
    return re.sub(r"[\s\-–.]", "", value) if isinstance(value, str) else value


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
    code: Annotated[str, BeforeValidator(_figures), Field(min_length=1, max_length=12)]


class TokenOut(BaseModel):
    """`token` as bearer opens the bookings of the address for two hours."""

    token: str
    expires_at: str
