#!/usr/bin/env bash
# Makes sure that there is a browser for the tests: the system's Chromium, else Playwright's own, else apt-get where it may.
set -euo pipefail
cd "$(dirname "$0")/.."
found() {
  command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
    || ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome >/dev/null 2>&1
}
found && exit 0
echo "• a browser for the tests"
.venv/service/bin/python -m playwright install chromium >/dev/null 2>&1 && found && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get -qq update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install chromium fonts-dejavu-core >/dev/null \
    && found && exit 0
fi
echo "There is no browser for the tests: install Chromium (Debian: apt-get install chromium)." >&2
exit 1
