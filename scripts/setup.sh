#!/usr/bin/env bash
# Makes the two environments, once: .venv/bot (Python 3.10, for Rasa) and .venv/service (Python 3.11 or newer).
# Does nothing for what is already as the requirement files say. `bench` makes a third, in which understanding is compared
# with pipelines that need TensorFlow: .venv/bench (Python 3.10).
#   scripts/setup.sh [bot|service|all|tools|bench] [--dev] [--tensorflow] [--e5]
set -euo pipefail
cd "$(dirname "$0")/.."

what=all dev= tensorflow= e5=
for argument in "$@"; do
  case "$argument" in
    bot|service|all|tools|bench) what=$argument ;;
    --dev) dev=1 ;;
    --tensorflow) tensorflow=1 ;;
    --e5) e5=1 ;;
    *) echo "setup: unknown argument $argument" >&2; exit 2 ;;
  esac
done

say() { printf '• %s\n' "$*" >&2; } # standard output belongs to the command that needed the set-up

# Prints the first interpreter that is at least $1.$2 and below $1.$3, among the usual names and pyenv's own folders.
find_python() {
  local major=$1 low=$2 below=$3 name minor
  local candidates=()
  for ((minor = below - 1; minor >= low; minor--)); do candidates+=("python$major.$minor"); done
  candidates+=(python3 python)
  for ((minor = below - 1; minor >= low; minor--)); do
    for name in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$major.$minor".*/bin/python; do
      [ -x "$name" ] && candidates+=("$name")
    done
  done
  for name in "${candidates[@]}"; do
    "$name" - "$major" "$low" "$below" 2>/dev/null <<'PYTHON' && return 0
import sys
major, low, below = map(int, sys.argv[1:])
if sys.version_info[0] == major and low <= sys.version_info[1] < below:
    print(sys.executable)
else:
    sys.exit(1)
PYTHON
  done
  return 1
}

uv() { .venv/tools/bin/uv "$@"; }

install_uv() {
  [ -x .venv/tools/bin/uv ] && cmp -s requirements/tools.txt .venv/tools/requirements.txt && return 0
  local python
  python=$(find_python 3 8 20) || { echo "setup: Python 3 is needed to begin with" >&2; exit 1; }
  say "uv, the installer (in .venv/tools)"
  rm -rf .venv/tools
  "$python" -m venv .venv/tools
  .venv/tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
  cp requirements/tools.txt .venv/tools/requirements.txt
}

# $1 name of the environment, $2 lowest minor, $3 first minor that is too new, the rest: requirement files
environment() {
  local name=$1 low=$2 below=$3 python stamp
  shift 3
  stamp=$(cat "$@" | sha256sum | cut -c1-16)
  [ "$(cat ".venv/$name/.stamp" 2>/dev/null)" = "$stamp" ] && return 0
  install_uv
  if [ ! -x ".venv/$name/bin/python" ]; then
    if ! python=$(find_python 3 "$low" "$below"); then
      say "Python 3.$low, which this machine does not have"
      uv python install "3.$low"
      python=$(uv python find --no-project "3.$low")
    fi
    say "environment .venv/$name on $("$python" --version)"
    uv venv --quiet --no-project --python "$python" ".venv/$name"
  fi
  say "packages of .venv/$name ($(cat "$@" | grep -cE '^[A-Za-z0-9_.-]+==') pinned with hashes)"
  uv pip sync --quiet --require-hashes --compile-bytecode --python ".venv/$name/bin/python" "$@"
  echo "$stamp" > ".venv/$name/.stamp"
}

[ "$what" != tools ] || install_uv
case "$what" in all|service)
  files=(requirements/service.txt)
  # the development file holds the whole environment: never take it away again from who has it
  { [ -n "$dev" ] || [ -e .venv/service/.dev ]; } && files=(requirements/service-dev.txt)
  environment service 11 20 "${files[@]}"
  [ -z "$dev" ] || touch .venv/service/.dev ;;
esac
case "$what" in all|bot)
  files=(requirements/bot.txt)
  { [ -n "$tensorflow" ] || [ -e .venv/bot/.tensorflow ]; } && files=(requirements/bot-tensorflow.txt)
  # the tests use the second encoder too
  { [ -n "$e5$dev" ] || [ -e .venv/bot/.e5 ] || [ -e .venv/bot/.dev ]; } && files+=(requirements/bot-e5.txt)
  { [ -n "$dev" ] || [ -e .venv/bot/.dev ]; } && files+=(requirements/bot-dev.txt)
  environment bot 10 11 "${files[@]}"
  [ -z "$dev" ] || touch .venv/bot/.dev
  [ -z "$tensorflow" ] || touch .venv/bot/.tensorflow
  [ -z "$e5" ] || touch .venv/bot/.e5 ;;
esac
[ "$what" != bench ] || environment bench 10 11 requirements/bot-tensorflow.txt requirements/bot-e5.txt requirements/bench.txt
