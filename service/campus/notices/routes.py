"""Addresses of the webhooks, for staff only."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.db import Db
from campus.idempotency import Outcome, Writing, carry_out
from campus.notices import subscriptions
from campus.notices.models import Webhook
from campus.notices.schemas import NewWebhook, NewWebhookOut, WebhookOut
from campus.paging import Page, Paging, fetch_page
from campus.staff.access import only

router = APIRouter(
    prefix="/v1/staff/webhooks",
    tags=["staff"],
    dependencies=[only("accounts", everywhere=True)],  # a webhook hears of every operator
    responses={
        401: {"description": "not-authenticated"},
        403: {"description": "forbidden"},
    },
)
_WRITE: dict[int | str, dict[str, Any]] = {
    400: {"description": "idempotency-key-missing (a key of the wrong length)"},
    409: {"description": "idempotency-key-reused, in-progress"},
}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "not-found"}}


@router.post("", status_code=201, response_model=NewWebhookOut, responses=_WRITE, summary="Subscribe to notices")
def create_webhook(wish: NewWebhook, write: Writing) -> JSONResponse:
    """The answer holds the `secret` that notices are signed with (Standard Webhooks); nothing else ever tells it."""

    def rule(db: Session) -> Outcome:
        kinds = [kind.value for kind in wish.kinds]
        webhook = subscriptions.subscribe(db, write.speaker.principal, wish.url, kinds)
        return Outcome(subscriptions.view(webhook), 201, webhook.id)

    outcome = carry_out(write, rule)
    with write.database.reading() as db:  # read beside the answer, which is kept, while secrets are kept once
        secret = db.get_one(Webhook, outcome.body["id"]).secret
    return JSONResponse({**outcome.body, "secret": secret}, outcome.status, {"Cache-Control": "no-store"})


@router.get("", response_model=Page[WebhookOut], summary="The subscriptions")
def list_webhooks(db: Db, part: Paging) -> dict[str, Any]:
    """Newest first, those that have ended too; how the last delivery went."""
    rows, total, following = fetch_page(db, subscriptions.newest_first(), part)
    return {"items": [subscriptions.view(row) for row in rows], "total": total, "next": following}


@router.delete(
    "/{webhook_id}",
    status_code=204,
    response_class=Response,
    responses={**_WRITE, **_NOT_FOUND},
    summary="End a subscription",
)
def delete_webhook(
    webhook_id: Annotated[str, Path(max_length=40, examples=["WHK-7K2M9Q"])], write: Writing
) -> Response:
    """What waits for it is dropped."""

    def rule(db: Session) -> Outcome:
        subscriptions.unsubscribe(db, write.speaker.principal, webhook_id)
        return Outcome({}, 204)

    carry_out(write, rule)
    return Response(status_code=204)
