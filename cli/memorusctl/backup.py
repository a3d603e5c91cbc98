"""`memorusctl backup` and `restore`: a copy of the store, made at any time, and put back."""

from __future__ import annotations

import os

from .ask import confirm
from .spec import OUTPUT, Command, Param
from .text import one_line, size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .spec import Args, Result

__all__ = ["BACKUP", "RESTORE"]

_TRIES = 3
_YES = Param("yes", "flag", "Do not ask.", "-y")


def _local_store() -> Path:
    """Where the store is. Raises InvalidRequest where a server keeps it."""
    from memorus_proto.errors import InvalidRequest
    from memorus_proto.paths import Paths
    from memorusd.settings.config import load_settings

    paths = Paths.from_environ()
    provider = load_settings(paths).vector_store.provider
    if provider != "sqlite":
        raise InvalidRequest(
            f"{provider} keeps the memories, not a file here; use its own backups, or memorusctl export"
        )
    return paths.store


def back_up(args: Args) -> Result:
    from pathlib import Path

    from memorus_proto.errors import InvalidRequest
    from memorusd.knowledge.store.backup import back_up

    target = Path(args["file"])
    if target.exists() and not args["yes"]:
        raise InvalidRequest(f"{target} is there already; say --yes to replace it, or name another file")
    facts = back_up(_local_store(), target)
    return {
        "file": os.fspath(target),
        "bytes": target.stat().st_size,
        "memories": facts.memories,
        "seq": facts.seq,
        "schema": facts.schema,
        "store": facts.store_id,
        "problems": facts.problems,
    }


def restore(args: Args) -> Result:
    """Verify first, ask, stop the daemon, exchange; the next use starts a daemon on what was restored."""
    from pathlib import Path

    from memorus_client.daemon import stop_daemon
    from memorus_proto.errors import StoreError
    from memorusd.knowledge.store.backup import put_back
    from memorusd.knowledge.store.check import verify

    backup, store = Path(args["file"]), _local_store()
    facts = verify(backup)
    if store.exists() and not args["yes"]:
        told = [f"{backup} holds {facts.memories} memories, the last change is of {facts.newest or 'never'}."]
        confirm(told, f"Put it in the place of {store}, which is kept aside?")
    for left in reversed(range(_TRIES)):
        stopped = stop_daemon()
        try:
            facts, aside = put_back(backup, store)
            break
        except StoreError as error:
            # Somebody may have started the next daemon already.
            if not (left and stopped and error.retryable):
                raise
    return {
        "restored": os.fspath(backup),
        "memories": facts.memories,
        "seq": facts.seq,
        "store": facts.store_id,
        "old_store": None if aside is None else os.fspath(aside),
        "daemon_stopped": stopped,
    }


def _show_backup(result: Result) -> Iterator[str]:
    yield f"written: {result['file']} ({result['memories']} memories, {size(result['bytes'])})"
    for problem in result["problems"]:
        yield f"it is a true copy of a store that is not in order: {one_line(problem)}"


def _show_restore(result: Result) -> Iterator[str]:
    yield f"restored: {result['memories']} memories of {result['restored']}"
    if result["old_store"] is not None:
        yield f"the store that was there is now {result['old_store']}"


BACKUP = Command(
    "backup",
    "Copy the store into FILE, as it is at this instant, also while the daemon runs; the copy is verified.",
    (
        Param("file", "argument", "The file to write."),
        Param("yes", "flag", "Replace the file if it is there.", "-y"),
        *OUTPUT,
    ),
    back_up,
    _show_backup,
    failed=lambda result: bool(result["problems"]),
)
RESTORE = Command(
    "restore",
    "Put FILE, which backup wrote, in the place of the store: verifies it, asks, stops the daemon; the old "
    "store is kept aside.",
    (Param("file", "argument", "The file that backup wrote."), _YES, *OUTPUT),
    restore,
    _show_restore,
)
