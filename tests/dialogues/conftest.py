"""Which conversations are held where."""

from __future__ import annotations

import pytest

from tests.dialogues.conversation import load


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every conversation is held on SQLite; on PostgreSQL what leaves something in the database."""
    elsewhere = [item for item in items if _is_on_postgresql(item) and not _writes(item)]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


def _params(item: pytest.Item) -> dict[str, object]:
    called = getattr(item, "callspec", None)
    return dict(called.params) if called else {}


def _is_on_postgresql(item: pytest.Item) -> bool:
    params = _params(item)
    return params.get("stack") == "postgresql" and "path" in params


def _writes(item: pytest.Item) -> bool:
    params = _params(item)
    return bool(load(params["path"], str(params["lang"])).get("after"))  # type: ignore[arg-type]
