"""How Rasa is started: what is changed in it, and, for each change, whether it is still needed."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot import launcher
from bot.launcher import TENSORFLOW_COMPONENTS, TensorFlowMissing, _config_of, _LeftOut, named_of, prepare
from bot.settings import ROOT, Settings

SITE = Path(jsonschema.__file__).parents[1]

DIET = "pipeline:\n- name: WhitespaceTokenizer\n- name: {}\npolicies:\n- name: RulePolicy\n"
ACTION_REPLY: dict[str, Any] = {
    "type": "object",
    "properties": {"events": {"type": "array"}, "responses": {"type": "array", "items": {"type": "object"}}},
}


def config(folder: Path, text: str) -> Path:
    path = folder / "config.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def rasa_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What starting the bot changes in Rasa is undone."""
    import rasa.server

    monkeypatch.setattr(rasa.server, "configure_cors", rasa.server.configure_cors)


@pytest.fixture
def as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any change: `prepare` may be tried again, and what it does is undone."""
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if not isinstance(finder, _LeftOut)])
    monkeypatch.setattr(jsonschema, "validate", jsonschema.validate)
    left_out = launcher._TENSORFLOW | launcher._UNUSED
    for name in [name for name in sys.modules if name.partition(".")[0] in left_out]:
        monkeypatch.delitem(sys.modules, name)


# -- TensorFlow -------------------------------------------------------------------------------------------------------


def test_tensorflow_is_left_out() -> None:
    import tensorflow as tf
    from tensorflow.keras.layers import Dense

    assert type(tf).__name__ == "_DummyModule"

    class Layer(tf.keras.layers.Layer):  # type: ignore[misc]
        pass

    assert isinstance(Dense, type)
    assert isinstance(tf.any.thing.at.all, type)
    assert Layer.__name__ == "Layer"
    with pytest.raises(AttributeError):
        tf.__nothing__  # noqa: B018  (a dunder is asked for to find out what an object is)


def test_rasa_still_imports_tensorflow_whatever_the_pipeline() -> None:
    """When this fails, the dummy modules can go."""
    import rasa.core.agent
    import rasa.nlu.classifiers.diet_classifier

    assert rasa.core.agent
    assert type(rasa.nlu.classifiers.diet_classifier.tf).__name__ == "_DummyModule"


def test_every_component_that_needs_tensorflow_is_known() -> None:
    """A component whose module imports TensorFlow would fail in an unclear way with the dummies."""
    needing = set()
    for path in (SITE / "rasa").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if re.search(r"^(import|from) tensorflow", source, re.MULTILINE):
            needing |= set(re.findall(r"@DefaultV1Recipe\.register\((?:[^()]|\([^()]*\))*\)\s*class (\w+)", source))
    assert needing >= {"DIETClassifier", "TEDPolicy"}, "the search finds nothing any more"
    assert needing == TENSORFLOW_COMPONENTS


@pytest.mark.parametrize("name", ["DIETClassifier", "rasa.nlu.classifiers.diet_classifier.DIETClassifier"])
def test_components_are_found_by_either_name(tmp_path: Path, name: str) -> None:
    assert named_of(TENSORFLOW_COMPONENTS, config(tmp_path, DIET.format(name))) == [name]


def test_policies_are_looked_at_too(tmp_path: Path) -> None:
    text = "pipeline:\npolicies:\n- name: TEDPolicy\n- name: UnexpecTEDIntentPolicy\n"
    assert named_of(TENSORFLOW_COMPONENTS, config(tmp_path, text)) == ["TEDPolicy", "UnexpecTEDIntentPolicy"]


@pytest.mark.parametrize("text", ["", "pipeline:\n", "language: fr\n", "pipeline:\n- {}\n"])
def test_a_configuration_may_name_nothing(tmp_path: Path, text: str) -> None:
    assert named_of(TENSORFLOW_COMPONENTS, config(tmp_path, text)) == []


def test_our_own_pipeline_needs_none() -> None:
    assert named_of(TENSORFLOW_COMPONENTS, ROOT / "config.yml") == []


def test_a_pipeline_that_needs_it_is_refused_in_a_clear_sentence(
    as_at_the_start: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(launcher.importlib.util, "find_spec", lambda name: None)  # as where it is not installed
    path = config(tmp_path, DIET.format("DIETClassifier"))
    with pytest.raises(TensorFlowMissing) as caught:
        launcher.main(["train", "--config", str(path)])
    said = str(caught.value)
    assert "DIETClassifier" in said
    assert "TensorFlow is not installed" in said
    assert "make install-tensorflow" in said
    assert isinstance(caught.value, SystemExit), "a sentence on the terminal, and no stack trace"


def test_the_refusal_is_all_that_the_terminal_shows(tmp_path: Path) -> None:
    path = config(tmp_path, DIET.format("DIETClassifier"))
    script = (
        "import importlib.util; importlib.util.find_spec = lambda name: None\n"
        f"from bot.launcher import main; main(['train', '--config={path}'])"
    )
    command = [sys.executable, "-W", "ignore", "-c", script]
    environment = {**os.environ, "VAR_DIR": str(tmp_path / "var")}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.strip().startswith(str(path))
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_pipeline_that_needs_it_gets_the_real_one(
    as_at_the_start: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With TensorFlow there, no dummy may stand before it; what nobody uses is left out all the same."""
    monkeypatch.setattr(launcher.importlib.util, "find_spec", lambda name: object())
    prepare(config(tmp_path, DIET.format("DIETClassifier")))
    (finder,) = [finder for finder in sys.meta_path if isinstance(finder, _LeftOut)]
    assert finder.find_spec("tensorflow", None) is None
    assert finder.find_spec("aiogram.types", None) is not None


