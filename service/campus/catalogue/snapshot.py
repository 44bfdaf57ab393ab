"""What a bot matches mentions against: everything public by ids, names and aliases, and the questions with answers.

`python -m campus.catalogue.snapshot FILE` writes the same from the demonstration's data files, without a database.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from campus.catalogue.demo import Demo, read_demo
from campus.catalogue.memory import get_catalogue
from campus.catalogue.seeding import as_lists
from campus.knowledge.answers import get_index
from campus.settings import get_settings


def of_database(db: Session) -> dict[str, Any]:
    """The snapshot of the catalogue as it is."""
    catalogue = get_catalogue(db)
    return {
        "operators": [{"id": row.id, "name": row.name, "aliases": row.aliases} for row in catalogue.operators.values()],
        "topics": [{"id": row.id, "name": row.name, "aliases": row.aliases} for row in catalogue.topics.values()],
        "courses": [
            {
                "id": course.id,
                "kind": course.kind,
                "title": course.title,
                "operator": course.operator.id,
                "topics": [topic.id for topic in course.topics],
                "aliases": course.aliases,
            }
            for course in catalogue.courses.values()
            if course.audience == "public"
        ],
        "answers": [{"key": entry.key, "questions": entry.questions} for entry in get_index(db).entries.values()],
    }


def of_demo(demo: Demo) -> dict[str, Any]:
    """The snapshot of the demonstration, in the same order as the database gives it."""
    courses = sorted(demo.courses, key=lambda row: str(row["id"]))
    answers = sorted(demo.answers, key=lambda row: (row["group"], row["key"]))
    return {
        "operators": [
            {"id": row["id"], "name": row["name"], "aliases": as_lists(row.get("aliases"))} for row in demo.operators
        ],
        "topics": [
            {"id": row["id"], "name": row["name"], "aliases": as_lists(row.get("aliases"))} for row in demo.topics
        ],
        "courses": [
            {
                "id": row["id"],
                "kind": row["kind"],
                "title": row["title"],
                "operator": row["operator"],
                "topics": row["topics"],
                "aliases": as_lists(row.get("aliases")),
            }
            for row in courses
            if row.get("audience", "public") == "public"
        ],
        "answers": [{"key": row["key"], "questions": as_lists(row.get("questions"))} for row in answers],
    }


def main(arguments: list[str]) -> int:
    """Write the demonstration's snapshot to a file, whole or not at all."""
    if len(arguments) != 1:
        print("usage: python -m campus.catalogue.snapshot FILE", file=sys.stderr)
        return 2
    target = Path(arguments[0])
    target.parent.mkdir(parents=True, exist_ok=True)
    snapshot = of_demo(read_demo(get_settings().demo_dir))
    partial = target.with_name(target.name + ".part")
    partial.write_text(json.dumps(snapshot, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    partial.replace(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
