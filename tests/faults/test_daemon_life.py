"""The daemon as a process: start, hand-over, signals, idleness, activation, the end.

The processes, sockets, locks and signals are real. The service behind them is one that does what a
query tells it (`hold` until a file appears), because these tests are about when work ends, not what it is.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import MemorusError, from_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import request
from memorus_proto.paths import Paths

DRIVER = """
import os, sys, time, types
from pathlib import Path
from memorus_proto.errors import Cancelled, StoreError

class Service:
    store_id = "a-store"
    def __init__(self, paths, settings, loaded=None):
        self.home = paths.home
        if os.environ.get("TEST_FAIL") == "store":
            raise StoreError("the store is too new", data={"reason": "too_new"})
        if os.environ.get("TEST_FAIL") == "bug":
            raise RuntimeError("secret words")
        time.sleep(float(os.environ.get("TEST_LOAD", "0")))
    def note(self, line):
        with (self.home / "notes").open("a") as notes:
            notes.write(line + "\\n")
    def call(self, method, params, cancelled):
        query = params.get("query", "")
        if query == "hold":
            self.note("holding")
            while not (self.home / "release").exists():
                time.sleep(0.005)
                if cancelled():
                    self.note("cancelled")
                    raise Cancelled("cancelled")
        if query == "hang":
            self.note("hanging")
            time.sleep(3600)
        if query.startswith("fail"):
            raise RuntimeError(query)
        return {"echo": query}
    def busy(self):
        return (self.home / "busy").exists()
    def reload(self, settings):
        self.note("reloaded")
    def close(self):
        self.note("closed")

module = types.ModuleType("memorusd.service")
module.open_service = Service
module.Service = Service
sys.modules["memorusd.service"] = module
from memorusd.__main__ import main
sys.exit(main())
"""


class Wire:
    """Speaks the protocol by hand."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self._decoder = Decoder()
        self._waiting: list[Any] = []
        try:
            self.socket.connect(str(path))
            self.hello = self.read()[2]
        except (OSError, EOFError):
            self.socket.close()
            raise

    def read(self) -> Any:
        while not self._waiting:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self._waiting += self._decoder.feed(data)
        return self._waiting.pop(0)

    def ask(self, method: str, **params: Any) -> None:
        self.socket.sendall(encode(request(1, method, params)))

    def call(self, method: str, **params: Any) -> Any:
        self.ask(method, **params)
        _, _, error, result = self.read()
        if error:
            raise from_wire(error)
        return result

    def close(self) -> None:
        self.socket.close()


class Daemons:
    """Starts daemons, and sees to it that none outlives the test."""

    def __init__(self, driver: Path, paths: Paths) -> None:
        self.paths = paths
        self._driver = driver
        self._running: list[subprocess.Popen[bytes]] = []
        self._wires: list[Wire] = []

    def spawn(
        self, *arguments: str, env: dict[str, str] | None = None, settings: dict[str, Any] | None = None
    ) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
        """As a client does it: (process, its one line)."""
        process = self.popen("--spawned", *arguments, env=env)
        process.stdin.write(json.dumps({"settings": settings or {}}).encode())
        process.stdin.close()
        line = process.stdout.readline()
        process.stdout.close()
        return process, json.loads(line or b"{}")

    def popen(self, *arguments: str, env: dict[str, str] | None = None, **more: Any) -> Any:
        """A Popen; Any, because which of its pipes are there depends on `more`."""
        self.paths.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self.paths.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as log:
            process = subprocess.Popen(
                [sys.executable, str(self._driver), *arguments],
                stdin=more.pop("stdin", subprocess.PIPE),
                stdout=subprocess.PIPE,
                stderr=more.pop("stderr", log),
                cwd="/",
                env={**os.environ, **(env or {})},
                start_new_session=True,
                **more,
            )
        self._running.append(process)
        return process

    def connect(self) -> Wire:
        wire = Wire(self.paths.socket)
        self._wires.append(wire)
        return wire

    def notes(self) -> list[str]:
        try:
            return (self.paths.home / "notes").read_text().split()
        except FileNotFoundError:
            return []

    def log(self) -> str:
        return self.paths.log.read_text()

    def release(self) -> None:
        (self.paths.home / "release").touch()

    def clean_up(self) -> None:
        for wire in self._wires:
            wire.close()
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.wait(20)
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


