"""The service without the bot: search over HTTP, and in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import yaml
from bench_results import Budget, Results
from stack import ROOT, SERVICE_PYTHON, Stack

QUESTIONS = ROOT / "tests" / "service" / "search_queries.yml"
INSIDE = ROOT / "scripts" / "bench_search.py"


def questions() -> list[dict[str, str]]:
    """What people search for, as in the tests of the search; each once."""
    whole = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    entries = [entry if isinstance(entry, dict) else {"q": str(entry)} for group in whole.values() for entry in group]
    return list({entry["q"]: {"q": entry["q"], "lang": entry.get("lang", "fr")} for entry in entries}.values())


def timed(request: Callable[[], httpx.Response]) -> float:
    """Milliseconds until the whole answer is there.

    Raises:
        httpx.HTTPStatusError: an error was answered.
    """
    began = time.perf_counter()
    answer = request()
    took = (time.perf_counter() - began) * 1000
    answer.raise_for_status()
    return took


def service(results: Results, stack: Stack, budget: Budget) -> None:
    """Figures of the part `service`."""
    from bench_booking import in_one_request

    asked = questions()[: results.count(300)]
    with httpx.Client(trust_env=False, base_url=stack.page_url) as client:
        client.get("v1/courses", params={"q": "gmp"})  # opens the connection, loads the encoder
        for key in ("search_http", "search_http_again"):
            results.add(key, [timed(partial(client.get, "v1/courses", params=q)) for q in asked if budget.left])
    found = inside(stack, asked, budget)
    results.add("search_inside", found["first"])
    results.add("search_inside_again", found["again"])
    in_one_request(results, stack)


def inside(stack: Stack, asked: list[dict[str, str]], budget: Budget) -> dict[str, list[float]]:
    """Search without HTTP, in a process of its own on the same database."""
    environment = {**stack.settings, "PYTHONPATH": str(ROOT / "service"), "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(
        [str(SERVICE_PYTHON), str(INSIDE)],
        input=json.dumps([entry["q"] for entry in asked]),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=max(5.0, budget.left),
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found
