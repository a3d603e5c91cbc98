"""The program `memorusd`: become the store's one daemon, say so, serve until there is a reason to stop."""

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
    """Run the daemon; the exit status. See `memorusd --help`."""
    options = _parser().parse_args(argv)
    os.umask(0o077)
    try:
        argument = _from_stdin() if options.spawned else {}
        if options.idle_timeout is not None:
            argument["daemon"] = {**argument.get("daemon", {}), "idle_timeout": options.idle_timeout}
        return _run(Paths.from_environ(), argument, options.spawned)
    except Exception as error:
        failure = error if isinstance(error, MemorusError) else _internal(error)
        if options.spawned:
            _say({"state": "failed", "error": to_wire(failure)})
        else:
            sys.stderr.write(f"memorusd: {failure.message}\n")
        return 1


def _run(paths: Paths, argument: dict[str, Any], spawned: bool) -> int:
    from .settings.config import load_settings

    private_directory(paths.home)
    settings = load_settings(paths, argument)
    listener = Listener.inherit()
    instance = claim(paths, activated=listener is not None)
    if instance is None:
        if not spawned:
            sys.stderr.write(f"memorusd: a daemon already runs for {paths.home}, on {paths.socket}\n")
            return 1
        _say({"state": "running"})
        return 0
    try:
        # From here on the log has one writer: us.
        logs.set_up(paths.log, settings.daemon.log_level, own_stderr=spawned)
        logs.log.info("memorusd %s, pid %d, home %s", __version__, os.getpid(), paths.home)
        _raise_file_limit()
        if listener is None:
            listener = Listener.bind(paths.socket)
        try:
            from .service import open_service

            service = open_service(paths, settings, loaded=_keep)
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


def _keep() -> None:
    """What is loaded now stays: without it in the generations, collections are short."""
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
    from .settings.config import load_settings

    def ready() -> None:
        if spawned:
            _say({"state": "ready", "pid": os.getpid(), "socket": os.fspath(listener.path)})
            _let_go()

    async def serve() -> bool:
        server = Server(service, listener, paths, settings)
        lifecycle = Lifecycle(server, listener, instance, partial(load_settings, paths, argument))
        return await lifecycle.run(ready)

    return anyio.run(serve)


def _from_stdin() -> dict[str, Any]:
    """The settings that the client passed, on one line. They may hold keys, so they are never shown."""
    try:
        sent = json.loads(sys.stdin.buffer.readline())
        settings = sent["settings"]
    except (ValueError, KeyError, TypeError):
        settings = None
    if not isinstance(settings, dict):
        raise InvalidRequest('--spawned wants one JSON object {"settings": {...}} on stdin')
    if not isinstance(settings.get("daemon", {}), dict):
        raise ConfigError("setting daemon: use a section of settings")
    return settings


def _say(state: dict[str, Any]) -> None:
    """The one line that the client waits for."""
    try:
        os.write(1, json.dumps(state).encode() + b"\n")
    except OSError:
        pass  # The client is gone; others will come.


def _let_go() -> None:
    """Hold no end of the client's pipes."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _internal(error: Exception) -> MemorusError:
    error_id = secrets.token_hex(8)
    where = logs.describe(error)
    if logs.log.handlers:
        logs.log.error("not started, error_id %s\n%s", error_id, where)
    else:
        sys.stderr.write(f"memorusd: error_id {error_id}\n{where}\n")
    return MemorusError(
        f"the daemon could not start; its log has the traceback under {error_id}", error_id=error_id
    )


def _raise_file_limit() -> None:
    """A connection is a file, and the usual soft limit is as low as the number of connections we allow."""
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
        "Clients start it by themselves; run it by hand (or by systemd) to keep it in the foreground.",
        epilog="Files: MEMORUS_HOME (default ~/.memorus) holds the store, config.toml and logs/memorusd.log.",
    )
    parser.add_argument("--version", action="version", version=f"memorusd {__version__}")
    parser.add_argument(
        "--idle-timeout",
        type=float,
        metavar="SECONDS",
        help="exit after so long without connections or work; 0 means never (default: daemon.idle_timeout)",
    )
    parser.add_argument("--spawned", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
