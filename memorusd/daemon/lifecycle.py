"""The daemon's life on the event loop: signals, the idle timeout, the drain and the end."""

from __future__ import annotations

import logging
import math
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

_CHECK_INTERVAL = 10.0
"""Seconds between checks of the socket, the lock file and the idle timeout."""
_IDLE_WORK_INTERVAL = 3600.0
"""Seconds between rounds of idle work in a daemon that has no idle timeout."""
_CLOSE_SECONDS = 5.0
"""Seconds that closing the store may take after the drain. Then the process ends as it is."""


class Lifecycle:
    """Runs `server` until there is a reason to stop, and then closes its service."""

    def __init__(
        self,
        server: Server,
        listener: Listener,
        instance: Instance,
        reload: Callable[[Settings], tuple[Settings, list[str]]],
    ) -> None:
        """`reload` takes the running settings, and returns the new ones with warnings for the log."""
        self._server = server
        self._admission = server.admission
        self._listener = listener
        self._instance = instance
        self._reload = reload

    async def run(self, ready: Callable[[], None]) -> bool:
        """Serve until the daemon stops, and drain; whether everything in flight was finished.

        `ready` is called when connections are accepted.
        """
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
        """End the process even if a thread never returns, because nothing can stop a thread."""
        await self._admission.stopping.wait()
        notify("STOPPING=1")
        seconds = self._server.limits.drain_seconds + _CLOSE_SECONDS
        timer = threading.Timer(seconds, _force, (f"not done {seconds:g} s after the drain began", 1))
        timer.daemon = True
        timer.start()

    async def _signals(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
            task_status.started()
            async for received in signals:
                if received == signal.SIGHUP:
                    await self._reload_settings()
                elif self._admission.draining:
                    _force(f"{received.name} while draining", 128 + received)
                else:
                    self._admission.stop(received.name)

    async def _reload_settings(self) -> None:
        notify_reloading()
        try:
            settings, warnings = await anyio.to_thread.run_sync(self._reload, self._server.settings)
            await anyio.to_thread.run_sync(self._server.service.reload, settings)
        except MemorusError as error:
            log.error("settings not reloaded, the old ones stay: %s", error)
        except Exception as error:
            log.error("settings not reloaded, the old ones stay\n%s", describe(error))
        else:
            for warning in warnings:
                log.warning("%s", warning)
            set_level(settings.daemon.log_level)
            self._server.use_settings(settings)
            log.info("settings reloaded")
        notify("READY=1")

    async def _watch(self) -> None:
        """Stop when the daemon has been idle for too long, or when clients can no longer find it."""
        admission = self._admission
        worked = time.monotonic()
        while not admission.draining:
            if admission.idle and time.monotonic() - worked > _IDLE_WORK_INTERVAL:
                await anyio.to_thread.run_sync(self._do_idle_work)
                worked = time.monotonic()
            seconds_left = self._idle_seconds_left()
            if seconds_left <= 0:
                admission.stop(f"idle for {self._server.settings.daemon.idle_timeout:g} s")
                return
            if not (self._listener.in_place() and self._instance.in_place()):
                admission.stop("the socket or lock file was removed or replaced, so clients cannot find it")
                return
            changed = admission.changed
            with anyio.move_on_after(min(_CHECK_INTERVAL, seconds_left)):
                await changed.wait()

    def _idle_seconds_left(self) -> float:
        """Seconds until the idle timeout ends the daemon; infinite while there is something to do."""
        admission, timeout = self._admission, self._server.settings.daemon.idle_timeout
        if not timeout or not admission.idle:
            return math.inf
        seconds_left = admission.last_active + timeout - time.monotonic()
        if seconds_left <= 0 and self._server.service.busy():
            admission.last_active = time.monotonic()
            return timeout
        return seconds_left

    def _do_idle_work(self) -> None:
        try:
            self._server.service.run_idle_work()
        except MemorusError as error:
            log.warning("idle work failed: %s", error.code)


def _force(reason: str, code: int) -> NoReturn:
    log.error("forced exit: %s; what was acknowledged is on disk", reason)
    logging.shutdown()
    os._exit(code)
