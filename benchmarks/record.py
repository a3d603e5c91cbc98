"""Records terminal sessions of a new user as text files in docs/.

    python benchmarks/record.py          writes every recording

tmux runs a shell in an empty home. The program types the commands below into it and saves what the terminal
shows. A test repeats each recording and compares, so the documentation always shows what a user sees.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["DOCS", "RECORDINGS", "record"]

DOCS = Path(__file__).parents[1] / "docs"
PROMPTS = ("$", ">>>")
QUESTIONS = ("?", "]")
WIDTH = 100
Session = tuple[tuple[str, ...], ...]
"""Each command, followed by what is typed when it asks."""

RECORDINGS: dict[str, Session] = {
    "first-five-minutes.txt": (
        ('memorusctl learn "Deploys go through the blue-green script." --scope project:shop',),
        ('memorusctl learn "I prefer invoices as PDF, never as Word files."',),
        ('memorusctl learn "Thanks, that helped!"',),
        ('memorusctl search "how do deploys work?"',),
        ('memorusctl learn "The API listens on port 8080."',),
        ('memorusctl learn "The API listens on port 9090."',),
        ("memorusctl conflicts resolve", "b"),
        ("memorusctl list",),
        ("python -c \"from memorus_client import Memory; print(Memory().context('which port?', limit=1))\"",),
        ('memorusctl forget --query "invoices" --limit 1', "y"),
        ("memorusctl status",),
        ("memorusctl verify",),
        ("memorusctl daemon stop",),
    ),
    "two-agents.txt": (
        ("# One agent learns a fact",),
        ('memorusctl learn "Use pnpm in the web folder."',),
        ("# Another agent asks, in another process",),
        ("python -q",),
        ("from memorus_client import Memory",),
        ('print(Memory().context("how to install packages?"))',),
        ("exit()",),
        ("memorusctl daemon stop",),
    ),
}
"""The file in docs/ that each session is written to."""


def record(session: Session) -> str:
    """Run a session and return what the terminal shows. Needs tmux."""
    with tempfile.TemporaryDirectory(prefix="memorus-record-") as scratch:
        home = Path(scratch) / "home"
        home.mkdir(mode=0o700)
        screen = _Screen(home)
        try:
            for command, *answers in session:
                screen.type(command, PROMPTS if not answers else QUESTIONS)
                for answer in answers:
                    screen.type(answer, PROMPTS)
            shown = screen.text()
        finally:
            screen.close()
    return shown.replace(str(home), "~").removesuffix(f"{PROMPTS[0]}\n")


class _Screen:
    """A terminal in tmux that the program types into."""

    def __init__(self, home: Path) -> None:
        programs = Path(sys.executable).parent
        self._tmux = ["tmux", "-f", "/dev/null", "-S", str(home.parent / "tmux")]
        env = {
            "HOME": str(home),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PS1": f"{PROMPTS[0]} ",
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "HISTFILE": "/dev/null",
            "MEMORUS_OFFLINE": "1",
        }
        shell = ["bash", "--noprofile", "--norc", "-i"]
        size = ["-x", str(WIDTH), "-y", "400"]
        subprocess.run([*self._tmux, "new-session", "-d", *size, *shell], env=env, cwd=home, check=True)
        self._env = env
        self._wait(1, PROMPTS)

    def type(self, line: str, endings: tuple[str, ...]) -> None:
        """Type a line and wait until the screen's text ends in one of `endings`."""
        before = self.text().count("\n")
        self._call("send-keys", "-l", line)
        self._call("send-keys", "Enter")
        self._wait(before + 1, endings)

    def text(self) -> str:
        """The text on the screen, without trailing blanks and empty lines."""
        lines = self._call("capture-pane", "-p", "-J").splitlines()
        return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"

    def close(self) -> None:
        """Close the terminal."""
        self._call("kill-server")

    def _wait(self, lines: int, endings: tuple[str, ...]) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            shown = self.text()
            if shown.count("\n") >= lines and shown.rstrip().endswith(endings):
                time.sleep(0.2)
                if self.text() == shown:
                    return
            time.sleep(0.05)
        raise TimeoutError(
            f"no output that ends in one of {endings} within 60 seconds; the screen shows:\n{self.text()}"
        )

    def _call(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words], env=self._env, capture_output=True, text=True, check=True
        )
        return done.stdout


def main() -> None:
    """Write every recording."""
    if not shutil.which("tmux"):
        sys.exit("record.py needs tmux; install it")
    for name, session in RECORDINGS.items():
        text = record(session)
        (DOCS / name).write_text(text, encoding="utf-8")
        print(text)


if __name__ == "__main__":
    main()
