"""The programs for a measurement: in a folder of their own, on free ports; and everything as `make run` starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from stack import ROOT, Stack


def free_port() -> str:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def environment(folder: Path, now: str) -> dict[str, str]:
    """Settings of a run: own ports, own folder, a fixed business clock, no rate limits."""
    return {
        "CAMPUS_PORT": free_port(),
        "BOT_PORT": free_port(),
        "ACTIONS_PORT": free_port(),
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/campus.db",
        "RATE_LIMITS": "off",
        "CAMPUS_NOW": now,
    }


@contextmanager
def serving(folder: Path, now: str) -> Iterator[Stack]:
    """A stack that is ready and has read the catalogue; stopped at the end."""
    stack = Stack(environment(folder, now))
    stack.start()
    try:
        stack.wait(90)
        deadline = time.monotonic() + 30
        while not (folder / "snapshot.json").exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        yield stack
    finally:
        stack.stop()


def bare_environment() -> dict[str, str]:
    """This process's environment without what `make` tells the commands that it runs."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


class Made:
    """`make run` in a folder with the repository in it, as a person types it."""

    def __init__(self, root: Path, log: Path, settings: dict[str, str]) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["make", "--no-print-directory", "run"],
                cwd=root,
                env={**bare_environment(), **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self, seconds: float) -> None:
        """Wait until it says that it is ready.

        Raises:
            RuntimeError: it ended, or the time is up; with what it said.
        """
        deadline = time.monotonic() + seconds
        while "\nready: " not in f"\n{self.said}":
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"make run is not ready:\n{self.said}")
            time.sleep(0.02)

    @property
    def said(self) -> str:
        """What it printed so far."""
        return self._log.read_text(errors="replace")

    def processes(self) -> list[psutil.Process]:
        """Everything that it started, `make` itself too."""
        whole = psutil.Process(self._process.pid)
        return [whole, *whole.children(recursive=True)]

    def stop(self) -> None:
        """Stop it as Ctrl-C does, and wait until nothing of it is left."""
        if self._process.poll() is not None:
            return
        processes = self.processes()
        os.killpg(self._process.pid, signal.SIGINT)
        _, left = psutil.wait_procs(processes[1:], timeout=20)
        for process in left:
            process.kill()
        self._process.wait(10)


@contextmanager
def made(root: Path, log: Path, settings: dict[str, str]) -> Iterator[Made]:
    """`make run`, stopped at the end."""
    program = Made(root, log, settings)
    try:
        yield program
    finally:
        program.stop()


def python(interpreter: Path, *arguments: str, seconds: float, stdin: str = "", **settings: str) -> str:
    """Run a program of ours to its end; the last line that it printed.

    Raises:
        RuntimeError: it failed, with the end of what it said, or the time is up.
    """
    try:
        run = subprocess.run(
            [str(interpreter), "-W", "ignore", *arguments],
            cwd=ROOT,
            env={**bare_environment(), **settings},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=max(5.0, seconds),
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{' '.join(arguments)[:60]} … is not done after {max(5.0, seconds):.0f} s") from None
    if run.returncode:
        raise RuntimeError(f"{arguments[:2]} failed:\n{run.stderr[-1500:]}")
    return (run.stdout.splitlines() or [""])[-1]
