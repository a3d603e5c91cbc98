"""`memorusctl store migrate`: copy the whole knowledge base to another store, and verify the copy."""

from __future__ import annotations

from ..confirmation import confirm
from ..definitions import OUTPUT, Command, Param
from ..memory_access import silence_mem0
from ..progress import progress_bar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMANDS"]


def run(args: Args) -> Result:
    from pathlib import Path

    from memorus_client.daemon import daemon_status, stop_daemon
    from memorus_proto.errors import InvalidRequest
    from memorus_proto.paths import Paths
    from memorusd.migration.migrate import migrate, parse_target
    from memorusd.settings.config import load_settings
    from memorusd.settings.config_file import write_vector_store

    if args["to"] is None:
        raise InvalidRequest(
            "migrate needs a target",
            remedy="give --to sqlite, or --to FILE, a TOML file with a [vector_store] table",
        )
    paths, target = Paths.from_environ(), parse_target(args["to"])
    current = load_settings(paths).vector_store
    if daemon_status() is not None:
        if not args["yes"]:
            confirm(["The daemon is running, and would keep writing to the old store."], "Stop it?")
        stop_daemon()
    silence_mem0()
    done = migrate(paths, target, progress_bar())
    if args["switch"]:
        write_vector_store(paths, None if target.provider == "sqlite" else Path(args["to"]))
    return {
        "from": current.provider,
        "to": target.provider,
        "memories": done.memories,
        "written": done.written,
        "waiting": done.waiting,
        "checksum": done.checksum,
        "config": str(paths.config),
        "table": None if target.provider == "sqlite" else args["to"],
        "switched": args["switch"],
    }


def show(result: Result) -> Iterator[str]:
    yield (
        f"verified: {result['memories']} memories are in {result['to']} as in {result['from']}, "
        f"{result['written']} were written"
    )
    yield f"checksum: {result['checksum']}"
    if result["waiting"]:
        yield f"{result['waiting']} interactions that are waiting to be distilled were copied too"
    if result["switched"]:
        yield f"{result['config']} names the new store; the old store is unchanged"
    elif result["table"] is None:
        yield f"to use it: remove the table [vector_store] from {result['config']}, or use --switch"
    else:
        yield (
            f"to use it: put the table [vector_store] of {result['table']} into {result['config']}, "
            "or use --switch"
        )


COMMANDS = (
    Command(
        "migrate",
        "Copy all memories, with vectors and histories, to another store, and compare the two. The old store "
        "stays as it is. If a run is interrupted, the next one completes it.",
        (
            Param("to", "text", "The target: sqlite, or a TOML file with a [vector_store] table."),
            Param("switch", "flag", "Then write the target into the settings file."),
            Param("yes", "flag", "Stop the daemon without asking.", "-y"),
            *OUTPUT,
        ),
        run,
        show,
    ),
)
