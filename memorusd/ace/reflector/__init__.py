"""Distils an interaction into bullets: by rules, by a language model, or by both."""
