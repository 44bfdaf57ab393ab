"""Keys and secrets under ``VAR_DIR/keys``: the channels' public keys, and the service's own secret."""

from __future__ import annotations

import os
import re
import secrets
from functools import lru_cache
from pathlib import Path

from campus.settings import get_settings

_PLATFORM = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_public: dict[Path, tuple[int, bytes]] = {}


def public_key(platform: str) -> bytes | None:
    """The public PEM of a channel's platform, or None where there is none; a file that changed is read again."""
    if not _PLATFORM.fullmatch(platform):
        return None
    path = get_settings().var_dir / "keys" / f"{platform}.pub"
    try:
        changed = path.stat().st_mtime_ns
        if path not in _public or _public[path][0] != changed:
            _public[path] = (changed, path.read_bytes())
    except OSError:
        return None
    return _public[path][1]


def manage_secret() -> bytes:
    """The secret from which manage tokens are derived; made at the first start, the same ever after."""
    return _secret(get_settings().var_dir / "keys" / "manage.secret")


def notify_secret() -> bytes:
    """The secret that notices to `NOTIFY_URL` are signed with; the bot on this machine reads the same file."""
    return _secret(get_settings().var_dir / "keys" / "notify.secret")


def admin_secret() -> bytes:
    """The secret that the sessions of the site at `/admin` are signed with."""
    return _secret(get_settings().var_dir / "keys" / "admin.secret")


@lru_cache
def _secret(path: Path) -> bytes:
    """The bytes of the file; made whole under another name first, so that two processes agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
