"""Each recording in docs/ shows what happens: it is made again and compared."""

from __future__ import annotations

import importlib.util
import re
import shutil
from types import ModuleType

import pytest

from .blocks import ROOT

_MASKS = (
    (r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
    (r"\d{4}-\d\d-\d\dT[\d:+]+", "<time>"),
    (r"\b\d+ (?:s|min) ago|just now", "<age>"),
    (r"pid \d+, up \d+ (?:s|min)", "pid <n>, up <time>"),
    (r"[\d.]+ [kM]B", "<size>"),
    (r"[01]\.\d\d", "<share>"),
    (r"[▏▎▍▌▋▊▉█]+", "<bar>"),
    (r"[0-9a-f]{12}$", "<hash>"),
    (r"change \d+|\d+ changes", "<changes>"),
    (r"version [\d.]+", "<version>"),
    (r" +", " "),
)


def _masked(text: str) -> list[str]:
    for pattern, mask in _MASKS:
        text = re.sub(pattern, mask, text, flags=re.MULTILINE)
    return text.splitlines()


def _recorder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("record", ROOT / "benchmarks" / "record.py")
    assert spec is not None
    assert spec.loader is not None
    record = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(record)
    return record


RECORD = _recorder()


@pytest.mark.skipif(not shutil.which("tmux"), reason="the recording is made with tmux")
@pytest.mark.parametrize("name", RECORD.RECORDINGS)
def test_it_is_what_a_new_user_sees(name: str) -> None:
    again = RECORD.record(RECORD.RECORDINGS[name])
    committed = (RECORD.DOCS / name).read_text(encoding="utf-8")
    assert _masked(committed) == _masked(again), "run: python benchmarks/record.py"


def test_every_recording_is_made_by_the_program() -> None:
    assert {path.name for path in RECORD.DOCS.glob("*.txt")} == set(RECORD.RECORDINGS)


def test_masks_hide_only_what_differs() -> None:
    assert _masked("0.17 ▉  Deploys") == _masked("0.18 █▏ Deploys")
    assert _masked("ADD  a\n") != _masked("SKIP  a\n")
