"""Checks what surrounds the memory: versions, directories and their modes, disk, settings, model files."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from memorus_proto.errors import MemorusError
from memorus_proto.paths import Paths

from .. import __version__
from ..knowledge.embed.model_files import find_model
from ..settings.config import Settings, load_settings
from ..settings.provenance import permission_warnings
from ..settings.provider_settings import EmbedderSettings
from .outcome import Check, checked, failed, ok

__all__ = ["check_machine"]

_LIBRARIES = ("msgpack", "numpy", "pydantic", "anyio", "mem0ai", "onnxruntime", "tokenizers", "litellm")
_LITTLE_SPACE = 100 * 1000 * 1000
"""Bytes below which free disk space is a warning; also when it is less than twice the store."""
_NO_SPACE = 5 * 1000 * 1000
"""Bytes below which it is a failure."""


def check_machine(paths: Paths) -> Iterator[Check]:
    """The checks, one by one. They change nothing, and do not use the network."""
    yield _check_versions()
    yield from _check_paths(paths)
    yield _check_disk(paths)
    settings = Settings()
    try:
        settings = load_settings(paths)
        source = str(paths.config) if paths.config.exists() else "defaults and environment only"
        yield checked("settings", permission_warnings(paths), source)
    except MemorusError as error:
        yield failed("settings", error)
    yield _check_model(paths, settings)


def _check_versions() -> Check:
    libraries = []
    for name in _LIBRARIES:
        try:
            libraries.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    versions = (
        f"memorus {__version__}, Python {platform.python_version()} ({sys.executable}), "
        f"{platform.system()} {platform.release()} {platform.machine()}, SQLite {sqlite3.sqlite_version}, "
        + ", ".join(libraries)
    )
    problems = ["SQLite is older than 3.37"] if sqlite3.sqlite_version_info < (3, 37) else []
    return checked("versions", problems, versions, "use a Python with SQLite 3.37 or newer", "fail")


def _check_paths(paths: Paths) -> Iterator[Check]:
    for name, path in (("home", paths.home), ("runtime directory", paths.runtime)):
        if path.exists():
            yield _check_path(name, path, 0o700)
            continue
        parent = next(folder for folder in path.parents if folder.exists())
        usable = parent.is_dir() and os.access(parent, os.W_OK)
        problems = [] if usable else [f"{path} cannot be created: you cannot write to {parent}"]
        found = f"none yet at {path}; it is created when it is needed"
        yield checked(name, problems, found, "set MEMORUS_HOME to a directory of yours", "fail")
    if paths.store.exists():
        yield _check_path("store file", paths.store, 0o600)


def _check_path(name: str, path: Path, mode: int) -> Check:
    status = path.stat()
    problems = []
    remedy = f"run: chmod {mode:o} {path}"
    if stat.S_ISDIR(status.st_mode) != (mode == 0o700):
        problems.append(f"{path} is not a {'directory' if mode == 0o700 else 'file'}")
        remedy = "move it away"
    elif status.st_uid != os.getuid():
        problems.append(f"{path} belongs to user {status.st_uid}, not to you ({os.getuid()})")
        remedy = "set MEMORUS_HOME and MEMORUS_RUNTIME_DIR to directories of yours"
    elif status.st_mode & 0o077:
        problems.append(
            f"{path} has mode {stat.S_IMODE(status.st_mode):04o}, so other users have access to it"
        )
    elif not os.access(path, os.W_OK):
        problems.append(f"{path} cannot be written")
        remedy = "make it writable for you, or set MEMORUS_HOME to another directory"
    return checked(name, problems, f"{path}, mode {mode:04o}", remedy, "fail")


def _check_disk(paths: Paths) -> Check:
    directory = next(folder for folder in (paths.home, *paths.home.parents) if folder.exists())
    free = shutil.disk_usage(directory).free
    needed = 2 * paths.store.stat().st_size if paths.store.exists() else 0
    found = f"{free / 1e9:.1f} GB free at {directory}"
    problems = [found] if free < max(_LITTLE_SPACE, needed) else []
    return checked("disk", problems, found, "free some space", "fail" if free < _NO_SPACE else "warn")


def _check_model(paths: Paths, settings: Settings) -> Check:
    if not isinstance(settings.embedder, EmbedderSettings):
        return ok("model", f"mem0's {settings.embedder.provider} makes the vectors; it was not called")
    onnx = settings.embedder.config
    try:
        # A check must not use the network, so it never downloads the model.
        files = find_model(paths.models, onnx.model_path, download=False)
    except MemorusError as error:
        return failed("model", error)
    return ok("model", f"{files.name} in {files.model}, SHA-256 {files.revision[:12]}…")
