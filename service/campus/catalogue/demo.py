"""The demonstration as data files: read, checked, and given defaults, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from campus.catalogue.requirements import mistakes

Row = dict[str, Any]
EMPTY_TEXTS = {"fr": "", "en": ""}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DemoError(ValueError):
    """A data file that does not fit; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Demo:
    """All data files. `sessions` of courses and events alike name their `course`."""

    operators: list[Row]
    topics: list[Row]
    courses: list[Row]
    sessions: list[Row]
    answers: list[Row]
    schemes: list[Row]


def read_demo(folder: Path) -> Demo:
    """Read the folder. Raises DemoError for a reference that leads nowhere or an id used twice."""
    operators, topics = _rows(folder / "operators.yml"), _rows(folder / "topics.yml")
    courses: list[Row] = []
    for path in sorted((folder / "courses").glob("*.yml")):
        courses += [{"kind": "course", "operator": path.stem, **row} for row in _rows(path)]
    sessions = [row for path in sorted((folder / "sessions").glob("*.yml")) for row in _rows(path)]
    for event in _rows(folder / "events.yml"):
        sessions += [{"course": event["id"], **session} for session in event.get("sessions", ())]
        given = {"languages": [event["language"]]} if "language" in event else {}
        courses.append(
            {"kind": "event", **given, **{name: value for name, value in event.items() if name != "sessions"}}
        )
    answers = [
        {"group": path.stem, **row} for path in sorted((folder / "answers").glob("*.yml")) for row in _rows(path)
    ]
    demo = Demo(operators, topics, courses, sessions, answers, read_schemes(folder))
    _check(demo)
    return demo


def read_schemes(folder: Path) -> list[Row]:
    """The ways to pay for training, which a campus with a catalogue of its own begins with too. Raises DemoError."""
    return _rows(folder / "funding.yml")


def _rows(path: Path) -> list[Row]:
    if not path.is_file():
        return []
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise DemoError(f"{path.name}: a list was expected")
    return rows


def _check(demo: Demo) -> None:
    wrong: list[str] = []
    for what, rows, key in (
        ("operator", demo.operators, "id"),
        ("topic", demo.topics, "id"),
        ("course", demo.courses, "id"),
        ("answer", demo.answers, "key"),
        ("funding scheme", demo.schemes, "scheme"),
    ):
        seen: set[str] = set()
        for row in rows:
            if row[key] in seen:
                wrong.append(f"{what} {row[key]} stands twice")
            seen.add(row[key])
    operators = {row["id"] for row in demo.operators}
    topics = {row["id"] for row in demo.topics}
    courses = {row["id"]: row for row in demo.courses}
    for row in demo.courses:
        if row["operator"] not in operators:
            wrong.append(f"course {row['id']}: unknown operator {row['operator']}")
        wrong += [f"course {row['id']}: unknown topic {topic}" for topic in row["topics"] if topic not in topics]
        if row.get("audience", "public") != "public" and not row.get("access_code"):
            wrong.append(f"course {row['id']}: an audience needs an access code")
        wrong += [f"course {row['id']}: {what}" for what in mistakes(row.get("requirements", []), courses)]
    for row in demo.sessions:
        course = courses.get(row["course"])
        if course is None:
            wrong.append(f"session of an unknown course {row['course']}")
        elif row.get("audience", "public") != "public" and not (row.get("access_code") or course.get("access_code")):
            wrong.append(f"session of {row['course']}: an audience needs an access code")
        if not 0 <= row.get("taken", 0) <= row["capacity"]:
            wrong.append(f"session of {row['course']}: {row['taken']} taken of {row['capacity']}")
        if not 1 <= row.get("minimum", 1) <= row["capacity"]:
            wrong.append(f"session of {row['course']}: {row['minimum']} at least of {row['capacity']}")
    if wrong:
        raise DemoError("; ".join(wrong))
