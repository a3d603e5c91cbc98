"""What an export looks like, and how an import is cut into calls; both clients share it."""

from __future__ import annotations

from memorus_proto.errors import InvalidRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["FORMATS", "Totals", "batches", "checked_format", "document", "entries_of"]

FORMATS = ("json", "jsonl", "markdown")
_VERSION = "1.0"
_BATCH = 250
"""Entries in one call,"""
_BATCH_SIZE = 1_000_000
"""and about so many characters at most."""


def checked_format(format: str, formats: tuple[str, ...] = FORMATS) -> str:
    """`format`, if it is one. Raises InvalidRequest."""
    if format not in formats:
        raise InvalidRequest(f"format: {format!r:.80} is not allowed; use {' or '.join(formats)}")
    return format


def document(entries: list[dict[str, Any]], format: str, exported_at: str) -> dict[str, Any] | str:
    """The export of `entries` (see SPEC.md, `export`)."""
    if format == "json":
        return {
            "version": _VERSION,
            "exported_at": exported_at,
            "total": len(entries),
            "memories": entries,
        }
    if format == "jsonl":
        import json  # see below

        return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    sections: dict[str, list[str]] = {}
    for entry in entries:
        text = "\n  ".join(entry["memory"].splitlines())
        told = [entry["type"], *([entry["scope"]] if entry["scope"] != "global" else []), *entry["tags"]]
        sections.setdefault(entry["section"], []).append(f"- {text} *({', '.join(told)})*")
    parts = [f"# Memorus, {exported_at}, {len(entries)} memories"]
    for section in sorted(sections):
        parts += [f"## {section.capitalize()}", "\n".join(sections[section])]
    return "\n\n".join(parts) + "\n"


def entries_of(data: object) -> list[Any]:
    """The entries of an export: its dict, that as JSON text, a bare list of entries, or one a line.

    Raises:
        InvalidRequest: it is none of these.
    """
    if isinstance(data, (str, bytes)):
        data = _read(data)
    entries = data.get("memories") if isinstance(data, dict) else data
    if not isinstance(entries, list):
        kind = type(data).__name__
        raise InvalidRequest(
            f"an import is what export() gave, or a list of entries, not {kind} without `memories`; "
            "give one of these"
        )
    return entries


def _read(text: str | bytes) -> Any:
    import json  # only where it is needed: it is a light client's heaviest import

    try:
        whole = json.loads(text)
    except ValueError as error:
        problem = error
    else:
        return [whole] if isinstance(whole, dict) and "memory" in whole else whole
    lines = [line for line in text.splitlines() if line.strip()]
    entries = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(json.loads(line))
        except ValueError as error:
            if number == 1:
                raise InvalidRequest(f"the import is not JSON: {problem}; use what export() gave") from None
            raise InvalidRequest(f"line {number} is not JSON: {error}; use what export() gave") from None
    return entries


def batches(entries: list[Any]) -> Iterator[tuple[int, list[Any]]]:
    """(position of the first, entries) of each call."""
    first, size = 0, 0
    for position, entry in enumerate(entries):
        length = len(str(entry))
        if position > first and (position - first >= _BATCH or size + length > _BATCH_SIZE):
            yield first, entries[first:position]
            first, size = position, 0
        size += length
    if entries:
        yield first, entries[first:]


class Totals:
    """Adds up the answers of an import's calls."""

    def __init__(self) -> None:
        self.since: int | None = None
        """For the next call."""
        self.counts: dict[str, Any] = {
            "imported": 0, "merged": 0, "skipped": 0, "redactions": 0, "errors": [],
        }  # fmt: skip

    def take(self, answer: dict[str, Any]) -> None:
        """Take in one answer."""
        self.since = answer["seq"]
        for name in self.counts:
            self.counts[name] += answer[name]
