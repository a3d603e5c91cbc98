"""The program `memorusd`: becomes the one daemon of a store, reports that, and serves until it is stopped."""

from __future__ import annotations

import argparse
import gc
import json
import os
import secrets
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from memorus_proto.errors import ConfigError, InvalidRequest, MemorusError, to_wire
from memorus_proto.paths import Paths, private_directory

from . import __version__
from .daemon import logs
from .daemon.instance import Instance, claim
from .daemon.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .service import Service
    from .settings.config import Settings

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the daemon, and return the exit status. See `memorusd --help`."""
    options = _parser().parse_args(argv)
    os.umask(0o077)
    try:
        argument = _read_settings() if options.spawned else {}
        if options.idle_timeout is not None:
            argument["daemon"] = {**argument.get("daemon", {}), "idle_timeout": options.idle_timeout}
        return _run(Paths.from_environ(), argument, options.spawned)
    except Exception as error:
        failure = error if isinstance(error, MemorusError) else _internal(error)
        if options.spawned:
            _report({"state": "failed", "error": to_wire(failure)})
        else:
            sys.stderr.write(f"memorusd: {failure}\n")
        return 1


def _run(paths: Paths, argument: dict[str, Any], spawned: bool) -> int:
    from .settings.config import load_base
    from .settings.provider_variables import keep_own_providers

    private_directory(paths.home)
    settings = load_base(paths, argument)
    keep_own_providers(settings)
    listener = Listener.inherit()
    instance = claim(paths, activated=listener is not None)
    if instance is None:
        if not spawned:
            sys.stderr.write(f"memorusd: a daemon already runs for {paths.home}, on {paths.socket}\n")
            return 1
        _report({"state": "running"})
        return 0
    try:
        # We hold the lock, so nobody else writes to the log from here on.
        logs.set_up(paths.log, settings.daemon.log_level, own_stderr=spawned)
        logs.log.info("memorusd %s, pid %d, home %s", __version__, os.getpid(), paths.home)
        _raise_file_limit()
        if listener is None:
            listener = Listener.bind(paths.socket)
        try:
            from .service import open_service

            service = open_service(paths, settings, loaded=_freeze_garbage_collector)
            drained = _serve(paths, argument, settings, service, listener, instance, spawned)
        finally:
            listener.unlink()
            listener.close()
    except MemorusError as error:
        logs.log.error("not started: %s", error.code)
        raise
    finally:
        instance.release()
    logs.log.info("stopped")
    return 0 if drained else 1


def _freeze_garbage_collector() -> None:
    """Exempt what is loaded from garbage collection. It stays anyway, and collections become short."""
    gc.collect()
    gc.freeze()


def _serve(
    paths: Paths,
    argument: dict[str, Any],
    settings: Settings,
    service: Service,
    listener: Listener,
    instance: Instance,
    spawned: bool,
) -> bool:
    import anyio

    from .daemon.lifecycle import Lifecycle
    from .daemon.server import Server
    from .settings.reload import reload_settings

    def ready() -> None:
        if spawned:
            _report({"state": "ready", "pid": os.getpid(), "socket": os.fspath(listener.path)})
            _release_pipes()

    async def serve() -> bool:
        server = Server(service, listener, paths, settings)
        lifecycle = Lifecycle(server, listener, instance, partial(reload_settings, paths, argument))
        return await lifecycle.run(ready)

    return anyio.run(serve)


def _read_settings() -> dict[str, Any]:
    """The settings that the client passed on one line. They may hold keys, so no error shows them."""
    try:
        settings = json.loads(sys.stdin.buffer.readline())["settings"]
    except (ValueError, KeyError, TypeError):
        settings = None
    if not isinstance(settings, dict):
        raise InvalidRequest(
            "stdin does not hold the settings that --spawned reads",
            remedy='send one line with a JSON object, {"settings": {...}}',
        )
    if not isinstance(settings.get("daemon", {}), dict):
        raise ConfigError(
            "setting daemon is not a section", remedy="set the values in it, as daemon.idle_timeout"
        )
    return settings


def _report(state: dict[str, Any]) -> None:
    """Write the one line that the client waits for."""
    try:
        os.write(1, json.dumps(state).encode() + b"\n")
    except OSError:
        pass  # this client has left; the daemon serves others


def _release_pipes() -> None:
    """Replace stdin and stdout, which are the client's pipes."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)


def _internal(error: Exception) -> MemorusError:
    error_id = secrets.token_hex(8)
    traceback = logs.describe(error)
    if logs.log.handlers:
        logs.log.error("not started, error_id %s\n%s", error_id, traceback)
    else:
        sys.stderr.write(f"memorusd: error_id {error_id}\n{traceback}\n")
    return MemorusError(
        "the daemon could not start", remedy=f"look in its log for {error_id}", error_id=error_id
    )


def _raise_file_limit() -> None:
    """A connection takes a file, and the usual soft limit is not above the connections that we allow."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            pass


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="memorusd",
        description="The Memorus daemon: owns this user's memory and serves it over a local socket. "
        "Clients start it on their own; run it yourself (or with systemd) to keep it in the foreground.",
        epilog="Files: MEMORUS_HOME (default ~/.memorus) holds the store, config.toml and logs/memorusd.log.",
    )
    parser.add_argument("--version", action="version", version=f"memorusd {__version__}")
    parser.add_argument(
        "--idle-timeout",
        type=float,
        metavar="SECONDS",
        help="exit after this time without connections or work; 0 means never (default: daemon.idle_timeout)",
    )
    parser.add_argument("--spawned", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
