"""Talk to the running assistant in a terminal: ``make chat``. Buttons are numbered; a number presses one."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
import uuid


def main() -> int:
    """Read lines, send them, print the replies; an empty line ends it."""
    url = f"http://127.0.0.1:{os.environ.get('BOT_PORT', '5005')}/webhooks/rest/webhook"
    sender = f"terminal-{uuid.uuid4().hex[:8]}"
    offered: list[str] = []
    while True:
        try:
            line = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            return 0
        if not line:
            return 0
        if line.startswith("#") and line[1:].isdigit() and 1 <= int(line[1:]) <= len(offered):
            line = offered[int(line[1:]) - 1]
        body = json.dumps({"sender": sender, "message": line}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                replies = json.load(answer)
        except urllib.error.URLError as error:
            print(f"{url}: {error.reason}", file=sys.stderr)
            return 1
        offered = []
        for reply in replies:
            print(reply["text"])
            for button in reply.get("buttons", []):
                offered.append(button["title"])
                print(f"   #{len(offered)} {button['title']}")


if __name__ == "__main__":
    sys.exit(main())
