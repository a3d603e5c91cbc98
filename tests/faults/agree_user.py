"""One of several users, through the daemon or in-process, who work in the same store at once.

    python agree_user.py <name> <daemon|in-process> <seconds>

It adds, changes and deletes, its own memories and those that all share, and after each write it must
see what it wrote: by id, by search and in the list. When its time is over it prints `done <writes>`,
waits for a line, and prints what it then sees of everything, as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any

from memorus_client import Memory
from memorus_proto.errors import NotFound

QUERIES = ("Where is the lamp?", "Who moved the chair?", "What is in room 12?")
THINGS = ("lamp", "chair", "clock", "kettle", "ladder", "violin")


RECALLS = ("recall_count", "last_recalled_at", "weight")


def settled(memory: dict[str, Any]) -> dict[str, Any]:
    """A memory without what each user counts a little later: its recalls."""
    return {name: value for name, value in memory.items() if name not in RECALLS}


def main() -> None:
    name, transport, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    memory = Memory({"daemon": {"enabled": transport == "daemon"}})
    mine: dict[str, str] = {}
    writes = 0

    def sentence() -> str:
        return f"{name} put the {random.choice(THINGS)} into room {random.randrange(100)}, move {writes}."

    def check(id: str, text: str | None) -> None:
        """Read your writes, each way there is to read."""
        found = memory.get(id)
        assert (found and found["memory"]) == text, (id, text, found)
        if text is not None:
            best = memory.search(text, user_id=name, limit=3)["results"]
            assert (id, text) in [(one["id"], one["memory"]) for one in best], (id, text, best)
        listed = {one["id"]: one["memory"] for one in memory.get_all(user_id=name)["results"]}
        assert listed == mine, (listed, mine)

    memory.status()
    print("up", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        chance = random.random()
        if chance < 0.5 or not mine:
            text = sentence()
            [added] = memory.add(text, user_id=name, infer=False)["results"]
            id = added["id"]
            mine[id] = text
            check(id, text)
        elif chance < 0.7:
            id, text = random.choice(list(mine)), sentence()
            memory.update(id, text, metadata={"move": writes})
            mine[id] = text
            check(id, text)
        elif chance < 0.85:
            id = random.choice(list(mine))
            memory.delete(id)
            del mine[id]
            check(id, None)
        elif chance < 0.9:
            memory.add(sentence(), user_id="all", infer=False)
        else:
            shared = memory.search(random.choice(QUERIES), user_id="all", limit=5)["results"]
            for one in shared[:2]:
                try:
                    if random.random() < 0.5:
                        memory.update(one["id"], sentence())
                    else:
                        memory.delete(one["id"])
                except NotFound:
                    pass  # another was faster
        writes += 1
    print(f"done {writes}", flush=True)
    sys.stdin.readline()
    everything = [settled(one) for one in memory.get_all()["results"]]
    scores = {
        query: {one["id"]: one["score"] for one in memory.search(query, limit=10_000)["results"]}
        for query in QUERIES
    }
    print(json.dumps({"everything": everything, "scores": scores, "daemon": memory.daemon_available}))
    memory.close()


if __name__ == "__main__":
    main()
