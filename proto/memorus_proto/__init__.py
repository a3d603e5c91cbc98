"""The protocol between Memorus clients and the daemon. SPEC.md beside this file is normative."""
