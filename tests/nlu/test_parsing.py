"""What `make parse` tells: the lines of the contract, and an explanation for whoever writes training data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nlu.conftest import NOW, ROOT

TEXT = "bonjour, je voudrais annuler ma réservation et savoir où me garer"


def parse(*arguments: str) -> str:
    """What the script writes to standard output."""
    command = [sys.executable, "-W", "ignore", str(ROOT / "scripts" / "parse.py"), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "CAMPUS_NOW": NOW}, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_file_becomes_lines_as_the_contract_says(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    texts = [TEXT, "deux places en mars, pas en ligne", "/ask_campus"]
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    lines = [json.loads(line) for line in parse(str(source)).splitlines()]
    assert [line["text"] for line in lines] == texts
    for line in lines:
        assert set(line) == {"text", "language", "intent", "ranking", "entities", "answer_key", "second"}
        assert set(line["intent"]) == {"name", "confidence"}
        assert line["intent"] == line["ranking"][0]
        assert all(set(entity) == {"entity", "value", "role", "start", "end"} for entity in line["entities"])
    assert lines[0]["intent"]["name"] == "cancel_booking"
    assert lines[0]["second"]["intent"]["name"] == "ask_campus"
    assert lines[0]["second"]["answer_key"] == "parking"
    assert lines[1]["second"] is None


@pytest.fixture(scope="module")
def explained() -> dict[str, str]:
    """The explanation of one message, by its titles."""
    parts: dict[str, str] = {}
    title = ""
    for line in parse("--text", TEXT).splitlines()[2:]:
        if line[:1].strip():
            title = line if line.startswith("near") else line[:14].strip()
        parts[title] = parts.get(title, "") + line + "\n"
    return parts


def test_an_explanation_tells_what_was_decided_and_why(explained: dict[str, str]) -> None:
    assert "fr" in explained["language"]
    assert "cancel_booking" in explained["intent"]
    assert "threshold" in explained["out of scope"]
    assert "runner-up" in explained["answer"]
    assert "où me garer" in explained["second"]
    assert "parking" in explained["second"]


def test_the_nearest_examples_stand_with_their_intent_and_closeness(explained: dict[str, str]) -> None:
    (near,) = [part for title, part in explained.items() if title.startswith("near")]
    rows = [line.split(None, 2) for line in near.splitlines()[1:]]
    closeness = [float(row[0]) for row in rows]
    assert closeness == sorted(closeness, reverse=True)
    assert closeness[0] > 0.7
    assert "cancel_booking" in [row[1] for row in rows]
