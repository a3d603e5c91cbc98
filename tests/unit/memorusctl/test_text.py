"""What people see: aligned, on one line, and harmless to a terminal."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from memorusctl.text import facts, lines, one_line, table


@settings(deadline=None)
@given(st.text())
def test_one_line_leaves_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert all(ord(c) >= 0x20 and not 0x7F <= ord(c) < 0xA0 for c in shown)


def test_an_escape_sequence_is_shown_not_sent() -> None:
    assert one_line("\x1b[2Jhi\n\u202eевил") == "\\x1b[2Jhi\\n\\u202eевил"


def test_a_text_keeps_its_lines() -> None:
    assert lines("a\nb\x07\n") == ["a", "b\\x07", ""]


def test_columns_line_up_and_the_last_is_not_padded() -> None:
    rows = [("trick", "global", "a"), ("knowledge", "project:web", "longer")]
    assert list(table(rows)) == ["trick      global       a", "knowledge  project:web  longer"]
    assert list(table([])) == []


def test_facts_name_nested_values() -> None:
    values = {"a": 1, "daemon": {"running": True, "since": None, "off": False}, "zero": 0, "many": [1, 2]}
    assert list(facts(values)) == [
        "a               1",
        "daemon.running  yes",
        "daemon.since    -",
        "daemon.off      no",
        "zero            0",
        "many            1, 2",
    ]
