#!/usr/bin/env bash
# Writes the requirement files anew: pinned, with hashes, without the address that they came from.
set -euo pipefail
cd "$(dirname "$0")/../requirements"
../scripts/setup.sh tools
compile() { ../.venv/tools/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header "$@" >/dev/null; }
compile tools.in --universal -o tools.txt
compile ../service/pyproject.toml --universal --python-version 3.11 -o service.txt
compile ../service/pyproject.toml --group ../service/pyproject.toml:dev -c service.txt --universal --python-version 3.11 -o service-dev.txt
compile ../pyproject.toml --override bot-overrides.txt --python-version 3.10 -o bot.txt
compile ../pyproject.toml --override bot-tensorflow-overrides.txt --python-version 3.10 -o bot-tensorflow.txt
compile bot-dev.in --python-version 3.10 -o bot-dev.txt
compile bot-e5.in --python-version 3.10 -o bot-e5.txt
compile bench.in --python-version 3.10 -o bench.txt
