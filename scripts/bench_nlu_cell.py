"""Runs inside the benchmark's environment: trains or asks one pipeline, in a process of its own, and says what it took.

Reads ``{"config", "model", ...}`` from standard input, writes one JSON object. Seconds are of the wall clock
(``seconds``) and of the processors (``cpu``), memory is megabytes (10⁶ bytes) of this process, ``ms`` and ``cpu_ms``
are of one message.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from bot.launcher import prepare


def train(asked: dict[str, Any]) -> dict[str, Any]:
    """Train on ``data`` (Rasa's JSON format); the imports are timed apart."""
    began = time.perf_counter()
    _prepare(asked)
    from rasa.model_training import train_nlu

    imported, cpu = time.perf_counter(), time.process_time()
    model = Path(asked["model"])
    train_nlu(
        asked["config"],
        asked["data"],
        str(model.parent),
        fixed_model_name=model.name.removesuffix(".tar.gz"),
        persist_nlu_training_data=False,
    )
    return {
        "imports": imported - began,
        "seconds": time.perf_counter() - imported,
        "cpu": time.process_time() - cpu,
        "memory_peak": _peak(),
        "model_size": model.stat().st_size / 1e6,
    }


def _prepare(asked: dict[str, Any]) -> None:
    """As `prepare`; and the French package with vectors counts as one for the spaCy that Rasa is pinned to.

    The only one on the package index was made for the next minor version. It loads all the same, as the smaller one
    does that the bot uses.
    """
    prepare(Path(asked["config"]))
    import spacy.util

    spacy.util.is_compatible_version = lambda *_arguments, **_options: True


async def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Load the model and understand each of ``texts``."""
    _prepare(asked)
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    from bot.nlu.foreignness import Foreignness

    configure_structlog(logging.WARNING)
    began = time.perf_counter()
    agent = Agent.load(asked["model"])
    load = time.perf_counter() - began
    foreign = _listen(Foreignness)
    for text in asked["texts"][:20]:  # what is loaded late
        await agent.parse_message(text)
    loaded = _resident()
    said = []
    for text in asked["texts"]:
        foreign.clear()
        began, cpu = time.perf_counter(), time.process_time()
        found = await agent.parse_message(text)
        took = {"cpu_ms": (time.process_time() - cpu) * 1000, "ms": (time.perf_counter() - began) * 1000}
        said.append({**_said(found), "foreign": foreign[0] if foreign else None, **took})
    return {"load": load, "memory_loaded": loaded, "memory_peak": _peak(), "said": said}


def _listen(judge: Any) -> list[float]:
    """What the out-of-scope detector thinks of a message and then of its parts, before any rule."""
    heard: list[float] = []
    of = judge.of

    def listened(*arguments: Any) -> Any:
        found = of(*arguments)
        heard.extend(map(float, found))
        return found

    judge.of = listened
    return heard


def _said(found: dict[str, Any]) -> dict[str, Any]:
    ranking: list[dict[str, Any]] = [
        one for one in found["intent_ranking"] if one["name"] not in ("out_of_scope", "nlu_fallback")
    ]
    ranking.append({"name": "", "confidence": 0.0})  # nothing but a refusal, or no words that are known
    best = max(ranking, key=lambda one: float(one["confidence"]))
    return {
        "decided": found["intent"]["name"],
        "best": best["name"],
        "confidence": float(best["confidence"]),
        "entities": [[one["start"], one["end"], one["entity"]] for one in found.get("entities", [])],
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Do what the first argument says: ``train`` or ``answer``."""
    asked = json.load(sys.stdin)
    print(json.dumps(train(asked) if sys.argv[1] == "train" else asyncio.run(answer(asked))))


if __name__ == "__main__":
    main()
