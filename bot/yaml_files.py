"""Reads YAML with libyaml's parser where it is there: ten times as fast, which a first answer would wait for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Any:
    """What a file of ours says; None where it is empty."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
