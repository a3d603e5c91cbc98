"""The user at the other end of a Unix socket. Both sides ask, so neither talks to another user's process."""

from __future__ import annotations

import socket
import struct
import sys

__all__ = ["peer_uid"]

_UCRED = struct.Struct("3i")  # Linux: pid, uid, gid
_XUCRED = struct.Struct("2Ih16I")  # macOS, FreeBSD: version, uid, number of groups, groups
_LOCAL_PEERCRED = 1
_SOL_LOCAL = 0


def peer_uid(sock: socket.socket) -> int | None:
    """The effective user id that the peer had when it connected or listened, as the kernel recorded it.

    None if this system cannot tell, or the socket is no longer connected: treat that as another user.
    """
    try:
        if sys.platform == "linux":
            credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
            return int(_UCRED.unpack(credentials)[1])
        if sys.platform == "darwin" or sys.platform.startswith("freebsd"):
            credentials = sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
            return struct.unpack_from("2I", credentials)[1]  # type: ignore[no-any-return]
    except (OSError, struct.error):
        pass
    return None
