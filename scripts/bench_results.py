"""Figures of the benchmark: collected, judged against their targets, printed and written."""

from __future__ import annotations

import json
import platform
import statistics
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import yaml
from bench_numbers import p95
from stack import ROOT

SPEC = ROOT / "scripts" / "bench.yml"
WRITTEN = ROOT / "results" / "bench.json"

Row = dict[str, Any]


class Budget:
    """How long a part may still go on."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds, never negative."""
        return max(0.0, self._end - time.monotonic())

    def part(self, seconds: float) -> Budget:
        """At most these seconds of what is left."""
        return Budget(min(seconds, self.left))


@dataclass
class Results:
    """What was measured in this run, and what earlier runs left for the parts that it did not measure.

    Attributes:
        scale: part of the usual number of repetitions (1 in a full run).
    """

    scale: float = 1.0
    spec: dict[str, Any] = field(default_factory=lambda: yaml.safe_load(SPEC.read_text(encoding="utf-8")))
    values: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, key: str, values: list[float], note: str = "") -> None:
        """Keep the values of a figure, in its unit; none at all is a problem.

        Raises:
            KeyError: no such figure in bench.yml.
        """
        if key not in {figure["id"] for figure in self.figures()}:
            raise KeyError(key)
        if values:
            self.values.setdefault(key, []).extend(values)
        else:
            self.problems.append(f"{key}: nothing was measured")
        if note:
            self.notes.setdefault(key, []).append(note)

    def count(self, usual: int) -> int:
        """How often to repeat."""
        return max(2, round(usual * self.scale))

    def figures(self) -> list[Row]:
        """Every figure of bench.yml, with its part."""
        return [{**figure, "part": part["id"]} for part in self.spec["parts"] for figure in part["figures"]]

    def document(self) -> dict[str, Any]:
        """Everything, ready to be written: figures of this run, else of the last one that measured them."""
        earlier = _earlier()
        today = date.today().isoformat()
        rows = []
        for figure in self.figures():
            if figure["id"] in self.values:
                rows.append(_row(figure, self.values[figure["id"]], self.notes.get(figure["id"], []), today))
            elif figure["id"] in earlier:
                kept = earlier[figure["id"]]
                rows.append({**kept, **_judged(figure, kept["p95"], kept.get("notes", []))})
        by_id = {row["id"]: row for row in rows}
        compared = [
            _comparison(pair, by_id[pair["base"]], by_id[pair["other"]])
            for pair in self.spec["comparisons"]
            if pair["base"] in by_id and pair["other"] in by_id
        ]
        return {"machine": machine(), "figures": rows, "comparisons": compared, "problems": self.problems}


def _row(figure: Row, values: list[float], notes: list[str], day: str) -> Row:
    return {
        "id": figure["id"],
        "part": figure["part"],
        "title": figure["title"],
        "unit": figure["unit"],
        "runs": len(values),
        "min": round(min(values), 3),
        "median": round(statistics.median(values), 3),
        "p95": round(p95(values), 3),
        "max": round(max(values), 3),
        "measured": day,
        **_judged(figure, p95(values), notes),
    }


def _judged(figure: Row, worst: float, notes: list[str]) -> Row:
    target = figure.get("target")
    met = None if target is None else worst <= target
    cause = figure.get("cause", "") if met is False else ""
    return {"target": target, "met": met, "cause": " ".join(cause.split()), "notes": notes}


def _comparison(pair: Row, base: Row, other: Row) -> Row:
    return {
        **pair,
        "unit": base["unit"],
        **{f"{name}_base": base[name] for name in ("runs", "median", "p95")},
        **{f"{name}_other": other[name] for name in ("runs", "median", "p95")},
        **{f"{name}_ratio": round(other[name] / base[name], 2) if base[name] else None for name in ("median", "p95")},
    }


def _earlier() -> dict[str, Row]:
    try:
        return {row["id"]: row for row in json.loads(WRITTEN.read_text(encoding="utf-8"))["figures"]}
    except (OSError, ValueError, KeyError):
        return {}


def machine() -> dict[str, Any]:
    """What it ran on: nothing that names the machine."""
    return {
        "cores": len(psutil.Process().cpu_affinity() or []) or psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": {name: _version(ROOT / ".venv" / name) for name in ("bot", "service")},
        "load_now": round(psutil.getloadavg()[0], 1),
        "date": date.today().isoformat(),
    }


def _version(environment: Path) -> str:
    for line in (environment / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if name.strip() in ("version", "version_info"):
            return value.strip()
    return "?"
