"""Redaction: megabytes a second against one plain pass over the text, and false alarms on real documentation.

    python -m benchmarks.privacy                        speed
    python -m benchmarks.privacy --docs                 what is redacted in 5,000 lines of documentation
    python -m benchmarks.privacy --docs --salt b        another sample; --about: only passages about secrets
    python -m benchmarks.privacy --docs --root DIR      documentation from elsewhere

The documentation is what lies on the machine: README, *.md, *.rst, *.pod and *.txt files, the metadata and
docstrings of installed packages. A sample is drawn by hash, so it is the same each
time; every hit is printed, to be judged by hand.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import random
import re
import string
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import heading, interleave, row
from memorusd.ace.privacy import Redactor

SIZE = 5_000_000
PROSE = (
    "We keep the session token in a cookie, so restart the worker after the key was rotated on the host.\n"
)
CONFIG = "  retries: 3\n  path: /var/lib/app\n  password: ${DB_PASSWORD}\n  url: https://example.com/a?b=c\n"
LINES = 5_000
PASSAGE = 8  # lines that are redacted together, as they would be in one memory
ABOUT = re.compile(
    r"passw|secret|token|credential|api.?key|\bauth|private.?key|access.?key|://\w+:", re.IGNORECASE
)
EACH = 40  # lines of one file, so that no file makes up the sample
TREE = 400  # lines of one package
NAMES = ("README", "METADATA", "NEWS", "CHANGE")
ENDINGS = (".md", ".rst", ".pod", ".txt", ".py")


def texts() -> dict[str, str]:
    """What is measured: prose, configuration, 5 MB without a blank, the worst repetition, a secret a line."""
    rng = random.Random(1)
    noise = "".join(rng.choices(string.ascii_letters + string.digits + "+/", k=SIZE))
    secrets = "".join(f"API_KEY={noise[i : i + 32]}\n" for i in range(0, SIZE // 2, 32))
    return {
        "an ordinary turn (400 characters)": (PROSE * 4)[:400],
        "5 MB without spaces": noise,
        "5 MB of one letter": "a" * SIZE,
        "5 MB of prose": (PROSE * (SIZE // len(PROSE) + 1))[:SIZE],
        "5 MB of configuration": (CONFIG * (SIZE // len(CONFIG) + 1))[:SIZE],
        "a secret on every line": secrets,
        "the worst repetition known, 0.5 MB (key=key=…)": "key=" * (SIZE // 40),
    }


def passages(file: Path, about: bool) -> Iterator[str]:
    """Passages of `PASSAGE` lines of a document; of a Python file only the docstrings."""
    try:
        text = file.read_text(encoding="utf-8") if file.stat().st_size < 2_000_000 else ""
        found = list(docstrings(text)) if file.suffix == ".py" else [text]
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError):
        return
    for document in found:
        lines = [line for line in document.splitlines() if re.search(r"[A-Za-z]{3}", line)]
        for start in range(0, len(lines), PASSAGE):
            passage = "\n".join(lines[start : start + PASSAGE])
            if not about or ABOUT.search(passage):
                yield passage


def docstrings(source: str) -> Iterator[str]:
    """The docstrings of a module and of all in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ""


def sample(roots: list[Path], salt: str, about: bool) -> list[str]:
    """Passages of files in the order of their hashes, `EACH` lines of a file at most, until `LINES` lines."""

    def place(what: str) -> bytes:
        return hashlib.sha256((salt + what).encode()).digest()

    files = {
        Path(folder, name): str(Path(folder).relative_to(root).parts[:2])
        for root in roots
        for folder, _, names in os.walk(root)
        for name in names
        if name.startswith(NAMES) or name.endswith(ENDINGS)
    }
    taken: list[str] = []
    seen: set[str] = set()
    total = 0
    trees: Counter[str] = Counter()
    for file in sorted(files, key=lambda file: place(str(file))):
        lines = 0
        if trees[files[file]] >= TREE:
            continue
        for passage in sorted(set(passages(file, about)) - seen, key=place):
            if lines >= EACH or total >= LINES:
                break
            seen.add(passage)
            taken.append(passage)
            lines += passage.count("\n") + 1
            total += passage.count("\n") + 1
        trees[files[file]] += lines
        if total >= LINES:
            break
    return taken


def alarms(taken: list[str]) -> None:
    """Print every place of the sample that is redacted, with its line."""
    redactor = Redactor()
    hits = 0
    for passage in taken:
        for kind, start, end in redactor.redact(passage).found:
            hits += 1
            line = passage[passage.rfind("\n", 0, start) + 1 :].split("\n")[0].strip()
            print(f"{kind:16s} {passage[start:end]!r:.60}  in  {line[:160]}")
    print(f"{hits} places in {sum(p.count(chr(10)) + 1 for p in taken)} lines of documentation")


def speed() -> None:
    """Print megabytes a second, and the ratio to a `str.find` in vain."""
    redactor = Redactor()
    heading("redact against one str.find over the same text")
    for what, text in texts().items():
        runs = 200 if len(text) < 1000 else 3
        ours, floor = interleave(
            [lambda t=text: redactor.redact(t), lambda t=text: t.find("-----BEGIN")], runs, 1
        )  # type: ignore[misc]
        row(f"{what}: {len(text) / ours / 1e3:.1f} MB/s", ours, max(floor, 1e-6), "")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--docs", action="store_true", help="print what is redacted in documentation")
    parser.add_argument("--salt", default="a", help="names the sample (default: a)")
    parser.add_argument("--about", action="store_true", help="only passages that speak of secrets")
    parser.add_argument("--root", action="append", type=Path, help="where documents are (may be repeated)")
    given = parser.parse_args()
    if not given.docs:
        speed()
        return
    libraries = [Path(sysconfig.get_path(name)) for name in ("purelib", "stdlib")]
    roots = given.root or [
        *libraries,
        Path("/usr/share/doc"),
        Path("/usr/share/perl"),
        Path(sys.prefix) / "share",
    ]
    alarms(sample([root for root in roots if root.is_dir()], given.salt, given.about))


if __name__ == "__main__":
    main()
