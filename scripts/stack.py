"""Starts the three programs, waits until a message would be answered, and stops all that it started.

Used by ``make run``, by every test that needs the real thing, and by the benchmarks. Standard library only, so that it
runs in any of the environments. (Process managers that run a Procfile do not wait for readiness, which is the point
here, and the larger ones are services of their own.)
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICE_PYTHON = ROOT / ".venv" / "service" / "bin" / "python"
BOT_PYTHON = ROOT / ".venv" / "bot" / "bin" / "python"
MODELS = ROOT / "models"
DEFAULTS = {"CAMPUS_PORT": "8000", "BOT_PORT": "5005", "ACTIONS_PORT": "5055"}


class NotReady(RuntimeError):
    """A program ended, or did not become ready in time; the message holds the end of its log."""


@dataclass
class Stack:
    """The three programs with one environment.

    Attributes:
        environment: settings on top of this process's own (see ``.env.example``).
        model: the trained model to serve; the newest by default.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    model: Path | None = None
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = {**DEFAULTS, "VAR_DIR": str(ROOT / "var"), **os.environ, **self.environment}
        self.settings.setdefault("NOTIFY_URL", _in_env_file("NOTIFY_URL") or f"{self.bot_url}/webhooks/notify")
        self.settings["VAR_DIR"] = str(Path(self.settings["VAR_DIR"]).resolve())
        self.var = Path(self.settings["VAR_DIR"])

    @property
    def page_url(self) -> str:
        """The page with the chat."""
        return f"http://127.0.0.1:{self.settings['CAMPUS_PORT']}/"

    @property
    def bot_url(self) -> str:
        """The bot's channels stand below ``/webhooks`` of it."""
        return f"http://127.0.0.1:{self.settings['BOT_PORT']}"

    @property
    def rest_url(self) -> str:
        """The bot's development channel."""
        return f"{self.bot_url}/webhooks/rest/webhook"

    @property
    def web_url(self) -> str:
        """The channel of the page."""
        return f"{self.bot_url}/webhooks/web"

    def start(self, only: tuple[str, ...] = ("service", "actions", "rasa")) -> None:
        """Start the programs; return at once."""
        (self.var / "logs").mkdir(parents=True, exist_ok=True)
        for name in only:
            self._start(name)

    def wait(self, seconds: float = 240, only: tuple[str, ...] = ("service", "rasa")) -> None:
        """Wait until a message would be answered.

        Raises:
            NotReady: a program ended, or the time is up.
        """
        urls = {
            "service": f"{self.page_url}readyz",
            "actions": f"http://127.0.0.1:{self.settings['ACTIONS_PORT']}/health",
            "rasa": f"{self.bot_url}/webhooks/health/ready",
        }
        deadline = time.monotonic() + seconds
        for name in only:
            reason = ""
            while (answer := _ready(urls[name])) is not None:
                reason = answer or reason
                self.check()
                if time.monotonic() > deadline:
                    raise NotReady(f"{name} is not ready after {seconds:.0f} s: {reason}\n{self.log(name)}")
                time.sleep(0.1)

    def check(self) -> None:
        """Raise `NotReady` if a program has ended."""
        for name, program in self.programs.items():
            if program.poll() is not None:
                raise NotReady(f"{name} ended with {program.returncode}\n{self.log(name)}")

    def stop(self, only: tuple[str, ...] | None = None, kill: bool = False) -> None:
        """Stop what was started, each with all of its own processes."""
        stopping = {name: self.programs.pop(name) for name in only or tuple(self.programs)}
        for program in stopping.values():
            _signal(program, signal.SIGKILL if kill else signal.SIGTERM)
        deadline = time.monotonic() + 10
        for program in stopping.values():
            try:
                program.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(program, signal.SIGKILL)
                program.wait()

    def restart(self, name: str) -> None:
        """Start a program that was stopped."""
        self._start(name)

    def log(self, name: str, lines: int = 30) -> str:
        """The end of a program's log."""
        path = self.var / "logs" / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def _start(self, name: str) -> None:
        command, folder, extra = self._command(name)
        with (self.var / "logs" / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                command,
                cwd=folder,
                env={**self.settings, **extra},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def _command(self, name: str) -> tuple[list[str], Path, dict[str, str]]:
        s = self.settings
        one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        if name == "service":
            host = ["--host", "127.0.0.1", "--port", s["CAMPUS_PORT"], "--no-access-log"]
            command = [str(SERVICE_PYTHON), "-m", "uvicorn", "--factory", "campus.app:create_app", *host]
            return command, ROOT / "service", one_thread
        if name == "actions":
            command = [
                str(BOT_PYTHON),
                "-W",
                "ignore",
                "-m",
                "bot.action_server",
                "--actions",
                "bot.actions",
                "--port",
                s["ACTIONS_PORT"],
            ]
            return command, ROOT, {**one_thread, "SANIC_HOST": "127.0.0.1", "PYTHONPATH": str(ROOT)}
        model = self.model or newest_model()
        if model is None:
            raise NotReady("there is no trained model: run `make train`")
        command = [
            str(BOT_PYTHON),
            "-W",
            "ignore",
            "-m",
            "bot.launcher",
            "run",
            "-i",
            "127.0.0.1",
            "--port",
            s["BOT_PORT"],
            "--model",
            str(model),
            "--endpoints",
            "endpoints.yml",
            "--credentials",
            "credentials.yml",
        ]
        return command, ROOT, one_thread


def newest_model() -> Path | None:
    """The model that was trained last."""
    return max(MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)


def _in_env_file(name: str) -> str:
    """A setting of ``.env``, which the programs read by themselves and which must not be overruled here."""
    path = ROOT / ".env"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.partition("=")[2].strip() for line in lines if line.startswith(f"{name}=")), "")


def _ready(url: str) -> str | None:
    """None when ready, else why not."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return None if answer.status == 200 else str(answer.status)
    except urllib.error.HTTPError as error:
        try:
            return ", ".join(json.load(error).get("missing") or []) or str(error)
        except (ValueError, AttributeError):
            return str(error)
    except OSError as error:
        return str(error)


def _signal(program: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, number)


def _die_with_parent() -> None:
    """Ask Linux to end this child with its parent, so that nothing is left running when that is killed."""
    with contextlib.suppress(OSError, AttributeError):  # not Linux: a killed parent leaves its children
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def main() -> int:
    """``make run``: start, say when ready, and stay until stopped."""
    stack = Stack()
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signum, frame: stopped.append(signum))
    began = time.monotonic()
    try:
        stack.start()
        print("starting the service, the action server and the bot …", flush=True)
        _until_ready(stack, stopped)
        if not stopped:
            print(
                f"ready: {stack.page_url}  (after {time.monotonic() - began:.0f} s; logs in {stack.var}/logs; "
                "Ctrl-C stops everything)",
                flush=True,
            )
        while not stopped:
            stack.check()
            time.sleep(0.5)
    except NotReady as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        stack.stop()
    print("stopped", flush=True)
    return 0


def _until_ready(stack: Stack, stopped: list[int]) -> None:
    for second in range(300):
        if stopped:
            return
        try:
            stack.wait(1)
            return
        except NotReady as error:
            stack.check()
            if second and second % 15 == 0:
                print(f"  … {str(error).splitlines()[0]}", flush=True)
    raise NotReady(f"not ready after 5 minutes\n{stack.log('rasa')}")


if __name__ == "__main__":
    if "--help" in sys.argv:
        print(__doc__)
        sys.exit(0)
    sys.exit(main())
