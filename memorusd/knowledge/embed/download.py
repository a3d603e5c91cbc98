"""Downloads the default model from the HuggingFace hub: once, announced, and checked before it is used."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from memorus_proto.errors import EmbeddingError

from .default_model import MODEL, REMOTE, RemoteFile, sha256

__all__ = ["REPOSITORY", "REVISION", "download_model"]

REPOSITORY = f"sentence-transformers/{MODEL}"
REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"


def download_model(cache: Path) -> None:
    """Download the model's files into the directory `cache`.

    A file appears there complete and checked, or not at all. Processes that want the same files wait
    for the one that downloads them. The library resumes after a dropped connection, draws a progress
    bar on a terminal, and obeys HF_ENDPOINT and the proxy variables. No token is sent.

    Raises:
        EmbeddingError: a file could not be downloaded (retryable), or is not the expected one.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from filelock import FileLock
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise EmbeddingError(
            f"downloading {MODEL} needs huggingface_hub ({error})",
            remedy="run: pip install 'memorus[onnx]'",
        ) from error
    try:
        _make_private(cache)
        with FileLock(cache / ".lock", mode=0o600):
            partial = cache / ".partial"
            try:
                for name, remote in REMOTE.items():
                    if (cache / name).is_file():
                        continue  # another process has downloaded it meanwhile
                    _announce(remote, cache)
                    downloaded = hf_hub_download(
                        REPOSITORY,
                        remote.path,
                        revision=REVISION,
                        local_dir=partial,
                        endpoint=os.environ.get("HF_ENDPOINT") or None,
                        token=False,
                    )
                    _install(Path(downloaded), remote, cache / name)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    except EmbeddingError:
        raise
    except Exception as error:  # of the library, of its transport, and of the file system
        raise EmbeddingError(
            f"cannot download {MODEL} into {cache}: {type(error).__name__}: {error}",
            remedy="try again, or run: pip install 'memorus[onnx]', or set embedder.config.model_path to a "
            "local copy",
            retryable=True,
        ) from error


def _install(downloaded: Path, remote: RemoteFile, target: Path) -> None:
    actual = sha256(downloaded)
    if actual != remote.sha256:
        raise EmbeddingError(
            f"{remote.path} of {REPOSITORY} came as {downloaded.stat().st_size} bytes with SHA-256 {actual}, "
            f"expected {remote.size} bytes with {remote.sha256}; the download was discarded",
            remedy="try again; if it fails again, check the proxy or mirror (HF_ENDPOINT) in between",
        )
    downloaded.chmod(0o600)
    downloaded.replace(target)


def _announce(remote: RemoteFile, cache: Path) -> None:
    if sys.stderr is not None:
        sys.stderr.write(
            f"memorus: downloading {remote.path} of {REPOSITORY} ({remote.size / 1e6:.1f} MB) into {cache}; "
            "this happens once (MEMORUS_OFFLINE=1 forbids it)\n"
        )
        sys.stderr.flush()


def _make_private(directory: Path) -> None:
    """Create a directory and its missing parents with mode 0700 (mkdir gives parents the umask's mode)."""
    if not directory.is_dir():
        _make_private(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)