def test_nothing_else_is_left_out() -> None:
    finder = _LeftOut(launcher._TENSORFLOW | launcher._UNUSED)
    for name in ("numpy", "tensorflowx", "rasa.utils.tensorflow", "sklearn.keras"):
        assert finder.find_spec(name, None) is None
    for name in ("tensorflow", "tensorflow.keras.layers", "keras", "tensorflow_addons.x"):
        assert finder.find_spec(name, None) is not None


def test_making_ready_twice_changes_nothing_more() -> None:
    before = list(sys.meta_path)
    prepare(ROOT / "config.yml")
    assert sys.meta_path == before


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["train"], "config.yml"),
        (["train", "-c", "x.yml"], "x.yml"),
        (["train", "--config", "x.yml", "--out", "models"], "x.yml"),
        (["train", "--config=x.yml"], "x.yml"),
        (["train", "-c"], "config.yml"),
    ],
)
def test_the_configuration_is_the_one_that_rasa_will_read(arguments: list[str], path: str) -> None:
    assert _config_of(arguments) == Path(path)


# -- aiogram ----------------------------------------------------------------------------------------------------------


def test_aiogram_is_left_out_and_not_installed() -> None:
    import aiogram

    assert type(aiogram).__name__ == "_DummyModule"
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("aiogram")


def test_rasa_s_channels_still_import_aiogram() -> None:
    """When this fails, aiogram need not be left out any more."""
    import rasa.core.channels.telegram

    assert isinstance(rasa.core.channels.telegram.Bot, launcher._DummyMeta)
    source = (SITE / "rasa" / "core" / "channels" / "__init__.py").read_text(encoding="utf-8")
    assert "rasa.core.channels.telegram" in source


# -- the schema check -------------------------------------------------------------------------------------------------


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The schemas that are checked from now on."""
    from jsonschema.validators import validator_for

    validator, seen = validator_for(ACTION_REPLY), []
    monkeypatch.setattr(
        validator, "check_schema", classmethod(lambda cls, schema, *args, **kwargs: seen.append(schema))
    )
    return seen


@pytest.fixture
def cached(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(jsonschema, "validate", jsonschema.validate)
    launcher._cache_schema_checks()
    return jsonschema.validate


def test_a_schema_is_checked_once(cached: Any, checks: list[Any]) -> None:
    for _ in range(5):
        cached({"events": [], "responses": []}, {**ACTION_REPLY})  # Rasa builds an equal one each time
    assert len(checks) == 1
    cached({}, {"type": "object"})
    assert len(checks) == 2


def test_rasa_s_own_check_goes_through_it(checks: list[Any]) -> None:
    """Rasa imports the function when it validates, so the replaced one is used."""
    from rasa.core.actions.action import RemoteAction

    action = RemoteAction("action_x", None)
    for _ in range(3):
        assert action._validate_action_result({"events": [], "responses": []})
    assert len(checks) <= 1


def test_jsonschema_still_checks_the_schema_each_time(checks: list[Any]) -> None:
    """When this fails, the cached check can go."""
    from jsonschema.validators import validate

    validate({}, ACTION_REPLY)
    validate({}, ACTION_REPLY)
    assert len(checks) == 2


@pytest.mark.parametrize(
    "instance", [{"responses": [1]}, [], {"events": {}}, None, {"events": 1, "responses": [1, {}]}], ids=str
)
def test_what_is_wrong_raises_the_same_error(cached: Any, instance: Any) -> None:
    from jsonschema.validators import validate

    with pytest.raises(jsonschema.ValidationError) as expected:
        validate(instance, ACTION_REPLY)
    for _ in range(2):
        with pytest.raises(jsonschema.ValidationError) as caught:
            cached(instance, ACTION_REPLY)
        assert caught.value.message == expected.value.message
        assert caught.value.path == expected.value.path


def test_a_schema_that_is_none_is_refused(cached: Any) -> None:
    for _ in range(2):
        with pytest.raises(jsonschema.SchemaError):
            cached({}, {"type": "nothing"})


# -- skops and telemetry ----------------------------------------------------------------------------------------------

_SCANNED = """
import sys, types
class Spy(types.ModuleType):
    asked = 0
    def __getattr__(self, name):
        Spy.asked += name != "__path__"
        raise AttributeError(name)
