"""Clients of Qdrant directories: one a process and directory, because the directory takes only one."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from memorus_proto.errors import StoreError

__all__ = ["borrow", "give_back"]

_lock = threading.Lock()
_lent: dict[Path, tuple[Any, int]] = {}


def borrow(given: Mapping[str, Any]) -> Any | None:
    """The client of the directory in mem0's settings, or None where these name a server.

    Raises:
        StoreError: another process has it.
    """
    if given.get("client") or given.get("url") or given.get("api_key") or given.get("host"):
        return None
    path = Path(given["path"]).absolute()
    with _lock:
        client, users = _lent.get(path, (None, 0))
        if client is None:
            _refuse_used(path)
            from qdrant_client import QdrantClient

            client = QdrantClient(path=str(path))
        _lent[path] = (client, users + 1)
        return client


def give_back(client: Any) -> bool:
    """Close the client if nobody else has it; False where it was not borrowed."""
    with _lock:
        for path, (lent, users) in list(_lent.items()):
            if lent is client:
                if users == 1:
                    del _lent[path]
                    client.close()
                else:
                    _lent[path] = (client, users - 1)
                return True
    return False


def _refuse_used(path: Path) -> None:
    """Look before the client does, which on refusal leaves the file open."""
    try:
        with (path / ".lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return
    except BlockingIOError:
        raise StoreError(
            f"the Qdrant directory {path} is used by another process, and takes only one; let that one serve "
            "you (the daemon), or run a Qdrant server",
            data={"reason": "locked", "path": str(path)},
            retryable=True,
        ) from None
