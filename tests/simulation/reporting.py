"""What many conversations come to: figures, and the ones that went wrong to read."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.simulation.simulating import Outcome


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All that is counted."""
    by: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by[one.task.lang].append(one)
        by[one.task.goal].append(one)
    reached = [one.turns for one in outcomes if one.reached]
    cooperative = [one.turns for one in outcomes if one.cooperative and one.reached]
    return {
        "conversations": len(outcomes),
        "reached": _share(outcomes),
        "reached_by": {name: _share(some) for name, some in sorted(by.items())},
        "of": {name: len(some) for name, some in sorted(by.items())},
        "turns": {"median": _at(reached, 0.5), "p95": _at(reached, 0.95)},
        "turns_of_cooperative_booking": {
            "conversations": len(cooperative),
            "median": _at(cooperative, 0.5),
            "p95": _at(cooperative, 0.95),
            "most": max(cooperative, default=None),
        },
        "wrong_writes": sum(bool(one.verdict.wrong) for one in outcomes),
        "false_references": sum(bool(one.false) for one in outcomes),
        "abandoned_holds": sum(len(one.verdict.abandoned) for one in outcomes),
        "dead_ends": sum(len(one.dead_ends) for one in outcomes),
        "repeated_questions": sum(len(one.repeated) for one in outcomes),
        "questions_not_answered": sum(len(one.unanswered) for one in outcomes),
        "ended": dict(Counter(one.over for one in outcomes).most_common()),
    }


def told(found: dict[str, Any]) -> str:
    """The figures as lines to read."""
    lines = [f"{found['conversations']} conversations, goals reached: {_percent(found['reached'])}"]
    lines += [f"  {name:24} {_percent(share):>7} of {found['of'][name]}" for name, share in found["reached_by"].items()]
    skipped = {"conversations", "reached", "reached_by", "of"}
    lines += [f"{name.replace('_', ' ')}: {value}" for name, value in found.items() if name not in skipped]
    return "\n".join(lines)


def begun(folder: Path) -> Path:
    """The folder of the transcripts, without those of an earlier time."""
    transcripts = folder / "simulation"
    transcripts.mkdir(parents=True, exist_ok=True)
    for path in transcripts.glob("*.txt"):
        path.unlink()
    return transcripts


def kept(one: Outcome, transcripts: Path) -> None:
    """Keep the transcript of a conversation in which something was wrong, or odd."""
    if not one.reached or one.verdict.wrong or one.repeated or one.dead_ends or one.unanswered:
        kind = "wrong" if one.verdict.wrong else "failed" if not one.reached else "odd"
        (transcripts / f"{kind}-{one.task}.txt").write_text(one.told() + "\n", encoding="utf-8")


def written(found: dict[str, Any], folder: Path) -> None:
    """Keep the figures."""
    text = json.dumps(found, indent=2, ensure_ascii=False)
    (folder / "simulation.json").write_text(text + "\n", encoding="utf-8")


def _share(some: Sequence[Outcome]) -> float | None:
    return round(sum(one.reached for one in some) / len(some), 4) if some else None


def _at(values: list[int], share: float) -> int | None:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
