"""The server over real sockets: greeting, answering, limits, cancelling, draining."""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
from collections.abc import Callable

import pytest

from memorus_proto.errors import NotFound, StoreError
from memorus_proto.frames import encode
from memorus_proto.messages import request
from memorus_proto.paths import Paths

from .server_thread import Serving, Wire

HOLD = {"query": "hold"}


def hold(serving: Serving, wire: Wire, count: int) -> list[int]:
    """Have `count` calls in flight, all of them in worker threads."""
    ids = [wire.ask("memory.search", HOLD) for _ in range(count)]
    for _ in ids:
        assert serving.service.entered.acquire(timeout=10)
    return ids


def test_the_daemon_speaks_first(serve: Callable[..., Serving]) -> None:
    wire = serve().connect()
    assert set(wire.hello) == {"protocol", "version", "pid", "instance", "store", "config", "state"}
    assert wire.hello["protocol"] == [1, 1]
    assert wire.hello["pid"] == os.getpid()
    assert wire.hello["store"] == "a-store"
    assert wire.hello["state"] == "ready"
    assert len(wire.hello["instance"]) == 32


def test_status(serve: Callable[..., Serving], paths: Paths) -> None:
    serving = serve()
    wire = serving.connect()
    kind, _, error, status = wire.call("daemon.status")
    assert (kind, error) == (1, None)
    assert status["socket"] == str(paths.socket)
    assert status["home"] == str(paths.home)
    assert status["connections"] == 1
    assert status["in_flight"] == 0
    assert status["instance"] == wire.hello["instance"]


def test_calls_reach_the_service_and_answers_may_overtake(serve: Callable[..., Serving]) -> None:
    serving = serve()
    wire = serving.connect()
    (held,) = hold(serving, wire, 1)
    assert wire.call("memory.search", {"query": "hi"})[3] == {"echo": "hi"}
    serving.service.release.set()
    assert wire.read() == [1, held, None, {"echo": "hold"}]


def test_status_does_not_queue_behind_a_full_connection(serve: Callable[..., Serving]) -> None:
    serving = serve(calls=32)
    wire = serving.connect()
    hold(serving, wire, 32)
    assert wire.call("daemon.status")[3]["in_flight"] == 32
    # The 33rd makes the reader pause; other connections do not notice.
    wire.ask("memory.search", {"query": "33"})
    assert serving.connect().call("daemon.status")[3]["in_flight"] == 32
    serving.service.release.set()
    answers = {wire.read()[3]["echo"] for _ in range(33)}
    assert answers == {"hold", "33"}


