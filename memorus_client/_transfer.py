"""The formats of an export, and how an import is split into calls. Both clients share it."""

from __future__ import annotations

from memorus_proto.errors import InvalidRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["FORMATS", "ImportTotals", "check_format", "export_document", "import_batches", "parse_entries"]

FORMATS = ("json", "jsonl", "markdown")
_REMEDY = "pass what export() returned"
_VERSION = "1.1"
_BEFORE_PRIVATE = "1.0"
"""The version of exports in which `global` was also the scope of what had been given none."""
_BATCH = 250
"""Entries in one call at most,"""
_BATCH_SIZE = 1_000_000
"""and roughly how many characters."""


def check_format(format: str, formats: tuple[str, ...] = FORMATS) -> None:
    """Raises InvalidRequest unless `format` is one of `formats`."""
    if format not in formats:
        raise InvalidRequest(f"format: {format!r:.80} is not allowed", remedy=f"use {' or '.join(formats)}")


def export_document(entries: list[dict[str, Any]], format: str, exported_at: str) -> dict[str, Any] | str:
    """The export of `entries` (see SPEC.md, `export`)."""
    if format == "json":
        return {
            "version": _VERSION,
            "exported_at": exported_at,
            "total": len(entries),
            "memories": entries,
        }
    if format == "jsonl":
        import json  # the heaviest import of a light client

        return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    sections: dict[str, list[str]] = {}
    for entry in entries:
        text = "\n  ".join(entry["memory"].splitlines())
        labels = [entry["type"], *([entry["scope"]] if entry["scope"] != "global" else []), *entry["tags"]]
        sections.setdefault(entry["section"], []).append(f"- {text} *({', '.join(labels)})*")
    parts = [f"# Memorus, {exported_at}, {len(entries)} memories"]
    for section in sorted(sections):
        parts += [f"## {section.capitalize()}", "\n".join(sections[section])]
    return "\n\n".join(parts) + "\n"


def parse_entries(data: object) -> list[Any]:
    """The entries of an export: of its dict, of that as JSON text, of a bare list, or of JSON Lines.

    Raises:
        InvalidRequest: it is none of these.
    """
    if isinstance(data, (str, bytes)):
        data = _parse_text(data)
    document = data if isinstance(data, dict) else {}
    entries = document.get("memories") if isinstance(data, dict) else data
    if not isinstance(entries, list):
        kind = type(data).__name__
        raise InvalidRequest(
            f"cannot import {kind} without `memories`",
            remedy="pass what export() returned, or a list of entries",
        )
    return _without_scope(entries) if document.get("version") == _BEFORE_PRIVATE else entries


def _without_scope(entries: list[Any]) -> list[Any]:
    """The entries without the scope `global`; then it follows from the owner, as in a call without one."""
    return [
        {name: value for name, value in entry.items() if (name, value) != ("scope", "global")}
        if isinstance(entry, dict)
        else entry
        for entry in entries
    ]


def _parse_text(text: str | bytes) -> Any:
    import json  # the heaviest import of a light client

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
                raise InvalidRequest(f"the import is not JSON: {problem}", remedy=_REMEDY) from None
            raise InvalidRequest(f"line {number} is not JSON: {error}", remedy=_REMEDY) from None
    return entries


def import_batches(entries: list[Any]) -> Iterator[tuple[int, list[Any]]]:
    """The entries of each call, with the position of the first."""
    first, size = 0, 0
    for position, entry in enumerate(entries):
        length = len(str(entry))
        if position > first and (position - first >= _BATCH or size + length > _BATCH_SIZE):
            yield first, entries[first:position]
            first, size = position, 0
        size += length
    if entries:
        yield first, entries[first:]


class ImportTotals:
    """Adds up the results of an import's calls."""

    def __init__(self) -> None:
        self.since: int | None = None
        """The journal position that the next call passes on."""
        self.counts: dict[str, Any] = {
            "imported": 0, "merged": 0, "skipped": 0, "redactions": 0, "errors": [],
        }  # fmt: skip

    def add_result(self, result: dict[str, Any]) -> None:
        """Add the counts of one call."""
        self.since = result["seq"]
        for name in self.counts:
            self.counts[name] += result[name]
