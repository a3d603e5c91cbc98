"""A local server that speaks OpenAI's API (chat completions, embeddings) and always answers the same."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["DIMENSIONS", "OpenAI", "config", "serve"]

DIMENSIONS = 32


class OpenAI(ThreadingHTTPServer):
    """Finds in a prompt the facts that stand as FACT(…); a text's vector counts its words, by hash."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, Any]] = []
        """Of each request the path, and what was sent."""
        self.status = 200
        self.pause = 0.0
        """Seconds before an answer."""
        self.dimensions = DIMENSIONS

    @property
    def base(self) -> str:
        """The URL for an OpenAI client."""
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OpenAI

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, sent))
        time.sleep(self.server.pause)
        if self.server.status != 200:
            answer = {"error": {"message": "no", "type": "server_error"}}
        else:
            answer = self._answer(sent)
        data = json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.send_header("connection", "close")  # the client would keep it open beyond the test
        try:
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:  # who has waited long enough hangs up
            self.close_connection = True

    def _answer(self, sent: dict[str, Any]) -> dict[str, Any]:
        return (
            _embeddings(sent, self.server.dimensions)
            if self.path.endswith("/embeddings")
            else _completion(sent)
        )


def _embeddings(sent: dict[str, Any], dimensions: int) -> dict[str, Any]:
    texts = [sent["input"]] if isinstance(sent["input"], str) else sent["input"]
    data = [
        {"object": "embedding", "index": i, "embedding": _vector(text, dimensions)}
        for i, text in enumerate(texts)
    ]
    return {"object": "list", "model": sent["model"], "data": data, "usage": {}}


def _vector(text: str, dimensions: int) -> list[float]:
    counts = [0.01] * dimensions
    for word in re.findall(r"\w+", text.lower()):
        counts[hashlib.md5(word.encode(), usedforsecurity=False).digest()[0] % dimensions] += 1.0
    return counts


def _completion(sent: dict[str, Any]) -> dict[str, Any]:
    prompt = sent["messages"][-1]["content"]
    if sent.get("response_format", {}).get("type") == "json_object":
        said = json.dumps({"memory": [{"text": fact} for fact in re.findall(r"FACT\((.*?)\)", prompt)]})
    else:
        said = "First open the tap, then fill the glass."
    choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": sent["model"],
        "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


@contextmanager
def serve() -> Iterator[OpenAI]:
    """A running server."""
    server = OpenAI()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def config(server: OpenAI, folder: Any, **changed: Any) -> dict[str, Any]:
    """mem0's config: everything at `server` and in `folder`."""
    client = {"api_key": "sk-none", "openai_base_url": server.base}
    return {
        "llm": {"provider": "openai", "config": client},
        "embedder": {"provider": "openai", "config": {**client, "embedding_dims": DIMENSIONS}},
        "vector_store": {
            "provider": "qdrant",
            "config": {"path": f"{folder}/qdrant", "embedding_model_dims": DIMENSIONS, "on_disk": True},
        },
        "history_db_path": f"{folder}/history.db",
        **changed,
    }
