"""Tells what the assistant understands, with no program running (``make parse``).

    python scripts/parse.py in.jsonl      a JSON object with a `text` a line in, one a line out; - for standard input
    python scripts/parse.py --text "…"    one message, explained for whoever writes training data

Reads with the newest model in ``models/`` and trains one where there is none. The catalogue is the last snapshot of the
service, else the demonstration.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
warnings.simplefilter("ignore")

from bot.launcher import prepare  # noqa: E402
from bot.settings import get_settings  # noqa: E402

MODELS = ROOT / "models"


def main() -> int:
    """Read the arguments, parse, print; 0 unless a line is no JSON object with a text."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = arguments.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "file", nargs="?", type=Path, help="a file of JSON lines, each with a `text`; - for standard input"
    )
    what.add_argument("--text", help="one message")
    arguments.add_argument("--model", type=Path, default=MODELS, help="a model, or a folder of models")
    said = arguments.parse_args()

    have_a_catalogue()
    have_a_model(said.model)
    prepare(ROOT / "config.yml")
    logging.disable(logging.WARNING)
    from bot.nlu.explaining import explain
    from bot.nlu.parsing import Parser

    parser = Parser(said.model)
    if said.text is not None:
        print(explain(parser, said.text))
        return 0
    source = sys.stdin if str(said.file) == "-" else said.file.open(encoding="utf-8")
    with source:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            try:
                text = json.loads(line)["text"]
            except (ValueError, KeyError, TypeError):
                print(f"line {number} is no JSON object with a `text`", file=sys.stderr)
                return 2
            print(json.dumps(parser.parse(str(text)), ensure_ascii=False), flush=True)
    return 0


def have_a_catalogue() -> None:
    """Write the demonstration catalogue where the service has never been reached."""
    settings = get_settings()
    if not (settings.snapshot.exists() or settings.demo_snapshot.exists()):
        subprocess.run([ROOT / "scripts" / "snapshot.sh"], cwd=ROOT, check=True, stdout=sys.stderr)


def have_a_model(model: Path) -> None:
    """Train where there is no model yet."""
    if model == MODELS and not any(MODELS.glob("*.tar.gz")):
        subprocess.run([ROOT / "scripts" / "train.sh"], cwd=ROOT, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
