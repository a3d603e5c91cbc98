"""The detectors, each a module with `find(source) -> Iterator[Finding]` that looks for one sort of secret."""
