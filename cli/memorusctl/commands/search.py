"""`memorusctl search`: find memories by meaning."""

from __future__ import annotations

import sys

from ..definitions import COMMON, FILTERS, LIMIT, Command, Param
from ..memory_access import SELECTING, call_arguments, open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result
    from ..formatting import Table

__all__ = ["COMMAND", "result_table"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        return memory.search(
            args["query"], explain=args["explain"], **call_arguments(args, *SELECTING, "limit")
        )


def result_table(results: list[Result]) -> Table:
    """Results as a table: score, type, scope, id, text, and on a terminal the age."""
    from ..formatting import Age, Ratio, Table  # not for --json

    return Table(
        ("score", "type", "scope", "age", "id", "memory"),
        [
            (Ratio(m["score"]), m["type"], m["scope"], Age(m["created_at"]), m["id"], m["memory"])
            for m in results
        ],
        extra=("age",),
    )


def _explanation_table(results: list[Result]) -> Table:
    """What each layer adds to a score, and the factors in it: one row per result, in the same order."""
    from ..formatting import Ratio, Table

    explained = [m["explain"] for m in results if m["explain"]]
    layers = tuple(explained[0]["layers"]) if explained else ()
    factors = ("weight", "decay", "recency", "scope")
    rows: list[tuple[object, ...]] = [
        (
            f"{number}.",
            *((Ratio(why["layers"][layer]) for layer in layers) if why else ("-",) * len(layers)),
            *((f"{why[name]:.2f}" for name in factors) if why else ("-",) * len(factors)),
        )
        for number, why in enumerate((m["explain"] for m in results), 1)
    ]
    head = ("", *layers, *(f"×{name}" if name != "weight" else name for name in factors))
    return Table(head, [head, *rows] if not sys.stdout.isatty() else rows)


def show(result: Result) -> Iterator[str | Table]:
    yield result_table(result["results"]) if result["results"] else "nothing found"
    if result["results"] and "explain" in result["results"][0]:
        yield ""
        yield _explanation_table(result["results"])
    recall = result["ace_search"]
    if recall["mode"] != "full":
        from ..formatting import one_line

        yield f"(recall was {recall['mode']}: {one_line(recall.get('reason') or 'see memorusctl status')})"


COMMAND = Command(
    "search",
    "Find the memories closest in meaning to QUERY, best first: score, type, scope, id, text.",
    (
        Param("query", "argument", "What to look for."),
        LIMIT,
        *FILTERS,
        Param("explain", "flag", "Show what each layer adds to a score, and what decay and age take away."),
        *COMMON,
    ),
    run,
    show,
)
