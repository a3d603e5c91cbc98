"""Tells systemd about the daemon's state, with one datagram as sd_notify(3) describes."""

from __future__ import annotations

import os
import socket
import sys
import time

__all__ = ["notify", "notify_reloading"]


def notify(*lines: str) -> bool:
    """Send `lines` ("READY=1", …) to the service manager; false if there is none, or it does not listen."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or sys.platform == "win32":
        return False
    if address[0] == "@":  # an abstract address of Linux begins with NUL
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1.0)
        try:
            sock.sendto("\n".join(lines).encode(), address)
        except OSError:
            return False
    return True


def notify_reloading() -> bool:
    """Send RELOADING=1, with the time that Type=notify-reload requires."""
    return notify("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")
