"""Addresses of the knowledge base: open to everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from campus import metrics
from campus.db import Db
from campus.knowledge.answers import get_index
from campus.languages import ReplyLang
from campus.paging import Page, Paging, page_of
from campus.problems import NotFound
from campus.responses import json_answer

router = APIRouter(tags=["knowledge"])


class AnswerOut(BaseModel):
    """An answer; `source` and `checked_on` where it states a fact, `score` (0 to 1) where it was searched."""

    key: str = Field(examples=["parking"])
    text: str
    source: str | None = Field(examples=["https://www.biotechcampus.eu/"])
    checked_on: str | None = Field(examples=["2026-11-20"])
    score: float | None = Field(examples=[0.87])


@router.get("/v1/answers", response_model=Page[AnswerOut], summary="Ask the knowledge base")
def list_answers(
    request: Request,
    db: Db,
    lang: ReplyLang,
    part: Paging,
    q: Annotated[str | None, Query(description="A question, in either language.")] = None,
) -> Response:
    """Answers that fit the question, best first, or none; all of them without `q`."""
    index = get_index(db)
    if q is None or not q.strip():
        items = [entry.view(lang, None) for entry in index.entries.values()]
    else:
        found = index.search(q[:500])
        metrics.SEARCHES.labels("answers", "yes" if found else "no").inc()
        items = [index.entries[key].view(lang, score) for key, score in found]
    return json_answer(request, page_of(items, part))


@router.get(
    "/v1/answers/{key}",
    response_model=AnswerOut,
    responses={404: {"description": "not-found"}},
    summary="One answer",
)
def get_answer(request: Request, key: Annotated[str, Path(max_length=80)], db: Db, lang: ReplyLang) -> Response:
    """An answer by its key."""
    entry = get_index(db).entries.get(key)
    if entry is None:
        raise NotFound()
    return json_answer(request, entry.view(lang, None))
