"""A daemon of another age: it speaks only other protocol versions, and what is frozen for ever.

    python fake_old_daemon.py <socket> <lock> <lowest> <highest> [--stubborn]

Frozen are the frames, the form of messages, `hello`, `daemon.status` and `daemon.shutdown`. Written
with the standard library and msgpack alone, so that it stays what it is when memorus_proto changes.
It prints one line for all that happens: `ready`, `called <method>`, `drained`. Asked to leave, it
takes a moment, as one that has work in flight does; a stubborn one hangs up but stays.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time

import msgpack


def frame(value: object) -> bytes:
    payload: bytes = msgpack.packb(value)
    return len(payload).to_bytes(4, "big") + payload


def read(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    path, lock, low, high = sys.argv[1:5]
    stubborn = "--stubborn" in sys.argv
    held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    facts = {"protocol": [int(low), int(high)], "version": f"{high}.0", "pid": os.getpid(), "instance": "old"}
    facts |= {"store": "old", "config": "old", "state": "ready"}
    say("ready")
    while True:
        sock, _ = listener.accept()
        with sock:
            sock.sendall(frame([2, "hello", facts]))
            try:
                while True:
                    _, id, method, _ = msgpack.unpackb(read(sock, int.from_bytes(read(sock, 4), "big")))
                    say(f"called {method}")
                    if method == "daemon.status":
                        sock.sendall(frame([1, id, None, facts]))
                    elif method == "daemon.shutdown":
                        sock.sendall(frame([1, id, None, {"ok": True}]))
                        if stubborn:
                            break
                        os.unlink(path)  # noqa: PTH108
                        time.sleep(0.3)
                        say("drained")
                        return
                    else:
                        error = {"code": "INVALID_REQUEST", "message": "unknown method", "data": {}}
                        sock.sendall(frame([1, id, {**error, "retryable": False, "error_id": None}, None]))
            except EOFError:
                pass


if __name__ == "__main__":
    main()
