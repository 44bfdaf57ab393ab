"""Runs inside the service's environment: the search in catalogues of 1,000, 10,000 and 100,000 courses.

The courses are made of the words of the demonstration's. Encoding so many texts takes many minutes, so the vectors are
made up: of the right size and length, at random. What is found means nothing; what it costs is what it would cost,
but for encoding the question (some 5 ms).

Usage: `bench_large.py QUESTIONS`; writes `{"times": {size: [ms]}, "memory": MB}`.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import yaml
from campus.catalogue.memory import Catalogue, CourseEntry, get_catalogue
from campus.catalogue.search import Index
from campus.db import Database
from campus.encoder import SIZE, Encoder, Vectors
from campus.settings import REPO_ROOT, Settings, use_settings
from campus.startup import migrate_and_seed

SIZES = (1_000, 10_000, 100_000)
MEASURED_AT = 10_000
QUESTIONS = REPO_ROOT / "tests" / "service" / "search_queries.yml"


class MadeUp(Encoder):
    """Vectors of length one that mean nothing."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        drawn = np.random.default_rng(len(texts)).standard_normal((len(texts), SIZE), dtype=np.float32)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        return drawn


def demonstration() -> list[CourseEntry]:
    """The courses of the demonstration."""
    folder = Path(tempfile.mkdtemp(prefix="bench-large-"))
    url = f"sqlite:///{folder / 'campus.db'}"
    use_settings(Settings(database_url=url, var_dir=folder, campus_now="2026-11-24T10:00:00+01:00"))
    database = Database(url)
    migrate_and_seed(database, REPO_ROOT / "service" / "demo")
    with database.reading() as db:
        return list(get_catalogue(db).courses.values())


def catalogue_of(size: int, models: Sequence[CourseEntry]) -> Catalogue:
    """So many courses: title and summary of one of the models, a word of another's title; no aliases, no contents."""
    drawn = random.Random(size)
    nothing: dict[str, list[str]] = {"fr": [], "en": []}
    without = {"aliases": nothing, "content": nothing}
    operators = {model.operator.id: replace(model.operator, aliases=nothing) for model in models}
    courses = {}
    for number in range(size):
        model, other = drawn.choice(models), drawn.choice(models)
        title = {lang: f"{model.title[lang]} {other.title[lang].split()[-1]}" for lang in ("fr", "en")}
        courses[f"c{number}"] = replace(
            model, id=f"c{number}", operator=operators[model.operator.id], title=title, topics=(), **without
        )
    return Catalogue(1, {}, {}, courses)


def main() -> None:
    """Ask each catalogue the same questions, each for the first time."""
    whole = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    asked = [entry["q"] if isinstance(entry, dict) else str(entry) for group in whole.values() for entry in group]
    asked = random.Random(1).sample(sorted(set(asked)), min(int(sys.argv[1]), len(set(asked))))
    models = demonstration()
    times: dict[str, list[float]] = {}
    memory = 0.0
    for size in SIZES:
        catalogue = catalogue_of(size, models)
        seen = set(catalogue.courses)
        before = psutil.Process().memory_info().rss
        began = time.perf_counter()
        index = Index(catalogue, MadeUp())
        print(f"{size} courses: index built in {time.perf_counter() - began:.1f} s", file=sys.stderr)
        if size == MEASURED_AT:
            memory = (psutil.Process().memory_info().rss - before) / 1e6
        times[str(size)] = []
        for question in asked:
            began = time.perf_counter()
            index.search(question, seen)
            times[str(size)].append((time.perf_counter() - began) * 1000)
        del index
    print(json.dumps({"times": times, "memory": memory}))


if __name__ == "__main__":
    main()
