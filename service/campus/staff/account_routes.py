"""Addresses of accounts, personal tokens, links, and of who one is."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.db import Db
from campus.idempotency import Outcome, Write, Writing, carry_out
from campus.paging import Page, Paging, fetch_page, page_of
from campus.responses import written
from campus.speakers import codes
from campus.speakers.schemas import CodeOut, Proof
from campus.speakers.speaker import Caller
from campus.speakers.tokens import personal_token
from campus.staff import accounts, links
from campus.staff.access import LIST, WRITE, only
from campus.staff.models import StaffAccount
from campus.staff.schemas import (
    AccountChange,
    AccountOut,
    LinkedOut,
    LinkOut,
    LinkWish,
    MeOut,
    NewAccount,
    NewToken,
    NewTokenOut,
)

router = APIRouter(prefix="/v1/staff", tags=["staff"])

Ident = Annotated[str, Path(max_length=40)]
_NO_STORE = {"Cache-Control": "no-store"}
_MANAGE = [only(accounts.SCOPE)]
_GONE: dict[int | str, dict[str, Any]] = {410: {"description": "code-expired"}}


@router.get("/me", response_model=MeOut, responses=LIST, dependencies=[only()], summary="Who speaks, and what they may")
def get_me(db: Db, caller: Caller) -> dict[str, Any]:
    """As of now: the rights of a token are those of its account, narrowed."""
    account = db.get(StaffAccount, caller.account) if caller.account else None
    told = {"id": account.id, "name": account.name, "email": account.email} if account else None
    return {
        "account": told,
        "scopes": sorted(caller.rights.scopes),
        "operators": sorted(caller.rights.operators),
        "via": caller.via or "",
    }


@router.get("/accounts", response_model=Page[AccountOut], responses=LIST, dependencies=_MANAGE, summary="The accounts")
def list_accounts(db: Db, caller: Caller, part: Paging) -> dict[str, Any]:
    """By name; those that also serve operators which the caller does not serve are left out."""
    page = page_of(accounts.visible(db, caller), part)
    page["items"] = accounts.account_views(db, page["items"])
    return page


@router.post(
    "/accounts",
    status_code=201,
    response_model=AccountOut,
    responses=WRITE,
    dependencies=_MANAGE,
    summary="A new account",
)
def create_account(wish: NewAccount, write: Writing) -> JSONResponse:
    """With no more rights than the caller has."""

    def rule(db: Session) -> Outcome:
        account = accounts.create(db, write.speaker, wish)
        return Outcome(accounts.account_view(db, account), 201, account.id)

    return written(write, rule)


@router.patch(
    "/accounts/{account_id}",
    response_model=AccountOut,
    responses=WRITE,
    dependencies=_MANAGE,
    summary="Other rights, or closed",
)
def change_account(account_id: Ident, wish: AccountChange, write: Writing) -> JSONResponse:
    """Counts from the next request on, also for its tokens and links."""

    def rule(db: Session) -> Outcome:
        account = accounts.change(db, write.speaker, account_id, wish)
        return Outcome(accounts.account_view(db, account), 200, account.id)

    return written(write, rule)


@router.post(
    "/tokens",
    status_code=201,
    response_model=NewTokenOut,
    responses=WRITE,
    dependencies=[only()],
    summary="A personal token",
)
def create_token(wish: NewToken, write: Writing) -> JSONResponse:
    """The answer holds the token, which is kept nowhere: a repeated request makes the same one again."""
    outcome = carry_out(write, lambda db: accounts.make_token(db, write.speaker, wish))
    told = {name: value for name, value in outcome.body.items() if name != "ident"}
    return JSONResponse({**told, "token": personal_token(outcome.body["ident"])}, outcome.status, _NO_STORE)


@router.delete(
    "/tokens/{token_id}",
    status_code=204,
    response_class=Response,
    responses=WRITE,
    dependencies=[only()],
    summary="End a token",
)
def delete_token(token_id: Ident, write: Writing) -> Response:
    """One's own, or another's with the scope `accounts`."""

    def rule(db: Session) -> Outcome:
        accounts.end_token(db, write.speaker, token_id)
        return Outcome({}, 204)

    carry_out(write, rule)
    return Response(status_code=204)


@router.post("/links", status_code=202, response_model=CodeOut, responses=WRITE, summary="Sign in on a channel")
def ask_for_link(wish: LinkWish, write: Writing) -> JSONResponse:
    """With the channel's assertion. A code goes to the address if it is an account's; the answer is always the same."""
    write = _as_person(write)
    return written(write, lambda db: links.ask(db, write.speaker, wish.email, write.lang), _NO_STORE)


@router.post("/links/verify", response_model=LinkedOut, responses={**WRITE, **_GONE}, summary="Give the code")
def verify_link(proof: Proof, write: Writing) -> JSONResponse:
    """Whoever speaks so on that channel (`sub` of the assertion) is this account from now on."""
    write = _as_person(write)
    outcome = carry_out(write, lambda db: links.verify(db, write.speaker, proof.email, proof.code, write.lang))
    if outcome.status >= 400:
        raise codes.wrong()
    return JSONResponse(outcome.body, outcome.status, _NO_STORE)


@router.get(
    "/links", response_model=Page[LinkOut], responses=LIST, dependencies=[only()], summary="Where one is linked"
)
def list_links(db: Db, caller: Caller, part: Paging) -> dict[str, Any]:
    """One's own; all of them for who manages staff of every operator."""
    rows, total, following = fetch_page(db, links.visible(caller), part)
    return {"items": [accounts.link_view(row) for row in rows], "total": total, "next": following}


@router.delete(
    "/links/{link_id}",
    status_code=204,
    response_class=Response,
    responses=WRITE,
    dependencies=[only()],
    summary="Sign out on a channel",
)
def delete_link(link_id: Ident, write: Writing) -> Response:
    """Whoever spoke there as this account does so no longer."""

    def rule(db: Session) -> Outcome:
        links.end(db, write.speaker, link_id)
        return Outcome({}, 204)

    carry_out(write, rule)
    return Response(status_code=204)


def _as_person(write: Write) -> Write:
    """The keys of who signs in are those of the conversation, before as after."""
    return replace(write, speaker=write.speaker.as_person)
