"""`memorusctl doctor` and `verify`: is everything in order, and if not, what to do about it."""

from __future__ import annotations

import sys

from .progress import progress
from .spec import OUTPUT, Command, Param
from .text import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from memorus_proto.paths import Paths

    from .spec import Args, Result

__all__ = ["DOCTOR", "VERIFY"]


def examine(args: Args) -> Result:
    from memorus_proto.paths import Paths
    from memorusd.doctor import machine

    paths = Paths.from_environ()
    mended = _mend(paths) if args["fix"] else None
    checks = [*machine(paths), *_store(paths), *_daemon(paths)]
    return {"ok": all(check["state"] == "ok" for check in checks), "mended": mended, "checks": checks}


def verify(args: Args) -> Result:
    from memorus_proto.paths import Paths

    checks = _store(Paths.from_environ())
    return {"ok": all(check["state"] == "ok" for check in checks), "checks": checks}


def _store(paths: Paths) -> list[Result]:
    from memorus_proto.errors import ConfigError
    from memorusd.doctor import stored
    from memorusd.settings.config import Settings, load_settings

    try:
        settings = load_settings(paths)
    except ConfigError:
        settings = Settings()  # doctor has a line on them, and the store is what it is
    return list(stored(paths, settings, progress()))


def _mend(paths: Paths) -> Result:
    """What is derived, made anew: vectors, and by a new daemon its index."""
    from memorus_client.daemon import daemon_status, start_daemon, stop_daemon
    from memorusd.doctor import mend
    from memorusd.knowledge.store.check import verify
    from memorusd.settings.config import load_settings

    vectors = 0
    if paths.store.exists():
        verify(paths.store)  # opening a damaged one would set it aside
        vectors = mend(paths, load_settings(paths), progress())
    restarted = daemon_status() is not None
    if restarted:
        stop_daemon()
        start_daemon()
    return {"vectors": vectors, "daemon_restarted": restarted}


def _daemon(paths: Paths) -> Iterator[Result]:
    """The checks of socket, daemon and its index."""
    from memorus_client.daemon import daemon_status
    from memorus_proto.errors import MemorusError

    def check(name: str, state: str, found: str, remedy: str | None = None) -> Result:
        return {"name": name, "state": state, "found": found, "remedy": remedy}

    try:
        running = daemon_status()
    except MemorusError as error:
        what, _, remedy = error.message.rpartition("; ")
        yield check("daemon", "fail", what or remedy, remedy if what else "memorusctl daemon logs tells more")
        return
    if running is None:
        left = paths.socket.exists()
        told = (
            "its socket is left over; the next daemon replaces it" if left else "it starts at the first use"
        )
        yield check("daemon", "ok", f"none runs: {told}")
        return
    from memorusd import __version__
    from memorusd.settings.config import load_settings

    again = "run: memorusctl daemon restart"
    told = f"version {running['version']}, pid {running['pid']}, on {running['socket']}"
    if running["version"] != __version__:
        yield check("daemon", "warn", f"{told}, but this is version {__version__}", again)
    else:
        yield check("daemon", "ok", told)
    try:
        differs = load_settings(paths).fingerprint() != running["config"]
    except MemorusError:
        differs = False  # the settings have a line of their own
    if differs:
        yield check("daemon settings", "warn", "the daemon runs with other settings than these", again)
    yield from _index(again)


def _index(again: str) -> Iterator[Result]:
    from memorus_client import Memory
    from memorus_proto.errors import MemorusError

    def told(state: str, found: str, remedy: str | None = None) -> Result:
        return {"name": "index", "state": state, "found": found, "remedy": remedy}

    try:
        with Memory() as memory:
            status = memory.status()
    except MemorusError as error:
        yield told("fail", error.message, again)
        return
    if "error" in status["index"]:
        yield told("fail", status["index"]["error"], again)
        return
    index, expected = status["index"], status["memories"] - status["archived"]
    if not index:
        yield told(
            "warn", "of words alone: " + str(status["embedder"].get("error")), "see the line on the model"
        )
    elif index["bullets"] != expected:
        yield told("fail", f"it has {index['bullets']} memories, the store {expected}", again)
    elif index["without_vector"]:
        yield told("warn", f"{index['without_vector']} memories wait for their vectors", "wait, or use --fix")
    else:
        yield told("ok", f"{index['bullets']} memories, up to change {index['seq']}, as in the store")


def show(result: Result) -> Iterator[str | Table]:
    if result.get("mended"):
        mended = result["mended"]
        daemon = ", and the daemon was started anew" if mended["daemon_restarted"] else ""
        yield f"{mended['vectors']} vectors were made anew{daemon}"
    rows: list[tuple[object, ...]] = []
    for check in result["checks"]:
        rows.append((check["state"], check["name"], check["found"]))
        if check["remedy"] and check["state"] != "ok":
            rows.append(("", "", f"→ {check['remedy']}" if _arrows() else f"-> {check['remedy']}"))
    yield Table(("state", "what", "found"), rows)


def _arrows() -> bool:
    return (sys.stdout.encoding or "").lower() in ("utf-8", "utf8")


def _bad(result: Result) -> bool:
    return any(check["state"] == "fail" for check in result["checks"])


DOCTOR = Command(
    "doctor",
    "Look at everything: versions, places, disk, settings, model, store, journal, clock, vectors, daemon, "
    "index; exit status 1 if something fails.",
    (Param("fix", "flag", "First make anew what is derived: vectors, and the daemon's index."), *OUTPUT),
    examine,
    show,
    failed=_bad,
)
VERIFY = Command(
    "verify",
    "Look through the store alone: its file, its journal, its vectors; exit status 1 if something fails.",
    OUTPUT,
    verify,
    show,
    failed=_bad,
)
