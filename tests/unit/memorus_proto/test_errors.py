"""Every code maps to one class and back, and crosses the wire whole."""

from __future__ import annotations

import pytest

from memorus_proto import errors
from memorus_proto.errors import CODES, MemorusError, ProtocolError, from_wire, to_wire
from memorus_proto.frames import pack, unpack


def every_class(cls: type[MemorusError] = MemorusError) -> set[type[MemorusError]]:
    """All that have a code of their own; the client's private kinds of one error do not."""
    own = {cls} if "code" in vars(cls) else set()
    return own.union(*(every_class(sub) for sub in cls.__subclasses__()))


def test_codes_and_classes_are_one_to_one() -> None:
    assert set(CODES.values()) == every_class()
    assert {code: cls.code for code, cls in CODES.items()} == {code: code for code in CODES}


@pytest.mark.parametrize("code", list(CODES))
def test_over_the_wire_and_back(code: str) -> None:
    error = CODES[code]("what and why", remedy="do this", data={"a": [1, "x"]}, error_id="abc")
    back = from_wire(unpack(pack(to_wire(error))))
    assert type(back) is CODES[code]
    assert (back.message, back.remedy, back.data, back.retryable, back.error_id) == (
        "what and why",
        "do this",
        {"a": [1, "x"]},
        CODES[code].retryable,
        "abc",
    )
    assert str(back) == "what and why; do this"


def test_one_error_may_be_more_hopeful_than_its_kind() -> None:
    assert from_wire(to_wire(errors.StoreError("locked", retryable=True))).retryable


def test_codes_from_the_future() -> None:
    error = from_wire({"code": "NEW_THING", "message": "m", "extra": 1})
    assert type(error) is MemorusError
    assert error.message == "m"


@pytest.mark.parametrize("value", [None, "x", 5, [], {}, {"code": 5}, {"message": "m"}])
def test_what_is_no_error(value: object) -> None:
    assert isinstance(from_wire(value), ProtocolError)


def test_old_except_clauses_go_on_working() -> None:
    for name in ("InvalidRequest", "NotFound", "ConfigError"):
        assert issubclass(getattr(errors, name), ValueError)


def test_the_drawing_in_the_docstring_is_complete() -> None:
    for code, cls in CODES.items():
        line = next(line for line in errors.__doc__.splitlines() if f" {code} " in line + " ")
        assert cls.__name__ in line
    assert set(errors.__all__) >= {cls.__name__ for cls in CODES.values()}
