"""The log: private, bounded, without texts."""

from __future__ import annotations

import faulthandler
import logging
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memorusd.daemon import logs
from memorusd.daemon.logs import describe


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Set the log up here, and take it down again."""
    hooks, was_enabled = (sys.excepthook, threading.excepthook), faulthandler.is_enabled()
    root = list(logging.getLogger().handlers)
    path = tmp_path / "logs" / "memorusd.log"

    def start(level: str = "info", max_bytes: int = 10_000) -> Path:
        logs.set_up(path, level, own_stderr=False, max_bytes=max_bytes)
        return path

    yield start
    for handler in list(logs.log.handlers):
        logs.log.removeHandler(handler)
        handler.close()
    logs.log.propagate = True
    logs.log.setLevel(logging.NOTSET)
    logging.getLogger().handlers[:] = root
    sys.excepthook, threading.excepthook = hooks
    if was_enabled:
        faulthandler.enable(sys.__stderr__ or sys.stderr)


def test_private_and_stamped_in_utc(log_file: Callable[..., Path]) -> None:
    mask = os.umask(0)
    try:
        path = log_file()
    finally:
        os.umask(mask)
    logs.log.info("hello")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO hello\n", path.read_text())


def test_size_is_bounded_and_so_are_the_modes(log_file: Callable[..., Path]) -> None:
    path = log_file(max_bytes=2_000)
    for i in range(1_000):
        logs.log.info("line %d of a log that goes on and on", i)
    files = sorted(path.parent.iterdir())
    assert len(files) == 1 + logs.BACKUPS
    for file in files:
        assert file.stat().st_size <= 2_000
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_level(log_file: Callable[..., Path]) -> None:
    path = log_file("warning")
    logs.log.info("not this")
    logs.set_level("debug")
    logs.log.debug("but this")
    assert "not this" not in path.read_text()
    assert "but this" in path.read_text()


def test_a_traceback_has_places_and_types_but_no_messages(log_file: Callable[..., Path]) -> None:
    path = log_file()

    def fail() -> None:
        raise KeyError("secret one")

    try:
        try:
            fail()
        except KeyError as error:
            raise ValueError("secret two") from error
    except ValueError as error:
        logs.log.exception("it failed")
        described = describe(error)
    for text in (path.read_text(), described):
        assert "builtins.KeyError" in text
        assert "builtins.ValueError" in text
        assert "in fail" in text
        assert "secret" not in re.sub(r"^\s+raise .*$", "", text, flags=re.MULTILINE)  # source lines stay


def test_an_os_error_keeps_its_number() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        Path("/nowhere/secret").stat()
    assert "errno 2" in describe(caught.value)
    assert "No such file" not in describe(caught.value)


def test_a_link_in_place_of_the_log_is_refused(log_file: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir(mode=0o700)
    (tmp_path / "logs" / "memorusd.log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        log_file()


def test_stderr_and_crashes_follow_the_rotation(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "memorusd.log"
    script = f"""
import os, pathlib, sys, faulthandler
from memorusd.daemon import logs
logs.set_up(pathlib.Path({str(path)!r}), "info", own_stderr=True, max_bytes=1000)
for i in range(50):
    logs.log.info("a line to fill the log %d", i)
os.write(2, b"a word from a C library\\n")
faulthandler._sigabrt()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False)
    assert done.returncode == -6
    assert done.stderr == b""
    assert "a word from a C library" in path.read_text()
    assert "Fatal Python error: Aborted" in path.read_text()


def test_other_peoples_loggers_do_not_reach_it(
    log_file: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    path = log_file()
    logging.getLogger("some.library").warning("secret text")
    assert "secret" not in path.read_text()
    assert "secret" not in capfd.readouterr().err
