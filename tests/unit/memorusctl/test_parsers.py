"""One definition, two parsers: what the fast one accepts, typer reads alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memorusctl import app, definitions, fast_parser
from memorusctl.definitions import Command

_seen: list[tuple[str, dict[str, Any]]] = []


def _record(command: Command, args: dict[str, Any]) -> int:
    _seen.append((command.name, args))
    return 0


_APP = app.build_app(_record)
_QUICK: dict[str, Command] = {c.name: c for c in app.TOP_LEVEL if c.name in fast_parser.FAST_COMMANDS}


def _typer(words: list[str]) -> tuple[str, dict[str, Any]] | None:
    """What typer makes of a command line; None if it is a mistake, or asks for help."""
    _seen.clear()
    try:
        _APP(words, prog_name="memorusctl", standalone_mode=False)
    except app.UsageProblem:
        return None
    return _seen[0] if _seen else None


def _fast(words: list[str]) -> tuple[str, dict[str, Any]] | None:
    parsed = fast_parser.parse(words)
    return parsed and (parsed[0].name, parsed[1])


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@st.composite
def _plain(draw: st.DrawFn) -> tuple[list[str], str, dict[str, Any]]:
    """A command line in plain form, and what it means."""
    command = _QUICK[draw(st.sampled_from(sorted(_QUICK)))]
    expected: dict[str, Any] = {}
    groups: list[list[str]] = []
    arguments: list[str] = []  # in the order of the definition, wherever the options stand
    for param in command.params:
        value = draw(_TEXT.filter(lambda text: not text.startswith("-")))
        match param.kind:
            case "argument" | "optional":
                given = param.kind == "argument" or draw(st.booleans())
                groups += [[]] if given else []
                arguments += [value] if given else []
                expected[param.name] = value if given else None
                continue
            case "flag":
                chosen = draw(st.booleans())
                expected[param.name] = chosen
                groups += [[param.flags[0]]] if chosen else []
                continue
            case "texts":
                several = draw(st.lists(st.just(value), max_size=2))
                expected[param.name] = several
                groups += [[param.flags[0], one] for one in several]
                continue
            case "number":
                value = str(draw(st.integers(0, 10**6)))
        if draw(st.booleans()):
            expected[param.name] = param.default
            continue
        value = draw(st.sampled_from(param.choices)) if param.choices else value
        expected[param.name] = int(value) if param.kind == "number" else value
        flag = draw(st.sampled_from(param.flags))
        joined = flag.startswith("--") and draw(st.booleans())
        groups.append([f"{flag}={value}"] if joined else [flag, value])
    order = draw(st.permutations(groups))
    left = iter(arguments)
    return (
        [command.name, *(word for group in order for word in group or [next(left)])],
        command.name,
        expected,
    )


_JUNK = [
    *(
        "--",
        "-",
        "-5",
        "-n5",
        "-n=5",
        "-nx",
        "²",
        "--nonsense",
        "--json=1",
        "--limit=",
        "--limit=07",
        "--type=trick",
    ),
    *("--type=poem", "--help", "-h", "--user", "--no-json", "trick", "general", "12", "1_0", "٣", "1e3"),
]
_FLAGS = sorted({flag for command in app.TOP_LEVEL for param in command.params for flag in param.flags})
_WORDS = st.sampled_from([*_FLAGS, *_JUNK, "", " 3"])


@settings(deadline=None)
@given(_plain())
def test_the_fast_parser_serves_every_plain_form(case: tuple[list[str], str, dict[str, Any]]) -> None:
    words, name, expected = case
    assert _fast(words) == (name, expected)
    assert _typer(words) == (name, expected)


@example("search", ["x", "--limit", "²"])
@example("search", ["x", "--limit", "-1"])
@example("search", ["x", "-n=5"])
@example("search", ["x", "--scope", "--json"])
@example("search", ["--user-id", "--", "x"])
@settings(deadline=None, max_examples=300)
@given(st.sampled_from([*sorted(_QUICK), "list", "forget"]), st.lists(_WORDS | _TEXT, max_size=6))
def test_where_the_fast_parser_accepts_typer_agrees(name: str, words: list[str]) -> None:
    parsed = _fast([name, *words])
    if parsed is not None:
        assert parsed == _typer([name, *words])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--help"],
        ["--version"],
        ["search"],
        ["search", "--help"],
        ["search", "a", "b"],
        ["search", "a", "--limit"],
        ["search", "a", "--limit", "-1"],
        ["search", "a", "--limit", "many"],
        ["search", "a", "--limt", "3"],
        ["search", "a", "--type", "poem"],
        ["search", "a", "--json=yes"],
        ["search", "a", "-n3"],
        ["learn", "a", "b"],
        ["export"],
        ["conflicts"],
        ["daemon", "status"],
    ],
)
def test_what_is_not_plain_is_left_to_typer(words: list[str]) -> None:
    assert fast_parser.parse(words) is None


def test_a_dash_is_standard_input() -> None:
    assert fast_parser.parse(["learn", "-"])[1]["text"] == "-"  # type: ignore[index]


def test_an_argument_may_be_missing_where_it_is_optional() -> None:
    words = ["learn", "--file", "notes.txt"]
    assert _fast(words) == _typer(words)
    assert fast_parser.parse(words)[1]["text"] is None  # type: ignore[index]


def test_a_double_dash_ends_the_options() -> None:
    words = ["learn", "--json", "--", "--type is an option"]
    assert _fast(words) == _typer(words)
    assert fast_parser.parse(words)[1]["text"] == "--type is an option"  # type: ignore[index]


def test_the_fast_commands_are_those_the_parser_knows() -> None:
    assert sorted(_QUICK) == sorted(fast_parser.FAST_COMMANDS)
    for name, command in _QUICK.items():
        assert fast_parser.parse([name, *("x" for p in command.params if p.kind == "argument")]) is not None


def test_values_start_fresh_in_every_parse() -> None:
    command = _QUICK["learn"]
    first = fast_parser.values(command, ["x", "--tag", "a"])
    second = fast_parser.values(command, ["x"])
    assert first is not None
    assert second is not None
    assert (first["tag"], second["tag"]) == (["a"], [])


def test_the_choices_are_those_of_the_bullet() -> None:
    from memorusd.knowledge.bullet import SECTIONS, TYPES

    assert (definitions.TYPES, definitions.SECTIONS) == (TYPES, SECTIONS)


def test_every_command_speaks_json_and_no_two_options_clash() -> None:
    of_owners = {"learn", "search", "list", "forget", "export", "watch", "conflicts", "conflicts resolve",
        "status",
    }  # fmt: skip
    for words, command in app.all_commands():
        flags = [flag for param in command.params for flag in param.flags]
        assert len(flags) == len(set(flags)), words
        assert {"--json", "--debug"} <= set(flags), words
        names = {param.name for param in command.params}
        assert ("user_id" in names) == (" ".join(words) in of_owners), words
        assert ("scope" in names) == ("user_id" in names), words
        # Arguments that may be missing come last, or nobody could tell which was left out.
        kinds = [param.kind for param in command.params if not param.flags]
        assert kinds == sorted(kinds), words
