"""Addresses of the one-time codes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from campus.idempotency import Writing, carry_out
from campus.openapi import ANYBODY
from campus.responses import written
from campus.speakers import codes
from campus.speakers.schemas import CodeOut, NewCode, Proof, TokenOut
from campus.speakers.tokens import verified_token

router = APIRouter(prefix="/v1/codes", tags=["speakers"])

_WRITE: dict[int | str, dict[str, Any]] = {
    400: {"description": "idempotency-key-missing (a key that is too short)"},
    401: {"description": "not-authenticated (a bearer that is broken)"},
    409: {"description": "idempotency-key-reused, in-progress"},
    422: {"description": "invalid (+ errors; a wrong code: field code, code wrong)"},
    429: {"description": "rate-limited, with Retry-After"},
}
_NO_STORE = {"Cache-Control": "no-store"}


@router.post(
    "",
    status_code=202,
    response_model=CodeOut,
    responses=_WRITE,
    openapi_extra=ANYBODY,
    summary="Mail a one-time code",
)
def ask_for_code(wish: NewCode, write: Writing) -> JSONResponse:
    """Six figures, good for ten minutes; the answer is the same whether or not anybody knows the address."""
    return written(write, lambda db: codes.ask(db, wish.email, write.lang), _NO_STORE)


@router.post(
    "/verify",
    response_model=TokenOut,
    responses={**_WRITE, 410: {"description": "code-expired (over, used, or tried five times)"}},
    openapi_extra=ANYBODY,
    summary="Give the code",
)
def verify_code(proof: Proof, write: Writing) -> JSONResponse:
    """A token that opens the address's bookings; with a conversation's assertion, they are open to it as well."""
    outcome = carry_out(write, lambda db: codes.verify(db, write.speaker, proof.email, proof.code, write.lang))
    if outcome.status >= 400:
        raise codes.wrong()
    told = {"token": verified_token(outcome.body["ident"]), "expires_at": outcome.body["expires_at"]}
    return JSONResponse(told, outcome.status, _NO_STORE)
