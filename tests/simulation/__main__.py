"""``make simulate``: many conversations, then the fixed tasks several times over; all of it is kept in results/."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.simulation import reporting
from tests.simulation.planting import TROUBLES, between
from tests.simulation.simulating import Outcome, Simulation, Task, each_goal, tasks
from tests.support.running import ROOT, free_port, running


def main() -> int:
    """Hold them all; 1 if anything was written that nobody wanted."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--number", type=int, default=1000, help="conversations")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--tasks", type=int, default=60, help="fixed tasks, for pass^8")
    reader.add_argument("--runs", type=int, default=8, help="how often each fixed task is tried in other words")
    reader.add_argument("--only", default="", help="a goal, to look at that one alone")
    reader.add_argument("--trouble", choices=TROUBLES, help="what befalls the service once in each conversation")
    wanted = reader.parse_args()
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="simulation-") as folder,
        between(f"http://127.0.0.1:{port}") as standing,
        running(Path(folder), CAMPUS_PORT=port, CAMPUS_URL=standing.url) as started,
    ):
        simulation, transcripts = Simulation(started), reporting.begun(ROOT / "results")
        simulation.begins = lambda task: standing.begin(wanted.trouble, task.words % 3)
        outcomes = _held(
            simulation, transcripts, [one for one in tasks(wanted.number, wanted.seed) if wanted.only in one.goal]
        )
        found = reporting.figures(outcomes)
        if wanted.tasks:
            again = _held(simulation, transcripts, fixed(wanted.tasks, wanted.runs))
            found[f"pass^{wanted.runs}"] = passed(again, wanted.runs)
            found["tasks"] = reporting.figures(again)
            outcomes += again
    reporting.written(found, ROOT / "results")
    print(reporting.told(found))
    return 1 if any(one.verdict.wrong for one in outcomes) else 0


def fixed(number: int, runs: int) -> list[Task]:
    """The fixed tasks, each as often as it is tried, in other words every time."""
    return [Task(one.goal, one.lang, one.person, words) for one in each_goal(number, 777) for words in range(runs)]


def passed(outcomes: list[Outcome], runs: int) -> float:
    """The share of the tasks that were reached every time."""
    all_of = [outcomes[start : start + runs] for start in range(0, len(outcomes), runs)]
    return round(sum(all(one.reached for one in some) for some in all_of) / len(all_of), 4) if all_of else 0.0


def _held(simulation: Simulation, transcripts: Path, some: list[Task]) -> list[Outcome]:
    began, outcomes = time.monotonic(), []
    for number, task in enumerate(some, 1):
        outcome = simulation.hold(task)
        outcomes.append(outcome)
        reporting.kept(outcome, transcripts)
        if not outcome.reached or outcome.verdict.wrong:
            print(f"{outcome.task}: {outcome.over} {outcome.verdict.missing} {outcome.verdict.wrong}"[:300], flush=True)
        if number % 50 == 0:
            reached = sum(one.reached for one in outcomes)
            print(f"  … {number} of {len(some)}, {reached} reached, {time.monotonic() - began:.0f} s", flush=True)
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
