"""`memorusctl config …`: show, set and check the settings, and say where each comes from."""

from __future__ import annotations

from ..definitions import OUTPUT, Command, Param
from ..formatting import Table, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMANDS"]

KEY = Param("key", "argument", "The setting's name, for example daemon.idle_timeout.")


def _explained() -> list[Result]:
    from memorus_proto.paths import Paths
    from memorusd.settings.provenance import list_settings

    return list_settings(Paths.from_environ())


def show(args: Args) -> Result:
    return {"settings": _explained()}


def get(args: Args) -> Result:
    from memorus_proto.errors import NotFound

    settings = {setting["key"]: setting for setting in _explained()}
    setting = settings.get(args["key"])
    if setting is None:
        from difflib import get_close_matches

        near = get_close_matches(args["key"], settings, n=1, cutoff=0.5)
        remedy = f"did you mean {near[0]}?" if near else "memorusctl config show lists them"
        raise NotFound(f"there is no setting {args['key']!r:.80}", remedy=remedy, data={"key": args["key"]})
    return setting


def set_(args: Args) -> Result:
    from memorus_proto.errors import InvalidRequest
    from memorus_proto.paths import Paths
    from memorusd.settings.config_file import write_setting

    from ..text_input import read_standard_input

    key, value = args["key"], args["value"]
    if value == "-":
        value = read_standard_input().rstrip("\n")
    elif key.rpartition("_")[2] == "key":
        raise InvalidRequest(
            "everybody on this machine can see the arguments of a command",
            remedy=f"give {key} on standard input: memorusctl config set {key} -",
        )
    write_setting(Paths.from_environ(), key, value)
    return get(args)


def path(args: Args) -> Result:
    from memorus_proto.paths import Paths

    file = Paths.from_environ().config
    return {"path": str(file), "exists": file.exists()}


def check(args: Args) -> Result:
    from memorus_proto.errors import ConfigError
    from memorus_proto.paths import Paths
    from memorusd.settings.provenance import list_settings, permission_warnings

    paths = Paths.from_environ()
    try:
        settings = list_settings(paths)
    except ConfigError as error:
        return {"ok": False, "problems": error.data.get("problems") or [str(error)], "warnings": []}
    return {
        "ok": True,
        "problems": [],
        "warnings": permission_warnings(paths),
        "set": sum(setting["source"] != "default" for setting in settings),
    }


def _written(value: object) -> object:
    words = {None: "-", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else value


def _show_all(result: Result) -> Iterator[Table]:
    rows = [(s["key"], _written(s["value"]), s["source"], s["from"]) for s in result["settings"]]
    yield Table(("setting", "value", "source", "from"), rows)


def _show_one(result: Result) -> Iterator[str]:
    yield one_line(_written(result["value"]))


def _show_set(result: Result) -> Iterator[str]:
    yield f"{result['key']} = {one_line(_written(result['value']))}"
    if result["source"] == "environment":
        yield f"(but {result['from']} is set, and overrides the file)"
    elif result["daemon"]:
        yield "(a running daemon uses it after: memorusctl daemon restart)"


def _show_path(result: Result) -> Iterator[str]:
    yield result["path"]


def _show_check(result: Result) -> Iterator[str]:
    if result["ok"]:
        yield f"no problems; settings that differ from their defaults: {result['set']}"
    yield from map(one_line, (*result["problems"], *result["warnings"]))


COMMANDS = (
    Command("show", "Show every setting: name, value and source.", OUTPUT, show, _show_all),
    Command("get", "Print the value of one setting.", (KEY, *OUTPUT), get, _show_one),
    Command(
        "set",
        "Set one setting in the settings file; the rest of the file stays as it is.",
        (KEY, Param("value", "argument", "The value; - reads it from standard input."), *OUTPUT),
        set_,
        _show_set,
    ),
    Command("path", "Print where the settings file is, or would be.", OUTPUT, path, _show_path),
    Command(
        "check",
        "Check the settings in the file and the environment. Exit status 1 if there is a problem.",
        OUTPUT,
        check,
        _show_check,
        failed=lambda result: not result["ok"],
    ),
)
