"""Names of months and weekdays, by language: for dates that a text names, and for time words."""

from __future__ import annotations

__all__ = ["MONTHS", "MONTH_ABBREVIATIONS", "WEEKDAYS"]

MONTHS: dict[str, tuple[str, ...]] = {
    "en": (
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ),
}  # fmt: skip
"""Language code (ISO 639-1) to the twelve months, lower case."""

MONTH_ABBREVIATIONS: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("jan",), ("feb",), ("mar",), ("apr",), ("may",), ("jun",),
        ("jul",), ("aug",), ("sept", "sep"), ("oct",), ("nov",), ("dec",),
    ),
}  # fmt: skip
"""The short forms of each month, the longest first."""

WEEKDAYS: dict[str, tuple[str, ...]] = {
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
}
"""The seven weekdays from Monday on, lower case."""
