"""One of many clients that are started at the same moment.

    python client_at_once.py <number> <turns>

It prints `up`, waits for a line, and then uses the memory as any agent would: adds facts of its own,
finds each by what it says and reads it back. It prints one JSON object with what it saw.
"""

from __future__ import annotations

import json
import sys

from memorus_client import Memory
from memorus_client.daemon import daemon_status


def main() -> None:
    number, turns = int(sys.argv[1]), int(sys.argv[2])
    print("up", flush=True)
    sys.stdin.readline()
    memory = Memory()
    owner = f"client-{number}"
    added: dict[str, str] = {}
    for turn in range(turns):
        text = f"Client {number} keeps its key number {number * turns + turn} under mat {turn}."
        [result] = memory.add(text, user_id=owner, infer=False)["results"]
        added[result["id"]] = text
        [best] = memory.search(text, user_id=owner, limit=1)["results"]
        assert (best["id"], best["memory"]) == (result["id"], text), best
        read = memory.get(result["id"])
        assert read is not None
        assert (read["memory"], read["user_id"]) == (text, owner), read
    mine = {one["id"]: one["memory"] for one in memory.get_all(user_id=owner)["results"]}
    assert mine == added, (mine, added)
    status = daemon_status() or {}
    seen = {"added": added, "through_daemon": memory.daemon_available, "instance": status.get("instance")}
    print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
