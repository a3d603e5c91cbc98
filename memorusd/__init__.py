"""The daemon: the one process that owns this machine's agent memory, and the engine inside it."""

__all__ = ["__version__"]

__version__ = "0.1.0"
