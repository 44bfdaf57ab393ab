"""Ways to pay for training, as information: what is known, from where, checked when, and what is not known.

Data of the campus, edited on the admin site; `DEMO_DIR/funding.yml` is what an installation begins with. Nothing is
computed for anybody, and nothing is promised.
"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from campus.catalogue.memory import Catalogue, SchemeEntry, get_catalogue
from campus.db import Db
from campus.languages import ReplyLang
from campus.paging import Page, Paging, page_of
from campus.responses import json_answer

router = APIRouter(tags=["catalogue"])


class Scheme(BaseModel):
    """One scheme. `unknown` says what nobody here knows; `checked_on` when the source was read."""

    scheme: str = Field(examples=["covalent"])
    name: str
    status: Literal["open", "frozen", "abolished", "unknown"]
    text: str
    unknown: str
    source: str | None
    checked_on: str | None = Field(examples=["2026-11-20"])


def of_course(catalogue: Catalogue, funding: list[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
    """What a course says about schemes, each with the source and the day it was checked."""
    told = []
    for item in funding:
        scheme = catalogue.schemes.get(item["scheme"])
        name = scheme.name[lang] if scheme else item["scheme"]
        told.append({"scheme": item["scheme"], "name": name, "note": item["note"][lang], **_checked(scheme)})
    return told


def _checked(scheme: SchemeEntry | None) -> dict[str, Any]:
    day = scheme.checked_on if scheme else None
    return {"source": scheme.source if scheme else None, "checked_on": day.isoformat() if day else None}


@router.get("/v1/funding", response_model=Page[Scheme], summary="Ways to pay for training")
def list_funding(request: Request, db: Db, lang: ReplyLang, part: Paging) -> Response:
    """Information with its source, never a promise; what is not known is said under `unknown`."""
    items = [
        {
            "scheme": row.scheme,
            "status": row.status,
            "name": row.name[lang],
            "text": row.text[lang],
            "unknown": row.unknown[lang],
            **_checked(row),
        }
        for row in get_catalogue(db).schemes.values()
    ]
    return json_answer(request, page_of(items, part))
