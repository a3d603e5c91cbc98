"""Three processes write and read one store at once: each sees its own writes, all agree, none is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("store_sharer.py")


def share(path: Path, seconds: float) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), str(path), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    try:
        writes = [_writes_of(process) for process in processes]
        print("writes of each process:", writes)
        assert all(writes)
        answers = [process.communicate("go on\n", timeout=60)[0] for process in processes]
        assert len({digest for answer in answers for digest in answer.split()}) == 1
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0]


def test_three_processes(tmp_path: Path) -> None:
    share(tmp_path / "memorus.db", 3)


def _writes_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline().removeprefix("done "))


@pytest.mark.full
@pytest.mark.timeout(300)
def test_three_processes_for_a_minute(tmp_path: Path) -> None:
    share(tmp_path / "memorus.db", 60)
