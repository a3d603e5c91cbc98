"""`memorusctl search`: recall by meaning."""

from __future__ import annotations

import sys

from .memory import given, open_memory
from .spec import COMMON, FILTERS, LIMIT, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result
    from .text import Table

__all__ = ["COMMAND", "hits"]


def run(args: Args) -> Result:
    names = ("user_id", "agent_id", "run_id", "scope", "type", "section", "limit")
    with open_memory(args) as memory:
        return memory.search(args["query"], explain=args["explain"], **given(args, *names))


def hits(results: list[Result]) -> Table:
    """Results as a table: score, type, scope, id, text; on a terminal also age."""
    from .text import Age, Share, Table  # not for --json

    return Table(
        ("score", "type", "scope", "age", "id", "memory"),
        [
            (Share(m["score"]), m["type"], m["scope"], Age(m["created_at"]), m["id"], m["memory"])
            for m in results
        ],
        extra=("age",),
    )


def _explained(results: list[Result]) -> Table:
    """What each layer adds to each score, and the factors in it; a row for each result, in their order."""
    from .text import Share, Table

    known = [m["explain"] for m in results if m["explain"]]
    layers = tuple(known[0]["layers"]) if known else ()
    factors = ("weight", "decay", "recency", "scope")
    rows: list[tuple[object, ...]] = [
        (
            f"{number}.",
            *((Share(why["layers"][layer]) for layer in layers) if why else ("-",) * len(layers)),
            *((f"{why[name]:.2f}" for name in factors) if why else ("-",) * len(factors)),
        )
        for number, why in enumerate((m["explain"] for m in results), 1)
    ]
    head = ("", *layers, *(f"×{name}" if name != "weight" else name for name in factors))
    return Table(head, [head, *rows] if not sys.stdout.isatty() else rows)


def show(result: Result) -> Iterator[str | Table]:
    yield hits(result["results"]) if result["results"] else "nothing found"
    if result["results"] and "explain" in result["results"][0]:
        yield ""
        yield _explained(result["results"])
    how = result["ace_search"]
    if how["mode"] != "full":
        from .text import one_line

        yield f"(recall was {how['mode']}: {one_line(how.get('reason') or 'see memorusctl status')})"


COMMAND = Command(
    "search",
    "Find the memories nearest in meaning to QUERY, best first: score, type, scope, id, text.",
    (
        Param("query", "argument", "What to look for."),
        LIMIT,
        *FILTERS,
        Param("explain", "flag", "Show what each layer adds to a score, and what decay and age take."),
        *COMMON,
    ),
    run,
    show,
)
