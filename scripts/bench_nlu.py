"""Compares understanding with Rasa's own pipelines: `make bench-nlu DATA=folder`.

A cell is a set, a pipeline and a seed. Each is trained and asked in processes of its own; its result is a file in
results/nlu/, and a cell that has one is not run again (remove the file to run it anew), so that a run may be stopped at
any time. With --write-docs the tables go into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from bench_nlu_print import write
from bench_nlu_sets import Cut, Row, cut
from stack import ROOT

SPEC = ROOT / "scripts" / "bench_nlu.yml"
RESULTS = ROOT / "results" / "nlu"
PYTHON = ROOT / ".venv" / "bench" / "bin" / "python"
#: One thread for whatever would take all processors; nothing but the result on standard output.
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
    "TQDM_DISABLE": "1",
}
WHERE = """\
The folder holds the public sets, one file each, as gzipped JSON lines: text, intent ("oos": out of scope), split
(train, dev or test), lang, and where there are slots entities (start, end, entity, value).

  massive_en, massive_fr  MASSIVE 1.1, CC BY 4.0       https://github.com/alexa/massive
  clinc150_en             CLINC150 data_full, CC BY 3.0 https://github.com/clinc/oos-eval
  banking77_en            BANKING77, CC BY 4.0          https://github.com/PolyAI-LDN/task-specific-datasets
"""


def main() -> int:
    """Run what has no result yet; 0 when every cell that was asked for has one."""
    spec = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    arguments = _arguments(spec)
    began = time.monotonic()
    problems: dict[str, str] = {}
    for seed in arguments.seeds:
        for name in spec["cells"] if arguments.only is None else arguments.only:
            path = result_of(name, seed)
            if path.exists():
                continue
            if arguments.minutes is not None and time.monotonic() - began > arguments.minutes * 60:
                problems[name] = "no time left"
                continue
            print(f"• {name}, seed {seed} …", file=sys.stderr, flush=True)
            try:
                found = run(spec, arguments.folder, name, seed)
            except (RuntimeError, OSError) as error:
                problems[name] = str(error)
                print(f"  {error}", file=sys.stderr, flush=True)
            else:
                _keep(path, found)
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    write(spec, kept, problems, arguments.write_docs)
    return 1 if problems else 0


def result_of(name: str, seed: int) -> Path:
    """The file of a cell."""
    return RESULTS / f"{name.replace('/', '.')}.{seed}.json"


def _keep(path: Path, found: Row) -> None:
    """Write a result whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def run(spec: Row, folder: Path, name: str, seed: int) -> Row:
    """Train and ask one cell ("set/pipeline").

    Raises:
        RuntimeError: a process failed, with the end of what it said.
        FileNotFoundError: the set is not in the folder.
    """
    of, pipeline = name.split("/")
    found = cut(spec["sets"][of], folder, seed)
    config = {
        "recipe": "default.v1",
        "assistant_id": "bench",
        "language": spec["sets"][of]["lang"],
        "pipeline": pipeline_of(spec, of, pipeline, seed),
    }
    with tempfile.TemporaryDirectory(prefix="bench-nlu-") as place:
        asked = {"config": f"{place}/config.yml", "data": f"{place}/nlu.json", "model": f"{place}/models/cell.tar.gz"}
        Path(asked["config"]).write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        Path(asked["data"]).write_text(_taught(found), encoding="utf-8")
        trained = _process("train", asked, place)
        answered = _process("answer", {**asked, "texts": [row["text"] for row in found.asked]}, place)
    said = answered.pop("said")
    return {
        "set": of,
        "pipeline": pipeline,
        "seed": seed,
        "date": date.today().isoformat(),
        "load": round(os.getloadavg()[1], 1),
        "taught": len(found.taught),
        "train": trained,
        "answer": answered,
        "messages": [
            {"intent": row["intent"], "lang": row["lang"], "slots": _slots(row), **one}
            for row, one in zip(found.asked, said, strict=True)
        ],
    }


def pipeline_of(spec: Row, of: str, pipeline: str, seed: int) -> list[Row]:
    """The components with which a pipeline of bench_nlu.yml meets a set.

    One that names an encoder is that of config.yml. On a public set only what needs no campus stands in it, and where
    there are slots Rasa's CRF stands in for what reads entities with the campus's own grammar and catalogue.
    """
    chosen, one = spec["pipelines"][pipeline], spec["sets"][of]
    if "encoder" not in chosen:
        return [_fitted(part, one["lang"], seed) for part in chosen["components"]]
    parts = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    if "file" in one:
        kept = {"WhitespaceTokenizer", "SentenceEncoder", "IntentClassifier"}
        kept |= {"OutOfScopeDetector"} if "foreign" in one else set()
        parts = [part for part in parts if _class(part) in kept]
        parts += [{"name": "CRFEntityExtractor"}] if one.get("slots") else []
    with_vectors = {"SentenceEncoder", "AnswerFinder"}
    return [{**part, "encoder": chosen["encoder"]} if _class(part) in with_vectors else part for part in parts]


def _class(part: Row) -> str:
    return str(part["name"]).rpartition(".")[2]


def _fitted(part: Row, lang: str, seed: int) -> Row:
    """A component with the seed, and with the model of its language."""
    fitted = {key: value[lang] if isinstance(value, dict) else value for key, value in part.items()}
    return {**fitted, "random_seed": seed} if part["name"] == "DIETClassifier" else fitted


def _slots(row: Row) -> list[list[Any]]:
    return [[one["start"], one["end"], one["entity"]] for one in row.get("entities", [])]


def _taught(found: Cut) -> str:
    examples = [
        {"text": row["text"], "intent": row["intent"], "entities": row.get("entities", [])} for row in found.taught
    ]
    return json.dumps({"rasa_nlu_data": {"common_examples": examples}}, ensure_ascii=False)


def _process(what: str, asked: dict[str, Any], place: str) -> Row:
    settings = {**os.environ, **SETTINGS, "PYTHONPATH": str(ROOT), "RASA_CACHE_DIRECTORY": f"{place}/cache"}
    done = subprocess.run(
        [str(PYTHON), "-W", "ignore", str(ROOT / "scripts" / "bench_nlu_cell.py"), what],
        cwd=ROOT,
        env=settings,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"could not {what}: {done.stderr[-2000:]}")
    result: Row = json.loads(done.stdout.splitlines()[-1])
    return result


def _arguments(spec: Row) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=WHERE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the public sets are")
    parser.add_argument("--only", nargs="*", metavar="SET/PIPELINE", help="these cells (none: only write the tables)")
    parser.add_argument("--seeds", nargs="*", type=int, default=spec["seeds"], help="by default those of bench_nlu.yml")
    parser.add_argument("--minutes", type=float, help="begin no cell after these minutes")
    parser.add_argument("--write-docs", action="store_true", help="write the tables into docs/benchmarks.md")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"there is no folder {arguments.folder}; --help says where the public sets come from")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
