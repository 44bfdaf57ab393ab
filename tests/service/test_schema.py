"""Every route of the OpenAPI document, tried with what fits its schema and with what does not (schemathesis).

`make test-schema` runs it for five minutes, `make test` for a few seconds with a fixed seed. All
checks are on but one: no server error, only documented statuses, types and bodies, bad data
refused, good data taken, methods and headers as declared. The one wants a 401 wherever a token is
missing, where a booking is answered like one that does not exist (404); what the document says of
tokens and scopes is tried by staff/test_walk.py.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import STAFF_TOKEN
from .numbers import FULL, number

CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_document_and_the_service_agree(app_server: str, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
    command += ["run", f"{app_server}/openapi.json", "--header", f"Authorization: Bearer {STAFF_TOKEN}"]
    command += ["--checks", "all", "--exclude-checks", "ignored_auth"]
    command += ["--suppress-health-check", "filter_too_much"]  # how long it looks for an example says nothing of us
    command += ["--max-time", str(number("schema_seconds")), "--continue-on-failure"]
    command += [] if FULL else ["--seed", "1", "--phases", "examples,coverage,fuzzing"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-200_000:] + done.stderr[-2_000:]
    assert "Tested: 0" not in done.stdout
