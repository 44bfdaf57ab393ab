"""Which views there are: the subclasses of `View` in the modules of `campus.admin.views`."""

from __future__ import annotations

import importlib
import pkgutil

from campus.admin import views
from campus.admin.base import View
from campus.admin.texts import Said


def all_views() -> list[type[View]]:
    """The views in the order of the menu, with the names that they are called by."""
    found: list[type[View]] = []
    for module in pkgutil.iter_modules(views.__path__):
        loaded = importlib.import_module(f"{views.__name__}.{module.name}")
        found += [
            one
            for one in vars(loaded).values()
            if isinstance(one, type) and issubclass(one, View) and one.__module__ == loaded.__name__
        ]
    for view in found:
        view.name, view.name_plural = Said("one", view.key), Said("many", view.key)  # type: ignore[assignment]
    return sorted(found, key=lambda view: view.order)
