"""Every conversation, on every database; and that no two of a language are the same walk."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.dialogues.conversation import FOLDER, files, load, run
from tests.support.running import Running

_walks: dict[tuple[str, ...], Path] = {}


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(FOLDER).with_suffix("")))
def test_conversation(stack: Running, path: Path) -> None:
    intents = tuple(run(stack, path))
    other = _walks.setdefault((load(path)["lang"], *intents), path)
    assert other == path, f"the same sequence of intents as {other.name}: {intents}"


def test_there_are_twenty_in_each_language() -> None:
    languages = Counter(load(path)["lang"] for path in files())
    assert min(languages["fr"], languages["en"]) >= 20, languages
