"""What an alert looks for, in words that its owner understands."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from campus.alerts.models import Alert
from campus.catalogue.memory import Catalogue
from campus.mail.formatting import language_name


def about(catalogue: Catalogue, alert: Alert, lang: str) -> list[dict[str, str]]:
    """`[{label, value}]`, the course first; empty where it is about everything."""
    lines = []
    if course := catalogue.courses.get(alert.course_id or ""):
        lines.append({"label": _words()["labels"]["course"][lang], "value": course.title[lang]})
    for name, values in alert.criteria.items():
        told = ", ".join(_value(catalogue, name, value, lang) for value in values)
        lines.append({"label": _words()["labels"][name][lang], "value": told})
    return lines


def _value(catalogue: Catalogue, name: str, value: str, lang: str) -> str:
    plain = value.strip().removeprefix("!")
    but = _words()["labels"]["but"][lang] if plain != value.strip() else ""
    key = plain.lower()
    if name == "topic" and key in catalogue.topics:
        return but + catalogue.topics[key].name[lang]
    if name == "operator" and key in catalogue.operators:
        return but + catalogue.operators[key].name
    if name == "language":
        return but + language_name(key, lang)
    known = _words()["values"].get(key) if name in {"level", "format", "kind", "day_part"} else None
    return but + (known[lang] if known else plain)


@lru_cache
def _words() -> dict[str, Any]:
    text = (Path(__file__).parent / "words.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]
