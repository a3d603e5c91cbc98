"""A client that adds as fast as it can until its stdin ends.

    python client_writer.py <number>

One line on stdout for each acknowledged memory: its id, a tab, its text. The line is written after
`add` has returned, so whatever is printed was acknowledged.
"""

from __future__ import annotations

import select
import sys

from memorus_client import Memory


def main() -> None:
    number = sys.argv[1]
    memory = Memory()
    count = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        text = f"Writer {number} was here for the {count}th time."
        [added] = memory.add(text, user_id=f"writer-{number}", infer=False)["results"]
        print(f"{added['id']}\t{text}", flush=True)
        count += 1
    if not memory.daemon_available:
        raise SystemExit("this writer had to do without a daemon")


if __name__ == "__main__":
    main()
