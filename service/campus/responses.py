"""Answers in JSON: of what writes, and with an ETag where the same answer is asked for again and again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.idempotency import Outcome, Write, carry_out


def written(write: Write, rule: Callable[[Session], Outcome], headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Carry out a write, and answer what its rule says. Raises what `carry_out` raises."""
    outcome = carry_out(write, rule)
    return JSONResponse(outcome.body, outcome.status, headers)


def json_answer(
    request: Request, payload: Any, *, cache: str = "private, no-cache", media_type: str = "application/json"
) -> Response:
    """The payload with its ETag, or 304 where the caller has it already."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept-Language, Authorization"}
    if has_it(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def has_it(if_none_match: str | None, tag: str) -> bool:
    """Whether an If-None-Match header names this ETag (weak comparison, RFC 9110)."""
    if not if_none_match:
        return False
    named = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return tag in named or "*" in named
