"""`memorusctl config …`: the settings, where each comes from, and whether they are right."""

from __future__ import annotations

from .spec import OUTPUT, Command, Param
from .text import Table, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMANDS"]

KEY = Param("key", "argument", "The setting's name, for example daemon.idle_timeout.")


def _explained() -> list[Result]:
    from memorus_proto.paths import Paths
    from memorusd.settings.provenance import explain

    return explain(Paths.from_environ())


def show(args: Args) -> Result:
    return {"settings": _explained()}


def get(args: Args) -> Result:
    from memorus_proto.errors import NotFound

    settings = {setting["key"]: setting for setting in _explained()}
    found = settings.get(args["key"])
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(args["key"], settings, n=1, cutoff=0.5)
        remedy = f"did you mean {near[0]}?" if near else "memorusctl config show lists them"
        raise NotFound(f"there is no setting {args['key']!r:.80}; {remedy}", data={"key": args["key"]})
    return found


def set_(args: Args) -> Result:
    from memorus_proto.errors import InvalidRequest
    from memorus_proto.paths import Paths
    from memorusd.settings.provenance import write

    from .memory import standard_input

    key, value = args["key"], args["value"]
    if value == "-":
        value = standard_input().rstrip("\n")
    elif key.rpartition("_")[2] == "key":
        raise InvalidRequest(
            f"everybody on this machine can see the arguments of a command; give {key} on standard input: "
            f"memorusctl config set {key} -"
        )
    write(Paths.from_environ(), key, value)
    return get(args)


def path(args: Args) -> Result:
    from memorus_proto.paths import Paths

    file = Paths.from_environ().config
    return {"path": str(file), "exists": file.exists()}


def check(args: Args) -> Result:
    from memorus_proto.errors import ConfigError
    from memorus_proto.paths import Paths
    from memorusd.settings.provenance import explain, unwelcome

    paths = Paths.from_environ()
    try:
        settings = explain(paths)
    except ConfigError as error:
        return {"ok": False, "problems": error.data.get("problems") or [error.message], "warnings": []}
    return {
        "ok": True,
        "problems": [],
        "warnings": unwelcome(paths),
        "set": sum(setting["source"] != "default" for setting in settings),
    }


def _value(of: object) -> object:
    return {None: "-", True: "true", False: "false"}[of] if of is None or isinstance(of, bool) else of


def _show_all(result: Result) -> Iterator[Table]:
    rows = [(s["key"], _value(s["value"]), s["source"], s["from"]) for s in result["settings"]]
    yield Table(("setting", "value", "source", "from"), rows)


def _show_one(result: Result) -> Iterator[str]:
    yield one_line(_value(result["value"]))


def _show_set(result: Result) -> Iterator[str]:
    yield f"{result['key']} = {one_line(_value(result['value']))}"
    if result["source"] == "environment":
        yield f"(but {result['from']} is set and goes before the file)"
    elif result["daemon"]:
        yield "(a running daemon has it after: memorusctl daemon restart)"


def _show_path(result: Result) -> Iterator[str]:
    yield result["path"]


def _show_check(result: Result) -> Iterator[str]:
    if result["ok"]:
        yield f"all is right; {result['set']} of the settings are not the default"
    yield from map(one_line, (*result["problems"], *result["warnings"]))


COMMANDS = (
    Command("show", "Show every setting: name, value, where from.", OUTPUT, show, _show_all),
    Command("get", "Print the value of one setting.", (KEY, *OUTPUT), get, _show_one),
    Command(
        "set",
        "Set one setting in the settings file; the rest of it stays as it is.",
        (KEY, Param("value", "argument", "The value; - reads it from standard input."), *OUTPUT),
        set_,
        _show_set,
    ),
    Command("path", "Print where the settings file is, or would be.", OUTPUT, path, _show_path),
    Command(
        "check",
        "Look whether the settings of file and environment are right; exit status 1 if not.",
        OUTPUT,
        check,
        _show_check,
        failed=lambda result: not result["ok"],
    ),
)
