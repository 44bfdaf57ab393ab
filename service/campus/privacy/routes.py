"""Addresses of a person's data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.idempotency import Outcome, Writing
from campus.privacy import rules
from campus.privacy.schemas import EraseOut, EraseWish, ExportOut, ExportWish
from campus.responses import written

router = APIRouter(prefix="/v1/me", tags=["privacy"])

_WRITE: dict[int | str, dict[str, Any]] = {
    400: {"description": "idempotency-key-missing (a key that is too short)"},
    401: {"description": "not-authenticated (no code was given for an address)"},
    422: {"description": "invalid (+ errors)"},
    429: {"description": "rate-limited, with Retry-After"},
}
_NO_STORE = {"Cache-Control": "no-store"}


@router.post("/export", response_model=ExportOut, responses=_WRITE, summary="Everything kept about me")
def export_data(write: Writing, wish: ExportWish | None = None) -> JSONResponse:
    """For who has proved an address by a one-time code. The answer is made anew each time: no copy of it is kept."""
    once = write.key if wish is not None and wish.mail else None

    def rule(db: Session) -> Outcome:
        return rules.export(db, write.speaker, write.lang, mail=wish is not None and wish.mail, once=once)

    return written(replace(write, key=None), rule, _NO_STORE)


@router.post(
    "/erase",
    response_model=EraseOut,
    responses={**_WRITE, 409: {"description": "wrong-state (+ cancels, needs), idempotency-key-reused"}},
    summary="Forget me",
)
def erase_data(wish: EraseWish, write: Writing) -> JSONResponse:
    """`confirmed: false` tells what would happen. Bookings to come are cancelled on their terms where
    `cancel_bookings` says so; without it they stand in the way."""
    return written(write, lambda db: rules.erase(db, write.speaker, wish, write.lang), _NO_STORE)
