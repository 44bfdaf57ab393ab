"""All tables together, for migrations: every module of the service that declares one is imported."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from pathlib import Path


def load_all() -> None:
    """Import `campus.<name>` and `campus.<name>.models` wherever they are, so that `Base.metadata` is complete."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.ispkg and importlib.util.find_spec(f"campus.{module.name}.models"):
            importlib.import_module(f"campus.{module.name}.models")
    for name in ("audit", "idempotency"):
        importlib.import_module(f"campus.{name}")
