"""After a fork, parent and child both go on, through either transport, each on what is its own.

Each test forks in a process of its own: the one that runs the tests has threads.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., str]


@pytest.fixture
def run(home: Path, own_daemon: None) -> Run:
    def run(script: str, *arguments: str) -> str:
        # Forking with threads is what is tried here; later Pythons warn of it.
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


BOTH = """
import multiprocessing, sys
from memorus_client import Memory

def use(memory, name, turns=5):
    for turn in range(turns):
        text = f"{name} writes line {turn}."
        [added] = memory.add(text, user_id=name, infer=False)["results"]
        assert memory.get(added["id"])["memory"] == text
        assert memory.search(text, user_id=name, limit=1)["results"][0]["memory"] == text

memory = Memory({"daemon": {"enabled": sys.argv[1] == "daemon"}})
use(memory, "before")
fork = multiprocessing.get_context("fork")
children = [fork.Process(target=use, args=(memory, f"child {n}".replace(" ", "-"))) for n in range(2)]
for child in children:
    child.start()
use(memory, "parent")
for child in children:
    child.join(60)
    assert child.exitcode == 0, child.exitcode
use(memory, "after")
assert memory.daemon_available is (sys.argv[1] == "daemon")
for name in ("before", "child-0", "child-1", "parent", "after"):
    found = memory.get_all(user_id=name)["results"]
    assert len(found) == 5, (name, len(found))
memory.close()
print("done")
"""


@pytest.mark.parametrize("transport", ["daemon", "in-process"])
def test_parent_and_children_go_on(run: Run, transport: str) -> None:
    assert run(BOTH, transport) == "done\n"


GRANDCHILD = """
import os, sys
from memorus_client import Memory

memory = Memory({"daemon": {"enabled": sys.argv[1] == "daemon"}})
memory.add("generation 0", infer=False)
for generation in (1, 2, 3):
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert status == 0, status
        assert len(memory.get_all()["results"]) == 4
        if generation > 1:
            os._exit(0)
        break
    memory.add(f"generation {generation}", infer=False)
else:
    os._exit(0)
print(len(memory.get_all()["results"]))
"""


@pytest.mark.parametrize("transport", ["daemon", "in-process"])
def test_children_of_children(run: Run, transport: str) -> None:
    assert run(GRANDCHILD, transport) == "4\n"


AMID_THREADS = """
import os, sys, threading, time
from memorus_client import Memory

memory = Memory({"daemon": {"enabled": sys.argv[1] == "daemon"}})
memory.status()
end = threading.Event()
done, errors = [], []

def write(number):
    try:
        while not end.is_set():
            text = f"thread {number} at {time.monotonic_ns()}"
            memory.add(text, user_id="threads", infer=False)
            done.append(text)
    except BaseException as error:
        errors.append(error)

threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
for thread in threads:
    thread.start()
for turn in range(3):
    time.sleep(0.05)
    child = os.fork()
    if child == 0:
        try:
            [added] = memory.add(f"child {turn}", user_id="children", infer=False)["results"]
            assert memory.get(added["id"])["memory"] == f"child {turn}"
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert status == 0, status
end.set()
for thread in threads:
    thread.join()
assert not errors, errors
found = sorted(m["memory"] for m in memory.get_all(user_id="threads")["results"])
assert found == sorted(done), (len(found), len(done))
assert len(memory.get_all(user_id="children")["results"]) == 3
memory.close()
print("done")
"""


@pytest.mark.parametrize("transport", ["daemon", "in-process"])
def test_a_fork_amid_threads_that_write(run: Run, transport: str) -> None:
    assert run(AMID_THREADS, transport) == "done\n"


WHILE_OPENING = """
import os, threading, time
from memorus_client import Memory

memory = Memory()
thread = threading.Thread(target=memory.status)  # starts a daemon, which takes a moment
thread.start()
while not memory._opening.locked():
    time.sleep(0.001)
child = os.fork()
if child == 0:
    memory.add("from the child", infer=False)
    os._exit(0)
