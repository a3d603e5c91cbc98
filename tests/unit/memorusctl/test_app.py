"""The typer side: help, usage errors, completion, and what they import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from memorusctl import app, main
from memorusctl.definitions import EXIT


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        [],
        *([name, "--help"] for name in app.GROUPS),
        *([*w, "-h"] for w, _ in app.all_commands()),
    ],
    ids=str,
)
def test_help_answers(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Usage: memorusctl")
    assert err == ""


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    for words, command in app.all_commands():
        main([*words, "--help"])
        out = capsys.readouterr().out
        for param in command.params:
            assert all(flag in out for flag in param.flags), (words, param.name)


def test_help_imports_no_engine() -> None:
    code = (
        "import sys; from memorusctl import main; main(['search', '--help']);"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "typer" in loaded
    assert not loaded & {"memorusd", "mem0", "numpy", "onnxruntime", "memorus_client", "anyio"}


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"memorus {version('memorus')}\n"


@pytest.mark.parametrize(
    ("words", "said", "remedy"),
    [
        (["serch", "x"], "'serch'", "memorusctl --help"),
        (["search"], "argument", "memorusctl search --help"),
        (["search", "x", "--limt", "3"], "--limt", "memorusctl search --help"),
        (["search", "x", "--limit", "many"], "--limit", "memorusctl search --help"),
        (["learn", "x", "--type", "poem"], "preference", "memorusctl learn --help"),
        (["learn", "two", "words"], "words", "memorusctl learn --help"),
        (["daemon", "strat"], "'strat'", "memorusctl daemon --help"),
        (["daemon"], "ommand", "memorusctl daemon --help"),
    ],
)
def test_wrong_usage_is_two_lines_or_one_object(
    words: list[str], said: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == EXIT["usage"]
    out, err = capsys.readouterr()
    what, advice = err.splitlines()
    assert out == ""
    assert said in what
    assert advice == f"  run: {remedy}"
    assert main([*words, "--json"]) == EXIT["usage"]
    out, err = capsys.readouterr()
    assert json.loads(out)["error"]["code"] == "INVALID_REQUEST"
    assert err == ""


@pytest.mark.parametrize("name", ["memorusctl", "memorus"])
def test_completion_knows_commands_and_choices(name: str) -> None:
    def complete(line: str) -> str:
        environ = {
            **os.environ,
            f"_{name.upper()}_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split())),
        }
        code = f"import sys; sys.argv = ['{name}']; from memorusctl import main; sys.exit(main())"
        done = subprocess.run(
            [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False
        )
        return done.stdout

    assert "forget" in complete(f"{name} ")
    assert "preference" in complete(f"{name} learn --type ")
