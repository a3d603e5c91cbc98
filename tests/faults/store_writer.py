"""A process that adds to a store with 8 threads until it is killed, and says what it was promised.

    python store_writer.py <store> [--unsynced]   (tokens to try again on stdin, one a line)

Each add has a token, which is its request id and its text. `try <token>` is printed before it and
`ack <token>` after it; a token's work makes a bullet with a new id each time that it runs, so one
that ran twice is seen twice. `--unsynced` leaves out the fsyncs, to show that the test can fail.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.store.sqlite import SqliteStore, connections, writer

THREADS = 8


def say(word: str, token: str) -> None:
    os.write(1, f"{word} {token}\n".encode())  # one write, so lines of threads do not mix


def add(store: SqliteStore, token: str) -> None:
    say("try", token)
    bullet = Bullet(new_id(), token, utc_now(), utc_now())
    store.write(lambda transaction: transaction.put(bullet, None, "ADD"), request_id=token)
    say("ack", token)


def work(store: SqliteStore, again: list[str]) -> None:
    while again:
        add(store, again.pop())
    while True:
        add(store, uuid.uuid4().hex)


def main() -> None:
    if "--unsynced" in sys.argv:

        def unsynced(path: Path, **options: Any) -> sqlite3.Connection:
            connection = connections.connect(path, **options)
            connection.execute("PRAGMA synchronous = OFF")
            return connection

        vars(writer)["connect"] = unsynced
    again: list[list[str]] = [[] for _ in range(THREADS)]
    for n, line in enumerate(sys.stdin):
        again[n % THREADS].append(line.strip())
    store = SqliteStore.open(Path(sys.argv[1]))
    for mine in again:
        threading.Thread(target=work, args=(store, mine)).start()


if __name__ == "__main__":
    main()
