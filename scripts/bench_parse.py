"""Runs inside the bot's environment: loads the model and times the parsing of each message, no channel, no dialogue.

Reads ``{"model": path, "texts": [...]}`` from standard input, writes ``{"load": seconds, "parse": [ms]}``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from typing import Any

from bot.launcher import prepare


async def main() -> dict[str, Any]:
    """Load, parse each text once."""
    asked = json.load(sys.stdin)
    prepare()
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # as `rasa run` does: else each message is printed, and the printing is timed

    began = time.perf_counter()
    agent = Agent.load(asked["model"])
    load = time.perf_counter() - began
    for text in asked["texts"][:5]:  # what is loaded late
        await agent.parse_message(text)
    times = []
    for text in asked["texts"][5:]:
        began = time.perf_counter()
        await agent.parse_message(text)
        times.append((time.perf_counter() - began) * 1000)
    return {"load": load, "parse": times}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main())))
