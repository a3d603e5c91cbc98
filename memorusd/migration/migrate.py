"""Copies the knowledge base from the configured store to another one, and verifies the copy. Can be resumed.

The source is not changed, except that its inbox moves to the target. The verification reads the target as a
new home would, and not what this process believes that it wrote.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from memorus_proto.config_layers import from_file
from memorus_proto.errors import DaemonUnavailable, InvalidRequest, StoreError
from memorus_proto.paths import Paths

from ..daemon.instance import Instance
from ..factories import make_embedder, open_store, open_vector_store
from ..knowledge.store import Store
from ..knowledge.store.copy import checksum, copy_store, differing_ids
from ..knowledge.store.mirror import mirror_name
from ..settings.config import load_settings, validate
from ..settings.provider_settings import VectorStoreSettings

__all__ = ["Migration", "migrate", "parse_target"]


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration did."""

    memories: int
    written: int
    """Bullets, including deleted ones, that the target did not have."""
    waiting: int
    """Interactions that moved with the inbox."""
    checksum: str
    """The checksum of both stores; see knowledge.store.copy."""


def parse_target(text: str) -> VectorStoreSettings:
    """The vector store that `--to` names: `sqlite`, or that of a TOML file.

    Raises:
        InvalidRequest: there is no such file, or it has no [vector_store] table.
        ConfigError: a setting in the table is wrong.
    """
    if text == "sqlite":
        return VectorStoreSettings()
    if not Path(text).is_file():
        raise InvalidRequest(
            f"there is no file {text}", remedy="give `sqlite`, or a TOML file with a [vector_store] table"
        )
    table = from_file(text).get("vector_store")
    if not isinstance(table, dict):
        raise InvalidRequest(
            f"{text} has no [vector_store] table", remedy="write the settings of the target into one"
        )
    return validate({"vector_store": table}).vector_store


def migrate(
    paths: Paths, to: VectorStoreSettings, progress: Callable[[int, int], None] | None = None
) -> Migration:
    """Copy everything that the configured store holds to `to`. No daemon runs or starts meanwhile.

    Raises:
        InvalidRequest: the target is the same store, or holds memories of another one. Nothing was written.
        DaemonUnavailable: a daemon is running.
        ConfigError: a setting is wrong, or a package is missing.
        StoreError: a store cannot be opened or reached, or the copy is not the same as the source.
    """
    settings = load_settings(paths)
    current = settings.vector_store
    if _identity(current) == _identity(to):
        raise InvalidRequest(
            f"the memories are in that {to.provider} store already", remedy="name another target"
        )
    if current.provider == "sqlite" and not paths.store.exists():
        raise InvalidRequest(
            f"there is no store at {paths.store} yet, so there is nothing to migrate",
            remedy="learn something first",
        )
    with ExitStack() as stack:
        _keep_daemons_out(paths, stack)
        embedder = stack.enter_context(closing(make_embedder(paths, settings)))
        source = stack.enter_context(closing(open_store(paths, settings, embedder)))

        def dimensions() -> int:
            return (source.model() or embedder.model).dimensions

        target = stack.enter_context(closing(open_vector_store(paths, to, dimensions)))
        written = copy_store(source, target, progress)
        waiting = _move_inbox(source, target)
        copied = target
        if to.provider != "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="verify-", dir=paths.home))
            new_home = Paths(folder, folder, f"{folder}/none")
            copied = stack.enter_context(closing(open_vector_store(new_home, to, dimensions)))
        count, total = checksum(source)
        if (count, total) != checksum(copied) or differing_ids(source, copied):
            raise StoreError(
                f"the copy differs from the source ({count} memories here, {copied.count()} there), so "
                "something wrote to one of the two meanwhile",
                remedy="stop what uses them, and run the migration again",
                data={"reason": "io"},
                retryable=True,
            )
        return Migration(count, written, waiting, total)


def _identity(store: VectorStoreSettings) -> str:
    return "sqlite" if store.provider == "sqlite" else mirror_name(store.provider, store.config)


def _keep_daemons_out(paths: Paths, stack: ExitStack) -> None:
    """Hold the lock that a daemon needs."""
    paths.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = Instance.try_lock(paths.instance_lock)
    if held is None:
        raise DaemonUnavailable(
            "the daemon is running, and would continue to write to the old store",
            remedy="stop it: memorusctl daemon stop",
        )
    stack.callback(held.release)


def _move_inbox(source: Store, target: Store) -> int:
    """Move what waits to be distilled; how many interactions."""
    waiting = source.take_over()
    for posted in waiting:
        target.post(posted.request_id, posted.call)
        source.ack(posted.request_id)
    return len(waiting)
