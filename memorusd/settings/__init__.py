"""Settings: what may be set, its default, where a value came from, and how one is written to the file."""
