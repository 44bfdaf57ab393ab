"""Readiness: nothing is ready before a message would be answered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from bot.channels.health import KNOWN_SENTENCES, HealthInput, misunderstood
from bot.settings import ROOT, get_settings

CASES = yaml.safe_load(KNOWN_SENTENCES.read_text(encoding="utf-8"))
INTENTS = {case["text"]: case["intent"] for case in CASES}


class Model:
    """A model that understands as it is told to."""

    def __init__(self, understood: dict[str, str] | None = None) -> None:
        self.understood = INTENTS if understood is None else understood
        self.model_id = "one"
        self.loaded = True
        self.fails = False
        self.asked = 0

    def is_ready(self) -> bool:
        return self.loaded

    async def parse_message(self, text: str) -> dict[str, Any]:
        self.asked += 1
        if self.fails:
            raise RuntimeError("a component fails")
        return {"intent": {"name": self.understood.get(text)}}


@pytest.fixture
def programs(snapshot_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The action server and the service, both well until told otherwise."""
    statuses = SimpleNamespace(actions=200, service=200)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = {"/health": "actions", "/readyz": "service"}.get(self.path)
            self.send_response(getattr(statuses, name) if name else 404)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("ACTIONS_PORT", str(server.server_port))
    monkeypatch.setenv("CAMPUS_URL", f"http://127.0.0.1:{server.server_port}")
    get_settings.cache_clear()
    yield statuses
    server.shutdown()
    server.server_close()


def missing(health: HealthInput, model: Any) -> list[str]:
    return asyncio.run(health._missing(model))


def test_all_well_is_ready(programs: SimpleNamespace) -> None:
    assert missing(HealthInput(), Model()) == []


@pytest.mark.parametrize("name", ["actions", "service"])
def test_a_program_that_is_not_well_is_missing(programs: SimpleNamespace, name: str) -> None:
    setattr(programs, name, 503)
    (reason,) = missing(HealthInput(), Model())
    assert ("action server" if name == "actions" else "service") in reason


def test_programs_that_are_not_there_are_missing(snapshot_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_PORT", "9")
    get_settings.cache_clear()
    assert len(missing(HealthInput(), Model())) == 2


def test_a_catalogue_that_was_never_read_is_missing(programs: SimpleNamespace, snapshot_file: Path) -> None:
    snapshot_file.unlink()
    (reason,) = missing(HealthInput(), Model())
    assert "catalogue" in reason


@pytest.mark.parametrize("model", [None, "unloaded"])
def test_without_a_model_it_is_not_ready(programs: SimpleNamespace, model: str | None) -> None:
    agent = Model() if model else None
    if agent:
        agent.loaded = False
    assert len(missing(HealthInput(), agent)) == 1


def test_one_sentence_misunderstood_is_enough(programs: SimpleNamespace) -> None:
    wrong = CASES[0]["text"]
    model = Model({**INTENTS, wrong: "goodbye"})
    assert asyncio.run(misunderstood(model)) == [(wrong, "goodbye")]  # type: ignore[arg-type]
    (reason,) = missing(HealthInput(), model)
    assert wrong in reason


def test_an_untrained_classifier_is_not_ready(programs: SimpleNamespace) -> None:
    """skops meets a type that it does not trust, and the classifier loads untrained without a word."""
    assert len(missing(HealthInput(), Model({}))) == len(CASES)


def test_a_model_that_fails_says_so(programs: SimpleNamespace) -> None:
    model = Model()
    model.fails = True
    (reason,) = missing(HealthInput(), model)
    assert "a component fails" in reason


def test_a_model_that_passed_is_asked_again_only_when_it_is_another(programs: SimpleNamespace) -> None:
    health, model = HealthInput(), Model()
    missing(health, model)
    missing(health, model)
    assert model.asked == len(CASES)
    model.model_id = "two"
    missing(health, model)
    assert model.asked == 2 * len(CASES)


def test_the_known_sentences_are_of_both_languages_and_known_intents() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    intents = {name for entry in domain["intents"] for name in (entry if isinstance(entry, dict) else [entry])}
    assert set(INTENTS.values()) <= intents
    assert len(set(INTENTS.values())) >= 4, "a classifier that always says one thing must not pass"
    assert len(INTENTS) == len(CASES)
