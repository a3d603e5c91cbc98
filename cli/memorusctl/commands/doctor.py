"""`memorusctl doctor` and `verify`: check everything, and say what to do about what fails."""

from __future__ import annotations

import sys

from ..definitions import OUTPUT, Command, Param
from ..formatting import Table
from ..progress import progress_bar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from memorus_proto.paths import Paths

    from ..definitions import Args, Result

__all__ = ["DOCTOR", "VERIFY"]

_LOG = "see the log: memorusctl daemon logs"
_RESTART = "run: memorusctl daemon restart"


def check_everything(args: Args) -> Result:
    from memorus_proto.paths import Paths
    from memorusd.doctor import check_machine

    paths = Paths.from_environ()
    rebuilt = _rebuild(paths) if args["fix"] else None
    checks = [*check_machine(paths), *_store_checks(paths), *_daemon_checks(paths)]
    return {"ok": all(check["state"] == "ok" for check in checks), "mended": rebuilt, "checks": checks}


def check_store(args: Args) -> Result:
    from memorus_proto.paths import Paths

    checks = _store_checks(Paths.from_environ())
    return {"ok": all(check["state"] == "ok" for check in checks), "checks": checks}


def _store_checks(paths: Paths) -> list[Result]:
    from memorus_proto.errors import ConfigError
    from memorusd.doctor import check_store
    from memorusd.settings.config import Settings, load_settings

    try:
        settings = load_settings(paths)
    except ConfigError:
        settings = Settings()  # another check reports them; the store can be checked all the same
    return list(check_store(paths, settings, progress_bar()))


def _rebuild(paths: Paths) -> Result:
    """Rebuild what is derived: the vectors, and the index by restarting the daemon."""
    from memorus_client.daemon import daemon_status, start_daemon, stop_daemon
    from memorusd.doctor import rebuild_vectors
    from memorusd.knowledge.store.sqlite.check import verify
    from memorusd.settings.config import load_settings

    vectors = 0
    if paths.store.exists():
        verify(paths.store)  # opening a damaged store would set it aside
        vectors = rebuild_vectors(paths, load_settings(paths), progress_bar())
    restarted = daemon_status() is not None
    if restarted:
        stop_daemon()
        start_daemon()
    return {"vectors": vectors, "daemon_restarted": restarted}


def _daemon_checks(paths: Paths) -> Iterator[Result]:
    """Check the socket, the daemon and its index."""
    from memorus_client.daemon import daemon_status
    from memorus_proto.errors import MemorusError

    def check(name: str, state: str, found: str, remedy: str | None = None) -> Result:
        return {"name": name, "state": state, "found": found, "remedy": remedy}

    try:
        running = daemon_status()
    except MemorusError as error:
        yield check("daemon", "fail", error.message, error.remedy or _LOG)
        return
    if running is None:
        leftover = paths.socket.exists()
        detail = (
            "the next one replaces the socket that was left over" if leftover else "the first use starts one"
        )
        yield check("daemon", "ok", f"none is running; {detail}")
        return
    from memorusd import __version__
    from memorusd.settings.config import load_settings

    running_as = f"version {running['version']}, pid {running['pid']}, on {running['socket']}"
    if running["version"] != __version__:
        yield check("daemon", "warn", f"{running_as}, but this is version {__version__}", _RESTART)
    else:
        yield check("daemon", "ok", running_as)
    try:
        differs = load_settings(paths).fingerprint() != running["config"]
    except MemorusError:
        differs = False  # another check reports the settings
    if differs:
        yield check("daemon settings", "warn", "the daemon runs with different settings", _RESTART)
    yield from _index_check()


def _index_check() -> Iterator[Result]:
    from memorus_client import Memory
    from memorus_proto.errors import MemorusError

    def check(state: str, found: str, remedy: str | None = None) -> Result:
        return {"name": "index", "state": state, "found": found, "remedy": remedy}

    try:
        with Memory() as memory:
            status = memory.status()
    except MemorusError as error:
        yield check("fail", error.message, error.remedy or _RESTART)
        return
    if "error" in status["index"]:
        yield check("fail", status["index"]["error"], _RESTART)
        return
    index, expected = status["index"], status["memories"] - status["archived"]
    if not index:
        yield check(
            "warn", "words only: " + str(status["embedder"].get("error")), "see the check of the model"
        )
    elif index["bullets"] != expected:
        yield check("fail", f"it has {index['bullets']} memories, the store {expected}", _RESTART)
    elif index["without_vector"]:
        yield check(
            "warn", f"{index['without_vector']} memories wait for their vectors", "wait, or use --fix"
        )
    else:
        yield check("ok", f"{index['bullets']} memories, up to change {index['seq']}, as in the store")


def show(result: Result) -> Iterator[str | Table]:
    if result.get("mended"):
        rebuilt = result["mended"]
        daemon = ", and the daemon was restarted" if rebuilt["daemon_restarted"] else ""
        yield f"{rebuilt['vectors']} vectors were rebuilt{daemon}"
    rows: list[tuple[object, ...]] = []
    for check in result["checks"]:
        rows.append((check["state"], check["name"], check["found"]))
        if check["remedy"] and check["state"] != "ok":
            rows.append(("", "", f"{_arrow()} {check['remedy']}"))
    yield Table(("state", "what", "found"), rows)


def _arrow() -> str:
    return "→" if (sys.stdout.encoding or "").lower() in ("utf-8", "utf8") else "->"


def _any_failed(result: Result) -> bool:
    return any(check["state"] == "fail" for check in result["checks"])


DOCTOR = Command(
    "doctor",
    "Check everything: versions, paths, disk, settings, model, store, journal, clock, vectors, daemon and "
    "index. Exit status 1 if a check fails.",
    (Param("fix", "flag", "First rebuild what is derived: vectors, and the daemon's index."), *OUTPUT),
    check_everything,
    show,
    failed=_any_failed,
)
VERIFY = Command(
    "verify",
    "Check only the store: its file, journal and vectors. Exit status 1 if a check fails.",
    OUTPUT,
    check_store,
    show,
    failed=_any_failed,
)
