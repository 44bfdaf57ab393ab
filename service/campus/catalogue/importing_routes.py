"""Addresses by which staff bring a catalogue in and take it out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from campus.catalogue import exporting, importing
from campus.catalogue.importing_files import XLSX, FileError, read_file
from campus.db import Db
from campus.idempotency import Outcome, Writing
from campus.problems import Invalid
from campus.responses import written
from campus.speakers.speaker import Caller
from campus.staff.access import only

SCOPE = "catalogue.write"
CSV = "text/csv; charset=utf-8"


async def _file(request: Request) -> bytes:
    """The file: the body itself, or the first file of a form."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        if not (body := await request.body()):
            raise Invalid(file="empty")
        return body
    await request.body()  # kept by the request, which the key's fingerprint reads as well
    try:
        async with request.form(max_files=2, max_fields=10) as form:
            for part in form.values():
                if isinstance(part, UploadFile):
                    return await part.read()
    except (MultiPartException, HTTPException):
        raise Invalid(file="malformed") from None
    raise Invalid(file="missing")


class Counts(BaseModel):
    """How many rows: new, changed, as they were; and how many mistakes."""

    created: int
    changed: int
    unchanged: int
    errors: int


class RowError(BaseModel):
    """A mistake: the header is row 1; `column` is the column's key."""

    sheet: str | None = None
    row: int
    column: str
    code: str
    message: str
    field: str


class ImportOut(BaseModel):
    """What an import would do, or did."""

    errors: list[RowError]
    counts: Counts
    dry_run: bool = Field(description="Nothing was written.")


router = APIRouter(
    prefix="/v1/staff/catalogue",
    tags=["staff"],
    dependencies=[only(SCOPE)],
    responses={
        401: {"description": "not-authenticated"},
        403: {"description": "forbidden"},
    },
)
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    }
}
_BODY = {
    "requestBody": {"required": True, "content": {"text/csv": _BINARY, XLSX: _BINARY, "multipart/form-data": _FORM}}
}
_WRITE: dict[int | str, dict[str, Any]] = {
    400: {"description": "idempotency-key-missing (a key of the wrong length)"},
    409: {"description": "idempotency-key-reused, in-progress"},
    413: {"description": "too-large (20 MB)"},
    422: {"description": "invalid (+ errors {row, column, code, message}, counts)"},
}


@router.post(
    "/import",
    response_model=ImportOut,
    responses=_WRITE,
    openapi_extra=_BODY,
    summary="Bring courses and sessions in from a file",
)
def import_file(
    write: Writing,
    content: Annotated[bytes, Depends(_file)],
    dry_run: Annotated[bool, Query(description="Only tell what would be done.")] = True,
) -> JSONResponse:
    """A CSV file or an XLSX workbook (see the template). Rows are known by operator and reference, so that the same
    file twice changes nothing. One mistake, such as a row of an operator whom one does not serve, and nothing is
    written."""
    try:
        tables = read_file(content)
    except FileError as exc:
        told = importing.refused(exc, write.lang)
        if dry_run:
            return JSONResponse({**told, "dry_run": True})
        raise _refusal(told) from None

    def rule(db: Session) -> Outcome:
        operators = write.speaker.reach(SCOPE)
        plan = importing.run(db, tables, write.speaker.principal, operators, apply=not dry_run)
        told = importing.report(plan, write.lang)
        if told["errors"] and not dry_run:
            raise _refusal(told)
        return Outcome({**told, "dry_run": dry_run})

    return written(write, rule)


def _refusal(told: dict[str, Any]) -> Invalid:
    problem = Invalid(told["errors"])
    problem.extra["counts"] = told["counts"]
    return problem


_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {"text/csv": _BINARY, XLSX: _BINARY}}
}


@router.get("/export", response_class=Response, responses=_FILE, summary="The catalogue as a file")
def export_file(db: Db, caller: Caller, format: Annotated[Literal["csv", "xlsx"], Query()] = "xlsx") -> Response:
    """Every course, event and session of the operators whom one serves; it imports again without a change."""
    operators = caller.reach(SCOPE)
    if format == "csv":
        return _download(exporting.as_csv(db, operators), CSV, "catalogue.csv")
    return _download(exporting.as_workbook(db, operators), XLSX, "catalogue.xlsx")


@router.get(
    "/template.xlsx",
    response_class=Response,
    responses={200: {"description": "The workbook", "content": {XLSX: _BINARY}}},
    summary="The workbook to fill in",
)
def get_template(db: Db, caller: Caller) -> Response:
    """Headers in French and English, one example, and a sheet that says what each column is for."""
    return _download(exporting.template(db, caller.reach(SCOPE)), XLSX, "template.xlsx")


def _download(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
