"""Frames: any value, in any pieces, comes out as it went in; anything else is a ProtocolError."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorus_proto.errors import InvalidRequest, ProtocolError
from memorus_proto.frames import MAX_FRAME, Decoder, encode, pack, unpack

# Every code point, surrogates included: they are refused later, by name, not lost here.
texts = st.text(st.characters(categories=None), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_round_trip(value: object) -> None:
    assert unpack(pack(value)) == value


@given(st.lists(values, max_size=6), st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_any_pieces(sent: list[Any], sizes: list[int]) -> None:
    stream = b"".join(encode(value) for value in sent)
    received: list[Any] = []
    decoder, at, turn = Decoder(), 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        received += decoder.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert received == sent
    assert decoder.held == 0
    assert not decoder.partial


@given(st.binary(max_size=300))
def test_garbage_is_a_protocol_error_or_a_value(data: bytes) -> None:
    decoder = Decoder(limit=1000)
    try:
        list(decoder.feed(data))
    except ProtocolError:
        return
    assert decoder.held <= len(data)


def test_nan_passes() -> None:
    assert math.isnan(unpack(pack(math.nan)))


def test_an_oversized_length_is_refused_at_once() -> None:
    for size in (MAX_FRAME + 1, 2**32 - 1):
        with pytest.raises(ProtocolError, match=str(size)):
            list(Decoder().feed(size.to_bytes(4, "big")))


def test_the_largest_frame_passes() -> None:
    value = b"x" * (MAX_FRAME - 5)
    frame = encode(value)
    assert len(frame) == MAX_FRAME + 4
    decoder = Decoder()
    received = [v for i in range(0, len(frame), 65536) for v in decoder.feed(frame[i : i + 65536])]
    assert received == [value]
    assert decoder.size == MAX_FRAME
    with pytest.raises(InvalidRequest, match=str(MAX_FRAME)):
        encode(value + b"x")


def test_what_came_before_a_bad_frame_comes_out() -> None:
    decoder = Decoder()
    received: list[Any] = []
    with pytest.raises(ProtocolError):
        received.extend(decoder.feed(encode(1) + encode("two") + b"\xff\xff\xff\xff"))
    assert received == [1, "two"]


def test_held_counts_what_is_unfinished() -> None:
    decoder = Decoder()
    assert list(decoder.feed(encode("abc") + b"\x00\x00\x00\x09xy")) == ["abc"]
    assert (decoder.partial, decoder.held) == (True, 6)


@pytest.mark.parametrize("value", [object(), {1, 2}, 2**64, -(2**63) - 1, {"a": object()}])
def test_what_cannot_be_sent_is_said_so(value: object) -> None:
    with pytest.raises(InvalidRequest, match="cannot be sent"):
        pack(value)


def test_a_list_that_holds_itself() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(InvalidRequest):
        pack(loop)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        b"\x00\x00",
        b"\x91" * 100_000,
        b"\x81\x01\x02",
        b"\xa5abc",
        b"\x81\x90\x00",
        b"\xdd\xff\xff\xff\xff",
    ],
)
def test_what_is_no_value(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        unpack(payload)
