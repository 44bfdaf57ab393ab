"""The site itself: sqladmin's lists, pages and sorting, with forms, signing in and writing of our own.

sqladmin deletes by an address, acts by links, writes past the service's queue of writers, tells exceptions to the
reader and knows no French; so of its routes only those stay that read. It is built at the first request, for most
processes of a test never need it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

from fastapi import FastAPI
from sqladmin import Admin
from sqladmin.authentication import AuthenticationBackend, login_required
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from campus.admin import changes, identity, login, texts
from campus.admin.base import Deed, Values, View, choices
from campus.admin.changes import Refused
from campus.admin.gate import Door, Known, SameSite
from campus.admin.registry import all_views
from campus.db import Database
from campus.problems import Forbidden, NotFound, Problem
from campus.settings import get_settings
from campus.speakers.keys import admin_secret
from campus.speakers.speaker import Speaker

PATH = "/admin"
HERE = Path(__file__).parent
COOKIE = "campus_admin"
_EXPLAINED = frozenset({400, 403, 404, 405, 409, 429, 503})
LARGEST_FORM = 500
"""Fields of a form, at most."""


class Login(AuthenticationBackend):
    """sqladmin asks it at every page; the session itself is opened further out (see `build`)."""

    def __init__(self) -> None:
        self.middlewares: list[Middleware] = []

    async def login(self, request: Request) -> Response | bool:
        raise NotImplementedError

    async def logout(self, request: Request) -> Response | bool:
        raise NotImplementedError

    async def authenticate(self, request: Request) -> Response | bool:
        """To the form where nobody is signed in."""
        if identity.admin_identity(request) is None:
            return RedirectResponse(request.url_for("admin:login"), 303)
        return True


class Site(Admin):
    """The routes. What reads is sqladmin's, what writes goes through `changes`."""

    def __init__(self, database: Database, **more: Any) -> None:
        self.database = database
        super().__init__(**more)
        kept = {"index", "list", "details", "create", "edit"}
        routes: list[Any] = [
            Route("/login", self.login, name="login", methods=["GET", "POST"]),
            Route("/logout", self.logout, name="logout", methods=["POST"]),
            Mount("/assets", StaticFiles(directory=HERE / "assets"), name="assets"),
            Route("/{identity}/remove/{pk:path}", self.remove, name="remove", methods=["POST"]),
            Route("/{identity}/do/{deed}/{pk:path}", self.do, name="do", methods=["POST"]),
        ]
        own = self.admin.router.routes
        routes += [one for one in own if isinstance(one, Mount)]
        routes += [one for one in own if isinstance(one, Route) and one.name in kept]
        self.admin.router.routes = routes
        self.admin.exception_handlers = {HTTPException: self._error, Problem: self._error, Exception: self._error}
        self.templates.env.globals.update(
            say=texts.say,
            hint=texts.hint,
            lang=texts.lang,
            csrf=identity.csrf_token,
            flash=_take_flash,
            deed_says=texts.deed,
            once=lambda: secrets.token_urlsafe(16),
            signed_in=identity.admin_identity,
        )

    def view(self, request: Request) -> View:
        """The view that the address names. Raises 404, and Forbidden for who has not the scope that opens it."""
        view = cast(View, self._find_model_view(request.path_params["identity"]))
        if not view.is_open_to(_who(request)):
            raise Forbidden()
        return view

    @login_required
    async def index(self, request: Request) -> Response:
        """Straight to the list that is needed most, of those that are there for who signed in."""
        first = next(view for view in self.views if view.is_visible(request))
        return RedirectResponse(request.url_for("admin:list", identity=first.identity), 303)

    @login_required
    async def list(self, request: Request) -> Response:
        """The rows that are there for who signed in."""
        view = self.view(request)
        request.state.of_speaker = await run_in_threadpool(self._of_speaker, view, _who(request))
        return cast(Response, await super().list(request))

    def _of_speaker(self, view: View, who: Speaker) -> Any:
        with self.database.reading() as db:
            return view.of_speaker(db, who)

    @login_required
    async def details(self, request: Request) -> Response:
        """A row with what belongs to it and what may be done about it."""
        return await self._row_page(request, None, {})

    async def _row_page(
        self, request: Request, deed: Deed | None, sent: Mapping[str, Any], errors: Mapping[str, str] | None = None
    ) -> Response:
        """The page of a row; with what was written for a deed that was refused, and why."""
        view, who, pk = self.view(request), _who(request), _checked(request.path_params["pk"])
        context = await run_in_threadpool(self._details_of, view, who, pk, deed, sent)
        context |= {"view": view, "tried": deed, "errors": errors or {}}
        return await self._page(request, "admin/details.html", context, 400 if errors else 200)

    def _details_of(
        self, view: View, who: Speaker, pk: str, tried: Deed | None, sent: Mapping[str, Any]
    ) -> dict[str, Any]:
        with self.database.reading() as db:
            row = db.scalar(view.one_row(db, who, pk))
            if row is None:
                raise NotFound()
            return {
                "row": row,
                "title": view.title_of(row),
                "columns": [(view.column_title(name), view.full(row, name)) for name in view._details_prop_names],
                "parts": view.parts(row),
                "deeds": [
                    _offered(db, who, row, deed, sent if deed is tried else None)
                    for deed in view.possible_deeds(who, row)
                ],
                "may_edit": view.may_edit(who),
                "may_remove": view.may_remove(who),
                "pk": pk,
            }

    @login_required
    async def create(self, request: Request) -> Response:
        """The form of a new row."""
        return await self._form(request, None)

    @login_required
    async def edit(self, request: Request) -> Response:
        """The form of a row."""
        return await self._form(request, _checked(request.path_params["pk"]))

    async def _form(self, request: Request, pk: str | None) -> Response:
        view, who = self.view(request), _who(request)
        if not (view.can_edit if pk else view.can_create):
            raise NotFound()
        if not (view.may_edit(who) if pk else view.may_add(who)):
            raise Forbidden()
        if request.method == "GET":
            return await self._page(request, "admin/form.html", await run_in_threadpool(self._asked, view, who, pk))
        sent = await _sent(request)
        try:
            row = await run_in_threadpool(changes.save, self.database, who, view, pk, sent)
        except Refused as refused:
            context = await run_in_threadpool(self._asked, view, who, pk, sent)
            return await self._page(request, "admin/form.html", {**context, "errors": refused.errors}, 400)
        _flash(request, "success", texts.say("site", "saved"))
        target = request.url_for("admin:details", identity=view.identity, pk=changes.reference_of(row))
        return RedirectResponse(target, 303)

    def _asked(self, view: View, who: Speaker, pk: str | None, sent: Any = None) -> dict[str, Any]:
        """What the form shows: the row as it is, or what was written and did not fit."""
        with self.database.reading() as db:
            row = None
            if pk is not None and (row := db.scalar(view.one_row(db, who, pk))) is None:
                raise NotFound()
            inputs: dict[str, Any] = {}
            for field in view.fields:
                known = row is not None and (sent is None or field.fixed)
                inputs |= field.show(view.current(row, field) if known else None)
                if sent is not None and not (field.fixed and row is not None):
                    inputs |= {name: sent.get(name, [""])[0] for name in field.inputs()}
            return {
                "view": view,
                "row": row,
                "pk": pk,
                "title": view.title_of(row) if row is not None else texts.say("site", "new"),
                "inputs": inputs,
                "options": view.options(db, who, row),
                "stamp": sent.get("stamp", [""])[0] if sent else changes.stamp(view, row) if row is not None else "",
                "errors": {},
            }

    @login_required
    async def remove(self, request: Request) -> Response:
        """Take a row out."""
        view, pk, who = self.view(request), _checked(request.path_params["pk"]), _who(request)
        try:
            await run_in_threadpool(changes.remove, self.database, who, view, pk)
        except Refused as refused:
            _flash(request, "danger", " ".join(refused.errors.values()))
            return RedirectResponse(request.url_for("admin:details", identity=view.identity, pk=pk), 303)
        _flash(request, "success", texts.say("site", "removed"))
        return RedirectResponse(request.url_for("admin:list", identity=view.identity), 303)

    @login_required
    async def do(self, request: Request) -> Response:
        """Call a rule for a row."""
        view, pk, who = self.view(request), _checked(request.path_params["pk"]), _who(request)
        deed = next((one for one in view.deeds if one.name == request.path_params["deed"]), None)
        if deed is None:
            raise NotFound()
        sent = await _sent(request)
        try:
            await run_in_threadpool(changes.perform, self.database, who, view, pk, deed, sent)
        except Refused as refused:
            return await self._row_page(request, deed, sent, refused.errors)
        _flash(request, "success", texts.say("site", "done"))
        return RedirectResponse(request.url_for("admin:details", identity=view.identity, pk=pk), 303)

    async def login(self, request: Request) -> Response:
        """The form to sign in, and each of its steps."""
        step = login.Step()
        if request.method == "POST":
            sent = {name: values[0] for name, values in (await _sent(request)).items()}
            try:
                step = await run_in_threadpool(login.attempt, request, self.database, sent)
            except Problem as problem:
                step = login.Step(error=problem.code, status=problem.status)
        if step.done or (request.method == "GET" and identity.admin_identity(request)):
            return RedirectResponse(request.url_for("admin:index"), 303)
        accounts = await run_in_threadpool(identity.has_accounts, self.database)
        ways = {
            "by_token": accounts or bool(get_settings().staff_token),
            "by_mail": accounts or bool(identity.addresses()),
        }
        return await self._page(request, "admin/login.html", {"step": step, **ways}, step.status)

    async def logout(self, request: Request) -> Response:
        """End the session."""
        identity.sign_out(request)
        return RedirectResponse(request.url_for("admin:login"), 303)

    async def _page(self, request: Request, name: str, context: dict[str, Any], status: int = 200) -> Response:
        return await self.templates.TemplateResponse(request, name, context, status_code=status)

    async def _error(self, request: Request, exc: Exception) -> Response:
        """A page that says what is wrong in words, and nothing of how it came about."""
        status = int(getattr(exc, "status_code", 0) or getattr(exc, "status", 500))
        near = status if status in _EXPLAINED else 400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 503
        context = {"status": status, "message": texts.say("errors", f"status_{near}")}
        return await self._page(request, "admin/error.html", context, status)


