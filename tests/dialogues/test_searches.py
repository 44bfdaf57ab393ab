"""Searches as people type them, through the whole assistant: the courses that should come first do."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.running import ROOT, Running

SEARCHES: list[dict[str, Any]] = yaml.safe_load(
    (Path(ROOT) / "tests" / "nlu" / "quality_searches.yml").read_text(encoding="utf-8")
)
#: Floors, two points under what is reached.
FOUND = {"fr": 0.85, "en": 0.81}
NOTHING = 0.8


@pytest.fixture(scope="module")
def shown(stack: Running) -> list[tuple[dict[str, Any], list[str]]]:
    """Each search with the first three courses that it showed."""
    return [(search, _courses(stack, search["text"])) for search in SEARCHES]


def _courses(stack: Running, text: str) -> list[str]:
    replies = stack.say(f"search-{uuid.uuid4().hex[:8]}", text)
    cards = [card for reply in replies for card in (reply.get("custom") or {}).get("cards", [])]
    ids = [str(card.get("course_id") or card.get("id")) for card in cards if card["type"] in ("course", "session")]
    return list(dict.fromkeys(ids))[:3]


@pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_right_courses_come_first(shown: list[tuple[dict[str, Any], list[str]]], language: str) -> None:
    here = [(search, ids) for search, ids in shown if search["lang"] == language and search["expect"]]
    wrong = [
        f"{search['text']!r}: {ids}, not {search['expect']}"
        for search, ids in here
        if not set(ids) & set(search["expect"])
    ]
    assert 1 - len(wrong) / len(here) >= FOUND[language], f"{len(wrong)} of {len(here)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
def test_what_is_not_taught_is_not_found(shown: list[tuple[dict[str, Any], list[str]]]) -> None:
    foreign = [(search["text"], ids) for search, ids in shown if not search["expect"]]
    found = [(text, ids) for text, ids in foreign if ids]
    assert 1 - len(found) / len(foreign) >= NOTHING, found
