"""Writes the figures as a table in the terminal, as results/bench.json and as docs/benchmarks.md."""

from __future__ import annotations

import json
from typing import Any

from bench_page import write_page
from bench_results import WRITTEN, Results
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from stack import ROOT


def number(value: float | None) -> str:
    """Three digits that mean something."""
    if value is None:
        return ""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def verdict(row: dict[str, Any]) -> str:
    """Whether the target is met; empty without one."""
    return "" if row["met"] is None else "yes" if row["met"] else "NO"


def templates() -> Environment:
    """The templates of the pages and tables."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "scripts"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=number, verdict=verdict)
    return environment


def write(results: Results, page: bool) -> dict[str, Any]:
    """Print the tables, write results/bench.json and, if asked, the page; return what was written."""
    document = results.document()
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    environment = templates()
    parts = [
        {**part, "rows": rows}
        for part in results.spec["parts"]
        if (rows := [row for row in document["figures"] if row["part"] == part["id"]])
    ]
    now = [{**part, "rows": [row for row in part["rows"] if row["id"] in results.values]} for part in parts]
    table = environment.get_template("bench_table.txt.j2")
    compared = [pair for pair in document["comparisons"] if {pair["base"], pair["other"]} & set(results.values)]
    fresh = {**document, "comparisons": compared, "parts": [part for part in now if part["rows"]]}
    print(table.render(**fresh))
    if page:
        write_page(text=environment.get_template("bench_page.md.j2").render(**document, parts=parts))
    return document
