"""SPEC.md against the code: neither may change without the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import memorus_proto
from memorus_proto.errors import CODES
from memorus_proto.frames import MAX_FRAME
from memorus_proto.messages import PROTOCOL_MAX, PROTOCOL_MIN
from memorus_proto.methods import FROZEN, METHODS
from memorus_proto.paths import MAX_SOCKET_PATH
from memorusd import parameter_checks
from memorusd.daemon.limits import Limits
from memorusd.daemon.listener import Listener
from memorusd.daemon.server import Server
from memorusd.knowledge.bullet import SECTIONS, TYPES
from memorusd.requests import REQUESTS, Request, parameters

SPEC = (Path(memorus_proto.__file__).parent / "SPEC.md").read_text()
WORDS = SPEC.split()


def table(header: str) -> list[list[str]]:
    """The rows of the one table that begins with `header`, backquotes stripped from the first cell."""
    (start,) = re.finditer(rf"^\| {re.escape(header)} \|\n\|[ \-|]+\|\n", SPEC, re.MULTILINE)
    rows = []
    for line in SPEC[start.end() :].splitlines():
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        rows.append([cells[0].strip("`"), *cells[1:]])
    return rows


def section(title: str) -> str:
    """The text under a heading, up to the next one."""
    (found,) = re.findall(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", SPEC, re.MULTILINE | re.DOTALL)
    return str(found)


def keys_of(text: str) -> list[str]:
    return [line.split("|")[1].strip().strip("`") for line in text.splitlines() if line.startswith("| `")]


def test_methods() -> None:
    written = {}
    for name, params, result, mutates in table("method | parameters | result | mutates"):
        pairs = dict(pair.split(": ") for pair in re.findall(r"`([^`]+)`", params))
        written[name] = (pairs, result.strip("`"), mutates == "yes")
    assert written == {m.name: (parameters(REQUESTS[m.name]), m.result, m.mutates) for m in METHODS.values()}


def test_types() -> None:
    used = {kind.rstrip("?") for request in REQUESTS.values() for kind in parameters(request).values()}
    assert set(keys_of(section("Types of parameters"))) == used
    results = {method.result.rstrip("?") for method in METHODS.values()}
    assert set(keys_of(section("Results"))) == results


def test_every_type_has_its_check() -> None:
    assert set(parameter_checks.CHECKS) == set(keys_of(section("Types of parameters")))


@pytest.mark.parametrize("values", [SECTIONS, TYPES])
def test_enumerations_are_complete(values: tuple[str, ...]) -> None:
    (row,) = (row for row in section("Types of parameters").splitlines() if f"`{values[0]}`" in row)
    assert re.findall(r"`(\w+)`", row)[1:] == list(values)


def test_figures_of_the_parameters() -> None:
    v = parameter_checks
    text = section("Types of parameters")
    for figure in (
        v.MAX_TEXT,
        v.MAX_MESSAGES,
        v.MAX_LIMIT,
        v.MAX_METADATA,
        v.MAX_NAME,
        v.MAX_TAGS,
        v.MAX_DEPTH,
    ):
        assert re.search(rf"(?<![\d,]){figure:,}(?![\d,])", text), figure


def test_error_codes() -> None:
    written = {code: retryable == "yes" for code, retryable, _ in table("code | retryable | meaning")}
    assert written == {code: cls.retryable for code, cls in CODES.items()}


def test_frozen_methods_are_said_to_be() -> None:
    (sentence,) = re.findall(r"- Frozen for ever.*?(?=\n\n)", SPEC, re.DOTALL)
    assert set(re.findall(r"`(daemon\.\w+)`", sentence)) == FROZEN
    assert all(not parameters(REQUESTS[name]) for name in FROZEN)


def test_limits() -> None:
    limits = Limits()
    written = {row[0]: row[1] for row in table("limit | value | what happens")}
    assert written == {
        "requests in flight, a connection": f"{limits.calls}",
        "requests in flight, in all": f"{limits.all_calls}",
        "bytes of requests unfinished or in flight, in all": f"{limits.all_bytes:,}",
        "connections": f"{limits.connections:,}",
        "one frame": f"{MAX_FRAME:,} bytes",
        "time for a frame to be completed": f"{limits.frame_seconds:g} s",
        "time for the client to take a response": f"{limits.send_seconds:g} s",
        "time for the client to wait for the hello": "10 s",
    }
    assert limits.frame == MAX_FRAME
    assert f"at most {limits.drain_seconds:g} seconds" in " ".join(WORDS)


def test_protocol_version() -> None:
    assert PROTOCOL_MIN <= PROTOCOL_MAX
    assert f"for protocol version {PROTOCOL_MAX}." in " ".join(WORDS)


def test_path_lengths() -> None:
    assert "107 bytes (103 on macOS)" in " ".join(WORDS)
    assert MAX_SOCKET_PATH in (103, 107)


def test_hello_and_status_have_the_keys_that_are_written(home: Path) -> None:
    import anyio

    from memorus_proto.frames import Decoder
    from memorus_proto.paths import Paths
    from memorusd.settings.config import Settings

    home.mkdir(mode=0o700)
    paths = Paths.from_environ()

    class Nothing:
        store_id = "s"

    async def ask() -> tuple[dict[str, object], dict[str, object]]:
        server = Server(Nothing(), listener, paths, Settings())  # type: ignore[arg-type]
        (hello,) = Decoder().feed(server._hello())
        return hello[2], server._status(Request())

    listener = Listener.bind(paths.socket)
    try:
        hello, status = anyio.run(ask)
    finally:
        listener.close()
    assert list(hello) == keys_of(section("4. The hello"))
    assert list(status) == keys_of(section("daemon.status"))


def test_places_are_those_of_the_code(tmp_path: Path) -> None:
    from memorus_proto.paths import Paths

    places = {row[0]: row[1] for row in table("what | where")}
    paths = Paths.from_environ({"HOME": "/home/x"})
    assert str(paths.home) == "/home/x/.memorus"
    assert str(paths.runtime) == "/home/x/.memorus/run"
    for name, path in (("instance lock", paths.instance_lock), ("log", paths.log)):
        assert f"`<home>/{path.relative_to(paths.home)}`" in places[name]
    assert paths.socket.name in places["socket"]
    assert paths.spawn_lock.suffix == ".spawn"
    assert "`.spawn`" in places["spawn lock"]
