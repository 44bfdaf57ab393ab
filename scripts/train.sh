#!/usr/bin/env bash
# Trains the model if what it is made of has changed since the last one. `--force` trains anyway.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=$(find config.yml domain.yml data bot/nlu bot/slots.py requirements/bot.txt service/demo -type f ! -name '*.pyc' -print0 \
  | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
if [ "${1:-}" != "--force" ] && [ -e models/.stamp ] && [ "$(cat models/.stamp)" = "$stamp" ] && ls models/*.tar.gz >/dev/null 2>&1; then
  exit 0
fi
echo "• training the model (well under a minute; log in models/train.log)"
mkdir -p models "${VAR_DIR:-var}"
scripts/snapshot.sh
began=$(date +%s)
if ! TQDM_DISABLE=1 .venv/bot/bin/python -W ignore -m bot.launcher train --out models --skip-validation \
    > models/train.log 2>&1; then
  tail -30 models/train.log >&2
  exit 1
fi
echo "$stamp" > models/.stamp
ls -t models/*.tar.gz | tail -n +3 | xargs -r rm -f
echo "• trained in $(($(date +%s) - began)) s"
