"""The same thing said by several at the same instant is one memory, through whichever transport they come."""

from __future__ import annotations

import subprocess
import sys
import threading

from memorus_client import Memory
from memorus_client.daemon import stop_daemon

CLIENT = """
import sys
from memorus_client import Memory
daemon = sys.argv[1] == "daemon"
with Memory({"daemon": {"enabled": daemon}}) as memory:
    memory.search("warm up")
    print("ready", flush=True)
    for line in sys.stdin:
        (result,) = memory.add(line.strip())["results"]
        print(result["event"], result["id"], flush=True)
"""

SAID = [
    "Always use UTC for timestamps.",
    "The API listens on port 8080.",
    "Never commit generated files.",
    "部署之前必须先运行检查",
]


def say(client: subprocess.Popen[str], text: str, start: threading.Barrier, answers: list[list[str]]) -> None:
    """Have the client add `text` once all are ready; its event and id go to `answers`."""
    assert client.stdin is not None
    assert client.stdout is not None
    start.wait(30)
    client.stdin.write(text + "\n")
    client.stdin.flush()
    answers.append(client.stdout.readline().split())


def test_one_memory_each() -> None:
    clients = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, transport],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for transport in ("daemon", "daemon", "in-process", "in-process")
    ]
    try:
        for client in clients:
            assert client.stdout is not None
            assert client.stdout.readline().strip() == "ready"
        for text in SAID:
            answers: list[list[str]] = []
            start = threading.Barrier(len(clients))

            threads = [
                threading.Thread(target=say, args=(client, text, start, answers)) for client in clients
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            assert sorted(event for event, _ in answers) == ["ADD", "MERGE", "MERGE", "MERGE"], text
            assert len({bullet_id for _, bullet_id in answers}) == 1
        with Memory() as memory:
            assert sorted(m["memory"] for m in memory.get_all()["results"]) == sorted(SAID)
    finally:
        for client in clients:
            client.kill()
            client.communicate()
        stop_daemon()
