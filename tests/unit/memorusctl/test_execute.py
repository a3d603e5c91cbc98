"""Results and errors: what is printed where, and with which exit status."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import (
    CODES,
    ConfigError,
    DaemonUnavailable,
    InvalidRequest,
    MemorusError,
    NotFound,
    StoreError,
)
from memorusctl.definitions import EXIT, Command
from memorusctl.execute import execute

TEXT = {"json": False, "debug": False}
JSON = {"json": True, "debug": False}


def _command(run: Callable[[dict[str, Any]], dict[str, Any]]) -> Command:
    return Command("try", "", (), run, lambda result: [f"got {result['text']}"])


def _raising(error: Exception) -> Command:
    def run(args: dict[str, Any]) -> dict[str, Any]:
        raise error

    return _command(run)


def test_a_result_is_lines_or_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    command = _command(lambda args: {"text": "naïve 记忆"})
    assert execute(command, TEXT) == 0
    assert capsys.readouterr() == ("got naïve 记忆\n", "")
    assert execute(command, JSON) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), out.count("\n"), err) == ({"text": "naïve 记忆"}, 1, "")


@pytest.mark.parametrize("args", [TEXT, JSON])
def test_an_output_that_cannot_hold_a_character_still_gets_it(
    args: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert execute(_command(lambda args: {"text": "记"}), args) == 0
    assert b"\\u8bb0" in raw.getvalue()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidRequest("limit is 0", remedy="give 1 or more"), EXIT["usage"]),
        (NotFound("no memory x", remedy="memorusctl list prints them"), EXIT["not found"]),
        (StoreError("the disk is full", remedy="free some space"), EXIT["unavailable"]),
        (DaemonUnavailable("no daemon", remedy="start one"), EXIT["unavailable"]),
        (ConfigError("setting x is unknown", remedy="valid: y"), EXIT["failed"]),
        (MemorusError("a; b", remedy="c"), EXIT["failed"]),
    ],
)
def test_an_error_is_two_lines_on_stderr(
    error: MemorusError, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(_raising(error), TEXT) == status
    assert capsys.readouterr() == ("", f"memorusctl: {error.message}\n  {error.remedy}\n")


@pytest.mark.parametrize("code", sorted(CODES))
def test_an_error_is_one_object_with_json(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    error = CODES[code]("what", remedy="remedy", data={"value": 7}, error_id="e1")
    assert execute(_raising(error), JSON) in set(EXIT.values()) - {0}
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "error": {
            "code": code,
            "message": "what",
            "remedy": "remedy",
            "data": {"value": 7},
            "retryable": error.retryable,
            "error_id": "e1",
        }
    }


def test_a_message_without_a_remedy_points_to_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    execute(_raising(MemorusError("it broke", error_id="e42")), TEXT)
    assert (
        capsys.readouterr().err
        == "memorusctl: it broke\n  see error e42 in the log: memorusctl daemon logs\n"
    )


@pytest.mark.parametrize("error", [InvalidRequest("limit is 0; or so"), NotFound("no"), ConfigError("no")])
def test_a_mistake_of_the_caller_never_points_to_the_log(
    error: MemorusError, capsys: pytest.CaptureFixture[str]
) -> None:
    execute(_raising(error), TEXT)
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"memorusctl: {error.message}"
    assert "memorusctl" in second
    assert "log" not in second


def test_a_fault_of_ours_is_no_traceback_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(_raising(ZeroDivisionError("oh")), TEXT) == EXIT["failed"]
    err = capsys.readouterr().err
    assert err.startswith("memorusctl: unexpected ZeroDivisionError: oh\n")
    assert "Traceback" not in err
    execute(_raising(ZeroDivisionError("oh")), {"json": True, "debug": True})
    out, err = capsys.readouterr()
    assert "Traceback" in err
    assert json.loads(out)["error"]["code"] == "INTERNAL"


def test_an_interrupt_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    def run(args: dict[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt

    assert execute(_command(run), TEXT) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_is_full_is_reported() -> None:
    code = (
        "from memorusctl.execute import execute; from memorusctl.definitions import Command;"
        "c = Command('x', '', (), lambda a: {}, lambda r: ['line']);"
        "import sys; sys.exit(execute(c, {'json': False, 'debug': False}))"
    )
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == EXIT["failed"]
    assert "cannot write the output" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    code = (
        "from memorusctl.execute import execute; from memorusctl.definitions import Command;"
        "c = Command('x', '', (), lambda a: {}, lambda r: (str(i) for i in range(10**6)));"
        "import sys; sys.exit(execute(c, {'json': False, 'debug': False}))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == EXIT["failed"]
