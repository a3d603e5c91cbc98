"""ServerStore: the embedded store as a mirror, with the server around its transactions."""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from memorus_proto.errors import ConfigError, StoreError

from ...ages import Ages
from ...bullet import Bullet
from ...embed import ModelId
from ...mem0_providers import clean, opened
from ...selection import Selection
from .. import Change
from ..sqlite import SqliteStore
from .exchange import Exchange
from .link import Link
from .remote import Look
from .replica import NOTE, Known
from .shared import Shared

__all__ = ["WRITER", "ServerStore", "mirror_name"]

logger = logging.getLogger(__name__)

WRITER = "writer"
"""The fact under which the mirror's name is noted."""


class ServerStore(SqliteStore):
    """See Store, and this package. Make one with `connect`.

    What it answers is never older than the call: it asks the server first, and raises StoreError where
    that cannot be had.
    """

    def __init__(self, path: Path, link: Link) -> None:
        self._exchange = Exchange(link, lambda: self._name)
        super().__init__(path, self._exchange)
        self._link = link
        self._name = ""
        self._counted = (-1, 0)  # the mirror's seq, and how many bullets it has at it
        self._refresh = Shared(self._look)

    @classmethod
    def connect(
        cls, path: Path, provider: str, config: Mapping[str, Any], dimensions: Callable[[], int]
    ) -> ServerStore:
        """The store in the collection of `config`, with its mirror at `path`.

        `dimensions` are those of the embedder, for a collection that is not made yet.

        Raises:
            ConfigError: the settings are wrong, or a package is missing.
            StoreError: the server cannot be reached, or the mirror not be opened.
        """
        asked = config.get("embedding_model_dims")
        store = cls(
            path.absolute(), Link(provider, config, lambda: int(asked or store._mirrored() or dimensions()))
        )
        store._begin()
        try:
            store._name = store._named()
            store.reconcile()
        except BaseException:
            store.close()
            raise
        return store

    def reconcile(self) -> None:
        """Compare all rows with the server's, and take over what plain mem0 has changed."""
        self._exchange.compare = True
        self._refresh()

    def get(self, bullet_id: str) -> Bullet | None:
        self._refresh()
        return super().get(bullet_id)

    def page(
        self, selection: Selection, after: str | None, limit: int, archived: bool | None = False
    ) -> tuple[list[Bullet], str | None]:
        self._refresh()
        return super().page(selection, after, limit, archived)

    def history(self, bullet_id: str) -> list[Change]:
        self._refresh()
        return super().history(bullet_id)

    def ages(self, bullet_ids: Sequence[str] | None = None) -> tuple[list[str], Ages]:
        if bullet_ids is None:
            self._refresh()
        return super().ages(bullet_ids)

    def refresh(self) -> int:
        self._refresh()
        return super().refresh()

    def model(self) -> ModelId | None:
        self._refresh()
        return super().model()

    def set_model(self, model: ModelId) -> None:
        size = self._link.run(lambda remote: remote.size())
        if size is not None and size != model.dimensions:
            raise ConfigError(
                f"the collection holds vectors of {size} dimensions, but {model} makes {model.dimensions}; "
                "use the embedder that it was made with, or another collection_name"
            )
        super().set_model(model)

    def reset(self, request_id: str | None = None) -> None:
        super().reset(request_id)
        self._exchange.emptied = False

    def status(self) -> dict[str, Any]:
        try:
            self._refresh()
            reached: dict[str, Any] = {"reachable": True}
        except StoreError as error:
            reached = {"reachable": False, "error": error.message}
        known = Known.of(self.get_meta(NOTE))
        return {**super().status(), "kind": self._link.provider, **reached, "writers": len(known.heads)}

    def close(self) -> None:
        super().close()
        self._link.close()

    def after_fork_in_child(self) -> None:
        super().after_fork_in_child()
        self._link.forked()
        self._refresh = Shared(self._look)

    def _look(self) -> None:
        """Be as new as the server."""
        look = self._link.run(lambda remote: remote.look())
        if self._exchange.compare or not self._is_known(look):
            self.write(lambda transaction: None)
        if self._exchange.emptied:
            self._purge()
            self._exchange.emptied = False

    def _is_known(self, look: Look) -> bool:
        known = Known.of(self.get_meta(NOTE))
        seq = self._last_seq()
        if self._counted[0] != seq:
            self._counted = (seq, self.count())
        return (
            look.about is not None
            and (look.about.epoch, look.about.model) == (known.epoch, self._model())
            and dict(look.heads) == dict(known.heads)
            and look.count == self._counted[1] + known.strangers
        )

    def _mirrored(self) -> int | None:
        model = self._model()
        return None if model is None else model.dimensions

    def _named(self) -> str:
        """This mirror's name as a writer; another one where the file was copied to another place."""
        place = f"{os.uname().nodename} {self._path} {os.stat(self._path).st_ino}"  # noqa: PTH116
        noted = self.get_meta(WRITER)
        name, _, noted_place = (noted or "").partition(" ")
        if not name or noted_place != place:
            name = uuid.uuid4().hex
            self.set_meta(WRITER, f"{name} {place}")
        return name


def mirror_name(provider: str, config: Mapping[str, Any]) -> str:
    """A file name for the mirror of that collection, in which no secret has a part."""
    names = ("collection_name", "host", "port", "dbname", "path", "url", "connection_string", "index_name")
    places = [str(opened(config).get(name, "")) for name in names]
    digest = hashlib.sha256("\n".join([provider, *(clean(place) for place in places)]).encode()).hexdigest()
    return f"{provider}-{digest[:16]}.db"
