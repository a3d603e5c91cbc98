"""Two processes share one memory, in a scratch home: `make demo`.

The first process finds no daemon, so it starts one, and learns some facts. The second process asks for them
in other words. The exit status is 0 only if every answer is right and both processes used the same daemon.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from memorus_client import Memory

FACTS = (
    "The staging database is reset every Sunday night at two o'clock.",
    "Run the linter before pushing, because CI rejects unformatted code.",
    "The customer prefers invoices as PDF attachments.",
    "Deploys go through the blue-green script, never by hand.",
    "Use pnpm in the web folder.",
)
# Each question uses other words than its fact, which is given by its index.
QUESTIONS = (
    ("when is test data wiped?", 0),
    ("how does the client want to be billed?", 2),
    ("how do we install web packages?", 4),
)


def main() -> int:
    """Run the demo and return its exit status."""
    with tempfile.TemporaryDirectory(prefix="memorus-demo-") as scratch:
        os.environ.update(MEMORUS_HOME=f"{scratch}/home", MEMORUS_RUNTIME_DIR=f"{scratch}/run")
        try:
            return show()
        finally:
            from memorus_client.daemon import stop_daemon

            stop_daemon()


def show() -> int:
    """Run both processes one after the other, print what each reports, and check the answers."""
    first = client("learn")
    print(f"process {first['pid']} started the daemon (pid {first['daemon']}) and learned")
    for text in first["kept"]:
        print(f"    {text}")
    second = client("ask")
    print(f"process {second['pid']} asked the same daemon (pid {second['daemon']})")
    wrong = first["daemon"] is None or first["daemon"] != second["daemon"]
    for (question, number), answer in zip(QUESTIONS, second["answers"], strict=True):
        right = answer["memory"] == FACTS[number]
        wrong |= not right
        print(
            f"    {question}\n      {answer['score']:.2f}  {answer['memory']}{'' if right else '   <- WRONG'}"
        )
    print(f"store   {second['store']}\nsocket  {second['socket']}   (both are removed now)")
    print(f"the first process took {first['ms']:.0f} ms (with the daemon), the second {second['ms']:.0f} ms")
    print("WRONG: see above" if wrong else "success: learned in one process, recalled by meaning in another")
    return int(wrong)


def client(role: str) -> dict[str, Any]:
    """Run this file as a separate process and return its report."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, __file__, role], stdout=subprocess.PIPE, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return {**report, "ms": 1e3 * (time.perf_counter() - start)}


def learn() -> dict[str, Any]:
    """What the first process does: learn the facts."""
    with Memory() as memory:
        kept = [memory.add(text, agent_id="first")["results"][0]["memory"] for text in FACTS]
        return {"kept": kept, **place(memory)}


def ask() -> dict[str, Any]:
    """What the second process does: ask the questions and return the best answer to each."""
    with Memory() as memory:
        answers = [memory.search(question, limit=1)["results"][0] for question, _ in QUESTIONS]
        return {"answers": answers, **place(memory)}


def place(memory: Memory) -> dict[str, Any]:
    """Which daemon answered, and where the memory is."""
    from memorus_client.daemon import daemon_status
    from memorus_proto.paths import Paths

    paths = Paths.from_environ()
    daemon = daemon_status() if memory.daemon_available else None
    return {
        "pid": os.getpid(),
        "daemon": daemon and daemon["pid"],
        "store": str(paths.store),
        "socket": str(paths.socket),
    }


if __name__ == "__main__":
    roles = {"learn": learn, "ask": ask}
    if len(sys.argv) > 1:
        print(json.dumps(roles[sys.argv[1]]()))
    else:
        sys.exit(main())
