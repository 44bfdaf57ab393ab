"""The copy of what people may mention, kept fresh from the service."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from bot import snapshot
from bot.settings import Settings, get_settings
from tests.bot.acting import SNAPSHOT


class Source:
    """A service that has one snapshot."""

    def __init__(self) -> None:
        self.status = 200
        self.etag = '"one"'
        self.content = json.dumps(SNAPSHOT).encode()
        self.asked: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                assert self.path == "/v1/snapshot"
                outer.asked.append(self.headers.get("If-None-Match"))
                fresh = self.headers.get("If-None-Match") == outer.etag
                self.send_response(304 if fresh else outer.status)
                self.send_header("ETag", outer.etag)
                self.end_headers()
                if not fresh:
                    self.wfile.write(outer.content)

            def log_message(self, format: str, *args: Any) -> None:
                return None

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def source(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    little = Source()
    monkeypatch.setenv("CAMPUS_URL", f"http://127.0.0.1:{little.server.server_port}")
    get_settings.cache_clear()
    yield little
    little.server.shutdown()
    little.server.server_close()


@pytest.fixture
def target(settings: Settings) -> Path:
    return settings.snapshot


def test_it_is_written_whole_with_nothing_beside_it(source: Source, target: Path) -> None:
    assert snapshot.refresh(target) == '"one"'
    assert json.loads(target.read_text(encoding="utf-8")) == SNAPSHOT
    assert list(target.parent.iterdir()) == [target]


def test_it_is_not_written_again_unless_it_has_changed(source: Source, target: Path) -> None:
    etag = snapshot.refresh(target)
    before = target.stat().st_mtime_ns
    assert snapshot.refresh(target, etag) == etag
    assert source.asked == [None, '"one"']
    assert target.stat().st_mtime_ns == before
    source.etag, source.content = '"two"', json.dumps({**SNAPSHOT, "courses": []}).encode()
    assert snapshot.refresh(target, etag) == '"two"'
    assert json.loads(target.read_text(encoding="utf-8"))["courses"] == []


def test_a_file_that_is_gone_is_asked_for_whole(source: Source, target: Path) -> None:
    etag = snapshot.refresh(target)
    target.unlink()
    snapshot.refresh(target, etag)
    assert source.asked == [None, None]
    assert target.exists()


def test_a_failure_leaves_the_last_one(source: Source, target: Path) -> None:
    snapshot.refresh(target)
    source.etag, source.status, source.content = '"two"', 503, b"{}"
    with pytest.raises(requests.RequestException):
        snapshot.refresh(target, '"one"')
    source.status, source.content = 200, b"<html>"
    with pytest.raises(requests.RequestException):
        snapshot.refresh(target, '"one"')
    assert json.loads(target.read_text(encoding="utf-8")) == SNAPSHOT


def test_without_the_service_it_is_a_refusal_that_the_loop_expects(settings: Settings, target: Path) -> None:
    with pytest.raises(requests.RequestException):
        snapshot.refresh(target)


def test_the_loop_outlives_every_failure(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a wrong answer must not end the thread: a new course would never be understood."""
    failures: list[Exception] = [requests.ConnectionError(), OSError(28, "no space left"), ValueError("not JSON")]
    looked: list[str | None] = []

    class Enough(BaseException):
        pass

    def refresh(path: Path, etag: str | None) -> str:
        looked.append(etag)
        if failures:
            raise failures.pop(0)
        if len(looked) > 5:
            raise Enough
        return "etag"

    monkeypatch.setattr(snapshot, "refresh", refresh)
    monkeypatch.setattr(snapshot.time, "sleep", lambda seconds: None)
    with pytest.raises(Enough):
        snapshot._loop()
    assert looked == [None, None, None, None, "etag", "etag"]


def test_the_last_one_is_read_again_only_when_it_has_changed(settings: Settings, snapshot_file: Path) -> None:
    first = snapshot.load()
    assert first == SNAPSHOT
    assert snapshot.load() is first
    snapshot_file.write_text(json.dumps({**SNAPSHOT, "topics": []}), encoding="utf-8")
    os.utime(snapshot_file, (0, 0))
    assert snapshot.load()["topics"] == []


def test_the_demonstration_stands_in_for_it(settings: Settings) -> None:
    settings.demo_snapshot.parent.mkdir(parents=True)
    settings.demo_snapshot.write_text(json.dumps({**SNAPSHOT, "operators": []}), encoding="utf-8")
    assert snapshot.load()["operators"] == []
    settings.snapshot.write_text(json.dumps(SNAPSHOT), encoding="utf-8")
    assert snapshot.load() == SNAPSHOT


def test_without_any_there_is_nothing_to_mention(settings: Settings) -> None:
    assert snapshot.load() == {"operators": [], "topics": [], "courses": [], "answers": []}


def test_a_broken_file_is_passed_over(settings: Settings, snapshot_file: Path) -> None:
    settings.demo_snapshot.write_text(json.dumps({**SNAPSHOT, "courses": []}), encoding="utf-8")
    snapshot_file.write_text('{"half', encoding="utf-8")
    assert snapshot.load()["courses"] == []


def test_names_are_in_the_language_asked_for(snapshot_file: Path) -> None:
    assert snapshot.names("fr")["topic"]["gmp"] == "Bonnes pratiques"
    assert snapshot.names("en")["topic"]["gmp"] == "Good practice"
    assert snapshot.names("en")["operator"]["takeda"] == "Takeda Academy"