def test_shutdown_does_not_queue_behind_work(
    serve: Callable[..., Serving], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    serving = serve(threads=2)
    busy = serving.connect()
    for _ in range(8):
        busy.ask("memory.search", HOLD)
    eventually(lambda: serving.server.admission.calls == 8)
    assert serving.connect().call("daemon.shutdown")[2:] == [None, {"ok": True}]
    eventually(lambda: serving.server.admission.draining)
    serving.service.release.set()
    assert [busy.read()[3] for _ in range(8)] == [{"echo": "hold"}] * 8
    serving.wait()
    assert serving.drained is True


def test_over_the_global_limit_is_busy(serve: Callable[..., Serving]) -> None:
    serving = serve(all_calls=4)
    first, second = serving.connect(), serving.connect()
    hold(serving, first, 4)
    error = second.call("memory.search", {"query": "x"})[2]
    assert (error["code"], error["retryable"]) == ("BUSY", True)
    assert error["data"]["retry_after"] > 0
    serving.service.release.set()
    assert [first.read()[2] for _ in range(4)] == [None] * 4
    assert second.call("memory.search", {"query": "x"})[2] is None


def test_bytes_in_flight_are_limited_too(
    serve: Callable[..., Serving], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    serving = serve(all_bytes=100_000)
    wire = serving.connect()
    wire.ask("memory.search", {"query": "hold", "filters": {"pad": "x" * 90_000}})
    assert serving.service.entered.acquire(timeout=10)
    error = wire.call("memory.search", {"query": "y" * 20_000})[2]
    assert error["code"] == "BUSY"
    serving.service.release.set()
    assert wire.read()[2] is None
    assert wire.call("memory.search", {"query": "y" * 20_000})[2] is None
    eventually(lambda: serving.server.admission.bytes == 0)


def test_cancel(serve: Callable[..., Serving]) -> None:
    serving = serve()
    wire = serving.connect()
    (id,) = hold(serving, wire, 1)
    wire.tell("$/cancel", {"id": 999})  # unknown: its answer may be on the way
    wire.tell("$/cancel", {"id": id})
    answer = wire.read()
    assert answer[1] == id
    assert answer[2]["code"] == "CANCELLED"


def test_cancel_before_a_thread_was_free(serve: Callable[..., Serving]) -> None:
    serving = serve(threads=1)
    wire = serving.connect()
    hold(serving, wire, 1)
    waiting = wire.ask("memory.search", {"query": "waits"})
    wire.tell("$/cancel", {"id": waiting})
    wire.call("daemon.status")  # so the cancel has been read
    serving.service.release.set()
    answers = {answer[1]: answer for answer in (wire.read(), wire.read())}
    assert answers[waiting][2]["code"] == "CANCELLED"


@pytest.mark.parametrize("calls", [1, 8])
def test_a_dropped_connection_cancels_its_requests(
    serve: Callable[..., Serving], eventually: Callable[[Callable[[], bool]], None], calls: int
) -> None:
    serving = serve(calls=8)
    wire = serving.connect()
    hold(serving, wire, calls)
    wire.close()
    eventually(lambda: serving.service.outcomes == ["cancelled"] * calls)
    eventually(lambda: serving.server.admission.idle)


def test_a_drop_is_seen_even_while_the_reader_pauses(
    serve: Callable[..., Serving], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    serving = serve(calls=2)
    wire = serving.connect()
    hold(serving, wire, 2)
    wire.ask("memory.search", {"query": "the one that waits"})
    wire.close()
    eventually(lambda: serving.service.outcomes == ["cancelled"] * 2)
    eventually(lambda: serving.server.admission.idle)


def test_what_a_lost_client_still_had_queued_is_not_begun(
    serve: Callable[..., Serving], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    serving = serve(calls=1)
    wire = serving.connect()
    hold(serving, wire, 1)
    frames = [encode(request(i, "memory.search", {"query": f"queued {i}"})) for i in range(5, 25)]
    wire.socket.sendall(b"".join(frames))
    wire.close()
    eventually(lambda: serving.server.admission.idle)
    assert serving.service.outcomes == ["cancelled"]
    assert serving.service.asked == ["hold"]


def test_an_id_in_flight_twice_is_a_protocol_error(serve: Callable[..., Serving]) -> None:
    serving = serve()
    wire = serving.connect()
    (id,) = hold(serving, wire, 1)
    wire.ask("memory.search", {"query": "x"}, id=id)
    kind, method, error = wire.read()
    assert (kind, method, error["code"]) == (2, "error", "PROTOCOL_ERROR")
    with pytest.raises(EOFError):
        wire.read()


def test_an_id_may_be_used_again_after_its_answer(serve: Callable[..., Serving]) -> None:
    wire = serve().connect()
    for _ in range(50):
        wire.ask("memory.search", {"query": "x"}, id=7)
        assert wire.read()[1] == 7


def test_unknown_methods_and_parameters_name_the_nearest(serve: Callable[..., Serving]) -> None:
    wire = serve().connect()
    error = wire.call("memory.serach")[2]
    assert error["code"] == "INVALID_REQUEST"
    assert "memory.search" in error["remedy"]
    assert wire.call("daemon.status", {"verbose": True})[2]["code"] == "INVALID_REQUEST"
    assert wire.call("daemon.shutdown", {"now": True})[2]["code"] == "INVALID_REQUEST"
    assert wire.call("daemon.status")[3]["state"] == "ready"  # so that was no shutdown


def test_errors_of_the_service_arrive_whole(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.service.errors["gone"] = NotFound("no memory 'x'", data={"id": "x"})
    error = serving.connect().call("memory.search", {"query": "gone"})[2]
    assert error == {
        "code": "NOT_FOUND",
        "message": "no memory 'x'",
        "remedy": None,
        "data": {"id": "x"},
        "retryable": False,
        "error_id": None,
    }


def test_an_unexpected_exception_is_internal_and_its_words_stay_out(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    serving = serve()
    serving.service.errors["secret query"] = ValueError("bad: secret query")
    with caplog.at_level(logging.DEBUG, logger="memorusd"):
        error = serving.connect().call("memory.search", {"query": "secret query"})[2]
    assert error["code"] == "INTERNAL"
    assert error["error_id"] in error["remedy"]
    assert error["error_id"] in caplog.text
    assert "builtins.ValueError" in caplog.text
    assert "in call" in caplog.text  # where it happened
    assert "secret" not in caplog.text + error["message"] + error["remedy"]


def test_what_fails_around_us_is_in_the_log(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    serving = serve()
    serving.service.errors["full"] = StoreError("secret: disk full", data={"reason": "disk_full"})
    assert serving.connect().call("memory.search", {"query": "full"})[2]["code"] == "STORE_ERROR"
    assert "memory.search failed: STORE_ERROR disk_full" in caplog.text
    assert "secret" not in caplog.text


def test_a_result_that_cannot_be_sent_is_our_fault(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.service.results["odd"] = object()
    assert serving.connect().call("memory.search", {"query": "odd"})[2]["code"] == "INTERNAL"


def test_an_error_whose_data_cannot_be_sent_still_arrives(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.service.errors["odd"] = NotFound("no memory", data={"id": object()})
    assert serving.connect().call("memory.search", {"query": "odd"})[2]["message"] == "no memory"


def test_an_answer_over_the_limit_is_an_error_that_says_what_to_do(serve: Callable[..., Serving]) -> None:
    wire = serve(frame=10_000).connect()
    error = wire.call("memory.search", {"query": "big 20000"})[2]
    assert error["code"] == "INVALID_REQUEST"
    assert "limit" in error["message"]
    assert "narrower filters" in error["remedy"]
    assert wire.call("memory.search", {"query": "big 9000"})[2] is None


BAD_FRAMES = {
    "not msgpack": struct.pack(">I", 1) + b"\xc1",
    "empty": struct.pack(">I", 0),
    "trailing": struct.pack(">I", 2) + b"\x00\x00",
    "an HTTP client": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "oversized": struct.pack(">I", 16 * 1024 * 1024 + 1),
    "huge length": b"\xff\xff\xff\xff",
    "no list": encode("hello"),
    "empty list": encode([]),
    "unknown kind": encode([3, 1, "daemon.status", {}]),
    "true for one": encode([True, 1, None, None]),
    "short": encode([0, 1, "daemon.status"]),
    "long": encode([0, 1, "daemon.status", {}, 1]),
    "params a list": encode([0, 1, "daemon.status", []]),
    "params nil": encode([0, 1, "daemon.status", None]),
    "method a number": encode([0, 1, 5, {}]),
    "negative id": encode([0, -1, "daemon.status", {}]),
    "big id": encode([0, 2**32, "daemon.status", {}]),
    "float id": encode([0, 1.0, "daemon.status", {}]),
    "bool id": encode([0, True, "daemon.status", {}]),
    "a response": encode([1, 1, None, 5]),
    "cancel without id": encode([2, "$/cancel", {}]),
    "cancel of a list": encode([2, "$/cancel", {"id": [1]}]),
    "deep": struct.pack(">I", 5000) + b"\x91" * 4999 + b"\xc0",
    "int keys": encode([2, "x", {1: 2}]),
}


@pytest.mark.parametrize("frame", BAD_FRAMES.values(), ids=list(BAD_FRAMES))
def test_bad_frames_end_their_connection_and_no_other(serve: Callable[..., Serving], frame: bytes) -> None:
    serving = serve()
    other, wire = serving.connect(), serving.connect()
    wire.socket.sendall(frame)
    kind, method, error = wire.read()
    assert (kind, method, error["code"]) == (2, "error", "PROTOCOL_ERROR")
    with pytest.raises(EOFError):
        wire.read()
    assert other.call("memory.search", {"query": "x"})[2] is None


def test_what_was_asked_before_a_bad_frame_is_answered(serve: Callable[..., Serving]) -> None:
    wire = serve().connect()
    wire.socket.sendall(encode(request(1, "daemon.status", {})) + b"\xff\xff\xff\xff")
    assert wire.read()[1] == 1
    assert wire.read()[1] == "error"


def test_bad_frames_are_logged_without_their_content(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    serving = serve()
    wire = serving.connect()
    with caplog.at_level(logging.DEBUG, logger="memorusd"):
        wire.socket.sendall(encode([0, "secret", "secret", {"query": "secret"}]))
        assert "secret" not in wire.read()[2]["message"]
    assert "PROTOCOL_ERROR" in caplog.text
    assert "secret" not in caplog.text


def test_unknown_notifications_are_for_others(serve: Callable[..., Serving]) -> None:
    wire = serve().connect()
    wire.tell("from.the.future", {"x": 1})
    assert wire.call("daemon.status")[2] is None


def test_a_truncated_frame_ends_quietly(
    serve: Callable[..., Serving], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    serving = serve()
    wire = serving.connect()
    wire.socket.sendall(encode(request(1, "daemon.status", {}))[:-3])
    wire.close()
    eventually(lambda: serving.server.admission.idle)


def test_a_slow_drip_is_cut_off(serve: Callable[..., Serving]) -> None:
    wire = serve(frame_seconds=0.3).connect()
    done = threading.Event()

    def drip() -> None:
        for byte in encode(request(1, "memory.search", {"query": "x" * 5000})):
            try:
                wire.socket.send(bytes([byte]))
            except OSError:
                return
            if done.wait(0.02):
                return

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        assert wire.read()[2]["code"] == "PROTOCOL_ERROR"
    finally:
        done.set()
        dripping.join()


def test_frames_in_pieces_and_in_heaps(serve: Callable[..., Serving]) -> None:
    wire = serve(calls=2).connect()
    frame = encode(request(1, "memory.search", {"query": "x"}))
    for byte in frame:
        wire.socket.sendall(bytes([byte]))
    assert wire.read()[3] == {"echo": "x"}
    wire.socket.sendall(b"".join(encode(request(i, "memory.search", {"query": str(i)})) for i in range(500)))
    assert {wire.read()[3]["echo"] for _ in range(500)} == {str(i) for i in range(500)}


def test_no_limit_between_frames(serve: Callable[..., Serving]) -> None:
    wire = serve(frame_seconds=0.05).connect()
    assert wire.call("daemon.status")[2] is None
    threading.Event().wait(0.3)
    assert wire.call("daemon.status")[2] is None


def test_unfinished_frames_together_are_limited(
    serve: Callable[..., Serving], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    serving = serve(all_bytes=200_000)
    wires = [serving.connect() for _ in range(4)]
    for wire in wires[:2]:
        wire.socket.sendall(struct.pack(">I", 1_000_000) + b"x" * 90_000)
    eventually(lambda: serving.server.admission.bytes > 170_000)
    wires[2].socket.sendall(struct.pack(">I", 1_000_000) + b"x" * 90_000)
    assert wires[2].read()[2]["code"] == "BUSY"
    wires[0].close()
    eventually(lambda: serving.server.admission.bytes < 100_000)
    assert wires[3].call("memory.search", {"query": "fine"})[2] is None


def test_a_client_that_does_not_read_is_cut_off(
    serve: Callable[..., Serving], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    serving = serve(send_seconds=0.3, calls=4)
    wire, other = serving.connect(), serving.connect()
    for _ in range(20):
        wire.ask("memory.search", {"query": "big 1000000"})
    eventually(lambda: serving.server.admission.calls == 4)  # the rest is not even read
    eventually(lambda: len(serving.server._connections) == 1)
    assert other.call("daemon.status")[3]["in_flight"] == 0


def test_a_slow_reader_gets_everything(serve: Callable[..., Serving]) -> None:
    wire = serve().connect()
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for _ in range(5):
        wire.ask("memory.search", {"query": "big 3000000"})
    assert [len(wire.read()[3]) for _ in range(5)] == [3_000_000] * 5


def test_too_many_connections_are_refused_before_the_hello(serve: Callable[..., Serving]) -> None:
    serving = serve(connections=3)
    for _ in range(3):
        serving.connect()
    with pytest.raises(EOFError):
        serving.connect()


def test_another_users_process_is_refused(
    serve: Callable[..., Serving], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    serving = serve()
    real = os.getuid()
    monkeypatch.setattr("memorusd.daemon.server.os.getuid", lambda: real + 1)
    with pytest.raises(EOFError):
        serving.connect()
    assert "connection refused" in caplog.text


def test_drain_refuses_new_work_and_finishes_the_old(
    serve: Callable[..., Serving], paths: Paths, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    serving = serve()
    working, resting = serving.connect(), serving.connect()
    (held,) = hold(serving, working, 1)
    serving.stop()
    eventually(lambda: not paths.socket.exists())
    error = resting.call("memory.search", {"query": "new"})[2]
    assert (error["code"], error["retryable"]) == ("DAEMON_UNAVAILABLE", True)
    assert resting.call("daemon.status")[3]["state"] == "draining"
    serving.service.release.set()
    assert working.read() == [1, held, None, {"echo": "hold"}]
    for wire in (working, resting):
        with pytest.raises(EOFError):
            wire.read()
    serving.wait()
    assert serving.drained is True
    assert serving.service.outcomes == ["done"]


def test_who_waits_in_the_backlog_is_told(serve: Callable[..., Serving]) -> None:
    serving = serve()
    waiting: list[Wire] = []

    def connect_and_stop() -> None:  # on the loop, so nothing is accepted in between
        for _ in range(3):
            waiting.append(serving.connect(hello=False))
        serving.server.admission.stop("test")

    serving._portal.call(connect_and_stop)
    for wire in waiting:
        assert wire.read()[2]["state"] == "draining"
        with pytest.raises(EOFError):
            wire.read()
    serving.wait()


def test_every_request_sent_before_the_end_is_answered(serve: Callable[..., Serving]) -> None:
    serving = serve()
    wires = [serving.connect() for _ in range(20)]

    def ask_and_stop() -> None:
        for wire in wires:
            for _ in range(10):
                wire.ask("memory.search", {"query": "x"})
        serving.server.admission.stop("test")

    serving._portal.call(ask_and_stop)
    for wire in wires:
        answers = [wire.read() for _ in range(10)]
        assert {a[2] and a[2]["code"] for a in answers} <= {None, "DAEMON_UNAVAILABLE"}
    serving.wait()


def test_a_drain_that_takes_too_long_cancels(serve: Callable[..., Serving]) -> None:
    serving = serve(drain_seconds=0.2)
    hold(serving, serving.connect(), 3)
    serving.stop()
    serving.wait()
    assert serving.drained is False
    assert serving.service.outcomes == ["cancelled"] * 3


def test_a_successors_name_is_left_alone(serve: Callable[..., Serving], paths: Paths) -> None:
    serving = serve()
    paths.socket.unlink()
    successor = socket.socket(socket.AF_UNIX)
    successor.bind(str(paths.socket))
    serving.finish()
    assert paths.socket.exists()
    successor.close()
