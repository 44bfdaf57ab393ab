"""Runs Python as it is where only the pinned packages of a program are installed, without those of its tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==", re.MULTILINE)
_BEFORE = """
import importlib.metadata, re, sys

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

pinned = {plain(name) for name in sys.argv.pop(1).split()}
modules = importlib.metadata.packages_distributions() if sys.version_info >= (3, 10) else {}
missing = {module for module, owners in modules.items() if not pinned & set(map(plain, owners))}

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""


def run_alone(requirements: str, code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in ``folder`` with the packages of requirements/``requirements`` and the standard library alone.

    Its standard output and standard error come back together.
    """
    pinned = " ".join(_PINNED.findall((ROOT / "requirements" / requirements).read_text(encoding="utf-8")))
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _BEFORE + code, pinned],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
