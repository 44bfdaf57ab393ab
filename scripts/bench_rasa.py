"""Rasa itself: understanding a message, training, and what the launcher changes in it."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from bench_people import Person, Sorted
from bench_programs import bare_environment, free_port, python
from bench_replies import LANGS, messages_of
from bench_results import Budget, Results
from stack import BOT_PYTHON, ROOT, Stack, newest_model

TEXTS = ROOT / "tests" / "nlu"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

_RASA = "import rasa.__main__, rasa.model_training, rasa.core.agent, rasa.engine.recipes.default_components"
_TIMED = "import time; began = time.perf_counter(); {}; print(time.perf_counter() - began)"
IMPORT_SHIPPED = _TIMED.format(f"from bot.launcher import prepare; prepare(); {_RASA}")
IMPORT_FIRST = _TIMED.format(f"import skops.io; from bot.launcher import prepare; prepare(); {_RASA}")
IMPORT_LAST = _TIMED.format(f"from bot.launcher import prepare; prepare(); {_RASA}; import skops.io")
IMPORTS = {"import_shipped": IMPORT_SHIPPED, "import_first": IMPORT_FIRST, "import_last": IMPORT_LAST}
SCHEMA_AGAIN = "import bot.launcher as l; l._cache_schema_checks = lambda: None; l.main()"


@dataclass
class Unchanged(Stack):
    """A stack whose Rasa checks the constant schema of action replies at every reply, as Rasa does by itself."""

    def _command(self, name: str) -> tuple[list[str], Path, dict[str, str]]:
        command, folder, extra = super()._command(name)
        if name == "rasa":
            place = command.index("bot.launcher")
            command[place - 1 : place + 1] = ["-c", SCHEMA_AGAIN]
        return command, folder, extra


def understanding(results: Results, stack: Stack, budget: Budget) -> None:
    """Figures of the part `understanding`, on sentences that were never trained on."""
    texts = [text for lang in LANGS for text in _sentences(lang)[: results.count(150)]]
    found: dict[str, Any] = json.loads(
        python(
            BOT_PYTHON,
            str(ROOT / "scripts" / "bench_parse.py"),
            seconds=budget.left,
            stdin=json.dumps({"model": str(newest_model()), "texts": texts}),
            PYTHONPATH=str(ROOT),
            VAR_DIR=str(stack.var),
            **ONE_THREAD,
        )
    )
    results.add("load", [found["load"]])
    results.add("parse", found["parse"])


def _sentences(lang: str) -> list[str]:
    groups: dict[str, list[str]] = yaml.safe_load((TEXTS / f"quality_intents_{lang}.yml").read_text(encoding="utf-8"))
    return [str(text) for row in zip(*groups.values(), strict=False) for text in row]  # every intent in turn


def schema(results: Results, stack: Stack, budget: Budget) -> None:
    """Figures of the part `schema`: two Rasas beside each other on one service, asked in turn."""
    # a port, a store and a part of their own for the second; the rest is that of the first
    settings = {"BOT_PORT": free_port(), "TRACKER_DB": str(stack.var / "tracker-again.db")}
    other = Unchanged({**stack.environment, **settings})
    messages = messages_of(results, stack)
    found = {"kept": Sorted(), "again": Sorted()}
    other.start(only=("rasa",))
    try:
        other.wait(max(5.0, budget.left), only=("rasa",))
        people = {"kept": Person(stack.rest_url), "again": Person(other.rest_url)}
        for turn in range(results.count(40)):
            text = next(messages.searches(LANGS[turn % 2], 500 + turn))
            for name in ("kept", "again") if turn % 4 < 2 else ("again", "kept"):
                people[name].again()
                said = people[name].say(text)
                if turn >= 4:  # the second has just started
                    found[name].take(said, results.spec["replies"]["search"])
    finally:
        other.stop()
    for name, one in found.items():
        results.add(f"schema_{name}", one.ms, one.note)


def imports(results: Results, budget: Budget) -> None:
    """Import times of the parts `schema` and `train`; the first of all, perhaps uncompiled, is not counted."""
    for turn in range(1 + results.count(2)):
        for key, code in IMPORTS.items():
            took = float(python(BOT_PYTHON, "-c", code, seconds=budget.left, PYTHONPATH=str(ROOT)))
            if turn:
                results.add(key, [took])


def train(results: Results, budget: Budget) -> None:
    """Figures of the part `train`: each run with an empty cache, its model thrown away."""
    imported = statistics.median(results.values.get("import_shipped") or [0.0])
    for turn in range(results.count(3)):
        took = results.values.get("train", [])
        if turn and budget.left < 1.2 * max(took):
            results.notes.setdefault("train", []).append(f"{turn} runs for want of time")
            return
        with TemporaryDirectory(prefix="bench-train-") as folder:
            settings = {
                "RASA_CACHE_DIRECTORY": f"{folder}/cache",
                "VAR_DIR": f"{folder}/var",
                "TQDM_DISABLE": "1",
            }
            began = time.perf_counter()
            snapshot = ROOT / "scripts" / "snapshot.sh"
            subprocess.run([str(snapshot)], env={**bare_environment(), **settings}, check=True, timeout=60)
            command = ("-m", "bot.launcher", "train", "--force", "--out", f"{folder}/models", "--skip-validation")
            python(BOT_PYTHON, *command, seconds=budget.left, **settings)
            seconds = time.perf_counter() - began
        results.add("train", [seconds])
        if imported:
            results.add("train_alone", [seconds - imported])
