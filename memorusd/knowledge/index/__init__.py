"""What is derived from the store to answer fast: in memory, follows the journal, never the truth."""

from .index import Hit, Index

__all__ = ["Hit", "Index"]
