"""The words of the site: every sentence in both languages, with the same facts in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import campus.admin
import yaml

FILE = Path(campus.admin.__file__).parent / "words.yml"


def sentences(node: Any, name: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every leaf with its name."""
    for key, value in node.items():
        if all(isinstance(one, str) for one in value.values()):
            yield f"{name}/{key}", value
        else:
            yield from sentences(value, f"{name}/{key}")


def test_every_sentence_stands_in_french_and_english() -> None:
    found = dict(sentences(yaml.safe_load(FILE.read_text(encoding="utf-8"))))
    assert len(found) > 200
    for name, said in found.items():
        assert set(said) == {"fr", "en"} and all(said.values()), name
        facts = [sorted(re.findall(r"{(\w+)}", said[lang])) for lang in ("fr", "en")]
        assert facts[0] == facts[1], name
        assert not re.search(r" [:;?!»]|« ", said["fr"]), f"{name}: a space that may break"
