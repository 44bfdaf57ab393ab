"""The words of rosters and sheets, out of ``words.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from campus.languages import DEFAULT, supported


@cache
def _all() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "words.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]


def words(lang: str) -> dict[str, Any]:
    """Those of that language, else French."""
    return _all()[supported(lang) or DEFAULT]
