"""MirrorStore: an embedded store that mirrors a server, with replication around its transactions."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from memorus_proto.errors import ConfigError, StoreError

from ...ages import Ages
from ...bullet import Bullet
from ...embed import ModelId
from ...provider_secrets import mask_passwords, reveal
from ...selection import Selection
from .. import Change
from ..sqlite import SqliteStore
from ..sqlite.fork import watch
from .adapter import ServerState
from .coalesce import CoalescedCall
from .replication import Replication
from .server_connection import ServerConnection
from .sync_state import SYNC_STATE, WRITER, SyncState

__all__ = ["MirrorStore", "mirror_name"]


class MirrorStore:
    """A Store whose truth is on a server. Make one with `connect`.

    Answers are never older than the call: the server is asked first, and StoreError is raised if it
    cannot be reached.
    """

    def __init__(self, path: Path, connection: ServerConnection) -> None:
        """Open the mirror at `path` of the server behind `connection`."""
        self._connection = connection
        self._replication = Replication(connection, lambda: self._writer)
        self._mirror = mirror = SqliteStore(path, self._replication)
        self._pull = CoalescedCall(self._pull_if_new)
        self._writer = ""
        self._counted = (-1, 0)  # the mirror's seq, and its number of bullets at that seq

        # Writes reach the server through the replication around their transactions.
        self.write = mirror.write
        self.set_vectors = mirror.set_vectors
        # The inbox, and values about the store, are those of this home.
        self.post = mirror.post
        self.ack = mirror.ack
        self.take_over = mirror.take_over
        self.get_meta = mirror.get_meta
        self.all_meta = mirror.all_meta
        self.set_meta = mirror.set_meta
        # These are called after `refresh`, so the mirror is as new as it has to be.
        self.get_many = mirror.get_many
        self.histories = mirror.histories
        self.changes = mirror.changes
        self.counts = mirror.counts
        self.duplicates = mirror.duplicates
        self.changed_since = mirror.changed_since
        self.recalled_since = mirror.recalled_since
        self.load = mirror.load
        self.count = mirror.count
        self.without_vector = mirror.without_vector
        watch(self)

    @classmethod
    def connect(
        cls, path: Path, provider: str, config: Mapping[str, Any], dimensions: Callable[[], int]
    ) -> MirrorStore:
        """Open the store in the collection that `config` names, with its mirror at `path`.

        `dimensions` returns those of the embedder, for a collection that must be created.

        Raises:
            ConfigError: the settings are wrong, or a package is missing.
            StoreError: the server cannot be reached, or the mirror cannot be opened.
        """

        def size() -> int:
            model = store._mirror.model()
            return int(config.get("embedding_model_dims") or (model and model.dimensions) or dimensions())

        store = cls(path.absolute(), ServerConnection(provider, config, size))
        try:
            store._writer = store._writer_name()
            store.reconcile()
        except BaseException:
            store.close()
            raise
        return store

    @property
    def path(self) -> Path:
        """The mirror's file."""
        return self._mirror.path

    @property
    def store_id(self) -> str:
        """See Store.store_id; each mirror has its own."""
        return self._mirror.store_id

    def refresh(self) -> int:
        """See Store.refresh. Asks the server, and pulls what other hosts have written."""
        self._pull()
        return self._mirror.refresh()

    def reconcile(self) -> None:
        """See Store.reconcile. Compares all rows with the server's, to find what plain mem0 has changed."""
        self._replication.compare = True
        self._pull()

    def get(self, bullet_id: str) -> Bullet | None:
        """See Store.get."""
        self._pull()
        return self._mirror.get(bullet_id)

    def page(
        self, selection: Selection, after: str | None, limit: int, archived: bool | None = False
    ) -> tuple[list[Bullet], str | None]:
        """See Store.page."""
        self._pull()
        return self._mirror.page(selection, after, limit, archived)

    def history(self, bullet_id: str) -> list[Change]:
        """See Store.history."""
        self._pull()
        return self._mirror.history(bullet_id)

    def ages(self, bullet_ids: Sequence[str] | None = None) -> tuple[list[str], Ages]:
        """See Store.ages."""
        if bullet_ids is None:
            self._pull()
        return self._mirror.ages(bullet_ids)

    def selected_ages(self, selection: Selection) -> Ages:
        """See Store.selected_ages."""
        self._pull()
        return self._mirror.selected_ages(selection)

    def model(self) -> ModelId | None:
        """See Store.model."""
        self._pull()
        return self._mirror.model()

    def set_model(self, model: ModelId) -> None:
        """See Store.set_model."""
        dimensions = self._connection.run(lambda adapter: adapter.stored_dimensions())
        if dimensions is not None and dimensions != model.dimensions:
            raise ConfigError(
                f"the collection holds vectors of {dimensions} dimensions, but {model} makes "
                f"{model.dimensions}",
                remedy="use the embedder that it was made with, or another collection_name",
            )
        self._mirror.set_model(model)

    def reset(self, request_id: str | None = None) -> None:
        """See Store.reset. Removes everything from the server too."""
        self._mirror.reset(request_id)
        self._replication.emptied = False

    def status(self) -> dict[str, Any]:
        """See Store.status. Adds `reachable`, `error` if it is not, and the number of `writers`."""
        try:
            self._pull()
            reached: dict[str, Any] = {"reachable": True}
        except StoreError as error:
            reached = {"reachable": False, "error": str(error)}
        writers = len(self._sync_state().version_vector)
        return {**self._mirror.status(), "kind": self._connection.provider, **reached, "writers": writers}

    def close(self) -> None:
        """See Store.close."""
        self._mirror.close()
        self._connection.close()

    def before_fork(self) -> None:
        """See fork.ForkAware; the connection to the server stays the parent's."""

    def after_fork_in_child(self) -> None:
        """See fork.ForkAware."""
        self._connection.abandon()
        self._pull = CoalescedCall(self._pull_if_new)

    def _pull_if_new(self) -> None:
        """Make the mirror as new as the server."""
        server = self._connection.run(lambda adapter: adapter.state())
        if self._replication.compare or not self._is_current(server):
            self._mirror.write(lambda transaction: None)
        if self._replication.emptied:
            self._mirror.purge()
            self._replication.emptied = False

    def _is_current(self, server: ServerState) -> bool:
        state = self._sync_state()
        seq = self._mirror.refresh()
        if self._counted[0] != seq:
            self._counted = (seq, self._mirror.count())
        return (
            server.info is not None
            and (server.info.epoch, server.info.model) == (state.epoch, self._mirror.model())
            and dict(server.version_vector) == dict(state.version_vector)
            and server.rows == self._counted[1] + state.foreign_rows
        )

    def _sync_state(self) -> SyncState:
        return SyncState.of_text(self._mirror.get_meta(SYNC_STATE))

    def _writer_name(self) -> str:
        """Return this mirror's name as a writer; a copy of the file in another place gets another name."""
        location = f"{os.uname().nodename} {self.path} {os.stat(self.path).st_ino}"  # noqa: PTH116
        name, _, kept_location = (self._mirror.get_meta(WRITER) or "").partition(" ")
        if not name or kept_location != location:
            name = uuid.uuid4().hex
            self._mirror.set_meta(WRITER, f"{name} {location}")
        return name


def mirror_name(provider: str, config: Mapping[str, Any]) -> str:
    """Return a file name for the mirror of that collection, which depends on no secret."""
    names = ("collection_name", "host", "port", "dbname", "path", "url", "connection_string", "index_name")
    values = [str(reveal(config).get(name, "")) for name in names]
    text = "\n".join([provider, *(mask_passwords(value) for value in values)])
    return f"{provider}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.db"
