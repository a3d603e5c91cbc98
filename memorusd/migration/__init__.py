"""Moving memories between stores, and reading those of mem0."""
