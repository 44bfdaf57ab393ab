"""Every error is a problem document, in the language of the caller."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from campus import problems
from campus.problems import NotEligible, Problem
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from .conftest import Reader

CODES = {
    "idempotency-key-missing": 400,
    "not-authenticated": 401,
    "forbidden": 403,
    "not-eligible": 403,
    "not-found": 404,
    "session-full": 409,
    "session-closed": 409,
    "session-cancelled": 409,
    "already-booked": 409,
    "wrong-state": 409,
    "version-conflict": 409,
    "idempotency-key-reused": 409,
    "in-progress": 409,
    "hold-expired": 410,
    "offer-lapsed": 410,
    "code-expired": 410,
    "invalid": 422,
    "rate-limited": 429,
    "unavailable": 503,
}


def test_the_codes_of_the_contract() -> None:
    classes = {cls.code: cls.status for cls in Problem.__subclasses__()}
    assert CODES.items() <= classes.items()


def test_every_code_has_words_in_both_languages() -> None:
    for cls in Problem.__subclasses__():
        for lang in ("fr", "en"):
            document = problems.document(cls.code, cls.status, lang)
            assert document["title"] and document["detail"], (cls.code, lang)


RULES = {
    "access-code",
    "extensions",
    "completed-course",
    "declaration",
    "business-only",
    "max-seats",
    "business-customer",
    "free-of-charge",
    "withdrawal-period-over",
}


def test_every_rule_is_named_in_both_languages_and_offers_a_person() -> None:
    words = _words()["not-eligible"]["rules"]
    assert set(words) == RULES
    for rule, detail in words.items():
        assert "personne" in detail["fr"] and "person" in detail["en"], rule
        requirement = {"rule": rule, "text": "{this} is said as it stands."}
        problem = NotEligible("an-id-of-its-own", requirement=requirement)
        for lang in ("fr", "en"):
            told = problem.document(lang)
            assert told["detail"] == detail[lang].replace("{requirement[text]}", "{this} is said as it stands.")
            assert (told["rule"], told["contact"]) == ("an-id-of-its-own", "handoff")
    assert NotEligible("access-code").document("fr")["detail"] == words["access-code"]["fr"]
    assert NotEligible("a rule to come").document("fr")["detail"] == _words()["not-eligible"]["detail"]["fr"]


def test_the_words_are_well_typed() -> None:
    for entry in _words().values():
        rules = [detail["fr"] for detail in entry.get("rules", {}).values()]
        for text in (entry["title"]["fr"], entry["detail"]["fr"], *rules):
            assert "'" not in text and " :" not in text and " ;" not in text and " ?" not in text, text


def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        (problems.Path(problems.__file__).parent / "problems.yml").read_text(encoding="utf-8")
    )
    return found


def _problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert (document["status"], document["code"]) == (status, code)
    assert set(document) >= {"type", "title", "status", "code", "detail"}
    return dict(document)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("GET", "/v1/courses/", 404, "not-found"),
        ("DELETE", "/nothing", 404, "not-found"),
        ("POST", "/v1/courses", 405, "method-not-allowed"),
        ("GET", "/v1/courses/nothing", 404, "not-found"),
        ("GET", "/v1/courses?limit=0", 422, "invalid"),
        ("GET", "/v1/courses?limit=many", 422, "invalid"),
        ("GET", "/v1/courses?cursor=nonsense", 422, "invalid"),
        ("GET", "/v1/courses?lang=%00", 422, "invalid"),
        ("GET", "/%00", 404, "not-found"),
        ("GET", "/../../etc/passwd", 404, "not-found"),
    ],
)
def test_everything_is_a_problem_document(catalogue: Reader, method: str, path: str, status: int, code: str) -> None:
    _problem(catalogue.client.request(method, path), status, code)


@pytest.mark.parametrize(
    ("query", "header", "lang"),
    [
        ("", None, "fr"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "nl,fr;q=0.4,en;q=0.6", "en"),
        ("", "de", "fr"),
        ("?lang=en", "fr", "en"),
        ("?lang=fr-BE", "en", "fr"),
        ("?lang=nl", "en", "en"),
    ],
)
def test_the_language_of_the_reply(catalogue: Reader, query: str, header: str | None, lang: str) -> None:
    headers = {"accept-language": header} if header else {"accept-language": ""}
    answer = catalogue.client.get(f"/v1/nothing{query}", headers=headers)
    assert answer.json()["title"] == {"fr": "Introuvable", "en": "Not found"}[lang]
    assert answer.headers["content-language"] == lang


class Wish(BaseModel):
    """A body for the test."""

    lang: str = "fr"
    seats: int


@pytest.fixture
def broken(app: FastAPI) -> TestClient:
    """The application with two more routes; not started: it needs no database here."""

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a secret detail")

    @app.post("/wish")
    def wish(wish: Wish) -> None:
        raise problems.SessionFull([{"id": "x"}])

    return TestClient(app, raise_server_exceptions=False)


def test_an_unexpected_error_tells_nothing(broken: TestClient) -> None:
    answer = broken.get("/broken?lang=en")
    document = _problem(answer, 503, "unavailable")
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert document["request_id"] == answer.headers["x-request-id"]


def test_a_body_that_is_too_large(broken: TestClient) -> None:
    _problem(broken.post("/wish", json={"lang": "x" * 1_100_000, "seats": 1}), 413, "too-large")
    chunks = (b"x" * 100_000 for _ in range(12))
    _problem(broken.post("/wish", content=chunks, headers={"content-type": "application/json"}), 413, "too-large")


def test_the_body_says_the_language(broken: TestClient) -> None:
    full = _problem(broken.post("/wish", json={"lang": "en", "seats": 1}), 409, "session-full")
    assert full["title"] == "Session full" and full["sessions"] == [{"id": "x"}]
    invalid = _problem(broken.post("/wish", json={"lang": "en", "seats": "x"}), 422, "invalid")
    assert invalid["title"] == "Invalid request"
    assert invalid["errors"] == [{"field": "seats", "code": "int_parsing"}]
    broken_json = broken.post("/wish", content=b"{", headers={"content-type": "application/json"})
    assert _problem(broken_json, 422, "invalid")["errors"] == [{"field": "body", "code": "json_invalid"}]
