"""The Adaptive Context Engine: the pipelines in and out. Knows no socket."""
