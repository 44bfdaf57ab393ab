"""What a channel refuses, as a problem document (RFC 9457) in the language of who asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import responses

_TITLES = {
    "invalid": "utter_part_problem_invalid",
    "unsigned": "utter_part_problem_unsigned",
    "not-authenticated": "utter_part_problem_not_authenticated",
    "forbidden": "utter_part_problem_forbidden",
    "gone": "utter_part_problem_gone",
    "too-large": "utter_part_problem_too_large",
    "unsupported-media-type": "utter_part_problem_unsupported_media_type",
    "rate-limited": "utter_part_problem_rate_limited",
    "unavailable": "utter_part_problem_unavailable",
}


@dataclass
class Problem(Exception):
    """A request that is refused.

    Attributes:
        status: of the answer.
        code: what programs tell it by.
        fields: names of what is wrong in the body.
        retry_after: seconds after which it may be tried again.
    """

    status: int
    code: str
    fields: list[str] = field(default_factory=list)
    retry_after: int | None = None


def answer(problem: Problem, lang: str) -> HTTPResponse:
    """The document."""
    title = responses.text(_TITLES[problem.code], lang)
    document = {
        "type": "about:blank",
        "title": title,
        "status": problem.status,
        "code": problem.code,
        "detail": title,
    }
    if problem.fields:
        document["errors"] = [{"field": name, "code": "invalid"} for name in problem.fields]
    headers = {"Content-Language": lang, "Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return json(document, problem.status, headers, content_type="application/problem+json")


def language_of(request: Request) -> str:
    """The first language that the request asks for and that is spoken here."""
    for wanted in request.headers.get("Accept-Language", "").split(","):
        lang = wanted.strip()[:2].lower()
        if lang in responses.LANGUAGES:
            return lang
    return responses.DEFAULT