sys.modules["spy"] = Spy("spy")
import skops.io
print(Spy.asked)
"""


def test_skops_still_scans_every_module_that_is_loaded() -> None:
    """When this fails, skops need not be imported first any more."""
    command = [sys.executable, "-W", "ignore", "-c", _SCANNED]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert int(ended.stdout) > 20


@pytest.mark.parametrize("component", ["", "LogisticRegressionClassifier", "SklearnIntentClassifier"])
def test_skops_is_loaded_only_for_a_component_that_needs_it(tmp_path: Path, component: str) -> None:
    code = "import sys, pathlib; from bot.launcher import prepare; prepare(pathlib.Path(sys.argv[1])); "
    code += "print('skops.io' in sys.modules)"
    file = config(tmp_path, f"pipeline:\n- name: {component or 'WhitespaceTokenizer'}\n")
    command = [sys.executable, "-W", "ignore", "-c", code, str(file)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == str(bool(component))


def test_skops_comes_before_anything_of_rasa() -> None:
    source = (ROOT / "bot" / "launcher.py").read_text(encoding="utf-8")
    assert not re.search(r"^(import|from) (rasa|sklearn|bot\.(?!settings))", source, re.MULTILINE)
    body = source.partition("def prepare")[2]
    assert body.index("import skops.io") < body.index("_cache_schema_checks")


def test_nothing_is_reported_to_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa import telemetry

    assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"
    assert not telemetry.is_telemetry_enabled()


def test_rasa_would_still_report_unless_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this fails, telemetry need not be turned off any more."""
    from rasa import telemetry

    monkeypatch.delenv("RASA_TELEMETRY_ENABLED")
    monkeypatch.setattr(telemetry.rasa_utils, "read_global_config_value", lambda *args, **kwargs: {"enabled": True})
    assert telemetry.is_telemetry_enabled()
    assert telemetry._default_telemetry_configuration(True)["enabled"]


def test_rasa_is_told_its_addresses(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    kept: list[bool] = []
    for name in ("ACTIONS_PORT", "TRACKER_DB"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(launcher, "_rasa_main", lambda: lambda: started.append(list(sys.argv)))
    monkeypatch.setattr("bot.snapshot.keep_fresh", lambda: kept.append(True))
    monkeypatch.setattr(sys, "argv", ["launcher"])
    launcher.main(["run", "--port", "5005"])
    assert started == [["rasa", "run", "--port", "5005"]]
    assert kept == [True]
    assert os.environ["ACTIONS_PORT"] == "5055"
    assert os.environ["TRACKER_DB"] == str(settings.var_dir / "tracker.db")
    assert settings.var_dir.is_dir()
    launcher.main(["train"])
    assert kept == [True], "training asks the service for nothing"


# -- other sites ------------------------------------------------------------------------------------------------------


def test_the_channels_alone_answer_other_sites_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """When Rasa adds nothing any more by itself, the change can go."""
    import rasa.server
    from sanic import Sanic

    def listens() -> bool:
        app = Sanic("test-other-sites", configure_logging=False)
        rasa.server.configure_cors(app, None)
        return bool(app._future_listeners)

    monkeypatch.setattr(Sanic, "test_mode", True)
    assert listens()
    launcher._leave_other_sites_to_the_channels()
    assert not listens()
