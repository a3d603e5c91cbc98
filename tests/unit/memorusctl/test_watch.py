"""`watch` tells what happens as it happens, from any place in the journal on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

PROGRAM = str(Path(sys.executable).with_name("memorusctl"))


@contextmanager
def _watching(*words: str) -> Iterator[Callable[[], dict[str, Any]]]:
    with subprocess.Popen([PROGRAM, "watch", "--json", *words], stdout=subprocess.PIPE, text=True) as process:

        def following() -> dict[str, Any]:
            assert process.stdout is not None
            told: dict[str, Any] = json.loads(process.stdout.readline())
            return told

        try:
            yield following
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        finally:
            process.kill()


@pytest.mark.parametrize("transport", [(), ("--no-daemon",)], ids=["daemon", "in-process"])
def test_changes_are_told_as_they_happen(transport: tuple[str, ...], own: Path, ctl_json: Json) -> None:
    user = f"user-{uuid.uuid4()}"
    (first,) = ctl_json("learn", "The cat is called Fritz.", "--raw", "--user-id", user)["results"]
    with _watching("--since", "0", "--user-id", user, *transport) as following:
        told = following()
        assert (told["event"], told["memory_id"], told["memory"]) == (
            "ADD", first["id"], "The cat is called Fritz.",
        )  # fmt: skip
        assert (told["user_id"], told["scope"]) == (user, "private")
        ctl_json("learn", "Somebody else's.", "--raw", "--user-id", "other")
        ctl_json("search", "cat", "--user-id", user)  # a recall is no change
        ctl_json("edit", first["id"], "The cat is called Franz.")
        told = following()
        assert (told["event"], told["previous_memory"]) == ("UPDATE", "The cat is called Fritz.")
        ctl_json("forget", first["id"], "--yes")
        told = following()
        assert (told["event"], told["memory"]) == ("DELETE", None)
    after = str(told["seq"] - 1)
    (again,) = _lines("--since", after, "--limit", "1", "--user-id", user)
    assert again == told


def _lines(*words: str) -> list[dict[str, Any]]:
    done = subprocess.run([PROGRAM, "watch", "--json", *words], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_begins_with_now_and_outlives_the_daemon(own: Path, ctl_json: Json) -> None:
    ctl_json("learn", "Before.", "--raw")
    with _watching() as following:
        # It is not known when it has begun, so something happens until it tells.
        told: list[dict[str, Any]] = []
        import threading

        thread = threading.Thread(target=lambda: told.append(following()))
        thread.start()
        number = 0
        while thread.is_alive():
            number += 1
            ctl_json("learn", f"After, number {number}.", "--raw")
            thread.join(0.2)
        assert told[0]["memory"].startswith("After")
        while told[-1]["memory"] != f"After, number {number}.":
            told.append(following())
        seqs = [one["seq"] for one in told]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))  # none is missing
        ctl_json("daemon", "restart")
        ctl_json("learn", "After the daemon.", "--raw")
        assert following()["memory"] == "After the daemon."


def test_text_shows_number_time_event_id_and_text(own: Path, ctl_json: Json, memorusctl: Run) -> None:
    (learned,) = ctl_json("learn", "Shown\nso.", "--raw")["results"]
    done = memorusctl("watch", "--since", "0", "--limit", "1")
    seq, _, event, id, text = done.stdout.split()
    assert (seq, event, id, text) == ("1", "ADD", learned["id"], "Shown\\nso.")


def test_a_daemon_that_is_asked_to_stop_does_not_wait_for_watchers(own: Path, ctl_json: Json) -> None:
    ctl_json("learn", "Something.", "--raw")
    with _watching("--since", "0") as following:
        following()
        assert ctl_json("daemon", "stop")["stopped"]


@pytest.mark.parametrize("words", [("--limit", "0"), ("--since", "-1"), ("--scope", "everywhere")])
def test_mistakes(words: tuple[str, ...], own: Path, memorusctl: Run) -> None:
    assert memorusctl("watch", *words).returncode == EXIT["usage"]
