"""The service starts with what `make run` installs: no package that only the tests bring is needed."""

from __future__ import annotations

from pathlib import Path

from tests.support.alone import ROOT, run_alone


def test_the_service_starts_without_the_packages_of_the_tests(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'campus.db'}"
    code = "from campus.app import create_app\ncreate_app()\nprint('made')"
    made = run_alone("service.txt", code, ROOT / "service", DATABASE_URL=database, VAR_DIR=str(tmp_path))
    assert made.stdout.endswith("made\n"), made.stdout


def test_a_package_of_the_tests_is_not_there(tmp_path: Path) -> None:
    assert "No module named 'pytest'" in run_alone("service.txt", "import pytest", tmp_path).stdout