@pytest.fixture
def daemons(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemons]:
    home.mkdir(mode=0o700)
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    daemons = Daemons(driver, Paths.from_environ())
    yield daemons
    daemons.clean_up()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.01)


# --- starting


def test_spawned_says_one_line_and_lets_go(daemons: Daemons) -> None:
    process = daemons.popen("--spawned")
    process.stdin.write(b'{"settings": {}}')
    process.stdin.close()
    out = process.stdout.read()  # returns at the end of the stream: stdout was let go
    assert json.loads(out) == {"state": "ready", "pid": process.pid, "socket": str(daemons.paths.socket)}
    assert process.poll() is None
    assert daemons.connect().hello["pid"] == process.pid
    descriptors = Path(f"/proc/{process.pid}/fd")
    if descriptors.exists():
        assert str((descriptors / "0").readlink()) == str((descriptors / "1").readlink()) == "/dev/null"
        assert (descriptors / "2").readlink() == daemons.paths.log
    assert stat.S_IMODE(daemons.paths.log.stat().st_mode) == 0o600


def test_a_client_that_is_gone_does_not_matter(daemons: Daemons) -> None:
    process = daemons.popen("--spawned", env={"TEST_LOAD": "0.2"})
    process.stdout.close()
    process.stdin.close()
    # An empty stdin is no settings, so this one fails; and has nobody to tell.
    assert process.wait(30) == 1
    process = daemons.popen("--spawned", env={"TEST_LOAD": "0.2"})
    process.stdin.write(b'{"settings": {}}')
    process.stdin.close()
    process.stdout.close()
    eventually(daemons.paths.socket.exists)
    eventually(lambda: "ready" in daemons.log())
    assert daemons.connect().call("daemon.status")["pid"] == process.pid


@pytest.mark.parametrize(
    "sent", [b"", b"x", b"[]", b"{}", b'{"settings": 5}', b'{"settings": {"daemon": 5}}']
)
def test_bad_settings_on_stdin(daemons: Daemons, sent: bytes) -> None:
    process = daemons.popen("--spawned")
    out, _ = process.communicate(sent, timeout=30)
    said = json.loads(out)
    assert said["state"] == "failed"
    assert said["error"]["code"] in ("INVALID_REQUEST", "CONFIG_ERROR")
    assert process.returncode == 1


def test_settings_arrive_and_stay_out_of_sight(daemons: Daemons) -> None:
    model = "/nowhere/sk-secret"
    settings = {"daemon": {"idle_timeout": 77}, "embedder": {"config": {"model_path": model}}}
    process, said = daemons.spawn(settings=settings)
    assert said["state"] == "ready"
    assert daemons.connect().call("daemon.status")["idle_timeout"] == 77
    assert "sk-secret" not in daemons.log()
    command_line = Path(f"/proc/{process.pid}/cmdline")
    if command_line.exists():
        assert b"sk-secret" not in command_line.read_bytes()


def test_a_wrong_setting_is_reported(daemons: Daemons) -> None:
    process, said = daemons.spawn(settings={"daemon": {"idle_timeuot": 1}})
    assert said["state"] == "failed"
    error = from_wire(said["error"])
    assert error.code == "CONFIG_ERROR"
    assert "did you mean daemon.idle_timeout?" in str(error)
    assert process.wait(30) == 1


def test_a_store_that_does_not_open_is_reported(daemons: Daemons) -> None:
    process, said = daemons.spawn(env={"TEST_FAIL": "store"})
    assert (said["state"], said["error"]["code"]) == ("failed", "STORE_ERROR")
    assert said["error"]["data"] == {"reason": "too_new"}
    assert process.wait(30) == 1
    assert not daemons.paths.socket.exists()


def test_a_bug_at_the_start_has_its_traceback_in_the_log(daemons: Daemons) -> None:
    process, said = daemons.spawn(env={"TEST_FAIL": "bug"})
    assert said["error"]["code"] == "INTERNAL"
    assert said["error"]["error_id"] in daemons.log()
    assert "builtins.RuntimeError" in daemons.log()
    assert "secret" not in said["error"]["message"]
    assert process.wait(30) == 1


