"""`memorusctl status`: what is remembered, where it is kept, and whether all is well."""

from __future__ import annotations

from ..definitions import COMMON, OWNER, SCOPE, Command
from ..memory_access import call_arguments, open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..definitions import Args, Result
    from ..formatting import Table

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        return memory.status(**call_arguments(args, "user_id", "agent_id", "run_id", "scope"))


def show(result: Result) -> Iterator[Table]:
    from ..formatting import Table  # not for --json

    yield Table((), _rows(result))


def _rows(of: Result) -> Iterator[tuple[str, object]]:
    from ..formatting import Ratio, human_size

    archived = f", {of['archived']} of them archived" if of["archived"] else ""
    yield "memories", f"{of['memories']}{archived}"
    for kind in ("types", "sections", "scopes"):
        if of[kind]:
            yield kind, ", ".join(f"{name} {count}" for name, count in of[kind].items())
    if of["average_weight"] is not None:
        yield "average weight", Ratio(of["average_weight"])
    yield "reflector", f"{of['reflector']['mode']}: {of['reflector']['why']}"
    yield "embedder", _embedder(of["embedder"])
    yield "index", _index(of)
    if of["inbox"]["waiting"]:
        yield "inbox", f"{of['inbox']['waiting']} interactions are waiting to be distilled"
    store = of["store"]
    yield "store", store["path"] if "path" in store else store["kind"]
    if not store.get("reachable", True):
        yield "", f"cannot be reached; these are its last known figures: {store['error']}"
    if "bytes" in store:
        yield (
            "",
            f"{store['kind']}, {human_size(store['bytes'])}, schema {store['schema']}, change {store['seq']}",
        )
    yield from _daemon(of["daemon"])
    yield from _settings(of)


def _embedder(of: dict[str, Any]) -> str:
    return of.get("error") or f"{of['model']}, {of['dimensions']} dimensions, {of['revision'][:12]}"


def _index(of: Result) -> str:
    index = of["index"]
    if not index:
        return "words only, until there is an embedder"
    if "error" in index:
        return "older than the store"
    waiting = f", {index['without_vector']} are waiting for their vectors" if index["without_vector"] else ""
    return f"{index['bullets']} memories, up to change {index['seq']}{waiting}"


def _daemon(of: dict[str, Any] | None) -> Iterator[tuple[str, object]]:
    if of is None:
        yield "daemon", "none: the engine ran in this process"
        return
    minutes = f"{of['uptime'] / 60:.0f} min" if of["uptime"] >= 60 else f"{of['uptime']:.0f} s"
    users = "1 connection" if of["connections"] == 1 else f"{of['connections']} connections"
    yield "daemon", f"version {of['version']}, pid {of['pid']}, up {minutes}, {users}"
    yield "socket", of["socket"]
    yield "log", of["log"]


def _settings(of: Result) -> Iterator[tuple[str, object]]:
    whose = {"file": "from the settings file", "caller": "of this call", "daemon": "of the daemon"}
    for number, setting in enumerate(of["settings"]):
        row = f"{setting['key']} = {setting['value']}, {whose[setting['of']]}"
        yield "" if number else "settings", row
    for line in of["settings_ignored"]:
        yield "not followed", line


COMMAND = Command(
    "status",
    "Show what is remembered, where it is kept, and whether all is well.",
    (SCOPE, *OWNER, *COMMON),
    run,
    show,
)
