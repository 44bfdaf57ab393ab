"""The trained model, loaded once, as the bot loads it (in the bot's environment: ``make test-nlu``)."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: A Tuesday morning: what "next week" is counted from.
NOW = "2026-11-24T10:00:00+01:00"

sys.path.insert(0, str(ROOT / "scripts"))

from data_report import examples, letters, questions  # noqa: E402

Parse = Callable[[str], dict[str, Any]]


@cache
def trained_on() -> frozenset[str]:
    """What the training data and the knowledge base say, folded: a held-out sentence among them measures nothing."""
    return frozenset(letters(one.text) for one in (*examples(), *questions()))


class Model:
    """A trained model that tells what it understands, whole or with a part taken out."""

    def __init__(self, path: Path) -> None:
        from rasa.core.agent import Agent

        self.agent = Agent.load(str(path))
        assert self.agent.processor is not None
        self.nodes: dict[str, Any] = self.agent.processor.graph_runner._instantiated_nodes

    def parse(self, text: str) -> dict[str, Any]:
        """What a message is understood as."""
        found: dict[str, Any] = asyncio.run(self.agent.parse_message(text))
        return found

    def intent(self, text: str) -> str:
        """The intent alone."""
        return str(self.parse(text)["intent"]["name"])

    def entities(self, text: str, name: str) -> list[Any]:
        """The values of one entity."""
        return [entity["value"] for entity in self.parse(text)["entities"] if entity["entity"] == name]

    @contextmanager
    def without(self, component: str) -> Iterator[None]:
        """Leave a component of the pipeline out for a while."""
        nodes = [node for name, node in self.nodes.items() if component in name]
        assert len(nodes) == 1, (component, list(self.nodes))
        kept = nodes[0]._fn
        nodes[0]._fn = lambda _component, messages, **_: messages
        try:
            yield
        finally:
            nodes[0]._fn = kept


@pytest.fixture(scope="session")
def model() -> Model:
    """The newest model."""
    os.environ["CAMPUS_NOW"] = NOW
    from bot.launcher import prepare

    prepare(ROOT / "config.yml")
    path = max((ROOT / "models").glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    return Model(path)