def install(app: FastAPI) -> None:
    """Put the site at `/admin`; it is built when somebody first asks for it."""
    built: list[ASGIApp] = []

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if not built:
            built.append(build(app.state.database))
        inside = {name: value for name, value in scope.items() if name not in {"router", "endpoint", "path_params"}}
        inside["root_path"] = scope.get("app_root_path", "")
        await built[0](inside, receive, send)

    app.mount(PATH, site, name="admin-site")
    app.router.routes.append(Route(PATH, _to_the_site, include_in_schema=False))


async def _to_the_site(request: Request) -> Response:
    if not await run_in_threadpool(identity.is_open, request.app.state.database):
        raise NotFound()
    return RedirectResponse(f"{PATH}/", 303)


def build(database: Database) -> ASGIApp:
    """The site on this database."""
    inner = Starlette()
    site = Site(
        database,
        app=inner,
        session_maker=database._read,
        base_url=PATH,
        templates_dir=str(HERE / "templates"),
        authentication_backend=Login(),
    )
    for view in all_views():
        site.add_view(view)
    production = get_settings().campus_env == "production"
    guarded: ASGIApp = SessionMiddleware(
        SameSite(Known(inner, database)),
        secret_key=admin_secret().hex(),
        session_cookie=COOKIE,
        max_age=identity.LASTS,
        path=PATH,
        same_site="strict",
        https_only=production,
    )
    return Door(guarded, database)


