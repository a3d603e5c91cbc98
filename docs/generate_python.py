"""Writes python.md from the client's signatures and docstrings.

    python docs/generate_python.py

A test compares the committed page with this program.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from memorus_client import AsyncMemory, Memory
from memorus_proto.errors import CODES

PAGE = Path(__file__).with_name("python.md")

HEAD = """\
# Python

<!-- Generated: run `python docs/generate_python.py`, and change the docstrings instead of this page. -->

`memorus_client.Memory` and `AsyncMemory` talk to the daemon, and start it if necessary. If no daemon can run, they run
the same engine in your process, on the same store. They have mem0's methods, arguments and results, and some more.
Import them from `memorus_client`. `memorus.Memory` is the same class with `ace_enabled`, and [mem0's own](migration.md)
without it.

```python
from memorus_client import Memory

with Memory({"retrieval": {"max_results": 5}}) as memory:
    added = memory.add("Deploys go by the blue-green script.", user_id="ana", scope="project:shop")
    assert added["results"][0]["event"] == "ADD"
    for hit in memory.search("how do we release?", user_id="ana", scope="project:shop")["results"]:
        print(f"{hit['score']:.2f}  {hit['memory']}")
```

`AsyncMemory` has the same methods as coroutines, and is used with `async with`:

```python
import asyncio

from memorus_client import AsyncMemory


async def main() -> None:
    async with AsyncMemory() as memory:
        await memory.add("The linter runs before every push.", agent_id="coder")
        found = await memory.search("what happens before pushing?", agent_id="coder", threshold=0.1)
        assert found["results"][0]["memory"] == "The linter runs before every push."


asyncio.run(main())
```

You can use a client from many threads, and after a fork. You do not have to close a `Memory` before the process ends.

## Which memories

`user_id`, `agent_id` and `run_id` say whose memory it is, and `scope` says where it holds. What has an owner and no
scope is private. A search that names an owner and a scope sees what is private to that owner, what anybody keeps in
that project or workspace, and what is global; one that names nothing sees everything. [Who sees what](sharing.md) has
the tables. `filters` uses mem0 2's grammar over metadata:

```python
from memorus_client import Memory

memory = Memory()
memory.add("The EU shop charges VAT.", user_id="ana", metadata={"area": "tax", "year": 2026}, infer=False)
found = memory.search(
    "VAT", user_id="ana", filters={"AND": [{"area": {"in": ["tax", "law"]}}, {"year": {"gte": 2025}}]}
)
assert len(found["results"]) == 1
```

## Errors

Every error is a `memorus_proto.errors.MemorusError` with `code`, `message` (what was wrong), `remedy` (what to do),
`data` and `retryable`. `str(error)` joins message and remedy. The classes are ERRORS.

```python
from memorus_client import Memory
from memorus_proto.errors import InvalidRequest

try:
    Memory().search("anything", limit=0)
except InvalidRequest as error:
    assert "limit" in error.message
```

## Methods
"""


def page() -> str:
    """The whole page."""
    errors = ", ".join(f"`{kind.__name__}`" for kind in CODES.values())
    return "\n".join([HEAD.replace("ERRORS", errors), *_methods()]).rstrip() + "\n"


def _methods() -> Iterator[str]:
    for name, member in vars(Memory).items():
        if name.startswith("_"):
            continue
        assert hasattr(AsyncMemory, name), name
        if isinstance(member, property):
            yield f"### {name}\n\n{inspect.getdoc(member)}\n"
        else:
            function = getattr(Memory, name)
            yield f"### {name}\n\n```text\n{_signature(name, function)}\n```\n\n{inspect.getdoc(function)}\n"


def _signature(name: str, function: Any) -> str:
    """One line, or one line for each argument if that is too long."""
    signature = inspect.signature(function)
    parameters = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
    written = []
    for before, parameter in zip([None, *parameters], parameters, strict=False):
        only_by_name = parameter.kind is parameter.KEYWORD_ONLY
        if only_by_name and (before is None or before.kind is not parameter.KEYWORD_ONLY):
            written.append("*")
        written.append(re.sub(r": '([^']*)'", r": \1", str(parameter)))
    returns = str(signature.return_annotation)
    line = f"{name}({', '.join(written)}) -> {returns}"
    if len(line) <= 100:
        return line
    return "\n".join([f"{name}(", *(f"    {one}," for one in written), f") -> {returns}"])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
