"""Moves memories between stores, and reads those of mem0."""
