"""What the web channel remembers over the end of its process."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bot.channels import hub as hubs
from bot.channels import kept
from bot.channels.hub import AT_WORK, get_hub
from bot.channels.kept import KeptHub
from bot.settings import ROOT, Settings
from tests.bot.serving import Client, Site
from tests.bot.test_channel_notify import Desk, call, desk, notice  # noqa: F401

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.channels.kept import KeptHub

async def main():
    hub = KeptHub(Path(sys.argv[1]))
    await hub.say("web:1", {"n": 1}, {"n": 2})
    await hub.note("handoff:web:1", "HND-4T8W2K active", 600)
    await hub.claim("message:1:a", "at work", 600)
    await hub.note("message:1:b", "assistant", 600)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture
def path(settings: Settings) -> Path:
    return settings.var_dir / "conversations.db"


def begin_again(site: Site, client: Client, path: Path) -> tuple[Site, Client]:
    """The bot after a restart, and the page that knows its token still."""
    return Site(KeptHub(path)), Client("", client.session, client.token, client.conversation)


def test_one_process_keeps_it_on_disk(settings: Settings) -> None:
    get_hub.cache_clear()
    try:
        assert isinstance(get_hub(), KeptHub)
    finally:
        get_hub.cache_clear()


def test_what_was_said_and_noted_outlives_a_kill(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-W", "ignore", "-c", KILLED, str(path)], cwd=ROOT, timeout=60)
    assert killed.returncode == -signal.SIGKILL

    async def scene() -> None:
        hub = KeptHub(path)
        first, second = await hub.since("web:1")
        assert (first["n"], second["n"]) == (1, 2)
        assert await hub.since("web:1", first["id"]) == [second]
        assert await hub.noted("handoff:web:1") == "HND-4T8W2K active"
        assert await hub.noted("message:1:b") == "assistant"
        assert await hub.claim("message:1:a", AT_WORK, 60), "what was at work is not any more"
        await hub.say("web:1", {"n": 3})
        assert [event["n"] for event in await hub.since("web:1", second["id"])] == [3]

    asyncio.run(scene())
    assert path.stat().st_mode & 0o077 == 0


def test_it_is_bounded_in_number_and_in_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HISTORY", 3)
    monkeypatch.setattr(kept, "TIDY_SECONDS", 0)

    async def scene() -> None:
        hub = KeptHub(path)
        for number in range(5):
            await hub.say("a", {"n": number})
        assert [event["n"] for event in await hub.since("a")] == [2, 3, 4]
        await hub.note("message:a", "x", 0.05)
        assert await hub.noted("message:a") == "x"
        monkeypatch.setattr(hubs, "KEPT_SECONDS", 0.1)
        await asyncio.sleep(0.15)
        assert await hub.since("a") == []
        assert await hub.noted("message:a") is None
        assert hub._file is not None
        for table in ("said", "notes"):
            assert hub._file.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), "nothing is left on the disk"

    asyncio.run(scene())


def test_ids_grow_however_many_speak_at_once(path: Path) -> None:
    async def scene() -> None:
        hub = KeptHub(path)
        await asyncio.gather(*(hub.say("a", {"n": n}, {"n": n}) for n in range(20)))
        ids = [hubs.order_of(event["id"]) for event in await hub.since("a")]
        assert ids == sorted(set(ids)) and len(ids) == 40
        assert sum(await asyncio.gather(*(hub.claim("message:m", "x", 5) for _ in range(20)))) == 1

    asyncio.run(scene())


def test_a_file_that_cannot_be_read_is_set_aside(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database, and was never one" * 200)

    async def scene() -> None:
        hub = KeptHub(path)
        await hub.say("a", {"n": 1})
        assert len(await hub.since("a")) == 1

    asyncio.run(scene())
    assert path.with_suffix(".broken").exists()


def test_a_full_disk_is_said(path: Path) -> None:
    path.mkdir(parents=True)  # nothing can be opened there
    site = Site(KeptHub(path))

    async def scene(client: Client) -> Any:
        await client.begin()
        return await client.send("bonjour")

    answer = site.run(scene)
    assert (answer.status, answer.code) == (503, "unavailable")


def test_it_costs_a_message_next_to_nothing(path: Path) -> None:
    """All that one message makes it do, in a long conversation; with room for a busy machine."""

    async def scene() -> float:
        hub = KeptHub(path)
        for number in range(200):
            await hub.say("a", {"from": "bot", "text": "x" * 500, "message": str(number)})
        took = []
        for number in range(50):
            began = time.perf_counter()
            await hub.claim(f"message:{number}", AT_WORK, 45)
            await hub.noted("handoff:a")
            await hub.say("a", {"from": "visitor", "text": "x" * 100})
            await hub.say("a", {"from": "bot", "text": "x" * 500})
            await hub.note(f"message:{number}", "assistant", 60)
            took.append(time.perf_counter() - began)
        return sorted(took)[len(took) // 2]

    median = asyncio.run(scene())
    print(f"{median * 1000:.2f} ms")
    assert median < 0.01


# -- the channel ------------------------------------------------------------------------------------------------------


def test_a_reload_after_a_restart_shows_the_conversation(path: Path) -> None:
    site = Site(KeptHub(path))

    async def elsewhere(client: Client, before: list[dict[str, Any]]) -> None:
        after, page = begin_again(site, client, path)
        async with after.open():
            page.url = after.url
            assert await page.events(3, after="") == before
            assert (await page.send("bonjour", id="m1")).status == 202
            assert after.texts == [], "it was answered"

    async def scene(client: Client) -> None:
        await client.begin()
        await client.send("bonjour", id="m1")
        before = await client.events(3)
        await elsewhere(client, before)

    site.run(scene)


def test_a_person_who_has_the_conversation_has_it_after_a_restart(path: Path, desk: Desk) -> None:  # noqa: F811
    site = Site(KeptHub(path))

    async def scene(client: Client) -> Any:
        await call(site, client)
        desk.state = "active"
        after, page = begin_again(site, client, path)
        async with after.open():
            page.url = after.url
            answer = await page.send("vous êtes là ?")
            assert after.texts == []
            return answer

    assert site.run(scene).document["answered_by"] == "person"
    assert [text for _, text in desk.said] == ["vous êtes là ?"]


def test_a_notice_is_not_said_again_after_a_restart(path: Path) -> None:
    site = Site(KeptHub(path))

    async def scene(client: Client) -> tuple[int, list[str]]:
        await client.begin()
        told = notice("handoff-message", client.conversation)
        async with client.listening():
            await client.notify(told)
        after, page = begin_again(site, client, path)
        async with after.open():
            page.url = after.url
            answer = await page.notify(told)
            return answer.status, [event["from"] for event in await page.events(9, after="", seconds=0.4)]

    assert site.run(scene) == (204, ["person"])


def test_a_turn_that_a_kill_cut_off_is_answered_when_it_is_sent_again(path: Path) -> None:
    """At once, and what the visitor said stands there one time."""
    site = Site(KeptHub(path))

    async def scene(client: Client) -> list[str]:
        async def hang(message: Any) -> None:
            await asyncio.sleep(60)

        site.reply = hang
        await client.begin()
        await client.send("bonjour", id="m1")
        await asyncio.sleep(0.1)
        after, page = begin_again(site, client, path)
        async with after.open():
            page.url = after.url
            await page.send("bonjour", id="m1")
            events = await page.events(3, after="")
        for task in list(site.web._at_work):
            task.cancel()
        return [event["from"] for event in events]

    assert site.run(scene) == ["visitor", "bot", "bot"]
