"""Moves the knowledge base from the configured store to another one: checked, resumable, verified at the end.

The source is never changed, but for the inbox, which goes along. Verified is what a new home would get
from the target, not what this process believes to have written.
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
from ..settings.config import VectorStoreSettings, load_settings, validate

__all__ = ["Migration", "migrate", "target_of"]


@dataclass(frozen=True, slots=True)
class Migration:
    """What was done."""

    memories: int
    written: int
    """Bullets, gone ones too, that the target did not have."""
    waiting: int
    """Interactions of the inbox that went along."""
    checksum: str
    """See copy.checksum; the same of both stores."""


def target_of(text: str) -> VectorStoreSettings:
    """What `--to` names: `sqlite`, or a TOML file with a [vector_store] table.

    Raises:
        InvalidRequest: there is no such file, or no such table in it.
        ConfigError: what stands in the table is wrong.
    """
    if text == "sqlite":
        return VectorStoreSettings()
    if not Path(text).is_file():
        raise InvalidRequest(
            f"there is no file {text}; give `sqlite`, or a TOML file with a [vector_store] table"
        )
    table = from_file(text).get("vector_store")
    if not isinstance(table, dict):
        raise InvalidRequest(f"{text} has no table [vector_store]; write the target's settings into one")
    return validate({"vector_store": table}).vector_store


def migrate(
    paths: Paths, to: VectorStoreSettings, progress: Callable[[int, int], None] | None = None
) -> Migration:
    """Bring all that the configured store holds into `to`. No daemon may run, and none starts meanwhile.

    Raises:
        InvalidRequest: it is the same store, or holds what the source does not know; nothing was written.
        DaemonUnavailable: a daemon runs.
        ConfigError: settings are wrong, or a package is missing.
        StoreError: a store cannot be opened or reached, or is not what it should be after all was done.
    """
    settings = load_settings(paths)
    here = settings.vector_store
    if _place(here) == _place(to):
        raise InvalidRequest(f"the memories are in that {to.provider} store already; name another target")
    if here.provider == "sqlite" and not paths.store.exists():
        raise InvalidRequest(
            f"there is no store at {paths.store} yet, so nothing to migrate; learn something"
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
        alone = stack.enter_context(tempfile.TemporaryDirectory(prefix="verify-", dir=paths.home))
        seen = target
        if to.provider != "sqlite":
            elsewhere = Paths(alone, alone, f"{alone}/none")
            seen = stack.enter_context(closing(open_vector_store(elsewhere, to, dimensions)))
        count, total = checksum(source)
        if (count, total) != checksum(seen) or differing_ids(source, seen):
            raise StoreError(
                f"the copy is not what this store holds ({count} memories here, {seen.count()} there): one "
                "of the two was written to meanwhile; stop what uses them and run it again",
                data={"reason": "io"},
                retryable=True,
            )
        return Migration(count, written, waiting, total)


def _place(asked: VectorStoreSettings) -> str:
    return "sqlite" if asked.provider == "sqlite" else mirror_name(asked.provider, asked.config)


def _keep_daemons_out(paths: Paths, stack: ExitStack) -> None:
    """Hold the lock that a daemon lives by."""
    paths.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = Instance.try_lock(paths.instance_lock)
    if held is None:
        raise DaemonUnavailable(
            "the daemon is running, and would go on writing to the old store; stop it: memorusctl daemon stop"
        )
    stack.callback(held.release)


def _move_inbox(source: Store, target: Store) -> int:
    """What waits to be distilled waits in the target from now on."""
    waiting = source.take_over()
    for posted in waiting:
        target.post(posted.request_id, posted.call)
        source.ack(posted.request_id)
    return len(waiting)
