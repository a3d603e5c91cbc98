"""A real HTTP server with OpenAI's chat-completions API, which can fail in every way that servers fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import Any

import pytest

__all__ = [
    "LLMServer",
    "Request",
    "body",
    "broken_off",
    "content",
    "drip",
    "hang",
    "needs_litellm",
    "serve",
    "status",
]

# Not importorskip: litellm must only ever be imported by the code under test, which tames it.
needs_litellm = pytest.mark.skipif(find_spec("litellm") is None, reason="needs pip install 'memorus[llm]'")


@dataclass(frozen=True)
class Request:
    """One request that came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document with the interaction, from the first user message."""
        said = next(m["content"] for m in self.body["messages"] if m["role"] == "user")
        document: dict[str, Any] = json.JSONDecoder().raw_decode(said)[0]
        return document

    @property
    def everything(self) -> str:
        """The whole body as text."""
        return "\n".join(
            [json.dumps({**self.body, "messages": []}), *(m["content"] for m in self.body["messages"])]
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LLMServer

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        number = len(self.server.requests)
        self.server.requests.append(Request(self.path, headers, sent))
        try:
            self.server.replies[min(number, len(self.server.replies) - 1)](self)
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def send(self, code: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.send_header("connection", "close")  # otherwise clients keep it open after the test
        self.end_headers()
        self.wfile.write(data)


Reply = Callable[[_Handler], None]


class LLMServer(ThreadingHTTPServer):
    """Sends `replies` in turn, then repeats the last one; `requests` holds what came in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: list[Reply] = [content('{"bullets": []}')]
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self.port = self.server_port

    @property
    def base(self) -> str:
        """The `llm_api_base`."""
        return f"http://127.0.0.1:{self.port}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """Silent: clients that hang up are part of the tests."""


@contextmanager
def serve() -> Iterator[LLMServer]:
    """A running server."""
    server = LLMServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def content(text: str | None, finish: str = "stop") -> Reply:
    """An answer of the model."""
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }
    return body(json.dumps(completion).encode())


def body(data: bytes) -> Reply:
    """A 200 with these bytes."""
    return lambda handler: handler.send(200, data, {})


def status(code: int, message: str = "no", **headers: str) -> Reply:
    """A failure as the API reports it; `headers` with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.send(code, json.dumps({"error": {"message": message}}).encode(), named)


def broken_off(handler: _Handler) -> None:
    """Promises more than it sends."""
    handler.send_response(200)
    handler.send_header("content-length", "4000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "chatcmpl-1", "choices": [{"ind')
    handler.close_connection = True


def hang(handler: _Handler) -> None:
    """Takes the request and never answers."""
    handler.server.stopping.wait(60)
    handler.close_connection = True


def drip(handler: _Handler) -> None:
    """Sends a byte now and then, so that no single read ever takes long."""
    handler.send_response(200)
    handler.send_header("content-length", "100000")
    handler.end_headers()
    end = time.monotonic() + 60
    while time.monotonic() < end and not handler.server.stopping.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()
    handler.close_connection = True
