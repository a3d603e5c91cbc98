"""Checks the store, its journal and its vectors, and makes vectors again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import numpy as np

from memorus_proto.errors import InvalidRequest, MemorusError, StoreError
from memorus_proto.paths import Paths

from ..knowledge.store.sqlite import schema
from ..knowledge.store.sqlite.check import FileReport, read_snapshot, unfit_vectors, verify
from ..settings.config import Settings
from ..settings.provider_settings import EmbedderSettings
from .outcome import Check, checked, failed, ok

__all__ = ["check_store", "rebuild_vectors"]

Progress = Callable[[int, int], None] | None

_CLOCK_TOLERANCE = timedelta(minutes=5)
_SAMPLE = 8
"""How many memories are embedded again, to compare with the stored vectors."""
_SAME = 0.999
"""The cosine from which two vectors count as those of one text."""
_BATCH = 32


def check_store(paths: Paths, settings: Settings, progress: Progress = None) -> Iterator[Check]:
    """The checks of the store, one by one. They change nothing, and do not use the network."""
    if settings.vector_store.provider != "sqlite":
        yield ok("store", f"{settings.vector_store.provider} keeps it; it was not checked")
        return
    if not paths.store.exists():
        yield ok("store", f"none yet at {paths.store}; the first memory creates it")
        return
    try:
        facts = verify(paths.store, progress)
    except StoreError as error:
        yield failed("store", error)
        return
    old = (
        f", older than {len(schema.STEPS)}: the next use migrates it"
        if facts.schema < len(schema.STEPS)
        else ""
    )
    yield ok("store", f"{facts.memories} memories in {paths.store}, schema {facts.schema}{old}")
    remedy = "restore a backup, or report this with a copy of the store (memorusctl backup FILE)"
    yield checked(
        "journal", facts.problems, f"{facts.seq} changes, the memories agree with them", remedy, "fail"
    )
    yield _check_clock(facts)
    yield _check_inbox(paths)
    yield _check_vectors(paths, settings, facts)
    yield _check_set_aside(paths)


def rebuild_vectors(paths: Paths, settings: Settings, progress: Progress = None) -> int:
    """Make the vectors again that are missing, broken, or not those of their texts; how many there were.

    Raises:
        InvalidRequest: a mem0 vector store keeps the vectors.
        MemorusError: the store or the model cannot be used.
    """
    from ..factories import make_embedder, open_store
    from ..knowledge.index import embed_texts

    provider = settings.vector_store.provider
    if provider != "sqlite":
        raise InvalidRequest(
            f"{provider} keeps the vectors, so they cannot be rebuilt here", remedy="leave out --fix"
        )
    unfit, _ = unfit_vectors(paths.store)
    embedder = make_embedder(paths, settings)
    store = open_store(paths, settings, embedder)
    try:
        model = embedder.model
        if store.model() != model:
            store.set_model(model)
        broken = set(unfit)
        rebuild_all = bool(set(_foreign_vectors(paths, settings) or ()) - broken)
        wanted = [
            row.bullet
            for row in store.load()[1]
            if rebuild_all or row.vector is None or row.bullet.id in broken
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


def _check_clock(facts: FileReport) -> Check:
    now = datetime.now(timezone.utc)
    found = f"{now.isoformat(timespec='seconds')}, the last change is of {(facts.newest or 'never')[:19]}"
    ahead = facts.newest is not None and datetime.fromisoformat(facts.newest) > now + _CLOCK_TOLERANCE
    remedy = "set the clock; until then recent memories count as made now"
    return checked("clock", [f"it is {found}, in the future"] if ahead else [], found, remedy)


def _check_inbox(paths: Paths) -> Check:
    with read_snapshot(paths.store) as connection:
        if schema.version(connection) < 2:
            return ok("inbox", "this schema has none")
        (waiting,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
    remedy = "wait for the process that distils it, or let a new daemon do it: memorusctl daemon restart"
    problems = [f"{waiting} interactions wait to be distilled"] if waiting else []
    return checked("inbox", problems, "empty", remedy)


def _check_vectors(paths: Paths, settings: Settings, facts: FileReport) -> Check:
    unfit, missing = unfit_vectors(paths.store)
    remedy = "make them again: memorusctl doctor --fix"
    problems = [f"{missing} memories have no vector of the present model"] if missing else []
    if unfit:
        problems.append(f"{len(unfit)} vectors are broken, for example that of {unfit[0]}")
    found = f"{facts.memories - missing} vectors, all of unit length"
    try:
        foreign = _foreign_vectors(paths, settings)
    except MemorusError:
        found += "; there is no model to compare them with"
    else:
        found += "" if foreign is None else "; a sample of them matches their texts"
        problems += [
            f"the vector of {bullet_id} is not that of its text"
            for bullet_id in foreign or ()
            if bullet_id not in unfit
        ]
    return checked("vectors", problems, found, remedy, "fail" if unfit else "warn")


def _foreign_vectors(paths: Paths, settings: Settings) -> list[str] | None:
    """From a sample, the ids of memories whose stored vector is not what the model makes of their text.

    None if the vectors come from an embedder of mem0's, because a check must not use the network.
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
        if len(blob) != fresh.vector.nbytes or np.frombuffer(blob, np.float32) @ fresh.vector < _SAME
    ]


def _check_set_aside(paths: Paths) -> Check:
    files = sorted(paths.home.glob(f"{paths.store.name}.corrupt-*[0-9]Z"))
    problems = [f"a damaged store was set aside as {file}" for file in files]
    remedy = "restore a backup if you miss what it held, and then remove it"
    return checked("set aside", problems, "nothing was set aside", remedy)
