"""Measures speed and size: ``make bench``. Prints a table, writes results/bench.json, with ``--write-docs`` the page.

What is measured, with its targets, stands in scripts/bench.yml. Runs the real programs in a temporary folder on free
ports, over loopback only, in about 10 minutes (``--clone``, which installs from nothing, takes longer).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import bench_machine
import bench_rasa
import httpx
from bench_booking import booking
from bench_print import write
from bench_programs import serving
from bench_promises import promises
from bench_replies import long, replies
from bench_results import Budget, Results
from bench_service import service
from stack import NotReady, Stack

#: Parts that need the running programs, in the order in which they run.
RUNNING: dict[str, Callable[[Results, Stack, Budget], None]] = {
    "service": service,
    "replies": replies,
    "long": long,
    "booking": booking,
    "schema": bench_rasa.schema,
    "understanding": bench_rasa.understanding,
}
ALONE: dict[str, Callable[[Results, Budget], None]] = {
    "promises": promises,
    "schema": bench_rasa.imports,
    "train": bench_rasa.train,
    "start": bench_machine.start,
    "size": bench_machine.size,
}


def main() -> int:
    """Measure; 0 when everything was measured, whether or not it meets its target."""
    arguments = _arguments()
    results = Results(scale=arguments.scale)
    began = time.monotonic()
    budget = Budget(results.spec["seconds"])
    wanted = [*RUNNING, *ALONE] if arguments.only is None else arguments.only
    if running := [name for name in RUNNING if name in wanted]:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            try:
                with serving(Path(folder), results.spec["now"]) as stack:
                    for name in running:
                        _part(results, name, budget, partial(RUNNING[name], results, stack))
            except NotReady as error:
                results.problems.append(f"the programs did not start: {str(error)[:400]} … {str(error)[-800:]}")
    for name, alone in ALONE.items():
        if name in wanted:
            _part(results, name, budget, partial(alone, results))
    if arguments.clone:
        _part(
            results, "clone", Budget(_seconds(results, "clone")), partial(bench_machine.clone, results, arguments.clone)
        )
    write(results, arguments.write_docs)
    print(f"measured in {time.monotonic() - began:.0f} s")
    return 1 if results.problems else 0


def _part(results: Results, name: str, budget: Budget, work: Callable[[Budget], None]) -> None:
    """Measure one part; what fails in it is told at the end, and the others go on."""
    if budget.left < 5:
        results.problems.append(f"{name}: no time left")
        return
    print(f"• {name} …", file=sys.stderr, flush=True)
    try:
        work(budget.part(_seconds(results, name)))
    except (RuntimeError, OSError, KeyError, ValueError, httpx.HTTPError, subprocess.SubprocessError) as error:
        results.problems.append(f"{name}: {type(error).__name__}: {error}")


def _seconds(results: Results, name: str) -> float:
    return next(float(part["seconds"]) for part in results.spec["parts"] if part["id"] == name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", nargs="*", choices=sorted({*RUNNING, *ALONE}), help="only these parts (none: only --clone)"
    )
    parser.add_argument(
        "--clone",
        nargs="?",
        const="both",
        choices=("kept", "empty", "both"),
        help="from a clone to ready too, with the installer's cache kept, empty, or both (minutes, needs the network)",
    )
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the usual repetitions, e.g. 0.2 to try")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
