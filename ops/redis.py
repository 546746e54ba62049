"""The portal's own Redis: sessions, background jobs, caches."""

from __future__ import annotations

import shutil
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from ops.errors import MissingSystemPartError
from ops.secret_store import write_private
from ops.settings import Settings


def write_configuration(settings: Settings, password: str) -> Path:
    """Write redis.conf and return its path. Jobs survive a restart (append-only file), except in tests."""
    folder = settings.state / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "bind 127.0.0.1",
        f"port {settings.redis_port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        "daemonize no",
        'save ""',
        f"appendonly {'no' if settings.testing else 'yes'}",
    ]
    path = folder / "redis.conf"
    write_private(path, "\n".join(lines) + "\n")
    return path


def command(settings: Settings) -> list[str]:
    """The server's command line, in the foreground. Raises MissingSystemPartError where Redis is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        raise MissingSystemPartError("Redis is missing: apt-get install redis-server")
    return [program, str(settings.state / "redis" / "redis.conf")]


def url(settings: Settings, password: str) -> str:
    """Redis's address for CKAN."""
    return f"redis://:{password}@127.0.0.1:{settings.redis_port}/0"


def is_ready(settings: Settings, password: str) -> bool:
    """Whether the server answers."""
    try:
        return bool(
            Redis(host="127.0.0.1", port=settings.redis_port, password=password, socket_timeout=3).ping()
        )
    except RedisError:
        return False
