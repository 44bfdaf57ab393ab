"""The service as processes of their own, for what only real processes show."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from campus.settings import REPO_ROOT

from .conftest import World, contact

KILLED = Path(__file__).with_name("killed.py")
TRIES = 4
"""The first attempt and three more."""


def environment(world: World) -> dict[str, str]:
    """The settings of that world, for a process; nothing else of this one's."""
    settings = world.settings
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DATABASE_URL": settings.database_url,
        "VAR_DIR": str(settings.var_dir),
        "CAMPUS_NOW": str(settings.campus_now),
        "CAMPUS_ENV": "test",
        "RATE_LIMITS": "off",
        "OPENBLAS_NUM_THREADS": "1",
    }


@contextmanager
def service(world: World, *armed: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """One process; its address. `armed`: point and key at which it dies."""
    command = [sys.executable, "-W", "ignore", str(KILLED), *armed]
    with subprocess.Popen(command, env=environment(world), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, f"the service did not start: {process.wait(10)}"
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def two_workers(world: World) -> Iterator[str]:
    """`uvicorn --workers 2`, as it is run for real; its address once both answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "uvicorn", "campus.app:application", "--factory"]
    command += ["--workers", "2", "--port", str(port), "--no-access-log"]
    told = world.settings.var_dir / "workers.log"
    told.parent.mkdir(parents=True, exist_ok=True)
    with told.open("w") as log:
        process = subprocess.Popen(
            command, env=environment(world), cwd=REPO_ROOT / "service", stdout=log, stderr=log, start_new_session=True
        )
    try:
        end = time.monotonic() + 90
        while told.read_text().count("Application startup complete") < 2:
            assert process.poll() is None and time.monotonic() < end, told.read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its own session: itself and its two workers
            process.wait(20)


def order(session: str, person: str) -> dict[str, object]:
    """A booking confirmed at once."""
    return {"session_id": session, "hold": False, "terms_accepted": True, "contact": contact(f"{person}@example.com")}


def post(address: str, key: str, body: object, seconds: float = 30) -> httpx.Response:
    """One delivery. Raises httpx.TransportError where no answer comes."""
    headers = {"Idempotency-Key": key}
    return httpx.post(f"{address}/v1/bookings", json=body, headers=headers, timeout=seconds, trust_env=False)


def insisting(client: httpx.Client, url: str, key: str, body: object) -> tuple[httpx.Response, int]:
    """The same request under the same key until it is answered, `TRIES` times at most; and how often it was sent."""
    for attempt in range(1, TRIES + 1):
        try:
            answer = client.post(url, json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            if attempt == TRIES:
                raise
        else:
            again = answer.status_code == 503 or (answer.status_code == 409 and answer.json()["code"] == "in-progress")
            if not again or attempt == TRIES:
                return answer, attempt
        time.sleep(3 ** (attempt - 1))  # a database that recovers on a busy machine takes its seconds
    raise AssertionError("unreachable")
