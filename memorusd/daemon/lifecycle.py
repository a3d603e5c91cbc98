"""The daemon's life on the event loop: signals, idleness, draining, the end."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

import anyio
import anyio.to_thread

from memorus_proto.errors import MemorusError

from .instance import Instance
from .listener import Listener
from .logs import describe, log, set_level
from .notify import notify, notify_reloading
from .server import Server

if TYPE_CHECKING:
    from ..settings.config import Settings

__all__ = ["Lifecycle"]

_LOOK = 10.0
"""Seconds between looks at whether our names still stand, and background work goes on."""
_REST = 3600.0
"""Seconds between looks at whether to tidy up, in a daemon that has nothing to do but stays."""
_GRACE = 5.0
"""Seconds after the drain for the store to be closed; then the process ends as it is."""


class Lifecycle:
    """Runs `server` until there is a reason to stop, and closes what it used."""

    def __init__(
        self, server: Server, listener: Listener, instance: Instance, reload: Callable[[], Settings]
    ) -> None:
        self._server = server
        self._listener = listener
        self._instance = instance
        self._reload = reload

    async def run(self, ready: Callable[[], None]) -> bool:
        """Serve, from `ready()` on, and drain; whether everything that was in flight was finished."""
        async with anyio.create_task_group() as tasks:
            await tasks.start(self._signals)
            tasks.start_soon(self._watch)
            tasks.start_soon(self._limit_drain)
            self._listener.start()
            ready()
            notify("READY=1")
            log.info("ready on %s", self._listener.path)
            drained = await self._server.serve()
            await anyio.to_thread.run_sync(self._server.service.close)
            tasks.cancel_scope.cancel()
        return drained

    async def _limit_drain(self) -> None:
        """Whatever hangs, the process ends: a thread that never returns cannot be stopped."""
        await self._server.stopping.wait()
        notify("STOPPING=1")
        seconds = self._server.limits.drain_seconds + _GRACE
        timer = threading.Timer(seconds, _force, (f"not done {seconds:g} s after the drain began", 1))
        timer.daemon = True
        timer.start()

    async def _signals(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
            task_status.started()
            async for received in signals:
                if received == signal.SIGHUP:
                    await self._reload_settings()
                elif self._server.draining:
                    _force(f"{received.name} while draining", 128 + received)
                else:
                    self._server.stop(received.name)

    async def _reload_settings(self) -> None:
        notify_reloading()
        try:
            settings = self._hot(await anyio.to_thread.run_sync(self._reload))
            await anyio.to_thread.run_sync(self._server.service.reload, settings)
        except MemorusError as error:
            log.error("settings not reloaded, the old ones stay: %s", error.message)
        except Exception as error:
            log.error("settings not reloaded, the old ones stay\n%s", describe(error))
        else:
            set_level(settings.daemon.log_level)
            self._server.settings_changed(settings)
            log.info("settings reloaded")
        notify("READY=1")

    def _hot(self, settings: Settings) -> Settings:
        """`settings` with what cannot change under a running engine left as it is."""
        old = self._server.settings
        if settings.embedder != old.embedder:
            log.warning("the embedder's settings changed; that takes effect when the daemon is started again")
        return settings.model_copy(update={"embedder": old.embedder})

    async def _watch(self) -> None:
        """Stop when nothing has happened for the idle time, or when nobody can find us any more."""
        server = self._server
        rested = time.monotonic()
        while not server.draining:
            if server.quiet and time.monotonic() - rested > _REST:
                await anyio.to_thread.run_sync(self._tidy)
                rested = time.monotonic()
            timeout = server.settings.daemon.idle_timeout
            pause = _LOOK
            if timeout and server.quiet:
                left = server.last_active + timeout - time.monotonic()
                if left <= 0:
                    if not server.service.busy():
                        server.stop(f"idle for {timeout:g} s")
                        return
                    server.last_active = time.monotonic()
                    left = timeout
                pause = min(pause, left)
            if not (self._listener.stands() and self._instance.stands()):
                server.stop("our socket or lock file was removed or replaced, so new clients cannot find us")
                return
            changed = server.changed
            with anyio.move_on_after(pause):
                await changed.wait()

    def _tidy(self) -> None:
        try:
            self._server.service.run_idle_work()
        except MemorusError as error:
            log.warning("not tidied up: %s", error.code)


def _force(reason: str, code: int) -> NoReturn:
    log.error("forced exit: %s; what was acknowledged is on disk", reason)
    logging.shutdown()
    os._exit(code)
