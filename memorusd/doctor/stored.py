"""The store, its journal, and what is derived from it; and making that anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import numpy as np

from memorus_proto.errors import InvalidRequest, MemorusError, StoreError
from memorus_proto.paths import Paths

from ..knowledge.store.sqlite import schema
from ..knowledge.store.sqlite.check import FileReport, read_snapshot, unfit_vectors, verify
from ..settings.config import EmbedderSettings, Settings
from .checks import Check, checked, failed, ok

__all__ = ["mend", "stored"]

Progress = Callable[[int, int], None] | None

_CLOCK = timedelta(minutes=5)
_SAMPLE = 8
_ALIKE = 0.999
_BATCH = 32


def stored(paths: Paths, settings: Settings, progress: Progress = None) -> Iterator[Check]:
    """The checks of the store, its journal and what is derived from it."""
    if settings.vector_store.provider != "sqlite":
        yield ok("store", f"{settings.vector_store.provider} keeps it; it was not looked into")
        return
    if not paths.store.exists():
        yield ok("store", f"none yet at {paths.store}; the first memory makes it")
        return
    try:
        facts = verify(paths.store, progress)
    except StoreError as error:
        yield failed("store", error)
        return
    old = (
        f", older than {len(schema.STEPS)}: migrated at its next use"
        if facts.schema < len(schema.STEPS)
        else ""
    )
    yield ok("store", f"{facts.memories} memories in {paths.store}, schema {facts.schema}{old}")
    remedy = "restore a backup, or report this with a copy of the store: memorusctl backup FILE"
    yield checked(
        "journal", facts.problems, f"{facts.seq} changes, the memories agree with them", remedy, "fail"
    )
    yield _clock(facts)
    yield _inbox(paths)
    yield from _vectors(paths, settings, facts)
    yield from _leftovers(paths)


def mend(paths: Paths, settings: Settings, progress: Progress = None) -> int:
    """Make anew the vectors that are missing, broken or not those of their texts; how many."""
    from ..factories import make_embedder, open_store
    from ..knowledge.index import embed_texts

    provider = settings.vector_store.provider
    if provider != "sqlite":
        raise InvalidRequest(
            f"{provider} keeps the vectors, and what it keeps is its own to mend; leave out --fix"
        )
    unfit, _ = unfit_vectors(paths.store)
    embedder = make_embedder(paths, settings)
    store = open_store(paths, settings, embedder)
    try:
        model = embedder.model
        if store.model() != model:
            store.set_model(model)
        bad = set(unfit)
        everything = bool(set(_strangers(paths, settings) or ()) - bad)
        wanted = [
            row.bullet for row in store.load()[1] if everything or row.vector is None or row.bullet.id in bad
        ]
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            made = embed_texts(embedder, [bullet.text for bullet in batch])
            rows = [(b.id, b.hash, m.vector, m.passages) for b, m in zip(batch, made, strict=True)]
            store.set_vectors(rows, model)
            if progress is not None:
                progress(start + len(batch), len(wanted))
        return len(wanted)
    finally:
        store.close()
        embedder.close()


def _clock(facts: FileReport) -> Check:
    now = datetime.now(timezone.utc)
    told = f"{now.isoformat(timespec='seconds')}, the last change is of {(facts.newest or 'never')[:19]}"
    ahead = facts.newest is not None and datetime.fromisoformat(facts.newest) > now + _CLOCK
    remedy = "set the clock; until then recent memories count as made now"
    return checked("clock", [f"it is {told}, in the future"] if ahead else [], told, remedy)


def _inbox(paths: Paths) -> Check:
    with read_snapshot(paths.store) as connection:
        if schema.version(connection) < 2:
            return ok("inbox", "this schema has none")
        (waiting,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
    remedy = "it is distilled by whoever is at it, or by the next daemon: memorusctl daemon restart"
    problems = [f"{waiting} interactions wait to be distilled"] if waiting else []
    return checked("inbox", problems, "empty", remedy)


def _vectors(paths: Paths, settings: Settings, facts: FileReport) -> Iterator[Check]:
    unfit, missing = unfit_vectors(paths.store)
    remedy = "memorusctl doctor --fix makes them anew"
    problems = [f"{missing} memories have no vector of the present model"] if missing else []
    if unfit:
        problems.append(f"{len(unfit)} vectors are broken, the first of {unfit[0]}")
    told = f"{facts.memories - missing} vectors, all of unit length"
    try:
        strangers = _strangers(paths, settings)
    except MemorusError:
        told += "; no model to compare them with"
    else:
        told += "; those looked at are of their texts" if strangers is not None else ""
        strangers = strangers or []
        others = [bullet_id for bullet_id in strangers if bullet_id not in unfit]
        problems += [f"the vector of {bullet_id} is not that of its text" for bullet_id in others]
    yield checked("vectors", problems, told, remedy, "fail" if unfit else "warn")


def _strangers(paths: Paths, settings: Settings) -> list[str] | None:
    """Of a few memories those whose stored vector is not what the model makes of their text.

    None where only somebody else's service could tell: looking at something must not use the network.
    """
    from ..knowledge.embed.onnx import OnnxEmbedder
    from ..knowledge.index import embed_texts

    if not isinstance(settings.embedder, EmbedderSettings):
        return None

    with read_snapshot(paths.store) as connection:
        rows = connection.execute(
            "SELECT id, text, vector FROM bullets WHERE vector NOTNULL AND model ="
            " (SELECT value FROM meta WHERE key = 'model') ORDER BY id LIMIT ?",
            (_SAMPLE,),
        ).fetchall()
    if not rows:
        return []
    onnx = settings.embedder.config
    embedder = OnnxEmbedder(paths.models, model_path=onnx.model_path, download=False)
    try:
        made = embed_texts(embedder, [text for _, text, _ in rows])
    finally:
        embedder.close()
    return [
        bullet_id
        for (bullet_id, _, blob), fresh in zip(rows, made, strict=True)
        if len(blob) != fresh.vector.nbytes or np.frombuffer(blob, np.float32) @ fresh.vector < _ALIKE
    ]


def _leftovers(paths: Paths) -> Iterator[Check]:
    name = paths.store.name
    aside = sorted(paths.home.glob(f"{name}.corrupt-*[0-9]Z"))
    told = "nothing was set aside"
    problems = [f"a damaged store was set aside as {file}" for file in aside]
    yield checked("set aside", problems, told, "restore a backup if it held what you miss, then remove it")
