"""Messages: built and recognised; what is none is told by its shape, not its content."""

from __future__ import annotations

from typing import Any

import pytest

from memorus_proto import messages
from memorus_proto.errors import ProtocolError
from memorus_proto.messages import check, common_protocol, notification, request, response

GOOD = [
    request(0, "m", {}),
    request(2**32 - 1, "m", {"a": 1}),
    response(1, None, 5),
    response(1, {"code": "X"}, None),
    response(1, None, None),
    notification("hello", {}),
]
BAD: list[Any] = [
    None,
    0,
    "x",
    {},
    (),
    [],
    [None],
    ["0", 1, "m", {}],
    [3, 1, "m", {}],
    [-1, 1, "m", {}],
    [False, 1, "m", {}],
    [0.0, 1, "m", {}],
    [True, 1, None, None],
    [2.0, "m", {}],
    [0, 1, "m"],
    [0, 1, "m", {}, None],
    [0, -1, "m", {}],
    [0, 2**32, "m", {}],
    [0, True, "m", {}],
    [0, 1.0, "m", {}],
    [0, "1", "m", {}],
    [0, None, "m", {}],
    [0, 1, b"m", {}],
    [0, 1, 5, {}],
    [0, 1, "m", None],
    [0, 1, "m", []],
    [1, 1, "error", None],
    [1, 1, [], None],
    [1, 1, None],
    [2, "m"],
    [2, "m", []],
    [2, "m", None],
    [2, 1, {}],
    [2, 1, "m", {}],
]


@pytest.mark.parametrize("message", GOOD, ids=repr)
def test_messages(message: list[Any]) -> None:
    assert check(message) is message


@pytest.mark.parametrize("value", BAD, ids=repr)
def test_what_is_no_message(value: object) -> None:
    with pytest.raises(ProtocolError):
        check(value)


def test_the_refusal_shows_types_only() -> None:
    with pytest.raises(ProtocolError) as caught:
        check([0, "secret", {"secret": 1}, None, "secret", 1, 2, 3])
    assert "secret" not in caught.value.message
    assert "[int, str, dict, NoneType, str, int, ...]" in caught.value.message


@pytest.mark.parametrize(
    ("ours", "theirs", "common"),
    [
        ((1, 1), [1, 1], 1),
        ((1, 3), [2, 5], 3),
        ((2, 3), [1, 2], 2),
        ((2, 3), [4, 5], None),
        ((2, 3), [1, 1], None),
    ],
)
def test_the_highest_version_in_common(
    monkeypatch: pytest.MonkeyPatch, ours: tuple[int, int], theirs: list[int], common: int | None
) -> None:
    monkeypatch.setattr(messages, "PROTOCOL_MIN", ours[0])
    monkeypatch.setattr(messages, "PROTOCOL_MAX", ours[1])
    assert common_protocol({"protocol": theirs}) == common


@pytest.mark.parametrize("range", [None, 1, [], [1], [2, 1], ["1", "2"], [1, 2, 3]])
def test_a_hello_without_a_range(range: object) -> None:
    with pytest.raises(ProtocolError):
        common_protocol({"protocol": range})
