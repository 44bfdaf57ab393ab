"""Addresses of the alerts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.alerts import rules
from campus.alerts.models import Alert
from campus.alerts.schemas import AlertAsked, AlertOut, AlertToken, NewAlert
from campus.db import Db
from campus.idempotency import Outcome, Writing
from campus.languages import ReplyLang
from campus.openapi import ANYBODY, BEARER
from campus.problems import NotAuthenticated, NotFound
from campus.responses import written
from campus.speakers import limits
from campus.speakers.speaker import identify

router = APIRouter(prefix="/v1/alerts", tags=["alerts"])

AlertId = Annotated[str, Path(max_length=40, examples=["ALR-7K2M9Q"])]
Bearer = Annotated[str | None, Header(include_in_schema=False)]
_READ: dict[int | str, dict[str, Any]] = {
    401: {"description": "not-authenticated"},
    404: {"description": "not-found"},
}
_WRITE: dict[int | str, dict[str, Any]] = {
    401: {"description": "not-authenticated (a bearer that is broken)"},
    400: {"description": "idempotency-key-missing (a key of the wrong length)"},
    409: {"description": "idempotency-key-reused, in-progress"},
    429: {"description": "rate-limited, with Retry-After"},
}
_NO_STORE = {"Cache-Control": "no-store"}


@router.post(
    "",
    status_code=202,
    response_model=AlertAsked,
    responses=_WRITE,
    openapi_extra=ANYBODY,
    summary="Ask to be told of new dates",
)
def ask_for_alert(wish: NewAlert, write: Writing) -> JSONResponse:
    """A mail with a link goes to the address; nothing is told before its owner confirms there. Unconfirmed ones are
    forgotten after a week."""
    return written(write, lambda db: rules.ask(db, write.speaker, wish, write.lang), _NO_STORE)


@router.post(
    "/confirm",
    response_model=AlertOut,
    responses={**_WRITE, 404: _READ[404]},
    openapi_extra=ANYBODY,
    summary="Confirm an alert by its link",
)
def confirm_alert(wish: AlertToken, write: Writing) -> JSONResponse:
    """The page behind the link does it when its button is pressed; opening the link does nothing."""

    def rule(db: Session) -> Outcome:
        alert = rules.confirm(db, write.speaker, wish.token)
        return Outcome(rules.view(db, alert, write.lang), 200, alert.id)

    return written(write, rule, _NO_STORE)


@router.get(
    "/{alert_id}",
    response_model=AlertOut,
    responses=_READ,
    openapi_extra=BEARER,
    summary="What an alert looks for",
)
def get_alert(
    request: Request, alert_id: AlertId, db: Db, lang: ReplyLang, authorization: Bearer = None
) -> JSONResponse:
    """With the token of its link as bearer, or that of a code given for its address."""
    alert, _actor = _open(request, db, alert_id, authorization)
    return JSONResponse(rules.view(db, alert, lang), 200, _NO_STORE)


@router.delete(
    "/{alert_id}",
    status_code=204,
    response_class=Response,
    responses={**_READ, 429: _WRITE[429]},
    openapi_extra=BEARER,
    summary="End an alert",
)
def end_alert(request: Request, alert_id: AlertId, db: Db, authorization: Bearer = None) -> Response:
    """With the token of its link as bearer, or that of a code given for its address. Nothing of it is kept."""
    limits.count_write("anonymous", request.client.host if request.client else "")
    alert, actor = _open(request, db, alert_id, authorization)
    rules.end(db, actor, alert)
    return Response(status_code=204)


def _open(request: Request, db: Session, alert_id: str, authorization: str | None) -> tuple[Alert, str]:
    """The alert, and who asks. Raises NotAuthenticated, NotFound."""
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() == "bearer" and token.startswith(rules.MARK):
        alert = rules.find(db, token)
        if alert.id != alert_id:
            raise NotFound()
        return alert, f"alert:{alert.id}"
    address = request.client.host if request.client else ""
    who = identify(authorization, address, request.app.state.database)
    if who.kind == "anonymous":
        raise NotAuthenticated()
    found = db.get(Alert, alert_id)
    if found is None or not (who.owns(found.id, None, found.email) or who.may_everywhere("bookings.read")):
        raise NotFound()
    return found, who.principal
