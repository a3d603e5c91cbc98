"""What surrounds the memory: versions, places and their modes, disk, settings, model files."""

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
from ..settings.config import EmbedderSettings, Settings, load_settings
from ..settings.provenance import unwelcome
from .checks import Check, checked, failed, ok

__all__ = ["machine"]

_LIBRARIES = ("msgpack", "numpy", "pydantic", "anyio", "mem0ai", "onnxruntime", "tokenizers", "litellm")
_SCARCE = 100 * 1000 * 1000
_EMPTY = 5 * 1000 * 1000


def machine(paths: Paths) -> Iterator[Check]:
    """Each check in turn; changes nothing, and asks no network."""
    yield _versions()
    yield from _places(paths)
    yield _disk(paths)
    settings = Settings()
    try:
        settings = load_settings(paths)
        told = str(paths.config) if paths.config.exists() else "defaults and environment alone"
        yield checked("settings", unwelcome(paths), told)
    except MemorusError as error:
        yield failed("settings", error)
    yield _model(paths, settings)


def _versions() -> Check:
    found = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    told = (
        f"memorus {__version__}, Python {platform.python_version()} ({sys.executable}), "
        f"{platform.system()} {platform.release()} {platform.machine()}, SQLite {sqlite3.sqlite_version}, "
        + ", ".join(found)
    )
    problems = ["SQLite is older than 3.37"] if sqlite3.sqlite_version_info < (3, 37) else []
    return checked("versions", problems, told, "use a Python with SQLite 3.37 or newer", "fail")


def _places(paths: Paths) -> Iterator[Check]:
    for name, path in (("home", paths.home), ("runtime directory", paths.runtime)):
        if path.exists():
            yield _place(name, path, 0o700)
            continue
        above = next(folder for folder in path.parents if folder.exists())
        usable = above.is_dir() and os.access(above, os.W_OK)
        problems = [] if usable else [f"{path} cannot be made: {above} is no directory that you can write"]
        told = f"none yet at {path}; it is made when it is needed"
        yield checked(name, problems, told, "set MEMORUS_HOME to a directory of yours", "fail")
    if paths.store.exists():
        yield _place("store file", paths.store, 0o600)


def _place(name: str, path: Path, mode: int) -> Check:
    found = path.stat()
    problems = []
    remedy = f"run: chmod {mode:o} {path}"
    if stat.S_ISDIR(found.st_mode) != (mode == 0o700):
        problems.append(f"{path} is {'no folder' if mode == 0o700 else 'no file'}")
        remedy = "move it away"
    elif found.st_uid != os.getuid():
        problems.append(f"{path} belongs to user {found.st_uid}, not to you ({os.getuid()})")
        remedy = "set MEMORUS_HOME and MEMORUS_RUNTIME_DIR to directories of yours"
    elif found.st_mode & 0o077:
        problems.append(f"{path} has mode {stat.S_IMODE(found.st_mode):04o}, so others may reach it")
    elif not os.access(path, os.W_OK):
        problems.append(f"{path} cannot be written")
        remedy = "make it writable for you, or set MEMORUS_HOME to another directory"
    return checked(name, problems, f"{path}, mode {mode:04o}", remedy, "fail")


def _disk(paths: Paths) -> Check:
    place = next(folder for folder in (paths.home, *paths.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    needed = 2 * paths.store.stat().st_size if paths.store.exists() else 0
    told = f"{free / 1e9:.1f} GB free at {place}"
    problems = [told] if free < max(_SCARCE, needed) else []
    return checked("disk", problems, told, "free some space", "fail" if free < _EMPTY else "warn")


def _model(paths: Paths, settings: Settings) -> Check:
    if not isinstance(settings.embedder, EmbedderSettings):
        return ok("model", f"mem0's {settings.embedder.provider} makes the vectors; it was not asked")
    onnx = settings.embedder.config
    try:
        # Never fetched here: looking at something must not use the network.
        files = find_model(paths.models, onnx.model_path, download=False)
    except MemorusError as error:
        return failed("model", error)
    return ok("model", f"{files.name} in {files.model}, SHA-256 {files.revision[:12]}…")
