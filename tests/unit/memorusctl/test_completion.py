"""What `completion` prints makes each shell complete."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorusctl.commands.completion import SHELLS
from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script_for_both_names(shell: str, memorusctl: Run) -> None:
    script = memorusctl("completion", shell).stdout
    assert "_MEMORUSCTL_COMPLETE" in script
    assert "_MEMORUS_COMPLETE" in script
    if shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("memorusctl con", {"conflicts", "config"}),
        ("memorusctl config ", {"show", "get", "set", "path", "check"}),
        ("memorusctl learn --ty", {"--type"}),
        ("memorusctl list --sort ", {"new", "weight"}),
        ("memorus conflicts resolve --keep ", {"a", "b", "both", "merge"}),
    ],
)
@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
def test_bash_completes(line: str, wanted: set[str], memorusctl: Run, tmp_path: Path) -> None:
    words = line.split(" ")
    program, folder = words[0], Path(sys.executable).parent
    array = " ".join(f"'{word}'" for word in words)
    script = f"""
        PATH={folder}:$PATH
        eval "$(memorusctl completion bash)"
        COMP_WORDS=({array}); COMP_CWORD={len(words) - 1}
        $(complete -p {program} | sed 's/.*-F \\([^ ]*\\).*/\\1/') {program}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert wanted <= set(done.stdout.split()), done.stdout + done.stderr


def test_an_unknown_shell(memorusctl: Run) -> None:
    done = memorusctl("completion", "tcsh")
    assert done.returncode == EXIT["usage"]
    assert "bash, zsh, fish" in done.stderr


def test_completing_imports_no_engine(monkeypatch: Any) -> None:
    code = (
        "import os, sys; os.environ.update(_MEMORUSCTL_COMPLETE='complete_bash', COMP_WORDS='memorusctl ',"
        "COMP_CWORD='1'); sys.argv = ['memorusctl']\n"
        "from memorusctl import main\n"
        "try: main()\n"
        "finally: sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "doctor" in done.stdout
    assert "typer" in loaded
    assert not loaded & {"memorusd", "mem0", "numpy", "onnxruntime", "memorus_client", "anyio"}
