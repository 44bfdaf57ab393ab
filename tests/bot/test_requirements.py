"""The bot starts with what `make run` installs: no package that only the tests bring is needed."""

from __future__ import annotations

from pathlib import Path

from tests.support.alone import ROOT, run_alone


def test_the_bot_starts_without_the_packages_of_the_tests() -> None:
    code = """
from pathlib import Path
from bot.launcher import prepare
prepare(Path("config.yml"))
import importlib, pkgutil, bot
for module in pkgutil.walk_packages(bot.__path__, "bot."):
    importlib.import_module(module.name)
print("made")
"""
    made = run_alone("bot.txt", code, ROOT)
    assert made.stdout.endswith("made\n"), made.stdout


def test_a_package_of_the_tests_is_not_there(tmp_path: Path) -> None:
    assert "No module named 'pytest'" in run_alone("bot.txt", "import pytest", tmp_path).stdout
