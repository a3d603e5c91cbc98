"""`memorusctl backup` and `restore`: copy the store while it is in use, and put a copy back."""

from __future__ import annotations

import os

from ..confirmation import confirm
from ..definitions import OUTPUT, Command, Param
from ..formatting import human_size, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..definitions import Args, Result

__all__ = ["BACKUP", "RESTORE"]

_TRIES = 3


def _local_store() -> Path:
    """The store's file. Raises InvalidRequest if a server keeps the memories."""
    from memorus_proto.errors import InvalidRequest
    from memorus_proto.paths import Paths
    from memorusd.settings.config import load_settings

    paths = Paths.from_environ()
    provider = load_settings(paths).vector_store.provider
    if provider != "sqlite":
        raise InvalidRequest(
            f"{provider} keeps the memories, not a local file",
            remedy="use its own backups, or memorusctl export",
        )
    return paths.store


def back_up(args: Args) -> Result:
    from pathlib import Path

    from memorus_proto.errors import InvalidRequest
    from memorusd.knowledge.store.sqlite.backup import write_backup

    target = Path(args["file"])
    if target.exists() and not args["yes"]:
        raise InvalidRequest(f"{target} exists", remedy="use --yes to replace it, or name another file")
    facts = write_backup(_local_store(), target)
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
    """Verify the backup, ask, stop the daemon, and swap the files. The next use starts a daemon."""
    from pathlib import Path

    from memorus_client.daemon import stop_daemon
    from memorus_proto.errors import StoreError
    from memorusd.knowledge.store.sqlite.backup import restore_backup
    from memorusd.knowledge.store.sqlite.check import verify

    backup, store = Path(args["file"]), _local_store()
    facts = verify(backup)
    if store.exists() and not args["yes"]:
        preview = [f"{backup} has {facts.memories} memories; the last change: {facts.newest or 'never'}."]
        confirm(preview, f"Replace {store} with it? The old store is kept.")
    for tries_left in reversed(range(_TRIES)):
        stopped = stop_daemon()
        try:
            facts, aside = restore_backup(backup, store)
            break
        except StoreError as error:
            # Another client may have started a new daemon meanwhile.
            if not (tries_left and stopped and error.retryable):
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
    yield f"written: {result['file']} ({result['memories']} memories, {human_size(result['bytes'])})"
    for problem in result["problems"]:
        yield f"the copy is exact, but the store has a problem: {one_line(problem)}"


def _show_restore(result: Result) -> Iterator[str]:
    yield f"restored: {result['memories']} memories from {result['restored']}"
    if result["old_store"] is not None:
        yield f"the old store is now {result['old_store']}"


BACKUP = Command(
    "backup",
    "Copy the store to FILE, even while the daemon runs, and verify the copy.",
    (
        Param("file", "argument", "The file to write."),
        Param("yes", "flag", "Replace the file if it exists.", "-y"),
        *OUTPUT,
    ),
    back_up,
    _show_backup,
    failed=lambda result: bool(result["problems"]),
)
RESTORE = Command(
    "restore",
    "Replace the store with FILE, which backup wrote: verifies FILE, asks, and stops the daemon. The old "
    "store is kept.",
    (
        Param("file", "argument", "The file that backup wrote."),
        Param("yes", "flag", "Do not ask.", "-y"),
        *OUTPUT,
    ),
    restore,
    _show_restore,
)
