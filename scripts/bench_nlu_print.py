"""Writes what is measured of understanding: in the terminal, and as a section of docs/benchmarks.md."""

from __future__ import annotations

import statistics
from typing import Any

from bench_nlu_figures import figures
from bench_page import write_page
from bench_print import templates
from bench_results import machine

Row = dict[str, Any]


def write(spec: Row, cells: list[Row], problems: dict[str, str], page: bool) -> None:
    """Print the tables of all cells that have a result; if asked, put them into the page too."""
    text = (
        templates()
        .get_template("bench_nlu.md.j2")
        .render(
            sets=[one for name in spec["sets"] if (one := _set(spec, name, cells))["rows"]],
            targets=spec["targets"],
            missing=[
                (name, problems.get(name, "")) for name in spec["cells"] if name not in {_name(one) for one in cells}
            ],
            machine=machine(),
            loads=[one["load"] for one in cells],
            dates=sorted({one["date"] for one in cells}),
        )
    )
    print(text)
    if page:
        write_page(section=text.rstrip() + "\n")


def _name(cell: Row) -> str:
    return f"{cell['set']}/{cell['pipeline']}"


def _set(spec: Row, name: str, cells: list[Row]) -> Row:
    """A set with a row for each pipeline that has a result on it, judged against the base pipeline."""
    rows = []
    for pipeline, chosen in spec["pipelines"].items():
        runs = [one for one in cells if one["set"] == name and one["pipeline"] == pipeline]
        if runs:
            first = runs[0]
            rows.append(
                {
                    "pipeline": pipeline,
                    "title": chosen["title"],
                    "ours": "encoder" in chosen,
                    "seeds": len(runs),
                    "taught": first["taught"],
                    "asked": len(first["messages"]),
                    **_means([figures(one) for one in runs]),
                }
            )
    base = next((row for row in rows if row["pipeline"] == spec["base"]), None)
    if base is not None:
        for row in rows:
            row["errors"] = (1 - row["accuracy"]) / (1 - base["accuracy"])
            row["training"] = row["train_cpu"] / base["train_cpu"]
    aim = spec["sets"][name].get("errors", 1.0)
    missed = any(row["ours"] and row.get("errors", 0.0) > aim for row in rows)
    return {**spec["sets"][name], "id": name, "rows": rows, "missed": missed}


def _means(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.fmean(one[name] for one in runs) for name in runs[0]}
