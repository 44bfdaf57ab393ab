"""Secrets of this installation under ``VAR_DIR/keys``: random bytes, made at the first start, for their owner only."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from bot.settings import get_settings

WEB = "web"
#: Shared with the service, which makes it: what its notices are signed with.
NOTIFY = "notify"


def secret(name: str) -> bytes:
    """The bytes of the secret of that name."""
    return _secret(get_settings().keys_dir / f"{name}.secret")


def mark(purpose: str, *parts: str) -> str:
    """A mark that only this installation can make for these words, in this order and for this purpose."""
    return hmac.new(
        secret(WEB), "\0".join((purpose, *parts)).encode(errors="surrogatepass"), hashlib.sha256
    ).hexdigest()


@lru_cache
def _secret(path: Path) -> bytes:
    """Made whole under another name first, so that programs that start at once agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes()
