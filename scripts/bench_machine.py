"""Start, memory, size on disk, and the way from a clone to a running assistant."""

from __future__ import annotations

import os
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from bench_people import Messages, Person, subjects
from bench_programs import Made, bare_environment, environment, made
from bench_results import Budget, Results
from stack import ROOT, newest_model

MB = 1e6
#: What stands in the command line of each program, and what it is called.
PROGRAMS = {"bot.action_server": "action server", "bot.launcher": "bot", "uvicorn": "service", "stack.py": "supervisor"}


def start(results: Results, budget: Budget) -> None:
    """Figures of the part `start`: `make run` again and again, each second time on what the first left."""
    for turn in range(results.count(3)):
        with TemporaryDirectory(prefix="bench-start-") as folder:
            for key in ("start_first", "start_again"):
                if budget.left < 30:
                    results.notes.setdefault(key, []).append(f"{turn} runs for want of time")
                    continue
                var = Path(folder) / "var"
                settings = environment(var, results.spec["now"])
                began = time.perf_counter()
                with made(ROOT, Path(folder) / f"{key}.log", settings) as program:
                    program.ready(budget.left)
                    results.add(key, [time.perf_counter() - began])
                    if "training" in program.said or "packages of" in program.said:
                        results.problems.append(f"{key}: it had to install or train first")
                    results.add("memory_ready_rss", [memory(program)["rss"]])
                    if key == "start_again":
                        _use(results, settings, budget)
                        _memory_after_use(results, program, first=turn == 0)


def _use(results: Results, settings: dict[str, str], budget: Budget) -> None:
    """Some messages of each kind, so that what is loaded late is there."""
    time.sleep(1)
    page = f"http://127.0.0.1:{settings['CAMPUS_PORT']}/"
    messages = Messages(results.spec["messages"], subjects(page))
    person = Person(f"http://127.0.0.1:{settings['BOT_PORT']}/webhooks/rest/webhook")
    for turn in range(results.count(20)):
        lang = ("fr", "en")[turn % 2]
        person.again()
        for said in (messages.plain(lang, turn), messages.searches(lang, turn), messages.criteria(lang, turn)):
            if budget.left:
                person.say(next(said))
    person.close()


def _memory_after_use(results: Results, program: Made, first: bool) -> None:
    found = memory(program)
    for kind in ("rss", "pss", "uss"):
        note = ""
        if first:
            of_each = {name: round(value) for name, value in found.items() if name.endswith(f" {kind}")}
            note = ", ".join(f"{name.removesuffix(f' {kind}')} {value}" for name, value in of_each.items())
        results.add(f"memory_{kind}", [found[kind]], note)


def memory(program: Made) -> dict[str, float]:
    """Megabytes (10⁶ bytes): `rss`, `pss`, `uss` of all processes, and `<program> rss` … of each."""
    found: defaultdict[str, float] = defaultdict(float)
    for process in program.processes():
        try:
            line, sizes = " ".join(process.cmdline()), process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        name = next((name for piece, name in PROGRAMS.items() if piece in line), "make")
        for kind in ("rss", "pss", "uss"):
            found[kind] += getattr(sizes, kind, 0) / MB
            found[f"{name} {kind}"] += getattr(sizes, kind, 0) / MB
    return found


def size(results: Results, budget: Budget) -> None:
    """Figures of the part `size`."""
    folders = {name: ROOT / ".venv" / name for name in ("bot", "service")}
    note = "with what the tests need" if (folders["service"] / ".dev").exists() else ""
    sizes = {name: on_disk(folder) for name, folder in folders.items()}
    for name, value in sizes.items():
        results.add(f"size_{name}", [value], note)
    results.add("size_both", [sum(sizes.values())], note)
    model = newest_model()
    results.add("size_model", [model.stat().st_size / MB] if model else [])


def on_disk(folder: Path) -> float:
    """Megabytes (10⁶ bytes) that a folder takes, as `du` counts: blocks, each file once however often it is linked."""
    seen: set[tuple[int, int]] = set()
    blocks = 0
    for path, _, names in os.walk(folder):
        for name in [".", *names]:
            found = os.lstat(os.path.join(path, name))  # noqa: PTH118  (tens of thousands of files)
            if (found.st_dev, found.st_ino) not in seen:
                seen.add((found.st_dev, found.st_ino))
                blocks += found.st_blocks
    return blocks * 512 / MB


def clone(results: Results, which: str, budget: Budget) -> None:
    """Figures of the part `clone`: the last commit, cloned, installed, trained and started.

    Args:
        which: with the installer's cache ``kept``, ``empty``, or ``both`` one after the other.
    """
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True)
    for cache in ("kept", "empty") if which == "both" else (which,):
        with TemporaryDirectory(prefix="bench-clone-") as folder:
            place, settings = Path(folder) / "clone", bare_environment()
            if cache == "empty":
                settings |= {"UV_CACHE_DIR": f"{folder}/uv-cache", "PIP_CACHE_DIR": f"{folder}/pip-cache"}
            began = time.perf_counter()
            _run(["git", "clone", "--quiet", str(ROOT), str(place)], Path(folder), settings, budget)
            _run(["make", "install"], place, settings, budget)
            installed = time.perf_counter()
            _run(["scripts/train.sh"], place, settings, budget)
            trained = time.perf_counter()
            settings |= environment(place / "var", results.spec["now"])
            with made(place, Path(folder) / "run.log", settings) as program:
                program.ready(budget.left)
                ready = time.perf_counter()
            results.add(f"clone_{cache}_install", [installed - began], "git clone included")
            results.add(f"clone_{cache}_train", [trained - installed])
            results.add(f"clone_{cache}_start", [ready - trained])
            results.add(f"clone_{cache}", [ready - began], _circumstances(place, cache, bool(changed.stdout.strip())))
            if cache == which or cache == "empty":
                sizes = {name: on_disk(place / ".venv" / name) for name in ("bot", "service")}
                for name, value in sizes.items():
                    results.add(f"clone_size_{name}", [value])
                results.add("clone_size", [sum(sizes.values())])


def _circumstances(place: Path, cache: str, changed: bool) -> str:
    """What was there already, so that the figure can be understood."""
    homes = [(place / ".venv" / name / "pyvenv.cfg").read_text(encoding="utf-8") for name in ("bot", "service")]
    fetched = sum("/uv/python/" in home for home in homes)
    return "; ".join(
        [
            f"{fetched} of 2 Pythons fetched by the installer (now or earlier), the others the machine's own",
            "packages from the cache of earlier installations" if cache == "kept" else "every package downloaded",
            "the last commit, without later changes" if changed else "the last commit",
        ]
    )


def _run(command: list[str], folder: Path, settings: dict[str, str], budget: Budget) -> None:
    run = subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, timeout=max(5.0, budget.left)
    )
    if run.returncode:
        raise RuntimeError(f"{' '.join(command[:2])} failed:\n{(run.stdout + run.stderr)[-2000:]}")
