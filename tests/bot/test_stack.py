"""What `make run` sets by itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

import stack


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_URL", raising=False)
    monkeypatch.setattr(stack, "ROOT", tmp_path)


def test_notices_go_to_the_bot() -> None:
    assert stack.Stack({"BOT_PORT": "5301"}).settings["NOTIFY_URL"] == "http://127.0.0.1:5301/webhooks/notify"


def test_or_where_somebody_wants_them(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "A=1\n#NOTIFY_URL=no\nNOTIFY_URL=https://elsewhere.example/x?a=b\n", encoding="utf-8"
    )
    assert stack.Stack().settings["NOTIFY_URL"] == "https://elsewhere.example/x?a=b"
    assert stack.Stack({"NOTIFY_URL": "http://127.0.0.1:9/"}).settings["NOTIFY_URL"] == "http://127.0.0.1:9/"
    assert stack.Stack({"NOTIFY_URL": ""}).settings["NOTIFY_URL"] == "", "to nobody"
