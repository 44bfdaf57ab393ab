"""Sentences of the quality set that a campus has nothing to answer to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def recall(model: Any) -> float:
    """The share of them that is refused."""
    sentences = [
        sentence
        for language in ("fr", "en")
        for sentence in yaml.safe_load((FOLDER / f"quality_intents_{language}.yml").read_text("utf-8"))["out_of_scope"]
    ]
    return sum(model.intent(sentence) == "out_of_scope" for sentence in sentences) / len(sentences)
