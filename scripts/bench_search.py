"""Runs inside the service's environment, on its database: times the search itself, without HTTP.

Reads a JSON list of questions from standard input, writes ``{"first": [ms], "again": [ms]}``.
"""

from __future__ import annotations

import json
import sys
import time

from campus.catalogue import search
from campus.catalogue.memory import get_catalogue
from campus.db import get_database
from campus.encoder import get_encoder
from campus.settings import get_settings


def main() -> None:
    """Build the index as the service does, then ask every question twice."""
    asked: list[str] = json.load(sys.stdin)
    get_encoder().restore(get_settings().var_dir / "vectors.npz")
    with get_database().reading() as db:
        index = search.get_index(get_catalogue(db))
    index.search("validation")  # loads the encoder
    found: dict[str, list[float]] = {"first": [], "again": []}
    for key in found:
        for question in asked:
            began = time.perf_counter()
            index.search(question)
            found[key].append((time.perf_counter() - began) * 1000)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
