"""The async client. `_async` is written by hand, and `scripts/unasync.py` generates `_sync` from it."""
