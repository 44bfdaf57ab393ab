"""The one place that reads the environment (and ``.env``)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What the bot may be told from outside; see ``.env.example`` for each name."""

    campus_url: str
    campus_port: int
    bot_port: int
    actions_port: int
    var_dir: Path
    public_url: str
    campus_now: str
    campus_env: str
    rate_limits: bool
    redis_url: str
    web_origins: frozenset[str]
    proxies: frozenset[str]
    sanic_workers: int
    retention_days: int

    @property
    def keys_dir(self) -> Path:
        """Where each channel keeps its signing key."""
        return self.var_dir / "keys"

    @property
    def snapshot(self) -> Path:
        """What mentions are matched against, as last read from the service."""
        return self.var_dir / "snapshot.json"

    @property
    def demo_snapshot(self) -> Path:
        """The demonstration catalogue, for when the service has never been reached."""
        return self.var_dir / "snapshot-demo.json"

    @property
    def origins(self) -> frozenset[str]:
        """The sites whose pages may talk to the assistant: its own, those named, and this machine's in development."""
        own = urlsplit(self.public_url)
        here = {f"http://{host}:{self.campus_port}" for host in ("127.0.0.1", "localhost")}
        return self.web_origins | {f"{own.scheme}://{own.netloc}"} | (set() if self.production else here)

    @property
    def production(self) -> bool:
        """Whether development conveniences are refused."""
        return self.campus_env == "production"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        ValueError: `CAMPUS_ENV` is ``production`` and a convenience of development is on.
    """
    load_dotenv(ROOT / ".env")
    port = int(os.environ.get("CAMPUS_PORT", "8000"))
    settings = Settings(
        campus_url=os.environ.get("CAMPUS_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        campus_port=port,
        bot_port=int(os.environ.get("BOT_PORT", "5005")),
        actions_port=int(os.environ.get("ACTIONS_PORT", "5055")),
        var_dir=Path(os.environ.get("VAR_DIR", str(ROOT / "var"))),
        public_url=os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        campus_now=os.environ.get("CAMPUS_NOW", ""),
        campus_env=os.environ.get("CAMPUS_ENV", "development"),
        rate_limits=os.environ.get("RATE_LIMITS", "on") != "off",
        redis_url=os.environ.get("REDIS_URL", ""),
        web_origins=_list(os.environ.get("WEB_ORIGINS", "")),
        proxies=_list(os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")),
        sanic_workers=int(os.environ.get("SANIC_WORKERS", "1")),
        retention_days=int(os.environ.get("RETENTION_DAYS") or 30),
    )
    if settings.production and settings.campus_now:
        raise ValueError("CAMPUS_NOW is refused when CAMPUS_ENV=production")
    if settings.production and not settings.rate_limits:
        raise ValueError("RATE_LIMITS=off is refused when CAMPUS_ENV=production")
    return settings


def _list(value: str) -> frozenset[str]:
    """A list with commas or spaces; the slash that people leave at the end of a site's address does no harm."""
    return frozenset(one.rstrip("/") for one in value.replace(",", " ").split())
