"""What people see: aligned, on one line, and harmless to a terminal."""

from __future__ import annotations

from datetime import datetime, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from memorusctl.formatting import (
    Age,
    Ratio,
    Table,
    aligned,
    display_width,
    fields,
    human_size,
    one_line,
    plain_lines,
    safe_lines,
    time_ago,
)


@settings(deadline=None)
@given(st.text())
def test_one_line_leaves_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert all(ord(c) >= 0x20 and not 0x7F <= ord(c) < 0xA0 for c in shown)


def test_an_escape_sequence_is_shown_not_sent() -> None:
    assert one_line("\x1b[2Jhi\n\u202eевил") == "\\x1b[2Jhi\\n\\u202eевил"


def test_a_text_keeps_its_lines() -> None:
    assert safe_lines("a\nb\x07\n") == ["a", "b\\x07", ""]


def test_columns_line_up_and_the_last_is_not_padded() -> None:
    rows = [("trick", "global", "a"), ("knowledge", "project:web", "longer")]
    assert list(aligned(rows)) == ["trick      global       a", "knowledge  project:web  longer"]
    assert list(aligned([])) == []


def test_fields_name_nested_values() -> None:
    values = {"a": 1, "daemon": {"running": True, "since": None, "off": False}, "zero": 0, "many": [1, 2]}
    assert list(plain_lines(fields(values))) == [
        "a               1",
        "daemon.running  yes",
        "daemon.since    -",
        "daemon.off      no",
        "zero            0",
        "many            1, 2",
    ]


def test_wide_letters_take_two_columns_and_marks_none() -> None:
    assert [display_width(text) for text in ("abc", "记忆", "ﾊﾝ", "e\u0301", "한글")] == [3, 4, 2, 1, 4]
    shown = list(aligned([("记忆", "a"), ("ab", "b"), ("abcd", "c")]))
    assert shown == ["记忆  a", "ab    b", "abcd  c"]


def test_columns_for_a_terminal_are_not_in_plain_text() -> None:
    rows = [(Ratio(0.5), "trick", Age("2026-01-01T00:00:00+00:00"), "x")]
    table = Table(("score", "type", "age", "memory"), rows, extra=("age",))
    assert list(plain_lines([table, "a line"])) == ["0.50  trick  x", "a line"]


def test_ages_read_in_one_unit() -> None:
    now = 1_800_000_000.0
    for seconds, told in (
        (-5, "just now"),
        (0.5, "just now"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3600 * 47, "47 h ago"),
        (86_400 * 3, "3 d ago"),
        (86_400 * 70, "2 mo ago"),
        (86_400 * 800, "2 y ago"),
    ):
        at = datetime.fromtimestamp(now - seconds, timezone.utc).isoformat()
        assert time_ago(at, now) == told


def test_sizes_read_in_one_unit() -> None:
    assert [human_size(n) for n in (12, 1200, 1_234_567, 5e9, 5e13)] == [
        "12 bytes", "1.2 kB", "1.2 MB", "5.0 GB", "50000.0 GB",
    ]  # fmt: skip
