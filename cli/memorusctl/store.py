"""`memorusctl store migrate`: the whole knowledge base into another store, and that checked."""

from __future__ import annotations

from .ask import confirm
from .memory import quiet
from .progress import progress
from .spec import OUTPUT, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMANDS"]


def run(args: Args) -> Result:
    from pathlib import Path

    from memorus_client.daemon import daemon_status, stop_daemon
    from memorus_proto.errors import InvalidRequest
    from memorus_proto.paths import Paths
    from memorusd.migration.migrate import migrate, target_of
    from memorusd.settings.config import load_settings
    from memorusd.settings.provenance import switch

    if args["to"] is None:
        raise InvalidRequest(
            "migrate needs a target; give --to sqlite, or --to FILE, a TOML file with a [vector_store] table"
        )
    paths, to = Paths.from_environ(), target_of(args["to"])
    here = load_settings(paths).vector_store
    if daemon_status() is not None:
        if not args["yes"]:
            told = ["The daemon is running, and would go on writing to the old store."]
            confirm(told, "Stop it?")
        stop_daemon()
    quiet()
    done = migrate(paths, to, progress())
    if args["switch"]:
        switch(paths, None if to.provider == "sqlite" else Path(args["to"]))
    return {
        "from": here.provider,
        "to": to.provider,
        "memories": done.memories,
        "written": done.written,
        "waiting": done.waiting,
        "checksum": done.checksum,
        "config": str(paths.config),
        "table": None if to.provider == "sqlite" else args["to"],
        "switched": args["switch"],
    }


def show(result: Result) -> Iterator[str]:
    yield (
        f"verified: {result['memories']} memories are in {result['to']} as in {result['from']}, "
        f"{result['written']} were written"
    )
    yield f"checksum: {result['checksum']}"
    if result["waiting"]:
        yield f"{result['waiting']} interactions that wait to be distilled went along"
    if result["switched"]:
        yield f"{result['config']} names the new store; the old one is left as it was"
    elif result["table"] is None:
        yield f"to use it: take the table [vector_store] out of {result['config']}, or say --switch"
    else:
        yield (
            f"to use it: put the table [vector_store] of {result['table']} into {result['config']}, "
            "or say --switch"
        )


COMMANDS = (
    Command(
        "migrate",
        "Copy all memories, with vectors and histories, into another store, and compare the two; the old one "
        "stays as it is. A run that was cut off is finished by the next.",
        (
            Param("to", "text", "Where to: sqlite, or a TOML file with a [vector_store] table."),
            Param("switch", "flag", "Then write the target into the settings file."),
            Param("yes", "flag", "Stop the daemon without asking.", "-y"),
            *OUTPUT,
        ),
        run,
        show,
    ),
)