def test_a_home_open_to_others_is_refused(daemons: Daemons) -> None:
    daemons.paths.log.parent.mkdir(mode=0o700)
    daemons.paths.home.chmod(0o755)
    _, said = daemons.spawn()
    assert said["error"]["code"] == "DAEMON_UNAVAILABLE"
    assert "chmod 700" in said["error"]["remedy"]


def test_in_the_foreground(daemons: Daemons) -> None:
    process = daemons.popen("--idle-timeout", "50", stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    eventually(daemons.paths.socket.exists)
    eventually(lambda: "ready" in daemons.log())
    assert daemons.connect().call("daemon.status")["idle_timeout"] == 50
    second = daemons.popen(stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    out, err = second.communicate(timeout=30)
    assert (second.returncode, out) == (1, b"")
    assert b"already runs" in err
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, b"")
    assert b"ready on" in err
    assert "stopped" in daemons.log()


def test_help_and_version_load_nothing() -> None:
    for option, expected in (("--help", "--idle-timeout"), ("--version", "memorusd 0.")):
        script = (
            "import sys; from memorusd.__main__ import main\n"
            f"try: main([{option!r}])\n"
            "except SystemExit: print(sorted({'anyio', 'pydantic', 'numpy', 'mem0'} & set(sys.modules)))"
        )
        out = subprocess.check_output([sys.executable, "-c", script], text=True)
        assert expected in out
        assert out.endswith("[]\n")


# --- one instance


def test_ten_at_once_make_one(daemons: Daemons) -> None:
    processes = [daemons.popen("--spawned", env={"TEST_LOAD": "0.3"}) for _ in range(10)]
    said = []
    for process in processes:
        process.stdin.write(b'{"settings": {}}')
        process.stdin.close()
    for process in processes:
        said.append(json.loads(process.stdout.readline()))
    assert sorted(line["state"] for line in said) == ["ready"] + ["running"] * 9
    (winner,) = (line["pid"] for line in said if line["state"] == "ready")
    for process in processes:
        if process.pid != winner:
            assert process.wait(20) == 0
    assert daemons.connect().call("daemon.status")["pid"] == winner


def test_after_a_kill_the_stale_socket_is_replaced(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    process.kill()
    process.wait()
    assert daemons.paths.socket.exists()
    second, said = daemons.spawn()
    assert said["state"] == "ready"
    assert daemons.connect().hello["pid"] == second.pid


def test_the_successor_waits_for_the_drain(daemons: Daemons) -> None:
    first, _ = daemons.spawn()
    wire = daemons.connect()
    wire.ask("memory.search", query="hold")
    eventually(lambda: daemons.notes() == ["holding"])
    first.send_signal(signal.SIGTERM)
    eventually(lambda: not daemons.paths.socket.exists())
    threading.Timer(0.3, daemons.release).start()
    second, said = daemons.spawn()
    assert said == {"state": "ready", "pid": second.pid, "socket": str(daemons.paths.socket)}
    assert daemons.notes() == ["holding", "closed"]  # all that before the second one began
    assert wire.read()[2:] == [None, {"echo": "hold"}]


@pytest.mark.parametrize("look", ["asked to look", pytest.param("by itself", marks=pytest.mark.full)])
def test_a_removed_socket_makes_room_for_a_successor(daemons: Daemons, look: str) -> None:
    first, _ = daemons.spawn()
    daemons.paths.socket.unlink()
    if look == "asked to look":  # it does so every ten seconds, and after a reload
        first.send_signal(signal.SIGHUP)
    second, said = daemons.spawn()  # waits until the first one has noticed
    assert said["state"] == "ready"
    assert first.wait(20) == 0
    assert daemons.connect().hello["pid"] == second.pid


@pytest.mark.parametrize("look", ["asked to look", pytest.param("by itself", marks=pytest.mark.full)])
def test_a_removed_home_ends_its_daemon(daemons: Daemons, look: str) -> None:
    first, _ = daemons.spawn()
    daemons.paths.instance_lock.unlink()
    if look == "asked to look":
        first.send_signal(signal.SIGHUP)
    assert first.wait(20) == 0
    assert "lock file was removed" in daemons.log()
    assert daemons.spawn()[1]["state"] == "ready"


# --- ending


def test_sigterm_drains(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    working, resting = daemons.connect(), daemons.connect()
    working.ask("memory.search", query="hold")
    eventually(lambda: daemons.notes() == ["holding"])
    process.send_signal(signal.SIGTERM)
    eventually(lambda: not daemons.paths.socket.exists())
    resting.ask("memory.search", query="late")
    assert resting.read()[2]["code"] == "DAEMON_UNAVAILABLE"
    daemons.release()
    assert working.read()[2:] == [None, {"echo": "hold"}]
    with pytest.raises(EOFError):
        resting.read()
    assert process.wait(20) == 0
    assert daemons.notes() == ["holding", "closed"]


def test_a_second_signal_forces(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    daemons.connect().ask("memory.search", query="hang")
    eventually(lambda: daemons.notes() == ["hanging"])
    process.send_signal(signal.SIGTERM)
    eventually(lambda: not daemons.paths.socket.exists())
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 128 + signal.SIGINT
    assert "forced exit" in daemons.log()
    assert daemons.spawn()[1]["state"] == "ready"


@pytest.mark.full
def test_a_drain_that_hangs_comes_to_an_end(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    daemons.connect().ask("memory.search", query="hang")
    eventually(lambda: daemons.notes() == ["hanging"])
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 1
    assert "1 still in flight after the drain" in daemons.log()
    assert "forced exit: not done 25 s" in daemons.log()
    assert daemons.spawn()[1]["state"] == "ready"


def test_shutdown_by_request(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    assert daemons.connect().call("daemon.shutdown") == {"ok": True}
    assert process.wait(20) == 0
    assert not daemons.paths.socket.exists()
    assert daemons.notes() == ["closed"]


def test_idle_exit(daemons: Daemons) -> None:
    process, _ = daemons.spawn("--idle-timeout", "0.5")
    wire = daemons.connect()  # a connection is activity, even a silent one
    time.sleep(1.0)
    assert process.poll() is None
    wire.close()
    assert process.wait(20) == 0
    assert "idle for 0.5 s" in daemons.log()
    assert daemons.notes() == ["closed"]
    assert not daemons.paths.socket.exists()


def test_background_work_is_activity(daemons: Daemons) -> None:
    (daemons.paths.home / "busy").touch()
    process, _ = daemons.spawn("--idle-timeout", "0.2")
    time.sleep(1.0)
    assert process.poll() is None
    (daemons.paths.home / "busy").unlink()
    assert process.wait(20) == 0


def test_zero_means_never(daemons: Daemons) -> None:
    process, _ = daemons.spawn("--idle-timeout", "0")
    daemons.connect().close()
    time.sleep(1.0)
    assert process.poll() is None


def test_idle_exit_loses_no_client(daemons: Daemons) -> None:
    """Connect over and over around the moment of exit: a hello or a refusal, never an answer that is lost."""
    first, _ = daemons.spawn("--idle-timeout", "0.05")
    greeted = 0
    while first.poll() is None:
        try:
            wire = daemons.connect()
        except (ConnectionRefusedError, FileNotFoundError, EOFError, ConnectionResetError):
            continue
        greeted += 1
        if wire.hello["state"] == "ready":
            assert wire.call("memory.search", query="x") == {"echo": "x"}
        wire.close()
        time.sleep(0.048 + 0.002 * (greeted % 4))
        if greeted > 20:
            first.send_signal(signal.SIGTERM)
    assert greeted
    assert first.wait(20) == 0


def test_sighup_reloads_and_bad_settings_change_nothing(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    wire = daemons.connect()
    assert wire.call("daemon.status")["idle_timeout"] == 300
    daemons.paths.config.write_text("[daemon]\nidle_timeout = 44\n")
    process.send_signal(signal.SIGHUP)
    eventually(lambda: wire.call("daemon.status")["idle_timeout"] == 44)
    assert daemons.notes() == ["reloaded"]
    daemons.paths.config.write_text("[daemon]\nidle_timeout = -1\n")
    process.send_signal(signal.SIGHUP)
    eventually(lambda: "not reloaded" in daemons.log())
    assert wire.call("daemon.status")["idle_timeout"] == 44
    daemons.paths.config.write_text("[daemon]\nidle_timeout = 0.2\nlog_level = 'error'\n")
    process.send_signal(signal.SIGHUP)
    eventually(lambda: wire.call("daemon.status")["idle_timeout"] == 0.2)
    wire.close()
    assert process.wait(20) == 0
    assert "idle for" not in daemons.log()  # below the new level


def test_the_embedder_does_not_change_under_a_running_engine(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    wire = daemons.connect()
    config = wire.call("daemon.status")["config"]
    daemons.paths.config.write_text("[embedder.config]\ndownload = false\n")
    process.send_signal(signal.SIGHUP)
    eventually(lambda: "settings reloaded" in daemons.log())
    assert wire.call("daemon.status")["config"] == config
    assert "the embedder's settings changed" in daemons.log()


# --- systemd


class Activated:
    """Does what systemd does: holds the socket, passes it as fd 3, listens to notifications."""

    def __init__(self, daemons: Daemons, directory: Path) -> None:
        self._daemons = daemons
        daemons.paths.socket.parent.mkdir(mode=0o700)
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(daemons.paths.socket))
        self.listening.listen(16)
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(directory / "notify"))
        self.notices.settimeout(20)
        self._env = {"NOTIFY_SOCKET": str(directory / "notify")}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        # LISTEN_PID must be the daemon's own, so the process sets it and then becomes the daemon.
        script = (
            "import os, sys; os.dup2(int(sys.argv[1]), 3, inheritable=True); "
            "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1', LISTEN_FDNAMES='memorusd'); "
            "os.execv(sys.executable, [sys.executable, *sys.argv[2:]])"
        )
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                script,
                str(self.listening.fileno()),
                str(self._daemons._driver),
                *arguments,
            ],
            pass_fds=[self.listening.fileno()],
            env={**os.environ, **self._env},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._daemons._running.append(process)
        return process

    def told(self) -> str:
        return self.notices.recv(1000).decode()

    def close(self) -> None:
        self.listening.close()
        self.notices.close()


@pytest.fixture
def activated(daemons: Daemons, tmp_path: Path) -> Iterator[Activated]:
    manager = Activated(daemons, tmp_path)
    yield manager
    manager.close()


def test_socket_activation(daemons: Daemons, activated: Activated) -> None:
    before = daemons.paths.socket.stat().st_ino
    early = socket.socket(socket.AF_UNIX)  # this connection is what starts the daemon
    early.connect(str(daemons.paths.socket))
    process = activated.start("--idle-timeout", "0.5")
    assert activated.told() == "READY=1"
    early.settimeout(20)
    (hello,) = Decoder().feed(early.recv(65536))
    assert hello[2]["pid"] == process.pid
    wire = daemons.connect()
    status = wire.call("daemon.status")
    assert status["activated"] is True
    assert status["socket"] == str(daemons.paths.socket)
    early.close()
    wire.close()
    assert activated.told() == "STOPPING=1"
    assert process.wait(20) == 0
    assert daemons.paths.socket.stat().st_ino == before  # never unlinked
    waiting = socket.socket(socket.AF_UNIX)  # and still connectable: systemd would start the next one
    waiting.connect(str(daemons.paths.socket))
    process = activated.start()
    waiting.settimeout(20)
    (hello,) = Decoder().feed(waiting.recv(65536))
    assert hello[2]["pid"] == process.pid
    waiting.close()


def test_activated_reload_is_told(daemons: Daemons, activated: Activated) -> None:
    process = activated.start()
    assert activated.told() == "READY=1"
    process.send_signal(signal.SIGHUP)
    reloading = activated.told().split("\n")
    assert reloading[0] == "RELOADING=1"
    assert reloading[1].startswith("MONOTONIC_USEC=")
    assert activated.told() == "READY=1"
    process.send_signal(signal.SIGTERM)
    assert activated.told() == "STOPPING=1"
    assert process.wait(20) == 0


def test_activated_waits_for_the_one_that_drains(daemons: Daemons, activated: Activated) -> None:
    from memorusd.daemon.instance import Instance

    held = Instance.try_lock(daemons.paths.instance_lock)
    assert held is not None
    process = activated.start()
    time.sleep(0.3)
    assert process.poll() is None  # the socket accepts, but that is systemd, not a daemon
    held.release()
    assert activated.told() == "READY=1"


def test_not_a_socket_as_fd_3(daemons: Daemons, tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        script = (
            f"import os, sys; os.dup2({file.fileno()}, 3, inheritable=True); "
            "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); "
            "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(daemons._driver)],
            pass_fds=[file.fileno()],
            capture_output=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert b"fd 3" in done.stderr


# --- strangers, garbage, and what the log must not hold


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_is_refused(daemons: Daemons) -> None:
    daemons.spawn()
    script = f"""
import os, socket
sock = socket.socket(socket.AF_UNIX)
sock.settimeout(10)
directory = os.open({str(daemons.paths.socket.parent)!r}, os.O_RDONLY)  # pass the 0700 directory while root
os.fchdir(directory)
os.chmod({str(daemons.paths.socket)!r}, 0o666)
os.setegid(65534)
os.seteuid(65534)
sock.connect({daemons.paths.socket.name!r})
print(sock.recv(100))
"""
    daemons.paths.socket.parent.chmod(0o711)
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert out.stdout == "b''\n", out.stderr
    assert "the peer is user 65534" in daemons.log()


def test_garbage_leaves_the_daemon_alive_and_small(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    steady = daemons.connect()
    steady.call("memory.search", query="x")
    before = rss(process.pid)
    for seed in range(60):
        wire = daemons.connect()
        chunk = bytes((seed * 7 + i * i) % 251 for i in range(4096))
        try:
            if seed % 3 == 0:  # plain garbage
                wire.socket.sendall(chunk * 16)
            elif seed % 3 == 1:  # an honest length, but 15 MiB that are no message
                wire.socket.sendall((15 << 20).to_bytes(4, "big") + chunk * (15 * 256))
            else:  # a long frame begun, and never ended
                wire.socket.sendall((16 << 20).to_bytes(4, "big") + chunk * 512)
        except (BrokenPipeError, ConnectionResetError):
            pass
        wire.close()
    eventually(lambda: steady.call("daemon.status")["connections"] == 1)
    assert steady.call("memory.search", query="x") == {"echo": "x"}
    if before:
        assert rss(process.pid) < before + 64 * 1024
    assert "Traceback" not in daemons.log()


def rss(pid: int) -> int:
    """Resident KiB, or 0 where there is no /proc."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


def test_no_text_in_the_log_even_at_debug(daemons: Daemons) -> None:
    daemons.spawn(settings={"daemon": {"log_level": "debug"}})
    wire = daemons.connect()
    wire.call("memory.search", query="confidential words")
    for method, params in (
        ("memory.search", {"query": "fail: confidential words"}),
        ("memory.confidential", {}),
        ("daemon.status", {"confidential": 1}),
    ):
        with pytest.raises(MemorusError):
            wire.call(method, **params)
    wire.socket.sendall(encode(["confidential", "confidential"]))
    assert wire.read()[1] == "error"
    log = daemons.log()
    assert "memory.search took" in log
    assert "error_id" in log
    assert "confidential" not in log


def test_no_child_processes_and_no_tcp(daemons: Daemons) -> None:
    process, _ = daemons.spawn()
    daemons.connect().call("memory.search", query="x")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("needs /proc")
    assert children.read_text() == ""
    links = [str(fd.readlink()) for fd in Path(f"/proc/{process.pid}/fd").iterdir()]
    inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
    assert inodes
    for table in ("tcp", "tcp6", "udp", "udp6"):
        rows = Path(f"/proc/{process.pid}/net/{table}")
        if rows.exists():
            assert not inodes & {line.split()[9] for line in rows.read_text().splitlines()[1:]}
