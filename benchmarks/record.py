"""Records the first five minutes of a new user, as they are on the screen: docs/first-five-minutes.txt.

    python benchmarks/record.py          writes the file anew

A shell in a terminal of tmux, in an empty home, is typed the commands below; what tmux then shows is the
recording. A test records it again and compares, so that it stays what a new user sees.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["FILE", "record"]

FILE = Path(__file__).parents[1] / "docs" / "first-five-minutes.txt"
PROMPT = "$"
WIDTH = 100
SESSION: tuple[tuple[str, ...], ...] = (
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
)
"""Each command, and what is typed when it asks."""


def record() -> str:
    """The whole session as text. Needs tmux."""
    with tempfile.TemporaryDirectory(prefix="memorus-record-") as scratch:
        home = Path(scratch) / "home"
        home.mkdir(mode=0o700)
        screen = _Screen(home)
        try:
            for command, *answers in SESSION:
                screen.type(command, PROMPT if not answers else "?", "]")
                for answer in answers:
                    screen.type(answer, PROMPT)
            shown = screen.all()
        finally:
            screen.close()
    return shown.replace(str(home), "~")


class _Screen:
    """A terminal that somebody types into."""

    def __init__(self, home: Path) -> None:
        programs = Path(sys.executable).parent
        self._tmux = ["tmux", "-f", "/dev/null", "-S", str(home.parent / "tmux")]
        env = {
            "HOME": str(home),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PS1": f"{PROMPT} ",
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "HISTFILE": "/dev/null",
            "MEMORUS_OFFLINE": "1",
        }
        shell = ["bash", "--noprofile", "--norc", "-i"]
        size = ["-x", str(WIDTH), "-y", "400"]
        subprocess.run([*self._tmux, "new-session", "-d", *size, *shell], env=env, cwd=home, check=True)
        self._env = env
        self._wait(1, (PROMPT,))

    def type(self, line: str, *endings: str) -> None:
        """Type a line and wait until the last thing on the screen ends in one of `endings`."""
        before = self.all().count("\n")
        self._call("send-keys", "-l", line)
        self._call("send-keys", "Enter")
        self._wait(before + 1, endings)

    def all(self) -> str:
        """What there is on the screen, without the empty rest of it."""
        lines = self._call("capture-pane", "-p", "-J").splitlines()
        return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"

    def close(self) -> None:
        """End it."""
        self._call("kill-server")

    def _wait(self, lines: int, endings: tuple[str, ...]) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            shown = self.all()
            if shown.count("\n") >= lines and shown.rstrip().endswith(endings):
                time.sleep(0.2)
                if self.all() == shown:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"this is not what ends in {endings}:\n{self.all()}")

    def _call(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words], env=self._env, capture_output=True, text=True, check=True
        )
        return done.stdout


def main() -> None:
    """Write the file."""
    if not shutil.which("tmux"):
        sys.exit("record.py needs tmux; install it")
    text = record().removesuffix(f"{PROMPT}\n")
    FILE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
