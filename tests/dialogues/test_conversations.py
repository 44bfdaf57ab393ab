"""Every conversation, on every database that it writes to; no two of a language are the same walk."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.dialogues.conversation import FOLDER, load, run, scripts
from tests.support.running import Running

_walks: dict[tuple[str, ...], Path] = {}


@pytest.mark.parametrize(
    ("path", "lang"), scripts(), ids=[f"{path.relative_to(FOLDER).with_suffix('')}-{lang}" for path, lang in scripts()]
)
def test_conversation(stack: Running, path: Path, lang: str) -> None:
    intents = run(stack, path, lang)
    replies = [key for step in load(path, lang)["steps"] for key in step.get("reply", [])]
    other = _walks.setdefault((lang, *intents, *replies), path)
    assert other == path, f"the same walk as {other.name}: {intents}"


def test_there_are_as_many_as_are_promised_in_each_language() -> None:
    languages = Counter(lang for _path, lang in scripts())
    assert min(languages["fr"], languages["en"]) >= 150, languages