def _who(request: Request) -> Speaker:
    who = identity.admin_identity(request)
    assert who is not None, "asked before login_required"
    return who.speaker


def _offered(db: Session, who: Speaker, row: Any, deed: Deed, sent: Mapping[str, Any] | None) -> dict[str, Any]:
    """A deed as the page of its row offers it: with what is known already, or what was written and did not fit."""
    shows: Values = deed.shows(row)
    inputs: dict[str, Any] = {}
    for field in deed.fields:
        inputs |= field.show(shows.get(field.name))
        if sent is not None:
            inputs |= {name: sent.get(name, [""])[0] for name in field.inputs()}
    return {
        "deed": deed,
        "facts": deed.facts(row),
        "inputs": inputs,
        "options": choices(db, who, row, deed.fields, lambda field: shows.get(field.name)),
    }


async def _sent(request: Request) -> dict[str, list[str]]:
    """The fields of a form, empty ones too. Raises 400 for what is no form."""
    try:
        return parse_qs((await request.body()).decode(), keep_blank_values=True, max_num_fields=LARGEST_FORM)
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None


def _checked(pk: str) -> str:
    """A primary key as an address may hold it."""
    if "\0" in pk:
        raise NotFound()
    return pk


def _flash(request: Request, kind: str, text: str) -> None:
    """Say this on the next page."""
    request.session["flash"] = [kind, text]


def _take_flash(request: Request) -> tuple[str, str] | None:
    found = request.session.pop("flash", None)
    return (str(found[0]), str(found[1])) if found else None
