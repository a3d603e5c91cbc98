"""Clients of Qdrant directories, shared within the process, because a directory accepts only one client."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from memorus_proto.errors import StoreError

__all__ = ["borrow_client", "return_client"]

_lock = threading.Lock()
_clients: dict[Path, tuple[Any, int]] = {}
"""For each directory its client and the number of its users."""


def borrow_client(settings: Mapping[str, Any]) -> Any | None:
    """Return the client of the directory in mem0's settings, or None if these name a server.

    Raises:
        StoreError: another process uses the directory.
    """
    if any(settings.get(name) for name in ("client", "url", "api_key", "host")):
        return None
    path = Path(settings["path"]).absolute()
    with _lock:
        client, users = _clients.get(path, (None, 0))
        if client is None:
            _check_unused(path)
            from qdrant_client import QdrantClient

            client = QdrantClient(path=str(path))
        _clients[path] = (client, users + 1)
        return client


def return_client(client: Any) -> bool:
    """Close the client unless it has other users; return False if it was not borrowed."""
    with _lock:
        for path, (shared, users) in list(_clients.items()):
            if shared is client:
                if users == 1:
                    del _clients[path]
                    client.close()
                else:
                    _clients[path] = (client, users - 1)
                return True
    return False


def _check_unused(path: Path) -> None:
    """Try the lock before the client does, which leaves its file open when it fails."""
    try:
        with (path / ".lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return
    except BlockingIOError:
        raise StoreError(
            f"the Qdrant directory {path} is used by another process, and takes only one",
            remedy="let the daemon be the only one that uses it, or run a Qdrant server",
            data={"reason": "locked", "path": str(path)},
            retryable=True,
        ) from None