_, status = os.waitpid(child, 0)
thread.join()
assert status == 0, status
print([m["memory"] for m in memory.get_all()["results"]])
"""


def test_a_fork_while_another_thread_connects(run: Run) -> None:
    """The child's copy of the lock is held by a thread that the child does not have."""
    assert run(WHILE_OPENING) == "['from the child']\n"


AMID_THE_IMPORT = """
import os, sys, threading, time
from memorus_client import Memory

importing = threading.Event()

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "memorus_client._spawn":
            importing.set()
            time.sleep(0.5)

sys.meta_path.insert(0, Slow())
memory = Memory()
thread = threading.Thread(target=memory.status)  # finds no daemon, so it imports what starts one
thread.start()
importing.wait()
child = os.fork()
if child == 0:
    memory.add("from the child", infer=False)
    os._exit(0)
_, status = os.waitpid(child, 0)
thread.join()
assert status == 0, status
print([m["memory"] for m in memory.get_all()["results"]])
"""


def test_a_fork_while_another_thread_imports_what_starts_a_daemon(run: Run) -> None:
    """The child's copy of the module's lock is held by a thread that the child does not have."""
    assert run(AMID_THE_IMPORT) == "['from the child']\n"


OWN_CONNECTION = """
import asyncio, os, sys
from memorus_client import AsyncMemory, Memory
from memorus_client.daemon import daemon_status

if sys.argv[1] == "sync":
    memory = Memory()
    call = memory.status
else:
    memory = AsyncMemory()
    loop = asyncio.new_event_loop()
    call = lambda: loop.run_until_complete(memory.status())

call()
assert daemon_status()["connections"] == 2  # ours, and the one that asks
child = os.fork()
if child == 0:
    if sys.argv[1] == "async":
        loop = asyncio.new_event_loop()
    call()
    # The parent's copy of its connection is still open, and a second one has come.
    os._exit(0 if daemon_status()["connections"] == 3 else 1)
_, status = os.waitpid(child, 0)
assert status == 0, status
call()
print("done", flush=True)
os._exit(0)
"""


@pytest.mark.parametrize("face", ["sync", "async"])
def test_a_child_talks_over_a_connection_of_its_own(run: Run, face: str) -> None:
    """Over a shared one, each could read the answers to the other."""
    assert run(OWN_CONNECTION, face) == "done\n"


ASYNC = """
import asyncio, os
from memorus_client import AsyncMemory

memory = AsyncMemory()

async def use(name):
    texts = [f"{name} {n}" for n in range(5)]
    await asyncio.gather(*(memory.add(text, user_id=name, infer=False) for text in texts))
    found = [m["memory"] for m in (await memory.get_all(user_id=name))["results"]]
    assert sorted(found) == texts, found

asyncio.run(use("before"))
child = os.fork()
if child == 0:
    asyncio.run(use("child"))
    os._exit(0)
asyncio.run(use("parent"))
_, status = os.waitpid(child, 0)
assert status == 0, status
asyncio.run(use("after"))
print("done")
"""


def test_the_async_client(run: Run) -> None:
    assert run(ASYNC) == "done\n"


WHILE_STARTING = """
import os, random, threading, time
from memorus_client._spawn import spawn_daemon
from memorus_proto.paths import Paths

paths = Paths.from_environ()
for turn in range(15):
    starter = threading.Thread(target=spawn_daemon, args=(paths, {}, lambda: True))
    starter.start()
    time.sleep(random.uniform(0, 0.01 if turn else 0.003))  # the first time, it imports
    child = os.fork()
    if child == 0:
        spawn_daemon(paths, {}, lambda: True)
        os._exit(0)
    starter.join()
    _, status = os.waitpid(child, 0)
    assert status == 0, status
print("done")
"""


def test_forks_while_daemons_are_started(run: Run, broken_daemon: Callable[[str], None]) -> None:
    """A child that is forked in the middle must not keep open what the parent waits to see closed."""
    broken_daemon('print(\'{"state": "ready"}\')')
    assert run(WHILE_STARTING) == "done\n"
