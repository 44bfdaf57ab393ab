#!/usr/bin/env bash
# Writes the demonstration's catalogue where the bot looks when it has never reached the service.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${VAR_DIR:-var}")/snapshot-demo.json
newest=$(find service/demo -type f -newer "$target" -print -quit 2>/dev/null || echo new)
[ -e "$target" ] && [ -z "$newest" ] && exit 0
mkdir -p "$(dirname "$target")"
cd service && ../.venv/service/bin/python -m campus.catalogue.snapshot "$target"
