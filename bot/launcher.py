"""Starts Rasa, with what must be changed in it.

Every command of Rasa (``train``, ``run``, ``test``) goes through this file::

    python -m bot.launcher train
    python -m bot.launcher run --port 5005

What it changes, each with its reason:

* ``skops.io`` is imported before anything of Rasa where a component of the pipeline keeps its model with it. skops
  scans every module that is already loaded; first in line it scans few. This assistant's own components do without it,
  which saves the 3 to 4 s of that scan and its memory.
* ``jsonschema.validate`` keeps its checked validators. Rasa validates each reply of the action server against one
  constant schema and has that schema itself checked again every time, two thirds of such a message's time.
* TensorFlow is left out. Rasa imports it even when no component uses it; dummy modules take its place (350 MB less in
  memory, 1.8 GB less on disk). A pipeline that names a TensorFlow component gets the real one, or a clear refusal.
* aiogram is left out the same way: Rasa's Telegram channel imports it at every start, the releases that Rasa allows
  carry advisories and ask for an old aiohttp, and this assistant does not use that channel.
* Rasa's own answers to other sites' pages (CORS) are left out: each channel knows whom it answers, and two answers to
  one question are a broken one.
* Telemetry is off: nothing that people write leaves this machine.

``tests/bot/test_launcher.py`` tells when one of these is no longer needed.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.settings import get_settings

#: Rasa components that need the real TensorFlow.
TENSORFLOW_COMPONENTS = frozenset(
    {
        "DIETClassifier",
        "ResponseSelector",
        "ConveRTFeaturizer",
        "LanguageModelFeaturizer",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
    }
)

#: Rasa components that keep their model with skops.
SKOPS_COMPONENTS = frozenset({"LogisticRegressionClassifier", "SklearnIntentClassifier"})

_TENSORFLOW = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"})
_UNUSED = frozenset({"aiogram"})


#: Bytes that any route reads at most; Sanic would take 100 MB before a channel has looked at a token or signature.
LARGEST_REQUEST = 1_000_000


class TensorFlowMissing(SystemExit):
    """The pipeline names a TensorFlow component and TensorFlow is not installed."""


class _DummyMeta(type):
    """A class whose every attribute is again such a class: enough for an ``import`` and for a base class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _dummy(name)


def _dummy(name: str) -> type:
    return _DummyMeta(name, (), {"__init_subclass__": classmethod(lambda cls, **_: None)})


class _DummyModule(types.ModuleType):
    __version__ = "2.12.0"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _dummy(name)
        setattr(self, name, value)
        return value


class _DummyLoader(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _DummyModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None


class _LeftOut(importlib.abc.MetaPathFinder):
    """Serves a dummy module for some packages and for all that lies under them."""

    def __init__(self, packages: frozenset[str]) -> None:
        self.packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(fullname, _DummyLoader(), is_package=True)
        return None


def named_of(components: frozenset[str], config: Path) -> list[str]:
    """Which of the components a Rasa configuration file names, in its order; none where there is no file."""
    if not config.exists():
        return []
    settings = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    named = [part.get("name", "") for key in ("pipeline", "policies") for part in settings.get(key) or []]
    return [name for name in named if name.rpartition(".")[2] in components]


def _cache_schema_checks() -> None:
    """Replace ``jsonschema.validate`` by one that checks a schema once and keeps its validator."""
    import jsonschema
    from jsonschema.validators import validator_for

    validators: dict[str, Any] = {}

    def validate(instance: Any, schema: Any, cls: Any = None, *args: Any, **kwargs: Any) -> None:
        key = repr(schema)
        validator = validators.get(key)
        if validator is None:
            cls = cls or validator_for(schema)
            cls.check_schema(schema)
            validator = validators[key] = cls(schema, *args, **kwargs)
        error = jsonschema.exceptions.best_match(validator.iter_errors(instance))
        if error is not None:
            raise error

    jsonschema.validate = validate


def prepare(config: Path = Path("config.yml")) -> None:
    """Make Rasa ready to be imported in this process.

    Raises:
        TensorFlowMissing: the pipeline needs TensorFlow and it is not installed.
    """
    if named_of(SKOPS_COMPONENTS, config):
        import skops.io  # noqa: F401  (first: see the module's text)

    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

    named = named_of(TENSORFLOW_COMPONENTS, config)
    if named and importlib.util.find_spec("tensorflow") is None:
        raise TensorFlowMissing(
            f"{config} names {', '.join(named)}, which needs TensorFlow, and TensorFlow is not installed. "
            "Run `make install-tensorflow`, or take the component out of the pipeline."
        )
    if not any(isinstance(finder, _LeftOut) for finder in sys.meta_path):
        sys.meta_path.insert(0, _LeftOut(_UNUSED if named else _UNUSED | _TENSORFLOW))
    _cache_schema_checks()


def _config_of(arguments: Sequence[str]) -> Path:
    """The configuration that Rasa will read, by its own option."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-c", "--config", nargs="?", default="config.yml")
    return Path(parser.parse_known_args(list(arguments))[0].config or "config.yml")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command of Rasa, given as on its own command line."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    prepare(_config_of(arguments))
    settings = get_settings()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("ACTIONS_PORT", str(settings.actions_port))  # named in endpoints.yml
    os.environ.setdefault("TRACKER_DB", str(settings.var_dir / "tracker.db"))
    if arguments[:1] == ["run"] and arguments[1:2] != ["actions"]:
        from bot.retention import keep_short
        from bot.snapshot import keep_fresh

        keep_fresh()
        keep_short(Path(os.environ["TRACKER_DB"]))
        _leave_other_sites_to_the_channels()
    rasa_main = _rasa_main()
    sys.argv = ["rasa", *arguments]
    rasa_main()


def _leave_other_sites_to_the_channels() -> None:
    import rasa.server

    def bounded(app: Any, cors_origins: Any = "") -> None:
        app.config.REQUEST_MAX_SIZE = LARGEST_REQUEST

    rasa.server.configure_cors = bounded


def _rasa_main() -> Callable[[], None]:
    from rasa.__main__ import main as rasa_main

    return rasa_main


if __name__ == "__main__":
    main()
